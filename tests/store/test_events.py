"""Delivered events in the ledger: laws first, then the single rules, on a real PostGIS."""

import itertools
import random
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
import pytest
from alembic import command
from hypothesis import given
from hypothesis import strategies as st

from gridgov.errors import LoadError
from gridgov.pipelines import events as pipeline
from gridgov.pipelines.kinds import load
from gridgov.pipelines.quarantine import export_rows, retry_rows, waiting
from gridgov.pipelines.report import LoadReport
from gridgov.settings import settings as ours
from gridgov.sources.mapping import Mapping
from gridgov.store import cluster, migrate
from gridgov.vocabulary import OUTCOMES
from tests import support_ledgers as ledgers
from tests.support import (
    CONTENT,
    contents,
    examples,
    incident_mapping,
    load_rows,
    new_code,
    query,
    stages,
    structure,
    write_rows,
)
from tests.support_ledgers import Row, load_register

FLAT_HEADER = ("no", "at", "closed", "state", "track")
HEADER = ("no", "id", "at", "what", "unit", "who", "why", "note", "due")
COURSE = (*ledgers.COURSE, "evaluated")


def event_mapping(town: str, *, numbered: bool = False) -> Mapping:
    """A mapping that drops a note and knows a word of the source's own; numbered events have ids."""
    head = [name for name in HEADER if numbered or name != "id"]
    return ledgers.event_mapping(town, head, 'note = "drop"\n[values.event]\n"派遣" = "dispatched"\n')


_files = itertools.count()


def load_events(folder: Path, town: str, rows: list[Row], **how: Any) -> LoadReport:
    path = write_rows(folder / f"{town}_events_{next(_files)}.csv", rows, HEADER)
    report = load("events", path, event_mapping(town, **how))
    assert report.read == len(rows) == sum(getattr(report, name) for name in OUTCOMES)
    run = query("SELECT * FROM gridgov.load_run WHERE id = %s", report.run_id).iloc[0]
    assert {name: run[f"n_{name}"] for name in ("read", *OUTCOMES)} == report.counts
    assert stages() == []
    return report


def load_cases(folder: Path, town: str, rows: list[Row]) -> LoadReport:
    """Load rows of `flat`."""
    return ledgers.load_cases(folder, town, rows, FLAT_HEADER)


def flat(
    no: str = "A", state: str = "open", closed: str = "", at: str = "2026-03-01 10:00", track: str = "dispatched"
) -> Row:
    return {"no": no, "at": at, "state": state, "closed": closed, "track": track}


def event(what: str, at: str | int, no: str = "A", **more: str) -> Row:
    """An event; a number is minutes after the report."""
    if isinstance(at, int):
        at = f"{datetime(2026, 3, 1, 10) + timedelta(minutes=at):%Y-%m-%d %H:%M}"
    return {"no": no, "at": at, "what": what, **more}


def course(no: str = "A", n: int = len(COURSE), *, step: int = 10) -> list[Row]:
    return [event(what, step * (i + 1), no) for i, what in enumerate(COURSE[:n])]


def ledger(town: str, *, standing: bool = True) -> pd.DataFrame:
    """The ledger of a town in the order of its life."""
    events = query(
        "SELECT c.case_no, e.at, e.seq, e.event, e.basis, e.day_only, u.code AS unit, e.event_no, e.actor, e.reason,"
        " e.due_at, e.detail, e.load_run_id, e.retired_run_id FROM gridgov.case_event e"
        " JOIN gridgov.case_record c ON c.id = e.case_id JOIN gridgov.town t ON t.id = c.town_id"
        " LEFT JOIN gridgov.unit u ON u.id = e.unit_id WHERE t.code = %s ORDER BY c.case_no, e.at, e.seq",
        town,
    )
    return events[events["retired_run_id"].isna()] if standing else events


def life(town: str, no: str = "A") -> list[str]:
    """The standing facts of a case in order; those of its flat row in brackets."""
    rows = ledger(town)
    rows = rows[rows["case_no"] == no]
    return [f"({e})" if basis == "row" else e for e, basis in zip(rows["event"], rows["basis"], strict=True)]


def stands(town: str) -> list[tuple[Any, ...]]:
    """What stands, without the numbers of loads and the numbers that make the order."""
    rows = ledger(town).drop(columns=["seq", "load_run_id", "retired_run_id"])
    return list(map(tuple, rows.astype(str).to_numpy().tolist()))


