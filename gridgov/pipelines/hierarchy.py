"""From the polygons of a file to a whole hierarchy: parents found by rule, missing ones built by dissolving."""

from collections import defaultdict

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgov.errors import SourceError
from gridgov.sources.mapping import GridMapping

_CONTAINED = 0.9
"""By rule 'containment' the parent is the smallest larger grid that holds this share of the child's area."""


def build_hierarchy(
    rows: gpd.GeoDataFrame, mapping: GridMapping, town_name: str, metric: str
) -> tuple[gpd.GeoDataFrame, dict[str, list]]:
    """The hierarchy of one version of a layer, one row a grid, root first, then by level and code.

    rows     code, name, parent, kind, geom (EPSG:4326); rows of one code are parts of one grid
    metric   metric CRS that areas are measured in
    returns  code, name, parent_code (None at the root), level, kind, is_given, area_m2, geom (MultiPolygon, EPSG:4326);
             and what was mended: `repaired` (invalid geometries), `multipart` (codes of several rows), `orphans`
    raises   SourceError for codes that fit no level, circles of parents, geometry that is no area
    """
    rows, repaired = _repair(rows, metric)
    grids, multipart = _merge_parts(rows)
    root = mapping.hierarchy.root.code or mapping.town
    parents = _parents(grids, mapping, root, metric)
    if mapping.hierarchy.rule in ("parent", "containment"):
        root = _own_root(parents, root) or root
    parents.pop(root, None)
    orphans = _orphans(parents, root, mapping.hierarchy.rule)
    level = _levels(parents, root)
    geoms = dict(zip(grids["code"], grids["geom"], strict=True))
    children: dict[str, list[str]] = defaultdict(list)
    for code, parent in parents.items():
        children[parent].append(code)
    for code in sorted(level, key=lambda c: -level[c]):
        if code not in geoms:
            geoms[code] = shapely.union_all([geoms[child] for child in sorted(children[code])])
    given = grids.set_index("code")
    given_names, kinds = given["name"].dropna(), given["kind"].dropna()
    names = {root: mapping.hierarchy.root.name or town_name, **mapping.hierarchy.names}
    ordered = sorted(level, key=lambda c: (level[c], c))
    built = gpd.GeoDataFrame(
        {
            "code": ordered,
            "name": [(given_names.get(c) or names.get(c) or c) for c in ordered],
            "parent_code": [parents.get(c) for c in ordered],
            "level": [level[c] for c in ordered],
            "kind": [kinds.get(c) or "basic" for c in ordered],
            "is_given": [c in given.index for c in ordered],
        },
        geometry=gpd.GeoSeries([_multi(geoms[c]) for c in ordered], crs=rows.crs),
    ).rename_geometry("geom")
    built["area_m2"] = built.geometry.to_crs(metric).area
    return built, {"repaired": repaired, "multipart": multipart, "orphans": orphans}


def _multi(geom: shapely.Geometry) -> shapely.MultiPolygon:
    return shapely.MultiPolygon(_areas(geom))


def _areas(geom: shapely.Geometry) -> list[shapely.Polygon]:
    """The polygons in a geometry; lines and points that a repair may leave behind are no area."""
    parts = shapely.get_parts(shapely.get_parts(shapely.force_2d(geom)))
    return [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]


def _repair(rows: gpd.GeoDataFrame, metric: str) -> tuple[gpd.GeoDataFrame, list[dict]]:
    geom = rows["geom"].to_numpy()
    invalid = np.flatnonzero(~shapely.is_valid(geom))
    reasons = shapely.is_valid_reason(geom[invalid])
    mended = geom.copy()
    mended[invalid] = shapely.make_valid(geom[invalid], method="structure", keep_collapsed=False)
    no_area = [rows["code"].iloc[i] for i in range(len(rows)) if not _areas(mended[i])]
    if no_area:
        raise SourceError(f"Grids are areas, but these codes have a geometry without any: {', '.join(no_area[:10])}.")
    flat = gpd.GeoSeries([_multi(g) for g in mended], crs=rows.crs, index=rows.index)
    area = flat.iloc[invalid].to_crs(metric).area.to_numpy() if len(invalid) else []
    listed = [
        {"code": rows["code"].iloc[i], "reason": str(reason), "area_m2": round(float(a), 3)}
        for i, reason, a in zip(invalid, reasons, area, strict=True)
    ]
    return rows.assign(geom=flat), listed


