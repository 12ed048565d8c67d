"""Which periods of a series are due. Nothing is read but a calendar, so that it can be asked of any moment."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from gridgov.analytics.periods import Cycle, Period, begin_of, period
from gridgov.briefing.desk import PERIOD
from gridgov.scheduling.plan import Entry

IsWorkday = Callable[[date], bool]
_DAY = timedelta(1)
LONGEST_REST: Final = 30
"""Days after which an issue is due though nobody seems to work any more."""


def due_at(entry: Entry, of: Period, zone: str, is_workday: IsWorkday, day_start: int = 0) -> datetime:
    """When an issue is due (UTC): on the first day after its period, or on the first working day, at the local time.

    Never before the period's last statistical day is over (`day_start`, seconds after midnight).
    """
    day = of.end
    if entry.on == "workdays":
        day = next((day + k * _DAY for k in range(LONGEST_REST) if is_workday(day + k * _DAY)), day)
    at = datetime.combine(day, entry.at, ZoneInfo(zone)).astimezone(UTC)
    return max(at, begin_of(of.end, zone, day_start))


def due(
    entry: Entry, now: datetime, zone: str, is_workday: IsWorkday, cycle: Cycle | None = None
) -> Iterator[tuple[Period, datetime]]:
    """The periods of a series that are due by now, the first one first, and since when: missed ones are among them.

    now  an instant with a time zone
    """
    cycle = cycle or Cycle()
    of = period(entry.since, PERIOD[entry.kind], cycle)
    while begin_of(of.end, zone, cycle.day_start) <= now:
        at = due_at(entry, of, zone, is_workday, cycle.day_start)
        if at <= now:
            yield of, at
        of = period(of.end, PERIOD[entry.kind], cycle)