# --- laws -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def town(database: str, tmp_path: Path) -> str:
    code = new_code()
    load_cases(tmp_path, code, [flat("A"), flat("B"), flat("C", track="self_handled"), flat("D", track="")])
    return code


@examples(12)
@given(data=st.data())
def test_a_history_shuffled_into_files_becomes_the_same_ledger(database, tmp_path, data):
    """The law: all files loaded in any order and what was refused tried again once = the history loaded in order.

    While files are missing an event may be refused that has its place once they are there: the standing ledger is always a
    course that is possible. Where no file is refused anything, nothing need be tried again. The instants of a case differ.
    """
    history = course("A") + course("B", 6) + [event("urged", 33, "A"), event("extended", 44, "B", due="2026-03-09")]
    n = data.draw(st.integers(1, 4))
    parts = [data.draw(st.integers(0, n - 1)) for _ in history]
    shuffled = data.draw(st.permutations(list(zip(history, parts, strict=True))))
    files = [[row for row, part in shuffled if part == k] for k in range(n)]
    one, other = new_code(), new_code()
    load_cases(tmp_path, one, [flat("A"), flat("B")])
    load_cases(tmp_path, other, [flat("A"), flat("B")])
    load_events(tmp_path, one, history)
    refused = 0
    for rows in files:
        if rows:
            refused += load_events(tmp_path, other, rows).quarantined
    assert refused == len(waiting(other))
    if refused:
        report = retry_rows(event_mapping(other))
        assert (report.loaded, report.quarantined) == (refused, 0)
    assert waiting(other).empty
    assert stands(one) == stands(other)


@examples(12)
@given(data=st.data())
def test_every_row_has_one_outcome_and_the_same_file_again_changes_nothing(database, tmp_path, data):
    town = new_code()
    load_cases(tmp_path, town, [flat("A"), flat("B", track="")])
    one = st.builds(
        lambda no, what, at, unit, number: event(what, at, no, unit=unit, id=number),
        st.sampled_from("AABX"), st.sampled_from([*COURSE[:4], "returned", "urged", "?"]), st.integers(0, 4),
        st.sampled_from(["u1", "u2", ""]), st.sampled_from(["1", "2", "3", ""]),
    )  # fmt: skip
    files = data.draw(st.lists(st.lists(one, min_size=1, max_size=8), min_size=1, max_size=3))
    numbered = data.draw(st.booleans())
    tables = [name for name in CONTENT if name != "quarantine"]
    for rows in files:
        load_events(tmp_path, town, rows, numbered=numbered)
        before, held_back = contents(*tables), waiting(town)
        again = load_events(tmp_path, town, rows, numbered=numbered)
        # What waits is the same; its reason may name another step, for it is judged beside what stands by now.
        assert contents(*tables) == before
        assert sorted(map(repr, waiting(town)["raw"])) == sorted(map(repr, held_back["raw"]))
        assert again.loaded == again.updated == 0
    # What stands of a case is a course that is possible, each number once.
    standing = ledger(town)
    numbers = standing.dropna(subset="event_no")
    assert not numbers.duplicated(["case_no", "event_no"]).any()


@examples(12)
@given(data=st.data())
def test_flat_rows_and_events_give_one_history_whichever_came_first(database, tmp_path, data):
    """What stands depends on the last flat row of a case and on the events delivered, not on the order of loads."""
    rows = data.draw(st.lists(st.sampled_from([flat(), flat(state="out"), flat(state="done", closed="2026-03-01 12:00")]),
                              min_size=1, max_size=3))  # fmt: skip
    n = data.draw(st.integers(0, len(COURSE)))
    steps: list[tuple[str, Any]] = [("flat", row) for row in rows[1:]] + [("events", course(n=n))]
    random.Random(data.draw(st.integers(0, 9))).shuffle(steps)
    steps.insert(0, ("flat", rows[0]))
    last_flat = [row for kind, row in steps if kind == "flat"][-1]
    one, other = new_code(), new_code()
    for kind, what in steps:
        if kind == "flat":
            load_cases(tmp_path, one, [what])
        elif what:
            load_events(tmp_path, one, what)
    load_cases(tmp_path, other, [last_flat])
    if n:
        load_events(tmp_path, other, course(n=n))
    if waiting(one).empty and waiting(other).empty:
        assert stands(one) == stands(other)
    standing = ledger(one)
    assert (standing["event"] == "reported").sum() == 1
    assert (standing["event"] == "closed").sum() <= 1


