"""What asks for a look in a day's tracks, and the sketches by which a track is known again, in the store."""

from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridgov.analytics.patrol.integrity import SKETCH
from gridgov.store import patrol_tables
from gridgov.store.copying import EPOCH_2000, Field, block, copy_rows, day, number, packed_row, word
from gridgov.store.database import run
from gridgov.store.visits import EPOCH

Longs = npt.NDArray[np.int64]
_COLUMNS: Final = ("tracker_id", "worker_id", "begin_at", "end_at")


def replace_findings(
    connection: Connection, town_id: int, on: date, tracker_ids: list[int], found: pd.DataFrame, shapes: pd.DataFrame,
    places: npt.NDArray[np.uint64],
) -> None:  # fmt: skip
    """Write what some trackers show on a day, in place of what is known.

    found   tracker_id, worker_id, begin_at, end_at (microseconds UTC), kind, other_id (-1 = nobody), measure, n, n_of
    shapes  tracker_id, worker_id, begin_at, end_at; with the sketch of each in `places`
    """
    for table in (patrol_tables.patrol_finding, patrol_tables.patrol_shape):
        c = table.c
        connection.execute(sa.delete(table).where(c.town_id == town_id, c.day_on == on, c.tracker_id.in_(tracker_ids)))
    kinds = pd.Categorical(found["kind"])
    fields = _common(town_id, on, found) | {
        "kind": word(kinds.codes, [str(kind) for kind in kinds.categories]),
        "other_id": number(found["other_id"], "i4", found["other_id"] < 0),
        "measure": number(found["measure"], "f8"),
        "n": number(found["n"], "i4"),
        "n_of": number(found["n_of"], "i4"),
    }
    copy_rows(connection, "patrol_finding", fields)
    copy_rows(connection, "patrol_shape", _common(town_id, on, shapes) | {"places": block(places.astype("<u8"))})


class ShapeRows(NamedTuple):
    """Sketches of sessions, a column each: day since 1970-01-01, begin_at and end_at in microseconds UTC, places (n, SKETCH)."""

    day: Longs
    tracker_id: Longs
    worker_id: Longs
    begin_at: Longs
    end_at: Longs
    places: npt.NDArray[np.uint64]


def shapes_between(
    connection: Connection, town_id: int, since: date, until: date, tracker_ids: list[int] | None
) -> ShapeRows:
    """The sketches of some trackers (None = all) on the days of a window (both inclusive), by tracker and time."""
    values = {"town_id": town_id, "since_on": since, "until_on": until, **_chosen(tracker_ids)}
    *columns, packed = packed_row(connection, "load/patrol/shapes", values)
    places = np.frombuffer(packed, "<u8").astype(np.uint64, copy=False).reshape(-1, SKETCH)
    days, trackers, workers, begin, end = (np.asarray(column, np.int64) for column in columns)
    return ShapeRows(days, trackers, workers, begin, end, places)


def drop_shapes(connection: Connection, town_id: int, before: date) -> None:
    """Remove the sketches of earlier days."""
    c = patrol_tables.patrol_shape.c
    connection.execute(sa.delete(patrol_tables.patrol_shape).where(c.town_id == town_id, c.day_on < before))


def last_shape_on(connection: Connection, town_id: int) -> date | None:
    """The last day of a town of which a sketch is kept."""
    c = patrol_tables.patrol_shape.c
    return connection.execute(sa.select(sa.func.max(c.day_on)).where(c.town_id == town_id)).scalar_one()


def replace_replays(
    connection: Connection, town_id: int, days: list[date], tracker_ids: list[int] | None, rows: ShapeRows,
    like: pd.DataFrame,
) -> None:  # fmt: skip
    """Write which sessions of some trackers (None = all) on some days show a way of a day before, in place of what is known.

    like  what analytics.patrol.integrity.alike says of `rows`
    """
    run(connection, "load/patrol/drop_replays", {"town_id": town_id, "days": days, **_chosen(tracker_ids)})
    found, earlier = like["row"].to_numpy(np.int64), like["earlier"].to_numpy(np.int64)
    fields = {"town_id": number(np.full(len(like), town_id), "i2"), "day_on": day(rows.day[found])}
    for name in ("tracker_id", "worker_id"):
        fields[name] = number(getattr(rows, name)[found], "i4")
    for name, column in (
        ("begin_at", rows.begin_at[found]),
        ("end_at", rows.end_at[found]),
        ("earlier_at", rows.begin_at[earlier]),
    ):
        fields[name] = number(column - EPOCH_2000 * 1_000_000, "i8")
    fields["kind"] = word(np.zeros(len(like), np.int64), ["replay"])
    fields["measure"] = number(like["share"], "f8")
    fields |= {name: number(like[name], "i4") for name in ("n", "n_of")}
    copy_rows(connection, "patrol_finding", fields)


def _chosen(tracker_ids: list[int] | None) -> dict[str, Any]:
    return {"all_trackers": tracker_ids is None, "tracker_ids": tracker_ids or []}


def _common(town_id: int, on: date, rows: pd.DataFrame) -> dict[str, Field]:
    n = len(rows)
    fields = {"town_id": number(np.full(n, town_id), "i2"), "day_on": day(np.full(n, (on - EPOCH).days))}
    for name in _COLUMNS:
        if name.endswith("_at"):
            fields[name] = number(rows[name].to_numpy(np.int64) - EPOCH_2000 * 1_000_000, "i8")
        else:
            fields[name] = number(rows[name], "i4")
    return fields
