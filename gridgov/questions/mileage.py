"""mileage: way and time on patrol, and how much of it counts, by grid and period (巡查里程)."""

import pandas as pd

from gridgov.analytics.rates import share
from gridgov.questions.asking import Asked
from gridgov.questions.patrolled import done, every_group, in_order, take_days
from gridgov.questions.watched import require_base


def read(asked: Asked) -> pd.DataFrame:
    """One row a grid of the level asked by and period, the whole town or scope without; what was done outside all comes last.

    effective_km is the way outside stops and inside a grid. Raises QuestionError.
    """
    require_base(asked)
    take_days(asked)
    rows = every_group(asked, done(asked), "minutes", "stop_min", "metres", "effective_m", "n_visits", "n_days")
    rows["km"], rows["effective_km"] = rows["metres"] / 1_000, rows["effective_m"] / 1_000
    rows["effective_share"] = share(rows["effective_km"], rows["km"])
    rows["stop_share"] = share(rows["stop_min"], rows["minutes"])
    return in_order(asked, rows)