# --- one rule at a time -----------------------------------------------------------------------------------------------


def test_a_course_of_events(town, tmp_path):
    rows = [
        event("registered", 10), event("派遣", 20, unit="Roads", who="沈阿婆", due="2026-03-03"),
        event("signed", 30, unit="Roads"), event("returned", 40, unit="Roads", why="not ours"),
    ]  # fmt: skip
    report = load_events(tmp_path, town, rows)
    assert report.loaded == 4
    assert report.facts == {
        "events": {"registered": 1, "dispatched": 1, "signed": 1, "returned": 1},
        "cases_touched": 1,
    }
    assert str(report.newest_at) == "2026-03-01 02:40:00+00:00"
    assert life(town) == ["(reported)", "registered", "dispatched", "signed", "returned"]
    sent = ledger(town).set_index("event").loc["dispatched"]
    assert (sent["unit"], sent["basis"], str(sent["due_at"])) == ("Roads", "event", "2026-03-03 15:59:59.999999+00:00")
    assert sent["actor"].startswith("p:")
    assert ledger(town).set_index("event").loc["returned", "reason"] == "not ours"
    assert life(town, "B") == ["(reported)"]
    assert report.noticed == {}
    assert report.notes == ["1 cases told of: 1 registered, 1 dispatched, 1 signed for, 1 returned."]


def test_what_an_event_should_carry_is_counted(town, tmp_path):
    report = load_events(tmp_path, town, [*course(n=2), event("returned", 90)])
    assert report.loaded == 3
    assert report.noticed == {"dispatched without a unit": 1, "returned without a reason": 1}


def test_bad_rows_are_set_aside_with_all_their_reasons(town, tmp_path):
    rows = [
        event("registered", 10),
        event("resting", 20),
        event("registered", "yesterday", no=""),
        event("registered", 10, no="Z", who="沈阿婆"),
        event("handled", 20),
        event("handled", 20, no="C"),
        event("accepted", "2026-03-01 09:00", no="B"),
    ]
    report = load_events(tmp_path, town, rows)
    assert (report.loaded, report.quarantined) == (2, 5)
    rows = waiting(town)
    assert dict(zip(rows["row_no"], rows["reasons"], strict=True)) == {
        3: ["unknown event: 'resting'"],
        4: ["no case number", "bad date in at: 'yesterday'"],
        5: ["no case of this number: load incidents first"],
        6: ["handled cannot follow registered (track dispatched)"],
        8: ["accepted cannot come before the report (track dispatched)"],
    }
    assert set(rows["kind"]) == {"events"}
    assert rows["raw"][rows["row_no"] == 5].iloc[0]["who"].startswith("p:")
    assert report.reasons["no case of this number"] == 1
    assert export_rows(tmp_path / "out.csv", town) == 5
    assert life(town, "C") == ["(reported)", "handled"], "found and solved on the spot"


def test_a_case_without_a_track_may_take_the_moves_of_any(town, tmp_path):
    assert load_events(tmp_path, town, [event("accepted", 1, "D"), event("prereviewed", 2, "D")]).loaded == 2
    assert load_events(tmp_path, town, [event("checked", 3, "D")]).quarantined == 1
    assert waiting(town)["reasons"][0] == ["checked cannot follow prereviewed (track unknown)"]


def test_events_of_cases_that_come_later_are_loaded_by_a_retry(town, tmp_path):
    assert load_events(tmp_path, town, course("N", 3)).quarantined == 3
    load_cases(tmp_path, town, [flat("N")])
    report = retry_rows(event_mapping(town))
    assert (report.read, report.loaded) == (3, 3)
    assert waiting(town).empty
    assert life(town, "N") == ["(reported)", *COURSE[:3]]


def test_a_retry_of_incidents_leaves_events_alone(town, tmp_path):
    load_events(tmp_path, town, [event("handled", 5)])
    with pytest.raises(LoadError, match=r"\(incidents\) that could be tried again"):
        retry_rows(incident_mapping(town, FLAT_HEADER))
    retry_rows(event_mapping(town))
    assert len(waiting(town)) == 1
    load_events(tmp_path, town, course(n=5))
    assert retry_rows(event_mapping(town)).quarantined == 1, "it came before the others, and still does"


