"""Statistical periods (统计周期): days, weeks and months that begin when a town says they do, numbered, with their neighbours.

A statistical day bears the date of a local day and begins at the town's cut-off on it; a date that people give or read is
always that of a statistical day. With the cut-off at 00:00 it is the local day.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from gridgov.rules import Rules

Kind = Literal["day", "week", "month", "quarter", "year"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_EPOCH = date(1970, 1, 1)
_ONE = timedelta(1)


@dataclass(frozen=True)
class Cycle:
    """How a town counts its periods.

    week_start   0 = Monday ... 6 = Sunday; one hotline's week begins on Friday (4)
    month_start  day of the month a period begins with, 1 .. 28; 26 means the 26th to the 25th
    day_start    seconds from local midnight to the begin of the statistical day of that date; negative = the day before
    """

    week_start: int = 0
    month_start: int = 1
    day_start: int = 0

    @classmethod
    def of(cls, rules: Rules) -> "Cycle":
        """The cycle that a town's rules tell."""
        said = rules.periods
        return cls(said.week_start_no, said.month_start, said.day_start_s)


@dataclass(frozen=True)
class Period:
    """A period: its first day, the day after its last, its number in the year (第n期; of a year the year itself)."""

    kind: Kind
    begin: date
    end: date
    number: int

    @property
    def last(self) -> date:
        """Its last day."""
        return self.end - _ONE

    def said(self) -> str:
        """Its dates as they are printed: 11月16日—22日.

        >>> period(date(2026, 11, 20), "week").said()
        '11月16日—22日'
        """
        first = f"{self.begin.month}月{self.begin.day}日"
        if self.last == self.begin:
            return first
        if self.last.month == self.begin.month and self.last.year == self.begin.year:
            return f"{first}—{self.last.day}日"
        return f"{first}—{self.last.month}月{self.last.day}日"

    def titled(self) -> str:
        """Its number and dates as they are printed: 第47期 (11月16日—22日); a year by its name.

        >>> period(date(2026, 11, 20), "week").titled(), period(date(2026, 11, 20), "year").titled()
        ('第47期 (11月16日—22日)', '2026年 (1月1日—12月31日)')
        """
        return f"{self.number}年 ({self.said()})" if self.kind == "year" else f"第{self.number}期 ({self.said()})"


# ---------------------------------------------------------------------------------------------------------------------
# Days and instants


def begin_of(day: date, zone: str, day_start: int = 0) -> datetime:
    """The first instant of a statistical day, in UTC: neither subtraction nor comparison of local times knows of changes.

    Where the clock shows the cut-off twice it is the first time, where it leaps over it as if it had not yet leapt.
    """
    return (datetime.combine(day, time(), ZoneInfo(zone)) + timedelta(seconds=day_start)).astimezone(UTC)


