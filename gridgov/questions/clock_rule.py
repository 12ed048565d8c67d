"""What each step of a case does to its clock, by the rules: one of vocabulary.CLOCKS."""

from collections.abc import Iterable
from typing import Any

from gridgov.process import EVENTS
from gridgov.rules import Rules
from gridgov.vocabulary import ENDED


def clock_of(rules: Rules, track: str | None, steps: Iterable[Any]) -> list[str]:
    """What each step does, in order. A step has event, basis (event, or row: then it is a state) and the state after it."""
    steps = list(steps)
    is_flat = all(step.basis == "row" for step in steps)
    starts = rules.clock.starts.flat if is_flat else getattr(rules.clock.starts, track or "unknown")
    found: list[str] = []
    has_started = is_over = False
    for step in steps:
        known = EVENTS.get(step.event)
        if step.event == "reopened":
            has_started, is_over = rules.clock.reopened == "keep" or starts == "reported", False
            found.append("anew" if rules.clock.reopened == "new" else "old_again")
        elif is_over:
            found.append("over")
        elif step.state in ENDED:
            is_over = True
            found.append("ends")
        elif not has_started and step.event == starts:
            has_started = True
            found.append("starts")
        elif not has_started:
            found.append("not_yet")
        elif known is not None and known.is_side:
            found.append("new_deadline" if step.event == "extended" else "runs")
        elif step.state in rules.clock.pauses:
            found.append("stands")
        elif step.event == "resumed":
            found.append("resumes")
        elif step.event == rules.clock.stops:
            found.append("stops")
        elif step.event == "rework":
            found.append("runs_again" if rules.clock.stops == "handled" else "runs")
        else:
            found.append("runs")
    return found