def test_a_late_event_takes_its_place(town, tmp_path):
    rows = course()
    early = [row for row in rows if row["what"] not in ("signed", "checking", "checked")]
    load_events(tmp_path, town, early)
    report = load_events(tmp_path, town, [rows[7], rows[2], rows[6]])
    assert report.loaded == 3
    assert life(town) == ["(reported)", *COURSE]


def test_new_events_that_would_make_impossible_what_stands_are_refused(town, tmp_path):
    load_events(tmp_path, town, course())
    before = stands(town)
    report = load_events(tmp_path, town, [event("urged", 5), event("returned", 31, why="x")])
    assert (report.loaded, report.quarantined) == (1, 1), "only the move that does it; an urging does nothing"
    assert waiting(town)["reasons"][0] == ["would make impossible what stands: assigned at 2026-03-01 02:40 UTC"]
    assert [row for row in stands(town) if "urged" not in row] == before


def test_a_wrong_row_that_came_first_gives_way_and_is_told_of(town, tmp_path):
    load_events(tmp_path, town, [*course(n=2), event("returned", 25, why="slip")])
    report = load_events(tmp_path, town, course())
    assert (report.loaded, report.unchanged, report.quarantined) == (len(COURSE) - 2, 2, 0)
    assert life(town) == ["(reported)", *COURSE]
    assert report.facts["n_gave_way"] == 1
    assert report.notes[-1] == (
        "1 events that stood gave way to a longer course of their case, such as 'returned' of A at 2026-03-01 02:25 UTC."
    )
    everything = ledger(town, standing=False)
    assert everything.dropna(subset="retired_run_id")["event"].tolist() == ["returned"], "and nothing is lost"
    again = load_events(tmp_path, town, [event("returned", 25, why="slip")])
    assert (again.loaded, again.quarantined) == (0, 1)
    assert waiting(town)["reasons"][0] == ["would make impossible what stands: signed at 2026-03-01 02:30 UTC"]


def test_what_gave_way_stands_again_when_the_rest_of_its_course_comes(town, tmp_path):
    rows = [
        event("registered", 10), event("dispatched", 20, unit="a"), event("returned", 30, unit="a", why="x"),
        event("dispatched", 40, unit="b"), event("signed", 50, unit="b"), event("handled", 60), event("checking", 70),
    ]  # fmt: skip
    load_events(tmp_path, town, rows[:3])
    assert load_events(tmp_path, town, rows[5:]).facts["n_gave_way"] == 1
    assert life(town) == ["(reported)", "registered", "dispatched", "handled", "checking"]
    load_events(tmp_path, town, rows[3:5])
    assert life(town) == ["(reported)", *(row["what"] for row in rows)]
    assert ledger(town).set_index("event").loc["returned", "reason"] == "x"
    before = contents("case_event")
    load_events(tmp_path, town, rows)
    assert contents("case_event") == before


@examples(12)
@given(data=st.data())
def test_true_rows_and_a_few_wrong_ones_in_any_order_of_files(database, tmp_path, data):
    """With what was refused tried again, the true course stands, and every wrong row is refused or retired."""
    town = new_code()
    load_cases(tmp_path, town, [flat("A")])
    true = course("A", 9)
    wrong = [
        event(data.draw(st.sampled_from(["voided", "returned", "rework", "forced_closed", "checked"])), at, why="wrong")
        for at in data.draw(st.lists(st.sampled_from([15, 35, 55, 75]), min_size=1, max_size=2, unique=True))
    ]
    rows = data.draw(st.permutations(true + wrong))
    n = data.draw(st.integers(1, 3))
    for k in range(n):
        load_events(tmp_path, town, rows[k::n])
    for _ in range(2):
        if len(waiting(town)):
            retry_rows(event_mapping(town))
    told = [row for row in ledger(town).itertuples() if row.basis == "event"]
    assert len(told) >= len(true), "no true course is shorter than what stands"
    waits = waiting(town)["raw"].map(lambda raw: raw["what"]).tolist()
    retired = ledger(town, standing=False).dropna(subset="retired_run_id")["event"].tolist()
    stood = [row.event for row in told]
    for row in true + wrong:
        assert row["what"] in [*stood, *waits, *retired]
    assert not [what for what in waits if what in COURSE and what != "checked"] or set(stood) - set(COURSE)


