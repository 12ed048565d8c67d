"""The skeleton: outline, two rivers, two trunk roads, the core around the old bridge, and which village lies where."""

from typing import Any

import numpy as np
import pandas as pd
import shapely

from gridgov.simulate.land.sheet import Ids, NoCut, Points, Sheet, Style

_RIVER = Style(30, 0.035, (150, 2300))
_TRUNK = Style(34, 0.02, (40, 4000))
_RING = Style(22)
_RURAL_KM2 = (3.8, 8.4)  # a rural village at least and at most
_EDGE = Style(90, 0.06, (12, 500))
_ROUND = 0.88  # share of the parallelogram of its arms that a well rounded corner fills
_VILLAGE = {"canal": Style(28, 0.04, (40, 1100)), "street": Style(30, 0.03, (25, 1500))}


def draw_skeleton(sheet: Sheet, villages: pd.DataFrame, look: dict[str, Any]) -> tuple[int, list[Ids]]:
    """Everything down to the villages: the vertex where river and trunk road cross, and a face for each village.

    villages  kind, grids, squad; the urban ones are the four around the bridge
    """
    rng, names = sheet.rng, look["names"]
    ring, (rx, ry) = _outline(sheet, look)
    tilt = rng.uniform(-0.2, 0.2, 8)
    faces = _through(
        sheet, [ring], (-1.4 * rx, tilt[0] * ry), (1.4 * rx, tilt[1] * ry), _RIVER, "river", names["river"][0]
    )
    road = (tilt[2] * rx, -1.5 * ry), (tilt[3] * rx, 1.5 * ry)
    faces = _through(sheet, faces, *road, _TRUNK, "trunk", names["trunk"][0])
    crossing = np.flatnonzero(sheet.degree == 4)
    if len(crossing) != 1 or len(faces) != 4:
        raise NoCut("River and trunk road do not cross once.")
    centre = int(crossing[0])
    urban = np.flatnonzero(villages.kind == "urban")
    core, rural = _core(sheet, faces, centre, villages.grids[urban].to_numpy(), look)
    side = 1 if rng.random() < 0.5 else -1
    for turn, (kind, style) in ((side, ("river", _RIVER)), (-side, ("trunk", _TRUNK))):
        x = turn * rx * (0.5 + tilt[4 + turn] / 4) + sheet.xy[centre][0] * 0.4
        lean = rx * tilt[6 + turn] * 0.7
        half = [face for face in rural if (sheet.xy[face][:, 0].mean() > sheet.xy[centre][0]) == (turn > 0)]
        rest = [face for face in rural if not any(face is other for other in half)]
        rural = rest + _through(sheet, half, (x - lean, -1.5 * ry), (x + lean, 1.5 * ry), style, kind, names[kind][1])
    if len(rural) != 8:
        raise NoCut("River and trunk road beside the core do not make eight sectors.")
    return centre, _villages(sheet, core, rural, centre, villages, float(look["shape"]["grid_power"]))


def _outline(sheet: Sheet, look: dict[str, Any]) -> tuple[Ids, tuple[float, float]]:
    """An outline of about 110 km2 around the origin, as towns have it: stretches along ditches, with corners.

    Corners lie on a rounded box with a few broad dents; between them run nearly straight stretches.
    """
    rng = sheet.rng
    stretch = np.sqrt(rng.uniform(*look["shape"]["stretch"]))
    n = int(rng.integers(46, 60))
    angle = (np.arange(n) + rng.uniform(-0.33, 0.33, n)) * 2 * np.pi / n
    k = np.arange(2, 8)
    broad = (rng.normal(0, 0.055, 6) / np.sqrt(k / 2) * np.sin(angle[:, None] * k + rng.uniform(0, 2 * np.pi, 6))).sum(
        1
    )
    radius = (1 + broad) * (1 + rng.normal(0, 0.035, n))
    c, s = np.cos(angle), np.sin(angle)
    box = np.c_[np.sign(c) * np.abs(c) ** 0.85 * stretch, np.sign(s) * np.abs(s) ** 0.85 / stretch]
    corners = radius[:, None] * box
    corners *= np.sqrt(110e6 / shapely.Polygon(corners).area)
    stretches = []
    for start, end in zip(corners, np.roll(corners, -1, 0), strict=True):
        stretches += [start[None], sheet.curve(start, end, _EDGE)]
    xy = np.concatenate(stretches)
    for _ in range(2):  # Chaikin's rounding of corners
        ahead = np.roll(xy, -1, 0)
        xy = np.stack([0.75 * xy + 0.25 * ahead, 0.25 * xy + 0.75 * ahead], axis=1).reshape(-1, 2)
    loop = shapely.LinearRing(xy)
    if not loop.is_simple:
        raise NoCut("The outline of the town crosses itself.")
    m = int(loop.length / 30)
    ids = sheet.add(shapely.get_coordinates(shapely.line_interpolate_point(loop, np.arange(m) / m, normalized=True)))
    sheet.draw(np.r_[ids, ids[0]], "edge")
    return ids, (5800 * stretch, 5800 / stretch)


