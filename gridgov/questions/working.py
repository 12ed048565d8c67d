"""Working time by the calendar of a town: how long ago, how long until, and the instants so long before."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.analytics.clocks import Clock, reached_at, worked_at, working_seconds, zone
from gridgov.calendars import HOUR
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_clocks: dict[tuple[str, str, int, int], Clock] = {}


def days_since(asked: Asked, instants: pd.Series) -> npt.NDArray[np.float64]:
    """Working days from each instant to as_of, NaN where there is none; a day is as long as the rules let one work."""
    seconds, clock = _until(asked, instants)
    return (0.0 - seconds) / clock.calendar.day_s  # no time at all is 0, not -0


def hours_left(asked: Asked, deadlines: pd.Series) -> dict[str, npt.NDArray[np.float64]]:
    """`left_h` and `left_work_h`: hours, and working hours, from as_of to each deadline; NaN where there is none."""
    seconds, _ = _until(asked, deadlines)
    plain = (pd.to_datetime(deadlines, utc=True) - pd.Timestamp(asked.when.at)).dt.total_seconds()
    return {"left_h": plain.to_numpy(np.float64) / HOUR, "left_work_h": seconds / HOUR}


def instants_before(asked: Asked, work_days: Sequence[float]) -> list[datetime]:
    """For each number of working days an instant: what lies before it lies at least so many working days before as_of.

    While nobody works no working time passes, so all of such a stretch lies equally far back: the instant is its end.
    """
    year = asked.when.on.year
    clock = _clock(asked, year - 1 - int(max(work_days) // 100), year)
    now = worked_at(_second(asked.when.at), clock)
    seconds = [reached_at(now - round(days * clock.calendar.day_s) + 1, clock) for days in work_days]
    return [_EPOCH + timedelta(seconds=int(second)) for second in seconds]


def _until(asked: Asked, instants: pd.Series) -> tuple[npt.NDArray[np.float64], Clock]:
    """Working seconds from as_of to each instant, negative when it has passed, and the clock that counted them."""
    given = pd.to_datetime(instants, utc=True)
    years = [asked.when.on.year, *given.dropna().dt.year]
    clock = _clock(asked, min(years), max(years))
    micros = given.fillna(_EPOCH).dt.tz_localize(None).to_numpy("datetime64[us]").astype(np.int64)
    found = working_seconds(_second(asked.when.at), micros // 1_000_000, clock)
    return np.where(given.isna(), np.nan, found), clock


def _second(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(seconds=1)


def _clock(asked: Asked, first: int, last: int) -> Clock:
    """The clock of the town's rules over some years, widened to decades so that few are made."""
    rules, begin, end = asked.rules, (first - 1) // 10 * 10, (last + 1) // 10 * 10 + 9
    if rules is None:
        raise QuestionError("Working time is counted by the rules of a town, and there are none.")
    key = (rules.sha256, asked.town.time_zone, begin, end)
    if key not in _clocks:
        _clocks[key] = Clock(rules.calendar(date(begin, 1, 1), date(end, 12, 31)), zone(asked.town.time_zone))
    return _clocks[key]
