"""Lists behind numbers: handovers, the due cohort, what waits too long at its node, against lives told step by step."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gridgov as gg
from gridgov.errors import QuestionError
from gridgov.vocabulary import DUE_PARTS
from tests.support import examples, follow_rules, new_code
from tests.support_ledgers import BEGIN, ZONE, case, event, ledger_of, load_cases, load_events, report_of, stamp
from tests.support_lives import close_to, known, lives, load_lives, span

HOUR = timedelta(hours=1)


def listed(town: gg.Town, question: str, **asked: Any) -> list[dict[str, Any]]:
    """All rows of a list, read in pages of seven, as many as the list says there are."""
    rows: list[dict[str, Any]] = []
    while True:
        answer = town.ask(question, limit=7, offset=len(rows), **asked)
        rows += answer.rows()
        if not len(answer.frame):
            assert len(rows) == answer.meta["n_total"]
            return rows


# --- handovers ----------------------------------------------------------------------------------------------------------


@examples(4)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_each_handover_of_the_lives_has_its_row_and_each_pair_as_many_as_it_counts(database, tmp_path, seed, data):
    all_lives = lives(seed, 70)
    town = gg.open(load_lives(tmp_path, all_lives))
    for _ in range(3):
        asked, begin, end, now = span(data)
        wanted = sorted(
            (one.life.no, h.at.astimezone(ZONE), h.from_unit, h.to_unit, h.why, h.is_aba, h.lost / HOUR)
            for one in known(all_lives, now)
            for h in one.handed
            if begin <= h.at <= end
        )
        rows = listed(town, "handed", **asked)
        times = [pd.Timestamp(row["handed_at"]) for row in rows]
        assert times == sorted(times, reverse=True)
        found = sorted(
            (row["case_no"], at.tz_convert(ZONE).to_pydatetime(), row["from_unit"], row["to_unit"], row["reason"],
             row["is_aba"], row["lost_h"])
            for row, at in zip(rows, times, strict=True)
        )  # fmt: skip
        assert [row[:-1] for row in found] == [row[:-1] for row in wanted]
        assert all(close_to(a[-1], b[-1]) for a, b in zip(found, wanted, strict=True))
        for row in town.ask("handover", **asked).rows():
            pair = {"unit": row["from_unit"], "to_unit": row["to_unit"]}
            behind = town.ask("handed", where=pair, **asked)
            assert behind.meta["n_total"] == len(behind.frame) == row["n_handovers"]
            assert behind.frame["case_no"].nunique() == row["n_handed_cases"]
            assert behind.frame["is_aba"].sum() == row["n_aba"]
            assert close_to(behind.frame["lost_h"].sum(), row["lost_h"])
            assert close_to(behind.frame["lost_work_h"].sum(), row["lost_work_h"])


def test_a_unit_that_is_none_of_the_town_receives_nothing(database, tmp_path):
    town = gg.open(load_lives(tmp_path, lives(1, 5)))
    with pytest.raises(QuestionError, match="This town has no to_unit 'Z'"):
        town.ask("handed", where={"to_unit": "Z"})
    with pytest.raises(QuestionError, match="to_unit"):
        town.ask("due_cases", where={"to_unit": "A"})


@examples(3)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_what_units_gave_back_is_what_the_lives_say(database, tmp_path, seed, data):
    all_lives = lives(seed, 60)
    town = gg.open(load_lives(tmp_path, all_lives))
    asked, begin, end, _ = span(data)
    wanted: Counter[tuple[str | None, str]] = Counter()
    for life in (life for life in all_lives if life.track == "dispatched"):
        unit = None
        for step in life.steps:
            if step.what == "returned" and begin <= step.at <= end:
                wanted[unit, life.no] += 1
            unit = step.unit if step.what == "dispatched" else None if step.what in ("returned", "reopened") else unit
    whole = town.ask("returned", **asked).frame.iloc[0]
    assert whole["n_returned"] == wanted.total()
    assert whole["n_returned_cases"] == len({no for _, no in wanted})
    by_unit = {row["unit"]: row["n_returned"] for row in town.ask("returned", by="unit", **asked).rows()}
    units = Counter[str | None]()
    for (unit, _), n in wanted.items():
        units[unit] += n
    assert by_unit == units


# --- the due cohort -----------------------------------------------------------------------------------------------------


@examples(4)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_the_due_cohort_case_by_case_is_what_is_counted_whole_and_in_parts(database, tmp_path, seed, data):
    histories, code = ledger_of(50, seed, ahead=3), new_code()
    load_cases(tmp_path, code, [case(no, report_of(life), what=f"k{len(life) % 2}") for no, life in histories.items()])
    load_events(tmp_path, code, [row for life in histories.values() for row in life])
    town = gg.open(code)
    for _ in range(3):
        asked, begin, end, now = span(data)
        by_unit = town.ask("on_time", by="unit", **asked).rows()
        rows = listed(town, "due_cases", **asked)
        counted = {(row["unit"], part): row[f"n_{part}"] for row in by_unit for part in DUE_PARTS if row[f"n_{part}"]}
        found = Counter((row["unit"], row["part"]) for row in rows)
        assert found == {key: n for key, n in counted.items() if key[1] != "put_off"}
        put_off = listed(town, "due_cases", where={"part": "put_off"}, **asked)
        assert Counter((row["unit"], "put_off") for row in put_off) == {
            key: n for key, n in counted.items() if key[1] == "put_off"
        }
        for unit, part in counted:
            behind = listed(town, "due_cases", where={"unit": [unit], "part": part}, **asked)
            assert len(behind) == counted[unit, part]
        for row in rows:
            due, answered = (pd.Timestamp(row[name]) if row[name] else None for name in ("due_at", "answered_at"))
            assert begin <= due <= end
            assert (answered is None) == (row["part"] in ("overdue_open", "suspended"))
            until = pd.Timestamp(now) if answered is None else answered
            is_late = row["part"] in ("late_closed", "overdue_open", "exempt")
            assert row["part"] != "on_time" or answered <= due
            assert not is_late or until > due or row["part"] == "overdue_open"
            assert close_to(row["late_h"], (until - due) / HOUR if is_late else None)
        late = [row["late_h"] for row in rows if row["late_h"] is not None]
        assert late == sorted(late, reverse=True)


def test_where_the_handling_is_judged_the_list_says_when_it_was_handled(database, tmp_path, monkeypatch):
    """Handled in time and closed after the deadline: late by the closing, on time by the handling."""
    way = [
        "reported",
        "registered",
        "dispatched",
        "signed",
        "assigned",
        "handling",
        "handled",
        "checking",
        "checked",
        "closed",
    ]
    dispatch = {"unit": "A", "due": stamp(BEGIN + 37 * HOUR)}
    rows = [
        event("N1", what, BEGIN + 6 * k * HOUR, **(dispatch if what == "dispatched" else {}))
        for k, what in enumerate(way)
    ]
    for by, part, hour, late_h in (("closed", "late_closed", 54, 17), ("handled", "on_time", 36, None)):
        code = new_code()
        follow_rules(tmp_path, monkeypatch, ('by = "closed"', f'by = "{by}"'))
        load_cases(tmp_path, code, [case("N1", what="road")])
        load_events(tmp_path, code, rows)
        row = gg.open(code).ask("due_cases", since=BEGIN.date(), as_of=date(2026, 3, 31)).rows()[0]
        assert row["part"] == part
        assert pd.Timestamp(row["answered_at"]) == BEGIN + hour * HOUR
        assert close_to(row["late_h"], late_h)


# --- waiting at a node --------------------------------------------------------------------------------------------------


def test_what_waits_says_how_long_the_rules_let_it(database, tmp_path):
    town = gg.open(load_lives(tmp_path, lives(1, 3)))
    limits = town.ask("waiting", as_of=BEGIN - timedelta(days=3)).meta["limits"]
    assert limits["dispatch"] == {"value": 0.25, "unit": "urgent_hour"}
    assert limits["sign"] == {"value": 2.0, "unit": "work_hour"} and "handle" not in limits
