"""The course of cases, kept in the store: derived anew for the cases a load touches.

The rows of a case are a function of its row, its standing ledger, the catalogue and the rules of its town, and of nothing
else: whatever order loads come in, and however often, the same rows stand in the end, and a rebuild makes the same.
The rules a town's rows follow are kept with them (rule_set); a changed file of rules takes effect with a rebuild.
"""

import json
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection

from gridgov.analytics.marginals import Days
from gridgov.analytics.periods import Cycle, day_numbers
from gridgov.process import EVENTS
from gridgov.rules import parse_rules, read_text
from gridgov.settings import settings
from gridgov.store import links, marginals, rulebook, tables, tiles
from gridgov.store.bulk import bulk_window
from gridgov.store.copying import array, copy_rows, driver, seconds_of
from gridgov.store.courses import STEPS, Arrays, Rows, rows_of
from gridgov.store.database import run, statement
from gridgov.store.tables import SCHEMA
from gridgov.vocabulary import LIMIT_UNITS, STATES, TRACKS

TABLES = ["case_span", "case_fact", "case_step", "handover"]
"""The tables kept here; a merge that opens a window takes them with its own."""

_DERIVED = (*TABLES, *links.TABLES, *tiles.TABLES, *marginals.TABLES)
"""All that a rebuild makes anew."""

ALL_CASES = "SELECT id AS case_id FROM case_record WHERE town_id = :town_id"

_EVENTS_OF_CASE = 8
"""About so many events a case: parts of cases are made so that a part has about as many events as a batch has rows."""

_CASE_ARRAYS = (">i8", ">i8", ">i8", ">f8", ">i4", ">i4", ">i4", ">i4")
_EVENT_ARRAYS = (">i4", ">i8", ">f4", ">i4", ">i8", ">i4", ">i8", ">i8", ">i8")


def refresh(connection: Connection, town_id: int, cases: str, values: dict[str, Any], *, has_tables: bool) -> int:
    """Derive anew the course of some cases of a town, in the transaction that changed them; returns how many.

    cases       a query for their case_id; `values` are its parameters
    has_tables  the merge has taken TABLES for itself, so that a window may be opened
    """
    n_cases = _choose(connection, town_id, cases, values)
    if not n_cases:
        return 0
    _keep_rules(connection, town_id, n_cases)
    changes = marginals.Changes(_days(connection, town_id))
    for part in marginals.stood(connection, "followed"):
        changes.take(part, -1)
    for name in TABLES:
        run(connection, "load/rollups/clear", table=name)
    # A case has at least one stretch, nearly always more: what is written without indexes at least doubles the table.
    with bulk_window(connection, TABLES, n_cases) if has_tables else nullcontext():
        for rows in _derived(connection, town_id):
            for name, fields in rows.fields.items():
                copy_rows(connection, name, fields)
            changes.take(rows.stretches)
    changes.write(connection, town_id)
    tiles.refresh(connection, town_id, _zone(connection, town_id), has_tables=has_tables)
    if changes.until is not None:
        _note_until(connection, town_id, changes.until)
    return n_cases


def derived(connection: Connection, town_id: int, cases: str, values: dict[str, Any]) -> Iterator[Rows]:
    """The course of some cases of a town as rows by table (TABLES), part by part, written nowhere.

    The ledger is read by the names of its tables, so that what stands in front of them is followed (see store.known).
    """
    if _choose(connection, town_id, cases, values):
        yield from _derived(connection, town_id)


