"""Load runs: who is loading what, and the sweeping-up after loaders that died.

A run holds a session lock as long as its process lives. A run that says 'running' while nobody holds its lock is dead: its
staging tables are dropped and it is marked failed. So a killed loader leaves nothing behind that the next one cannot clean.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection

from gridgov.errors import LoadError, UnknownScope
from gridgov.store import tables
from gridgov.store.bulk import make_indexes
from gridgov.store.database import engine, told, writing
from gridgov.text import nearest

_RUN_LOCK, _MERGE_LOCK = 7101, 7102
"""First halves of our advisory lock keys; the second is the id of the run, or 0."""


@dataclass(frozen=True)
class Town:
    """A town as the store knows it.

    data_version  raised by every merge
    stamp         the transaction that wrote the row: of a restored database another one, whatever its versions say
    """

    id: int
    code: str
    name: str
    name_zh: str | None
    time_zone: str
    crs: str | None
    data_version: int
    stamp: str


def towns(connection: Connection) -> list[Town]:
    """All towns, by code."""
    stamp: sa.ColumnElement[str] = sa.literal_column("xmin::text").label("stamp")
    rows = connection.execute(sa.select(tables.town, stamp).order_by(tables.town.c.code))
    return [Town(**row._mapping) for row in rows]


def town_of(connection: Connection, code: str) -> Town:
    """The town of a code; raises UnknownScope, naming those there are."""
    known = towns(connection)
    for town in known:
        if town.code == code:
            return town
    names = ", ".join(town.code for town in known) or "none yet"
    like = nearest(code, (town.code for town in known))
    raise UnknownScope(f"There is no town '{code}'{like} (loaded: {names}).")


@dataclass(frozen=True)
class Run:
    """A load in progress."""

    id: int
    town: Town
    source_id: int

    def stage(self, name: str) -> str:
        """The name of a staging table of this run."""
        return f"stage_{name}_{self.id}"


@contextmanager
def open_run(town: Town, source: dict[str, Any], facts: dict[str, Any]) -> Iterator[Run]:
    """A run that is alive while the block runs; sweeps dead runs first, and marks this one failed on any error.

    source  columns of table `source` (code and what is known of it); made or completed.
    facts   columns of table `load_run`: kind, file_name, file_sha256, file_bytes, mapping_sha256.
    """
    make_indexes()
    with told(), engine().connect() as keeper:
        with writing() as connection:
            _sweep(connection)
            source_id = _source(connection, town, source)
            run_id = connection.execute(
                sa.insert(tables.load_run)
                .values(town_id=town.id, source_id=source_id, **facts)
                .returning(tables.load_run.c.id)
            ).scalar_one()
            # Locked before the row can be seen by others, so that nobody takes a newborn run for a dead one.
            keeper.execute(sa.select(sa.func.pg_advisory_lock(_RUN_LOCK, run_id)))
            keeper.commit()
        run = Run(run_id, town, source_id)
        try:
            yield run
        except BaseException:
            _abandon(run_id)
            raise
        finally:
            keeper.invalidate()  # closes the session, and with it the lock


def _abandon(run_id: int) -> None:
    try:
        with writing() as connection:
            _drop_stages(connection, run_id)
            _mark_failed(connection, run_id)
    except Exception:  # noqa: S110  the database may be the very thing that died; the next load sweeps
        pass


def _source(connection: Connection, town: Town, source: dict[str, Any]) -> int:
    known = {name: value for name, value in source.items() if value is not None}
    statement = insert(tables.source).values(town_id=town.id, **known)
    return connection.execute(
        statement.on_conflict_do_update(index_elements=["town_id", "code"], set_=known).returning(tables.source.c.id)
    ).scalar_one()


def _sweep(connection: Connection) -> None:
    running = (
        connection.execute(sa.select(tables.load_run.c.id).where(tables.load_run.c.status == "running")).scalars().all()
    )
    for run_id in running:
        free = connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(_RUN_LOCK, run_id))).scalar_one()
        if free:
            _drop_stages(connection, run_id)
            _mark_failed(connection, run_id)


def _drop_stages(connection: Connection, run_id: int) -> None:
    names = connection.execute(
        sa.text("SELECT relname FROM pg_class WHERE relnamespace = 'gridgov'::regnamespace AND relname LIKE :like"),
        {"like": f"stage\\_%\\_{run_id}"},
    ).scalars()
    for name in names.all():
        connection.exec_driver_sql(f'DROP TABLE IF EXISTS gridgov."{name}"')


def _mark_failed(connection: Connection, run_id: int) -> None:
    connection.execute(
        sa.update(tables.load_run)
        .where(tables.load_run.c.id == run_id, tables.load_run.c.status == "running")
        .values(status="failed", finished_at=sa.func.now())
    )


@contextmanager
def merging(run: Run) -> Iterator[Connection]:
    """The one transaction that merges a run; raises the town's data version when it commits.

    One merge at a time in a database, not only in a town: a large one truncates empty tables and drops indexes that all
    towns share (store.bulk), which must never meet rows another merge is about to commit.
    After it, the indexes are made that a large merge went without.
    """
    with exclusively([run.town.id]) as connection:
        yield connection


@contextmanager
def exclusively(town_ids: list[int]) -> Iterator[Connection]:
    """A transaction in which nothing else merges; raises the data versions of some towns when it commits."""
    with writing() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MERGE_LOCK, 0)))
        yield connection
        t = tables.town.c
        connection.execute(sa.update(tables.town).where(t.id.in_(town_ids)).values(data_version=t.data_version + 1))
    make_indexes()


def finish(connection: Connection, run: Run, counts: dict[str, int], newest_at: Any, report: dict[str, Any]) -> None:
    """Write the outcome of a run (inside its merge) and drop its staging tables."""
    connection.execute(
        sa.update(tables.load_run)
        .where(tables.load_run.c.id == run.id)
        .values(
            status="done",
            finished_at=sa.func.clock_timestamp(),
            newest_at=newest_at,
            report=json.loads(json.dumps(report, default=str, ensure_ascii=False)),
            **{f"n_{name}": count for name, count in counts.items()},
        )
    )
    _drop_stages(connection, run.id)


def ensure_town(code: str, about: dict[str, Any], *, is_described: bool) -> Town:
    """The town of a code, made when it is new; what `about` says completes it, it never overwrites.

    is_described  the mapping has an [about] of its own: a new town is meant, however like another its code may be.
    raises        LoadError for a town without a time zone, or a code that looks like a slip of the pen.
    """
    with writing() as connection:
        given = {name: value for name, value in about.items() if value is not None}
        known = connection.execute(sa.select(tables.town.c.name).where(tables.town.c.code == code)).scalar_one_or_none()
        if known is None and not is_described:
            like = nearest(code, (town.code for town in towns(connection)))
            if like:
                raise LoadError(
                    f"There is no town '{code}'{like}. Nothing was loaded; mend `town` in the mapping, or describe a new "
                    "town in its [about]."
                )
        if known is None and "time_zone" not in given:
            raise LoadError(
                f"The town '{code}' is new, and nothing says its time zone. Nothing was loaded; add to the mapping "
                '[about] time_zone = "Asia/Shanghai" (the days of the town begin at its midnight).'
            )
        if known is None:
            made = insert(tables.town).values({"code": code, "name": code, **given})
            connection.execute(made.on_conflict_do_nothing(index_elements=["code"]))
        if given:
            fill = {name: sa.func.coalesce(tables.town.c[name], value) for name, value in given.items()}
            if "name" in given and known == code:  # it went by its code until someone named it
                fill["name"] = given["name"]
            # A row that stays as it is keeps its stamp, so that what is remembered of it stands.
            told = sa.or_(*(tables.town.c[name].is_distinct_from(value) for name, value in fill.items()))
            connection.execute(sa.update(tables.town).where(tables.town.c.code == code, told).values(fill))
        return town_of(connection, code)
