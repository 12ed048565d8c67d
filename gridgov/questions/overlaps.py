"""overlaps: where grids of other layers (schools, markets, parks) lie in the grids of the base layer."""

import geopandas as gpd

from gridgov.analytics.rates import share
from gridgov.crs import STORE_CRS
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked, finest
from gridgov.store.database import geo_frame
from gridgov.store.grids import BASE, grid_sets


def read(asked: Asked) -> gpd.GeoDataFrame:
    """One row a pair of grids that overlap, by the other grid, then the base grid; geom is what both have (EPSG:4326).

    Raises QuestionError.
    """
    if len(asked.keys) > 1 or any(key.level is None for key in asked.keys) or asked.layer != BASE:
        raise QuestionError("'overlaps' is asked by one level of the base layer.")
    others = [
        each.id for each in asked.lasting(grid_sets, asked.town.id) if each.layer != BASE and each.holds(asked.when.on)
    ]
    columns = [*asked.definition.columns, "geom"]
    if asked.shown is None or not others:
        return gpd.GeoDataFrame({name: [] for name in columns}, geometry="geom", crs=STORE_CRS)
    values = {
        "set_id": asked.shown.id, "level": asked.level if asked.keys else finest(asked).level, "other_ids": others,
        "scope_ids": asked.values.get("scope_ids"),
    }  # fmt: skip
    rows = geo_frame(asked.connection, "questions/overlaps/read", values)
    names = {"other_geom": "other_km2", "grid_geom": "area_km2", "geom": "overlap_km2"}
    for shapes, name in names.items():
        shape = rows[shapes] if shapes == "geom" else gpd.GeoSeries.from_wkb(rows[shapes], crs=STORE_CRS)
        rows[name] = shape.to_crs(asked.town.crs).area / 1e6
    rows["overlap_share"] = share(rows["overlap_km2"], rows["other_km2"])
    rows["grid_overlap_share"] = share(rows["overlap_km2"], rows["area_km2"])
    return gpd.GeoDataFrame(rows[columns], geometry="geom", crs=STORE_CRS)
