"""The land as its surveyors publish it: grids before and since the boundary change, dedicated grids, places, exposure, a map."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgov.simulate.model import Land
from gridgov.simulate.scenario import Scenario, day_of
from gridgov.simulate.writing import degrees, in_degrees, write_geojson, write_gpkg, write_table

_COUNTED_BEFORE = 0.985
"""Residents of the first count, as a share of the published ones."""


def boundary_change_day(scenario: Scenario) -> int:
    """The first day of the new division."""
    return scenario.planted_day(float(scenario.town["boundary_change"]["month"]))


def write_survey(scenario: Scenario, land: Land, out: Path) -> None:
    """Write what the land consists of, see OUT/README.md for the files."""
    kinds = {"urban": "城市", "rural": "农村"}
    for name, division in (("grids_before", land.grids_before), ("grids", land.grids)):
        grids = division[["code", "name", "kind", "geometry"]].assign(kind=division["kind"].map(kinds))
        grids = grids.rename(columns={"code": "WGBM", "name": "WGMC", "kind": "WGLX"})
        write_gpkg({"grids": in_degrees(grids, land.crs)}, out / f"{name}.gpkg")
    write_geojson(
        in_degrees(land.dedicated[["code", "name", "subkind", "geometry"]], land.crs), out / "dedicated.geojson"
    )
    _write_places(land, out / "places.csv")
    _write_exposure(scenario, land, out / "exposure.csv")
    layers = {
        name: _mended(in_degrees(frame.drop(columns=[c for c in ("village",) if c in frame.columns]), land.crs))
        for name, frame in (("roads", land.roads), ("waters", land.waters), ("built_up", land.built_up))
    }
    write_gpkg(layers, out / "map.gpkg")


def _mended(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The same; a shape that crosses itself since its vertices were rounded is put right, all others keep every vertex."""
    shapes = frame.geometry.to_numpy()
    right = np.where(shapely.is_valid(shapes), shapes, shapely.buffer(shapes, 0))
    return frame.set_geometry(gpd.GeoSeries(right, index=frame.index, crs=frame.crs))


def _write_places(land: Land, path: Path) -> None:
    lon, lat = degrees(land.places["x"].to_numpy(), land.places["y"].to_numpy(), land.crs, "BD-09", places=6)
    names = {"code": "代码", "name": "名称", "kind": "类别"}
    write_table(land.places[list(names)].rename(columns=names).assign(经度=lon, 纬度=lat), path)


def _write_exposure(scenario: Scenario, land: Land, path: Path) -> None:
    """Two counts: the published figures since the second one, a little less before."""
    grids = land.grids
    middle = (scenario.begin_day + scenario.end_day) // 2
    counts = []
    for day, share in ((scenario.begin_day - 1, _COUNTED_BEFORE), (middle, 1.0)):
        people = np.floor(grids["residents"] * share + 0.5).astype(int) if share < 1 else grids["residents"]
        counts.append(
            pd.DataFrame(
                {
                    "网格编码": grids["code"], "统计日期": day_of(day).isoformat(), "常住人口": people,
                    "户数": np.floor(grids["households"] * share + 0.5).astype(int), "企业数": grids["firms"],
                    "道路km": grids["road_km"].round(2), "建成区m2": grids["built_up_m2"].round(),
                    "应巡面积m2": grids["patrollable_m2"].round(),
                }
            )
        )  # fmt: skip
    write_table(pd.concat(counts, ignore_index=True), path)
