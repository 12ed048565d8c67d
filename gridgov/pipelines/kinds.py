"""Which pipeline loads which kind of file."""

from datetime import date
from pathlib import Path

from gridgov.errors import MappingError
from gridgov.pipelines.devices import load_devices
from gridgov.pipelines.events import load_events
from gridgov.pipelines.exposure import load_exposure
from gridgov.pipelines.grids import load_grids
from gridgov.pipelines.incidents import load_incidents
from gridgov.pipelines.loading import Progress, silent
from gridgov.pipelines.maps import load_maps
from gridgov.pipelines.places import load_places
from gridgov.pipelines.plans import load_plans
from gridgov.pipelines.registers import load_catalogue, load_roster, load_units
from gridgov.pipelines.report import LoadReport
from gridgov.pipelines.tracks import load_tracks
from gridgov.sources.mapping import (
    CatalogueMapping,
    DeviceMapping,
    EventMapping,
    ExposureMapping,
    GridMapping,
    IncidentMapping,
    MapMapping,
    Mapping,
    PlaceMapping,
    PlanMapping,
    RosterMapping,
    TrackMapping,
    UnitMapping,
)


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
    if replace:
        raise MappingError("--replace belongs to grids.")
    if isinstance(mapping, CatalogueMapping):
        return load_catalogue(path, mapping, progress, valid_from=valid_from)
    if isinstance(mapping, RosterMapping):
        return load_roster(path, mapping, progress, valid_from=valid_from)
    if isinstance(mapping, PlanMapping):
        return load_plans(path, mapping, progress, valid_from=valid_from)
    if isinstance(mapping, DeviceMapping):
        return load_devices(path, mapping, progress, valid_from=valid_from)
    if valid_from is not None:
        raise MappingError("--valid-from belongs to grids, catalogue, roster, plans and devices.")
    if isinstance(mapping, UnitMapping):
        return load_units(path, mapping, progress)
    if isinstance(mapping, IncidentMapping):
        return load_incidents(path, mapping, progress)
    if isinstance(mapping, EventMapping):
        return load_events(path, mapping, progress)
    if isinstance(mapping, TrackMapping):
        return load_tracks(path, mapping, progress)
    if isinstance(mapping, PlaceMapping):
        return load_places(path, mapping, progress)
    if isinstance(mapping, MapMapping):
        return load_maps(path, mapping, progress)
    if isinstance(mapping, ExposureMapping):
        return load_exposure(path, mapping, progress)
    raise MappingError(f"Nothing loads {mapping.kind} yet.")
