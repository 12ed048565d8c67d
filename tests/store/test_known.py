"""What was known when: after any further loads, a question asked of an earlier day answers as it did then."""

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gridgov as gg
from gridgov.errors import QuestionError
from gridgov.questions.definition import definitions
from gridgov.store.database import reading
from tests.store.test_every_question import ONE_CASE
from tests.support import examples, follow_rules, new_code, query
from tests.support_ledgers import (
    BEGIN,
    Row,
    case,
    history,
    ledger_of,
    load_cases,
    load_catalogue,
    load_events,
    report_of,
)

EVERY = sorted(
    question
    for question, known in definitions().items()
    if "known_at" in known.takes and question not in (*ONE_CASE, "hotline")
)
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("backlog", {"by": ["category", "track"]}), ("backlog", {"by": "state"}),
    ("on_time", {"by": "unit", "since": "2026-03-01"}), ("flow", {"by": "week", "since": "2026-03-01"}),
    ("handover", {"since": "2026-03-01"}), ("rework", {"since": "2026-03-01"}), ("cases", {}),
]  # fmt: skip


def answers(town: str, questions: list[tuple[str, dict[str, Any]]] = ASKED, **known: Any) -> list[Any]:
    """What questions say of a day."""
    asked = gg.open(town)
    found = [asked.ask(name, as_of=BEGIN.date() + timedelta(20), **how, **known) for name, how in questions]
    found.append(asked.ask("backlog", **known))
    return [(a.definition.id, a.as_of, sorted(map(repr, a.frame.astype(str).itertuples(index=False)))) for a in found]


def finished(town: str) -> Any:
    """When the last load of a town was finished."""
    return query(
        "SELECT max(finished_at) AS at FROM gridgov.load_run r JOIN gridgov.town t ON t.id = r.town_id WHERE t.code = %s",
        town,
    )["at"].iloc[0].to_pydatetime()  # fmt: skip


def pour(folder: Path, town: str, rows: list[Row]) -> None:
    """Load events of which some may be refused."""
    load_events(folder, town, rows, may_refuse=True)


@examples(6)
@given(seed=st.integers(0, 10_000), n_loads=st.integers(2, 5))
def test_a_question_asked_of_what_was_known_then_answers_as_it_did_then(database, tmp_path, seed, n_loads):
    """Loads of any kind: late events, events said anew, cases told otherwise or for the first time, limits."""
    chance = random.Random(seed)
    lives = ledger_of(14, seed)
    rows = [case(no, report_of(life), what="road", which="hole") for no, life in lives.items()]
    events = [row for life in lives.values() for row in life]
    town = new_code()
    load_cases(tmp_path, town, rows[:5])
    pour(tmp_path, town, chance.sample(events, 30))
    remembered = [(finished(town), answers(town))]
    for _ in range(n_loads):
        kind = chance.choice(["late", "anew", "told", "limits", "again"])
        if kind == "late":
            pour(tmp_path, town, chance.sample(events, 40))
        elif kind == "anew":
            some = chance.sample(events, 25)
            pour(tmp_path, town, [{**row, "why": "said anew", "due": "2026-03-20 12:00:00"} for row in some])
        elif kind == "told":
            some = chance.sample(rows, 9)
            load_cases(tmp_path, town, [{**row, "unit": chance.choice("ABC"), "track": ""} for row in some])
        elif kind == "limits":
            edition = str(len(remembered))
            load_catalogue(tmp_path, town, f"{chance.randrange(1, 9)}个工作日", version=edition)
        else:
            pour(tmp_path, town, events[:10])
        remembered.append((finished(town), answers(town)))
    for then, said in remembered:
        assert answers(town, known_at=then) == said
    assert answers(town) == remembered[-1][1], "and what stands, stands"


def test_every_question_that_takes_known_at_goes_back(database, tmp_path):
    lives, town, questions = ledger_of(20, 4), new_code(), [(question, {}) for question in EVERY]
    events = [row for life in lives.values() for row in life]
    load_cases(tmp_path, town, [case(no, report_of(life), what="road", which="hole") for no, life in lives.items()])
    pour(tmp_path, town, events[::2])
    then, said = finished(town), answers(town, questions)
    pour(tmp_path, town, events)
    load_cases(tmp_path, town, [case(no, report_of(life), unit="B") for no, life in list(lives.items())[:10]])
    now = answers(town, questions)
    assert now != said
    for before, back in zip(said, answers(town, questions, known_at=then), strict=True):
        assert back == before
    assert answers(town, questions) == now


def test_a_day_is_its_local_end_and_before_the_first_load_nothing_is_known(database, tmp_path):
    town = new_code()
    load_cases(tmp_path, town, [case("A", BEGIN)])
    asked = gg.open(town)
    today = pd.Timestamp.now(tz="Asia/Shanghai").date()
    answer = asked.ask("backlog", as_of="2026-03-10", known_at=today)
    assert (answer.frame["n_open"].iloc[0], answer.meta["known_at"]) == (1, today.isoformat())
    assert asked.ask("backlog", as_of="2026-03-10", known_at=today - timedelta(1)).frame["n_open"].iloc[0] == 0
    with pytest.raises(QuestionError, match="'hierarchy' does not take known_at"):
        asked.ask("hierarchy", known_at=today)


def test_a_day_ends_at_the_cut_off_of_the_town(database, tmp_path, monkeypatch):
    """Where a statistical day lasts until 23:59 of the next date, what is loaded today was known at the end of yesterday."""
    town = new_code()
    follow_rules(tmp_path, monkeypatch, ('day_start = "00:00"', 'day_start = "23:59"'))
    load_cases(tmp_path, town, [case("A", BEGIN)])
    loaded = pd.Timestamp.now(tz="Asia/Shanghai") - pd.Timedelta(hours=23, minutes=59)
    for day, n in ((loaded.date(), 1), (loaded.date() - timedelta(1), 0)):
        assert gg.open(town).ask("backlog", as_of="2026-03-10", known_at=day).frame["n_open"].iloc[0] == n


def test_nothing_is_left_of_the_views_and_nothing_can_be_written_behind_them(database, tmp_path):
    town = new_code()
    load_cases(tmp_path, town, [case("A", BEGIN)])
    then = finished(town)
    load_events(tmp_path, town, history("A", 3)[1:2] or [])
    gg.open(town).ask("backlog", as_of="2026-03-10", known_at=then)
    with reading() as connection:
        left = connection.exec_driver_sql("SELECT count(*) FROM pg_class WHERE relpersistence = 't'").scalar_one()
    assert left == 0
