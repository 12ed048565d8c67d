"""repeats and repeat_places: troubles that were closed, and came back."""

from datetime import timedelta

import geopandas as gpd
import numpy as np
import pandas as pd

from gridgov.analytics.likeness import chains
from gridgov.questions.asking import Asked
from gridgov.questions.cohorts import take_one_period
from gridgov.questions.duplicates import take_page
from gridgov.questions.periods import take_period
from gridgov.questions.rates import rated
from gridgov.questions.shaping import by_grid
from gridgov.questions.tracks import only_dispatched
from gridgov.store.database import frame, with_geometry

DAYS = (30, 90)
"""A trouble that was closed is watched for so many times 24 hours."""

BACK = timedelta(days=365)
"""How far back the list of places goes when `since` is not given."""


def read(asked: Asked) -> pd.DataFrame:
    """One row a group: cases closed in the period, those watched for 30 and 90 days, and those reported again by then."""
    take_one_period(asked)
    only_dispatched(asked)
    rows = by_grid(asked, asked.read(keys=asked.sql_keys()))
    counts = [name for name in rows if name.startswith("n_")]
    rows[counts] = rows[counts].astype("int64")
    for days in DAYS:
        watched = rows[f"n_watched_{days}"]
        rows = rated(asked, rows, f"fixed_rate_{days}", watched - rows[f"n_back_{days}"], watched)
    return rows


def read_places(asked: Asked) -> gpd.GeoDataFrame:
    """One row a place where a trouble came back in the period, the most returns first; meta `n_total`: how many there are."""
    take_period(asked, back=BACK)
    only_dispatched(asked)
    take_page(asked)
    names = {"placement": asked.placement, "conditions": asked.conditions}
    places = _places(frame(asked.connection, "questions/repeat_places/links", asked.values, **names))
    asked.meta["n_total"] = len(places)
    page = places.iloc[asked.offset : asked.offset + asked.values["limit"]]
    told = frame(
        asked.connection,
        "questions/repeat_places/read",
        {**asked.values, "ids": page["last_id"].tolist()},
        placement=asked.placement,
    )
    rows = page.merge(told, left_on="last_id", right_on="id").drop(columns=["last_id", "id"])
    front = ["case_no", *[name for name in page if name != "last_id"]]
    return with_geometry(rows[[*front, *[name for name in rows if name not in front]]])


def _places(links: pd.DataFrame) -> pd.DataFrame:
    """The chains that links make, the most returns first: last_id (case last reported), n_back, n_closings and when."""
    known, place = np.unique(links[["case_id", "next_id"]].to_numpy(np.int64), return_inverse=True)
    left, right = place.reshape(-1, 2).T
    links = links.assign(
        chain=known[chains(len(known), left, right)[left]] if len(links) else np.empty(0, np.int64),
        days=(pd.to_datetime(links["again_at"]) - pd.to_datetime(links["closed_at"])).dt.total_seconds() / 86_400,
    ).sort_values(["again_at", "next_id", "closed_at"])
    places = links.groupby("chain").agg(
        last_id=("next_id", "last"),
        n_back=("next_id", "nunique"),
        n_closings=("case_id", "size"),
        first_closed_at=("closed_at", "min"),
        last_at=("again_at", "last"),
        quiet_days=("days", "median"),
        units=("unit", lambda names: ", ".join(sorted(names.dropna().unique())) or None),
    )
    return places.sort_values(["n_back", "last_at", "last_id"], ascending=False, ignore_index=True)
