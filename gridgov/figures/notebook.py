"""A map for notebooks, with folium: what the page of patrols shows, as layers. Nothing but Leaflet itself is fetched."""

import json
from collections.abc import Mapping
from typing import Any, Final

import branca.element
import folium
import geopandas as gpd
import shapely

from gridgov.figures.base import base_geojson
from gridgov.figures.maps import shades
from gridgov.figures.scale import FIXED, class_of
from gridgov.figures.shapes import screen_geojson
from gridgov.figures.style import COLOURS, FONT, Scheme
from gridgov.figures.text import column_name, measured, safe
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
    title: str = "",
    lang: Lang = "en",
) -> folium.Map:
    """Grids by the share of their land to patrol that was covered, and layers over them; all geometry is EPSG:4326.

    grids        one row a grid: grid_code, grid_name, covered_share (NaN = not known), geom; rows without a code are left out
    blind_spots  one row a patch: patch, m2, idle_days, geom; None = no such layer
    checkpoints  one row a checkpoint missed: checkpoint_name, due_visits, made_visits, geom (point)
    sessions     one row a session: geom (lines); whose they are is not shown
    base         roads, waters and built-up land, as `base_geojson` takes them; no tiles are ever fetched
    title        what stands over the legend: of what, as of when
    """
    shown = grids[grids["grid_code"].notna() & grids.geometry.notna()]
    drawn = folium.Map(tiles=None, control_scale=True, zoom_snap=0.25)
    # Of what folium links to, only Leaflet itself is needed here: no jQuery, no Bootstrap, no icons.
    drawn.default_js = [link for link in drawn.default_js if link[0] == "leaflet"]
    drawn.default_css = [link for link in drawn.default_css if link[0] == "leaflet_css"]
    if base is not None and len(base):
        _ground(json.loads(base_geojson(base)), label("layer_base_map", lang)).add_to(drawn)
    limits, said = FIXED[_MEASURE]
    colours = shades(_MEASURE, len(limits), "light")
    fills = {k: colours[k] for k in range(len(colours))} | {-1: COLOURS["light"].no_data}
    classes = dict(zip(shown["grid_code"], class_of(shown[_MEASURE], limits), strict=True))
    styles = {code: {"fillColor": fills[k], "color": COLOURS["light"].map_line, "weight": 1, "fillOpacity": 0.75}
              for code, k in classes.items()}  # fmt: skip
    features = json.loads(screen_geojson(shown))
    rows = {row["grid_code"]: row for row in shown.drop(columns="geom").to_dict("records")}
    for feature in features["features"]:
        feature["properties"] = _told(rows[feature["id"]], "grids", lang) | {"style": styles[feature["id"]]}
    _layer(features, "grids", column_name(_MEASURE, lang), lang).add_to(drawn)
    _overlays(drawn, lang, blind_spots=blind_spots, checkpoints=checkpoints, sessions=sessions)
    steps = list(zip([*([fills[-1]] if -1 in set(classes.values()) else []), *colours],
                     [*([label("no_data", lang)] if -1 in set(classes.values()) else []), *said], strict=True))  # fmt: skip
    root: Any = drawn.get_root()
    root.html.add_child(branca.element.Element(_legend(title, column_name(_MEASURE, lang), steps)))
    folium.LayerControl(collapsed=False).add_to(drawn)
    if len(shown):
        west, south, east, north = (float(edge) for edge in shown.total_bounds)
        drawn.fit_bounds([[south, west], [north, east]])
    return drawn


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
        shapes = shapely.simplify(shapely.force_2d(rows.geometry.to_numpy()), _SIMPLE)
        shapes = shapely.transform(shapes, lambda xy: xy.round(6))  # 0.1 m
        told = [_told(row, kind, lang) for row in rows.drop(columns="geom").to_dict("records")]
        features = [
            {
                "type": "Feature",
                "geometry": json.loads(shapely.to_geojson(shape)),
                "properties": each | {"style": paint},
            }
            for shape, each in zip(shapes, told, strict=True)
        ]
        of = {"type": "FeatureCollection", "features": features}
        _layer(of, kind, label(words.get(kind, kind), lang), lang).add_to(drawn)


def _layer(features: dict[str, Any], kind: str, name: str, lang: Lang) -> folium.GeoJson:
    """A layer that draws itself by the style of each feature, and tells what its properties say."""
    said = [key for key in features["features"][0]["properties"] if key != "style"] if features["features"] else []
    heads = [column_name(key, lang) for key in said]
    tip = folium.GeoJsonTooltip(said, aliases=heads, sticky=True, style=f"font-family: {_font()}") if said else None
    dot = folium.CircleMarker(radius=5) if kind == "checkpoints" else None
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


def _told(row: Mapping[str, Any], kind: str, lang: Lang) -> dict[str, str]:
    """What is told of a row, harmless: the tooltip puts it into the page as it is."""
    names = [name for name in TOLD.get(kind, ()) if name in row]
    return {name: safe(row[name]) if isinstance(row[name], str) else measured(name, row[name]) for name in names}


def _font() -> str:
    return FONT.replace('"', "'")


def _legend(title: str, measure: str, steps: list[tuple[str, str]], scheme: Scheme = "light") -> str:
    c = COLOURS[scheme]
    boxes = "".join(
        f'<div><span style="display:inline-block;width:14px;height:12px;margin-right:6px;background:{colour};'
        f'border:1px solid {c.line}"></span>{safe(said)}</div>'
        for colour, said in steps
    )
    return (
        f"<style>.leaflet-container {{background: {c.map_ground}}}</style>"
        f'<div style="position:fixed;left:12px;bottom:56px;z-index:1000;max-width:230px;padding:8px 10px;border-radius:4px;'
        f'background:{c.veil};color:{c.text};font:12px {_font()}"><b>{safe(title)}</b><div>{safe(measure)}</div>{boxes}</div>'
    )
