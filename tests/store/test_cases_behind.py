"""The cases behind a figure: the list has as many rows as the figure says, whatever is asked, and they are the right ones."""

import random
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.errors import QuestionError
from gridgov.questions import Town, definition_of, definitions, open_town
from gridgov.questions.behind import FIGURES
from tests.support import examples, follow_rules, load_city, new_code, point
from tests.support_ledgers import (
    BEGIN,
    Row,
    case,
    day_begin,
    day_end,
    event,
    instant,
    ledger_of,
    load_cases,
    load_events,
)

HEAD = ("no", "at", "state", "track", "what", "which", "address", "says", "channel", "twice", "urgent", "x", "y")
TRACKS = ("dispatched", "dispatched", "dispatched", "self_handled", "service", "")
FILTERS: tuple[dict[str, Any], ...] = (
    {}, {}, {"unit": "A"}, {"unit": ["B", "C"]}, {"unit": None}, {"category": "road"}, {"track": "dispatched"},
    {"track": "self_handled"}, {"urgent": True}, {"place_status": ["outside", "unlocated"]},
    {"unit": "A", "category": "water"}, {"duplicate": True},
)  # fmt: skip
SCOPES = (None, None, "1", "2", "11", "22")
BY_PAIR = {behind for behind in FIGURES if behind.startswith("handover.")}
"""Counted for each pair of units; a case handed on twice is one of two pairs."""

BY_ITEM = {"nobodys.n_followed", "nobodys.n_bounced"}
"""Counted for each item of which a case was passed on."""


def passed_on(no: str, k: int) -> list[Row]:
    """A case that goes from A to B, and back or on to C, is done and comes back; told within days of the others."""
    steps = [
        ("reported", ""), ("registered", ""), ("dispatched", "A"), ("returned", "A"), ("dispatched", "B"), ("urged", "B"),
        ("urged", "B"), ("returned", "B"), ("dispatched", "AC"[k % 2]), ("signed", ""), ("assigned", ""), ("handling", ""),
        ("handled", ""), ("checking", ""), ("rework", ""), ("handled", ""), ("checking", ""), ("checked", ""),
        ("closed", ""), ("evaluated", ""), ("reopened", ""), ("dispatched", "A"), ("handled", ""), ("closed", ""),
    ]  # fmt: skip
    at = BEGIN + timedelta(hours=7 * k)
    return [
        event(no, what, at + timedelta(hours=5 * n), unit=unit, why="no", said="satisfied" if what == "evaluated" else "",
              due=stamp_of(at + timedelta(hours=40)) if what == "dispatched" and k % 3 else "")
        for n, (what, unit) in enumerate(steps)
    ]  # fmt: skip


