"""The plan: the town is cut by rivers and trunk roads, then into villages, grids and blocks, down to field paths."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from gridgov.simulate.land.blocks import PATHS_M, banks, blocks_of, cut
from gridgov.simulate.land.sheet import Ids, NoCut, Points, Sheet
from gridgov.simulate.land.skeleton import draw_skeleton

RURAL_KM2, URBAN_KM2 = (0.41, 1.55), (0.046, 0.29)  # a grid at least and at most
_TRIES = 12
_SKETCHES = 40
_LAKES = (3, 6)  # of the town, from and below
_SHARED_M = 350  # of boundary, between the grids of the boundary change


@dataclass
class Plan:
    """Where everything lies on the sheet.

    sheet         all lines and vertices
    centre        the vertex where river and trunk road cross
    village       of each grid: row of villages
    blocks        rings of the finest faces
    grid, before  of each block: the grid that it belongs to, now and before the boundary change
    use           of each block: bank (a strip along a river), lake or ""
    """

    sheet: Sheet
    centre: int
    village: list[int] = field(default_factory=list)
    blocks: list[Ids] = field(default_factory=list)
    grid: list[int] = field(default_factory=list)
    before: list[int] = field(default_factory=list)
    use: list[str] = field(default_factory=list)


def make_plan(villages: pd.DataFrame, look: dict[str, Any], rng: np.random.Generator) -> Plan:
    """Draw the town. Raises NoCut when chance led into a corner."""
    sheet, centre, faces = _skeleton(villages, look, rng)
    plan = Plan(sheet, centre)
    rings: list[Ids] = []
    for row, face in enumerate(faces):
        urban = villages.kind[row] == "urban"
        found = _grids_of(sheet, face, int(villages.grids[row]), urban)
        rings += found
        plan.village += [row] * len(found)
    giver, taker, piece, rest = _exchange(sheet, rings, plan.village, villages)
    rural = [
        grid for grid, row in enumerate(plan.village) if villages.kind[row] == "rural" and grid not in (giver, taker)
    ]
    lakes = set(rng.choice(rural, rng.integers(*_LAKES), replace=False).tolist())
    for grid, ring in enumerate(rings):
        urban = villages.kind[plan.village[grid]] == "urban"
        parts = [(ring, grid, grid)]
        if grid == giver:
            parts = [(rest, giver, giver), (piece, taker, giver)]
        for part, now, before in parts:
            strips, inner = banks(sheet, part)
            enough = PATHS_M[urban] * (1.0 if now == before else sheet.area(part) / sheet.area(ring))
            blocks, lake = blocks_of(sheet, inner, urban, grid in lakes, enough)
            plan.blocks += strips + blocks
            plan.grid += [now] * (len(strips) + len(blocks))
            plan.before += [before] * (len(strips) + len(blocks))
            plan.use += ["bank"] * len(strips) + ["lake" if k == lake else "" for k in range(len(blocks))]
    return plan


def _skeleton(villages: pd.DataFrame, look: dict[str, Any], rng: np.random.Generator) -> tuple[Sheet, int, list[Ids]]:
    """The first of some drawings of the skeleton that comes out well; one takes a tenth of a second."""
    for _ in range(_SKETCHES):
        sheet = Sheet(rng)
        try:
            return sheet, *draw_skeleton(sheet, villages, look)
        except NoCut as fault:
            last = fault
    raise last


def _grids_of(sheet: Sheet, face: Ids, n: int, urban: bool) -> list[Ids]:
    """A village in n grids of uneven size."""
    least, most = URBAN_KM2 if urban else RURAL_KM2
    mark = sheet.mark()
    for _ in range(_TRIES):
        weights = np.clip(np.exp(sheet.rng.normal(0, 0.25, n)), 0.78, 1.6)
        try:
            rings = _cut_up(sheet, face, weights, urban)
        except NoCut:
            sheet.back(mark)
            continue
        areas = np.array([sheet.area(ring) for ring in rings]) / 1e6
        if areas.min() > least and areas.max() < most:
            return rings
        sheet.back(mark)
    raise NoCut(f"A village of {sheet.area(face) / 1e6:.2f} km2 cannot be cut into {n} grids.")


def _cut_up(sheet: Sheet, face: Ids, weights: Points, urban: bool) -> list[Ids]:
    """Halve a face again and again until it has one part for each weight."""
    n = len(weights)
    if n == 1:
        return [face]
    k = n // 2 if n < 4 else int(sheet.rng.integers(n // 2 - n // 6, n // 2 + n // 6 + 1))
    if urban:
        kind = str(sheet.rng.choice(["street", "lane", "canal"], p=[0.84, 0.0, 0.16] if n > 3 else [0.45, 0.5, 0.05]))
    else:
        kind = str(sheet.rng.choice(["street", "lane", "canal"], p=[0.6, 0.0, 0.4] if n > 4 else [0.15, 0.5, 0.35]))
    share = float(weights[:k].sum() / weights.sum())
    one, other = cut(sheet, face, share, kind, urban, slack=0.04)
    return _cut_up(sheet, one, weights[:k], urban) + _cut_up(sheet, other, weights[k:], urban)


def _exchange(sheet: Sheet, rings: list[Ids], village: list[int], villages: pd.DataFrame) -> tuple[int, int, Ids, Ids]:
    """The boundary change: about a third of a grid goes to a grid of the village next to it.

    Returns the grid that gives, the grid that takes, the piece, the rest.
    """
    owner: dict[tuple[int, int], int] = {}
    for grid, ring in enumerate(rings):
        for u, v in zip(ring.tolist(), np.roll(ring, -1).tolist(), strict=True):
            owner[u, v] = grid
    for giver in sheet.rng.permutation(len(rings)).tolist():
        if villages.kind[village[giver]] == "urban":
            continue
        mark = sheet.mark()
        try:
            pieces = cut(sheet, rings[giver], 0.34, str(sheet.rng.choice(["street", "canal"])), False)
        except NoCut:
            sheet.back(mark)
            continue
        for piece, rest in (pieces, pieces[::-1]):
            if not 0.25 < sheet.area(piece) / sheet.area(rings[giver]) < 0.42:
                continue
            shared: dict[int, float] = {}
            for u, v, kind in zip(piece.tolist(), np.roll(piece, -1).tolist(), sheet.kinds(piece), strict=True):
                beyond = owner.get((v, u), -1)
                if beyond >= 0 and kind not in ("river", "trunk"):
                    shared[beyond] = shared.get(beyond, 0.0) + float(np.hypot(*(sheet.xy[u] - sheet.xy[v])))
            taker = max(shared, key=lambda grid: shared[grid], default=giver)
            fits = villages.kind[village[taker]] == "rural" and village[taker] != village[giver]
            fits = fits and shared[taker] > _SHARED_M and sheet.area(rest) > 1e6 * RURAL_KM2[0]
            if fits and sheet.area(rings[taker]) + sheet.area(piece) < 1e6 * RURAL_KM2[1]:
                return giver, taker, piece, rest
        sheet.back(mark)
    raise NoCut("No grid has a third that it could give to the village next to it.")
