"""Which routes were planned on which days, as a plan of patrols says it."""

from datetime import date

import pandas as pd

from gridgov.questions.asking import Asked
from gridgov.store.database import frame


def routes(asked: Asked, level: int, since: date, until: date) -> pd.DataFrame:
    """Spells of routes that were planned on some day of a window (both inclusive), see sql/questions/routes.sql."""
    values = {
        "town_id": asked.town.id, "set_id": asked.shown.id if asked.shown else None, "level": level,
        "since_on": since, "until_on": until, "scope_ids": asked.values.get("scope_ids"),
    }  # fmt: skip
    return frame(asked.connection, "questions/routes", values)
