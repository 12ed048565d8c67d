"""Which routes were planned on which days, as a plan of patrols says it."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.questions.asking import Asked
from gridgov.store.database import frame


def routes(asked: Asked, level: int, since: date, until: date) -> pd.DataFrame:
    """Spells of routes that were planned on some day of a window (both inclusive), see sql/questions/routes.sql."""
    values = {
        "town_id": asked.town.id, "set_id": asked.shown.id if asked.shown else None, "level": level,
        "since_on": since, "until_on": until, "scope_ids": asked.values.get("scope_ids"),
    }  # fmt: skip
    return frame(asked.connection, "questions/routes", values)


def days_of(since: date, until: date) -> list[date]:
    """The days of a window, both inclusive."""
    return [since + timedelta(k) for k in range((until - since).days + 1)]


def planned_on(rows: pd.DataFrame, days: list[date]) -> npt.NDArray[np.bool_]:
    """Whether each spell of a route was planned on each day (rows, days): it held, and the weekday is one of its own."""
    found = np.zeros((len(rows), len(days)), np.bool_)
    weekday = np.array([day.isoweekday() for day in days])
    number = np.array([day.toordinal() for day in days])
    for k, row in enumerate(rows.itertuples()):
        held = (number >= (row.valid_from.toordinal() if row.valid_from else 0)) & (
            number < (row.valid_to.toordinal() if row.valid_to else date.max.toordinal())
        )
        found[k] = held & (True if row.weekdays is None else np.isin(weekday, row.weekdays))
    return found
