"""hotline: the six rates a citizens' hotline (12345) is judged by."""

from typing import Final

import pandas as pd

from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.outcomes import judges_handling, take_outcomes
from gridgov.questions.rates import rated
from gridgov.questions.shaping import shaped
from gridgov.store.database import frame

RATES: Final = (
    ("signed_in_time_rate", "n_signed_in_time", "n_sign_due"),
    ("on_time_rate", "n_on_time", "n_due"),
    ("solved_rate", "n_solved", "n_closed"),
    ("satisfied_rate", "n_content", "n_rated"),
    ("duplicate_rate", "n_duplicate_orders", "n_reported"),
    ("returned_rate", "n_returned_cases", "n_orders_dispatched"),
)
"""The six: name, numerator, denominator."""


def read(asked: Asked) -> pd.DataFrame:
    """One row a period (if asked by periods) and group. Raises QuestionError where no channel is a hotline by its word."""
    take_outcomes(asked)
    only_hotlines(asked)
    rows = asked.read(by_handled=judges_handling(asked), period=asked.period, keys=asked.sql_keys())
    content = rows["n_fair"] + rows["n_satisfied"] + rows["n_very_satisfied"]
    rows.insert(rows.columns.get_loc("n_dissatisfied"), "n_content", content)
    rows = shaped(asked, rows)
    for name, part, whole in RATES:
        rows = rated(asked, rows, name, rows[part], rows[whole])
    return rows


def only_hotlines(asked: Asked) -> None:
    """Leave out what came by other channels, unless the channel is asked for. Raises QuestionError where none is a hotline."""
    if not any("p.channel" in condition for condition in asked.conditions):
        asked.values["hotlines"] = _hotlines(asked)
        asked.conditions.append("p.channel = ANY(CAST(:hotlines AS text[]))")
        asked.meta["channels"] = asked.values["hotlines"]


def _hotlines(asked: Asked) -> list[str]:
    found = list(frame(asked.connection, "questions/hotline/channels", {"town_id": asked.town.id})["code"])
    if not found:
        raise QuestionError(
            f"No channel of '{asked.town.code}' is a hotline by its word ('hotline', '12345', '热线');"
            " say which one it is with where channel=..."
        )
    return found
