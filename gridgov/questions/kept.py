"""Whether what is kept day by day (store.marginals) can answer, and by which one thing it is counted there."""

import re
from typing import Final

from gridgov.questions.asking import Asked
from gridgov.store.rulebook import told_until

_FAMILIES: Final = {
    "grid": {"path", "placed"},
    "unit": {"unit"},
    "facet": {"category", "subcategory", "line", "channel", "source", "track", "is_urgent", "is_duplicate"},
}


def kept_by(asked: Asked, *, is_flow: bool = False) -> str | None:
    """What the marginals count by that is asked for: grid, unit or facet; None where only the stretches can tell.

    They count whole days, cases in the grids they belong to, and one thing at a time. What came in and went out (is_flow) on
    a day that is not over is all that is kept of it.
    """
    is_whole = asked.when.is_day or (is_flow and _is_now(asked))
    # Where a part of the last day is asked for, the whole is kept of it.
    return past_kept_by(asked) if is_whole and asked.cut is None else None


def past_kept_by(asked: Asked) -> str | None:
    """The same of the days before that of as_of, which are over whatever as_of is."""
    if asked.known_at is not None or asked.placement != "home" or asked.needs_state:
        return None
    used = set(re.findall(r"\bp\.(\w+)", " ".join([*asked.conditions, *(key for _, key in asked.sql_keys())])))
    wanted = [name for name, columns in _FAMILIES.items() if used & columns]
    if len(wanted) > 1 or used - set().union(*_FAMILIES.values()):
        return None
    return wanted[0] if wanted else "grid"


def cohort_kept_by(asked: Asked) -> str | None:
    """The same for the due cohort, which is kept as it stood at the end of each day; of all together by unit: there are fewest.

    Asked before 即办件 and service matters are left out by a condition: they are not in what is kept.
    """
    judges_closing = asked.rules is not None and asked.rules.on_time.by == "closed"
    names_track = any("p.track" in condition for condition in asked.conditions)
    by_track = any("p.track" in key for _, key in asked.sql_keys())
    if not judges_closing or names_track or by_track:
        return None
    kind, is_of_all = kept_by(asked), not asked.conditions and not asked.keys
    return "unit" if kind and is_of_all else kind


def _is_now(asked: Asked) -> bool:
    """Nothing is told of a time after as_of."""
    until = asked.lasting(told_until, asked.town.id)
    return until is not None and until <= asked.when.at
