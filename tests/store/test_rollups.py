"""What is derived from the ledger: the same rows whatever order loads came in, the same from nothing, and right."""

import random
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gridgov as gg
from gridgov.process import EVENTS
from gridgov.store import doctor, rollups
from gridgov.store.database import writing
from gridgov.vocabulary import ENDED
from tests.support import city, examples, follow_rules, gridgov, load_city, new_code, point, query, square
from tests.support_ledgers import (
    BEGIN,
    COURSE,
    KEPT,
    PLACED,
    ZONE,
    Row,
    case,
    crowded,
    day_begin,
    day_end,
    event,
    instant,
    kept,
    ledger_of,
    load_cases,
    load_catalogue,
    load_events,
    load_register,
    rebuild,
    report_of,
    stamp,
)


def anywhere(rows: list[Row], seed: int) -> list[Row]:
    """The same cases with places, so few that some troubles are told twice: a quarter outside the town, a fifth unknown."""
    chance = random.Random(seed)
    for row in rows:
        x, y = point(0.5 + chance.randrange(4), 0.5 + chance.randrange(3))
        row |= {"x": str(x), "y": str(y)} if chance.random() < 0.8 else {}
    return rows


@examples(8)
@given(seed=st.integers(0, 10_000), n_parts=st.integers(1, 4), data=st.data())
def test_whatever_order_loads_come_in_the_same_rows_stand_and_a_rebuild_makes_them_again(
    database, tmp_path, seed, n_parts, data
):
    """Parts are cut by time, since an event that comes before what it needs is refused; their cases are in any order."""
    lives = ledger_of(12, seed, data.draw(st.sampled_from([1, 6])))
    one, other = new_code(), new_code()
    rows = anywhere(crowded(lives, seed), seed)
    events = sorted((row for life in lives.values() for row in life), key=lambda row: row["at"])
    for town in (one, other):
        load_city(tmp_path, town)
    load_cases(tmp_path, one, rows, PLACED)
    load_catalogue(tmp_path, one, "5个工作日")
    load_events(tmp_path, one, events)

    steps: list[Any] = [lambda: load_catalogue(tmp_path, other, "5个工作日")]
    half = data.draw(st.integers(0, len(rows) - 1))
    shuffled = data.draw(st.permutations(rows))
    load_cases(tmp_path, other, [{**row, "unit": "C"} for row in shuffled[half:]], PLACED)  # told otherwise first
    load_cases(tmp_path, other, shuffled, PLACED)
    size = max(1, -(-len(events) // n_parts))
    parts = [events[k : k + size] for k in range(0, len(events), size)]
    steps += [lambda part=part: load_events(tmp_path, other, part) for part in parts]
    early = data.draw(st.integers(0, len(parts)))
    for step in [*steps[1 : 1 + early], steps[0], *steps[1 + early :]]:
        step()
    assert kept(one) == kept(other)
    for town in (one, other):
        stood = kept(town)
        rebuild(town)
        assert kept(town) == stood
    load_events(tmp_path, one, events)  # the same file again
    assert kept(one) == stood


def test_the_ledgers_of_these_laws_have_duplicates_and_troubles_that_come_back(database, tmp_path):
    """Else the laws would say nothing of them."""
    town, lives = new_code(), ledger_of(40, 3, ahead=6)
    load_city(tmp_path, town)
    load_cases(tmp_path, town, anywhere(crowded(lives, 3), 3), PLACED)
    load_events(tmp_path, town, [row for life in lives.values() for row in life])
    found = kept(town)
    assert [name for name in KEPT if not found[name]] == []
    came_back = query("SELECT FROM gridgov.closing WHERE next_id IS NOT NULL")
    assert len(came_back) > 0


@examples(4)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_a_rebuild_makes_the_same_after_grids_were_drawn_anew(database, tmp_path, seed, data):
    """Whole villages are swapped, some land belongs to no grid any more; from a day on, or as a correction of the past."""
    town, lives = new_code(), ledger_of(20, seed, ahead=6)
    load_city(tmp_path, town)
    load_cases(tmp_path, town, anywhere(crowded(lives, seed), seed), PLACED)
    load_events(tmp_path, town, [row for life in lives.values() for row in life])
    drawn = [{"11": square(0, 0, 4, 2)}, {"12": square(0, 0, 1, 3), "21": square(1, 0, 2, 3)}, city(4)]
    for turn in range(data.draw(st.integers(1, 2))):
        how = [{"valid_from": BEGIN.date() + timedelta(6 + turn)}, {"replace": True}]
        load_city(tmp_path, town, data.draw(st.sampled_from(drawn)), **data.draw(st.sampled_from(how)))
        stands = kept(town)
        rebuild(town)
        assert kept(town) == stands


@examples(4)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_lines_and_units_that_turn_out_to_be_one_leave_what_a_rebuild_makes(database, tmp_path, seed, data):
    """Cases name a line by its code or by its name, until its register comes; the same in whatever order that is."""
    one, other, lives = new_code(), new_code(), ledger_of(16, seed, ahead=6)
    rows, events = crowded(lives, seed), [row for life in lives.values() for row in life]
    lines, units = [("R", "T"), ("S", "Sewers")], [("A", "C"), ("B", "Bureau")]
    first, then = [("lines", lines), ("units", units)], [rows, rows[: len(rows) // 2]]
    for kind, register in first:
        load_register(tmp_path, one, kind, register)
    load_cases(tmp_path, one, rows)
    load_events(tmp_path, one, events)
    load_cases(tmp_path, other, then[data.draw(st.integers(0, 1))])
    load_events(tmp_path, other, [row for row in events if row["no"] in {case["no"] for case in rows[:4]}])
    for kind, register in data.draw(st.permutations(first)):
        load_register(tmp_path, other, kind, register)
        stands = kept(other)
        rebuild(other)
        assert kept(other) == stands
    load_cases(tmp_path, other, rows)
    load_events(tmp_path, other, events)
    assert kept(other) == kept(one)
    twice = query(
        "SELECT FROM gridgov.facet GROUP BY town_id, item_id, line_id, channel_id, source_id, track, is_urgent, is_duplicate"
        " HAVING count(*) > 1"
    )
    assert twice.empty


# --- a slow, obvious judge ----------------------------------------------------------------------------------------------


def stood(lives: dict[str, list[dict[str, str]]], at: datetime) -> pd.DataFrame:
    """How cases stood at an instant, event by event: state, deadline, closing; deadlines as delivered with events only."""
    rows = []
    for no, life in lives.items():
        state, due, closed, exempt = None, None, None, False
        for row in life:
            then = instant(row["at"])
            if then > at:
                break
            chosen = EVENTS[row["what"]]
            was = state
            state = chosen.to or state
            if was in ENDED and state not in ENDED:
                due, closed, exempt = None, None, False
            if row.get("due") and row["what"] not in ("extension_asked", "extension_refused"):
                due = instant(row["due"])
            if state in ENDED and was not in ENDED:
                closed = (then, state)
            exempt = exempt or row["what"] == "appeal_upheld"
        if state is not None:
            rows.append({"no": no, "state": state, "due": due, "closed": closed, "exempt": exempt})
    return pd.DataFrame(rows, columns=["no", "state", "due", "closed", "exempt"])


@examples(8)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_backlog_and_due_cohort_are_a_plain_count_of_the_ledger(database, tmp_path, seed, data):
    """Of cases whose clock is never stopped: what a pause gives back is tested with the course."""
    lives = {
        no: life
        for no, life in ledger_of(40, seed).items()
        if not any(row["what"] in ("suspended", "deferred") for row in life)
        and all(row["what"] != "extended" or row.get("due") for row in life)
    }
    town = new_code()
    load_cases(tmp_path, town, [case(no, report_of(life)) for no, life in lives.items()])
    load_events(tmp_path, town, [row for life in lives.values() for row in life])
    asked = gg.open(town)
    for _ in range(12):
        on = BEGIN.date() + timedelta(data.draw(st.integers(0, 60)))
        since = on - timedelta(data.draw(st.integers(0, 30)))
        at = day_end(on)
        cases = stood(lives, at)
        is_open = ~cases["state"].isin(ENDED)
        backlog = asked.ask("backlog", as_of=on).frame.iloc[0]
        assert backlog["n_open"] == is_open.sum()
        late = is_open & np.array([due is not None and not pd.isna(due) and due <= at for due in cases["due"]], bool)
        assert backlog["n_overdue"] == backlog["n_red"] == late.sum()
        assert backlog["n_open"] == sum(backlog[f"n_{light}"] for light in ("red", "yellow", "green", "grey"))

        begin = day_begin(since)
        wanted = dict.fromkeys(("due", "on_time", "late_closed", "overdue_open", "suspended", "exempt"), 0)
        for row in cases.itertuples():
            if (
                row.due is None
                or pd.isna(row.due)
                or not begin <= row.due <= at
                or (row.closed and row.closed[1] == "voided")
            ):
                continue
            part = "overdue_open"
            if row.closed:
                part = "on_time" if row.closed[0] <= row.due else "exempt" if row.exempt else "late_closed"
            wanted[part] += 1
            wanted["due"] += 1
        due = asked.ask("on_time", since=since, as_of=on).frame.iloc[0]
        assert {part: due[f"n_{part}"] for part in wanted} == wanted
        for by in ("unit", "state", "track", "category"):
            parts = asked.ask("on_time", by=by, since=since, as_of=on).frame
            for name in wanted:
                assert parts[f"n_{name}"].sum() == wanted[name]


def test_a_case_that_was_closed_and_reopened_is_not_open_in_between(database, tmp_path):
    town, at = new_code(), BEGIN + timedelta(hours=1)
    load_cases(tmp_path, town, [case("A", BEGIN)])
    rows = [event("A", what, at + timedelta(hours=k), unit="A") for k, what in enumerate(COURSE)]
    again = at + timedelta(days=3)
    load_events(tmp_path, town, [*rows, event("A", "reopened", again, why="not done")])
    asked = gg.open(town)
    opens = [asked.ask("backlog", as_of=BEGIN.date() + timedelta(k)).frame["n_open"].iloc[0] for k in range(-1, 5)]
    assert opens == [0, 0, 0, 0, 1, 1]


def test_a_limit_of_the_catalogue_gives_the_deadline_and_a_new_edition_another(database, tmp_path):
    town = new_code()
    told = case("B", BEGIN, what="road", which="hole", due="2026-03-09 12:00:00")
    load_cases(tmp_path, town, [case("A", BEGIN, what="road", which="hole"), told])
    sent = [event(no, "registered", BEGIN + timedelta(minutes=5)) for no in "AB"]
    sent += [event(no, "dispatched", BEGIN + timedelta(minutes=10), unit="X") for no in "AB"]
    load_events(tmp_path, town, sent)

    def due(no: str) -> str | None:
        at = query("SELECT f.due_at FROM gridgov.case_fact f JOIN gridgov.case_record c ON c.id = f.case_id"
                   " WHERE c.case_no = %s", no)["due_at"].iloc[0]  # fmt: skip
        return None if pd.isna(at) else f"{at.tz_convert(ZONE):%m-%d %H:%M}"

    assert (due("A"), due("B")) == (None, "03-09 12:00")
    load_catalogue(tmp_path, town, "1个工作日")
    assert (due("A"), due("B")) == ("03-03 09:10", "03-09 12:00")
    load_catalogue(tmp_path, town, "2个工作日", version="2")
    assert (due("A"), due("B")) == ("03-04 09:10", "03-09 12:00")
    stands = kept(town)
    rebuild(town)
    assert kept(town) == stands


def test_two_units_that_turn_out_to_be_one_are_one_in_what_is_derived(database, tmp_path):
    town = new_code()
    load_cases(tmp_path, town, [case("A", BEGIN)])
    steps = [("registered", ""), ("dispatched", "7"), ("returned", "7"), ("dispatched", "Water"), ("returned", "Water")]
    steps += [("dispatched", "Roads")]
    rows = [
        event("A", what, BEGIN + timedelta(hours=k + 1), unit=unit, why="no") for k, (what, unit) in enumerate(steps)
    ]
    load_events(tmp_path, town, rows)
    load_register(tmp_path, town, "units", [("7", "Water")])
    stands = kept(town)
    rebuild(town)
    assert kept(town) == stands


def test_changed_rules_ask_for_a_rebuild_and_loads_go_on_by_the_old_ones(database, tmp_path, monkeypatch):
    town = new_code()
    load_cases(tmp_path, town, [case("A", BEGIN, due="2026-03-09 12:00:00")])
    changes = ('yellow_left = "1/3"', 'yellow_left = "1/2"'), ('version = "1"', 'version = "2"')
    follow_rules(tmp_path, monkeypatch, *changes)
    with writing() as connection:
        assert rollups.outdated(connection) == [town]
    said = {check.name: check for check in doctor.checks()}["rules of the clocks"]
    assert said.ok is False
    assert "rebuild-rollups" in said.hint
    load_cases(tmp_path, town, [case("B", BEGIN, due="2026-03-09 12:00:00")])
    yellow = query("SELECT DISTINCT yellow_at FROM gridgov.case_span")
    assert len(yellow) == 1
    done = gridgov("db", "rebuild-rollups")
    assert done.code == 0, done.err
    assert query("SELECT DISTINCT yellow_at FROM gridgov.case_span")["yellow_at"].iloc[0] < yellow["yellow_at"].iloc[0]
    with writing() as connection:
        assert rollups.outdated(connection) == []


def test_what_ends_in_the_second_it_began_in_counts_among_the_due(database, tmp_path):
    town = new_code()
    row = case("A", BEGIN, closed=stamp(BEGIN), due="2026-03-05")
    load_cases(tmp_path, town, [{**row, "state": "closed"}])
    due = gg.open(town).ask("on_time", since=date(2026, 3, 1), as_of="2026-03-31").frame.iloc[0]
    assert (due["n_due"], due["n_on_time"], due["on_time_rate"]) == (1, 1, 1.0)
    none = gg.open(town).ask("on_time", since=date(2026, 4, 1), as_of="2026-04-30").frame.iloc[0]
    assert none["n_due"] == 0
    assert pd.isna(none["on_time_rate"])


# --- published figures --------------------------------------------------------------------------------------------------

ZHENGZHOU = {"routine": (18_086, 10_225, 8_765), "other": (34_348, 33_298, 31_629)}
"""The week of 2019-04-08 by kind of case: due, closed, closed on time; both together 52,434, 43,523 and 40,394."""

TIANMEN = {"event": (956, 902, 730), "component": (16, 9, 7)}
"""December 2016: due and closed as published; of the 737 on time only the sum is."""


@pytest.mark.parametrize(
    ("cohort", "first", "last", "due", "closed_rate", "on_time_rate"),
    [
        (ZHENGZHOU, date(2019, 4, 8), date(2019, 4, 14), 52_434, "83.01%", "77.04%"),
        (TIANMEN, date(2016, 12, 1), date(2016, 12, 31), 972, "93.72%", "75.82%"),
    ],
)
def test_published_weeks_and_months_come_out_to_the_last_figure(
    database, tmp_path, cohort, first, last, due, closed_rate, on_time_rate
):
    """Cases are reported before the period and in it, and due in it; those of the day after are not in the cohort."""
    town, chance, rows = new_code(), random.Random(1), []
    n_days = (last - first).days + 1
    for kind, (n_due, n_closed, n_on_time) in cohort.items():
        for k in range(n_due):
            limit = datetime.combine(first + timedelta(chance.randrange(n_days)), time(12))
            row = case(f"{kind}{k}", limit - timedelta(days=chance.randrange(1, 9)), what=kind)
            row["due"] = stamp(limit)
            if k < n_closed:
                late = timedelta(hours=3) if k >= n_on_time else -timedelta(hours=chance.randrange(3))
                row |= {"state": "closed", "closed": stamp(limit + late)}
            rows.append(row)
    after = datetime.combine(last + timedelta(1), time())
    rows.append(case("next", after - timedelta(days=2), what="event", due=stamp(after)))
    load_cases(tmp_path, town, rows)
    asked = gg.open(town)
    whole = asked.ask("on_time", since=first, as_of=last).frame.iloc[0]
    assert whole["n_due"] == due
    assert (f"{whole['closed_rate']:.2%}", f"{whole['on_time_rate']:.2%}") == (closed_rate, on_time_rate)
    parts = asked.ask("on_time", by="category", since=first, as_of=last).frame.set_index("category")
    for kind, (n_due, n_closed, n_on_time) in cohort.items():
        part = parts.loc[kind]
        assert (part["n_due"], part["n_on_time"], part["n_late_closed"]) == (n_due, n_on_time, n_closed - n_on_time)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_definitions_read(lang):
    from gridgov.questions.definition import definition_of

    for question in ("backlog", "on_time"):
        assert len(definition_of(question).explained(lang)) > 200


def test_where_a_delivered_deadline_only_fills_the_catalogue_goes_before_it_and_before_the_rules(
    database, tmp_path, monkeypatch
):
    follow_rules(
        tmp_path, monkeypatch, ('delivered = "wins"', 'delivered = "fills"'), ("# dispatched =", "dispatched =")
    )
    town, told = new_code(), BEGIN + timedelta(days=30)
    load_catalogue(tmp_path, town, "1个工作日")
    steps = (("reported", 0), ("accepted", 1), ("registered", 2), ("dispatched", 3))
    load_cases(
        tmp_path,
        town,
        [case(no, due=stamp(told), what="road", which=which) for no, which in (("A", "hole"), ("B", "other"))],
    )
    load_events(tmp_path, town, [event(no, what, BEGIN + timedelta(hours=h)) for no in "AB" for what, h in steps])
    due = gg.open(town).ask("cases").frame.set_index("case_no")["due_at"]
    given_out = BEGIN + timedelta(hours=3)
    assert due["A"] == given_out + timedelta(days=1)  # as the catalogue says
    assert due["A"] < due["B"] < told  # as the rules say where it does not
