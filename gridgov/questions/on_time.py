"""on_time: the cases due in a period, and what became of them."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.shaping import by_grid

_ASKED_APART = "p.track IS DISTINCT FROM 'self_handled' AND p.track IS DISTINCT FROM 'service'"


def read(asked: Asked) -> pd.DataFrame:
    """One row a group; without `since` the month of `until`, which is as_of unless given."""
    if asked.period is not None:
        raise QuestionError(
            f"on_time is asked of one period: say it with since and until instead of by {asked.period}."
        )
    asked.until = min(asked.until or asked.when.on, asked.when.on)
    asked.since = asked.since or asked.until.replace(day=1)
    if asked.since > asked.until:
        raise QuestionError(f"since ({asked.since}) comes after until ({asked.until}).")
    tz = ZoneInfo(asked.town.time_zone)
    asked.values |= {
        "since": datetime.combine(asked.since, time(), tz),
        "until": datetime.combine(asked.until + timedelta(days=1), time(), tz),
    }
    asked.meta |= {"since": asked.since.isoformat(), "until": asked.until.isoformat()}
    if not any("p.track" in condition for condition in asked.conditions):
        asked.conditions.append(_ASKED_APART)
    return _rates(by_grid(asked, asked.read(keys=asked.sql_keys())))


def _rates(rows: pd.DataFrame) -> pd.DataFrame:
    """The rates beside the counts; null where nothing was due."""
    counts = [name for name in rows if name.startswith("n_")]
    rows[counts] = rows[counts].astype("int64")
    n = {name: rows[name].to_numpy() for name in counts}
    closed = n["n_on_time"] + n["n_late_closed"] + n["n_exempt"]
    rates = {
        "on_time_rate": _share(n["n_on_time"], n["n_due"]),
        "closed_rate": _share(closed, n["n_due"]),
        "on_time_rate_unsuspended": _share(n["n_on_time"], n["n_due"] - n["n_suspended"]),
    }
    return rows.assign(**rates)


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
