"""What the database itself guards: its tables are those of the migrations, readers read only, loads take turns."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import geoalchemy2  # noqa: F401  makes alembic know geometry
import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from gridgov.pipelines.kinds import load
from gridgov.questions import open_town
from gridgov.store import cluster, migrate, runs, tables
from gridgov.store.database import reading, writing
from tests.support import (
    city,
    contents,
    digests,
    grid_mapping,
    incident_mapping,
    load_city,
    load_rows,
    point,
    query,
    stages,
    structure,
    write_polygons,
    write_rows,
)


def test_the_migrations_make_the_tables_of_the_models(database):
    def ours(thing: Any, name: str | None, kind: str, reflected: bool, compared: Any) -> bool:
        schema = getattr(thing, "schema", None) or getattr(getattr(thing, "table", None), "schema", None)
        return schema == tables.SCHEMA and name != "alembic_version"

    url = sa.make_url(database).set(drivername="postgresql+psycopg")
    # The user is named like the schema, which Alembic would take for the default one and leave out.
    plain = sa.create_engine(url, connect_args={"options": "-csearch_path=public"}, poolclass=sa.NullPool)
    with plain.connect() as connection:
        options = {
            "include_schemas": True,
            "include_object": ours,
            "compare_type": True,
            "version_table_schema": "gridgov",
        }
        assert compare_metadata(MigrationContext.configure(connection, opts=options), tables.metadata) == []
    assert migrate.current() == migrate.head()


def test_every_geometry_has_one_spatial_index_at_most(database):
    found = query(
        "SELECT c.relname AS of, a.attname, count(*) AS n FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
        " JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am am ON am.oid = x.relam AND am.amname = 'gist'"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)"
        " JOIN pg_namespace ns ON ns.oid = c.relnamespace AND ns.nspname = 'gridgov' GROUP BY 1, 2"
    ).set_index("of")
    assert found["n"].to_dict() == {"grid": 1, "place": 1, "case_record": 1, "map_feature": 1, "patrol_session": 1}
    assert set(found["attname"]) == {"geom"}


def test_upgrade_twice_is_upgrade_once(database):
    before = structure()
    migrate.upgrade()
    assert structure() == before


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO gridgov.town (code, name, time_zone) VALUES ('x', 'x', 'UTC')",
        "UPDATE gridgov.town SET name = 'x'",
        "DELETE FROM gridgov.case_event",
        "TRUNCATE gridgov.case_event",
        "CREATE TABLE gridgov.mine (id int)",
        "CREATE TABLE public.mine (id int)",
        "DROP TABLE gridgov.case_event",
        "SELECT setval('gridgov.case_record_id_seq', 1)",
    ],
)
def test_a_reader_cannot_write(database, statement):
    with pytest.raises(sa.exc.DBAPIError) as caught, reading() as connection:
        connection.execute(sa.text(statement))
    assert isinstance(caught.value.orig, psycopg.errors.InsufficientPrivilege | psycopg.errors.ReadOnlySqlTransaction)
    # Nor by the role alone, without the read-only transaction around it.
    with psycopg.connect(cluster.database_url()) as connection:
        connection.execute("SET ROLE gridgov_reader")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


def test_the_ledger_refuses_what_cannot_be(database, tmp_path):
    """The tables keep their own rules, whoever writes."""
    load_city(tmp_path, "ruled")
    load_rows(tmp_path, "ruled", [{"no": "C1", "at": "2026-03-01 10:00", "state": "open"}])
    for statement in (
        "UPDATE gridgov.case_record SET place_status = 'nowhere'",
        "UPDATE gridgov.case_record SET place_status = 'located'",
        "UPDATE gridgov.load_run SET n_loaded = n_loaded + 1",
        "INSERT INTO gridgov.case_record SELECT * FROM gridgov.case_record",
        "DELETE FROM gridgov.grid_set",
    ):
        with pytest.raises(sa.exc.IntegrityError), writing() as connection:
            connection.execute(sa.text(statement))


def rows(n: int, first: int = 0, what: str = "road") -> list[dict[str, str]]:
    places = [tuple(map(str, point(c + 0.5, r + 0.5))) for c in range(3) for r in range(3)]
    return [
        {
            "no": f"C{i}",
            "at": "2026-03-01 10:00",
            "state": "open",
            "what": what,
            "x": places[i % 9][0],
            "y": places[i % 9][1],
        }
        for i in range(first, first + n)
    ]


def load_at_once(*jobs: tuple[str, Path, Any]) -> list[Any]:
    with ThreadPoolExecutor(len(jobs)) as pool:
        return [done.result(60) for done in [pool.submit(load, *job) for job in jobs]]


def test_two_files_at_once_into_one_town_take_turns(database, tmp_path):
    """Overlapping files: every case once, every change counted once, as if one had come after the other."""
    load_city(tmp_path, "busy")
    one = write_rows(tmp_path / "one.csv", rows(600))
    two = write_rows(tmp_path / "two.csv", rows(600, first=300))
    three = write_rows(tmp_path / "three.csv", rows(100, first=900, what="tree"))
    reports = load_at_once(*(("incidents", path, incident_mapping("busy")) for path in (one, two, three, one)))
    assert sum(report.loaded for report in reports) == 1_000
    assert sum(report.unchanged for report in reports) == 900
    assert open_town("busy").ask("backlog").frame["n_open"].tolist() == [1_000]
    assert len(query("SELECT FROM gridgov.case_event WHERE retired_run_id IS NULL")) == 1_000
    assert query("SELECT status FROM gridgov.load_run")["status"].unique().tolist() == ["done"]
    assert stages() == []
    assert open_town("busy").about().data_version == 5


def test_two_towns_at_once_do_not_wait_for_ever(database, tmp_path):
    """Large first loads of two towns, both wanting tables to themselves."""
    before = structure()
    jobs = []
    for town in ("east", "west"):
        load_city(tmp_path, town)
        jobs.append(("incidents", write_rows(tmp_path / f"{town}.csv", rows(12_000)), incident_mapping(town)))
    assert [report.loaded for report in load_at_once(*jobs)] == [12_000, 12_000]
    assert [open_town(town).ask("backlog").frame["n_open"].sum() for town in ("east", "west")] == [12_000, 12_000]
    names = ("CREATE INDEX", "CREATE UNIQUE INDEX")
    assert [line for line in structure() if line.startswith(names)] == [
        line for line in before if line.startswith(names)
    ]
    migrate.upgrade()
    assert structure() == before


def test_who_asks_during_a_large_load_gets_an_answer(database, tmp_path):
    """Before or after the merge, never in between, and never an error."""
    load_city(tmp_path, "asked")
    load_rows(tmp_path, "asked", rows(500))
    done, seen = threading.Event(), []

    def ask() -> None:
        town = open_town("asked")
        while not done.is_set():
            seen.append(town.ask("backlog", by="grid").frame["n_open"].sum())
            seen.append(town.ask("cases", scope="1", where={"open": True}, limit=5).meta["n_total"] * 3)
            assert len(town.ask("hierarchy").frame) == 13

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask) for _ in range(3)]
        path = write_rows(tmp_path / "large.csv", rows(15_000, first=500))
        try:
            assert pool.submit(load, "incidents", path, incident_mapping("asked")).result(120).loaded == 15_000
        finally:
            done.set()
        for one in asking:
            one.result(60)
    assert set(seen) <= {500, 501, 15_500, 15_501}, set(seen)
    assert open_town("asked").ask("backlog").frame["n_open"].tolist() == [15_500]


def test_grids_and_cases_at_once_agree_in_the_end(database, tmp_path):
    """Whichever comes first, or is refused and run again, no case is in a grid that is gone."""
    load_city(tmp_path, "moving")
    halves = write_polygons(tmp_path / "halves.geojson", {"11": city()["11"], "12": city()["12"]})
    cases = write_rows(tmp_path / "cases.csv", rows(900))

    def grids() -> None:
        load("grids", halves, grid_mapping("moving"), replace=True)

    def incidents() -> None:
        try:
            load("incidents", cases, incident_mapping("moving"))
        except Exception as refused:  # the grids changed under it: said so, and run again
            assert "run it again" in str(refused)
            load("incidents", cases, incident_mapping("moving"))

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(incidents), pool.submit(grids)]:
            done.result(60)
    placed = open_town("moving").ask("cases", limit=1_000).frame
    assert placed["grid_code"].value_counts().to_dict() == {"11": 100, "12": 100}


def test_a_dead_loader_is_swept_by_the_next(database, tmp_path):
    """A run that says running while nobody holds its lock is dead: its staging goes, and it is marked failed."""
    load_rows(tmp_path, "swept", rows(3))
    with writing() as connection:
        connection.execute(sa.text("UPDATE gridgov.load_run SET status = 'running', finished_at = NULL"))
        connection.execute(sa.text("CREATE UNLOGGED TABLE gridgov.stage_incidents_1 (id int)"))
        connection.execute(sa.text("CREATE UNLOGGED TABLE gridgov.stage_incidents_11 (id int)"))
    load_rows(tmp_path, "swept", rows(3))
    assert query("SELECT status FROM gridgov.load_run ORDER BY id")["status"].tolist() == ["failed", "done"]
    assert stages() == ["stage_incidents_11"], "another run's table is not ours to drop"


def test_a_living_loader_is_left_alone(database, tmp_path):
    load_rows(tmp_path, "alive", rows(3))
    with reading() as connection:
        town = runs.town_of(connection, "alive")
    facts = {"kind": "incidents", "file_name": "x", "file_sha256": "", "file_bytes": 0, "mapping_sha256": ""}
    with runs.open_run(town, {"code": "cases"}, facts) as mine:
        load_rows(tmp_path, "alive", rows(3))
        assert query("SELECT status FROM gridgov.load_run WHERE id = %s", mine.id)["status"].tolist() == ["running"]


def test_a_merge_raises_the_data_version_and_a_refusal_does_not(database, tmp_path):
    load_city(tmp_path, "counted")
    before = open_town("counted").about().data_version
    load_rows(tmp_path, "counted", rows(3))
    assert open_town("counted").about().data_version == before + 1
    before, held, digested = (
        open_town("counted").about().data_version,
        contents(),
        digests(),
    )
    with pytest.raises(Exception, match="valid-from"):
        load_city(tmp_path, "counted", city(2))
    assert open_town("counted").about().data_version == before
    assert contents() == held
    assert digests() == digested
