"""Settlements of the country: the seat of each village and rows of houses along lanes and canals."""

import numpy as np
import pandas as pd
import shapely

from gridgov.simulate.land.network import walkable
from gridgov.simulate.land.sheet import Ids, Points
from gridgov.simulate.land.survey import Shapes, Survey

_DRAW = {"lane": 5.0, "street": 2.5, "canal": 3.5, "path": 0.3}  # how gladly people settle along a line
_DEEP_M = 38.0  # from a lane to the backs of the gardens
_OFF_M = 7.0  # from the middle of a lane or canal to the houses
_SEAT_REACH_M, _REACH_M = (240.0, 340.0), (70.0, 170.0)
_HAMLETS = (3, 6)  # of a grid, from and below


def seats_of(survey: Survey, villages: pd.DataFrame, rng: np.random.Generator) -> Points:
    """The middle of each village: on a lane or street near its centre; in the core, in a block."""
    along, weight, at = _lines(survey)
    left, right = survey.left[along], survey.right[along]
    seats = np.empty((len(villages), 2))
    for row in range(len(villages)):
        if villages.kind[row] == "urban":
            mine = np.flatnonzero((survey.village[survey.block_grid] == row) & (survey.block_use == ""))
            middle = shapely.get_coordinates(shapely.point_on_surface(survey.blocks[mine]))
        else:
            inside = (left >= 0) & (right >= 0) & (survey.village[left] == row) & (survey.village[right] == row)
            middle = at[np.flatnonzero(inside & (weight > 2))]
        gap = np.hypot(*(middle - middle.mean(0)).T) * np.exp(rng.normal(0, 0.3, len(middle)))
        seats[row] = middle[gap.argmin()]
    return seats


def hamlets(survey: Survey, is_free: Ids, seats: Points, rng: np.random.Generator) -> tuple[Shapes, Ids]:
    """Built-up shapes, each inside one free block, and that block."""
    along, weight, at = _lines(survey)
    left, right = survey.left[along], survey.right[along]
    centres, reach = [seats], [rng.uniform(*_SEAT_REACH_M, len(seats))]
    for grid in np.unique(survey.block_grid[is_free]).tolist():
        here = np.flatnonzero(((left == grid) & (right == grid)) | ((left == grid) & (rng.random(len(left)) < 0.3)))
        if len(here):
            near_core = np.exp(-np.hypot(*(at[here].mean(0) - survey.centre)) / 2200)
            n = int(rng.integers(*_HAMLETS) + round(6 * near_core))
            centres.append(at[rng.choice(here, n, p=weight[here] / weight[here].sum())])
            reach.append(rng.uniform(*_REACH_M, n))
    disc, line = shapely.STRtree(shapely.points(at)).query(
        shapely.points(np.concatenate(centres)), predicate="dwithin", distance=np.concatenate(reach)
    )
    # Houses stand along the lanes; field paths have some only in the heart of a hamlet.
    gap = np.hypot(*(at[line] - np.concatenate(centres)[disc]).T)
    settled = np.unique(line[(weight[line] > 1) | (gap < 0.35 * np.concatenate(reach)[disc])])
    rows = shapely.union_all(shapely.buffer(survey.edges(along)[settled], _DEEP_M, quad_segs=2))
    groups = shapely.get_parts(shapely.buffer(shapely.buffer(rows, 20, quad_segs=2), -20, quad_segs=2))
    free = np.flatnonzero(is_free)
    gardens = shapely.buffer(survey.blocks[free], -_OFF_M, join_style="mitre")
    group, block = shapely.STRtree(gardens).query(groups, predicate="intersects")
    shapes, owner = shapely.get_parts(shapely.intersection(gardens[block], groups[group]), return_index=True)
    plain = shapely.get_type_id(shapes) == 3  # polygons
    return shapes[plain], free[block][owner[plain]]


def _lines(survey: Survey) -> tuple[Ids, Points, Points]:
    """Edges along which people may settle, how gladly, and the middle of each."""
    kinds = np.array([line.kind for line in survey.plan.sheet.lines])[survey.line]
    along = np.flatnonzero(walkable(survey) & np.isin(kinds, list(_DRAW)))
    at = (survey.xy[survey.u[along]] + survey.xy[survey.v[along]]) / 2
    return along, np.array([_DRAW[kind] for kind in kinds[along]]), at
