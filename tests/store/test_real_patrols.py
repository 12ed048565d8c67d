"""Two published vehicles by hand: each vertex is a raw fix, lengths are geodesics, a day's coverage is that of exact buffers."""

from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

import gridgov as gg
from gridgov.pipelines.kinds import load
from gridgov.pipelines.report import LoadReport
from gridgov.sources.mapping import read_mapping
from gridgov.sources.personal import pseudonym
from tests.support import query

CABS = ("abboip", "ugthfu")
DAYS = [date(2008, 5, day) for day in (19, 20, 21)]
DAY = DAYS[1]
ZONE = ZoneInfo("America/Los_Angeles")
METRIC = 26910
PERSON = {"role": "person", "purpose": "a test"}

Raw = dict[str, dict[int, tuple[float, float]]]
"""Longitude and latitude by vehicle (as the store knows it) and second."""


@pytest.fixture
def raw(realdata: Path) -> Raw:
    """The rows of three days as numbers, read without anything of ours."""
    found: Raw = {}
    for cab in CABS:
        rows = [
            line.split() for line in (realdata / f"san_francisco/vehicle_tracks/new_{cab}.txt").read_text().splitlines()
        ]
        found[pseudonym(cab)] = {
            int(t): (float(lon), float(lat))
            for lat, lon, _, t in rows
            if datetime.fromtimestamp(int(t), ZONE).date() in DAYS
        }
    return found


@pytest.fixture
def reports(database: str, realdata: Path, tmp_path: Path) -> list[LoadReport]:
    """San Francisco's neighbourhoods and the same three days loaded through the shipped mappings."""
    load("grids", realdata / "san_francisco/san-francisco.geojson", read_mapping("san_francisco_neighbourhoods"))
    done = []
    for cab in CABS:
        lines = (realdata / f"san_francisco/vehicle_tracks/new_{cab}.txt").read_text().splitlines()
        path = tmp_path / f"new_{cab}.txt"
        path.write_text("\n".join(x for x in lines if datetime.fromtimestamp(int(x.split()[3]), ZONE).date() in DAYS))
        done.append(load("tracks", path, read_mapping("san_francisco_vehicles")))
    return done


def sessions() -> pd.DataFrame:
    """All sessions with the device's name and the vertices of their line: lon, lat, seconds."""
    rows = query(
        "SELECT p.id, t.device, p.day_on, p.begin_at, p.end_at, p.n_fixes, p.metres, p.cut, ST_AsEWKB(p.geom) AS geom"
        " FROM gridgov.patrol_session p JOIN gridgov.tracker t ON t.id = p.tracker_id ORDER BY p.begin_at, p.id"
    )
    rows["vertices"] = [
        np.empty((0, 3)) if geom is None else shapely.get_coordinates(shapely.from_wkb(bytes(geom)), include_m=True)
        for geom in rows["geom"]
    ]
    return rows


def ways(rows: pd.DataFrame, raw: Raw) -> list[Any]:
    """The way of each session in the metric CRS: its line, or the place of its only fix."""
    move = pyproj.Transformer.from_crs(4326, METRIC, always_xy=True)
    found = []
    for row in rows.itertuples():
        known = row.vertices[:, :2] if len(row.vertices) else [raw[row.device][int(row.begin_at.timestamp())]]
        xy = np.column_stack(move.transform(*np.transpose(known)))
        found.append(shapely.LineString(xy) if len(xy) > 1 else shapely.Point(xy[0]))
    return found


def test_by_hand(reports: list[LoadReport], raw: Raw) -> None:
    found = sessions()
    # Every vertex is a raw fix at its instant and place; all raw fixes but those that a filter took are vertices.
    for row in found.itertuples():
        assert all(raw[row.device][int(t)] == (lon, lat) for lon, lat, t in row.vertices)
    taken = sum(sum(n for name, n in report.facts["cleaning"].items() if name != "usable") for report in reports)
    n_raw = sum(map(len, raw.values()))
    assert found["n_fixes"].sum() == n_raw - taken
    assert 0 < taken < 0.02 * n_raw

    # Of sessions from which nothing was taken, the length is that of the raw fixes between begin and end on the ellipsoid.
    geod, n_checked = pyproj.Geod(ellps="WGS84"), 0
    for row in found[found["cut"] != "day"].itertuples():
        begin, end = (int(at.timestamp()) for at in (row.begin_at, row.end_at))
        between = [place for t, place in sorted(raw[row.device].items()) if begin <= t <= end]
        if len(between) == row.n_fixes > 1:
            length = geod.line_length(*np.transpose(between))
            assert row.metres == pytest.approx(length, rel=5e-4, abs=0.01)  # the scale of UTM is 0.9996 in the middle
            n_checked += 1
    assert n_checked > 30

    # What both came near on one day, in each neighbourhood, is what exact buffers of 30 m cover.
    on_day = found[found["day_on"] == DAY]
    near = shapely.union_all(shapely.buffer(ways(on_day, raw), 30, quad_segs=32))
    told = gg.open("san_francisco").ask("coverage", by="neighbourhood", since=DAY, as_of=DAY).frame
    told = gpd.GeoDataFrame(told[told["grid_code"].notna()]).to_crs(METRIC)
    exact = told.geometry.intersection(near).area
    off = 100 * (told["swept_m2"] - exact) / told.geometry.area
    assert len(told) == 37
    assert (told.geometry.area > 100_000).all()
    assert off.abs().max() < 0.5
    assert (told["swept_m2"] > 0).sum() > 25
    assert told["swept_m2"].sum() == pytest.approx(exact.sum(), rel=0.002)


def test_playback_is_where_the_raw_fixes_are(reports: list[LoadReport], raw: Raw) -> None:
    """Every position is within a metre of where the straight way between the two raw fixes around its instant is then."""
    town, n_positions = gg.open("san_francisco"), 0
    move = pyproj.Transformer.from_crs(4326, METRIC, always_xy=True)
    rows = sessions()
    for row in rows[(rows["day_on"] == DAY) & (rows["n_fixes"] > 5)].head(25).itertuples():
        played = town.ask("playback", session=int(row.id), step_s=20, **PERSON).frame
        played = played[played["what"] == "position"]
        x, y = move.transform(played["lon"].to_numpy(), played["lat"].to_numpy())
        at = np.array([each.timestamp() for each in played["at"]])
        times = row.vertices[:, 2]
        there = np.transpose(move.transform(*np.transpose([raw[row.device][int(t)] for t in times])))
        expected = np.column_stack([np.interp(at, times, there[:, k]) for k in (0, 1)])
        assert np.hypot(x - expected[:, 0], y - expected[:, 1]).max() < 1
        assert times[0] <= at.min() <= at.max() <= times[-1]
        assert all(b - a == pytest.approx(20) for a, b in pairwise(at))
        n_positions += len(at)
    assert n_positions > 500
