"""idle_surface: for how long nobody came near, place by place: the land to patrol in squares that a map can show."""

import numpy as np
import pandas as pd

from gridgov.analytics.patrol.cells import CELL_M, union
from gridgov.analytics.patrol.surface import idle_squares, step_of
from gridgov.analytics.rates import share
from gridgov.crs import parse_datum, to_wgs84
from gridgov.questions.asking import Asked
from gridgov.questions.patrolled import in_order
from gridgov.questions.watched import grounds, known_since, last_day, watched
from gridgov.store.visits import day_number, last_visits_of


def read(asked: Asked) -> pd.DataFrame:
    """One row a square that holds land to patrol (all land where no map is loaded, meta `note` says so).

    lon and lat are its middle (EPSG:4326). Meta `square_m` is the side in metres; `n_rows`, `n_cols`, `first_row` and
    `first_col` the frame around all squares; `corners` the longitude and latitude of its corners: north-west, north-east,
    south-east, south-west. Meta `known_since` is the first day of the tracks. Raises QuestionError.
    """
    ground, first, last = watched(asked, grounds(asked)), known_since(asked), last_day(asked)
    asked.meta["known_since"] = None if first is None else first.isoformat()
    land = union(ground.to_patrol)
    if first is None or asked.town.crs is None or not len(land.block):
        return pd.DataFrame(columns=list(asked.definition.columns))
    blocks = None if asked.scope is None else ground.blocks
    visits = last_visits_of(asked.connection, asked.town.id, last, blocks, land)
    step = step_of(land)
    rows = idle_squares(visits, land, day_number(last), day_number(first), step)
    rows["never_share"] = share(rows["n_never"], rows["n_cells"])
    side_m, datum = step * CELL_M, parse_datum(asked.town.crs)
    middle = to_wgs84((rows["square_col"] + 0.5) * side_m, (rows["square_row"] + 0.5) * side_m, datum)
    rows["lon"], rows["lat"] = (np.round(degrees, 7) for degrees in middle)
    south, north = int(rows["square_row"].min()), int(rows["square_row"].max()) + 1
    west, east = int(rows["square_col"].min()), int(rows["square_col"].max()) + 1
    edges = np.array([[west, north], [east, north], [east, south], [west, south]], np.float64) * side_m
    corners = np.column_stack(to_wgs84(edges[:, 0], edges[:, 1], datum)).round(7).tolist()
    asked.meta |= {
        "square_m": side_m,
        "first_row": south,
        "first_col": west,
        "n_rows": north - south,
        "n_cols": east - west,
    }
    asked.meta["corners"] = corners
    return in_order(asked, rows)
