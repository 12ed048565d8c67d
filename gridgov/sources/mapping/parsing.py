"""A mapping from the text of its TOML file; every fault is a sentence, with the nearest key that is known."""

import hashlib
import tomllib
from collections.abc import Mapping as Map
from pathlib import Path

from pydantic import ValidationError

from gridgov.errors import MappingError
from gridgov.sources.mapping.base import Mapping
from gridgov.sources.mapping.cases import EventMapping, IncidentMapping
from gridgov.sources.mapping.patrols import DeviceMapping, PlanMapping, TrackMapping
from gridgov.sources.mapping.registers import CatalogueMapping, RosterMapping, UnitMapping
from gridgov.sources.mapping.territory import ExposureMapping, GridMapping, MapMapping, PlaceMapping
from gridgov.tomlfile import faults, own_or_shipped

KINDS: Map[str, type[Mapping]] = {
    "grids": GridMapping,
    "places": PlaceMapping,
    "exposure": ExposureMapping,
    "incidents": IncidentMapping,
    "events": EventMapping,
    "tracks": TrackMapping,
    "units": UnitMapping,
    "catalogue": CatalogueMapping,
    "roster": RosterMapping,
    "maps": MapMapping,
    "plans": PlanMapping,
    "devices": DeviceMapping,
}


def parse_mapping(text: str, name: str = "mapping") -> Mapping:
    """The mapping in a TOML text; raises MappingError with every fault in one message."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as err:
        raise MappingError(f"{name} is not valid TOML: {err}.") from err
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise MappingError(f"{name} says kind = {kind!r}; expected one of {', '.join(KINDS)}.")
    model = KINDS[kind]
    try:
        mapping = model.model_validate({**data, "sha256": hashlib.sha256(text.encode()).hexdigest()})
    except ValidationError as err:
        raise MappingError(f"{name} is not a mapping we can follow: {faults(err, model)}.") from err
    return mapping


def read_mapping(name: str | Path) -> Mapping:
    """The mapping in a TOML file, or one of those shipped in data/mappings by its bare name."""
    path = own_or_shipped(name, "mappings", "mapping", MappingError)
    try:
        text = path.read_text("utf-8-sig")
    except (UnicodeDecodeError, OSError) as err:
        raise MappingError(f"{path} cannot be read as UTF-8 text: {err}.") from err
    return parse_mapping(text, path.name)
