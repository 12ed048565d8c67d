"""The survey: the plan laid on the globe, in coordinates that are rounded once and for all."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridgov.crs import from_wgs84, parse_datum, to_wgs84
from gridgov.simulate.land.plan import Plan
from gridgov.simulate.land.sheet import Ids, Points

Shapes = npt.NDArray[np.object_]
_PLACES = 7  # of a degree: 1 cm


@dataclass(frozen=True)
class Survey:
    """What the land is made of; metres in the town's CRS.

    xy            every vertex; its longitude and latitude have seven places
    centre        the bridge in the middle of the town
    outline       Polygon
    village       row of villages of each grid; grids stand in the order of their codes
    number        1.. within the village, by rows from north to south, from west to east in a row
    blocks        polygons of the finest faces; block_grid, block_before: the grid now and before;
                  block_use: bank (along a river), lake or ""
    u, v, line    every edge: two vertices, the line of the plan
    left_block, right_block   the block on either side of an edge from u to v; -1 = beyond the town
    """

    plan: Plan
    xy: Points
    centre: Points
    outline: shapely.Polygon
    village: Ids
    number: Ids
    blocks: Shapes
    block_grid: Ids
    block_before: Ids
    block_use: npt.NDArray[np.str_]
    u: Ids
    v: Ids
    line: Ids
    left_block: Ids
    right_block: Ids

    @property
    def left(self) -> Ids:
        """The grid to the left of each edge; -1 = beyond the town."""
        return np.where(self.left_block < 0, -1, self.block_grid[self.left_block])

    @property
    def right(self) -> Ids:
        """The grid to the right of each edge; -1 = beyond the town."""
        return np.where(self.right_block < 0, -1, self.block_grid[self.right_block])

    def edges(self, which: npt.NDArray[np.bool_] | Ids) -> Shapes:
        """Some edges, each as a line of two points."""
        shapes: Shapes = shapely.linestrings(np.stack([self.xy[self.u[which]], self.xy[self.v[which]]], axis=1))
        return shapes

    def grids(self, block_grid: Ids) -> Shapes:
        """One polygon for each grid, the blocks of a division put together."""
        return union_by(self.blocks, block_grid)


def union_by(shapes: Shapes, group: Ids) -> Shapes:
    """The faces of each group as one polygon, vertex for vertex."""
    order = np.argsort(group, kind="stable")
    parts = np.split(shapes[order], np.flatnonzero(np.diff(group[order])) + 1)
    return np.array([shapely.get_parts(shapely.coverage_union_all(part))[0] for part in parts], dtype=object)


def survey(plan: Plan, crs: str, centre: list[float], area_km2: float) -> Survey:
    """Turn the plan, enlarge it to its area and lay it down around a longitude and latitude."""
    sheet = plan.sheet
    datum = parse_datum(crs)
    outline = sheet.lines[0].ids
    turn = sheet.rng.integers(4) * np.pi / 2 + sheet.rng.normal(0, 0.12)
    c, s = np.cos(turn), np.sin(turn)
    scale = np.sqrt(area_km2 * 1e6 / sheet.area(outline[:-1]))
    middle = np.array(shapely.centroid(sheet.polygon(outline[:-1])).coords[0])
    origin = np.c_[from_wgs84(centre[0], centre[1], datum)]
    xy = (sheet.xy - middle) @ np.array([[c, s], [-s, c]]) * scale + origin
    degrees = np.c_[to_wgs84(xy[:, 0], xy[:, 1], datum)].round(_PLACES)
    xy = np.c_[from_wgs84(degrees[:, 0], degrees[:, 1], datum)]
    blocks = np.array([shapely.Polygon(xy[ring]) for ring in plan.blocks], dtype=object)
    grid, before = np.array(plan.grid), np.array(plan.before)
    village, number, rank = _numbered(union_by(blocks, grid), np.array(plan.village))
    grid, before = rank[grid], rank[before]
    u, v, line = (np.array(column) for column in zip(*((*edge, n) for edge, n in sheet.line_of.items()), strict=True))
    left, right = _sides(plan.blocks, u, v, len(xy))
    return Survey(
        plan=plan, xy=xy, centre=xy[plan.centre], outline=shapely.Polygon(xy[outline[:-1]]), village=village,
        number=number, blocks=blocks, block_grid=grid, block_before=before, block_use=np.array(plan.use),
        u=u, v=v, line=line, left_block=left, right_block=right,
    )  # fmt: skip


def _numbered(shapes: Shapes, village: Ids) -> tuple[Ids, Ids, Ids]:
    """Village and number of each grid in the order of the codes, and where each grid of the plan went."""
    middle = shapely.centroid(shapes)
    frame = pd.DataFrame({"village": village, "x": shapely.get_x(middle), "y": -shapely.get_y(middle)})
    n = frame.groupby("village").village.transform("size")
    frame["row"] = (frame.groupby("village").y.rank(method="first") - 1) * n.pow(0.5).round() // n
    order = frame.sort_values(["village", "row", "x"]).index.to_numpy()
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    sorted_village = village[order]
    return sorted_village, pd.Series(sorted_village).groupby(sorted_village).cumcount().to_numpy() + 1, rank


def _sides(rings: list[Ids], u: Ids, v: Ids, n: int) -> tuple[Ids, Ids]:
    """The blocks to the left and to the right of each edge: rings run with their land to the left."""
    start = np.concatenate(rings)
    end = np.concatenate([np.roll(ring, -1) for ring in rings])
    owner = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    key = start * n + end
    order = np.argsort(key, kind="stable")
    key, owner = key[order], owner[order]

    def find(wanted: Ids) -> Ids:
        at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        return np.where(key[at] == wanted, owner[at], -1)

    return find(u * n + v), find(v * n + u)
