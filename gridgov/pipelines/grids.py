"""Loading grids: polygons of one layer -> a version of the hierarchy, with a report of its topology.

A file holds the whole version. The same content again changes nothing; other content is a new version and needs the local
day it is valid from. Old cases keep the grid they were reported in; cases from that day on move to the new one, and every
case is also located in the new version, so that questions can be recast on it.
"""

from contextlib import suppress
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgov import crs
from gridgov.errors import DatumError, LoadError, SourceError
from gridgov.pipelines.ground import refreshed
from gridgov.pipelines.hierarchy import build_hierarchy
from gridgov.pipelines.loading import Load, Progress, finish, known_town, loading, silent, town_for
from gridgov.pipelines.patrol_upkeep import count_again
from gridgov.pipelines.places import place_again
from gridgov.pipelines.placing import placer_of
from gridgov.pipelines.report import LoadReport
from gridgov.pipelines.topology import examine
from gridgov.settings import settings
from gridgov.sources import values
from gridgov.sources.mapping import GridMapping
from gridgov.sources.reading import RawBatch, Source, open_source
from gridgov.store import cases, ground, patrols, runs, versions
from gridgov.store.database import Connection
from gridgov.store.grids import BASE
from gridgov.store.staging import Stage

_TOPOLOGY = ("overlaps", "gaps", "slivers", "untiled", "repaired", "orphans")


def load_grids(
    path: Path,
    mapping: GridMapping,
    progress: Progress = silent,
    *,
    valid_from: date | None = None,
    replace: bool = False,
) -> LoadReport:
    """Load one file of grids as a version of a layer; `valid_from` wins over the mapping's, `replace` corrects a version.

    Returns the report (facts["topology"] holds the topology report, areas in m2); raises SourceError, LoadError or
    DatumError with nothing changed.
    """
    with open_source(
        path, mapping.file, mapping.source_columns(), fill_down=mapping.filled_columns(), geometry=True
    ) as source:
        _want_polygons(source)
        given, n_read = read_grids(source, mapping)
        known = known_town(mapping)
        metric = (known and known.crs) or _metric_crs(mapping, given, source.declared_crs)
        progress("build", 0, None)
        name = known.name if known else mapping.about.name or mapping.town
        built, repairs = build_hierarchy(given, mapping, name, metric)
        levels = _level_names(mapping, built)
        topology = examine(built, metric) | repairs
        town = town_for(mapping, metric)
        with loading(town, mapping, source, progress) as load:
            report = load.report
            report.read = n_read
            report.facts |= {"topology": topology, "grids": _counts(built), "crs": metric}
            with runs.merging(load.run) as connection:
                start = valid_from or mapping.valid_from
                added = versions.add(connection, load.run, mapping.layer, built, levels, start, replace=replace)
                setattr(report, "unchanged" if added.unchanged else "loaded", n_read)
                if not added.unchanged:
                    report.facts["relocated"] = _relocate(connection, load, added)
                report.notes += _notes(report, added.unchanged)
                if ground.is_wanted(connection, town.id):
                    report.notes += refreshed(connection, load)
                if not added.unchanged and mapping.layer == BASE:
                    report.facts["patrol_days"] = count_again(connection, town, start, progress)
                finish(connection, load)
    return report


def read_grids(source: Source, mapping: GridMapping) -> tuple[gpd.GeoDataFrame, int]:
    """The rows of a file of grids: code, name, parent, kind and geom in EPSG:4326; and how many rows were read.

    Rows of one code become one grid of several parts. Raises SourceError naming rows without code or geometry.
    """
    frames, faults, n_read = [], [], 0
    for batch in source.batches(settings().batch_rows):
        n_read += batch.table.num_rows + len(batch.broken)
        faults += [f"row {b.row_no}: {b.reason}" for b in batch.broken]
        frame, bad = _frame(batch, mapping)
        frames.append(frame)
        faults += bad
    if faults:
        raise SourceError(
            f"{source.path.name} cannot be loaded as grids: {'; '.join(faults[:10])}"
            f"{f'; and {len(faults) - 10} more' if len(faults) > 10 else ''}. A version of grids is loaded whole or not at all."
        )
    if not n_read:
        raise SourceError(f"{source.path.name} holds no grids.")
    rows = gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), geometry="geom", crs=crs.STORE_CRS)
    datum = mapping.datum if mapping.datum != "file" else source.declared_crs
    if datum is None:
        raise SourceError(f"The mapping says datum = 'file', but {source.path.name} declares none. Say which it is.")
    rows["geom"] = crs.geometries_to_wgs84(rows["geom"].to_numpy(), crs.parse_datum(datum))
    return rows, n_read


