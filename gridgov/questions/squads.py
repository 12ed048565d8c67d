"""squads: what the people of a squad covered of their own territory, and how much of their time they were there."""

from typing import Any, Final

import numpy as np
import pandas as pd

from gridgov.analytics.patrol.cells import CELL_M, Cells, of_owners, shared, sizes, union
from gridgov.analytics.rates import share
from gridgov.questions.asking import Asked
from gridgov.questions.patrolled import in_order, take_days
from gridgov.questions.watched import Watched, grounds, require_base, watched
from gridgov.store.database import frame
from gridgov.store.visits import swept_by

FEW: Final = 3
"""A unit with fewer people on patrol is named, and nothing told of it."""


def read(asked: Asked) -> pd.DataFrame:
    """One row a unit, villages apart, whose people were on patrol in the window, by its code; the unit is never a person.

    Areas are those of cells of 5 m (m2); meta `note` says so where no map tells which land is to be patrolled.
    """
    require_base(asked)
    since, until = take_days(asked)
    people = frame(asked.connection, "questions/squads/people", asked.values | {"since_on": since, "until_on": until})
    if people.empty:
        return pd.DataFrame(columns=list(asked.definition.columns))
    ground = watched(asked, grounds(asked))
    number, units = pd.factorize(people["unit"], sort=True)
    workers = people["worker_id"].tolist()
    values: dict[str, Any] = {"since_on": since, "until_on": until, "worker_ids": workers, "units": number.tolist()}
    done = frame(asked.connection, "questions/squads/done", asked.values | values)
    swept = swept_by(asked.connection, asked.town.id, since, until, workers)
    swept = union(swept, pd.Series(number, index=workers).loc[swept.owner].to_numpy(np.int64))
    parts = [_unit(asked, ground, swept, k, people[number == k], done[done["unit"] == k]) for k in range(len(units))]
    rows = pd.DataFrame(parts)
    measured = [name for name in rows if name not in ("unit", "unit_name", "n_people", "due_m2")]
    rows[measured] = rows[measured].astype(float).where(rows["n_people"] >= FEW)  # of so few it would be told of each
    if not len(ground.finest.block):
        rows[["covered_m2", "due_m2"]] = np.nan
    rows["covered_share"] = share(rows["covered_m2"], rows["due_m2"])
    rows["home_share"] = share(rows["home_min"], rows["minutes"])
    return in_order(asked, rows)


def _unit(
    asked: Asked, ground: Watched, swept: Cells, number: int, people: pd.DataFrame, done: pd.DataFrame
) -> dict[str, Any]:
    """The row of one unit."""
    first, whole = people.iloc[0], done[done["is_whole"]].iloc[0]
    values = {"set_id": asked.shown.id if asked.shown else None, "codes": list(first["territory"]) or None}
    home = frame(asked.connection, "questions/squads/territory", values)
    due, own = of_owners(ground.to_patrol, home["id"].to_numpy(np.int64)), of_owners(swept, [number])
    return {
        "unit": first["unit"], "unit_name": first["unit_name"], "n_people": len(people), "n_days": int(whole["n_days"]),
        "covered_m2": shared(own, union(due))[2].sum() * CELL_M**2, "due_m2": sizes(due)[1].sum() * CELL_M**2,
        "swept_m2": sizes(own)[1].sum() * CELL_M**2, "minutes": whole["minutes"], "km": whole["metres"] / 1_000,
        "effective_km": whole["effective_m"] / 1_000,
        "home_min": done.loc[done["code"].isin(home["code"]), "minutes"].sum(),
    }  # fmt: skip