def _through(
    sheet: Sheet,
    faces: list[Ids],
    start: tuple[float, float],
    end: tuple[float, float],
    style: Style,
    kind: str,
    name: str,
) -> list[Ids]:
    """Cut all faces that a long curve crosses, and let it go on from face to face."""
    a, b = np.array(start), np.array(end)
    curve = shapely.LineString(np.r_[a[None], sheet.curve(a, b, style), b[None]])
    cut: list[Ids] = []
    for ring in faces:
        face = sheet.polygon(ring)
        parts = [part for part in shapely.get_parts(curve & face) if part.length > 0]
        if not parts:
            cut.append(ring)
            continue
        if len(parts) > 1 or parts[0].length < 1000:
            raise NoCut("A long line crosses a face more than once, or only a corner of it.")
        way = parts[0]
        ends = shapely.get_coordinates(way)[[0, -1]]
        i, j = (int(((sheet.xy[ring] - tip) ** 2).sum(1).argmin()) for tip in ends)
        n = int(way.length / style.step)
        at = np.arange(1, n) / n
        inner = shapely.get_coordinates(shapely.line_interpolate_point(way, at, normalized=True))
        for tip, corner, t in ((ends[0], i, at), (ends[1], j, 1 - at)):  # bend it into the vertex it ends at
            inner += np.clip(1 - t * way.length / 200, 0, 1)[:, None] * (sheet.xy[ring[corner]] - tip)
        line = shapely.LineString(np.r_[sheet.xy[ring[[i]]], inner, sheet.xy[ring[[j]]]])
        if not face.contains(line):
            raise NoCut("A long line leaves the face it cuts.")
        cut += sheet.split(ring, i, j, inner, kind, name)
    return cut


def _core(sheet: Sheet, faces: list[Ids], centre: int, n: Points, look: dict[str, Any]) -> tuple[list[Ids], list[Ids]]:
    """Cut the four urban communities out of the corners around the bridge: NE, NW, SE, SW; and what is left.

    Their arms along river and road are as long as their numbers of grids want it; a bulge makes the areas exact.
    """
    area = np.asarray(n, dtype=float) / n.sum() * look["shape"]["core_km2"] * 1e6
    target = dict(zip(("EN", "NW", "ES", "SW"), area, strict=True))
    corners = [_Corner(sheet, ring, centre) for ring in faces]
    if sorted(corner.quarter for corner in corners) != sorted(target):
        raise NoCut("River and trunk road do not point to the four sides of the sky.")
    sides = "ENWS"
    uses = np.array([[side in corner.quarter for side in sides] for corner in corners], dtype=float)
    wanted = np.log([target[corner.quarter] / (_ROUND * corner.sine) for corner in corners])
    arm = dict(zip(sides, np.exp(np.linalg.lstsq(uses, wanted, rcond=None)[0]).tolist(), strict=True))
    core, rest = {}, []
    for corner in corners:
        xy = corner.xy
        j = int(np.abs(corner.ahead - arm[corner.sides[0]]).argmin()) + 1
        i = len(xy) - 1 - int(np.abs(corner.behind - arm[corner.sides[1]]).argmin())
        inner = _bulge(np.r_[xy[i:], xy[: j + 1]], xy[0], target[corner.quarter], sheet.rng)
        one, other = sheet.split(corner.ring, i, j, inner, "street", look["names"]["ring"])
        core[corner.quarter] = one
        rest.append(other)
    return [core[quarter] for quarter in ("EN", "NW", "ES", "SW")], rest


class _Corner:
    """The corner of a sector at the bridge: its ring from there, the metres walked along both arms, their directions."""

    def __init__(self, sheet: Sheet, ring: Ids, centre: int) -> None:
        self.ring = np.roll(ring, -int(np.flatnonzero(ring == centre)[0]))
        self.xy = sheet.xy[self.ring]
        step = np.hypot(*(np.roll(self.xy, -1, 0) - self.xy).T)
        self.ahead, self.behind = np.cumsum(step), np.cumsum(step[::-1])
        arms = [self.xy[np.argmax(self.ahead > 1000) + 1], self.xy[-np.argmax(self.behind > 1000) - 1]]
        ways = [(arm - self.xy[0]) / np.hypot(*(arm - self.xy[0])) for arm in arms]
        self.sides = [_side(way) for way in ways]
        self.quarter = "".join(sorted(self.sides))
        self.sine = abs(float(ways[0][0] * ways[1][1] - ways[0][1] * ways[1][0]))


def _side(way: Points) -> str:
    """The side of the sky a vector points to."""
    x, y = way
    if abs(x) > abs(y):
        return "E" if x > 0 else "W"
    return "N" if y > 0 else "S"


