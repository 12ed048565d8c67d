"""A picture of the town as SVG, for a README: `draw(land, "town.svg")`, then any browser shows or prints it.

chromium --headless --screenshot=town.png --window-size=1400,1000 file:///.../town.svg
"""

from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from shapely.ops import substring

from gridgov.simulate.land.canvas import INK, Canvas, words, words_along
from gridgov.simulate.land.sheet import Points
from gridgov.simulate.land.survey import Shapes
from gridgov.simulate.model import Land

_WIDTH, _HEIGHT = 1400, 1000
_RIGHT = 1032  # where the margin with title and legend begins
_PAPER, _BEYOND, _WATER, _BUILT, _BORDER, _CASES = "#f5f4e6", "#e9e8e2", "#94c4e0", "#d8d2c8", "#83417a", "#c0281e"
_ROADS = {  # colour, casing, pixels at least, metres
    "path": ("#d9d4c1", "", 0.35, 3),
    "lane": ("#b9b3a3", "", 0.55, 6),
    "street": ("#ffffff", "#a39a8c", 1.6, 18),
    "trunk": ("#f5c469", "#b9812c", 2.9, 36),
}
_WATERWAYS = {"canal": (1.15, 14), "river": (4.2, 38)}
_DASHES = {"village": "8 2.5 1.5 2.5", "grid": "2.5 2.5"}
_DEDICATED = {"school": ("#5b8c5a", "学校"), "park": ("#8a78b8", "产业园区"), "market": ("#d0604a", "市场")}
_LANDMARKS = {"town_hall": "镇政府", "hospital": "卫生院", "police": "派出所", "bus_station": "汽车站"}


def draw(land: Land, path: str | Path, cases_xy: npt.NDArray[np.float64] | None = None) -> None:
    """Write the town as an SVG of 1400 x 1000 pixels, the centre enlarged in a corner.

    cases_xy  (n, 2) metres: places of cases, shown as translucent hexagons by their density
    """
    core = shapely.union_all(land.villages.geometry[land.villages.kind == "urban"].to_numpy())
    west, south, east, north = core.bounds
    half = max(east - west, north - south) / 2 * 1.04
    x, y = (west + east) / 2, (south + north) / 2
    whole = Canvas(land.outline.bounds, 24, 24, 985, _HEIGHT - 48)
    near = Canvas((x - half, y - half, x + half, y + half), _RIGHT - 2, 84, 346, 346)
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_WIDTH} {_HEIGHT}' width='{_WIDTH}' "
        f"height='{_HEIGHT}' font-family='Noto Sans CJK SC, sans-serif'>",
        f"<defs>{_hatches()}<clipPath id='near'>{near.frame(INK)}</clipPath></defs>",
        f"<rect width='{_WIDTH}' height='{_HEIGHT}' fill='{_BEYOND}'/>",
        *_layers(land, whole, cases_xy),
        *_names_along(land, whole),
        *_names(land, whole),
        f"<g clip-path='url(#near)'>{near.frame(_BEYOND)}",
        *_layers(land, near, cases_xy),
        *_landmarks(land, near),
        f"</g>{near.frame('none', INK)}",
        *_margin(land, whole, cases_xy is not None),
        "</svg>",
    ]
    Path(path).write_text("\n".join(parts), "utf-8")


def _of(table: gpd.GeoDataFrame, kind: str) -> Shapes:
    shapes: Shapes = table.geometry[table.kind == kind].to_numpy()
    return shapes