def _choose(connection: Connection, town_id: int, cases: str, values: dict[str, Any]) -> int:
    """Write down which cases are to be derived, in parts; returns how many."""
    n_in_part = max(1, settings().batch_rows // _EVENTS_OF_CASE)
    known = {
        "town_id": town_id, "zone": _zone(connection, town_id), "tracks": list(TRACKS), "limit_units": list(LIMIT_UNITS),
        "only_fills": only_fills(connection, town_id),
    }  # fmt: skip
    connection.exec_driver_sql("DROP TABLE IF EXISTS followed, limited, faceted")
    run(connection, "load/rollups/limited", {"town_id": town_id})
    # However many cases the planner expects, it must never go through all limits for each of them.
    connection.exec_driver_sql("CREATE UNIQUE INDEX ON limited (item_id)")
    connection.exec_driver_sql("ANALYZE limited")
    run(connection, "load/rollups/facets", {**values, **known}, cases=cases)
    run(connection, "load/rollups/faceted", {"town_id": town_id})
    connection.exec_driver_sql("ANALYZE faceted")
    run(connection, "load/rollups/follow", {**values, **known}, cases=cases, n_cases=n_in_part)
    connection.exec_driver_sql("ANALYZE followed")
    return connection.exec_driver_sql("SELECT count(*) FROM followed").scalar_one()


def _derived(connection: Connection, town_id: int) -> Iterator[Rows]:
    zone, rules = _zone(connection, town_id), rulebook.rules_of(connection, town_id)
    for cases_of, events, texts in _parts(connection):
        yield rows_of(town_id, cases_of, events, texts, rules, zone)


def _note_until(connection: Connection, town_id: int, until: int) -> None:
    """The latest instant that the ledger of a town tells of; it never goes back."""
    r = tables.rule_set.c
    latest = sa.func.greatest(r.told_until, datetime.fromtimestamp(until, UTC))
    connection.execute(sa.update(tables.rule_set).where(r.town_id == town_id).values(told_until=latest))


def rehome(connection: Connection, town_id: int) -> None:
    """After cases were located anew: what is derived follows them into their grids."""
    for name in ("case_span", "case_step", "handover"):
        run(connection, "load/rollups/rehome", {"town_id": town_id}, table=name)
    marginals.recount(connection, town_id, _days(connection, town_id))
    tiles.rehome(connection, town_id, _zone(connection, town_id))


def refresh_limits(connection: Connection, town_id: int) -> int:
    """After a catalogue: derive anew the cases to which it gives another limit; returns how many."""
    cases = statement("load/rollups/other_limits")
    values = {"town_id": town_id, "only_fills": only_fills(connection, town_id)}
    return refresh(connection, town_id, cases, values, has_tables=False)


def only_fills(connection: Connection, town_id: int) -> bool:
    """Whether a delivered deadline counts only where the catalogue and the rules know no limit ([deadline] of the rules)."""
    return rulebook.rules_of(connection, town_id).deadline.delivered != "wins"


def refresh_units(connection: Connection, town_id: int, unit_ids: list[int]) -> int:
    """After units were merged into these: derive anew the cases that name one of them; returns how many."""
    cases = statement("load/rollups/of_units")
    return refresh(connection, town_id, cases, {"unit_ids": unit_ids}, has_tables=False)


def join_facets(connection: Connection, town_id: int) -> None:
    """After lines were merged: facets that say the same now are one, as they would be if the lines had always been one."""
    run(connection, "load/rollups/same_facets", {"town_id": town_id})
    if not connection.exec_driver_sql("SELECT EXISTS (SELECT FROM same_facet)").scalar_one():
        return
    for name in ("case_span", "case_step", "handover", "case_pixel"):
        run(connection, "load/rollups/refacet", {"town_id": town_id}, table=name)
    run(connection, "load/rollups/drop_facets")
    marginals.recount(connection, town_id, _days(connection, town_id))


def rebuild(connection: Connection, town_ids: list[int] | None = None) -> dict[int, int]:
    """Make the rows of some towns (None = all) anew from the ledger, by the rules as they are now; cases by town.

    Runs inside a merge (`runs.exclusively`): other merges wait.
    """
    t = tables.town.c
    every = list(connection.execute(sa.select(t.id).order_by(t.id)).scalars())
    chosen = every if town_ids is None else town_ids
    if set(chosen) == set(every):
        connection.exec_driver_sql(f"TRUNCATE {', '.join(f'{SCHEMA}.{name}' for name in _DERIVED)}")
    else:
        for name in _DERIVED:
            table = tables.metadata.tables[f"{SCHEMA}.{name}"]
            connection.execute(sa.delete(table).where(table.c.town_id.in_(chosen)))
    connection.execute(sa.delete(tables.rule_set).where(tables.rule_set.c.town_id.in_(chosen)))
    has_all = set(chosen) == set(every)
    made = {i: refresh(connection, i, ALL_CASES, {}, has_tables=has_all) for i in chosen}
    for town_id in chosen:
        links.rebuild(connection, town_id, has_tables=has_all)
    return made


def fill_tiles(connection: Connection, town_ids: list[int]) -> None:
    """Count the cases of some towns for maps, in a database that was made before that was kept. Inside a merge, as `rebuild`."""
    for town_id in town_ids:
        tiles.fill(connection, town_id, _zone(connection, town_id))


def count_due(connection: Connection, town_ids: list[int]) -> None:
    """Count the due of some towns by day, in a database that was made before that was kept. Inside a merge, as `rebuild`."""
    for town_id in town_ids:
        marginals.recount(connection, town_id, _days(connection, town_id))


def unfilled(connection: Connection) -> list[int]:
    """Towns of whose cases not all have a course: of a database that was made before there was one. See _keep_rules."""
    return list(run(connection, "load/rollups/unfilled").scalars())


def outdated(connection: Connection) -> list[str]:
    """Codes of towns whose rows follow other rules than the file says now."""
    now = parse_rules(read_text(settings().rules), settings().rules).sha256
    r, t = tables.rule_set.c, tables.town.c
    rows = sa.select(t.code).join(tables.rule_set, r.town_id == t.id).where(r.sha256 != now).order_by(t.code)
    return list(connection.execute(rows).scalars())


def _zone(connection: Connection, town_id: int) -> str:
    t = tables.town.c
    return connection.execute(sa.select(t.time_zone).where(t.id == town_id)).scalar_one()


def _days(connection: Connection, town_id: int) -> Days:
    """The statistical days of a town."""
    zone, start = _zone(connection, town_id), Cycle.of(rulebook.rules_of(connection, town_id)).day_start
    return lambda at: day_numbers(at, zone, start)


def _keep_rules(connection: Connection, town_id: int, n_cases: int) -> None:
    """With its first cases a town keeps the rules of the file; that it keeps any says that all its cases have a course.

    A town whose other cases have none (an upgrade died before it had made it) goes on without, until an upgrade or a rebuild
    makes the course of all: a load makes that of the cases it touches only.
    """
    if rulebook.kept(connection, town_id) is not None:
        return
    held = run(connection, "load/links/held", {"town_id": town_id, "at_most": n_cases + 1}).scalar_one()
    if held > n_cases:
        return
    text = read_text(settings().rules)
    rules = parse_rules(text, settings().rules)
    row = {"town_id": town_id, "version": rules.version, "sha256": rules.sha256, "text": text}
    connection.execute(insert(tables.rule_set).values(row))


def _parts(connection: Connection) -> Iterator[tuple[Arrays, Arrays, dict[str, str]]]:
    """The cases followed with their ledgers, in parts of whole cases: what `courses.rows_of` takes."""
    codes = {"events": list(EVENTS), "states": list(STATES), "steps": list(STEPS)}
    for name, values in (("cases", {}), ("ledgers", codes)):
        query = statement(f"load/rollups/{name}")
        connection.execute(sa.text(f"DECLARE followed_{name} NO SCROLL CURSOR FOR {query}"), values)
    with driver(connection).cursor(binary=True) as cursor:
        while True:
            case_row = _fetch(cursor, "followed_cases")
            if case_row is None:
                break
            event_row = _fetch(cursor, "followed_ledgers")
            assert event_row is not None  # noqa: S101  every case has been reported
            assert case_row[0] == event_row[0]  # noqa: S101  the same part
            cases = _cases([array(sent, kind) for sent, kind in zip(case_row[1:], _CASE_ARRAYS, strict=True)])
            events = _events([array(sent, kind) for sent, kind in zip(event_row[1:10], _EVENT_ARRAYS, strict=True)])
            yield cases, events, json.loads(event_row[10] or b"{}")
        cursor.execute("CLOSE followed_cases")
        cursor.execute("CLOSE followed_ledgers")


def _fetch(cursor: Any, name: str) -> list[bytes | None] | None:
    if not cursor.execute(f"FETCH 1 FROM {name}").rowcount:
        return None
    return [cursor.pgresult.get_value(0, k) for k in range(cursor.pgresult.nfields)]


def _cases(columns: list[Any]) -> Arrays:
    case_id, reported_at, due_at, limit_value, codes, unit_id, grid_id, facet_id = columns
    codes = codes.astype(np.int64)
    return {
        "case_id": case_id.astype(np.int64),
        "reported_at": seconds_of(reported_at),
        "due_at": seconds_of(due_at),
        "limit_value": limit_value.astype(np.float64),
        "limit_unit": (codes % 16 - 1).astype(np.int16),
        "track": (codes // 16 % 16 - 1).astype(np.int16),
        "urgent": codes // 256 % 16 - 1,
        "located": codes // 4096 - 1,
        "unit_id": unit_id.astype(np.int64),
        "grid_id": grid_id.astype(np.int64),
        "facet_id": facet_id.astype(np.int64),
    }


def _events(columns: list[Any]) -> Arrays:
    place, at, seq, code, due_at, unit_id, actor, reason, rating = columns
    order = np.lexsort((seq, at, place))
    code = code[order].astype(np.int64)
    return {
        "case": place[order].astype(np.int64),
        "at": seconds_of(at[order]),
        "event": (code // 2 - 1).astype(np.int16),
        "is_row": code % 2 == 1,
        "unit": unit_id[order].astype(np.int64),
        "actor": actor[order].astype(np.int64),
        "reason": reason[order].astype(np.int64),
        "rating": rating[order].astype(np.int64),
        "due": seconds_of(due_at[order]),
    }