def test_the_steps_of_one_minute_are_put_in_order_and_may_come_latest_first(town, tmp_path):
    steps = [event(what, 10) for what in COURSE[:6]]
    assert load_events(tmp_path, town, steps[::-1]).loaded == 6
    assert life(town) == ["(reported)", *COURSE[:6]]
    load_events(tmp_path, town, [event("registered", 10, "B"), event("signed", 11, "B"), event("accepted", 10, "B"),
                                 event("dispatched", 10, "B")])  # fmt: skip
    assert life(town, "B") == ["(reported)", "accepted", "registered", "dispatched", "signed"]


def test_a_step_of_the_same_minute_may_come_later(town, tmp_path):
    load_events(tmp_path, town, [event("registered", 10), event("dispatched", 10)])
    load_events(tmp_path, town, [event("accepted", 10)])
    assert life(town) == ["(reported)", "accepted", "registered", "dispatched"]


def test_events_given_as_days_are_in_the_order_of_their_lines(database, tmp_path):
    town = new_code()
    load_cases(tmp_path, town, [flat("A")])  # reported at ten
    rows = [event(what, "2026-03-01") for what in ("registered", "dispatched", "returned", "dispatched", "signed")]
    rows[1]["unit"], rows[3]["unit"] = "u1", "u2"
    assert load_events(tmp_path, town, [*rows, event("handled", "2026-03-02")]).loaded == 6
    assert life(town) == ["(reported)", *(row["what"] for row in rows), "handled"]
    events = ledger(town)
    assert events["at"].iloc[:6].nunique() == 1, "nothing happens before the report of that day"
    assert events["day_only"].tolist() == [False] + [True] * 6
    assert events["unit"].dropna().tolist() == ["u1", "u2"]


def test_an_event_given_as_a_day_comes_where_the_process_allows(database, tmp_path):
    town = new_code()
    load_cases(tmp_path, town, [flat("A")])
    timed = [event("registered", 10), event("dispatched", 20, unit="u1")]
    report = load_events(tmp_path, town, [*timed, event("signed", "2026-03-01", unit="u1")])
    assert (report.loaded, report.quarantined) == (3, 0)
    assert life(town) == ["(reported)", "registered", "dispatched", "signed"]
    assert ledger(town)["at"].iloc[-1] == ledger(town)["at"].iloc[-2], "not earlier than what must come before it"
    again = load_events(tmp_path, town, [*timed, event("signed", "2026-03-01", unit="u1")])
    assert again.unchanged == 3
    report = load_events(tmp_path, town, [event("signed", "2026-03-01", unit="u1", why="as agreed")])
    assert (report.updated, waiting(town)["reasons"].tolist()) == (1, [])
    assert life(town) == ["(reported)", "registered", "dispatched", "signed"], "said anew, not twice"
    other = new_code()
    load_cases(tmp_path, other, [flat("A")])
    load_events(tmp_path, other, [event("registered", "2026-03-01")])
    load_events(tmp_path, other, [event("accepted", 10), event("dispatched", 20, unit="u1")])
    assert life(other) == ["(reported)", "accepted", "registered", "dispatched"], "whichever came first"


def test_a_unit_by_its_name_and_by_its_code_is_one(town, tmp_path):
    load_register(tmp_path, town, "units", [("7", "Water")])
    rows = [event("registered", 1), event("dispatched", 2, unit="7"), event("dispatched", 2, unit="Water")]
    assert load_events(tmp_path, town, rows).counts["updated"] == 1
    assert life(town) == ["(reported)", "registered", "dispatched"]
    before = contents("case_event", "quarantine")
    again = load_events(tmp_path, town, rows)
    assert (again.unchanged, contents("case_event", "quarantine")) == (3, before)


def test_the_same_event_is_a_duplicate_in_the_file_and_unchanged_in_the_store(town, tmp_path):
    rows = course(n=3)
    report = load_events(tmp_path, town, [*rows, rows[1]])
    assert (report.loaded, report.duplicate) == (3, 1)
    report = load_events(tmp_path, town, [rows[2], *rows])
    assert (report.unchanged, report.duplicate) == (4, 0)
    urged = [event("urged", 60, who="x"), event("urged", 60, who="y"), event("urged", 60, who="x")]
    report = load_events(tmp_path, town, urged)
    assert (report.loaded, report.duplicate) == (2, 1), "two people urge in one minute"


