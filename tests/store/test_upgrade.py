"""A database of an earlier version, with cases in it, becomes one of this version: what is derived is as if loaded today."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command

import gridgov as gg
from gridgov.settings import settings as ours
from gridgov.store import doctor, migrate, rollups, tables
from gridgov.store.cluster import Cluster
from gridgov.store.database import engine, writing
from tests.support import load_city, new_code, point, query, structure
from tests.support_ledgers import (
    BEGIN,
    PLACED,
    case,
    crowded,
    event,
    kept,
    ledger_of,
    load_cases,
    load_catalogue,
    load_events,
    load_register,
)

BEFORE = "0003"
"""The last version that derived nothing."""

Point = Callable[[str], None]


@pytest.fixture
def pointed(monkeypatch: pytest.MonkeyPatch) -> Point:
    """Makes the settings point to another database."""

    def point_to(url: str) -> None:
        engine().dispose()
        monkeypatch.setenv("GRIDGOV_DATABASE_URL", url)
        ours.cache_clear()

    return point_to


@pytest.fixture
def older(server: Cluster) -> Iterator[str]:
    """An empty database with the tables of that version; its url."""
    name = f"older_{os.getpid()}_{new_code()}"
    url = server.create_database(name)
    with migrate._engine(url).begin() as connection:
        config = migrate._config(url)
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
    yield url
    server.drop_database(name)


def copy_rows(url: str, into: str) -> None:
    """Write the rows of one database into the tables that an older one has, column by column as they are called there."""
    with psycopg.connect(url) as here, psycopg.connect(into) as there:
        known = there.execute("SELECT table_name, column_name FROM information_schema.columns"
                              " WHERE table_schema = 'gridgov' ORDER BY ordinal_position").fetchall()  # fmt: skip
        for table in tables.metadata.sorted_tables:
            columns = ", ".join(f'"{column}"' for name, column in known if name == table.name)
            if not columns:
                continue
            with (
                here.cursor().copy(f"COPY gridgov.{table.name} ({columns}) TO STDOUT") as read,
                there.cursor().copy(f"COPY gridgov.{table.name} ({columns}) FROM STDIN") as write,
            ):
                for block in read:
                    write.write(block)
            if "id" in table.columns:
                there.execute(f"SELECT setval(pg_get_serial_sequence('gridgov.{table.name}', 'id'),"
                              f" (SELECT greatest(max(id), 1) FROM gridgov.{table.name}))")  # fmt: skip


def load_town(folder: Path, town: str) -> list[dict[str, str]]:
    """A town with grids, registers, a catalogue and some months of cases; returns events that are still to come."""
    lives = ledger_of(30, 5, ahead=6)
    load_city(folder, town)
    rows = crowded(lives, 5)
    for k, row in enumerate(rows):
        x, y = point(0.5 + k % 4, 0.5 + k % 3)
        row |= {"x": str(x), "y": str(y)} if k % 5 else {}
        row |= {"due": "2026-03-20"} if k % 7 == 0 else {}
    load_cases(folder, town, rows, PLACED)
    load_catalogue(folder, town, "5个工作日")
    load_register(folder, town, "units", [("A", "Roads"), ("B", "C")])
    load_register(folder, town, "lines", [("R", "S")])
    events = sorted((row for life in lives.values() for row in life), key=lambda row: row["at"])
    load_events(folder, town, events[: len(events) * 2 // 3])
    return events[len(events) * 2 // 3 :]


def state() -> dict[str, object]:
    """What is derived of every town, and what it answers."""
    found: dict[str, object] = {}
    for town in query("SELECT code FROM gridgov.town ORDER BY code")["code"]:
        asked = gg.open(town)
        answers = [
            asked.ask("backlog", by=["unit", "track"]), asked.ask("on_time", by="category", since=BEGIN.date()),
            asked.ask("flow", by=["day", "place_status"], since=BEGIN.date()), asked.ask("duplicates", since=BEGIN.date()),
            asked.ask("repeats", since=BEGIN.date()), asked.ask("handover", since=BEGIN.date()),
        ]  # fmt: skip
        found[town] = (kept(town), [answer.frame.to_csv() for answer in answers])
    return found


def test_a_database_with_cases_and_nothing_derived_is_filled(database, tmp_path, older, pointed):
    for town in ("east", "west"):
        load_town(tmp_path, town)
    wanted, made = state(), structure()
    copy_rows(database, older)
    pointed(older)
    migrate.upgrade()
    assert state() == wanted
    assert structure() == made
    migrate.upgrade()
    assert state() == wanted


def test_a_filling_that_died_is_made_good_whatever_was_loaded_since(database, tmp_path, older, pointed):
    """Loads go on in between, of cases and of what recounts them; the next upgrade makes the course of all cases."""

    def load_on(town: str) -> None:
        load_events(tmp_path, town, coming)
        load_cases(tmp_path, town, [case("new", BEGIN, what="road", which="hole")])
        load_cases(tmp_path, "north", [case("A", BEGIN)])  # a town that is new has nothing to be made good
        load_events(tmp_path, "north", [event("A", "registered", BEGIN)])
        load_register(tmp_path, town, "lines", [("R", "S"), ("T", "Trees")])
        load_city(tmp_path, town, replace=True)

    coming = load_town(tmp_path, "east")
    copy_rows(database, older)
    load_on("east")
    wanted = state()

    pointed(older)
    migrate.upgrade(older)
    assert query("SELECT FROM gridgov.case_fact").empty  # the tables are new, and who was to fill them is gone
    for k in range(2):
        with writing() as connection:
            town_id = query("SELECT id FROM gridgov.town WHERE code = 'east'")["id"].iloc[0]
            assert rollups.unfilled(connection) == [town_id]
        said = {check.name: check for check in doctor.checks()}["rules of the clocks"]
        assert said.ok is False
        if k == 0:
            load_on("east")
    migrate.upgrade()
    assert state() == wanted
    with writing() as connection:
        assert rollups.unfilled(connection) == []
