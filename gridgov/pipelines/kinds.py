"""Which pipeline loads which kind of file."""

from datetime import date
from pathlib import Path

from gridgov.errors import MappingError
from gridgov.pipelines.exposure import load_exposure
from gridgov.pipelines.grids import load_grids
from gridgov.pipelines.incidents import load_incidents
from gridgov.pipelines.loading import Progress, silent
from gridgov.pipelines.places import load_places
from gridgov.pipelines.report import LoadReport
from gridgov.sources.mapping import ExposureMapping, GridMapping, IncidentMapping, Mapping, PlaceMapping


def load(
    kind: str,
    path: Path,
    mapping: Mapping,
    progress: Progress = silent,
    *,
    valid_from: date | None = None,
    replace: bool = False,
) -> LoadReport:
    """Load one file as what its mapping says; `kind` must say the same. Raises MappingError, SourceError or LoadError."""
    if mapping.kind != kind:
        raise MappingError(
            f"The mapping is for {mapping.kind}, but {kind} were to be loaded. Use `gridgov load {mapping.kind}`."
        )
    if isinstance(mapping, GridMapping):
        return load_grids(path, mapping, progress, valid_from=valid_from, replace=replace)
    if valid_from is not None or replace:
        raise MappingError("--valid-from and --replace belong to grids.")
    if isinstance(mapping, IncidentMapping):
        return load_incidents(path, mapping, progress)
    if isinstance(mapping, PlaceMapping):
        return load_places(path, mapping, progress)
    if isinstance(mapping, ExposureMapping):
        return load_exposure(path, mapping, progress)
    raise MappingError(f"Nothing loads {mapping.kind} yet.")
