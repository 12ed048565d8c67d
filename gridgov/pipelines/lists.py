"""What loads of lists share: a list is a small table that is loaded whole or not at all, in one sentence with its faults."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from gridgov.errors import LoadError, SourceError
from gridgov.pipelines.loading import known_town
from gridgov.pipelines.report import LoadReport
from gridgov.settings import settings
from gridgov.sources.lists import Fault
from gridgov.sources.mapping import Mapping
from gridgov.sources.reading import RawBatch, Source, open_source
from gridgov.store import grids
from gridgov.store.database import reading

SHOWN = 10
"""So many of a list are named; the others are counted."""


def opened(path: Path, mapping: Mapping, *, geometry: bool = False) -> Source:
    """The file a mapping describes."""
    return open_source(
        path, mapping.file, mapping.source_columns(), fill_down=mapping.filled_columns(), geometry=geometry
    )


def whole(source: Source, mapping: Mapping, read: Callable[[RawBatch, list[Fault]], pa.Table]) -> pa.Table:
    """All rows of a file, or one sentence with its faults."""
    tables, faults = [], []
    for batch in source.batches(settings().batch_rows):
        faults += [Fault(broken.row_no or 0, broken.reason) for broken in batch.broken]
        tables.append(read(batch, faults))
    if faults:
        told = [f"row {row_no}: {said}" if row_no else said for row_no, said in sorted(faults)]
        raise SourceError(
            f"{source.path.name} cannot be loaded as {mapping.kind}: {listed(told, '; ')}. Nothing was loaded."
        )
    return pa.concat_tables(tables)


def listed(said: list[str], between: str = ", ") -> str:
    """The first few of them, and how many more there are."""
    more = f"{between}and {len(said) - SHOWN} more" if len(said) > SHOWN else ""
    return between.join(said[:SHOWN]) + more


def refuse_unknown(source: Source, mapping: Mapping, codes: set[str], layer: str | None) -> dict[int, set[str]]:
    """The codes of the town's layers by their id, the base layer first; raises LoadError for codes that none has."""
    town = known_town(mapping)
    known: dict[int, set[str]] = {}
    with reading() as connection:
        for version in sorted(
            grids.grid_sets(connection, town.id, layer) if town else [], key=lambda s: s.layer != grids.BASE
        ):
            known.setdefault(version.layer_id, set()).update(grids.codes(connection, [version.id]))
    unknown = sorted(codes - set().union(*known.values()))
    if unknown:
        which = f"the layer '{layer}'" if layer else "any layer"
        raise LoadError(
            f"{source.path.name} speaks of {len(unknown)} codes that are no grid of {which}: {listed(unknown)}. "
            "Nothing was loaded; load the grids first, or mend the codes."
        )
    return known


def begun_with(report: LoadReport, table: pa.Table) -> LoadReport:
    """The report of a load that has read these rows."""
    report.read = table.num_rows
    return report


def counted(report: LoadReport, counts: dict[str, int]) -> None:
    """Put rows by outcome into a report."""
    for outcome, n in counts.items():
        setattr(report, outcome, n)
