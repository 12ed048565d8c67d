"""Blocks: a grid is cut by lanes, field paths and ditches, down to what a path goes around; rivers keep their banks."""

import numpy as np
import shapely

from gridgov.simulate.land.sheet import Ids, NoCut, Sheet, Style

BANK = "bank"  # the name of paths along rivers until they are named
PATHS_M = {True: 2_600.0, False: 8_300.0}  # what there is to walk in and around a grid, urban and rural
_STYLES = {
    ("canal", False): Style(28, 0.045, (14, 500)),
    ("street", False): Style(30, 0.03, (8, 900)),
    ("lane", False): Style(27, 0.03, (5, 350)),
    ("path", False): Style(33, 0.012, (2, 200)),
    ("canal", True): Style(22, 0.03, (8, 400)),
    ("street", True): Style(20, 0.012, (3, 600)),
    ("lane", True): Style(16, 0.01, (1.5, 200)),
}
_BLOCK_M2 = {True: 11_000.0, False: 42_000.0}  # usual size of a block
_LEAST_M2 = {True: 1_500.0, False: 13_000.0}  # smaller blocks are not cut again
_LAKE_M2 = (90_000.0, 240_000.0)
_BANK_M = 24.0  # from the middle of a river to the path along it
_CLEAR_M = 13.0  # from that path to what it does not belong to
_TRIES = 12


def cut(sheet: Sheet, face: Ids, share: float, kind: str, urban: bool, **more: float) -> tuple[Ids, Ids]:
    """Halve a face with a line of a kind, in the style of the kind."""
    liked = ("river", "canal") if kind == "canal" else ("trunk", "street") if kind == "street" else ()
    return sheet.halve(face, share, kind, _STYLES[kind, urban], liked=liked, **more)


def banks(sheet: Sheet, ring: Ids) -> tuple[list[Ids], Ids]:
    """Cut strips off along rivers, so that paths run on the bank and not in the water: the strips, the rest."""
    strips = []
    for _ in range(6):
        wet = np.array([kind == "river" for kind in sheet.kinds(ring)])
        if not wet.any():
            break
        if wet.all():
            raise NoCut("A grid lies between rivers only.")
        start = int(np.flatnonzero(wet & ~np.roll(wet, 1))[0])
        turned = np.roll(ring, -start)
        n = int(np.argmin(np.roll(wet, -start)))  # edges of the first run along a river
        i, j = len(ring) - 1, n + 1  # the first vertices beyond it
        run = sheet.xy[turned[: n + 1]]
        along = np.gradient(run, axis=0)
        along /= np.hypot(*along.T)[:, None]
        inner = run + _BANK_M * np.c_[-along[:, 1], along[:, 0]]  # land lies to the left of a ring
        gap = np.sqrt(((inner[:, None] - run[None]) ** 2).sum(2)).min(1)
        sides = shapely.LineString(np.r_[sheet.xy[turned[n:]], run[:1]])
        free = shapely.distance(sides, shapely.points(inner)) > _CLEAR_M
        face = sheet.polygon(ring)
        inner = inner[(gap > 0.93 * _BANK_M) & free & shapely.contains_xy(face, inner)]
        if len(inner) < 1 or j >= i:
            raise NoCut("A river leaves no room for its bank.")
        if not face.contains(shapely.LineString(np.r_[sheet.xy[turned[[i]]], inner, sheet.xy[turned[[j]]]])):
            raise NoCut("The path along a river leaves its grid.")
        strip, rest = sheet.split(turned, i, j, inner, "path", BANK)
        strips.append(strip)
        ring = rest
    return strips, ring


def blocks_of(sheet: Sheet, face: Ids, urban: bool, lake: bool, enough: float) -> tuple[list[Ids], int]:
    """A grid in blocks, by lanes and, in the country, by field paths and ditches: the blocks, which is the lake (-1).

    lake    leave one large block for a lake
    enough  metres to walk in and around it
    raises  NoCut when there would be too little to walk
    """
    mark = sheet.mark()
    for _ in range(_TRIES):
        blocks, found, length = _parcelled(sheet, face, urban, lake, enough)
        if length >= enough:
            return blocks, found
        sheet.back(mark)
    raise NoCut(f"A grid of {sheet.area(face) / 1e6:.2f} km2 has paths of {length:.0f} m only.")


def _parcelled(sheet: Sheet, face: Ids, urban: bool, lake: bool, enough: float) -> tuple[list[Ids], int, float]:
    """One try at the blocks of a grid: the blocks, which is the lake (-1), metres of path in and around the grid."""
    rng = sheet.rng
    blocks: list[Ids] = []
    found, todo = -1, [face]
    length = sheet.length(face)
    while todo:
        ring = todo.pop()
        area = sheet.area(ring)
        if lake and found < 0 and _LAKE_M2[0] < area < _LAKE_M2[1]:
            found = len(blocks)
            blocks.append(ring)
            continue
        try:
            if area < 1.6 * _BLOCK_M2[urban] * np.exp(rng.normal(0, 0.35)):
                blocks.append(ring)
                continue
            todo += _divide(sheet, ring, urban)
            length += _last_m(sheet)
        except NoCut:
            blocks.append(ring)
    stuck = {found}
    while length < enough:  # cut the largest blocks again
        whole = [k for k in range(len(blocks)) if k not in stuck and sheet.area(blocks[k]) > _LEAST_M2[urban]]
        if not whole:
            break
        k = max(whole, key=lambda k: sheet.area(blocks[k]))
        try:
            blocks[k], other = _divide(sheet, blocks[k], urban, slack=0.2)
        except NoCut:
            stuck.add(k)
            continue
        blocks.append(other)
        length += _last_m(sheet)
    return blocks, found, length


def _divide(sheet: Sheet, ring: Ids, urban: bool, slack: float = 0.12) -> tuple[Ids, Ids]:
    """A block in two, by what the country has for its size."""
    kinds, shares = ("lane", "canal", "path"), (1.0, 0.0, 0.0)
    if not urban:
        shares = (0.62, 0.38, 0.0) if sheet.area(ring) > 250_000 else (0.14, 0.16, 0.7)
    kind = str(sheet.rng.choice(kinds, p=shares))
    return cut(sheet, ring, float(sheet.rng.uniform(0.36, 0.5)), kind, urban, slack=slack, cross=0.25)


def _last_m(sheet: Sheet) -> float:
    """The length of the newest line."""
    return float(np.hypot(*np.diff(sheet.xy[sheet.lines[-1].ids], axis=0).T).sum())
