"""What asks for a look in a day's tracks, and the sketches by which a track is known again, in the store."""

from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridgov.analytics.patrol.integrity import SKETCH
from gridgov.store import patrol_tables
from gridgov.store.copying import EPOCH_2000, Field, block, copy_rows, day, number, word
from gridgov.store.visits import EPOCH

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


def sketches(rows: pd.DataFrame) -> npt.NDArray[np.uint64]:
    """The sketches of rows of patrol_shape, by their column `places`."""
    held: Any = b"".join(bytes(each) for each in rows["places"])
    return np.frombuffer(held, "<u8").astype(np.uint64).reshape(-1, SKETCH)


def _common(town_id: int, on: date, rows: pd.DataFrame) -> dict[str, Field]:
    n = len(rows)
    fields = {"town_id": number(np.full(n, town_id), "i2"), "day_on": day(np.full(n, (on - EPOCH).days))}
    for name in _COLUMNS:
        if name.endswith("_at"):
            fields[name] = number(rows[name].to_numpy(np.int64) - EPOCH_2000 * 1_000_000, "i8")
        else:
            fields[name] = number(rows[name], "i4")
    return fields
