"""Whether what is kept day by day (store.marginals) can answer, and by which one thing it is counted there."""

import re
from typing import Final

from gridgov.questions.asking import Asked

_FAMILIES: Final = {
    "grid": {"path", "placed"},
    "unit": {"unit"},
    "facet": {"category", "subcategory", "line", "channel", "source", "track", "is_urgent", "is_duplicate"},
}


def kept_by(asked: Asked) -> str | None:
    """What the marginals count by that is asked for: grid, unit or facet; None where only the stretches can tell.

    They count whole days, cases in the grids they belong to, and one thing at a time.
    """
    if not asked.when.is_day or asked.known_at is not None or asked.placement != "home" or asked.needs_state:
        return None
    used = set(re.findall(r"\bp\.(\w+)", " ".join([*asked.conditions, *(key for _, key in asked.sql_keys())])))
    wanted = [name for name, columns in _FAMILIES.items() if used & columns]
    if len(wanted) > 1 or used - set().union(*_FAMILIES.values()):
        return None
    return wanted[0] if wanted else "grid"
