"""What was seen of the grids, kept by every load: the revisits of each day (seen_day) and the last visits as of months.

A row for each version of the base layer and day, all its grids in one value (see analytics.patrol.seen). A day's revisits
hang on the days before it: those of a cell that is swept anew on a day, and those of its next day after it, change. So a late
file costs a look at its blocks on the days after it, and changes few of them; a file of the latest day costs that day.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridgov.analytics.patrol.cells import SIDE, Cells, canonical
from gridgov.analytics.patrol.recency import LastVisits
from gridgov.analytics.patrol.seen import NO_TALLY, Marked, Tally, brought_on, changed, joined, marked, revisits, summed
from gridgov.store import grids, ground, patrol_tables
from gridgov.store.copying import copy_rows, day, number, packed_row
from gridgov.store.visits import EPOCH, Changed, last_visits_of, months_of, swept_between

_PACKED = np.dtype([("grid", "<i4"), ("day", "<i4"), ("n", "<i4"), ("n_due", "<i4")])
_ONE = timedelta(1)


# ---- reading ---------------------------------------------------------------------------------------------------------


def seen_by_day(connection: Connection, set_id: int, since: date, until: date) -> Tally:
    """The revisits of the days of a window (both inclusive), days since 1970-01-01."""
    values = {"set_id": set_id, "since": since, "until": until + _ONE}
    return _unpacked(connection, "seen_day", "day_on", values)


def last_seen(connection: Connection, set_id: int, as_of: date) -> Tally:
    """The cells of the grids by the day of their last visit (`on`), as of the end of a day."""
    m = patrol_tables.seen_month.c
    query = sa.select(sa.func.max(m.month_on)).where(m.set_id == set_id, m.month_on <= as_of + _ONE)
    base = connection.execute(query).scalar_one()
    begun = NO_TALLY if base is None else _as_of_month(connection, set_id, base)
    since = seen_by_day(connection, set_id, base or date.min, as_of)
    return brought_on(begun, since) if len(since.on) else begun


def _as_of_month(connection: Connection, set_id: int, month: date) -> Tally:
    values = {"set_id": set_id, "since": month, "until": month + _ONE}
    found = _unpacked(connection, "seen_month", "month_on", values)
    return found._replace(on=found.before)


def _unpacked(connection: Connection, table: str, key: str, values: dict[str, Any]) -> Tally:
    days, sizes, packed = packed_row(connection, "load/patrol/seen", values, table=table, key=key)
    rows = np.frombuffer(packed, _PACKED)
    on = np.repeat(days.astype(np.int64), sizes // _PACKED.itemsize)
    return Tally(on, *(rows[name].astype(np.int64) for name in ("day", "grid", "n", "n_due")))


# ---- keeping ---------------------------------------------------------------------------------------------------------


def refresh(connection: Connection, town_id: int, changes: Changed) -> None:
    """After the swept cells of some days changed, and the last visits with them (store.visits.refresh): follow."""
    if changes:
        _follow(connection, town_id, _versions(connection, town_id), min(changes), changes)


def build(connection: Connection, town_id: int, set_ids: Iterable[int]) -> None:
    """Make what is kept of some versions of the grids anew from what was swept."""
    months = months_of(connection, town_id)
    chosen = set(set_ids) & set(_versions(connection, town_id))
    for table in (patrol_tables.seen_day, patrol_tables.seen_month):
        connection.execute(sa.delete(table).where(table.c.set_id.in_(chosen)))
    if months and chosen:
        _follow(connection, town_id, sorted(chosen), months[0], None)


def forget(connection: Connection, town_id: int, since: date | None) -> None:
    """Remove what hangs on the days from one on (None = all)."""
    d, m = patrol_tables.seen_day, patrol_tables.seen_month
    for table in (d, m):
        chosen = table.c.town_id == town_id
        if since is not None:
            chosen &= d.c.day_on >= since if table is d else m.c.month_on > since
        connection.execute(sa.delete(table).where(chosen))


def _versions(connection: Connection, town_id: int) -> list[int]:
    return [version.id for version in grids.grid_sets(connection, town_id, grids.BASE)]


def _follow(connection: Connection, town_id: int, set_ids: list[int], first: date, changes: Changed | None) -> None:
    """Bring up to date what is kept of some versions from a day on; changes = None: nothing is kept of them."""
    blocks = None if changes is None else np.array(sorted(set().union(*changes.values())), np.int64)
    months = months_of(connection, town_id)
    before = last_visits_of(connection, town_id, first - _ONE, blocks)
    states = {}
    for set_id in set_ids:
        land, due = ground.land(connection, set_id), ground.due(connection, set_id)
        states[set_id] = _State(marked(land, due, blocks), before, before)
    begins = [first, *(month for month in months if month > first)]
    for begin, end in pairwise([*begins, date.max]):
        now = swept_between(connection, town_id, begin, end, blocks)
        then = None if changes is None else _as_known(now, changes, begin, end)
        for set_id, state in states.items():
            added = state.step(now, then)
            _add(connection, town_id, set_id, added)
            state.added.append(added)
    for set_id, state in states.items():
        _months(connection, town_id, set_id, months, first, joined(*state.added))


class _State:
    """What is followed of one version: the last visits as they are and as they were known."""

    def __init__(self, grids: Marked, now: LastVisits, then: LastVisits) -> None:
        self.grids, self.now, self.then = grids, now, then
        self.added: list[Tally] = []

    def step(self, now: Cells, then: Cells | None) -> Tally:
        """What some more days add to their revisits; then = None: nothing was known of them."""
        seen, self.now = revisits(now, self.grids, self.now)
        if then is None:
            return seen
        was, self.then = revisits(then, self.grids, self.then)
        return changed(seen, was)


def _as_known(now: Cells, changes: Changed, begin: date, end: date) -> Cells:
    """What was swept on some days as it was known before the changes."""
    chosen = {(on - EPOCH).days: known for on, known in changes.items() if begin <= on < end}
    is_changed = np.zeros(len(now.owner), np.bool_)
    for on, known in chosen.items():
        a, b = np.searchsorted(now.owner, [on, on + 1])
        is_changed[a:b] = np.isin(now.block[a:b], np.array(list(known), np.int64))
    held = [(on, block, bits) for on, known in chosen.items() for block, bits in known.items() if bits]
    words = np.frombuffer(b"".join(bits for *_, bits in held), "<u8").astype(np.uint64).reshape(-1, SIDE)
    place = np.array([(on, block) for on, block, _ in held], np.int64).reshape(-1, 2)
    return canonical(
        np.append(now.owner[~is_changed], place[:, 0]),
        np.append(now.block[~is_changed], place[:, 1]),
        np.concatenate([now.bits[~is_changed], words]),
    )


def _add(connection: Connection, town_id: int, set_id: int, added: Tally) -> None:
    """Add to the revisits of some days."""
    days = np.unique(added.on)
    if not len(days):
        return
    first, last = (EPOCH + timedelta(int(on)) for on in (days[0], days[-1]))
    held = seen_by_day(connection, set_id, first, last)
    held = Tally(*(column[np.isin(held.on, days)] for column in held))
    d = patrol_tables.seen_day
    chosen = [EPOCH + timedelta(int(on)) for on in days]
    connection.execute(sa.delete(d).where(d.c.set_id == set_id, d.c.day_on.in_(chosen)))
    whole = summed(joined(held, added))
    _write(connection, "seen_day", "day_on", {"town_id": town_id, "set_id": set_id}, whole.on, whole)


def _months(connection: Connection, town_id: int, set_id: int, months: list[date], first: date, added: Tally) -> None:
    """The last visits as of the months after a day from which on revisits were added."""
    m = patrol_tables.seen_month
    mine = m.c.set_id == set_id
    connection.execute(sa.delete(m).where(mine, m.c.month_on > first, m.c.month_on.not_in(months[1:])))
    known = set(connection.execute(sa.select(m.c.month_on).where(mine)).scalars())
    for base, month in pairwise(months):
        if month in known and month <= first:
            continue
        if month in known:
            begun, more = _as_of_month(connection, set_id, month), added
        else:
            begun = _as_of_month(connection, set_id, base) if base != months[0] else NO_TALLY
            more = seen_by_day(connection, set_id, base, month - _ONE)
        is_before = more.on < (month - EPOCH).days
        now = brought_on(begun, Tally(*(column[is_before] for column in more)))
        connection.execute(sa.delete(m).where(mine, m.c.month_on == month))
        month_number = np.full(len(now.on), (month - EPOCH).days)
        _write(
            connection, "seen_month", "month_on", {"town_id": town_id, "set_id": set_id}, month_number,
            now._replace(before=now.on),
        )  # fmt: skip


def _write(
    connection: Connection, table: str, key: str, of: Mapping[str, int], on: npt.NDArray[np.int64], tally: Tally
) -> None:
    """Write rows, one a day of `on` (ascending)."""
    days, begin = np.unique(on, return_index=True)
    packed = np.empty(len(on), _PACKED)
    packed["day"], packed["grid"], packed["n"], packed["n_due"] = tally.before, tally.grid, tally.n, tally.n_due
    bounds = [*begin.tolist(), len(on)]
    fields = {
        "town_id": number(np.full(len(days), of["town_id"]), "i2"), "set_id": number(np.full(len(days), of["set_id"]), "i4"),
        key: day(days),
    }  # fmt: skip
    copy_rows(connection, table, fields, last=("counts", [packed[a:b].tobytes() for a, b in pairwise(bounds)]))
