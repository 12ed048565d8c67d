"""What questions on outcomes in a period have in common: the period, who is counted, and which rule judges."""

from datetime import timedelta
from typing import cast

from gridgov.analytics.periods import Kind, period
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.periods import take_period

_BACK = {"day": 30, "week": 26 * 7, "month": 365, "quarter": 3 * 365, "year": 5 * 365}
"""How far back an answer by periods goes when `since` is not given, days."""

_APART = "p.track IS DISTINCT FROM 'self_handled' AND p.track IS DISTINCT FROM 'service'"


def take_outcomes(asked: Asked, *, has_state: bool = False) -> None:
    """Settle the period, and count dispatched cases (流转件) only, unless `track` is said.

    Without `since` the month of `until`; asked by periods the last 31 days, 26 weeks, 12 months, 3 or 5 years.
    Raises QuestionError where the state is asked for that a question of steps cannot tell (has_state=False).
    """
    if asked.needs_state and not has_state:
        raise QuestionError(
            f"'{asked.definition.id}' counts what happened to cases, not the state they are in; ask without `state`."
        )
    if asked.period is not None:
        kind = cast("Kind", asked.period)
        asked.until = min(asked.until or asked.when.on, asked.when.on)
        asked.since = asked.since or period(asked.until - timedelta(_BACK[kind]), kind, asked.cycle).begin
        asked.meta["period"] = kind
    take_period(asked)
    if not names_track(asked):
        asked.conditions.append(_APART)


def names_track(asked: Asked) -> bool:
    """True when a filter says the track itself."""
    return any("p.track" in condition for condition in asked.conditions)


def judges_handling(asked: Asked) -> bool:
    """True when the town's rules say that the handling, not the closing, must come before the deadline."""
    return asked.rules is not None and asked.rules.on_time.by == "handled"
