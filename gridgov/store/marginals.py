"""What is counted day by day, kept: the difference that a load makes is added to it. What is counted: analytics.marginals."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridgov.analytics.marginals import (
    CLOSED,
    MEASURES,
    NOT_ENDED,
    PARTS,
    UNLOCATED,
    VOIDED,
    Days,
    Stretches,
    tally,
    tally_due,
)
from gridgov.store import tables
from gridgov.store.copying import array, copy_temporary, driver, number, seconds_of
from gridgov.store.database import run, statement

_CASES_OF_PART = 100_000

_ROWS_HELD = 2_000_000

_ARRAYS = (">i8", ">i8", ">i8", ">i8", ">i4", ">i8", ">i8", ">i8", ">i8", ">i4", ">i4", ">i4")


TABLES = ["marginal", "due_day"]
"""The tables kept here."""


class Changes:
    """What a load changes in what is counted day by day: parts of cases taken in one by one, written at the end.

    days  the statistical days of the town
    """

    def __init__(self, days: Days) -> None:
        self._days = days
        self._moves = _Sum(["kind", "day", "member"], MEASURES)
        self._due = _Sum(["kind", "day", "told", "member"], PARTS)
        self.until: int | None = None
        """The latest instant told of in what was added, seconds UTC."""

    def take(self, stretches: Stretches, sign: int = 1) -> None:
        """Add what some stretches count; with -1 take it away."""
        if not len(stretches):
            return
        self._moves.add(tally(stretches, self._days, sign))
        self._due.add(tally_due(stretches, self._days, sign))
        if sign > 0:
            told = (stretches.from_at, stretches.to_at, stretches.exempt_at)
            self.until = max(self.until or 0, *(int(at.max()) for at in told))

    def write(self, connection: Connection, town_id: int) -> None:
        """Add it to what is kept."""
        for changed, add, drop_zeros in (
            (self._moves, "add_marginals", "drop_zeros"),
            (self._due, "add_due", "drop_due_zeros"),
        ):
            if not changed.is_empty:
                changed.copy(connection, "changed")
                names = {"measures": [f'"{name}"' for name in changed.measures]}
                run(connection, f"load/rollups/{add}", {"town_id": town_id}, **names)
                run(connection, f"load/rollups/{drop_zeros}", {"town_id": town_id}, **names)


class _Sum:
    """Tables of counts summed by their keys; parts of one town have the same days and members, so that summed they are few."""

    def __init__(self, keys: list[str], measures: tuple[str, ...]) -> None:
        self.measures = measures
        self._keys = keys
        self._parts: list[pd.DataFrame] = []

    @property
    def is_empty(self) -> bool:
        return not self._parts

    def add(self, table: pd.DataFrame) -> None:
        self._parts.append(table)
        if sum(map(len, self._parts)) > _ROWS_HELD:
            self._parts = [self._summed()]

    def copy(self, connection: Connection, name: str) -> None:
        """Make a temporary table of it."""
        table = self._summed()
        kinds = dict.fromkeys([*self._keys, *self.measures], "i4") | {"kind": "i2"}
        copy_temporary(connection, name, {column: number(table[column], kind) for column, kind in kinds.items()})

    def _summed(self) -> pd.DataFrame:
        table = pd.concat(self._parts, ignore_index=True).groupby(self._keys, as_index=False, sort=True).sum()
        return table[table[list(self.measures)].to_numpy().any(axis=1)]


def unfilled(connection: Connection) -> list[int]:
    """Towns of whose due cases not all are counted: of a database that was made before that was kept."""
    return list(run(connection, "load/rollups/undue").scalars())


def recount(connection: Connection, town_id: int, days: Days) -> None:
    """Count a town anew from its stretches: where what they are counted by was changed in place."""
    for table in (tables.marginal, tables.due_day):
        connection.execute(sa.delete(table).where(table.c.town_id == town_id))
    connection.exec_driver_sql("DROP TABLE IF EXISTS every_case")
    run(connection, "load/rollups/every_case", {"town_id": town_id}, n_cases=_CASES_OF_PART)
    changes = Changes(days)
    for part in stood(connection, "every_case"):
        changes.take(part)
    changes.write(connection, town_id)


def stood(connection: Connection, of: str) -> Iterator[Stretches]:
    """The stretches that stand of the cases in a temporary table of ours (part, case_id)."""
    query = statement("load/rollups/stood", of=of)
    connection.exec_driver_sql(f"DECLARE stood NO SCROLL CURSOR FOR {query}")
    with driver(connection).cursor(binary=True) as cursor:
        while cursor.execute("FETCH 1 FROM stood").rowcount:
            assert cursor.pgresult is not None  # noqa: S101  it gave a row
            sent = [cursor.pgresult.get_value(0, k + 1) for k in range(len(_ARRAYS))]
            yield _stretches([array(column, kind) for column, kind in zip(sent, _ARRAYS, strict=True)])
        cursor.execute("CLOSE stood")


def _stretches(columns: list[Any]) -> Stretches:
    case, from_at, to_at, next_at, unit, due_at, yellow_at, risk_at, exempt_at, flags, grid, facet = columns
    begin, end = seconds_of(from_at), seconds_of(to_at)
    order = np.lexsort((np.where(end < 0, np.iinfo(np.int64).max, end), begin, case))
    flags = flags[order].astype(np.int64)
    ended = np.where(flags & 4 == 0, NOT_ENDED, np.where(flags & 8 == 0, CLOSED, VOIDED))
    return Stretches(
        case=case[order].astype(np.int64),
        from_at=begin[order],
        to_at=end[order],
        next_at=seconds_of(next_at)[order],
        unit=unit[order].astype(np.int64),
        due_at=seconds_of(due_at)[order],
        yellow_at=seconds_of(yellow_at)[order],
        risk_at=seconds_of(risk_at)[order],
        exempt_at=seconds_of(exempt_at)[order],
        is_paused=flags & 1 > 0,
        is_put_off=flags & 2 > 0,
        ended=ended,
        grid=np.where(flags & 32 > 0, grid[order], UNLOCATED),
        facet=facet[order].astype(np.int64),
        may_be_due=flags & 16 > 0,
    )
