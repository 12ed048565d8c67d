"""Loading named places: a gazetteer with or without coordinates, converted from its declared datum and located."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gridgov.errors import LoadError, SourceError
from gridgov.pipelines.loading import Progress, finish, loading, silent, town_for
from gridgov.pipelines.placing import Placer, placer_of
from gridgov.pipelines.report import LoadReport
from gridgov.settings import settings
from gridgov.sources import values
from gridgov.sources.mapping import PlaceMapping
from gridgov.sources.points import read_points
from gridgov.sources.reading import RawBatch, open_source
from gridgov.store import gazetteer, runs
from gridgov.store.database import Connection
from gridgov.store.runs import Town


def load_places(path: Path, mapping: PlaceMapping, progress: Progress = silent) -> LoadReport:
    """Load one file of places; the report lists those without coordinates. Raises SourceError or LoadError."""
    has_xy = bool({"lon", "wkt"} & set(mapping.columns))
    geometry = mapping.datum is not None and not has_xy
    with open_source(
        path, mapping.file, mapping.source_columns(), fill_down=mapping.filled_columns(), geometry=geometry
    ) as source:
        rows, faults = [], []
        for batch in source.batches(settings().batch_rows):
            faults += [f"row {b.row_no}: {b.reason}" for b in batch.broken]
            rows.append(_read(batch, mapping, source.declared_crs, faults))
        if faults:
            raise SourceError(f"{path.name} cannot be loaded as places: {'; '.join(faults[:10])}. Nothing was loaded.")
        table = pa.concat_tables(rows) if rows else None
        if table is None or not table.num_rows:
            raise LoadError(f"{path.name} holds no rows. Nothing was loaded; check that it is the right file.")
        town = town_for(mapping)
        with loading(town, mapping, source, progress) as load:
            report = load.report
            report.read = table.num_rows
            with runs.merging(load.run) as connection:
                placed = placer_of(town, connection).place_points(table)
                for outcome, n in gazetteer.merge(connection, load.run, placed).items():
                    setattr(report, outcome, n)
                report.facts["places"] = _facts(placed)
                report.notes += _notes(report.facts["places"])
                finish(connection, load)
    return report


def place_again(connection: Connection, town: Town, placer: Placer) -> None:
    """Locate a town's places anew after its grids changed."""
    table = gazetteer.points(connection, town.id)
    if table.num_rows:
        gazetteer.rehome(connection, placer.place_points(table))


def _read(batch: RawBatch, mapping: PlaceMapping, declared_crs: str | None, faults: list[str]) -> pa.Table:
    texts = {
        name: values.column_text(batch.table, mapping.columns[name], mapping.nulls)
        if name in mapping.columns
        else pa.nulls(batch.table.num_rows, pa.string())
        for name in ("code", "name", "kind")
    }
    texts["kind"] = pc.coalesce(values.lookup(texts["kind"], mapping.values.get("kind", {})), texts["kind"])
    for needed in ("code", "name"):
        faults += [
            f"row {n}: no {needed}" for n in batch.row_no[texts[needed].is_null().to_numpy(zero_copy_only=False)]
        ]
    points = read_points(batch, mapping, declared_crs)
    if points.bad.any():
        shown = points.shown()
        bad = np.flatnonzero(points.bad)
        faults += [f"row {batch.row_no[i]}: impossible coordinates {shown[int(i)].as_py()!r}" for i in bad]
    return pa.table({**texts, "lon": points.lon, "lat": points.lat})


def _facts(placed: pa.Table) -> dict[str, object]:
    rows = placed.to_pylist()
    without = [row["name"] for row in rows if np.isnan(row["lon"])]
    return {
        "with_coordinates": len(rows) - len(without),
        "without_coordinates": without,
        "in_a_grid": sum(row["grid_id"] is not None for row in rows),
    }


def _notes(facts: dict[str, object]) -> list[str]:
    without = facts["without_coordinates"]
    assert isinstance(without, list)  # noqa: S101
    notes = [f"{facts['with_coordinates']} with coordinates, {facts['in_a_grid']} of them in a grid."]
    if without:
        notes.append(f"{len(without)} without coordinates: {', '.join(without)}.")
    return notes
