"""duplicates and duplicate_clusters: second reports of a trouble that is known and still open."""

import geopandas as gpd
import pandas as pd

from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.cohorts import take_one_period
from gridgov.questions.periods import take_period
from gridgov.questions.rates import rated
from gridgov.questions.shaping import by_grid
from gridgov.questions.tracks import no_services
from gridgov.store.database import with_geometry

LIMIT = 100
"""So many rows of a list unless asked otherwise."""


def read(asked: Asked) -> pd.DataFrame:
    """One row a group: cases reported in the period, and how many of them are duplicates, found and said by the source."""
    take_one_period(asked)
    no_services(asked)
    rows = by_grid(asked, asked.read(keys=asked.sql_keys()))
    counts = [name for name in rows if name.startswith("n_")]
    rows[counts] = rows[counts].astype("int64")
    rows = rated(asked, rows, "found_share", rows["n_found"], rows["n_reported"])
    return rated(asked, rows, "said_share", rows["n_said"], rows["n_reported"])


def read_clusters(asked: Asked) -> gpd.GeoDataFrame:
    """One row a problem with a duplicate in the period, the most reports first; meta `n_total` says how many there are."""
    take_period(asked)
    take_page(asked)
    if asked.needs_state:
        raise QuestionError("duplicate_clusters tells of problems, not of the state of a case; ask without `state`.")
    rows = asked.read()
    asked.meta["n_total"] = int(rows["n_total"].iloc[0]) if len(rows) else 0
    span_h = (pd.to_datetime(rows["last_at"]) - pd.to_datetime(rows["first_at"])).dt.total_seconds() / 3_600
    rows.insert(rows.columns.get_loc("radius_m"), "span_h", span_h)
    return with_geometry(rows.drop(columns="n_total"))


def take_page(asked: Asked) -> None:
    """Bind :limit and :offset. Raises QuestionError when one is negative."""
    limit = LIMIT if asked.limit is None else asked.limit
    if limit < 0 or asked.offset < 0:
        raise QuestionError("limit and offset are 0 or more.")
    asked.values |= {"limit": limit, "offset": asked.offset}
