"""Working time against a reference that steps through every minute, and holidays against the official lists."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov import calendars
from gridgov.calendars import DAY, HOUR, UNIT_NO, deadlines, table, workdays, working_seconds
from gridgov.errors import CalendarError

FIRST, LAST = date(2024, 1, 1), date(2027, 12, 31)
DAYS = workdays("CN", FIRST, LAST)
CALENDAR = table(FIRST, DAYS)
T0 = CALENDAR.first * DAY
minutes = st.integers(0, (date(2026, 6, 1) - FIRST).days * 1440)


def is_working(t: int) -> bool:
    """Whether the minute that begins at a local second is working time, by looking at the clock."""
    at = datetime(1970, 1, 1) + timedelta(seconds=t)
    return bool(DAYS[(at.date() - FIRST).days]) and (8 <= at.hour < 12 or 14 <= at.hour < 18)


def slow_due(start: int, working_minutes: int) -> int:
    t = start
    while working_minutes:
        working_minutes -= is_working(t)
        t += 60
    return t


@settings(deadline=None)
@given(minutes, st.integers(1, 3 * 480))
def test_deadlines_in_working_time_equal_a_walk_through_every_minute(minute: int, length: int) -> None:
    start = T0 + minute * 60
    found = deadlines(start, length / 60, UNIT_NO["work_hour"], CALENDAR)
    assert int(found) == slow_due(start, length)


@settings(deadline=None)
@given(minutes, st.integers(1, 15))
def test_a_working_day_is_the_working_hours_of_one_day(minute: int, n: int) -> None:
    start = T0 + minute * 60
    in_days = deadlines(start, n, UNIT_NO["work_day"], CALENDAR)
    assert in_days == deadlines(start, 8 * n, UNIT_NO["work_hour"], CALENDAR)


@settings(deadline=None)
@given(minutes, st.integers(0, 20_000))
def test_working_seconds_equal_the_minutes_counted(minute: int, length: int) -> None:
    begin = T0 + minute * 60
    end = begin + length * 60
    counted = sum(is_working(t) for t in range(begin, end, 60)) * 60
    assert working_seconds(begin, end, CALENDAR) == counted == -working_seconds(end, begin, CALENDAR)


@settings(deadline=None)
@given(minutes, st.floats(0.1, 200, allow_nan=False))
def test_what_is_added_can_be_taken_away(minute: int, hours: float) -> None:
    begin = T0 + minute * 60
    end = deadlines(begin, hours, UNIT_NO["work_hour"], CALENDAR)
    assert working_seconds(begin, end, CALENDAR) == round(hours * HOUR)


def test_emergency_hours_and_natural_days_run_round_the_clock() -> None:
    start = T0 + 5 * HOUR
    assert deadlines(start, 2, UNIT_NO["urgent_hour"], CALENDAR) == start + 2 * HOUR
    assert deadlines(start, 3, UNIT_NO["natural_day"], CALENDAR) == start + 3 * DAY


def test_the_days_are_the_official_ones(realdata: Path) -> None:
    first, last = date(2015, 1, 1), date(2026, 12, 31)
    found = workdays("CN", first, last)
    expected = np.array([(first + timedelta(n)).weekday() < 5 for n in range(len(found))])
    for path in sorted((realdata / "china" / "holidays").glob("*.json")):
        for day in json.loads(path.read_text("utf-8"))["days"]:
            n = (date.fromisoformat(day["date"]) - first).days
            if 0 <= n < len(expected):
                expected[n] = not day["isOffDay"]
    differing = [first + timedelta(int(n)) for n in np.flatnonzero(found != expected)]
    assert not differing


def test_a_town_may_rest_and_work_when_it_says_so() -> None:
    monday = date(2025, 3, 3)
    said = workdays("CN", monday, monday + timedelta(6), {monday: False, monday + timedelta(5): True})
    assert list(said) == [False, True, True, True, True, True, False]


def test_impossible_calendars_are_refused() -> None:
    with pytest.raises(CalendarError, match="spans"):
        table(FIRST, DAYS, ((9 * HOUR, 8 * HOUR),))
    with pytest.raises(CalendarError, match="No official holidays"):
        workdays("XX", FIRST, LAST)
    with pytest.raises(CalendarError, match="ends on 2027-12-31"):
        deadlines(T0, 5000, UNIT_NO["work_day"], CALENDAR)


def test_outside_the_calendar_no_time_passes() -> None:
    assert calendars.worked(T0 - DAY, CALENDAR) == 0