def _merge_parts(rows: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[str]]:
    counts = rows["code"].value_counts()
    multipart = sorted(counts.index[counts > 1])
    for column in ("name", "parent", "kind"):
        said = rows.groupby("code")[column].nunique()
        if (said > 1).any():
            raise SourceError(
                f"Rows of one code must agree in {column}; they do not for {', '.join(sorted(said.index[said > 1])[:10])}."
            )
    if not multipart:
        return rows.sort_values("code", ignore_index=True), []
    first = rows.groupby("code", as_index=False)[["name", "parent", "kind"]].first()
    geoms = rows.groupby("code")["geom"].apply(lambda g: shapely.union_all(g.to_numpy()))
    first["geom"] = geoms.reindex(first["code"]).to_numpy()
    return gpd.GeoDataFrame(first, geometry="geom", crs=rows.crs), multipart


def _parents(grids: gpd.GeoDataFrame, mapping: GridMapping, root: str, metric: str) -> dict[str, str]:
    """The parent's code of every grid, of those to be built too; what has no other parent has the root."""
    rule = mapping.hierarchy.rule
    codes = list(grids["code"])
    if rule == "flat":
        return dict.fromkeys(codes, root)
    if rule == "prefix":
        return _by_prefix(codes, mapping.hierarchy.lengths, root)
    if rule == "containment":
        return _by_containment(grids, root, metric)
    parents = {
        code: root if pd.isna(parent) else str(parent) for code, parent in zip(codes, grids["parent"], strict=True)
    }
    return parents | dict.fromkeys(set(parents.values()) - set(parents) - {root}, root)


def _by_prefix(codes: list[str], lengths: list[int], root: str) -> dict[str, str]:
    wrong = [code for code in codes if len(code) not in lengths and code != root]
    if wrong:
        raise SourceError(
            f"The hierarchy goes by code prefixes of {', '.join(map(str, lengths))} characters, but {len(wrong)} codes have "
            f"another length: {', '.join(wrong[:10])}."
        )
    parents: dict[str, str] = {}
    for code in codes:
        if code == root:
            continue
        above = root
        for length in (n for n in lengths if n <= len(code)):
            parents[code[:length]] = above
            above = code[:length]
    return parents


def _by_containment(grids: gpd.GeoDataFrame, root: str, metric: str) -> dict[str, str]:
    flat = grids.geometry.to_crs(metric)
    area = flat.area.to_numpy()
    geoms = flat.to_numpy()
    tree = shapely.STRtree(geoms)
    parents: dict[str, str] = {}
    codes = grids["code"].to_numpy()
    for i in range(len(grids)):
        near = tree.query(geoms[i], predicate="intersects")
        larger = near[area[near] > area[i] * (2 - _CONTAINED)]
        shares = shapely.area(shapely.intersection(geoms[larger], geoms[i])) / area[i]
        holders = larger[shares >= _CONTAINED]
        parents[codes[i]] = codes[holders[np.argmin(area[holders])]] if len(holders) else root
    return parents


def _own_root(parents: dict[str, str], root: str) -> str | None:
    """The code of the one given grid that everything else is below, if there is one."""
    tops = [code for code, parent in parents.items() if parent == root]
    return tops[0] if len(tops) == 1 and len(parents) > 1 else None


def _orphans(parents: dict[str, str], root: str, rule: str) -> list[str]:
    """Grids right under the root that have no children, while others under the root have: they miss a parent."""
    if rule == "flat":
        return []
    with_children = set(parents.values())
    tops = [code for code, parent in parents.items() if parent == root]
    if not any(code in with_children for code in tops):
        return []
    return sorted(code for code in tops if code not in with_children)


def _levels(parents: dict[str, str], root: str) -> dict[str, int]:
    """Depth of every grid below the root; raises on circles."""
    level = {root: 0}
    for start in parents:
        trail: list[str] = []
        code = start
        while code not in level:
            if code in trail:
                raise SourceError(f"The parents run in a circle: {' > '.join([*trail[trail.index(code) :], code])}.")
            trail.append(code)
            code = parents[code]
        for depth, above in enumerate(reversed(trail), start=level[code] + 1):
            level[above] = depth
    return level
