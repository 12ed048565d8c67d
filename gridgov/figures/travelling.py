"""Maps that travel: folium maps for notebooks in one piece, which draw with the network off. Nothing is fetched, ever."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

import branca.element
import folium
import geopandas as gpd
import pandas as pd
import shapely

from gridgov.figures.base import base_geojson
from gridgov.figures.leaflet import OneFile
from gridgov.figures.maps import FEW, in_classes
from gridgov.figures.style import COLOURS, FONT, Scheme
from gridgov.figures.text import column_name, known, measured, moment, safe
from gridgov.schema import worded
from gridgov.vocabulary import Lang, label

TOLD: Final = {
    "grids": ("grid_name", "covered_share", "covered_m2", "due_m2", "land_share", "minutes", "km", "n_visits"),
    "blind_spots": ("grid_name", "m2", "idle_days", "most_idle_days", "never_share"),
    "checkpoints": ("checkpoint_name", "grid_name", "due_visits", "made_visits", "lacking_visits"),
}
"""What a layer tells when one points at it, as far as there are such columns."""
_MEASURE: Final = "covered_share"
_SIMPLE: Final = 2e-5  # degrees, about 2 m


def patrol_map(
    grids: gpd.GeoDataFrame,
    *,
    blind_spots: gpd.GeoDataFrame | None = None,
    checkpoints: gpd.GeoDataFrame | None = None,
    sessions: gpd.GeoDataFrame | None = None,
    base: gpd.GeoDataFrame | None = None,
    credit: str = "",
    title: str = "",
    lang: Lang = "en",
) -> folium.Map:
    """Grids by the share of their land to patrol that was covered, and layers over them; all geometry is EPSG:4326.

    grids        one row a grid: grid_code, grid_name, covered_share (NaN = not known), geom; rows without a code are left out
    blind_spots  one row a patch: patch, m2, idle_days, geom; None = no such layer
    checkpoints  one row a checkpoint missed: checkpoint_name, due_visits, made_visits, geom (point)
    sessions     one row a session: geom (lines); whose they are is not shown
    base         roads, waters and built-up land, as `base_geojson` takes them; no tiles are ever fetched
    credit       what must be printed on the map: the number of its approval
    title        what stands over the legend: of what, as of when
    """
    shown = grids[grids["grid_code"].notna() & grids.geometry.notna()]
    drawn = _begun(base, lang)
    told = [name for name in TOLD["grids"] if name in shown]
    steps = _coloured(drawn, shown, _MEASURE, told, pd.Series(False, index=shown.index), lang, "UTC")
    _overlays(drawn, lang, blind_spots=blind_spots, checkpoints=checkpoints, sessions=sessions)
    return _finished(drawn, shown, _legend(title, column_name(_MEASURE, lang), steps, credit=credit))


def places_map(
    places: gpd.GeoDataFrame,
    measure: str,
    *,
    told: Sequence[str] = (),
    few: pd.Series | None = None,
    base: gpd.GeoDataFrame | None = None,
    credit: str = "",
    title: str = "",
    definition: Iterable[tuple[str, str]] = (),
    zone: str = "UTC",
    lang: Lang = "en",
) -> folium.Map:
    """Places (areas, lines or points, EPSG:4326) by a measure in classes; zero, not known and too few to tell differ.

    places      one row a place: the measure, geom; rows without a place are left out
    told        columns that are told when one points at a place
    few         True for rows whose measure is not told, because too few stand behind it; None = none
    base        roads, waters and built-up land, as `base_geojson` takes them
    credit      what must be printed on the map: the number of its approval
    title       what stands over the legend: of what, as of when
    definition  what the legend opens to: heads and statements
    zone        whose time instants are told in
    """
    shown = places[places.geometry.notna() & ~places.geometry.is_empty]
    drawn = _begun(base, lang)
    not_told = pd.Series(False, index=shown.index) if few is None else few.reindex(shown.index, fill_value=False)
    steps = _coloured(drawn, shown, measure, list(dict.fromkeys([*told, measure])), not_told, lang, zone)
    return _finished(drawn, shown, _legend(title, column_name(measure, lang), steps, definition, credit))


def _begun(base: gpd.GeoDataFrame | None, lang: Lang) -> OneFile:
    drawn = OneFile()
    if base is not None and len(base):
        _ground(json.loads(base_geojson(base)), label("layer_base_map", lang)).add_to(drawn)
    return drawn


def _finished(drawn: OneFile, shown: gpd.GeoDataFrame, legend: str) -> folium.Map:
    root: Any = drawn.get_root()
    root.html.add_child(branca.element.Element("{% raw %}" + legend + "{% endraw %}"))
    folium.LayerControl(collapsed=False).add_to(drawn)
    if len(shown):
        west, south, east, north = (float(edge) for edge in shown.total_bounds)
        drawn.fit_bounds([[south, west], [north, east]])
    return drawn


def _coloured(
    drawn: OneFile, shown: gpd.GeoDataFrame, measure: str, told: Sequence[str], few: pd.Series, lang: Lang, zone: str
) -> list[tuple[str, str]]:
    """Put the places on a map by the classes of their measure; gives the colours and words of the legend."""
    found, steps = in_classes(shown, measure, few, lang)
    colour = {step: shade for step, shade, _ in steps}
    features = []
    for shape, (_, row), step in zip(_simple(shown), shown.iterrows(), found, strict=True):
        style = _style(shape.geom_type, colour[step]) | ({"dashArray": "3"} if step == FEW else {})
        words = {name: _said(name, row[name], lang, zone) for name in told}
        if step == FEW:
            words[measure] = label("too_few", lang)
        features.append(
            {
                "type": "Feature",
                "geometry": json.loads(shapely.to_geojson(shape)),
                "properties": {**words, "style": style},
            }
        )
    of = {"type": "FeatureCollection", "features": features}
    _layer(of, "grids", column_name(measure, lang), lang).add_to(drawn)
    return [(shade, said) for _, shade, said in steps]


def _style(kind: str, colour: str) -> dict[str, Any]:
    c = COLOURS["light"]
    if kind.endswith("LineString"):
        return {"color": colour, "weight": 2.5}
    if kind.endswith("Point"):
        return {"fill": True, "fillColor": colour, "color": c.surface, "weight": 1, "fillOpacity": 1}
    return {"fillColor": colour, "color": c.map_line, "weight": 1, "fillOpacity": 0.75}


def _simple(shown: gpd.GeoDataFrame) -> Any:
    """Shapes small enough to send: grids keep their common edges, all coordinates are good to 0.1 m."""
    shapes = shapely.force_2d(shown.geometry.to_numpy())
    areas = shown.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).all()
    shapes = shapely.coverage_simplify(shapes, _SIMPLE) if areas else shapely.simplify(shapes, _SIMPLE)
    return shapely.transform(shapes, lambda xy: xy.round(6))


def _said(name: str, value: Any, lang: Lang, zone: str) -> str:
    """A value of any column as the tip says it, harmless."""
    if isinstance(value, pd.Timestamp):
        return moment(value, zone)
    if known(value) and isinstance(value, int | float) and not isinstance(value, bool):
        return measured(name, value)
    return safe(worded(name, value, lang))


def _overlays(drawn: folium.Map, lang: Lang, **layers: gpd.GeoDataFrame | None) -> None:
    """The layers that are there, each with a name; those without rows are not."""
    colours, words = COLOURS["light"], {"checkpoints": "checkpoints_missed", "sessions": "patrol_sessions"}
    paints = {
        "sessions": {"color": colours.patrol, "weight": 2, "opacity": 0.7},
        "blind_spots": {"color": colours.blind, "fillColor": colours.blind, "weight": 1, "fillOpacity": 0.5},
        "checkpoints": {
            "color": colours.surface,
            "fill": True,
            "fillColor": colours.overdue,
            "weight": 1.5,
            "fillOpacity": 1,
        },
    }
    for kind, paint in paints.items():
        rows = layers[kind]
        rows = None if rows is None or rows.empty else rows[rows.geometry.notna()]
        if rows is None or rows.empty:
            continue
        told = [name for name in TOLD.get(kind, ()) if name in rows]
        features = [
            {"type": "Feature", "geometry": json.loads(shapely.to_geojson(shape)),
             "properties": {name: _said(name, row[name], lang, "UTC") for name in told} | {"style": paint}}
            for shape, (_, row) in zip(_simple(rows), rows.iterrows(), strict=True)
        ]  # fmt: skip
        of = {"type": "FeatureCollection", "features": features}
        _layer(of, kind, label(words.get(kind, kind), lang), lang).add_to(drawn)


def _layer(features: dict[str, Any], kind: str, name: str, lang: Lang) -> folium.GeoJson:
    """A layer that draws itself by the style of each feature, and tells what its properties say."""
    said = [key for key in features["features"][0]["properties"] if key != "style"] if features["features"] else []
    heads = [column_name(key, lang) for key in said]
    tip = folium.GeoJsonTooltip(said, aliases=heads, sticky=True, style=f"font-family: {_font()}") if said else None
    dot = folium.CircleMarker(radius=5)  # for what is a point
    return folium.GeoJson(
        features, name=name, tooltip=tip, marker=dot, style_function=lambda feature: feature["properties"]["style"]
    )


def _ground(features: dict[str, Any], name: str) -> folium.GeoJson:
    c = COLOURS["light"]
    paints = {
        "built_up": {"fillColor": c.map_built_up, "weight": 0, "fillOpacity": 1},
        "water": {"fillColor": c.map_water, "weight": 0, "fillOpacity": 1},
        "river": {"color": c.map_water, "weight": 1.5}, "narrow": {"color": c.map_road, "weight": 0.5},
        "broad": {"color": c.map_road, "weight": 2},
    }  # fmt: skip
    return folium.GeoJson(features, name=name, style_function=lambda feature: paints[feature["properties"]["class"]])


def _font() -> str:
    return FONT.replace('"', "'")


def _legend(
    title: str,
    measure: str,
    steps: list[tuple[str, str]],
    definition: Iterable[tuple[str, str]] = (),
    credit: str = "",
    scheme: Scheme = "light",
) -> str:
    """The box in the corner: of what and as of when, the classes, and what the number means, to be opened."""
    c = COLOURS[scheme]
    boxes = "".join(
        f'<div><span style="display:inline-block;width:14px;height:12px;margin-right:6px;background:{colour};'
        f'border:1px solid {c.line}"></span>{safe(said)}</div>'
        for colour, said in steps
    )
    (head, _), *rest = [*definition] or [("", "")]
    means = "".join(f"<p><b>{safe(name)}</b> {safe(text)}</p>" for name, text in rest)
    opened = f"<details><summary>{safe(head)}</summary>{means}</details>" if head else ""
    return (
        f"<style>.leaflet-container {{background: {c.map_ground}}} .gg-legend details {{max-height: 40vh; overflow: auto}}"
        f" .gg-legend p {{margin: 6px 0}} .gg-legend summary {{cursor: pointer; color: {c.muted}; margin-top: 4px}}</style>"
        f'<div class="gg-legend" style="position:fixed;left:12px;bottom:56px;z-index:1000;max-width:280px;padding:8px 10px;'
        f'border-radius:4px;background:{c.veil};color:{c.text};font:12px {_font()}"><b>{safe(title)}</b>'
        f"<div>{safe(measure)}</div>{boxes}{opened}{f'<div>{safe(credit)}</div>' if credit else ''}</div>"
    )