def test_an_event_said_anew_replaces_the_old_one_and_nothing_is_lost(town, tmp_path):
    how = {"numbered": True}
    rows = [{**row, "id": str(i)} for i, row in enumerate(course(n=4))]
    load_events(tmp_path, town, rows, **how)
    first = ledger(town)
    later = {**rows[1], "at": "2026-03-01 10:25", "unit": "Roads"}
    report = load_events(tmp_path, town, [later], **how)
    assert (report.updated, report.loaded) == (1, 0)
    assert life(town) == ["(reported)", *COURSE[:4]]
    sent = ledger(town).set_index("event").loc["dispatched"]
    assert (str(sent["at"]), sent["unit"]) == ("2026-03-01 02:25:00+00:00", "Roads")
    everything = ledger(town, standing=False)
    old = everything[everything["retired_run_id"] == report.run_id]
    assert old["event"].tolist() == ["dispatched"]
    assert len(everything) == len(first) + 1
    # Back to what it was; several wordings in one file; the last one stands and the others are kept.
    back = [{**later, "why": "slip"}, rows[1]]
    report = load_events(tmp_path, town, back, **how)
    assert report.updated == 2
    assert str(ledger(town).set_index("event").loc["dispatched", "at"]) == "2026-03-01 02:20:00+00:00"
    passed = ledger(town, standing=False).query("reason == 'slip'")
    assert passed["load_run_id"].tolist() == passed["retired_run_id"].tolist() == [report.run_id]


def test_a_new_wording_that_is_impossible_leaves_the_old_one(town, tmp_path):
    rows = [{**row, "id": str(i)} for i, row in enumerate(course(n=4))]
    load_events(tmp_path, town, rows, numbered=True)
    before = stands(town)
    report = load_events(tmp_path, town, [{**rows[3], "what": "checked"}], numbered=True)
    assert (report.updated, report.quarantined) == (0, 1)
    report = load_events(tmp_path, town, [{**rows[1], "what": "urged"}], numbered=True)
    assert waiting(town)["reasons"].iloc[-1] == ["would make impossible what stands: signed at 2026-03-01 02:30 UTC"]
    assert stands(town) == before


def test_without_a_number_a_move_is_known_by_its_instant_and_unit(town, tmp_path):
    load_events(tmp_path, town, [event("registered", 1), event("dispatched", 2, unit="u1")])
    report = load_events(tmp_path, town, [event("dispatched", 2, unit="u1", why="as agreed")])
    assert report.updated == 1
    assert ledger(town)["reason"].dropna().tolist() == ["as agreed"]


def test_a_retry_does_not_undo_what_a_later_load_said(town, tmp_path):
    load_events(tmp_path, town, [event("handled", 60, id="9"), event("registered", 5, id="1")], numbered=True)
    load_events(tmp_path, town, [event("dispatched", 10, id="2"), event("handled", 50, id="9")], numbered=True)
    report = retry_rows(event_mapping(town, numbered=True))
    assert (report.superseded, report.updated) == (1, 0)
    assert str(ledger(town).set_index("event").loc["handled", "at"]) == "2026-03-01 02:50:00+00:00"
    assert waiting(town).empty


def test_personal_columns_are_stored_nowhere(town, tmp_path):
    secrets = {"who": "沈阿婆", "note": "菱市街 7 号"}
    rows = [event("registered", 1, **secrets), event("handled", 2, **secrets), event("?", 2, **secrets)]
    load_events(tmp_path, town, rows)
    retry_rows(event_mapping(town))
    with psycopg.connect(cluster.database_url()) as connection:
        tables = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'gridgov'")]
        everything = "".join(
            str(row) for name in tables for row in connection.execute(f'SELECT t::text FROM gridgov."{name}" AS t')
        )
    assert "registered" in everything
    for secret in secrets.values():
        assert secret not in everything


# --- flat rows and delivered events -----------------------------------------------------------------------------------


def test_a_delivered_history_wins_over_what_was_inferred(database, tmp_path):
    town = new_code()
    load_cases(tmp_path, town, [flat(state="out")])
    assert life(town) == ["(reported)", "(dispatched)"]
    load_events(tmp_path, town, [event("urged", 5)])
    assert life(town) == ["(reported)", "(dispatched)", "urged"] or life(town) == [
        "(reported)",
        "urged",
        "(dispatched)",
    ]
    load_events(tmp_path, town, [event("reported", 0), *course(n=3)])
    assert Counter(life(town)) == Counter(["reported", "urged", *COURSE[:3]])
    retired = ledger(town, standing=False).dropna(subset="retired_run_id")
    assert retired["basis"].tolist() == ["row", "row"]


