"""The period a question speaks of: from what was asked to local days, and to the instants that SQL takes."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked


def take_period(asked: Asked, *, back: timedelta | None = None) -> None:
    """Settle `since` and `until` (local days, both inclusive) and bind them as :since and :until (instants, until excluded).

    Without `until` it is the day of as_of, and never later; without `since` it is the first of the month of `until`, or
    lies `back` before it. Raises QuestionError when since comes after until.
    """
    asked.until = min(asked.until or asked.when.on, asked.when.on)
    asked.since = asked.since or (asked.until.replace(day=1) if back is None else asked.until - back)
    if asked.since > asked.until:
        raise QuestionError(f"since ({asked.since}) comes after until ({asked.until}).")
    asked.values |= {"since": _midnight(asked, asked.since), "until": _midnight(asked, asked.until + timedelta(days=1))}
    asked.meta |= {"since": asked.since.isoformat(), "until": asked.until.isoformat()}


def _midnight(asked: Asked, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(asked.town.time_zone))
