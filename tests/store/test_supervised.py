"""Supervised cases: the list against lives told step by step, and against the numbers of `supervision`, filter by filter."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gridgov as gg
from gridgov.errors import QuestionError
from gridgov.questions.supervision import REPLIES
from gridgov.vocabulary import PROMPTS
from tests.support import examples, new_code
from tests.support_ledgers import BEGIN, case, event, ledger_of, load_cases, load_events, report_of
from tests.support_lives import KINDS, Life, Step, lives, load_lives, span, told, work_seconds

COUNTS = {"urged": "n_urged", "yellow_card": "n_yellow_card", "red_card": "n_red_card", "instructed": "n_instructed"}
PARTS = {
    "cleared": "n_cleared", "overdue": "n_supervised_overdue", "waiting": "n_supervised_waiting", "after_end": "n_after_end"
}  # fmt: skip


def prompts(life: Life, begin: datetime, end: datetime) -> list[Step]:
    return [step for step in life.steps if step.what in COUNTS and begin <= step.at <= end]


def unit_before(life: Life, at: datetime) -> str | None:
    """Who answered just before an instant; after the end, who answered last."""
    one = told(life, at - timedelta(microseconds=1))
    return one.unit if one is not None else None


@examples(5)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_the_list_is_what_the_lives_tell(database, tmp_path, seed, data):
    all_lives = lives(seed, 90)
    town = gg.open(load_lives(tmp_path, all_lives))
    for _ in range(4):
        asked, begin, end, now = span(data)
        here = {life.no: life for life in all_lives if life.track == "dispatched" and prompts(life, begin, end)}
        rows = town.ask("supervised", **asked).frame.set_index("case_no")
        assert set(rows.index) == set(here)
        stood = town.ask("cases", as_of=asked["as_of"]).frame.set_index("case_no")
        for no, row in rows.to_dict("index").items():
            steps, one = prompts(here[no], begin, end), told(here[no], now)
            counted = Counter(step.what for step in steps)
            assert {name: row[name] for name in COUNTS.values()} == {n: counted[kind] for kind, n in COUNTS.items()}
            assert (row["given_at"], row["last_given_at"]) == (steps[0].at, steps[-1].at)
            unit = unit_before(here[no], steps[-1].at)
            assert (None if pd.isna(row["given_unit"]) else row["given_unit"]) == (unit or None)
            assert one is not None
            if one.ended_at is None:
                assert row["reply"] == ("overdue" if stood.loc[no, "is_overdue"] else "waiting")
            else:
                assert row["reply"] == ("cleared" if one.ended_at >= steps[0].at else "after_end")
            until = one.ended_at if row["reply"] == "cleared" else now
            assert row["given_work_days"] == pytest.approx(work_seconds(steps[0].at, until) / 28_800, abs=1e-3)
            for name in ("state", "light", "is_open"):
                found, wanted = row[name], stood.loc[no, name]
                assert found == wanted or (pd.isna(found) and pd.isna(wanted))


@examples(5)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_every_number_of_supervision_has_its_rows(database, tmp_path, seed, data):
    town = gg.open(load_lives(tmp_path, lives(seed, 90)))
    for _ in range(3):
        asked = span(data)[0]
        unit, category = data.draw(st.sampled_from([None, *KINDS])), data.draw(st.sampled_from([None, "road"]))
        where = ({"unit": unit} if unit else {}) | ({"category": category} if category else {})
        number = town.ask("supervision", where=where, **asked).frame.iloc[0]
        answer = town.ask("supervised", where=where, **asked)
        assert answer.meta["n_total"] == len(answer.frame) == number["n_supervised"]
        for name in COUNTS.values():
            assert answer.frame[name].sum() == number[name]
        for reply, name in PARTS.items():
            some = town.ask("supervised", where={**where, "reply": reply}, **asked)
            assert some.meta["n_total"] == len(some.frame) == number[name]
            assert set(some.frame["reply"]) <= {reply}
        for kind, name in COUNTS.items():
            some = town.ask("supervised", where={**where, "given": kind}, **asked).frame
            assert len(some) == (answer.frame[name] > 0).sum()
            assert some[name].sum() == number[name]
            assert (some[[other for other in COUNTS.values() if other != name]] == 0).all(axis=None)


def test_the_worst_come_first_and_pages_join(database, tmp_path):
    ledgers, code, seen = ledger_of(200, 11), new_code(), set()
    load_cases(tmp_path, code, [case(no, report_of(life)) for no, life in ledgers.items()])
    load_events(tmp_path, code, [row for life in ledgers.values() for row in life])
    town = gg.open(code)
    asked: dict[str, Any] = {"since": BEGIN.date()}
    for day in (2, 5, 9, 16):
        asked["as_of"] = BEGIN.date() + timedelta(day)
        rows = town.ask("supervised", **asked).frame
        seen |= set(rows["reply"])
        assert rows["reply"].map(REPLIES.index).is_monotonic_increasing
        for _, part in rows.groupby("reply"):
            assert part["given_at"].is_monotonic_increasing
        pages = [town.ask("supervised", limit=7, offset=k, **asked).frame["case_no"] for k in range(0, len(rows), 7)]
        assert [no for page in pages for no in page] == rows["case_no"].tolist()
    assert seen == set(REPLIES)
    for sort in ("given_at", "-last_given_at", "unit", "-due_at", "reply"):
        assert len(town.ask("supervised", sort=sort, limit=5, **asked).frame) == 5
    with pytest.raises(QuestionError, match="cannot be sorted by 'given_at'"):
        town.ask("cases", sort="given_at")
    with pytest.raises(QuestionError, match="not the state"):
        town.ask("supervised", where={"state": "handling"}, **asked)


def test_one_case_counted_by_hand(database, tmp_path):
    """Urged on Tuesday, given a yellow card on Thursday, closed on Friday: waiting, overdue, cleared."""
    town, day = new_code(), timedelta(days=1)
    load_cases(tmp_path, town, [case("A", BEGIN)])
    steps = [event("A", "reported", BEGIN), event("A", "registered", BEGIN + timedelta(minutes=5))]
    steps += [event("A", "dispatched", BEGIN + timedelta(minutes=10), unit="X", due="2026-03-04 12:00:00")]
    steps += [event("A", "signed", BEGIN + timedelta(minutes=20)), event("A", "urged", BEGIN + day)]
    steps += [event("A", "yellow_card", BEGIN + 3 * day), event("A", "forced_closed", BEGIN + 4 * day, why="x")]
    load_events(tmp_path, town, steps)
    for as_of, reply, times, days in (
        ("2026-03-03T12:00", "waiting", (1, 0), 3 / 8), ("2026-03-04T12:00", "overdue", (1, 0), 11 / 8),
        ("2026-03-05T10:00", "overdue", (1, 1), 17 / 8), ("2026-03-09", "cleared", (1, 1), 3),
    ):  # fmt: skip
        row = gg.open(town).ask("supervised", as_of=as_of).frame.iloc[0]
        assert (row["reply"], (row["n_urged"], row["n_yellow_card"]), row["given_unit"]) == (reply, times, "X")
        assert row["given_work_days"] == pytest.approx(days)
    assert gg.open(town).ask("supervised", since="2026-03-06", as_of="2026-03-09").frame.empty
    later = gg.open(town).ask("supervised", since="2026-03-04", as_of="2026-03-09").frame.iloc[0]
    assert (later["n_urged"], later["n_yellow_card"], later["n_prompted"]) == (0, 1, 2)


def test_what_was_given_on_a_day_of_rest_is_no_working_day_old(database, tmp_path):
    load_cases(tmp_path, town := new_code(), [case("A", BEGIN)])
    saturday = BEGIN + timedelta(5)
    steps = [event("A", "reported", BEGIN), event("A", "registered", BEGIN), event("A", "urged", saturday)]
    load_events(tmp_path, town, steps)
    days = gg.open(town).supervised(since=BEGIN.date(), as_of=saturday.date())["given_work_days"]
    assert [str(float(each)) for each in days] == ["0.0"]  # -0.0 is equal to it, and is not how it is written


def test_there_is_a_word_for_every_kind() -> None:
    assert set(PROMPTS) == set(COUNTS)
