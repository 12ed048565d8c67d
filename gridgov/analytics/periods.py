"""Statistical periods (统计周期): weeks and months that begin when a town says they do, numbered, with their neighbours."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Kind = Literal["day", "week", "month"]


@dataclass(frozen=True)
class Cycle:
    """How a town counts its periods.

    week_start   0 = Monday ... 6 = Sunday; one hotline's week begins on Friday (4)
    month_start  day of the month a period begins with, 1 .. 28; 26 means the 26th to the 25th
    """

    week_start: int = 0
    month_start: int = 1


@dataclass(frozen=True)
class Period:
    """A period: its first local day, the day after its last, its number in the year (第n期)."""

    kind: Kind
    begin: date
    end: date
    number: int

    def said(self) -> str:
        """Its dates as they are printed: 11月16日—22日.

        >>> period(date(2026, 11, 20), "week").said()
        '11月16日—22日'
        """
        last = self.end - timedelta(1)
        first = f"{self.begin.month}月{self.begin.day}日"
        if last == self.begin:
            return first
        return f"{first}—{last.day}日" if last.month == self.begin.month else f"{first}—{last.month}月{last.day}日"


def period(day: date, kind: Kind, cycle: Cycle | None = None) -> Period:
    """The period that holds a day.

    A week or month belongs to the year in which it ends; its number counts those of that year. A day's number is that of
    the day in the year.

    >>> period(date(2026, 11, 20), "week", Cycle(week_start=4)).begin.isoformat()
    '2026-11-20'
    """
    cycle = cycle or Cycle()
    if kind == "day":
        return Period("day", day, day + timedelta(1), day.timetuple().tm_yday)
    if kind == "week":
        begin = day - timedelta((day.weekday() - cycle.week_start) % 7)
        end = begin + timedelta(7)
        year = (end - timedelta(1)).year
        return Period("week", begin, end, ((end - timedelta(1)) - date(year, 1, 1)).days // 7 + 1)
    begin = _month_begin(day, cycle.month_start)
    end = _month_begin(begin + timedelta(32), cycle.month_start)
    return Period("month", begin, end, (end - timedelta(1)).month)


def _month_begin(day: date, start: int) -> date:
    if day.day >= start:
        return day.replace(day=start)
    last_of_previous = day.replace(day=1) - timedelta(1)
    return last_of_previous.replace(day=start)


def before(of: Period, cycle: Cycle | None = None) -> Period:
    """The period before (for 环比)."""
    return period(of.begin - timedelta(1), of.kind, cycle)


def year_before(of: Period, cycle: Cycle | None = None) -> Period:
    """The same period of the year before (for 同比): the same dates, for a week the one 52 weeks earlier.

    >>> year_before(period(date(2026, 11, 20), "week")).begin.isoformat()
    '2025-11-17'
    """
    if of.kind == "week":
        return period(of.begin - timedelta(364), "week", cycle)
    middle = of.begin + timedelta(1) if of.kind == "month" else of.begin
    day = 28 if (middle.month, middle.day) == (2, 29) else middle.day
    return period(middle.replace(year=middle.year - 1, day=day), of.kind, cycle)
