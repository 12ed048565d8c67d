"""integrity: who was made to stand out is found with his cases, first of all, and nobody else is named."""

import random
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

import gridgov as gg
from gridgov.errors import QuestionError
from gridgov.questions.integrity import indicators
from tests.support import load_city, new_code, point
from tests.support_ledgers import BEGIN, PLACED, ZONE, case, event, load_cases, load_events, stamp

UNITS = [f"U{k:02}" for k in range(12)]
N_EACH = 40
MONTH_END = datetime(2026, 3, 31, 18, tzinfo=ZONE)

Planted = dict[str, str]
"""Units by the indicator that they are made to stand out by."""


def ledger(seed: int, planted: Planted) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Cases of twelve units over two months with five days each; a unit with a habit follows it in three of four cases."""
    chance, cases, events = random.Random(seed), [], []
    habit_of = {unit: habit for habit, unit in planted.items()}
    for u, unit in enumerate(UNITS):
        for k in range(N_EACH):
            no, at = f"{unit}-{k}", BEGIN + timedelta(days=chance.randrange(50), minutes=chance.randrange(300))
            habit = habit_of.get(unit) if chance.random() < 0.75 else None
            due = at + timedelta(days=5)
            handled = at + timedelta(hours=1 + chance.random() * 100)
            if habit == "month_end":
                handled = MONTH_END - timedelta(hours=chance.randrange(20))
                at, due = handled - timedelta(days=2), handled + timedelta(days=3)
            elif habit == "just_in_time":
                handled = due - timedelta(minutes=chance.randrange(30, 80))
            elif habit == "instant":
                handled = at + timedelta(minutes=4)
            who = f"{unit}-{chance.randrange(3)}"
            x, y = point(u % 3 + 0.5, u // 3 % 3 + 0.5)
            cases.append(case(no, at - timedelta(minutes=9), x=str(x), y=str(y)))
            events.append(event(no, "registered", at - timedelta(minutes=5)))
            events.append(event(no, "dispatched", at, unit=unit, due=stamp(due)))
            if habit == "asked_late":
                handled = due + timedelta(hours=5)
                events.append(event(no, "extension_asked", due - timedelta(hours=chance.randrange(2, 11)), why="rain"))
                more = stamp(due + timedelta(days=4))
                events.append(event(no, "extended", due - timedelta(hours=1), due=more))
            events.append(event(no, "handled", handled, who=who))
            events.append(event(no, "checking", handled + timedelta(minutes=3)))
            if chance.random() < 0.1:
                events.append(event(no, "rework", handled + timedelta(minutes=4), why="not clean"))
                events.append(event(no, "handled", handled + timedelta(minutes=50), who=who))
                events.append(event(no, "checking", handled + timedelta(minutes=55)))
            checker = who if habit == "self_closed" else "centre"
            events.append(event(no, "checked", handled + timedelta(hours=1), who=checker))
            events.append(event(no, "closed", handled + timedelta(hours=1, minutes=5), who="centre"))
    return cases, events


def load_ledger(folder: Path, town: str, seed: int, planted: Planted) -> None:
    cases, events = ledger(seed, planted)
    load_cases(folder, town, cases, PLACED)
    load_events(folder, town, events)


HABITS = {"just_in_time": "U01", "asked_late": "U04", "month_end": "U07", "instant": "U10"}


def test_who_has_a_habit_is_found_with_his_cases_and_nobody_else(database, tmp_path):
    town = new_code()
    load_ledger(tmp_path, town, 3, HABITS)
    answer = gg.open(town).ask("integrity", as_of="2026-06-30")
    found = answer.frame
    assert set(zip(found["indicator"], found["unit"], strict=True)) == set(HABITS.items())
    assert answer.meta["n_compared"] == len(UNITS)
    for row in found.itertuples():
        assert 1 <= len(row.case_nos) <= 5
        assert all(no.startswith(row.unit) for no in row.case_nos)
        assert row.n <= row.n_of <= N_EACH
        assert row.rate > 5 * row.common_rate
        assert 1 <= row.n_stands <= row.n_looks
        assert row.innocent_zh
        assert row.innocent_en
    of = {each.code: each for each in indicators()}
    assert all(of[row.indicator].from_share <= row.rate for row in found.itertuples())


def test_of_grids_the_one_of_the_unit_is_found(database, tmp_path):
    town = new_code()
    load_city(tmp_path, town)
    load_ledger(tmp_path, town, 5, {"instant": "U04"})
    found = gg.open(town).ask("integrity", by="grid", as_of="2026-06-30").frame
    assert found[["indicator", "grid_code"]].to_numpy().tolist() == [["instant", "22"]]
    assert all(no.startswith("U04") for no in found["case_nos"].iloc[0])
    inside = gg.open(town).ask("integrity", by="grid", scope="1", as_of="2026-06-30").frame
    assert inside.empty


@pytest.mark.parametrize("seed", range(8))  # not drawn: chance alone names somebody in one of some hundred towns
def test_where_nobody_has_a_habit_nobody_is_named(database, tmp_path, seed):
    town = new_code()
    load_ledger(tmp_path, town, seed, {})
    assert gg.open(town).ask("integrity", as_of="2026-06-30").frame.empty


def test_before_the_habit_began_nothing_is_known_of_it(database, tmp_path):
    town = new_code()
    load_ledger(tmp_path, town, 3, {"month_end": "U07"})
    assert gg.open(town).ask("integrity", as_of="2026-03-28").frame.empty
    assert len(gg.open(town).ask("integrity", as_of="2026-04-02").frame) == 1


@pytest.mark.parametrize("by", ["channel", ["unit", "category"], "state"])
def test_persons_and_other_groups_are_not_listed(database, tmp_path, by):
    town = new_code()
    load_ledger(tmp_path, town, 3, {})
    with pytest.raises(QuestionError, match="no persons"):
        gg.open(town).ask("integrity", by=by)


def test_closing_what_one_handled_is_seen_whoever_one_is(database, tmp_path):
    town = new_code()
    load_ledger(tmp_path, town, 3, {"self_closed": "U02"})
    found = gg.open(town).ask("integrity", as_of="2026-06-30").frame
    assert found[["indicator", "unit"]].to_numpy().tolist() == [["self_closed", "U02"]]
    assert found["rate"].iloc[0] > 0.6


def test_a_case_opened_again_after_as_of_stays_in_the_answer_of_then(database, tmp_path):
    """As of an instant the answer is the one given when nothing later was known, whatever became of the cases since."""
    plain, later = new_code(), new_code()
    chance = random.Random(8)
    cases, events = ledger(3, {**HABITS, "self_closed": "U02"})
    again = []
    for row in cases:
        if chance.random() < 0.6:
            at = datetime(2026, 7, 1, 9, tzinfo=ZONE) + timedelta(minutes=chance.randrange(3_000))
            no = row["no"]
            again.append(event(no, "reopened", at, why="came back"))
            if chance.random() < 0.7:
                again.append(event(no, "dispatched", at + timedelta(hours=1), unit=chance.choice(UNITS)))
                again.append(event(no, "handled", at + timedelta(hours=2), who="someone"))
                again.append(event(no, "checking", at + timedelta(hours=3)))
                again.append(event(no, "rework", at + timedelta(hours=4), why="not clean"))
                again.append(event(no, "handled", at + timedelta(hours=5), who="someone"))
                again.append(event(no, "closed", at + timedelta(hours=6), who="someone"))
    for town, told in ((plain, events), (later, events + again)):
        load_cases(tmp_path, town, cases, PLACED)
        load_events(tmp_path, town, told)
    for as_of in ("2026-06-30", "2026-04-02"):
        found = [gg.open(town).ask("integrity", as_of=as_of) for town in (plain, later)]
        assert len(found[0].frame) >= 1
        pd.testing.assert_frame_equal(found[0].frame, found[1].frame)
        assert found[0].meta["n_compared"] == found[1].meta["n_compared"] == len(UNITS)