def _layers(land: Land, canvas: Canvas, cases_xy: Points | None) -> list[str]:
    """The map, lowest layer first."""
    roads, waters = land.roads, land.waters
    outline = [land.outline]
    banks = shapely.buffer(shapely.union_all(np.r_[_of(waters, "river"), _of(waters, "canal")]), 1.0)
    grids, villages = (shapely.union_all(table.boundary.to_numpy()) for table in (land.grids, land.villages))

    def wide(pixels: float, metres: float) -> float:
        return max(pixels, metres * canvas.scale)

    out = [canvas.fill(outline, _PAPER)]
    out.append(canvas.stroke([shapely.line_merge(grids)], _BORDER, 2.2, opacity=0.13))
    out.append(canvas.stroke([shapely.line_merge(villages)], _BORDER, 6.5, opacity=0.2))
    for kind in ("path", "lane"):
        colour, _, pixels, metres = _ROADS[kind]
        out.append(canvas.stroke(_of(roads, kind), colour, wide(pixels, metres)))
        if kind == "path":
            out.append(canvas.fill(land.built_up.geometry, _BUILT, detail=0.15))
            out.append(canvas.fill(_of(waters, "pond"), _WATER))
    for kind, (pixels, metres) in _WATERWAYS.items():
        out.append(canvas.stroke(_of(waters, kind), _WATER, wide(pixels, metres)))
    for kind, (colour, _) in _DEDICATED.items():
        shapes = land.dedicated.geometry[land.dedicated.subkind == kind]
        out.append(canvas.fill(shapes, f"url(#{kind})", edge=colour))
    for kind in ("street", "trunk"):
        colour, casing, pixels, metres = _ROADS[kind]
        out.append(canvas.stroke(_of(roads, kind), casing, wide(pixels, metres) + 0.9))
        out.append(canvas.stroke(_of(roads, kind), colour, wide(pixels, metres)))
    # A watercourse is seen to be a boundary by the band along it; dashes would hide it. Merged, or dashes start anew.
    out.append(canvas.stroke([shapely.line_merge(grids - banks)], _BORDER, 0.55, dash=_DASHES["grid"], opacity=0.7))
    out.append(
        canvas.stroke([shapely.line_merge(villages - banks)], _BORDER, 1.1, dash=_DASHES["village"], opacity=0.8)
    )
    if cases_xy is not None:
        out += _hexagons(canvas.shows(cases_xy))
    out.append(canvas.stroke([shapely.boundary(land.outline)], _BORDER, 2.0))
    return out


def _hexagons(xy: Points, size: float = 4.0) -> list[str]:
    """Points in pixels, counted in hexagons with sides of `size`: the darker, the more."""
    wide, high = size * np.sqrt(3), size * 1.5
    row = np.round(xy[:, 1] / high).astype(int)
    column = np.round(xy[:, 0] / wide - 0.5 * (row % 2)).astype(int)
    cells, n = np.unique(np.c_[row, column], axis=0, return_counts=True)
    strength = np.minimum(n / np.quantile(n, 0.995), 1.0)
    turn = np.deg2rad(np.arange(30, 390, 60))
    out = [f"<g fill='{_CASES}'>"]
    for (r, c), much in zip(cells[strength > 0.04], strength[strength > 0.04], strict=True):
        x, y = (c + 0.5 * (r % 2)) * wide, r * high
        ring = "L".join(f"{x + size * np.cos(t):.1f},{y + size * np.sin(t):.1f}" for t in turn)
        out.append(f"<path d='M{ring}Z' fill-opacity='{0.75 * much**0.6:.2f}'/>")
    return [*out, "</g>"]


def _names(land: Land, canvas: Canvas) -> list[str]:
    """The names of the villages, where they are widest."""
    circles = shapely.maximum_inscribed_circle(land.villages.geometry.to_numpy(), 20)
    places = canvas.place(shapely.get_coordinates(shapely.get_point(circles, 0)))
    size = np.where(land.villages.kind == "urban", 11, 13.5)
    return [
        words(x, y, name, s, bold=True, middle=True)
        for (x, y), name, s in zip(places, land.villages.name, size, strict=True)
    ]


def _names_along(land: Land, canvas: Canvas) -> list[str]:
    """The names of rivers and trunk roads, twice along their courses."""
    out: list[str] = []
    for table, kind, colour in ((land.waters, "river", "#2f6d94"), (land.roads, "trunk", "#7a5416")):
        of_kind = table[table.kind == kind]
        for name in of_kind.name.unique():
            course = shapely.line_merge(shapely.union_all(of_kind.geometry[of_kind.name == name].to_numpy()))
            longest = max(shapely.get_parts(course), key=lambda part: part.length)
            for share in (0.16, 0.82):
                piece = substring(longest, share - 0.07, share + 0.07, normalized=True).simplify(60)
                if piece.coords[0][0] > piece.coords[-1][0]:  # or it would stand on its head
                    piece = piece.reverse()
                out.append(words_along(f"along{kind}{len(out)}", canvas.path([piece], 1.0), name, colour))
    return out