def test_an_end_that_only_the_flat_row_tells_stands_until_it_is_delivered(database, tmp_path):
    town, done = new_code(), flat(state="done", closed="2026-03-01 12:00")
    load_cases(tmp_path, town, [done])
    load_events(tmp_path, town, course(n=6))
    assert life(town) == ["(reported)", *COURSE[:6], "(closed)"]
    assert load_cases(tmp_path, town, [done]).unchanged == 1
    load_events(tmp_path, town, [event("evaluated", 180)])
    assert life(town) == ["(reported)", *COURSE[:6], "(closed)", "evaluated"]
    load_events(tmp_path, town, [event("closed", "2026-03-01 12:00")])
    assert life(town) == ["(reported)", *COURSE[:6], "closed", "evaluated"], "the same fact"


def test_a_later_flat_row_adds_nothing_that_is_delivered(database, tmp_path):
    town = new_code()
    load_cases(tmp_path, town, [flat()])
    load_events(tmp_path, town, course(n=9))
    before = life(town)
    for row in (
        flat(state="out"),
        flat(state="done", closed="2026-03-01 11:30"),
        flat(state="done", closed="2026-03-01 15:00"),
    ):
        assert load_cases(tmp_path, town, [row]).updated == 1
        assert life(town) == before == ["(reported)", *COURSE[:9]]
        assert len(ledger(town, standing=False)) == len(before), "nothing is said only to be taken back"


def test_a_case_opened_again_is_ended_by_its_flat_row_until_the_end_is_delivered(database, tmp_path):
    town = new_code()
    load_cases(tmp_path, town, [flat(state="done", closed="2026-03-01 11:30")])
    again = [event("reopened", 200, why="came back"), event("dispatched", 210, unit="u")]
    load_events(tmp_path, town, course(n=9) + again)
    assert life(town) == ["(reported)", *COURSE[:9], "reopened", "dispatched"]
    load_cases(tmp_path, town, [flat(state="done", closed="2026-03-02 09:00")])
    assert life(town)[-2:] == ["dispatched", "(closed)"]
    load_events(tmp_path, town, [event("handled", 300), event("closed", 400)])
    assert life(town)[-3:] == ["dispatched", "handled", "closed"]


# --- files, towns, memory ---------------------------------------------------------------------------------------------


def test_events_need_a_town_and_cases(database, tmp_path):
    town = new_code()
    with pytest.raises(LoadError, match="There is no town"):
        load_events(tmp_path, town, course())
    load_rows(tmp_path, town, [{"no": "A", "at": "2026-03-01 10:00", "state": "open"}], source="another")
    with pytest.raises(LoadError, match=r"The source 'cases' has no cases .* load its incidents first"):
        load_events(tmp_path, town, course())
    assert stages() == []


def test_batches_are_for_memory_only(town, tmp_path, monkeypatch):
    one = new_code()
    load_cases(tmp_path, one, [flat("A"), flat("B"), flat("C", track="self_handled"), flat("D", track="")])
    rows = [
        *course("A"),
        *course("B", 7),
        event("handled", 50, "C"),
        event("closed", 60, "C"),
        event("closed", 70, "C"),
    ]
    random.Random(3).shuffle(rows)
    load_events(tmp_path, one, rows)
    monkeypatch.setenv("GRIDGOV_BATCH_ROWS", "2")
    ours.cache_clear()
    report = load_events(tmp_path, town, rows)
    assert report.quarantined == 1
    assert stands(town) == stands(one)
    again = load_events(tmp_path, town, rows)
    assert (again.unchanged, again.quarantined) == (len(rows) - 1, 1)


def test_many_events_into_an_empty_ledger_and_again(database, tmp_path):
    """Large enough for a bulk window: indexes and keys are there afterwards, and so are the events."""
    town = new_code()
    load_cases(tmp_path, town, [flat(f"C{i}") for i in range(1_500)])
    before = structure()
    rows = [row for i in range(1_500) for row in course(f"C{i}", 9)]
    random.Random(1).shuffle(rows)
    assert load_events(tmp_path, town, rows).loaded == len(rows)
    with psycopg.connect(cluster.database_url()) as connection:
        connection.execute("ALTER TABLE gridgov.case_event VALIDATE CONSTRAINT case_event_case_id_fkey")
        connection.execute("ALTER TABLE gridgov.case_event VALIDATE CONSTRAINT case_event_unit_id_fkey")
    assert structure() == before, "and the keys hold"
    assert len(ledger(town)) == len(rows) + 1_500
    assert life(town, "C7") == ["(reported)", *COURSE[:9]]
    assert load_events(tmp_path, town, rows).unchanged == len(rows)


