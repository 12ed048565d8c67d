"""A window of the land on a sheet of SVG: metres to pixels, strokes, fills, words."""

from collections.abc import Iterable
from html import escape
from typing import Any

import numpy as np
import shapely

from gridgov.simulate.land.sheet import Points

INK = "#3c3a36"
_HALO = "#fffdf6"


class Canvas:
    """A window of the land, (west, south, east, north) in metres, fitted into a rectangle of pixels."""

    def __init__(self, window: tuple[float, ...], left: float, top: float, width: float, height: float) -> None:
        west, south, east, north = window
        self.scale = min(width / (east - west), height / (north - south))  # pixels in a metre
        self.width, self.height = (east - west) * self.scale, (north - south) * self.scale
        self.left, self.top = left + (width - self.width) / 2, top + (height - self.height) / 2
        self._west, self._north, self._window = west, north, shapely.box(*window)

    def place(self, xy: Points) -> Points:
        """Pixels of points."""
        return np.c_[self.left + (xy[:, 0] - self._west) * self.scale, self.top + (self._north - xy[:, 1]) * self.scale]

    def shows(self, xy: Points) -> Points:
        """The pixels of those points that lie in the window."""
        return self.place(xy[shapely.contains_xy(self._window, xy[:, 0], xy[:, 1])])

    def path(self, shapes: Iterable[Any], detail: float = 0.3) -> str:
        """Lines and outlines as the data of one path; what is smaller than `detail` pixels is left out."""
        seen = np.array(list(shapes), dtype=object)
        seen = seen[shapely.intersects(seen, self._window)]
        said = []
        for part in shapely.get_parts(shapely.simplify(shapely.transform(seen, self.place), detail)):
            is_line = part.geom_type == "LineString"
            for ring in [part] if is_line else [part.exterior, *part.interiors]:
                tenths = np.round(shapely.get_coordinates(ring) * 10).astype(int)
                if len(tenths):  # relative steps keep the file small
                    steps = " ".join(f"{x / 10:g},{y / 10:g}" for x, y in np.diff(tenths, axis=0).tolist())
                    said.append(f"M{tenths[0, 0] / 10:g},{tenths[0, 1] / 10:g}l{steps}{'' if is_line else 'z'}")
        return "".join(said)

    def stroke(self, shapes: Iterable[Any], colour: str, width: float, *, dash: str = "", opacity: float = 1.0) -> str:
        """Lines, or the outlines of polygons."""
        more = (f" stroke-dasharray='{dash}'" if dash else "") + (f" stroke-opacity='{opacity}'" if opacity < 1 else "")
        return (
            f"<path d='{self.path(shapes)}' fill='none' stroke='{colour}' stroke-width='{width:.2f}' "
            f"stroke-linejoin='round' stroke-linecap='round'{more}/>"
        )

    def fill(self, shapes: Iterable[Any], colour: str, *, edge: str = "none", detail: float = 0.2) -> str:
        """Polygons."""
        return f"<path d='{self.path(shapes, detail)}' fill='{colour}' stroke='{edge}' stroke-width='.9'/>"

    def frame(self, colour: str, edge: str = "none") -> str:
        """The rectangle of the window."""
        return (
            f"<rect x='{self.left:.1f}' y='{self.top:.1f}' width='{self.width:.1f}' height='{self.height:.1f}' "
            f"fill='{colour}' stroke='{edge}'/>"
        )


def words(x: float, y: float, said: str, size: float, *, bold: bool = False, middle: bool = False) -> str:
    """Words with a halo, beginning at a point or centred on it."""
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' font-size='{size}' text-anchor='{'middle' if middle else 'start'}' "
        f"font-weight='{600 if bold else 400}' fill='{INK}' stroke='{_HALO}' stroke-width='3' paint-order='stroke' "
        f"stroke-linejoin='round'>{escape(said)}</text>"
    )


def words_along(key: str, path: str, said: str, colour: str) -> str:
    """Words on a line: `path` is its data, `key` its name within the file."""
    return (
        f"<path id='{key}' d='{path}' fill='none'/><text font-size='11.5' letter-spacing='3' dy='-5' fill='{colour}' "
        f"stroke='{_HALO}' stroke-width='2.2' paint-order='stroke'><textPath href='#{key}' startOffset='50%' "
        f"text-anchor='middle'>{escape(said)}</textPath></text>"
    )