def _landmarks(land: Land, canvas: Canvas) -> list[str]:
    """Public places that people find their way by."""
    out = []
    for kind, said in _LANDMARKS.items():
        here = land.places[land.places.kind == kind].iloc[0]
        ((x, y),) = canvas.place(np.array([[here.x, here.y]]))
        if kind == "town_hall":
            turn, size = np.deg2rad(-90 + 36 * np.arange(10)), np.where(np.arange(10) % 2, 3.2, 7.5)
            star = " ".join(f"{x + r * np.cos(t):.1f},{y + r * np.sin(t):.1f}" for t, r in zip(turn, size, strict=True))
            out.append(f"<polygon points='{star}' fill='{_CASES}' stroke='#fff'/>")
        else:
            out.append(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='3.2' fill='{INK}' stroke='#fff'/>")
        out.append(words(x + 8, y + 4, said, 11))
    return out


def _hatches() -> str:
    return "".join(
        f"<pattern id='{kind}' width='5' height='5' patternUnits='userSpaceOnUse' patternTransform='rotate(45)'>"
        f"<rect width='5' height='5' fill='{colour}' fill-opacity='.28'/>"
        f"<rect width='1.6' height='5' fill='{colour}' fill-opacity='.7'/></pattern>"
        for kind, (colour, _) in _DEDICATED.items()
    )


def _margin(land: Land, canvas: Canvas, with_cases: bool) -> list[str]:
    """Title, legend, scale bar, north."""
    n = f"{land.outline.area / 1e6:.0f} km²　{len(land.villages)} 村（社区）　{len(land.grids)} 网格"
    out = [words(_RIGHT, 46, land.name + "（虚构）", 24, bold=True), words(_RIGHT, 70, n, 14)]
    lines = [
        ("镇界", _BORDER, 2.0, ""),
        ("村（社区）界", _BORDER, 1.3, _DASHES["village"]),
        ("网格界", _BORDER, 0.8, _DASHES["grid"]),
        ("干道", _ROADS["trunk"][1], 4.0, ""),
        ("街道、乡道", _ROADS["street"][1], 2.6, ""),
        ("里弄、组道", _ROADS["lane"][0], 1.0, ""),
        ("河", _WATER, 4.0, ""),
        ("浜、港、溪", _WATER, 1.4, ""),
    ]
    areas = [("湖荡、鱼塘", _WATER, "none", 1.0), ("建成区", _BUILT, "none", 1.0)]
    areas += [(f"专属网格：{said}", f"url(#{kind})", colour, 1.0) for kind, (colour, said) in _DEDICATED.items()]
    areas += [("案件密度", _CASES, "none", 0.5)] if with_cases else []
    for k, (said, colour, width, dash) in enumerate(lines):
        y = 470 + 26 * k
        out.append(f"<path d='M{_RIGHT},{y}h34' stroke='{colour}' stroke-width='{width}' stroke-dasharray='{dash}'/>")
        out.append(words(_RIGHT + 48, y + 5, said, 14))
    for k, (said, colour, edge, opacity) in enumerate(areas, len(lines)):
        y = 470 + 26 * k
        out.append(
            f"<rect x='{_RIGHT}' y='{y - 6}' width='34' height='12' fill='{colour}' stroke='{edge}' opacity='{opacity}'/>"
        )
        out.append(words(_RIGHT + 48, y + 5, said, 14))
    y, half = _HEIGHT - 60, 1000 * canvas.scale
    out.append(f"<rect x='{_RIGHT}' y='{y}' width='{half:.1f}' height='5' fill='{INK}' stroke='{INK}'/>")
    out.append(f"<rect x='{_RIGHT + half:.1f}' y='{y}' width='{half:.1f}' height='5' fill='#fff' stroke='{INK}'/>")
    out += [words(_RIGHT + half * km, y + 22, said, 12, middle=True) for km, said in ((0, "0"), (1, "1"), (2, "2 km"))]
    out.append(f"<path d='M{_RIGHT + 318},{y + 8}l-7,0l7,-26l7,26z' fill='{INK}'/>")
    return [*out, words(_RIGHT + 318, y + 24, "北", 12, middle=True)]
