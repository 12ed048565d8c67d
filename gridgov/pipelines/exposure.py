"""Loading exposure: what each grid holds on a day (people, firms, roads, area to patrol), one row a grid and date."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gridgov.errors import LoadError, SourceError
from gridgov.pipelines.loading import Progress, finish, known_town, loading, silent, town_for
from gridgov.pipelines.report import LoadReport
from gridgov.settings import settings
from gridgov.sources import values
from gridgov.sources.mapping import ExposureMapping
from gridgov.sources.reading import RawBatch, open_source
from gridgov.store import gazetteer, grids, runs
from gridgov.store.database import reading

_COUNTS = ("residents", "households", "firms")
_MEASURES = ("road_km", "built_up_m2", "patrollable_m2")


def load_exposure(path: Path, mapping: ExposureMapping, progress: Progress = silent) -> LoadReport:
    """Load one file of exposure; every code must be a grid of the layer. Raises SourceError or LoadError."""
    with open_source(path, mapping.file, mapping.source_columns(), fill_down=mapping.filled_columns()) as source:
        tables, faults = [], []
        for batch in source.batches(settings().batch_rows):
            faults += [f"row {b.row_no}: {b.reason}" for b in batch.broken]
            tables.append(_read(batch, mapping, faults))
        if faults:
            raise SourceError(
                f"{path.name} cannot be loaded as exposure: {'; '.join(faults[:10])}. Nothing was loaded."
            )
        table = pa.concat_tables(tables) if tables else None
        if table is None or not table.num_rows:
            raise LoadError(f"{path.name} holds no rows. Nothing was loaded; check that it is the right file.")
        _known_codes(table, mapping, path)
        with loading(town_for(mapping), mapping, source, progress) as load:
            report = load.report
            report.read = table.num_rows
            with runs.merging(load.run) as connection:
                layer_id = grids.grid_sets(connection, load.town.id, mapping.layer)[0].layer_id
                for outcome, n in gazetteer.merge_exposure(connection, load.run, layer_id, table).items():
                    setattr(report, outcome, n)
                finish(connection, load)
    return report


def _known_codes(table: pa.Table, mapping: ExposureMapping, path: Path) -> None:
    town, layer = known_town(mapping), mapping.layer
    with reading() as connection:
        sets = grids.grid_sets(connection, town.id, layer) if town else []
        known = grids.codes(connection, [s.id for s in sets])
    unknown = sorted(set(table["grid_code"].to_pylist()) - known)
    if unknown:
        raise LoadError(
            f"{path.name} speaks of {len(unknown)} codes that are no grid of the layer '{layer}': {', '.join(unknown[:10])}. "
            "Nothing was loaded; load the grids first, or mend the codes."
        )


def _read(batch: RawBatch, mapping: ExposureMapping, faults: list[str]) -> pa.Table:
    raw, columns = batch.table, mapping.columns
    code = values.column_text(raw, columns["grid_code"], mapping.nulls)
    counted = values.column_times(raw, columns["counted_on"], mapping.nulls, "UTC")
    no_day = counted.bad | pc.is_null(counted.at).to_numpy(zero_copy_only=False)
    faults += [f"row {n}: no grid code" for n in batch.row_no[pc.is_null(code).to_numpy(zero_copy_only=False)]]
    faults += [f"row {n}: counted_on is not a date" for n in batch.row_no[no_day]]
    out = {"grid_code": code, "counted_on": pc.cast(counted.at, pa.date32(), safe=False)}
    for name in (*_COUNTS, *_MEASURES):
        if name not in columns:
            out[name] = pa.nulls(raw.num_rows, pa.float64())
            continue
        number, bad = values.column_numbers(raw, columns[name], mapping.nulls)
        with np.errstate(invalid="ignore"):
            bad |= (number < 0) | ((number % 1 != 0) & ~np.isnan(number) & (name in _COUNTS))
        faults += [f"row {n}: {name} is not a number that can be" for n in batch.row_no[bad]]
        out[name] = pa.array(number, from_pandas=True)
    out |= {name: pc.cast(out[name], pa.int64(), safe=False) for name in _COUNTS}
    return pa.table(out)
