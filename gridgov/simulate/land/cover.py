"""What covers the land: what each block is for, schools, markets and industrial parks, lakes and fish ponds."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridgov.simulate.land.settlements import hamlets, seats_of
from gridgov.simulate.land.sheet import Ids, NoCut, Points
from gridgov.simulate.land.survey import Shapes, Survey
from gridgov.simulate.land.ways import stem_of

_PARK_FAR_M = (1300.0, 4500.0)  # from the bridge
_PARK_APART_M = 1800.0
_PARK_M2 = (0.3e6, 0.6e6)
_SCHOOL_M2 = (13_000.0, 50_000.0)
_MARKET_M2 = (4_500.0, 14_000.0)
_POND_HEARTS, _POND_REACH_M = 9, 650.0
_DYKE_M = 7.0


@dataclass(frozen=True)
class Cover:
    """What was settled and flooded.

    use           of each block: "", bank, lake, park, school, market, green, site, pond
    built         built-up polygons, each inside one block; built_block: that block
    water         lakes and ponds, name, kind (pond), geometry
    seats         the middle of each village, where its office stands
    dedicated     as in Land
    """

    use: npt.NDArray[np.str_]
    built: Shapes
    built_block: Ids
    water: gpd.GeoDataFrame
    seats: Points
    dedicated: gpd.GeoDataFrame


def make_cover(
    survey: Survey,
    villages: pd.DataFrame,
    names: dict[str, Any],
    counts: dict[str, int],
    code: str,
    crs: str,
    rng: np.random.Generator,
) -> Cover:
    """Settle the land.

    counts  how many dedicated grids of each subkind there are
    code    what their codes begin with
    raises  NoCut when there is no room for them
    """
    blocks = _Blocks(survey, villages)
    seats = seats_of(survey, villages, rng)
    found = _parks(survey, blocks, names, counts["park"], rng) + _in_town(blocks, seats, names, counts)
    order = {"school": 0, "park": 1, "market": 2}
    found.sort(key=lambda row: order[row[1]])
    dedicated = gpd.GeoDataFrame(
        {
            "code": [f"{code}Z{k:02d}" for k in range(1, len(found) + 1)],
            "name": [name for name, *_ in found],
            "subkind": [subkind for _, subkind, _, _ in found],
        },
        geometry=[shape for _, _, _, shape in found],
        crs=crs,
    )
    town = blocks.is_urban & (blocks.use == "")
    blocks.use[town] = rng.choice(["", "green", "site"], town.sum(), p=[0.92, 0.04, 0.04])
    built, built_block = hamlets(survey, ~blocks.is_urban & (blocks.use == ""), seats, rng)
    dense = np.flatnonzero(blocks.is_urban & np.isin(blocks.use, ["", "site"]))
    halls = np.flatnonzero(blocks.use == "park")
    special = [(block, shape) for _, kind, block, shape in found if kind != "park"]
    built = np.concatenate([
        built,
        shapely.buffer(survey.blocks[dense], -6.5, join_style="mitre"),
        shapely.buffer(survey.blocks[halls], -14.0, join_style="mitre"),
        np.array([shape for _, shape in special], dtype=object),
    ])  # fmt: skip
    built_block = np.r_[built_block, dense, halls, [block for block, _ in special]]
    good = shapely.area(built) > 60
    built, built_block = built[good], built_block[good]
    water = _still_water(survey, blocks, built_block, names, crs, rng)
    return Cover(blocks.use, built, built_block, water, seats, dedicated)


class _Blocks:
    """Blocks with what is asked of them again and again."""

    def __init__(self, survey: Survey, villages: pd.DataFrame) -> None:
        self.shapes = survey.blocks
        self.use = survey.block_use.astype("U8")
        self.village = survey.village[survey.block_grid]
        self.stems = [stem_of(name) for name in villages.name]
        self.residents = villages.residents.to_numpy()
        self.is_urban = (villages.kind == "urban").to_numpy()[self.village]
        self.area = shapely.area(survey.blocks)
        self.middle = shapely.get_coordinates(shapely.centroid(survey.blocks))


_Dedicated = tuple[str, str, int, shapely.Geometry]
"""Name, subkind, a block of it, outline."""


def _parks(
    survey: Survey, blocks: _Blocks, names: dict[str, Any], n: int, rng: np.random.Generator
) -> list[_Dedicated]:
    """Industrial parks: neighbouring blocks of one grid along a trunk road, not far from the core, each in a village."""
    tree = shapely.STRtree(survey.blocks)
    trunk = np.array([line.kind for line in survey.plan.sheet.lines])[survey.line] == "trunk"
    roadside = np.zeros(len(blocks.area), dtype=bool)
    roadside[np.unique(tree.query(survey.edges(trunk), predicate="intersects")[1])] = True
    far = np.hypot(*(blocks.middle - survey.centre).T)
    near, most = _PARK_FAR_M
    moved = survey.block_grid != survey.block_before
    start = np.flatnonzero(roadside & ~blocks.is_urban & (blocks.use == "") & (far > near) & (far < most) & ~moved)
    start = start[np.argsort(far[start] * np.exp(rng.normal(0, 0.25, len(start))), kind="stable")]
    found: list[_Dedicated] = []
    taken: list[Points] = []
    villages: set[int] = set()
    for first in start.tolist():
        if len(found) == n:
            break
        village = int(blocks.village[first])
        if village in villages or any(np.hypot(*(blocks.middle[first] - at)) < _PARK_APART_M for at in taken):
            continue
        room = blocks.area[survey.block_grid == survey.block_grid[first]].sum()
        grown, want = [first], min(rng.uniform(*_PARK_M2), 0.5 * room)  # people live beside it
        while blocks.area[grown].sum() < want:
            beside = np.unique(tree.query(survey.blocks[grown], predicate="intersects")[1])
            same = (survey.block_grid[beside] == survey.block_grid[first]) & (blocks.use[beside] == "")
            fresh = np.setdiff1d(beside[same & ~moved[beside]], grown)
            if not len(fresh):
                break
            heart = blocks.middle[grown].mean(0)
            grown.append(int(fresh[((blocks.middle[fresh] - heart) ** 2).sum(1).argmin()]))
        shape = shapely.buffer(shapely.coverage_union_all(survey.blocks[grown]), -12.0, join_style="mitre")
        if blocks.area[grown].sum() < _PARK_M2[0] * 0.8 or shape.geom_type != "Polygon":
            continue
        blocks.use[grown] = "park"
        villages.add(village)
        taken.append(blocks.middle[first])
        found.append((names["park"][len(found)], "park", first, shape))
    if len(found) < n:
        raise NoCut(f"There is room for {len(found)} industrial parks instead of {n}.")
    return found


def _in_town(blocks: _Blocks, seats: Points, names: dict[str, Any], counts: dict[str, int]) -> list[_Dedicated]:
    """Schools and markets, a block each near the seat of a village, kept off its streets.

    Markets and most schools lie in the urban communities, a quarter of the schools in the largest rural villages.
    """
    urban = np.unique(blocks.village[blocks.is_urban])
    rural = np.unique(blocks.village[~blocks.is_urban])
    rural = rural[np.argsort(-blocks.residents[rural], kind="stable")]
    n = counts["school"] // 4
    where = {
        "school": [*np.resize(urban, counts["school"] - n).tolist(), *np.resize(rural, n).tolist()],
        "market": np.resize(urban, counts["market"]).tolist(),
    }
    found: list[_Dedicated] = []
    for kind, (low, high), off in (("school", _SCHOOL_M2, 9.0), ("market", _MARKET_M2, 8.0)):
        for form, village in zip(names[kind], where[kind], strict=False):
            room = (blocks.area > low) & (blocks.area < high) & (blocks.use == "") & (blocks.village == village)
            possible = np.flatnonzero(room)
            if not len(possible):
                raise NoCut(f"There is no block for a {kind}.")
            gap = np.hypot(*(blocks.middle[possible] - seats[village]).T)
            away = [np.hypot(*(blocks.middle[possible] - blocks.middle[block]).T) for _, _, block, _ in found]
            lonely = np.minimum.reduce([np.full(len(possible), 500.0), *away])  # not all in one street
            for block in possible[np.argsort(gap - 2 * lonely, kind="stable")].tolist():
                shape = shapely.buffer(blocks.shapes[block], -off, join_style="mitre")
                if shape.geom_type == "Polygon" and shape.area > 0.4 * low:
                    break
            else:
                raise NoCut(f"There is no block for a {kind}.")
            blocks.use[block] = kind
            found.append((form.format(blocks.stems[village]), kind, block, shape))
    return found


def _still_water(
    survey: Survey, blocks: _Blocks, built_block: Ids, names: dict[str, Any], crs: str, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Lakes, and fish ponds in clusters where nobody lives: a block in basins with dykes between them."""
    lakes = survey.blocks[blocks.use == "lake"]
    round_m = 0.27 * np.sqrt(shapely.area(lakes))
    lakes = shapely.buffer(shapely.buffer(lakes, -round_m - 22, quad_segs=8), round_m, quad_segs=8)
    lakes = np.array([shape for shape in lakes if shape.geom_type == "Polygon" and not shape.is_empty], dtype=object)
    empty = np.setdiff1d(np.flatnonzero(~blocks.is_urban & (blocks.use == "")), built_block)
    hearts = blocks.middle[rng.choice(empty, min(_POND_HEARTS, len(empty)), replace=False)]
    gap = np.hypot(*(blocks.middle[empty][:, None] - hearts[None]).transpose(2, 0, 1)).min(1)
    chosen = empty[rng.random(len(empty)) < 0.85 * np.exp(-((gap / _POND_REACH_M) ** 2))]
    blocks.use[chosen] = "pond"
    basins = [part for block in chosen for part in _basins(survey.blocks[block], rng.uniform(42, 75))]
    ponds = [part for part in basins if part.area > 1200]
    called = [*rng.permutation(names["lake"])[: len(lakes)], *(f"{k}号鱼塘" for k in range(1, len(ponds) + 1))]
    return gpd.GeoDataFrame({"name": called, "kind": "pond"}, geometry=[*lakes, *ponds], crs=crs)


def _basins(block: shapely.Polygon, wide: float) -> list[shapely.Polygon]:
    """A block in parallel basins across its longer side."""
    inner = block.buffer(-14, join_style="mitre")
    if inner.is_empty:
        return []
    corner = shapely.get_coordinates(shapely.minimum_rotated_rectangle(inner))
    one, other = corner[1] - corner[0], corner[2] - corner[1]
    if np.hypot(*one) < np.hypot(*other):
        corner = np.roll(corner[:4], -1, axis=0)
        one, other = other, -one
    n = max(int(np.hypot(*one) / wide), 1)
    step, gap = one / n, one / np.hypot(*one) * _DYKE_M / 2
    bars = [
        shapely.Polygon([low + gap, low + step - gap, low + step - gap + other, low + gap + other])
        for low in (corner[0] + step * k for k in range(n))
    ]
    return [part for part in shapely.get_parts(shapely.intersection(bars, inner)) if part.geom_type == "Polygon"]
