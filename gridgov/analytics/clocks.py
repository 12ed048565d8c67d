"""Instants and the clock on the wall: working time between instants, and deadlines, in any zone, summer time included.

An instant is whole seconds UTC since 1970-01-01. Working time is a matter of the clock on the wall (calendars), so an
instant is turned into local time, moved there, and turned back. Two ways of counting time: plain seconds that pass
(urgent_hour, natural_day), and working seconds (work_hour, work_day).

Where the clocks are set back, a local time that comes twice is the first of the two; where they are set forward, one that
does not come is the next instant that exists (as sources.values has it).
"""

from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numba
import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov import calendars
from gridgov.calendars import DAY, EPOCH, IntArray, Table, reached, worked
from gridgov.errors import CalendarError

URGENT_HOUR, WORK_HOUR, WORK_DAY, NATURAL_DAY = range(4)
"""Numbers of the limit units, as in calendars.UNIT_NO."""

_FIRST, _LAST = -25_567, 47_482
"""Days since 1970 from 1900 to 2100: in which a zone's changes are looked for."""


class Zone(NamedTuple):
    """A time zone as compiled code reads it: stretches of one offset.

    since   first instant of each stretch; the first begins before all time
    offset  seconds that local time is ahead of UTC in it
    until   local second at which it ends
    """

    since: IntArray
    offset: IntArray
    until: IntArray


class Clock(NamedTuple):
    """The working days of a town and the zone they are in."""

    calendar: Table
    zone: Zone


@lru_cache
def zone(name: str) -> Zone:
    """The zone of an IANA name; raises CalendarError when there is none."""
    try:
        place = ZoneInfo(name)
    except (KeyError, ValueError, OSError) as err:
        raise CalendarError(f"'{name}' is not an IANA time zone such as Asia/Shanghai.") from err
    midnights = np.arange(_FIRST, _LAST, dtype=np.int64) * DAY
    offset = _offsets(midnights, place)
    changes = np.flatnonzero(np.diff(offset))
    before, after = midnights[changes], midnights[changes + 1]
    while (after - before > 1).any():
        middle = (before + after) // 2
        is_before = _offsets(middle, place) == offset[changes]
        before, after = np.where(is_before, middle, before), np.where(is_before, after, middle)
    always = np.iinfo(np.int64).max // 4
    offsets = offset[np.append(changes, len(offset) - 1)]
    return Zone(np.append(-always, after), offsets, np.append(after, always) + offsets)


def _offsets(instants: IntArray, place: ZoneInfo) -> IntArray:
    local = pd.to_datetime(instants, unit="s", utc=True).tz_convert(place).tz_localize(None)
    return local.as_unit("s").asi8 - instants


@numba.njit(cache=True, nogil=True)
def local_of(t: int, zone: Zone) -> int:
    """The local second of an instant."""
    last = len(zone.since) - 1
    if t >= zone.since[last]:
        return t + zone.offset[last]
    return t + zone.offset[np.searchsorted(zone.since, t, side="right") - 1]


@numba.njit(cache=True, nogil=True)
def instant_of(local: int, zone: Zone) -> int:
    """The instant of a local second."""
    last = len(zone.since) - 1
    if last == 0 or local >= zone.until[last - 1]:
        return max(local - zone.offset[last], zone.since[last])
    i = np.searchsorted(zone.until, local, side="right")
    return max(local - zone.offset[i], zone.since[i])


@numba.njit(cache=True, nogil=True)
def is_inside(t: int, clock: Clock) -> bool:
    """Whether the calendar knows the day of an instant."""
    day = local_of(t, clock.zone) // 86_400 - clock.calendar.first
    return 0 <= day < len(clock.calendar.is_workday)


@numba.njit(cache=True, nogil=True)
def worked_at(t: int, clock: Clock) -> int:
    """Working seconds of the calendar before an instant; outside the calendar every second counts, so that none is lost."""
    calendar, local = clock.calendar, local_of(t, clock.zone)
    begin = calendar.first * 86_400
    end = begin + len(calendar.is_workday) * 86_400
    if local < begin:
        return local - begin
    return worked(local, calendar) if local < end else calendar.before[-1] + local - end


@numba.njit(cache=True, nogil=True)
def reached_at(w: int, clock: Clock) -> int:
    """The first instant before which w working seconds lie: the inverse of `worked_at`."""
    calendar = clock.calendar
    begin = calendar.first * 86_400
    if w <= 0:
        return instant_of(begin + w, clock.zone)
    if w > calendar.before[-1]:
        return instant_of(begin + len(calendar.is_workday) * 86_400 + w - calendar.before[-1], clock.zone)
    return instant_of(reached(w, calendar), clock.zone)


@numba.njit(cache=True, nogil=True)
def ends(start: int, value: float, unit: int, clock: Clock) -> int:
    """The instant at which a limit ends that begins at `start`; a natural day ends at the same time on the wall."""
    if unit == URGENT_HOUR:
        return start + round(value * 3_600)
    if unit == NATURAL_DAY:
        return instant_of(local_of(start, clock.zone) + round(value * 86_400), clock.zone)
    seconds = round(value * (3_600 if unit == WORK_HOUR else clock.calendar.day_s))
    return reached_at(worked_at(start, clock) + seconds, clock) if seconds > 0 else start


@numba.njit(cache=True, nogil=True)
def worked_all(instants: IntArray, clock: Clock) -> IntArray:
    """`worked_at` for each."""
    calendar, zone, found = clock.calendar, clock.zone, np.empty(len(instants), np.int64)
    begin = calendar.first * 86_400
    end = begin + len(calendar.is_workday) * 86_400
    for i in range(len(instants)):
        local = local_of(instants[i], zone)
        found[i] = worked(local, calendar) if begin <= local < end else worked_at(instants[i], clock)
    return found


def working_seconds(begin: npt.ArrayLike, end: npt.ArrayLike, clock: Clock) -> IntArray:
    """Working seconds between instants; negative when the end comes first. See calendars.working_seconds for local time."""
    a, b = (np.asarray(side, np.int64) for side in (begin, end))
    return worked_all(b.ravel(), clock).reshape(b.shape) - worked_all(a.ravel(), clock).reshape(a.shape)


def last_day(calendar: calendars.Table) -> str:
    """The last day that a calendar knows."""
    return str(EPOCH + timedelta(calendar.first + len(calendar.is_workday) - 1))
