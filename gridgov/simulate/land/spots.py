"""Spots: the points where things happen, each with a weight, its grid and a road to name it by."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridgov.simulate.land.cover import Cover
from gridgov.simulate.land.sheet import Ids, NoCut, Points
from gridgov.simulate.land.survey import Shapes, Survey
from gridgov.simulate.model import SPOT_KINDS

_CLEAR_M = 4.5  # off every boundary of both divisions
_EVERY_M = {"trunk": 40.0, "street": 28.0, "lane": 55.0, "path": 420.0}  # along roads
_OFF_M = {"trunk": (12.0, 22.0), "street": (7.0, 13.0), "lane": (5.0, 9.0), "path": (5.0, 8.0)}
_BANK_M = {"river": (150.0, (20.0, 30.0)), "canal": (170.0, (7.0, 14.0))}  # every, off the middle
_IN_DEDICATED = {"market": 90, "school": 20, "park": 120}
_HOME_M2, _FIELD_M2, _SITE_M2 = 850.0, 16_000.0, 1500.0  # of land for each spot
_HEAT = {
    "street": 1.0, "market": 5.0, "home": 0.5, "field": 0.25, "river": 0.6, "park": 0.8, "site": 2.0, "school": 2.0,
    "office": 1.5,
}  # fmt: skip
_SPREAD = 1.25  # sigma of the lognormal weights: a hundredth of the spots has a fifth of the weight
_LEAST = 4  # spots of a street and of homes in every grid


def make_spots(
    survey: Survey, cover: Cover, grids: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, waters: gpd.GeoDataFrame,
    offices: Points, rng: np.random.Generator,
) -> pd.DataFrame:  # fmt: skip
    """x, y, kind, weight, grid, road; sorted by grid. Raises NoCut when a grid is left without streets or homes."""
    xy, kind = _scatter(survey, cover, grids, roads, waters, offices, rng)
    grid = _grid_of(xy, grids.geometry.to_numpy())
    fine = (grid >= 0) & _is_clear(survey, xy)
    xy, kind, grid = xy[fine], kind[fine], grid[fine]
    for name in ("street", "home"):
        n = np.bincount(grid[kind == SPOT_KINDS.index(name)], minlength=len(grids))
        if n.min() < _LEAST:
            raise NoCut(f"{grids.name[int(n.argmin())]} has {n.min()} spots of the kind {name}.")
    heat = np.array([_HEAT[name] for name in SPOT_KINDS])[kind]
    far = np.hypot(*(xy - survey.centre).T)
    weight = heat * np.exp(rng.normal(0, _SPREAD, len(xy))) * (1 + 2 * np.exp(-far / 1200))
    frame = pd.DataFrame({
        "x": xy[:, 0].round(2), "y": xy[:, 1].round(2), "kind": np.array(SPOT_KINDS)[kind], "weight": weight.round(4),
        "grid": grid, "road": _road_of(xy, kind, roads, waters[waters.kind != "pond"]),
    })  # fmt: skip
    return frame.sort_values("grid", kind="stable").reset_index(drop=True)


def _scatter(
    survey: Survey, cover: Cover, grids: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, waters: gpd.GeoDataFrame,
    offices: Points, rng: np.random.Generator,
) -> tuple[Points, Ids]:  # fmt: skip
    """Points and their kinds, everywhere."""
    found: list[tuple[str, Points]] = []
    for name, every in _EVERY_M.items():
        found.append(("street", _along(roads.geometry[roads.kind == name].to_numpy(), every, _OFF_M[name], rng)))
    for name, (every, off) in _BANK_M.items():
        found.append(("river", _along(waters.geometry[waters.kind == name].to_numpy(), every, off, rng)))
    special = cover.dedicated
    for name, n in _IN_DEDICATED.items():
        found.append((name, _inside(special.geometry[special.subkind == name].to_numpy(), n, rng)))
    lived_in = ~np.isin(cover.use[cover.built_block], ["park", "school", "market"])
    homes = cover.built[lived_in]
    found.append(("home", _inside(homes, np.maximum(shapely.area(homes) / _HOME_M2, 1).astype(int), rng)))
    rural = (grids.kind == "rural").to_numpy()[survey.block_grid]
    fields = survey.blocks[rural & (cover.use == "")]
    found.append(("field", _inside(fields, np.maximum(shapely.area(fields) / _FIELD_M2, 1).astype(int), rng)))
    sites = survey.blocks[cover.use == "site"]
    found.append(("site", _inside(sites, np.maximum(shapely.area(sites) / _SITE_M2, 1).astype(int), rng)))
    found.append(("office", np.repeat(offices, 4, axis=0) + rng.normal(0, 14, (len(offices) * 4, 2))))
    kind = np.repeat([SPOT_KINDS.index(name) for name, _ in found], [len(points) for _, points in found])
    return np.concatenate([points for _, points in found]), kind


def _along(lines: Shapes, every: float, off: tuple[float, float], rng: np.random.Generator) -> Points:
    """Points beside lines, on either side, one for so many metres."""
    length = shapely.length(lines)
    n = rng.poisson(length / every)
    line, most = np.repeat(lines, n), np.repeat(length, n) - 1
    at = rng.uniform(0, 1, len(line)) * most
    here = shapely.get_coordinates(shapely.line_interpolate_point(line, at))
    way = shapely.get_coordinates(shapely.line_interpolate_point(line, at + 1)) - here
    way /= np.maximum(np.hypot(*way.T), 1e-6)[:, None]
    side = rng.choice([-1.0, 1.0], len(line)) * rng.uniform(*off, len(line))
    return here + side[:, None] * np.c_[-way[:, 1], way[:, 0]]


def _inside(shapes: Shapes, n: int | Ids, rng: np.random.Generator) -> Points:
    """About n random points in each shape."""
    box = shapely.bounds(shapes)
    fill = shapely.area(shapes) / ((box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1]))
    tries = np.ceil(np.broadcast_to(n, len(shapes)) / fill + 1).astype(int)
    owner = np.repeat(np.arange(len(shapes)), tries)
    xy = box[owner, :2] + rng.uniform(0, 1, (len(owner), 2)) * (box[owner, 2:] - box[owner, :2])
    shapely.prepare(shapes)
    return xy[shapely.contains_xy(shapes[owner], xy[:, 0], xy[:, 1])]


def _grid_of(xy: Points, shapes: Shapes) -> Ids:
    """The polygon that holds each point; -1 = none."""
    shape, point = shapely.STRtree(shapely.points(xy)).query(shapes, predicate="contains")
    found = np.full(len(xy), -1)
    found[point] = shape
    return found


def _is_clear(survey: Survey, xy: Points) -> npt.NDArray[np.bool_]:
    """Whether points keep off the outlines of all grids, now and before the boundary change."""
    is_outline = np.zeros(len(survey.u), dtype=bool)
    for division in (survey.block_grid, survey.block_before):
        sides = [np.where(block < 0, -1, division[block]) for block in (survey.left_block, survey.right_block)]
        is_outline |= sides[0] != sides[1]
    tree = shapely.STRtree(survey.edges(is_outline))
    clear = np.ones(len(xy), dtype=bool)
    clear[tree.query(shapely.points(xy), predicate="dwithin", distance=_CLEAR_M)[0]] = False
    return clear


def _road_of(xy: Points, kind: Ids, roads: gpd.GeoDataFrame, waters: gpd.GeoDataFrame) -> npt.NDArray[np.object_]:
    """The name of the nearest road, or of the nearest water for what happens on a bank."""
    names = np.empty(len(xy), dtype=object)
    on_bank = kind == SPOT_KINDS.index("river")
    for which, ways in ((on_bank, waters), (~on_bank, roads)):
        ends, way = shapely.get_coordinates(ways.geometry.to_numpy(), return_index=True)
        same = way[1:] == way[:-1]
        pieces = shapely.linestrings(np.stack([ends[:-1][same], ends[1:][same]], axis=1))
        point, piece = shapely.STRtree(pieces).query_nearest(shapely.points(xy[which]), all_matches=False)
        names[np.flatnonzero(which)[point]] = ways.name.to_numpy()[way[1:][same][piece]]
    return names
