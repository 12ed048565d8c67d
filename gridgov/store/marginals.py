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
    UNLOCATED,
    VOIDED,
    Days,
    Stretches,
    tally,
)
from gridgov.store import tables
from gridgov.store.copying import array, copy_temporary, driver, number, seconds_of
from gridgov.store.database import run, statement

_CASES_OF_PART = 100_000

_ROWS_HELD = 2_000_000

_ARRAYS = (">i8", ">i8", ">i8", ">i4", ">i8", ">i8", ">i8", ">i8", ">i4", ">i4", ">i4")


class Changes:
    """What a load changes in what is counted day by day: parts of cases taken in one by one, written at the end.

    days  the statistical days of the town
    """

    def __init__(self, days: Days) -> None:
        self._days = days
        self._parts: list[pd.DataFrame] = []
        self.until: int | None = None
        """The latest instant told of in what was added, seconds UTC."""

    def take(self, stretches: Stretches, sign: int = 1) -> None:
        """Add what some stretches count; with -1 take it away."""
        if not len(stretches):
            return
        self._parts.append(tally(stretches, self._days, sign))
        if (
            sum(map(len, self._parts)) > _ROWS_HELD
        ):  # parts of one town have the same days and members: summed, they are few
            self._parts = [self._summed()]
        if sign > 0:
            told = (stretches.from_at, stretches.to_at, stretches.exempt_at)
            self.until = max(self.until or 0, *(int(at.max()) for at in told))

    def write(self, connection: Connection, town_id: int) -> None:
        """Add it to what is kept."""
        if not self._parts:
            return
        table = self._summed()
        kinds = {"kind": "i2", "day": "i4", "member": "i4"} | dict.fromkeys(MEASURES, "i4")
        copy_temporary(connection, "changed", {name: number(table[name], kind) for name, kind in kinds.items()})
        values, names = {"town_id": town_id}, {"measures": [f'"{name}"' for name in MEASURES]}
        run(connection, "load/rollups/add_marginals", values, **names)
        run(connection, "load/rollups/drop_zeros", values, **names)

    def _summed(self) -> pd.DataFrame:
        keys = ["kind", "day", "member"]
        table = pd.concat(self._parts, ignore_index=True).groupby(keys, as_index=False, sort=True).sum()
        return table[table[list(MEASURES)].to_numpy().any(axis=1)]


def recount(connection: Connection, town_id: int, days: Days) -> None:
    """Count a town anew from its stretches: where what they are counted by was changed in place."""
    connection.execute(sa.delete(tables.marginal).where(tables.marginal.c.town_id == town_id))
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
    case, from_at, to_at, unit, due_at, yellow_at, risk_at, exempt_at, flags, grid, facet = columns
    begin, end = seconds_of(from_at), seconds_of(to_at)
    order = np.lexsort((np.where(end < 0, np.iinfo(np.int64).max, end), begin, case))
    flags = flags[order].astype(np.int64)
    ended = np.where(flags & 4 == 0, NOT_ENDED, np.where(flags & 8 == 0, CLOSED, VOIDED))
    return Stretches(
        case=case[order].astype(np.int64),
        from_at=begin[order],
        to_at=end[order],
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
