"""Roads and watercourses: their names, and their courses as they are drawn."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgov.simulate.land.blocks import BANK
from gridgov.simulate.land.network import walkable
from gridgov.simulate.land.sheet import Ids
from gridgov.simulate.land.survey import Survey


def name_lines(survey: Survey, villages: pd.DataFrame, names: dict[str, Any]) -> list[str]:
    """A name for every line of the plan: from the lists, then by village and number."""
    rng = survey.plan.sheet.rng
    streets = [stem + suffix for suffix in names["suffix"] for stem in rng.permutation(names["street"])]
    canals = list(rng.permutation(names["canal"]))
    stem = [stem_of(name) for name in villages.name]
    count: dict[tuple[int, str], int] = {}
    village = _village_of_lines(survey)
    found: list[str] = []
    for row, line in enumerate(survey.plan.sheet.lines):
        v = int(village[row])
        urban = villages.kind[v] == "urban"

        def numbered(form: str, v: int = v) -> str:
            count[v, form] = count.get((v, form), 0) + 1
            return form.format(stem[v], count[v, form])

        if line.name and line.name != BANK:
            name = line.name
        elif line.follows >= 0:
            name = found[line.follows]
        elif line.name == BANK:
            name = f"{stem[v]}沿河路"
        elif line.kind == "edge":
            name = "外圩路"
        elif line.kind == "canal":
            name = str(canals.pop(0)) if canals else numbered("{}{}号河")
        elif line.kind == "street":
            name = str(streets.pop(0)) if streets else numbered("{}{}路")
        elif line.kind == "lane":
            name = numbered("{}{}弄" if urban else "{}{}组路")
        else:
            name = numbered("{}{}号机耕路")
        found.append(name)
    return found


def _village_of_lines(survey: Survey) -> Ids:
    """A village that each line touches: that of the grid beside its first edge."""
    order = np.argsort(survey.line, kind="stable")
    first = order[np.searchsorted(survey.line[order], np.arange(len(survey.plan.sheet.lines)))]
    return survey.village[np.maximum(survey.left[first], survey.right[first])]


def make_roads(survey: Survey, names: list[str], villages: pd.DataFrame, crs: str) -> gpd.GeoDataFrame:
    """name, kind, geometry: every road, lane and path.

    Where a road ends in the middle of a river its last metres are a path: a landing stage, no bridge. The path around
    the town is named by the village it runs along.
    """
    n = len(survey.xy)
    key = np.minimum(survey.u, survey.v) * n + np.maximum(survey.u, survey.v)
    order = np.argsort(key, kind="stable")
    key, is_open = key[order], walkable(survey)[order]
    village = survey.village[np.maximum(survey.left, survey.right)][order]
    rows = []
    for name, line in zip(names, survey.plan.sheet.lines, strict=True):
        if line.kind in ("river", "canal"):
            continue
        a, b = line.ids[:-1], line.ids[1:]
        at = np.searchsorted(key, np.minimum(a, b) * n + np.maximum(a, b))
        part = np.where(is_open[at], village[at] if line.kind == "edge" else 0, -1)
        cuts = np.r_[0, np.flatnonzero(np.diff(part)) + 1, len(part)]
        for start, end in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
            is_landing = part[start] < 0
            if line.kind == "edge" and is_landing:
                continue
            said = stem_of(villages.name[part[start]]) + name if line.kind == "edge" else name
            kind = "path" if line.kind == "edge" or is_landing else line.kind
            rows.append((said, kind, shapely.LineString(survey.xy[line.ids[start : end + 1]])))
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=["name", "kind", "geometry"]), geometry="geometry", crs=crs)


def stem_of(village: str) -> str:
    """What other names are made of: 雁渚 of 雁渚村."""
    return village.removesuffix("社区").removesuffix("村")


def make_rivers(survey: Survey, names: list[str], crs: str) -> gpd.GeoDataFrame:
    """name, kind (river, canal), geometry: the middle of every watercourse."""
    rows = [
        (name, line.kind, shapely.LineString(survey.xy[line.ids]))
        for name, line in zip(names, survey.plan.sheet.lines, strict=True)
        if line.kind in ("river", "canal")
    ]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=["name", "kind", "geometry"]), geometry="geometry", crs=crs)
