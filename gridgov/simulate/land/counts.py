"""What each grid holds: residents, households, firms, kilometres of road, and the land to patrol."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgov.simulate.land.cover import Cover
from gridgov.simulate.land.network import walkable
from gridgov.simulate.land.sheet import Ids, Points
from gridgov.simulate.land.survey import Shapes, Survey

_PER_HOUSEHOLD = 3.2
_FIRMS = (1040, 1260)


def apportion(weight: Points, total: int) -> Ids:
    """Whole numbers in proportion to weights that add up to a total: largest remainders."""
    exact = weight / weight.sum() * total
    whole = np.floor(exact).astype(np.int64)
    extra = np.argsort(-(exact - whole), kind="stable")[: total - whole.sum()]
    whole[extra] += 1
    return whole


def make_grids(
    survey: Survey, villages: pd.DataFrame, cover: Cover, roads: gpd.GeoDataFrame, width: dict[str, float], crs: str,
    rng: np.random.Generator,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:  # fmt: skip
    """The grids now and before the boundary change, with the columns of Land.grids.

    The people of the land that changed hands are counted where it lay: the residents of now add up to those published
    for each village, those of before to the same total of the town.
    """
    names = _names(survey, villages)
    now = _people(survey, villages, cover, rng)
    shapes, shapes_before = survey.grids(survey.block_grid), survey.grids(survey.block_before)
    built_now = survey.block_grid[cover.built_block]
    built_before = survey.block_before[cover.built_block]
    measured = _measure(shapes, roads, cover.built, built_now, width)
    moved = built_now != built_before
    changed = np.unique(
        np.r_[survey.block_grid, survey.block_before][np.tile(survey.block_grid != survey.block_before, 2)]
    )
    measured_before = measured.copy()
    measured_before.loc[changed] = _measure(shapes_before[changed], roads, cover.built, built_before, width, changed)
    before = now.copy()
    taker, giver = changed[np.isin(changed, built_now[moved])], changed[np.isin(changed, built_before[moved])]
    if len(taker) and len(giver):
        built = shapely.area(cover.built)
        share = built[moved].sum() / built[built_now == taker[0]].sum()
        with_it = (now.loc[taker[0]] * share).round().astype(np.int64)
        before.loc[taker[0]] -= with_it
        before.loc[giver[0]] += with_it
    return (
        _as_grids(names, now, measured, _road_km(survey, survey.block_grid), shapes, crs),
        _as_grids(names, before, measured_before, _road_km(survey, survey.block_before), shapes_before, crs),
    )


def _names(survey: Survey, villages: pd.DataFrame) -> pd.DataFrame:
    """code, name, village, kind of each grid."""
    row = survey.village
    return pd.DataFrame({
        "code": [villages.code[v] + f"{n:03d}" for v, n in zip(row, survey.number, strict=True)],
        "name": [f"{villages.name[v]}第{n}网格" for v, n in zip(row, survey.number, strict=True)],
        "village": row,
        "kind": villages.kind.to_numpy()[row],
    })  # fmt: skip


def _people(survey: Survey, villages: pd.DataFrame, cover: Cover, rng: np.random.Generator) -> pd.DataFrame:
    """residents (exact for each village), households and firms of each grid now."""
    n = len(survey.village)
    built = np.bincount(survey.block_grid[cover.built_block], shapely.area(cover.built), n)
    middle = shapely.get_coordinates(shapely.centroid(survey.grids(survey.block_grid)))
    from_seat = np.hypot(*(middle - cover.seats[survey.village]).T)
    urban = (villages.kind == "urban").to_numpy()[survey.village]
    near_seat = 1 + 0.8 * np.exp(-from_seat / np.where(urban, 400, 900))
    weight = (built + 3000) ** 0.7 * np.exp(rng.normal(0, 0.3, n)) * near_seat
    residents = np.empty(n, dtype=np.int64)
    for row in range(len(villages)):
        mine = survey.village == row
        residents[mine] = apportion(weight[mine], int(villages.residents[row]))
    per_household = _PER_HOUSEHOLD * np.exp(rng.normal(0, 0.05, n))
    is_park = cover.use == "park"
    park_m2 = np.bincount(survey.block_grid[is_park], shapely.area(survey.blocks[is_park]), n)
    trade = park_m2 / 5000 + residents * np.where(urban, 0.006, 0.0022) * np.exp(rng.normal(0, 0.4, n))
    return pd.DataFrame({
        "residents": residents,
        "households": np.maximum((residents / per_household).round(), 1).astype(np.int64),
        "firms": apportion(trade, int(rng.integers(*_FIRMS))),
    })  # fmt: skip


def _measure(
    shapes: Shapes, roads: gpd.GeoDataFrame, built: Shapes, built_grid: Ids, width: dict[str, float],
    rows: Ids | None = None,
) -> pd.DataFrame:  # fmt: skip
    """built_up_m2 and patrollable_m2 (built-up land and roads as wide as they are) of grids, all or some rows of them."""
    rows = np.arange(len(shapes)) if rows is None else rows
    half = roads.kind.map(width).to_numpy() / 2
    strips = shapely.buffer(roads.geometry.to_numpy(), half, cap_style="flat", quad_segs=2)
    shapely.prepare(shapes)
    grid, strip = shapely.STRtree(strips).query(shapes, predicate="intersects")
    found = []
    for k, row in enumerate(rows.tolist()):
        houses = built[built_grid == row]  # they do not overlap: each keeps inside its block
        patrolled = shapely.union_all([*strips[strip[grid == k]], *houses])
        found.append((shapely.area(houses).sum(), shapely.intersection(patrolled, shapes[k]).area))
    frame = pd.DataFrame(found, columns=["built_up_m2", "patrollable_m2"], index=rows)
    return frame.round().astype(np.int64)


def _road_km(survey: Survey, block_grid: Ids) -> Points:
    """Kilometres of road in each grid; a road on a boundary counts half on either side."""
    kinds = np.array([line.kind for line in survey.plan.sheet.lines])[survey.line]
    is_road = walkable(survey) & (kinds != "canal")
    half = np.hypot(*(survey.xy[survey.u] - survey.xy[survey.v]).T)[is_road] / 2000
    km = np.zeros(len(survey.village))
    for block in (survey.left_block[is_road], survey.right_block[is_road]):
        np.add.at(km, block_grid[block[block >= 0]], half[block >= 0])
    return km.round(3)


def _as_grids(
    names: pd.DataFrame, counted: pd.DataFrame, measured: pd.DataFrame, km: Points, shapes: Shapes, crs: str
) -> gpd.GeoDataFrame:
    """The columns of Land.grids in their order."""
    frame = pd.concat([names, counted.assign(road_km=km), measured], axis=1)
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=crs)
