"""Which reports tell of one trouble, kept in the store: duplicates, and closings with what came after.

The rows are a function of the cases of a town, of when the ledger has them closed, and of its rules, and of nothing else: the
same rows stand in the end whatever order loads come in, and a rebuild makes the same. A load looks at the neighbours of the
cases it touched, found by an index on kind, place and time; one that touches a large part of a town compares all of it.
"""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridgov.analytics.likeness import Ends, Reports, alike, first_returns, join, open_pairs
from gridgov.rules import Duplicates, Rules
from gridgov.store import rulebook, tables
from gridgov.store.bulk import bulk_window
from gridgov.store.copying import Field, copy_rows, number, read_rows
from gridgov.store.database import run, statement
from gridgov.store.tables import SCHEMA

TABLES: Final = ["closing", "duplicate"]
"""The tables kept here; a merge that opens a window takes them with its own."""

WATCHED_DAYS: Final = 90
"""So many times 24 hours after its closing a trouble that is reported again has come back."""

_DAY: Final = 86_400 * 1_000_000
_FOREVER: Final = np.iinfo(np.int64).max
_PART: Final = 8
"""A load that touches more than one in so many cases compares all."""

_TEXTS: Final = 100_000
"""Texts read at a time."""

_REPORT = {
    "no": "i8", "case_id": "i8", "reported_at": "i8", "item_id": "i4", "kind": "i4", "place": "i8", "lon": "f8", "lat": "f8",
    "spot": "i8", "is_paired": "i1", "is_watched": "i1",
}  # fmt: skip
_END = {"no": "i8", "at": "i8", "until": "i8", "is_closed": "i1"}
_TEMPORARY = ("linked", "kinded", "sought", "unsettled", "sought_after", "paired", "watched", "chosen")

Rows = npt.NDArray[Any]
Fields = dict[str, dict[str, Field]]


def refresh(connection: Connection, town_id: int, cases: str, values: dict[str, Any], *, has_tables: bool) -> None:
    """Compare anew what the cases of a load may be tied to, after their course was derived, in the same transaction.

    cases       a query for their case_id; `values` are its parameters
    has_tables  the merge has taken TABLES for itself, so that they may be emptied and a window opened
    """
    _drop(connection, *_TEMPORARY)
    run(connection, "load/links/linked", values, cases=cases)
    n_linked = connection.exec_driver_sql("SELECT count(*) FROM linked").scalar_one()
    if not n_linked:
        return
    rules = rulebook.rules_of(connection, town_id)
    run(connection, "load/links/kinds", {"town_id": town_id})
    at_most = _PART * n_linked
    if run(connection, "load/links/held", {"town_id": town_id, "at_most": at_most}).scalar_one() < at_most:
        _compare_all(connection, town_id, rules, n_linked, has_tables=has_tables)
        return
    _choose(connection, town_id, rules)
    for table, of in (("duplicate", "paired"), ("closing", "watched")):
        run(connection, "load/links/clear", table=table, of=of)
    query = "SELECT case_id, is_paired, is_watched FROM chosen"
    for name, fields in _compared(connection, town_id, rules, query, {}).items():
        copy_rows(connection, name, fields)


def rebuild(connection: Connection, town_id: int, *, has_tables: bool) -> None:
    """Make the rows of a town anew, by the rules kept with it."""
    _drop(connection, *_TEMPORARY)
    run(connection, "load/links/kinds", {"town_id": town_id})
    cases = tables.case_record.c
    n = connection.execute(sa.select(sa.func.count()).where(cases.town_id == town_id)).scalar_one()
    _compare_all(connection, town_id, rulebook.rules_of(connection, town_id), n, has_tables=has_tables)


def _compare_all(connection: Connection, town_id: int, rules: Rules, n_cases: int, *, has_tables: bool) -> None:
    has_others = any(_has_others(connection, name, town_id) for name in TABLES)
    if has_tables and not has_others:
        connection.exec_driver_sql(f"TRUNCATE {', '.join(f'{SCHEMA}.{name}' for name in TABLES)}")
    else:
        for name in TABLES:
            table = tables.metadata.tables[f"{SCHEMA}.{name}"]
            connection.execute(sa.delete(table).where(table.c.town_id == town_id))
    query = statement("load/links/of_kind")
    with bulk_window(connection, TABLES, n_cases) if has_tables else nullcontext():
        for item_ids in _kinds(connection):
            values = {"town_id": town_id, "item_ids": item_ids}
            for name, fields in _compared(connection, town_id, rules, query, values).items():
                copy_rows(connection, name, fields)


def _has_others(connection: Connection, name: str, town_id: int) -> bool:
    table = tables.metadata.tables[f"{SCHEMA}.{name}"]
    return connection.execute(sa.select(sa.exists().where(table.c.town_id != town_id))).scalar_one()


def _kinds(connection: Connection) -> Iterator[list[int]]:
    """The items of each category: reports of different categories are never compared."""
    found = connection.exec_driver_sql("SELECT array_agg(item_id) FROM kinded GROUP BY kind ORDER BY kind").scalars()
    yield from found.all()