def test_a_loader_that_dies_in_the_merge_leaves_the_ledger_as_it_was(town, tmp_path, monkeypatch):
    load_events(tmp_path, town, course(n=3))
    before = contents()

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "finish", die)
    with pytest.raises(KeyboardInterrupt):
        load_events(tmp_path, town, course())
    monkeypatch.undo()
    assert contents() == before
    assert stages() == []


def test_flat_mappings_stay_as_they_were(database, tmp_path):
    """A town without delivered events has the ledger it always had."""
    town = new_code()
    for state, closed in (("open", ""), ("out", ""), ("done", "2026-03-02 09:00")):
        load_rows(tmp_path, town, [{"no": "A", "at": "2026-03-01 10:00", "state": state, "closed": closed}])
    assert life(town) == ["(reported)", "(closed)"]
    assert incident_mapping(town).kind == "incidents"


def test_an_upgrade_carries_the_ledger_of_flat_rows(server, own_settings, monkeypatch, tmp_path):
    """A database of the first version becomes one of this version, and goes on as if it had always been."""
    name = f"old_{new_code()}"
    url = server.create_database(name)
    monkeypatch.setenv("GRIDGOV_DATABASE_URL", url)
    ours.cache_clear()
    try:
        with migrate._engine(url).begin() as connection:
            config = migrate._config(url)
            config.attributes["connection"] = connection
            command.upgrade(config, "0001")
            connection.exec_driver_sql(OLD)
        migrate.upgrade()
        assert life("old") == ["(reported)", "(dispatched)"]
        assert life("old", "B") == ["(reported)", "(closed)"]
        load_events(tmp_path, "old", [*course(n=3), event("evaluated", 500, "B")])
        assert life("old") == ["(reported)", *COURSE[:3]]
        assert life("old", "B") == ["(reported)", "(closed)", "evaluated"]
        load_cases(tmp_path, "old", [flat("B", state="done", closed="2026-03-01 14:00")])
        assert life("old", "B") == ["(reported)", "(closed)", "evaluated"]
    finally:
        server.drop_database(name)


OLD = """
INSERT INTO gridgov.town (code, name, time_zone) VALUES ('old', 'old', 'Asia/Shanghai');
INSERT INTO gridgov.source (town_id, code) VALUES (1, 'cases');
INSERT INTO gridgov.load_run (town_id, source_id, kind, file_name, file_sha256, file_bytes, mapping_sha256, status)
VALUES (1, 1, 'incidents', 'old.csv', '', 0, '', 'done');
INSERT INTO gridgov.case_record
  (town_id, source_id, case_no, reported_at, updated_at, closed_at, day_only, state, track, is_duplicate, place_status,
   row_hash, load_run_id)
VALUES
  (1, 1, 'A', '2026-03-01 02:00Z', '2026-03-01 02:20Z', NULL, 0, 'dispatched', 'dispatched', FALSE, 'unlocated', 1, 1),
  (1, 1, 'B', '2026-03-01 02:00Z', NULL, '2026-03-01 04:00Z', 0, 'closed', 'dispatched', FALSE, 'unlocated', 2, 1);
INSERT INTO gridgov.case_event (case_id, at, seq, event, day_only, load_run_id)
SELECT id, reported_at, 1, 'reported', FALSE, 1 FROM gridgov.case_record;
INSERT INTO gridgov.case_event (case_id, at, seq, event, day_only, load_run_id)
SELECT id, updated_at, 2, state, FALSE, 1 FROM gridgov.case_record WHERE updated_at IS NOT NULL
UNION ALL
SELECT id, closed_at, 3, state, FALSE, 1 FROM gridgov.case_record WHERE closed_at IS NOT NULL;
"""
"""Two cases of flat rows as the first version kept them."""


def test_what_is_dated_later_than_now_is_noticed_and_says_nothing_of_how_fresh_the_town_is(town, tmp_path):
    report = load_events(tmp_path, town, [*course(n=3), event("urged", 10**6)])
    assert report.noticed["at: later than now"] == 1
    assert str(report.newest_at) == "2026-03-01 02:30:00+00:00"
    assert query("SELECT max(newest_at) < now() AS is_past FROM gridgov.load_run")["is_past"].all()
