"""Pictures for paper: maps and bars as SVG that holds shapes only. Their words come beside, so that they are set as text.

Colours are the light ones of the app. What is not known is hatched, nothing is paler than any class: a photocopy keeps the order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgov.figures.maps import classes
from gridgov.figures.scale import class_of
from gridgov.figures.style import COLOURS
from gridgov.text import cells
from gridgov.vocabulary import Lang

Anchor = Literal["start", "middle", "end"]

SIDE: Final = 1000
"""Units of the longer side of a map."""
_CELL: Final = 19
_LINE: Final = 36
"""What a letter takes across (a Chinese one twice that) and a line down, in units of a map as large as it is printed."""
_SIMPLER: Final = 1.5
"""Outlines are told to so many units."""


@dataclass(frozen=True)
class Label:
    """A word in a picture: where, in units of the picture, what, and how large beside the other words (1 = as they are).

    veil   it stands upon shapes, and is kept apart from them
    """

    x: float
    y: float
    text: str
    anchor: Anchor = "middle"
    size: float = 1.0
    veil: bool = False


@dataclass(frozen=True)
class Drawing:
    """A picture: shapes, words and legend (words, colour); `hatched` is what hatching means, where anything is hatched.

    alt      what it shows, in a sentence
    most_mm  how tall it may become
    """

    svg: str
    width: int
    height: int
    alt: str
    title: str
    labels: list[Label] = field(default_factory=list)
    legend: list[tuple[str, str]] = field(default_factory=list)
    hatched: str | None = None
    most_mm: int = 64


def area_map(
    grids: gpd.GeoDataFrame,
    measure: str,
    title: str,
    alt: str,
    lang: Lang,
    *,
    outlines: gpd.GeoDataFrame | None = None,
    names: Mapping[str, str] | None = None,
    spots: gpd.GeoDataFrame | None = None,
) -> Drawing:
    """Grids shaded by a measure; each outline has its name, spots are dark.

    outlines  larger areas around them: grid_code, geom
    names     by the code of an outline: what stands upon it
    spots     areas to be seen upon the rest: blind spots
    """
    shown = grids[grids["grid_code"].notna() & grids.geometry.notna() & ~grids.geometry.is_empty]
    if shown.empty:
        return Drawing("", 0, 0, alt, title)
    values = pd.to_numeric(shown[measure], errors="coerce")
    limits, steps = classes(values, measure, lang, "light")
    found = class_of(values, limits)
    place = _Frame.around(shown)
    c = COLOURS["light"]
    fills = {k: colour if k >= 0 else "url(#none)" for k, colour, _ in steps}
    parts = [
        f'<path d="{_path(place.of(shape))}" fill="{fills[k]}" stroke="{c.map_line}" stroke-width="0.8"/>'
        for shape, k in zip(shown.geometry, found, strict=True)
    ]
    if spots is not None and len(spots):
        parts += [f'<path d="{"".join(_path(place.of(shape, 1.0), 0) for shape in spots.geometry)}" fill="{c.blind}"/>']
    labels = []
    if outlines is not None:
        parts += [
            f'<path d="{_path(place.of(shape))}" fill="none" stroke="{c.muted}" stroke-width="2.4"/>'
            for shape in outlines.geometry
        ]
        labels = _named(outlines, names or {}, place)
    unknown = next((words for k, _, words in steps if k == -1), None)
    return Drawing(
        _svg(parts, place.width, place.height), place.width, place.height, alt, title, labels,
        [(words, colour) for k, colour, words in steps if k >= 0], unknown,
    )  # fmt: skip


def with_spots(drawing: Drawing, word: str) -> Drawing:
    """The legend with the colour of the spots."""
    return Drawing(**{**drawing.__dict__, "legend": [*drawing.legend, (word, COLOURS["light"].blind)]})


def bars(rows: Sequence[tuple[str, float, float | None, str]], title: str, alt: str, said: tuple[str, str]) -> Drawing:
    """Bars beside each other, one a row, with a thin one of the time before below.

    rows   name, value, value before (None = not known), and what stands behind the bar
    said   what the legend calls now and before
    """
    c = COLOURS["light"]
    step, left, right = 64, 300, 600
    most = max([value for _, *values, _ in rows for value in values if value is not None], default=0) or 1
    parts, labels = [], []
    for k, (name, value, before, words) in enumerate(rows):
        y = k * step
        wide = right * value / most
        parts.append(f'<rect x="{left}" y="{y + 6}" width="{wide:.1f}" height="30" fill="{c.reported}"/>')
        if before is not None:
            parts.append(
                f'<rect x="{left}" y="{y + 38}" width="{right * before / most:.1f}" height="10" fill="{c.closed}"/>'
            )
        labels += [Label(left - 10, y + 26, name, "end"), Label(left + wide + 8, y + 20, words, "start")]
    height = max(len(rows) * step, 1)
    legend = [(said[0], c.reported), (said[1], c.closed)]
    return Drawing(_svg(parts, SIDE, height), SIDE, height, alt, title, labels, legend)


def columns(
    rows: Sequence[tuple[str, Sequence[float | None]]], title: str, alt: str, said: Sequence[str], height: int = 300
) -> Drawing:
    """Columns side by side over time: the words below, one value for each of `said`, None = not known."""
    c = COLOURS["light"]
    colours = [c.reported, c.closed, c.overdue]
    most = max([value for _, values in rows for value in values if value is not None], default=0) or 1
    top, foot = 30, 40
    slot = SIDE / max(len(rows), 1)
    wide = slot * 0.74 / max(len(said), 1)
    parts = [f'<path d="M0 {height - foot}H{SIDE}" stroke="{c.muted}" stroke-width="1.5"/>']
    labels = []
    for k, (name, values) in enumerate(rows):
        for j, value in enumerate(values):
            if value is None:
                continue
            tall = (height - top - foot) * value / most
            x = k * slot + slot * 0.13 + j * wide
            y = height - foot - tall
            parts.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide * 0.92:.1f}" height="{tall:.1f}" fill="{colours[j]}"/>'
            )
            if j == 0:
                labels.append(Label(x + wide * 0.46, height - foot - tall - 12, f"{value:,.0f}", "middle", 0.9))
        labels.append(Label((k + 0.5) * slot, height - foot / 2, name, "middle", 0.9))
    return Drawing(
        _svg(parts, SIDE, height), SIDE, height, alt, title, labels, list(zip(said, colours, strict=False))
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Frame:
    """From degrees to units of the picture: north is up, and a metre is as long in both directions at its middle."""

    west: float
    north: float
    across: float
    up: float
    width: int
    height: int

    @classmethod
    def around(cls, grids: gpd.GeoDataFrame) -> "_Frame":
        west, south, east, north = (float(v) for v in grids.total_bounds)
        squeeze = float(np.cos(np.radians((south + north) / 2)))
        wide, tall = max((east - west) * squeeze, 1e-9), max(north - south, 1e-9)
        unit = (SIDE - 8) / max(wide, tall)
        return cls(west, north, squeeze * unit, unit, round(wide * unit) + 8, round(tall * unit) + 8)

    def of(self, shape: Any, simpler: float = _SIMPLER) -> Any:
        """A shape in units of the picture, as simple as can be seen."""
        return _drawn(shape.wkb, self, simpler)


@lru_cache(maxsize=4096)
def _drawn(wkb: bytes, frame: _Frame, simpler: float) -> Any:
    def moved(xy: np.ndarray) -> np.ndarray:
        return np.column_stack([(xy[:, 0] - frame.west) * frame.across + 4, (frame.north - xy[:, 1]) * frame.up + 4])

    return shapely.transform(shapely.from_wkb(wkb), moved).simplify(simpler, preserve_topology=True)


def _path(shape: Any, digits: int = 1) -> str:
    """A shape as the path of SVG, to so many decimals."""
    rings = [
        ring
        for part in shapely.get_parts(shape)
        if part.geom_type == "Polygon"
        for ring in (part.exterior, *part.interiors)
    ]
    return "".join(
        "M" + "L".join(f"{x:.{digits}f} {y:.{digits}f}" for x, y in ring.coords[:-1]) + "Z" for ring in rings
    )


def _named(outlines: gpd.GeoDataFrame, names: Mapping[str, str], place: _Frame) -> list[Label]:
    """A word inside each outline, smaller where there is little room; none upon another."""
    labels: list[tuple[Label, float]] = []
    drawn = [(place.of(shape), code) for shape, code in zip(outlines.geometry, outlines["grid_code"], strict=True)]
    for shape, code in sorted(drawn, key=lambda each: -each[0].area):
        if code not in names or shape.is_empty:
            continue
        spot = shape.representative_point()
        size = float(np.clip(np.sqrt(shape.area) / 130, 0.72, 1.0))
        half = _CELL * cells(names[code]) * size / 2
        x, y = (
            float(np.clip(spot.x, min(half, place.width / 2), max(place.width - half, place.width / 2))),
            float(spot.y),
        )
        near = [other.y for other, wide in labels if abs(other.x - x) < half + wide]
        while any(abs(y - other) < _LINE for other in near):
            y += 8
        labels.append((Label(round(x, 1), round(y, 1), names[code], "middle", round(size, 2), veil=True), half))
    return [label for label, _ in labels]


def _svg(parts: Sequence[str], width: float, height: float) -> str:
    c = COLOURS["light"]
    hatch = (
        '<defs><pattern id="none" width="12" height="12" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="12" height="12" fill="#ffffff"/><path d="M0 0V12" stroke="{c.muted}" stroke-width="3"/></pattern></defs>'
    )
    used = hatch if any("url(#none)" in part for part in parts) else ""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}">{used}{"".join(parts)}</svg>'
