"""Who passes cases on, what nobody takes, and how far up cases go: every figure against lives told step by step."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gridgov as gg
from gridgov.analytics.rates import N_MIN, wilson
from gridgov.errors import QuestionError
from gridgov.process import EVENTS
from gridgov.questions.nobodys import entropy
from tests.support import examples
from tests.support_ledgers import BEGIN
from tests.support_lives import KINDS, Handed, Life, Step, Told, close_to, known, lives, load_lives, span
from tests.support_lives import work_seconds as worked

HOUR = timedelta(hours=1)


def same(row: Any, wanted: dict[str, Any]) -> None:
    for name, value in wanted.items():
        assert close_to(row[name], value), name


def lost(handed: list[Handed]) -> dict[str, float]:
    """Hours lost over some handovers."""
    return {
        "lost_h": sum(h.lost / HOUR for h in handed),
        "lost_work_h": sum(worked(h.since, h.at) for h in handed) / 3600,
    }


@examples(4)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_handovers_are_those_of_the_lives(database, tmp_path, seed, data):
    all_lives = lives(seed, 80)
    town = gg.open(load_lives(tmp_path, all_lives))
    for _ in range(5):
        asked, begin, end, now = span(data)
        here = [(one.life, h) for one in known(all_lives, now) for h in one.handed if begin <= h.at <= end]
        rows = town.ask("handover", **asked).frame
        assert rows["n_handovers"].sum() == len(here)
        assert len(rows) == len({(h.from_unit, h.to_unit) for _, h in here})
        assert rows["n_handovers"].is_monotonic_decreasing
        for row in rows.to_dict("records"):
            pair = [(life, h) for life, h in here if (h.from_unit, h.to_unit) == (row["from_unit"], row["to_unit"])]
            why = Counter(h.why for _, h in pair if h.why)
            main = min(why, key=lambda reason: (-why[reason], reason), default=None)
            assert (None if pd.isna(row["main_reason"]) else row["main_reason"]) == main
            wanted = {
                "n_handovers": len(pair), "n_handed_cases": len({life.no for life, _ in pair}),
                "n_aba": sum(h.is_aba for _, h in pair), "n_main_reason": why[main] if main else 0,
            }  # fmt: skip
            same(row, wanted | lost([h for _, h in pair]))
        by_item = town.ask("handover", by=["subcategory", "unit"], **asked).frame
        assert by_item["n_handovers"].sum() == len(here)
        assert (by_item["unit"] == by_item["from_unit"]).all()
        from_a = town.ask("handover", where={"unit": "A"}, **asked).frame
        assert from_a["n_handovers"].sum() == sum(h.from_unit == "A" for _, h in here)


@examples(4)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_bounces_and_the_first_dispatch_are_those_of_the_lives(database, tmp_path, seed, data):
    all_lives = lives(seed, 80)
    town = gg.open(load_lives(tmp_path, all_lives))
    for _ in range(5):
        asked, begin, end, now = span(data)
        here = [
            one
            for one in known(all_lives, now)
            if one.first_unit and one.end != "voided" and begin <= one.life.at <= end
        ]
        total = town.ask("bounces", **asked).frame.iloc[0]
        same(total, bounced(here))
        by_unit = town.ask("bounces", by="unit", **asked).frame.set_index("unit")
        assert set(by_unit.index) == {one.first_unit for one in here}
        for unit, row in by_unit.iterrows():
            same(row, bounced([one for one in here if one.first_unit == unit]))
        for by in ("subcategory", "state"):
            parts = town.ask("bounces", by=by, **asked).frame
            assert parts["n_dispatched"].sum() == len(here)
            assert parts["n_first_right"].sum() == total["n_first_right"]


def bounced(cases: list[Told]) -> dict[str, Any]:
    n = [len(one.handed) for one in cases]
    ended = [one for one in cases if one.ended_at]
    right = sum(one.unit == one.first_unit for one in ended)
    return {
        "n_dispatched": len(cases), "n_direct": n.count(0), "n_once": n.count(1), "n_twice": n.count(2),
        "n_more": sum(k > 2 for k in n), "n_handovers": sum(n), "n_ended": len(ended), "n_first_right": right,
        "n_aba": sum(h.is_aba for one in cases for h in one.handed),
        "n_aba_cases": sum(any(h.is_aba for h in one.handed) for one in cases),
        "bounced_share": sum(k > 0 for k in n) / len(n) if n else np.nan,
        "first_right_rate": right / len(ended) if ended else np.nan,
    } | lost([h for one in cases for h in one.handed])  # fmt: skip


@examples(4)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_what_nobody_takes_is_listed_worst_first(database, tmp_path, seed, data):
    all_lives = lives(seed, 80)
    town = gg.open(load_lives(tmp_path, all_lives))
    for _ in range(5):
        asked, begin, end, now = span(data)
        here = [one for one in known(all_lives, now) if one.end != "voided" and begin <= one.life.at <= end]
        rows = town.ask("nobodys", **asked).frame
        is_few = rows["n_followed"] < N_MIN
        assert is_few.is_monotonic_increasing
        for part in (rows[is_few], rows[~is_few]):
            assert part["bounced_case_share_low"].is_monotonic_decreasing
        listed = {(row["category"], row["subcategory"]): row for row in rows.to_dict("records")}
        for item in {(one.life.category, one.life.item) for one in here}:
            cases = [one for one in here if (one.life.category, one.life.item) == item]
            hit = [one for one in cases if one.handed or one.returned_by]
            if not hit:
                assert item not in listed
                continue
            sent = Counter(h.from_unit for one in cases for h in one.handed)
            owners = Counter(one.unit for one in cases if one.unit)
            wanted = {
                "n_followed": len(cases), "n_bounced": len(hit), "n_handovers": sum(len(one.handed) for one in cases),
                "n_returns": sum(len(one.returned_by) for one in cases),
                "n_units": len(set(sent) | set(owners) | {u for one in cases for u in one.returned_by}),
                "bounced_case_share_low": wilson(len(hit), len(cases))[0],
                "owner_entropy": entropy(list((sent + owners).values())), "n_main_owner": max(owners.values(), default=0),
            }  # fmt: skip
            same(listed[item], wanted | lost([h for one in cases for h in one.handed]))
        first = town.ask("nobodys", by="unit", limit=1, **asked)
        assert len(first.frame) == min(1, first.meta["n_total"])


@examples(4)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_the_levels_of_closure_add_up_to_all_that_ended(database, tmp_path, seed, data):
    all_lives = lives(seed, 80)
    town = gg.open(load_lives(tmp_path, all_lives))
    level_of = {"A": "village", "B": "town", "C": "county", "D": "unknown", "E": "town", None: "unknown"}
    assert set(level_of) == {*KINDS, None}
    for _ in range(5):
        asked, begin, end, now = span(data)
        ended = [
            one
            for one in known(all_lives, now, "dispatched", "self_handled")
            if one.ended_at and one.end != "voided" and begin <= one.ended_at <= end
        ]
        row = town.ask("closure_level", **asked).frame.iloc[0]
        levels = Counter("grid" if one.life.track == "self_handled" else level_of[one.unit] for one in ended)
        same(
            row,
            {"n_ended": len(ended)} | {f"n_at_{level}": levels[level] for level in set(level_of.values()) | {"grid"}},
        )
        assert close_to(row["at_grid_share"], levels["grid"] / len(ended) if ended else np.nan)
        by_track = town.ask("closure_level", by="track", **asked).frame
        assert by_track["n_ended"].sum() == len(ended)


def test_a_round_that_was_reopened_does_not_make_a_to_b_to_a(database, tmp_path):
    """A handed it to B, who closed it; reopened it is dispatched to B again and then to A: two handovers, none there and back."""
    way = [
        ("reported", "", ""), ("registered", "", ""), ("dispatched", "A", ""), ("returned", "", "not ours"),
        ("dispatched", "B", ""), ("signed", "", ""), ("handling", "", ""), ("handled", "", ""), ("closed", "", ""),
        ("reopened", "", "not done"), ("dispatched", "B", ""), ("returned", "", "not ours"), ("dispatched", "A", ""),
        ("returned", "", "wrong place"), ("dispatched", "B", ""),
    ]  # fmt: skip
    life = Life("A", steps=[Step(BEGIN + k * HOUR, what, unit, why) for k, (what, unit, why) in enumerate(way)])
    town = gg.open(load_lives(tmp_path, [life]))
    rows = town.ask("handover", since=BEGIN.date(), as_of=BEGIN.date()).frame
    found = {(row.from_unit, row.to_unit): (row.n_handovers, row.n_aba) for row in rows.itertuples()}
    assert found == {("A", "B"): (2, 1), ("B", "A"): (1, 0)}
    before = town.ask("bounces", since=BEGIN.date(), as_of=BEGIN + 13 * HOUR).frame.iloc[0]
    assert (before["n_handovers"], before["n_aba"], before["n_ended"]) == (2, 0, 0)
    closed = town.ask("bounces", since=BEGIN.date(), as_of=BEGIN + 8.5 * HOUR).frame.iloc[0]
    assert (closed["n_handovers"], closed["n_ended"], closed["n_first_right"]) == (1, 1, 0)


def test_three_of_three_do_not_come_before_thirty_of_thirty_one(database, tmp_path):
    def made(no: str, item: str, is_bounced: bool) -> Life:
        way = [("reported", ""), ("registered", ""), ("dispatched", "A")]
        way += [("returned", ""), ("dispatched", "B")] if is_bounced else []
        steps = [
            Step(BEGIN + k * HOUR, what, unit, "not ours" if what == "returned" else "")
            for k, (what, unit) in enumerate(way)
        ]
        return Life(no, item=item, steps=steps)

    many = [made(f"M{k}", "orchard fire", k > 0) for k in range(31)]
    three = [made(f"T{k}", "lost cow", True) for k in range(3)]
    plain = [made(f"P{k}", "hole", False) for k in range(5)]
    rows = (
        gg.open(load_lives(tmp_path, [*many, *three, *plain]))
        .ask("nobodys", since=BEGIN.date(), as_of=date(2026, 3, 31))
        .frame
    )
    assert list(rows["subcategory"]) == ["orchard fire", "lost cow"]
    assert rows["bounced_case_share_standing"].iloc[1] == "few"
    assert (rows["main_owner"] == "B").all()
    assert list(rows["n_units"]) == [2, 2]


def test_few_cases_come_last_however_often_they_bounced(database, tmp_path):
    def made(no: str, item: str, is_bounced: bool) -> Life:
        way = ["reported", "registered", "dispatched", *(["returned", "dispatched"] if is_bounced else [])]
        steps = [
            Step(BEGIN + k * HOUR, what, "AB"[k // 4] if what == "dispatched" else "") for k, what in enumerate(way)
        ]
        return Life(no, item=item, steps=steps)

    nine = [made(f"N{k}", "lost cow", True) for k in range(N_MIN - 1)]
    ten = [made(f"T{k}", "hole", k == 0) for k in range(N_MIN)]
    town = gg.open(load_lives(tmp_path, [*nine, *ten]))
    rows = town.ask("nobodys", since=BEGIN.date(), as_of=date(2026, 3, 31)).frame
    assert list(rows["subcategory"]) == ["hole", "lost cow"]
    assert rows["bounced_case_share"].is_monotonic_increasing


@examples(4)
@given(seed=st.integers(0, 10_000))
def test_the_state_of_a_case_is_one_thing_in_every_question(database, tmp_path, seed):
    """Of an open case what its ledger last led to; of one that has ended how it ended, though it was rated or archived since."""
    all_lives = lives(seed, 60)
    town, now = gg.open(load_lives(tmp_path, all_lives)), BEGIN + timedelta(days=20)
    cases = {one.life.no: state_of(one, now) for one in known(all_lives, now)}
    listed = town.ask("cases", as_of=now, where={"track": "dispatched"}).frame.set_index("case_no")["state"].to_dict()
    assert listed == cases
    counts = Counter(cases.values())
    for state, n in counts.items():
        where = {"state": state, "track": "dispatched"}
        assert town.ask("cases", as_of=now, where=where, limit=0).meta["n_total"] == n
    since = {"since": BEGIN.date() - timedelta(1), "as_of": now}
    rows = town.ask("handover", by="state", **since).frame
    wanted = Counter(cases[one.life.no] for one in known(all_lives, now) for _ in one.handed)
    assert rows.groupby("state")["n_handovers"].sum().to_dict() == wanted
    rows = town.ask("nobodys", by="state", limit=10_000, **since).frame
    wanted = Counter(cases[o.life.no] for o in known(all_lives, now) if o.end != "voided" for _ in o.returned_by)
    assert {k: n for k, n in rows.groupby("state")["n_returns"].sum().to_dict().items() if n} == wanted
    with pytest.raises(QuestionError, match="'archived' is noted of a case that has ended"):
        town.ask("cases", where={"state": "archived"})
    with pytest.raises(QuestionError, match=r"'close' is no state of a case .did you mean 'closed'"):
        town.ask("handover", where={"state": "close"})


def state_of(one: Told, now: datetime) -> str:
    """How it ended, or to what the last step that moved it led."""
    moved = [EVENTS[step.what].to for step in one.life.steps if step.at <= now]
    return one.end or [to for to in moved if to][-1]


def test_what_happened_to_older_cases_is_not_counted_with_those_of_the_period(database, tmp_path):
    def made(no: str, begin: datetime) -> Life:
        way = ["reported", "registered", "dispatched", "returned", "dispatched"]
        steps = [
            Step(begin + k * HOUR, what, "AB"[k // 4] if what == "dispatched" else "") for k, what in enumerate(way)
        ]
        return Life(no, steps=steps)

    later = BEGIN + timedelta(days=40)
    town = gg.open(load_lives(tmp_path, [made("A", BEGIN), made("B", later), made("C", later)]))
    for day, n in ((BEGIN.date(), 1), (later.date(), 2)):
        asked = {"since": day, "until": day, "as_of": date(2026, 6, 1)}
        assert town.ask("bounces", **asked).frame["n_handovers"].tolist() == [n]
        row = town.ask("nobodys", **asked).frame.iloc[0]
        assert (row["n_followed"], row["n_returns"], row["n_handovers"]) == (n, n, n)


@pytest.mark.parametrize(("counts", "bits"), [([7], 0.0), ([3, 3], 1.0), ([2, 2, 2, 2], 2.0)])
def test_entropy_of_even_shares(counts, bits):
    assert entropy(counts) == pytest.approx(bits)
    assert np.isnan(entropy([]))
