"""A mapping from the text of its TOML file; every fault is a sentence, with the nearest key that is known."""

import hashlib
import tomllib
from collections.abc import Mapping as Map
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from gridgov.errors import MappingError
from gridgov.resources import resource
from gridgov.sources.mapping.base import Column, Mapping, nearest
from gridgov.sources.mapping.cases import EventMapping, IncidentMapping
from gridgov.sources.mapping.patrols import DeviceMapping, PlanMapping, TrackMapping
from gridgov.sources.mapping.registers import CatalogueMapping, RosterMapping, UnitMapping
from gridgov.sources.mapping.territory import ExposureMapping, GridMapping, MapMapping, PlaceMapping

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
        faults = "; ".join(_sentence(e, model) for e in err.errors())
        raise MappingError(f"{name} is not a mapping we can follow: {faults}.") from err
    return mapping


def read_mapping(name: str | Path) -> Mapping:
    """The mapping in a TOML file, or one of those shipped in data/mappings by its bare name."""
    path = Path(name)
    if not path.exists():
        shipped = resource("data", "mappings", f"{path.name.removesuffix('.toml')}.toml")
        if not shipped.exists():
            known = sorted(p.stem for p in resource("data", "mappings").glob("*.toml"))
            raise MappingError(
                f"There is no mapping file {name}, nor a shipped mapping of that name (shipped: {', '.join(known)})."
            )
        path = shipped
    try:
        text = path.read_text("utf-8-sig")
    except (UnicodeDecodeError, OSError) as err:
        raise MappingError(f"{path} cannot be read as UTF-8 text: {err}.") from err
    return parse_mapping(text, path.name)


def _sentence(error: Any, model: type[Mapping]) -> str:
    where = ".".join(str(part) for part in error["loc"] if part != "function-before[_column()]")
    if error["type"] == "extra_forbidden":
        return f"unknown key `{where}`{nearest(str(error['loc'][-1]), _fields_at(model, error['loc'][:-1]))}"
    if error["type"] == "missing":
        return f"the key `{where}` is missing"
    return f"{where + ': ' if where else ''}{error['msg'].removeprefix('Value error, ').removesuffix('.')}"


def _fields_at(model: type[BaseModel], loc: tuple[Any, ...]) -> list[str]:
    """Known keys at a place in a mapping, to suggest the nearest one."""
    at: Any = model
    for part in loc:
        field = at.model_fields.get(part) if isinstance(at, type) and issubclass(at, BaseModel) else None
        at = field.annotation if field else Column
    fields = at.model_fields if isinstance(at, type) and issubclass(at, BaseModel) else Column.model_fields
    return [f.alias or name for name, f in fields.items() if name != "sha256"]
