"""When each cell was last visited, kept month by month: as of any day it is a month's beginning and the days since.

A month's beginning (last_visit) is made of the one before and of the union of each day between (swept_day). So it is a
function of the days, whatever order they came in; a late file changes the months after its days and costs as many as those are.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridgov.analytics.patrol.cells import SIDE, Cells, block_key, block_place, canonical
from gridgov.analytics.patrol.recency import NEVER, LastVisits, told_ago, visited_on
from gridgov.store import patrol_tables
from gridgov.store.copying import block, copy_rows, day, number, packed_row
from gridgov.store.database import run

EPOCH = date(1970, 1, 1)
Blocks = npt.NDArray[np.int64]
Changed = Mapping[date, Mapping[int, bytes]]
"""Days on which anybody came near other cells than was known: by day and block what was known (no bytes = none of it)."""
NO_VISITS = LastVisits(np.empty(0, np.int64), np.empty((0, SIDE, SIDE), np.int32))


def day_number(on: date) -> int:
    """Days since 1970-01-01."""
    return (on - EPOCH).days


def last_visits_of(
    connection: Connection, town_id: int, as_of: date, blocks: Blocks | None = None, only: Cells | None = None
) -> LastVisits:
    """The last visit of every cell that was ever visited, as of the end of a statistical day; in some blocks, None = in all.

    only  the cells that will be asked for (None = all): the others may be told too early
    """
    months = [month for month in months_of(connection, town_id) if month <= as_of]
    if not months:
        return NO_VISITS
    return _brought_on(connection, town_id, months[-1], as_of + timedelta(1), blocks, only)


def refresh(connection: Connection, town_id: int, changed: Changed) -> None:
    """After the swept cells of some days changed: make the beginnings of the months after them right."""
    if not changed:
        return
    v = patrol_tables.last_visit
    months, first = months_of(connection, town_id), min(changed)
    is_gone = (v.c.town_id == town_id) & (v.c.month_on > first) & v.c.month_on.not_in(months)
    connection.execute(sa.delete(v).where(is_gone))
    for base, month in pairwise(months):
        is_it = (v.c.town_id == town_id) & (v.c.month_on == month)
        if not connection.execute(sa.select(sa.exists().where(is_it))).scalar_one():
            _write(connection, town_id, month, _brought_on(connection, town_id, base, month))
        elif month > first:
            blocks = np.array(sorted(set().union(*(keys for on, keys in changed.items() if on < month))), np.int64)
            values = _places({"town_id": town_id, "month_on": month}, blocks)
            run(connection, "load/patrol/drop_visits", values)
            _write(connection, town_id, month, _brought_on(connection, town_id, base, month, blocks))


def forget(connection: Connection, town_id: int, since: date | None) -> None:
    """Remove what hangs on the days from one on (None = all)."""
    v = patrol_tables.last_visit
    chosen = v.c.town_id == town_id if since is None else (v.c.town_id == town_id) & (v.c.month_on > since)
    connection.execute(sa.delete(v).where(chosen))


def _brought_on(
    connection: Connection,
    town_id: int,
    month: date,
    until: date,
    blocks: Blocks | None = None,
    only: Cells | None = None,
) -> LastVisits:
    """The visits of before `until`, from those of before a month on; in some blocks, None = in all. See `last_visits_of`."""
    values = _places({"town_id": town_id, "month_on": month}, blocks)
    rows, cols, packed = packed_row(connection, "load/patrol/visits", values)
    known, since = block_key(rows, cols), swept_between(connection, town_id, month, until, blocks)
    ago = np.frombuffer(packed, "<u2").astype(np.uint16, copy=False).reshape(-1, SIDE * SIDE)
    block = np.union1d(known, since.block)
    return visited_on(told_ago(block, known, ago, day_number(month)), since, only)


def _places(values: dict[str, Any], blocks: npt.NDArray[np.int64] | None) -> dict[str, Any]:
    """Parameters that choose some blocks, or all."""
    row, col = block_place(np.empty(0, np.int64) if blocks is None else blocks)
    return {**values, "all_blocks": blocks is None, "block_rows": row.tolist(), "block_cols": col.tolist()}


def swept_between(
    connection: Connection, town_id: int, since: date, until: date, blocks: npt.NDArray[np.int64] | None = None
) -> Cells:
    """What anybody came near on the days since <= day < until, with the day (days since 1970-01-01) as owner.

    blocks  keys of the blocks that are asked for; None = all
    """
    values = {"town_id": town_id, "since": since, "until": until}
    days, rows, cols, packed = packed_row(connection, "load/patrol/swept_days", _places(values, blocks))
    owner, key = days.astype(np.int64), block_key(rows, cols)
    bits = np.frombuffer(packed, "<u8").astype(np.uint64, copy=False).reshape(-1, SIDE)
    is_later = (owner[1:] > owner[:-1]) | ((owner[1:] == owner[:-1]) & (key[1:] > key[:-1]))
    return Cells(owner, key, bits) if is_later.all() else canonical(owner, key, bits)


def swept_by(connection: Connection, town_id: int, since: date, until: date, worker_ids: list[int]) -> Cells:
    """What some workers came near in a window of days (both inclusive), with the worker as owner."""
    values = {"town_id": town_id, "since": since, "until": until + timedelta(1), "worker_ids": worker_ids}
    workers, rows, cols, packed = packed_row(connection, "load/patrol/swept_by", values)
    bits = np.frombuffer(packed, "<u8").astype(np.uint64, copy=False).reshape(-1, SIDE)
    return canonical(workers.astype(np.int64), block_key(rows, cols), bits)


def cells_of(
    owner: npt.NDArray[np.int64], row: npt.NDArray[np.int64], col: npt.NDArray[np.int64], bits: list[bytes]
) -> Cells:
    """Cells out of stored blocks."""
    words = np.frombuffer(b"".join(bits), "<u8").astype(np.uint64).reshape(-1, SIDE)
    return canonical(owner, block_key(row, col), words)


def months_of(connection: Connection, town_id: int) -> list[date]:
    """The calendar months in which anybody patrolled, by their first day, ascending."""
    return list(run(connection, "load/patrol/months", {"town_id": town_id}).scalars())


def _write(connection: Connection, town_id: int, month: date, visits: LastVisits) -> None:
    if not len(visits.block):
        return
    row, col = block_place(visits.block)
    n = len(visits.block)
    ago = np.where(visits.day == NEVER, 0, day_number(month) - visits.day.astype(np.int64))
    fields = {
        "town_id": number(np.full(n, town_id), "i2"),
        "month_on": day(np.full(n, (month - EPOCH).days)),
        "block_row": number(row, "i4"),
        "block_col": number(col, "i4"),
        "days_ago": block(ago.astype("<u2").reshape(n, SIDE * SIDE)),
    }
    copy_rows(connection, "last_visit", fields)
