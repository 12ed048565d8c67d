"""Working time: limits in working hours and days added and subtracted in closed form, vectorised.

A calendar is a list of working days (official holidays and make-up days of a country, local overrides) and the spans of a
working day. Instants are whole seconds of local wall time since 1970-01-01: working time is a matter of the clock on the
wall. The trick is one running sum: `worked(t)` is the working time before an instant, `reached(w)` its inverse, so a
deadline is `reached(worked(start) + limit)` and nothing is ever stepped through.

Units (domain: 紧急工作时 round the clock; 工作时 only inside the spans; 工作日 = the working seconds of one day; 自然日):
see vocabulary.LIMIT_UNITS.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import holidays
import numba
import numpy as np
import numpy.typing as npt

from gridgov.errors import CalendarError
from gridgov.vocabulary import LIMIT_UNITS

IntArray = npt.NDArray[np.int64]
EPOCH = date(1970, 1, 1)
DAY, HOUR = 86_400, 3_600
OFFICE_HOURS = ((8 * HOUR, 12 * HOUR), (14 * HOUR, 18 * HOUR))
"""08:00-12:00 and 14:00-18:00, the spans of published municipal rules."""

UNIT_NO = {code: number for number, code in enumerate(LIMIT_UNITS)}
"""Numbers of the limit units, for compiled code."""


class Table(NamedTuple):
    """A calendar as compiled code reads it.

    first       first day, as days since 1970-01-01
    before      int64 (n + 1,), working seconds before each day
    is_workday  bool (n,)
    starts      int64, first second of each span of a working day
    ends        int64, first second after it
    day_s       working seconds of a working day
    """

    first: int
    before: IntArray
    is_workday: npt.NDArray[np.bool_]
    starts: IntArray
    ends: IntArray
    day_s: int


def workdays(
    country: str, first: date, last: date, overrides: Mapping[date, bool] | None = None
) -> npt.NDArray[np.bool_]:
    """Whether each day from first to last (both inclusive) is a working day in a country, make-up days included.

    overrides  days that a town works (True) or rests (False) whatever the country says
    Raises CalendarError for a country the `holidays` package does not know.
    """
    days = _official(country, first, last).copy()
    for day, is_worked in (overrides or {}).items():
        if first <= day <= last:
            days[(day - first).days] = is_worked
    return days


@lru_cache(maxsize=64)
def _official(country: str, first: date, last: date) -> npt.NDArray[np.bool_]:
    """The same without overrides; kept, since a load asks for the same dozen years again and again."""
    try:
        official = holidays.country_holidays(country, years=range(first.year, last.year + 1))
    except NotImplementedError as err:
        raise CalendarError(f"No official holidays are known for '{country}'; use a code such as CN or US.") from err
    return np.array([official.is_working_day(first + timedelta(n)) for n in range((last - first).days + 1)], bool)


def table(first: date, is_workday: Iterable[bool], spans: tuple[tuple[int, int], ...] = OFFICE_HOURS) -> Table:
    """A calendar from its working days, beginning with `first`; spans are seconds of the day, in order, not overlapping."""
    edges = [edge for span in spans for edge in span]
    if not spans or edges != sorted(set(edges)) or edges[0] < 0 or edges[-1] > DAY:
        raise CalendarError(
            f"The spans of a working day must follow one another within the day; these do not: {spans}."
        )
    starts, ends = np.array(spans, np.int64).T
    worked_days = np.asarray(list(is_workday), bool)
    day_s = int((ends - starts).sum())
    before = np.concatenate([[0], np.cumsum(worked_days)]).astype(np.int64) * day_s
    return Table((first - EPOCH).days, before, worked_days, starts.copy(), ends.copy(), day_s)


@numba.njit(cache=True, nogil=True)
def worked(t: int, cal: Table) -> int:
    """Working seconds of the calendar before the local second t; outside the calendar, those of its nearer end."""
    day = t // 86_400 - cal.first
    if day < 0:
        return 0
    if day >= len(cal.is_workday):
        return cal.before[-1]
    total = cal.before[day]
    if cal.is_workday[day]:
        second = t % 86_400
        for i in range(len(cal.starts)):
            total += min(max(second - cal.starts[i], 0), cal.ends[i] - cal.starts[i])
    return total


@numba.njit(cache=True, nogil=True)
def reached(w: int, cal: Table) -> int:
    """The first local second before which w working seconds lie; -1 when the calendar is too short to say."""
    if w <= 0:
        return cal.first * 86_400
    if w > cal.before[-1]:
        return -1
    day = np.searchsorted(cal.before, w) - 1  # before[day] < w <= before[day + 1]: a working day
    rest = w - cal.before[day]
    for i in range(len(cal.starts)):
        span = cal.ends[i] - cal.starts[i]
        if rest <= span:
            return (cal.first + day) * 86_400 + cal.starts[i] + rest
        rest -= span
    return -1


@numba.njit(cache=True, nogil=True)
def due(start: int, value: float, unit: int, cal: Table) -> int:
    """The local second at which a limit ends that begins at `start`; unit is a number of UNIT_NO. -1 = calendar too short."""
    if unit == 0:  # urgent_hour
        return start + round(value * 3_600)
    if unit == 3:  # natural_day
        return start + round(value * 86_400)
    seconds = round(value * (3_600 if unit == 1 else cal.day_s))
    if seconds <= 0:
        return start
    return reached(worked(start, cal) + seconds, cal)


@numba.njit(cache=True, nogil=True)
def _due_all(start: IntArray, value: npt.NDArray[np.float64], unit: IntArray, cal: Table) -> IntArray:
    found = np.empty(len(start), np.int64)
    for i in range(len(start)):
        found[i] = due(start[i], value[i], unit[i], cal)
    return found


@numba.njit(cache=True, nogil=True)
def _worked_all(t: IntArray, cal: Table) -> IntArray:
    found = np.empty(len(t), np.int64)
    for i in range(len(t)):
        found[i] = worked(t[i], cal)
    return found


def deadlines(start: npt.ArrayLike, value: npt.ArrayLike, unit: npt.ArrayLike, cal: Table) -> IntArray:
    """Local seconds at which limits end. Raises CalendarError where the calendar is too short.

    start  local seconds at which the clock starts
    value  length of the limit in its unit
    unit   numbers of UNIT_NO
    """
    begins, values, units = np.broadcast_arrays(start, value, unit)
    found = _due_all(
        np.ascontiguousarray(begins, np.int64).ravel(), np.ascontiguousarray(values, np.float64).ravel(),
        np.ascontiguousarray(units, np.int64).ravel(), cal,
    )  # fmt: skip
    if (found < 0).any():
        last = EPOCH + timedelta(cal.first + len(cal.is_workday) - 1)
        raise CalendarError(f"A deadline lies beyond the calendar, which ends on {last}.")
    return found.reshape(begins.shape)


def working_seconds(begin: npt.ArrayLike, end: npt.ArrayLike, cal: Table) -> IntArray:
    """Working seconds between two local instants; negative when the end comes first."""
    a, b = np.broadcast_arrays(np.asarray(begin, np.int64), np.asarray(end, np.int64))
    flat = [np.ascontiguousarray(side).ravel() for side in (a, b)]
    return (_worked_all(flat[1], cal) - _worked_all(flat[0], cal)).reshape(a.shape)