def _choose(connection: Connection, town_id: int, rules: Rules) -> None:
    """The cases to compare: temporary tables paired, watched, chosen."""
    known = {"town_id": town_id, "days": WATCHED_DAYS, "within": rules.duplicates.within_s}
    metres = {"metres": max(rules.duplicates.metres, rules.repeats.metres)}
    _analyze(connection, "linked", "kinded")
    run(connection, "load/links/sought", metres, of="linked", into_table="sought")
    _analyze(connection, "sought")
    for name in ("unsettled", "paired", "watched"):
        run(connection, f"load/links/{name}", known)
    _analyze(connection, "unsettled", "paired", "watched")
    run(connection, "load/links/sought", metres, of="unsettled", into_table="sought_after")
    _analyze(connection, "sought_after")
    run(connection, "load/links/chosen", known)
    _analyze(connection, "chosen")


def _compared(connection: Connection, town_id: int, rules: Rules, chosen: str, values: dict[str, Any]) -> Fields:
    """The rows of some cases, by table; see gather.sql for `chosen`."""
    _drop(connection, "gathered", "gathered_end")
    run(connection, "load/links/gather", values, chosen=chosen)
    _analyze(connection, "gathered")
    run(connection, "load/links/ends")
    reports = read_rows(connection, "gathered", _REPORT, "no")
    ends = read_rows(connection, "gathered_end", _END, "no, at")
    return {
        "duplicate": _duplicates(connection, town_id, reports, ends, rules.duplicates),
        "closing": _closings(town_id, reports, ends, rules.repeats.metres),
    }


def _duplicates(connection: Connection, town_id: int, reports: Rows, ends: Rows, rules: Duplicates) -> dict[str, Field]:
    of = np.flatnonzero(reports["is_paired"])
    place = np.full(len(reports), -1)
    place[of] = np.arange(len(of))
    r, e = reports[of], ends[place[ends["no"]] >= 0]
    given = Reports(r["kind"].astype(np.int64), r["reported_at"], r["lon"], r["lat"], r["spot"])
    closed = Ends(place[e["no"]], e["at"], e["until"])
    earlier, later, metres = open_pairs(given, closed, rules.within_s * 1_000_000, rules.metres)
    text = _alike(connection, r["case_id"], earlier, later)
    is_one = r["item_id"][earlier] == r["item_id"][later]
    kept = np.where(is_one, (metres <= rules.near_metres) | (text >= rules.alike), text >= rules.alike_across)
    kept &= is_one | ~np.isnan(metres)
    earlier, later, metres, text = earlier[kept], later[kept], metres[kept], text[kept]
    found = join(len(r), earlier, later)
    like = np.where(found.by == found.row, earlier[found.tie], found.by)
    return {
        "case_id": number(r["case_id"][found.row], "i8"),
        "town_id": number(np.full(len(found.row), town_id), "i2"),
        "reported_at": number(r["reported_at"][found.row], "i8"),
        "known_at": number(r["reported_at"][found.by], "i8"),
        "of_id": number(r["case_id"][found.to], "i8"),
        "head_id": number(r["case_id"][found.head], "i8"),
        "like_id": number(r["case_id"][like], "i8"),
        "metres": number(metres[found.tie], "f4", np.isnan(metres[found.tie])),
        "alike": number(text[found.tie], "f4", np.isnan(text[found.tie])),
    }


def _alike(
    connection: Connection, case_id: npt.NDArray[Any], left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """How alike the texts of pairs of cases are; NaN where there is nothing to compare."""
    told = np.unique(np.concatenate([left, right]))
    texts: dict[int, str | None] = {}
    for k in range(0, len(told), _TEXTS):
        ids = case_id[told[k : k + _TEXTS]].tolist()
        texts |= {row.id: row.description for row in run(connection, "load/links/texts", {"case_ids": ids})}
    said = [texts[int(i)] for i in case_id[told]]
    return alike(said, np.searchsorted(told, left), np.searchsorted(told, right))


def _closings(town_id: int, reports: Rows, ends: Rows, metres: float) -> dict[str, Field]:
    ends = ends[(ends["is_closed"] != 0) & (reports["is_watched"][ends["no"]] != 0)]
    r, no = reports, ends["no"]
    given = Reports(r["item_id"].astype(np.int64), r["reported_at"], r["lon"], r["lat"], r["spot"])
    after, far = first_returns(given, Ends(no, ends["at"], ends["until"]), WATCHED_DAYS * _DAY, metres)
    none = after < 0
    return {
        "town_id": number(np.full(len(ends), town_id), "i2"),
        "case_id": number(r["case_id"][no], "i8"),
        "closed_at": number(ends["at"], "i8"),
        "reopened_at": number(ends["until"], "i8", ends["until"] == _FOREVER),
        "item_id": number(r["item_id"][no], "i4"),
        "place": number(r["place"][no], "i8"),
        "next_id": number(r["case_id"][after], "i8", none),
        "again_at": number(r["reported_at"][after], "i8", none),
        "metres": number(np.nan_to_num(far), "f4", np.isnan(far)),
    }


def _analyze(connection: Connection, *names: str) -> None:
    for name in names:
        connection.exec_driver_sql(f"ANALYZE {name}")


def _drop(connection: Connection, *names: str) -> None:
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.{name}' for name in names)}")