def _frame(batch: RawBatch, mapping: GridMapping) -> tuple[gpd.GeoDataFrame, list[str]]:
    texts = {name: values.column_text(batch.table, spec, mapping.nulls) for name, spec in mapping.columns.items()}
    columns = {name: pd.Series(text.to_pylist(), dtype=object) for name, text in texts.items()}
    if words := mapping.values.get("kind"):
        columns["kind"] = columns["kind"].map(lambda word: words.get(word, word))
    geom = batch.geometry if batch.geometry is not None else np.full(batch.table.num_rows, None)
    frame = gpd.GeoDataFrame({**columns, "geom": geom}, geometry="geom", crs=None)
    for name in ("name", "parent", "kind"):
        if name not in frame:
            frame[name] = None
    faults = [f"row {n}: no code" for n in batch.row_no[frame["code"].isna()]]
    empty = shapely.is_missing(geom) | shapely.is_empty(geom)
    faults += [f"row {n}: no geometry" for n in batch.row_no[empty]]
    return frame[["code", "name", "parent", "kind", "geom"]], faults


def _want_polygons(source: Source) -> None:
    kind = source.geometry_type
    if kind is None:
        raise SourceError(
            f"{source.path.name} has no geometry, but grids are polygons. Give GeoJSON, GeoPackage, Shapefile or GeoParquet."
        )
    if "olygon" not in kind and kind not in ("Unknown", "GeometryCollection"):
        raise SourceError(f"{source.path.name} holds {kind} geometries, but grids are polygons. Is it the right file?")


def _metric_crs(mapping: GridMapping, given: gpd.GeoDataFrame, declared: str | None) -> str:
    """The town's metric CRS: as the mapping says, else the file's own if it is metric, else by place."""
    if mapping.about.crs:
        return mapping.about.crs
    datum = declared if mapping.datum == "file" else mapping.datum
    if datum and datum.upper().startswith("EPSG:"):
        with suppress(DatumError):
            crs.require_metric(datum)
            return datum.upper()
    west, south, east, north = given.total_bounds
    return crs.metric_crs_for((west + east) / 2, (south + north) / 2)


def _level_names(mapping: GridMapping, built: gpd.GeoDataFrame) -> list[dict[str, object]]:
    depth = int(built["level"].max()) + 1
    if mapping.levels and len(mapping.levels) != depth:
        raise LoadError(
            f"The mapping names {len(mapping.levels)} levels ({', '.join(lv.code for lv in mapping.levels)}) but the file "
            f"gives {depth} (the root included). Nothing was loaded; name every level from the root down."
        )
    if mapping.levels:
        return [{"level": i, **lv.model_dump()} for i, lv in enumerate(mapping.levels)]
    last = depth - 1
    return [
        {"level": i, "code": "town" if i == 0 else "grid" if i == last else f"level{i}", "name": None, "name_zh": None}
        for i in range(depth)
    ]


def _counts(built: gpd.GeoDataFrame) -> dict[str, object]:
    return {
        "by_level": [int(n) for n in built.groupby("level").size()],
        "given": int(built["is_given"].sum()),
        "built": int((~built["is_given"]).sum()),
        "area_km2": round(float(built.loc[built["level"] == 0, "area_m2"].sum()) / 1e6, 6),
    }


def _notes(report: LoadReport, unchanged: bool) -> list[str]:
    topology, grids = report.facts["topology"], report.facts["grids"]
    shape = " > ".join(str(n) for n in grids["by_level"])
    area = f"{grids['area_km2']:,.2f} km2 in {report.facts['crs']}"
    notes = [f"{shape} grids, {area}; {grids['built']} built from their children."]
    if unchanged:
        notes.append("This version is already loaded; nothing changed.")
    found = [f"{len(topology[name])} {name}" for name in _TOPOLOGY if topology[name]]
    sizes = f"largest overlap {topology['max_overlap_m2']:,.3f} m2, gaps {topology['total_gap_m2']:,.0f} m2 in all"
    notes.append(f"Topology: {', '.join(found) or 'nothing above 1 m2'}; {sizes}{'; see the report' if found else ''}.")
    if (moved := report.facts.get("relocated")) and moved["cases"]:
        notes.append(f"{moved['moved']:,} of {moved['cases']:,} cases changed their home grid.")
    if n_days := report.facts.get("patrol_days"):
        notes.append(f"{n_days:,} days of patrols were counted anew.")
    return notes


def _relocate(connection: Connection, load: Load, added: versions.Added) -> dict[str, int]:
    """Locate the town's cases and places anew: homes by the day of report, other versions beside."""
    placer = placer_of(load.town, connection, without=added.replaced_id)
    place_again(connection, load.town, placer)
    n = cases.n_cases(connection, load.town.id)
    stage_name = load.run.stage("placed")
    moved = 0
    if n:
        with Stage(stage_name, cases.placed_schema(placer.others)) as stage:
            done = 0
            for table in cases.points(load.town.id, settings().batch_rows):
                stage.append(placer.place(table).select(stage.schema.names))
                done += table.num_rows
                load.progress("locate", done, n)
        moved = cases.replace_grids(connection, load.run, stage_name, placer.others)
    if added.replaced_id is not None:
        patrols.carry_over(connection, load.town.id, added.replaced_id, added.set_id)
        versions.remove(connection, added.replaced_id)
    return {"cases": n, "moved": moved}
