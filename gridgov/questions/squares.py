"""Squares of 200 m over a town, by row and column of degrees: their sides, their outline, the grids they lie in."""

from math import cos, radians
from typing import Final

import pandas as pd
import shapely

from gridgov.questions.asking import Asked
from gridgov.store.database import frame

SIDE_M: Final = 200.0
SQUARE: Final = ["square_row", "square_col"]
_DEGREE_M: Final = 111_195.0
"""Metres in a degree of latitude, on a sphere of 6,371 km."""


def sides(asked: Asked) -> tuple[float, float] | None:
    """Height and width of a square in degrees, at the latitude of the town's middle; None where it has no grids.

    They are bound as :tall and :wide.
    """
    if asked.shown is None:
        return None
    lat = frame(asked.connection, "questions/hotspots/middle", {"set_id": asked.shown.id})["lat"].iloc[0]
    if pd.isna(lat):
        return None
    tall = SIDE_M / _DEGREE_M
    wide = tall / cos(radians(lat))
    asked.values |= {"tall": tall, "wide": wide}
    return tall, wide


def outline(squares: pd.DataFrame, tall: float, wide: float) -> shapely.Geometry:
    """The shape of some squares together, EPSG:4326."""
    west, south = squares["square_col"].to_numpy() * wide, squares["square_row"].to_numpy() * tall
    return shapely.union_all(shapely.box(west, south, west + wide, south + tall), grid_size=1e-7)


def with_grids(asked: Asked, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the code and the name of the grid of their `grid_id`."""
    ids = {"ids": [int(each) for each in rows["grid_id"].unique()]}
    return rows.merge(frame(asked.connection, "questions/grid_names", ids), how="left", on="grid_id")