def _bulge(corner: Points, c: Points, area: float, rng: np.random.Generator) -> Points:
    """Inner points of a rounded line that closes a corner, around c, from its last point to its first, to an area."""
    p, q = corner[0], corner[-1]
    n = int(1.15 * np.hypot(*(p - q)) / _RING.step)
    t = (np.arange(1, n) / n)[:, None]
    lean = np.exp(rng.normal(0, 0.22))
    k = np.arange(2, 6)
    swing = np.sin(np.pi * t * k) @ rng.normal(0, 30, 4)
    dents = np.clip(swing, -60, 60)[:, None] * ((p + q) / 2 - c) / np.hypot(*((p + q) / 2 - c))

    def arc(b: float) -> Points:
        one, two = p + b * lean * (q - c), q + b / lean * (p - c)
        return (1 - t) ** 3 * p + 3 * t * (1 - t) ** 2 * one + 3 * t**2 * (1 - t) * two + t**3 * q + dents

    low, high = 0.02, 1.5
    for _ in range(30):
        b = (low + high) / 2
        size = shapely.Polygon(np.r_[corner, arc(b)[::-1]]).area
        low, high = (b, high) if size < area else (low, b)
    inner = arc((low + high) / 2)
    shape = shapely.Polygon(np.r_[corner, inner[::-1]])
    if abs(shape.area / area - 1) > 0.02 or not 0.3 < b < 1.15 or not shape.is_valid:
        raise NoCut(f"A community of {area / 1e6:.2f} km2 does not fit between river and road.")
    return inner


def _villages(
    sheet: Sheet, core: list[Ids], sectors: list[Ids], centre: int, villages: pd.DataFrame, power: float
) -> list[Ids]:
    """A face for each village; those of a squad lie side by side as the hands of a clock go round."""

    def hour(face: Ids) -> float:
        middle = sheet.polygon(face).representative_point()
        x, y = middle.x - sheet.xy[centre][0], middle.y - sheet.xy[centre][1]
        return float(np.arctan2(x, y)) % (2 * np.pi)

    sectors = sorted(sectors, key=hour)
    area = np.array([sheet.area(face) for face in sectors])
    rural = np.flatnonzero(villages.kind == "rural")
    weight = villages.grids.to_numpy() ** power
    order, sector = _arrange(sheet.rng, area, rural, weight, villages.squad.to_numpy())
    faces: dict[int, Ids] = dict(zip(np.flatnonzero(villages.kind == "urban").tolist(), core, strict=True))

    def cut_up(face: Ids, rows: list[int]) -> None:
        if len(rows) == 1:
            faces[rows[0]] = face
            return
        k = len(rows) // 2
        share = float(weight[rows[:k]].sum() / weight[rows].sum())
        kind = "canal" if sheet.rng.random() < 0.55 else "street"
        liked = ("river", "canal") if kind == "canal" else ("trunk", "street")
        one, other = sheet.halve(face, share, kind, _VILLAGE[kind], slack=0.04, liked=liked, cross=0.3)
        if abs(share - 0.5) < 0.04 and (hour(one) - hour(other)) % (2 * np.pi) < np.pi:
            one, other = other, one
        cut_up(one, rows[:k])
        cut_up(other, rows[k:])

    for number, face in enumerate(sectors):
        cut_up(face, order[sector == number].tolist())
    sizes = np.array([sheet.area(faces[row]) for row in rural.tolist()]) / 1e6
    if sizes.min() < _RURAL_KM2[0] or sizes.max() > _RURAL_KM2[1]:
        raise NoCut(f"A village has {sizes.min():.1f} or {sizes.max():.1f} km2.")
    return [faces[row] for row in range(len(villages))]


def _arrange(rng: np.random.Generator, area: Points, rural: Ids, weight: Points, squad: Ids) -> tuple[Ids, Ids]:
    """Villages in the order in which they lie around the core, and the sector of each, sizes matched as well as may be."""
    best, found = np.inf, None
    edges = np.r_[0, np.cumsum(area)] / area.sum()
    for _ in range(1500):
        order = np.concatenate([rng.permutation(rural[squad[rural] == s]) for s in np.unique(squad)])
        share = weight[order] / weight[order].sum()
        middle = np.cumsum(share) - share / 2
        first = share[squad[order] == squad[order[0]]].sum()
        sector = np.searchsorted(edges, (middle - first / 2 + rng.uniform(-0.06, 0.06)) % 1, side="right") - 1
        got = np.bincount(sector, share, len(area))
        misfit = np.inf if (got == 0).any() else float(np.abs(np.log(got / area * area.sum())).max())
        if misfit < best:
            best, found = misfit, (order, sector)
    if found is None or best > 0.19:
        raise NoCut("The villages do not fit into the sectors.")
    order, sector = found
    turn = np.argsort(sector, kind="stable")
    return order[turn], sector[turn]
