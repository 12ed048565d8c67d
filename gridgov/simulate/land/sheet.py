"""A sheet of land that is cut into faces by lines: every boundary is a road or a watercourse because nothing else cuts.

Faces are rings of vertex numbers. A cut begins and ends at vertices that are there already and adds only its own inner
vertices, so neighbours share every vertex by construction and no snapping is ever needed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from gridgov.errors import GridgovError

Ids = npt.NDArray[np.int64]
Points = npt.NDArray[np.float64]

_MOST_ENDS = 150  # vertices of a ring tried as an end of a cut
_MOST_TRIES = 60  # chords drawn before a face counts as one that cannot be cut
_BLUNT = 0.72  # a cut meets a ring at more than arccos 0.72 = 44 degrees


class NoCut(GridgovError):
    """A face has no chord that fits; the land is drawn again with other chances."""


@dataclass
class Line:
    """A road or a watercourse, by its vertices from end to end.

    kind      of ROAD_KINDS, or river, canal, edge (the outline of the town)
    name      empty until it is named
    follows   the line that it goes on with across a junction; -1 = none
    """

    kind: str
    name: str
    ids: Ids
    follows: int = -1


@dataclass(frozen=True)
class Style:
    """How a kind of line is drawn.

    step   metres between its vertices
    bend   size of its long bends, as a share of its length
    sway   size of its short bends, metres, and their wavelength
    """

    step: float
    bend: float = 0.0
    sway: tuple[float, float] = (0.0, 1000.0)


class Sheet:
    """Vertices, lines, and which line every edge belongs to."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self._xy = np.empty((1 << 16, 2))
        self._degree = np.zeros(1 << 16, dtype=np.int64)
        self._n = 0
        self.lines: list[Line] = []
        self.line_of: dict[tuple[int, int], int] = {}
        self._tips: dict[int, list[tuple[int, int]]] = {}

    @property
    def xy(self) -> Points:
        """All vertices, metres on the sheet."""
        return self._xy[: self._n]

    @property
    def degree(self) -> Ids:
        """How many edges meet at each vertex."""
        return self._degree[: self._n]

    def add(self, points: Points) -> Ids:
        """Numbers of new vertices."""
        while self._n + len(points) > len(self._xy):
            self._xy = np.r_[self._xy, np.empty_like(self._xy)]
            self._degree = np.r_[self._degree, np.zeros_like(self._degree)]
        ids = np.arange(self._n, self._n + len(points))
        self._xy[ids] = points
        self._n += len(points)
        return ids

    def draw(self, ids: Ids, kind: str, name: str = "", follows: int = -1) -> int:
        """A new line along vertices; returns its number."""
        number = len(self.lines)
        self.lines.append(Line(kind, name, ids, follows))
        for u, v in zip(ids[:-1].tolist(), ids[1:].tolist(), strict=True):
            self.line_of[(u, v) if u < v else (v, u)] = number
        for tip, towards in ((int(ids[0]), int(ids[1])), (int(ids[-1]), int(ids[-2]))):
            self._tips.setdefault(tip, []).append((number, towards))
        np.add.at(self._degree, ids[:-1], 1)
        np.add.at(self._degree, ids[1:], 1)
        return number

    def area(self, ring: Ids) -> float:
        """Square metres, positive: rings run counter-clockwise."""
        x, y = self._xy[ring].T
        return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)

    def length(self, ring: Ids) -> float:
        """Metres around a face."""
        return float(np.hypot(*(self._xy[ring] - self._xy[np.roll(ring, -1)]).T).sum())

    def polygon(self, ring: Ids) -> shapely.Polygon:
        """The face as drawn on the sheet."""
        return shapely.Polygon(self._xy[ring])

    def kinds(self, ring: Ids) -> list[str]:
        """The kind of each edge of a ring, from each vertex to the next."""
        return [self.lines[self.line_of[edge]].kind for edge in _edges(ring)]

    def ends_at(self, vertex: int, ring: Ids) -> int:
        """The line that ends at a vertex of a ring from beyond the ring; -1 = none."""
        at = int(np.flatnonzero(ring == vertex)[0])
        beside = {int(ring[at - 1]), int(ring[(at + 1) % len(ring)])}
        found = [line for line, towards in self._tips.get(vertex, []) if towards not in beside]
        return found[-1] if found else -1

    def mark(self) -> int:
        """A state to come back to."""
        return len(self.lines)

    def back(self, mark: int) -> None:
        """Forget all lines drawn since a mark; the newest first, since a line ends on older ones."""
        while len(self.lines) > mark:
            ids = self.lines.pop().ids
            for u, v in zip(ids[:-1].tolist(), ids[1:].tolist(), strict=True):
                del self.line_of[(u, v) if u < v else (v, u)]
            for tip in (int(ids[0]), int(ids[-1])):
                self._tips[tip].pop()
            np.subtract.at(self._degree, ids[:-1], 1)
            np.subtract.at(self._degree, ids[1:], 1)

    def split(
        self, ring: Ids, i: int, j: int, inner: Points, kind: str, name: str = "", follows: int = -1
    ) -> tuple[Ids, Ids]:
        """Cut a face from its i-th to its j-th vertex along new inner points: the two faces.

        The first is that of the vertices i..j of the ring, the second the rest.
        """
        fresh = self.add(inner)
        self.draw(np.r_[ring[i], fresh, ring[j]], kind, name, follows)
        if i > j:
            i, j, fresh = j, i, fresh[::-1]
            return np.r_[ring[j:], ring[: i + 1], fresh], np.r_[ring[i : j + 1], fresh[::-1]]
        return np.r_[ring[i : j + 1], fresh[::-1]], np.r_[ring[j:], ring[: i + 1], fresh]

    def curve(self, start: Points, end: Points, style: Style, strength: float = 1.0) -> Points:
        """The inner vertices of a line between two points: a few long bends and many short ones."""
        along = end - start
        length = float(np.hypot(*along))
        n = max(round(length / style.step), 1)
        t = np.arange(1, n) / n
        k = np.arange(1, 5)
        size = self.rng.normal(0, 1, 4) / k**1.3
        swing = strength * style.bend * length * (np.sin(np.pi * t[:, None] * k) @ size)
        height, wave = style.sway
        turn, stretch = self.rng.uniform(0, 2 * np.pi), self.rng.uniform(0.8, 1.25)
        phase = 2 * np.pi * t * length / (wave * stretch)
        swing += strength * height * np.sin(np.pi * t) ** 0.6 * np.sin(phase + turn + 1.3 * np.sin(phase / 2.7))
        normal = np.array([-along[1], along[0]]) / max(length, 1e-9)
        return start + t[:, None] * along + swing[:, None] * normal

    def halve(
        self,
        ring: Ids,
        share: float,
        kind: str,
        style: Style,
        *,
        slack: float = 0.06,
        liked: Iterable[str] = (),
        cross: float = 0.15,
        loose: float = 0.22,
    ) -> tuple[Ids, Ids]:
        """Cut a face in two, the first of about `share` of its area, along the shortest chord that looks well.

        slack   tolerated error of the share
        liked   kinds of line at which the cut rather ends (a canal rather ends in water)
        cross   how gladly it goes on with a line that ends here from beyond, as a share of the face's size
        loose   how far from the shortest chord chance may lead
        raises  NoCut
        """
        n = len(ring)
        points = self._xy[ring]
        pick = self._possible_ends(ring)
        if len(pick) < 2:
            raise NoCut("A face has no vertex where a cut could end.")
        ends = points[pick]
        x, y = points.T
        swept = np.r_[0, np.cumsum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2]
        total = swept[-1]
        first, second = np.triu_indices(len(pick), 1)
        p, q = ends[first], ends[second]
        part = (swept[pick][second] - swept[pick][first] + (q[:, 0] * p[:, 1] - p[:, 0] * q[:, 1]) / 2) / total
        fits = (np.abs(part - share) < slack) | (np.abs(part - 1 + share) < slack)
        first, second, p, q, part = first[fits], second[fits], p[fits], q[fits], part[fits]
        if not len(first):
            raise NoCut("No chord of a face leaves the share that was asked for.")
        chord = q - p
        length = np.hypot(*chord.T)
        chord /= length[:, None]
        before, after = np.roll(points, 1, 0) - points, np.roll(points, -1, 0) - points
        before /= np.hypot(*before.T)[:, None]
        after /= np.hypot(*after.T)[:, None]
        slant = np.zeros(len(length))
        keen = np.zeros(len(length))
        for end, sign in ((first, 1), (second, -1)):
            for side in (before, after):
                lean = np.clip(sign * (chord * side[pick][end]).sum(1), 0, 1)
                slant = np.maximum(slant, lean)
                keen += lean**2
        bonus = np.zeros(n)
        bonus[self._degree[ring] == 3] = -cross
        if liked := set(liked):
            likes = np.array([kind_of in liked for kind_of in self.kinds(ring)])
            bonus -= 0.25 * (likes | np.roll(likes, 1))
        size = np.sqrt(total)
        score = length / size * np.exp(self.rng.normal(0, loose, len(length))) + 0.8 * keen
        score += bonus[pick][first] + bonus[pick][second]
        score += 2.0 * np.minimum(np.abs(part - share), np.abs(part - 1 + share))
        score[slant > _BLUNT] = np.inf
        best = np.argsort(score, kind="stable")[:_MOST_TRIES]
        best = best[np.isfinite(score[best])]
        face = shapely.Polygon(points)
        shapely.prepare(face)
        for at in best:
            i, j = int(pick[first[at]]), int(pick[second[at]])
            for strength in (1.0, 0.4):
                inner = self.curve(points[i], points[j], style, strength)
                if self._is_clear(face, points[i], points[j], inner, style.step):
                    ends_of = [self.ends_at(int(ring[at]), ring) for at in (i, j)]
                    going_on = [line for line in ends_of if line >= 0 and self.lines[line].kind == kind]
                    one, other = self.split(ring, i, j, inner, kind, follows=going_on[0] if going_on else -1)
                    near = abs(self.area(one) / total - share) <= abs(self.area(other) / total - share)
                    return (one, other) if near else (other, one)
        raise NoCut(f"None of {len(best)} chords of a face stays inside it.")

    def _possible_ends(self, ring: Ids) -> Ids:
        """Positions in a ring where a cut may end: not beside a junction, where the map would show a crooked crossing."""
        n = len(ring)
        degree = self._degree[ring]
        busy = degree >= 3
        reach = 2 if n > 24 else int(n > 12)
        beside = np.zeros(n, dtype=bool)
        for shift in range(1, reach + 1):
            beside |= np.roll(busy, shift) | np.roll(busy, -shift)
        pick = np.flatnonzero((~beside | busy) & (degree < 4))
        if len(pick) > _MOST_ENDS:
            keep = np.zeros(len(pick), dtype=bool)
            keep[np.linspace(0, len(pick) - 1, _MOST_ENDS).astype(int)] = True
            pick = pick[keep | (degree[pick] == 3)]
        return pick

    @staticmethod
    def _is_clear(face: shapely.Polygon, start: Points, end: Points, inner: Points, step: float) -> bool:
        """Whether a curve runs inside a face and keeps off its ring."""
        if not face.contains(shapely.LineString(np.r_[start[None], inner, end[None]])):
            return False
        if len(inner) < 2:
            return True
        gap = shapely.distance(face.exterior, shapely.points(inner))
        ramp = np.minimum(np.arange(1, len(inner) + 1), np.arange(len(inner), 0, -1))
        return bool((gap > np.minimum(0.55 * step * ramp, 1.2 * step)).all())


def _edges(ring: Ids) -> Sequence[tuple[int, int]]:
    along = zip(ring.tolist(), np.roll(ring, -1).tolist(), strict=True)
    return [(u, v) if u < v else (v, u) for u, v in along]