def stamp_of(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


@pytest.fixture(scope="module")
def made(shared) -> tuple[Town, dict[str, list[Row]]]:
    """A town whose cases live through all the process knows, and their ledgers."""
    return town_of(shared.folder)


def town_of(folder: Any, seed: int = 11) -> tuple[Town, dict[str, list[Row]]]:
    code, chance = new_code(), random.Random(seed)
    lives = ledger_of(45, seed, ahead=3) | {f"B{k}": passed_on(f"B{k}", k) for k in range(9)}
    load_city(folder, code)
    rows = []
    for k, (no, life) in enumerate(lives.items()):
        x, y = point(chance.uniform(-0.3, 3), chance.uniform(0, 3))
        about = {"x": repr(x), "y": repr(y)} if chance.random() < 0.9 else {}
        about |= {
            "what": chance.choice(["road", "water"]),
            "which": "hole",
            "address": chance.choice(["1 Mill Road", ""]),
        }
        about |= {"says": "a hole in the road", "channel": chance.choice(["hotline", "patrol"])}
        about |= {"twice": chance.choice("01"), "urgent": chance.choice("01")}
        rows.append(case(no, instant(life[0]["at"]), **about) | ({"track": TRACKS[k % 6]} if no[0] == "N" else {}))
    load_cases(folder, code, rows, HEAD)
    head = ("no", "at", "what", "unit", "who", "why", "due", "said")
    load_events(folder, code, [row for life in lives.values() for row in life], head, may_refuse=True)
    return open_town(code), lives


def figure_of(town: Town, behind: str, how: dict[str, Any]) -> int:
    """What the question says; of what it gives by days, or by item, all together."""
    question, _, column = behind.partition(".")
    frame = town.ask(question, **how, **({"by": "day"} if question == "flow" else {})).frame
    return int(frame[column].sum())


def asked_of(data: st.DataObject, behind: str) -> dict[str, Any]:
    """Any as_of, period, scope and filter that the question of a figure takes."""
    on = BEGIN.date() + timedelta(data.draw(st.integers(0, 30)))
    within = data.draw(st.sampled_from((None, 9, 15)))
    as_of: date | datetime = on if within is None else day_begin(on) + timedelta(hours=within)
    how: dict[str, Any] = {
        "as_of": as_of,
        "where": data.draw(st.sampled_from(FILTERS)),
        "scope": data.draw(st.sampled_from(SCOPES)),
    }
    if FIGURES[behind].source is not None:
        how["since"] = on - timedelta(data.draw(st.integers(0, 30)))
        how["until"] = data.draw(st.sampled_from((None, on - timedelta((on - how["since"]).days // 2))))
    return {name: value for name, value in how.items() if value}


def test_there_are_as_many_rows_as_each_figure_says(made):
    town, _ = made
    whole: dict[str, Any] = {"as_of": BEGIN.date() + timedelta(40)}
    n_of = {}
    for behind in FIGURES.keys() - BY_PAIR - BY_ITEM:
        figure = FIGURES[behind]
        how = whole | ({"since": BEGIN.date() - timedelta(5)} if figure.source else {})
        how |= {"where": {"unit": "A"}} if figure.source in ("took_over", "gave_away") else {}
        n_of[behind] = town.ask("cases", behind=behind, limit=0, **how).meta["n_total"]
        assert n_of[behind] == figure_of(town, behind, how), behind
    assert sum(n > 0 for n in n_of.values()) > 0.6 * len(n_of)


def test_it_does_at_any_instant_of_any_period_scope_and_filter(made):
    town, _ = made

    @examples(60)
    @given(data=st.data(), behind=st.sampled_from(sorted(FIGURES.keys() - BY_PAIR - BY_ITEM)))
    def law(data, behind):
        how = asked_of(data, behind)
        answer = town.ask("cases", behind=behind, **how)
        assert answer.meta["n_total"] == len(answer.frame) == figure_of(town, behind, how)
        if FIGURES[behind].by_case:
            assert answer.frame["case_no"].is_unique

    law()


def test_a_pair_of_units_has_its_cases(made):
    town, _ = made
    for since, as_of, where in ((0, 40, {}), (3, 12, {"category": "road"})):
        how = {"since": BEGIN.date() + timedelta(since), "as_of": BEGIN.date() + timedelta(as_of)}
        pairs = town.ask("handover", **how, where=where).frame
        assert len(pairs) > 1
        for pair in pairs.itertuples():
            of_pair = {**where, "unit": pair.from_unit, "to_unit": pair.to_unit}
            for behind in BY_PAIR:
                listed = town.ask("cases", behind=behind, **how, where=of_pair)
                assert listed.meta["n_total"] == len(listed.frame) == getattr(pair, behind.partition(".")[2])


def test_an_item_has_its_cases(made):
    town, _ = made
    how = {"since": BEGIN.date(), "as_of": BEGIN.date() + timedelta(30)}
    items = town.ask("nobodys", **how).frame
    assert len(items) > 1
    for item in items.itertuples():
        of_item = {"category": item.category, "subcategory": item.subcategory}
        for behind in BY_ITEM:
            n = town.ask("cases", behind=behind, limit=0, **how, where=of_item).meta["n_total"]
            assert n == getattr(item, behind.partition(".")[2])


# --- the right ones -------------------------------------------------------------------------------------------------------


def numbers(town: Town, behind: str, **how: Any) -> Counter[str]:
    """How often each case stands in the list."""
    return Counter(town.ask("cases", behind=behind, **how).frame["case_no"])


def test_the_parts_of_the_due_share_its_cases_out(made):
    town, _ = made

    @examples(6)
    @given(data=st.data())
    def law(data):
        how = asked_of(data, "on_time.n_due")
        parts = [
            numbers(town, f"on_time.n_{part}", **how)
            for part in ("on_time", "late_closed", "overdue_open", "suspended", "exempt")
        ]
        assert sum(parts, Counter()) == numbers(town, "on_time.n_due", **how)
        assert not numbers(town, "on_time.n_put_off", **how) & sum(parts, Counter())

    law()


def test_what_was_reported_closed_and_sent_back_is_what_the_ledger_says(made):
    town, lives = made
    counted = {
        "flow.n_reported": lambda steps: steps[:1] if steps and steps[0][0] == "reported" else [],
        "rework.n_rework": lambda steps: [step for step in steps if step[0] == "rework"],
        "supervision.n_urged": lambda steps: [step for step in steps if step[0] == "urged"],
        "flow.n_closed": lambda steps: [step for step in steps if step[0] in ("closed", "forced_closed")],
    }

    @examples(8)
    @given(first=st.integers(0, 30), days=st.integers(0, 30), behind=st.sampled_from(sorted(counted)))
    def law(first, days, behind):
        since = BEGIN.date() + timedelta(first)
        until = since + timedelta(days)
        found = town.ask("cases", behind=behind, since=since, as_of=until, where={"track": "dispatched"}).frame
        wanted = []
        for no, life in lives.items():
            if no in dispatched:
                steps = counted[behind]([(row["what"], instant(row["at"])) for row in life])
                wanted += [(no, at) for _, at in steps if day_begin(since) <= at <= day_end(until)]
        got = [(row.case_no, row.happened_at.to_pydatetime()) for row in found.itertuples()]
        assert sorted(got) == sorted(wanted)

    everywhere = town.ask("cases", where={"track": "dispatched"}, as_of=BEGIN.date() + timedelta(400)).frame
    dispatched = set(everywhere["case_no"])
    law()


def test_each_row_is_the_case_as_it_stood(made):
    town, _ = made
    how = {"since": BEGIN.date(), "as_of": BEGIN.date() + timedelta(15)}
    plain = town.ask("cases", as_of=how["as_of"]).frame.set_index("case_no").drop(columns=["geom"])
    for behind in ("on_time.n_due", "flow.n_reported", "rework.n_reworked"):
        found = town.ask("cases", behind=behind, **how).frame.set_index("case_no").drop(columns=["geom", "happened_at"])
        assert len(found) > 1
        assert found.astype(str).equals(plain.loc[found.index].astype(str))


def test_what_chooses_from_the_list_chooses_among_the_counted(made):
    town, _ = made
    how = {"since": BEGIN.date(), "as_of": BEGIN.date() + timedelta(15)}
    every = town.ask("cases", behind="flow.n_reported", **how).frame
    for where, kept in (({"open": True}, every["is_open"]), ({"light": "red"}, every["light"].isin(["red", "deep_red"])),
                        ({"state": "closed"}, every["state"] == "closed")):  # fmt: skip
        some = town.ask("cases", behind="flow.n_reported", where=where, **how)
        assert some.meta["n_total"] == len(some.frame) > 0
        assert set(some.frame["case_no"]) == set(every.loc[kept.astype(bool), "case_no"])
    found = town.ask("cases", behind="flow.n_reported", search="B3", **how)
    assert found.frame["case_no"].tolist() == ["B3"]
    page = town.ask("cases", behind="flow.n_reported", limit=5, offset=3, **how).frame
    assert page["case_no"].tolist() == every["case_no"].tolist()[3:8]


def test_where_the_handling_is_judged_the_due_are_listed_by_it(database, tmp_path, monkeypatch):
    follow_rules(tmp_path, monkeypatch, ('by = "closed"', 'by = "handled"'))
    town, _ = town_of(tmp_path)
    for behind in [name for name in FIGURES if name.startswith(("on_time.", "on_time_of_closed."))]:
        how = {"since": BEGIN.date(), "as_of": BEGIN.date() + timedelta(20)}
        assert town.ask("cases", behind=behind, limit=0, **how).meta["n_total"] == figure_of(town, behind, how)


def test_every_count_of_cases_has_its_list():
    """What is counted otherwise, or lists its cases itself, is said here."""
    without = {
        "flow": {"n_net"}, "bounces": {"n_handovers", "n_aba"}, "handover": {"n_main_reason"},
        "nobodys": {"n_returns", "n_handovers", "n_aba", "n_units", "n_main_owner"},
    }  # fmt: skip
    for question in {behind.partition(".")[0] for behind in FIGURES}:
        counts = {name for name in definition_of(question).columns if name.startswith("n_")}
        listed = {behind.partition(".")[2] for behind in FIGURES if behind.startswith(f"{question}.")}
        assert counts - listed == without.get(question, set())
    assert {behind.partition(".")[0] for behind in FIGURES} <= definitions().keys()


def test_a_period_alone_means_what_was_reported_in_it(made):
    town, _ = made
    how = {"since": BEGIN.date(), "until": BEGIN.date() + timedelta(4), "as_of": BEGIN.date() + timedelta(15)}
    assert numbers(town, "flow.n_reported", **how) == Counter(town.ask("cases", **how).frame["case_no"])


def test_what_cannot_be_listed_is_said(made):
    town, _ = made
    for how, said in (
        ({"behind": "on_time.n_dues"}, "did you mean 'on_time.n_due'"),
        ({"behind": "backlog.n_open", "since": "2026-03-01"}, "counted at an instant"),
        ({"where": {"to_unit": "A"}}, "handed on to"),
        ({"behind": "flow.n_closed", "where": {"to_unit": "A"}}, "handed on to"),
    ):
        with pytest.raises(QuestionError, match=said):
            town.ask("cases", **how)
