"""The mapping: a TOML file that says how one published file becomes ours.

It names the source, its time zone and datum, where each of our columns comes from, how its words translate, which columns
are personal, and (for grids) how the hierarchy is found. Nothing is guessed: what is not declared is not read. Unknown
keys are refused with the nearest known key, so a misspelt key never passes silently.
"""

from gridgov.sources.mapping.base import DEFAULT_NULLS, Column, ColumnSpec, FileLayout, Mapping
from gridgov.sources.mapping.cases import DETAIL, EventMapping, IncidentMapping
from gridgov.sources.mapping.parsing import KINDS, parse_mapping, read_mapping
from gridgov.sources.mapping.patrols import FILE_NAME, MEASURE, DeviceMapping, PlanMapping, TrackMapping
from gridgov.sources.mapping.registers import CatalogueMapping, RosterMapping, UnitMapping
from gridgov.sources.mapping.territory import ExposureMapping, GridMapping, MapMapping, PlaceMapping

__all__ = [
    "DEFAULT_NULLS", "DETAIL", "FILE_NAME", "KINDS", "MEASURE", "CatalogueMapping", "Column", "ColumnSpec", "DeviceMapping",
    "EventMapping", "ExposureMapping", "FileLayout", "GridMapping", "IncidentMapping", "MapMapping", "Mapping",
    "PlaceMapping", "PlanMapping", "RosterMapping", "TrackMapping", "UnitMapping", "parse_mapping", "read_mapping",
]  # fmt: skip
