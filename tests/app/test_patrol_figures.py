"""Figures of patrols: zero, no data and no land look different; positions are handed over once; nothing of strangers runs."""

import json
import re
import struct
import zlib

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point, box

from gridgov.figures import (
    blind_spots,
    checkpoints,
    choropleth,
    frames,
    moves,
    outlines,
    sessions,
    surface,
    surface_png,
    trails,
)
from gridgov.figures.style import COLOURS

EVIL = "<img src=x onerror=alert(1)>"
ZONE = "Asia/Shanghai"


def grids(shares: list[float | None]) -> gpd.GeoDataFrame:
    cells = [box(120 + 0.01 * k, 31, 120.01 + 0.01 * k, 31.01) for k in range(len(shares))]
    table = {"grid_code": [f"g{k}" for k in range(len(shares))], "grid_name": EVIL, "covered_share": shares}
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(cells, name="geom"), crs=4326).rename_geometry("geom")


def played() -> gpd.GeoDataFrame:
    """One track of three minutes, a silence, another minute; a stop and a case."""
    at = pd.to_datetime(["2026-03-02T01:00Z", "2026-03-02T01:01Z", "2026-03-02T01:02Z", "2026-03-02T01:30Z", "2026-03-02T01:31Z",
                         "2026-03-02T01:01Z", "2026-03-02T01:01Z"])  # fmt: skip
    lon = [120.0, 120.001, 120.002, 120.005, 120.006, 120.001, 120.001]
    table = {
        "what": ["position"] * 5 + ["stop", "case"], "track": pd.array([1] * 6 + [None], "Int64"), "at": at, "until_at": at,
        "lon": lon, "lat": 31.0, "case_no": [None] * 6 + [EVIL], "category": EVIL, "channel": None,
    }  # fmt: skip
    return gpd.GeoDataFrame(table, geometry=[Point(x, 31) for x in lon], crs=4326).rename_geometry("geom")


def test_zero_covered_is_not_unknown_and_classes_are_the_same_everywhere() -> None:
    trace = choropleth(grids([None, 0.0, 0.1, 0.95]), "covered_share").data[0]
    assert list(trace.z) == [-1, 0, 1, 6]
    assert list(choropleth(grids([0.95]), "covered_share").data[0].z) == [6]
    assert len({colour for _, colour in trace.colorscale}) == len(trace.colorbar.ticktext) == 8
    assert EVIL not in str(trace.customdata)


def test_the_surface_is_a_picture_in_which_land_stands_where_it_lies() -> None:
    squares = pd.DataFrame(
        {
            "square_row": [10, 10, 12],
            "square_col": [5, 6, 7],
            "idle_mean_days": [0.0, 8.0, 40.0],
            "n_cells": 4,
            "n_never": [0, 0, 4],
        }
    )
    png = surface_png(squares, {"first_row": 10, "first_col": 5, "n_rows": 3, "n_cols": 3})
    parts, at = {}, 8
    while at < len(png):
        (n,) = struct.unpack(">I", png[at : at + 4])
        parts[png[at + 4 : at + 8]], at = png[at + 8 : at + 8 + n], at + 12 + n
    pixels = np.frombuffer(zlib.decompress(parts[b"IDAT"]), np.uint8).reshape(3, 4)[:, 1:]
    assert pixels.tolist() == [[0, 0, 7], [0, 0, 0], [1, 4, 0]]  # never; none; within the day, 7 to 14 days
    assert parts[b"tRNS"] == b"\0" and len(parts[b"PLTE"]) == 3 * 8
    corners = [[120, 32], [121, 32], [121, 31], [120, 31]]
    figure = surface(choropleth(grids([0.5]), "covered_share"), "/pictures/x.png", corners)
    assert figure.layout.map.style["sources"]["surface"]["url"] == "/pictures/x.png"


def test_positions_are_handed_over_once_and_silence_is_no_way() -> None:
    data = frames(played(), ZONE, 60)
    assert data["length"] == 31 * 60 and data["zone"] == ZONE
    assert data["tracks"] == [
        {"t": [0.0, 60.0, 120.0, 1800.0, 1860.0], "x": [120.0, 120.001, 120.002, 120.005, 120.006], "y": [31.0] * 5}
    ]
    assert frames(played().iloc[5:], ZONE, 60) == {}
    figure = trails(played(), moves(choropleth(grids([0.5]), "covered_share")), zone=ZONE)
    ways = next(figure.select_traces({"mode": "lines"}))
    assert list(ways.lon) == [120.0, 120.002, None, 120.005, 120.006]
    assert "09:01" in str(figure.data[-1].customdata) and EVIL not in figure.data[-1].customdata[0][0]
    assert figure.data[-1].customdata[0][2] == EVIL  # the number of the case itself, for the address


@pytest.mark.parametrize("draw", [blind_spots, checkpoints, sessions, outlines])
def test_an_empty_list_draws_nothing(draw: object) -> None:
    figure = choropleth(grids([0.5]), "covered_share")
    assert len(draw(pd.DataFrame(), figure).data) == 1  # type: ignore[operator]


def test_a_map_that_travels_links_to_nothing_and_says_what_is_not_known() -> None:
    pytest.importorskip("folium")
    from gridgov.figures.travelling import patrol_map

    spots = grids([0.1]).assign(patch=1, m2=2_500.0, idle_days=9, most_idle_days=12, never_share=0.0)
    lines = gpd.GeoDataFrame(geometry=[LineString([(120, 31), (120.01, 31.01)]), None], crs=4326).rename_geometry(
        "geom"
    )
    page = (
        patrol_map(grids([None, 0.0, 0.5]), blind_spots=spots, sessions=lines, title="t", lang="zh").get_root().render()
    )
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", page.replace('href="https://leafletjs.com"', ""))
    assert not re.search(r"url\((?!data:|#)", page)
    assert EVIL not in page and COLOURS["light"].no_data in page and json.dumps("盲区")[1:-1] in page
    assert "0.25 ha" in page
