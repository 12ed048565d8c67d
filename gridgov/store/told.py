"""What tracks tell of cases, in the store: when somebody had last come by, and how far off the one who reported it was.

A row is a function of the case's place, time and reporter and of the sessions of its day and the day before. The lines it is
made of may go (retention): it stays.
"""

from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy.engine import Connection

from gridgov.store.database import frame, run
from gridgov.store.runs import Town


def cases_between(connection: Connection, town_id: int, since: datetime, until: datetime) -> pd.DataFrame:
    """The cases with a place that were reported at since <= at < until.

    returns  id, at (seconds UTC), lon, lat, worker_id (who reported it, if a worker with tracks did at an exact time; else -1)
    """
    return frame(connection, "load/told/cases", {"town_id": town_id, "since": since, "until": until})


def days_of_load(connection: Connection, town: Town, run_id: int, day_start: int) -> list[date]:
    """The statistical days, of those with tracks or after one, on which cases were reported that a load brought or changed."""
    values = {"town_id": town.id, "run_id": run_id, "zone": town.time_zone, "day_start": day_start}
    return list(run(connection, "load/told/days", values).scalars())


def drop_changed(connection: Connection, town_id: int, run_id: int) -> None:
    """Forget what was told of cases that a load moved, put to another time or ascribed to somebody else."""
    run(connection, "load/told/drop_changed", {"town_id": town_id, "run_id": run_id})


def clear(connection: Connection, town_id: int, since: datetime, until: datetime) -> None:
    """Forget what was told of the cases reported at since <= at < until."""
    run(connection, "load/told/clear", {"town_id": town_id, "since": since, "until": until})


def write(
    connection: Connection, case_ids: npt.NDArray[np.int64], passed_at: npt.NDArray[np.float64],
    worker_ids: npt.NDArray[np.int64], tracker_ids: npt.NDArray[np.int64], apart_m: npt.NDArray[np.float64],
) -> None:  # fmt: skip
    """Write what is told of some cases: passed_at in seconds UTC (NaN = nobody), worker and tracker (-1 = none), metres (NaN)."""
    values: dict[str, Any] = {
        "case_ids": case_ids.tolist(),
        "passed_at": [None if np.isnan(at) else at for at in passed_at.tolist()],
        "worker_ids": [None if each < 0 else each for each in worker_ids.tolist()],
        "tracker_ids": [None if each < 0 else each for each in tracker_ids.tolist()],
        "apart_m": [None if np.isnan(each) else each for each in apart_m.tolist()],
    }
    run(connection, "load/told/write", values)
