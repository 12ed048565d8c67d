"""What questions on outcomes in a period have in common: the period, who is counted, and which rule judges."""

from typing import cast

from gridgov.analytics.periods import Kind
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.periods import take_period, take_periods
from gridgov.questions.tracks import only_dispatched


def take_outcomes(asked: Asked, *, has_state: bool = False) -> None:
    """Settle the period or periods, and count dispatched cases (流转件) only, unless `track` is said.

    Raises QuestionError where the state is asked for that a question of steps cannot tell (has_state=False).
    """
    if asked.needs_state and not has_state:
        raise QuestionError(
            f"'{asked.definition.id}' counts what happened to cases, not the state they are in; ask without `state`."
        )
    if asked.period is None:
        take_period(asked)
    else:
        take_periods(asked, cast("Kind", asked.period))
    only_dispatched(asked)


def judges_handling(asked: Asked) -> bool:
    """True when the town's rules say that the handling, not the closing, must come before the deadline."""
    return asked.rules is not None and asked.rules.on_time.by == "handled"
