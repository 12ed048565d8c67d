"""Which tracks a question counts unless `track` is said: dispatched cases (流转件) only, or 即办件 as well."""

from typing import Final

from gridgov.analytics.marginals import NEVER_DUE
from gridgov.questions.asking import Asked

_DISPATCHED: Final = " AND ".join(f"p.track IS DISTINCT FROM '{track}'" for track in NEVER_DUE)
_NO_SERVICE: Final = "p.track IS DISTINCT FROM 'service'"


def only_dispatched(asked: Asked) -> None:
    """Leave 即办件 and service matters out, unless the track is asked for."""
    asked.only_due = not names_track(asked)
    _unless_asked(asked, _DISPATCHED)


def no_services(asked: Asked) -> None:
    """Leave service matters out, unless the track is asked for."""
    _unless_asked(asked, _NO_SERVICE)


def names_track(asked: Asked) -> bool:
    """True when a filter says the track itself."""
    return any("p.track" in condition for condition in asked.conditions)


def _unless_asked(asked: Asked, condition: str) -> None:
    if not names_track(asked):
        asked.conditions.append(condition)