def day_numbers(seconds: npt.ArrayLike, zone: str, day_start: int = 0) -> npt.NDArray[np.int64]:
    """The statistical day of each instant, as days since 1970-01-01.

    seconds    instants, seconds UTC since 1970-01-01
    zone       IANA name
    day_start  as in Cycle

    >>> day_numbers([0, 57_600], "Asia/Shanghai").tolist(), day_numbers([0], "Asia/Shanghai", 10 * 3600).tolist()
    ([0, 1], [-1])
    """
    at = np.asarray(seconds)
    if not at.size:
        return np.empty(at.shape, np.int64)
    first = int(at.min() // 86_400) - 3  # no cut-off and no zone is farther than that from the day in UTC
    n_days = int(at.max() // 86_400) + 3 - first
    begins = [begin_of(_EPOCH + timedelta(first + k), zone, day_start).timestamp() for k in range(n_days + 1)]
    return first - 1 + np.searchsorted(np.array(begins), at, side="right").astype(np.int64)


def day_at(at: datetime, zone: str, day_start: int = 0) -> date:
    """The statistical day that holds an instant."""
    day = at.astimezone(ZoneInfo(zone)).date() - timedelta(2)
    while begin_of(day + _ONE, zone, day_start) <= at:
        day += _ONE
    return day


# ---------------------------------------------------------------------------------------------------------------------
# Periods and their neighbours


def period(day: date, kind: Kind, cycle: Cycle | None = None) -> Period:
    """The period that holds a day.

    A week, month, quarter or year belongs to the year in which it ends; its number counts those of that year. A day's
    number is that of the day in the year.

    >>> period(date(2026, 11, 20), "week", Cycle(week_start=4)).begin.isoformat()
    '2026-11-20'
    """
    cycle = cycle or Cycle()
    if kind == "day":
        return Period("day", day, day + _ONE, day.timetuple().tm_yday)
    if kind == "week":
        begin = day - timedelta((day.weekday() - cycle.week_start) % 7)
        end = begin + timedelta(7)
        year = (end - _ONE).year
        return Period("week", begin, end, ((end - _ONE) - date(year, 1, 1)).days // 7 + 1)
    name = _month_end(_month_begin(day, cycle.month_start), cycle.month_start) - _ONE  # lies in the month of its name
    if kind == "month":
        return _months(kind, name.year, name.month, 1, name.month, cycle)
    if kind == "quarter":
        number = (name.month + 2) // 3
        return _months(kind, name.year, 3 * number - 2, 3, number, cycle)
    return _months(kind, name.year, 1, 12, name.year, cycle)


def _months(kind: Kind, year: int, month: int, n: int, number: int, cycle: Cycle) -> Period:
    """A period of n statistical months from the one of this name."""
    start = cycle.month_start
    back = 0 if start == 1 else 1  # a month that does not begin on the 1st begins in the calendar month before
    return Period(kind, _first(year, month - back, start), _first(year, month + n - back, start), number)


def _first(year: int, month: int, start: int) -> date:
    """A day of a month, which may be 0 or beyond 12."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, start)


def _month_begin(day: date, start: int) -> date:
    return _first(day.year, day.month if day.day >= start else day.month - 1, start)


def _month_end(begin: date, start: int) -> date:
    return _first(begin.year, begin.month + 1, start)


def before(of: Period, cycle: Cycle | None = None) -> Period:
    """The period before (for 环比)."""
    return period(of.begin - _ONE, of.kind, cycle)


def year_before(of: Period, cycle: Cycle | None = None) -> Period:
    """The same period of the year before (for 同比): the same dates, for a week the one 52 weeks earlier.

    >>> year_before(period(date(2026, 11, 20), "week")).begin.isoformat()
    '2025-11-17'
    """
    if of.kind == "week":
        return period(of.begin - timedelta(364), "week", cycle)
    if of.kind == "day":
        return period(_year_earlier(of.begin), "day", cycle)
    return period(_year_earlier(of.begin + _ONE), of.kind, cycle)  # no 1st of March is taken for a 28th of February


def _year_earlier(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def tiling(since: date, until: date, kind: Kind, cycle: Cycle | None = None) -> list[Period]:
    """The periods that hold the days from since to until (both inclusive), in order; the first and last may reach beyond."""
    found = [period(since, kind, cycle)]
    while found[-1].end <= until:
        found.append(period(found[-1].end, kind, cycle))
    return found


def last_full(day: date, kind: Kind, cycle: Cycle | None = None) -> Period:
    """The last period of a kind that is over with the end of a day."""
    here = period(day, kind, cycle)
    return here if here.last <= day else before(here, cycle)


def whole(since: date, until: date, cycle: Cycle | None = None) -> Kind | None:
    """What kind of period the days from since to until (both inclusive) exactly are; None when they are none."""
    return next((k for k in KINDS if (p := period(since, k, cycle)).begin == since and p.last == until), None)


Neighbour = Literal["previous", "year_before"]


def beside(
    since: date, until: date, which: Neighbour, kind: Kind | None, cycle: Cycle | None = None
) -> tuple[date, date]:
    """The days to compare those from since to until with (both inclusive).

    Where they lie in periods of a kind: the same stretch of the neighbour periods, to the end if until is one, so that a
    month that is not over is compared with as many days of the month before. Else as many days just before, or the same
    dates a year before.
    """
    if kind is None:
        if which == "year_before":
            return _year_earlier(since), _year_earlier(until)
        return since - (until - since + _ONE), since - _ONE
    move = before if which == "previous" else year_before
    first, last = period(since, kind, cycle), period(until, kind, cycle)
    from_, to = move(first, cycle), move(last, cycle)
    begin = min(from_.begin + (since - first.begin), from_.last)
    end = to.last if until == last.last else min(to.begin + (until - last.begin), to.last)
    return begin, end
