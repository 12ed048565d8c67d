"""The mapping: a TOML file that says how one published file becomes ours.

It names the source, its time zone and datum, where each of our columns comes from, how its words translate, which columns
are personal, and (for grids) how the hierarchy is found. Nothing is guessed: what is not declared is not read. Unknown
keys are refused with the nearest known key, so a misspelt key never passes silently.
"""

import difflib
import hashlib
import re
import tomllib
from collections.abc import Mapping as Map
from datetime import date
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from gridgov.crs import parse_datum, require_metric
from gridgov.errors import GridgovError, MappingError
from gridgov.process import EVENTS
from gridgov.resources import resource
from gridgov.sources import limits
from gridgov.vocabulary import ITEM_KINDS, MAP_THEMES, MODES, ROLES, STATES, TRACKS

_TIMES = ("reported_at", "closed_at", "due_at", "updated_at")
DETAIL = ("note", "evidence", "evidence_kind", "evidence_hash", "actor_role", "rating", "lon", "lat")
"""What an event may carry that is kept together, see `EventMapping`."""
FILE_NAME = "@file"
"""Stands for a column that holds the name of the file without its endings: tracks often say only there whose they are."""
MEASURE = "@m"
"""Stands for a column that holds the measure M of a line's vertex."""
DEFAULT_NULLS = ("", "null", "NULL", "NaN", "nan", "None", "N/A", "#N/A", "<NA>")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, str_strip_whitespace=False)


class Column(_Strict):
    """Where one of our columns comes from. A bare string in TOML means `{from = "..."}`."""

    from_: list[str] = Field(
        default_factory=list,
        alias="from",
        description="Name of the file's column; several are joined. Dots reach into nested JSON.",
    )
    otherwise: list[str] = Field(
        default_factory=list,
        description="Columns tried in order where `from` is empty: a date of update for one of closing.",
    )
    value: str | None = Field(None, description="A constant for every row, instead of a column.")
    join: str = Field(" ", description="What stands between the parts when `from` names several columns.")
    extract: str | None = Field(None, description="Regular expression with one group; what it finds is the value.")
    format: list[str] = Field(
        default_factory=list,
        description="Time formats tried in order (%Y-%m-%d ...), or epoch_s, epoch_ms, excel; empty = ISO 8601.",
    )
    integer: bool = Field(False, description="Write whole numbers without a fraction: 9.0 becomes 9.")
    pad: int | None = Field(None, ge=1, le=40, description="Pad with zeros on the left to this length.")
    when: Literal["closed"] | None = Field(
        None, description="'closed' = read the value only on rows whose status says that the case has ended."
    )
    fill_down: bool = Field(False, description="An empty cell takes the value above it (merged cells).")

    @field_validator("from_", "otherwise", "format", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _something(self) -> "Column":
        if bool(self.from_) == (self.value is not None):
            raise ValueError("give either `from` (a column of the file) or `value` (a constant)")
        if self.extract is not None:
            try:
                groups = re.compile(self.extract).groups
            except re.error as err:
                raise ValueError(f"`extract` = '{self.extract}' is not a regular expression: {err}") from err
            if groups != 1:
                raise ValueError(f"`extract` = '{self.extract}' has {groups} groups in (); it needs one")
        wrong = [form for form in self.format if form not in ("epoch_s", "epoch_ms", "excel") and "%" not in form]
        if wrong:
            raise ValueError(
                f"`format` = '{wrong[0]}' is no time format; write it as %Y-%m-%d %H:%M, epoch_s ... or excel"
            )
        return self


def _column(value: Any) -> Any:
    return {"from": value} if isinstance(value, str | list) else value


def _read_by(spec: Column) -> tuple[str, ...]:
    """The file's columns that a spec reads."""
    return (*spec.from_, *spec.otherwise)


ColumnSpec = Annotated[Column, BeforeValidator(_column)]


class FileLayout(_Strict):
    """How the file is written. Only what cannot be seen from the file's name and first bytes needs saying."""

    format: Literal["csv", "xlsx", "json", "jsonl", "geojson", "gpkg", "shp", "parquet", "gpx"] | None = None
    encoding: str = Field("utf-8", description="Of text files: utf-8, gb18030, big5, latin-1 ...")
    delimiter: str | None = Field(None, min_length=1, max_length=1, description="Of CSV; default comma, tab for .tsv.")
    quote: str = Field('"', min_length=1, max_length=1)
    header_row: int = Field(
        1, ge=0, description="Line of the column names, lines above are skipped; 0 = none, the names are 1, 2, 3 ..."
    )
    sheet: str | None = Field(None, description="Sheet of a spreadsheet; default the only one.")
    table: str | None = Field(None, description="Layer of a GeoPackage; default the only one.")
    records: str | None = Field(None, description="Where the list of records stands in a JSON object: 'result.items'.")


class Town(_Strict):
    """The town, made when it is first named."""

    name: str | None = None
    name_zh: str | None = None
    time_zone: str | None = Field(None, description="IANA name; days of the town begin at its midnight.")
    crs: str | None = Field(None, description="Metric CRS of areas, lengths and the lattice; default by place.")

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str | None) -> str | None:
        return value if value is None else _known_zone(value)

    @field_validator("crs")
    @classmethod
    def _metric(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                require_metric(value)
            except GridgovError as err:
                raise ValueError(str(err)) from err
        return value


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as err:
        raise ValueError(f"'{value}' is not an IANA time zone such as Asia/Shanghai") from err
    return value


def _known_datum(value: str) -> str:
    if value != "file":
        try:
            parse_datum(value)
        except GridgovError as err:
            raise ValueError(str(err)) from err
    return value


class Mapping(_Strict):
    """What every kind of mapping says."""

    kind: str
    town: str = Field(pattern=r"^[A-Za-z0-9_\-]+$", description="Code of the town.")
    source: str = Field(min_length=1, description="Code of the system the file comes from.")
    source_name: str | None = None
    source_name_zh: str | None = None
    file: FileLayout = FileLayout()
    about: Town = Field(Town(), description="The town itself, for the load that makes it.")
    datum: str | None = Field(
        None, description="Datum of the coordinates: WGS84, CGCS2000, GCJ-02, BD-09, EPSG:nnnn, or 'file' = as it says."
    )
    nulls: list[str] = Field(list(DEFAULT_NULLS), description="Texts that mean 'no value'.")
    values: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="Translations by our column: [values.status] 'Open' = 'reported'."
    )

    columns_known: ClassVar[tuple[str, ...]] = ()
    columns_needed: ClassVar[tuple[str, ...]] = ()
    sha256: str = Field("", exclude=True)
    columns: dict[str, ColumnSpec] = Field(default_factory=dict)

    @field_validator("datum")
    @classmethod
    def _datum(cls, value: str | None) -> str | None:
        return value if value is None else _known_datum(value)

    @model_validator(mode="after")
    def _columns(self) -> "Mapping":
        faults = [
            f"[columns] has no place for `{name}`{_nearest(name, self.columns_known)}"
            for name in self.columns
            if name not in self.columns_known
        ]
        faults += [f"[columns] needs `{name}`" for name in self.columns_needed if name not in self.columns]
        faults += [
            f"[values.{name}] translates a column that [columns] does not map"
            for name in self.values
            if name not in self.columns
        ]
        faults += [
            f"[values.{name}] '{word}' must be text in quotes"
            for name, words in self.values.items()
            if name != "status"
            for word, meant in words.items()
            if not isinstance(meant, str)
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def source_columns(self) -> list[str]:
        """The file's columns this mapping reads, each once, in order."""
        specs = [*self.columns.values(), *getattr(self, "recorded", {}).values(), *getattr(self, "keep", {}).values()]
        return list(dict.fromkeys(name for spec in specs for name in _read_by(spec)))

    def filled_columns(self) -> list[str]:
        """The file's columns whose empty cells take the value above them."""
        return [name for spec in self.columns.values() if spec.fill_down for name in spec.from_]


class Level(_Strict):
    """One level of a layer, from the root down."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str | None = None
    name_zh: str | None = None


class Root(_Strict):
    """The top of the hierarchy, when the file does not hold it."""

    code: str | None = None
    name: str | None = None


class Hierarchy(_Strict):
    """How a grid's parent is found."""

    rule: Literal["parent", "prefix", "containment", "flat"]
    lengths: list[int] = Field(
        default_factory=list, description="With rule 'prefix': length of the code at each level below the root."
    )
    root: Root = Root()
    names: dict[str, str] = Field(
        default_factory=dict,
        description="Names of grids by code, where the file has none: of those built by dissolving.",
    )

    @model_validator(mode="after")
    def _lengths(self) -> "Hierarchy":
        if (self.rule == "prefix") != bool(self.lengths):
            raise ValueError("`lengths` belongs to rule = 'prefix', and that rule needs it")
        if self.lengths != sorted(set(self.lengths)) or min(self.lengths, default=1) < 1:
            raise ValueError("`lengths` must grow from the top level down, such as [2, 3, 4]")
        return self


class GridMapping(Mapping):
    """Polygons of one layer of a town's grids, complete: a file holds a whole version of the layer."""

    kind: Literal["grids"]
    layer: str = Field("base", pattern=r"^[a-z][a-z0-9_]*$", description="'base' is the layer that cases belong to.")
    levels: list[Annotated[Level, BeforeValidator(lambda v: {"code": v} if isinstance(v, str) else v)]] = Field(
        default_factory=list, description="Names of the levels from the root (level 0) down."
    )
    hierarchy: Hierarchy = Hierarchy(rule="flat")
    valid_from: date | None = Field(None, description="First local day of this version; empty = since ever.")

    columns_known: ClassVar[tuple[str, ...]] = ("code", "name", "parent", "kind")
    columns_needed: ClassVar[tuple[str, ...]] = ("code",)

    @model_validator(mode="after")
    def _grids(self) -> "GridMapping":
        if self.datum is None:
            raise ValueError("`datum` is missing: say in which datum the polygons are, or datum = 'file'")
        if self.hierarchy.rule == "parent" and "parent" not in self.columns:
            raise ValueError("rule = 'parent' needs the column `parent`")
        expected = len(self.hierarchy.lengths) + 1
        if self.hierarchy.rule == "prefix" and self.levels and len(self.levels) != expected:
            raise ValueError(
                f"`levels` has {len(self.levels)} names; a root and {expected - 1} `lengths` make {expected}"
            )
        if len({level.code for level in self.levels}) != len(self.levels):
            raise ValueError("two levels have the same code")
        return self


class PlaceMapping(Mapping):
    """Named places: a gazetteer row each, with or without coordinates."""

    kind: Literal["places"]
    columns_known: ClassVar[tuple[str, ...]] = ("code", "name", "kind", "lon", "lat", "wkt")
    columns_needed: ClassVar[tuple[str, ...]] = ("code", "name")

    @model_validator(mode="after")
    def _places(self) -> "PlaceMapping":
        _require_datum(self)
        return self


class ExposureMapping(Mapping):
    """What a grid holds: people, firms, roads, area to patrol; one row a grid and date."""

    kind: Literal["exposure"]
    layer: str = "base"
    columns_known: ClassVar[tuple[str, ...]] = (
        "grid_code", "counted_on", "residents", "households", "firms", "road_km", "built_up_m2", "patrollable_m2",
    )  # fmt: skip
    columns_needed: ClassVar[tuple[str, ...]] = ("grid_code", "counted_on")


class UnitMapping(Mapping):
    """The register of responsible units, or of the lines of business: one row each, with the code that others use."""

    kind: Literal["units"]
    register_: Literal["units", "lines"] = Field(
        "units", alias="register", description="'units' = who answers for cases; 'lines' = whose item it is."
    )
    columns_known: ClassVar[tuple[str, ...]] = ("code", "name", "kind", "territory")
    columns_needed: ClassVar[tuple[str, ...]] = ("code", "name")

    @model_validator(mode="after")
    def _units(self) -> "UnitMapping":
        if self.register_ == "lines" and (extra := {"kind", "territory"} & set(self.columns)):
            raise ValueError(f"a line has a code and a name only; `{min(extra)}` belongs to register = 'units'")
        return self


class CatalogueMapping(Mapping):
    """What cases can be about, who owns it and how long it may take; a file is complete for its scope and version."""

    kind: Literal["catalogue"]
    scope: str = Field(pattern=r"^[A-Za-z0-9_\-]+$", description="Whose catalogue: 'town', 'squads' ...")
    version: str = Field(min_length=1, description="Which edition of it, such as '2026'; editions stand side by side.")
    valid_from: date | None = Field(None, description="First local day of this edition; empty = since ever.")
    bare_units: dict[str, Literal["urgent_hour", "work_hour", "work_day", "natural_day"]] = Field(
        default_factory=dict, description="What a bare word of a limit means here: { '天' = 'work_day' }."
    )
    columns_known: ClassVar[tuple[str, ...]] = (
        "code", "category_code", "category", "name", "condition", "kind", "owner", "line", "limit", "limit_value",
        "limit_unit",
    )  # fmt: skip
    columns_needed: ClassVar[tuple[str, ...]] = ("code", "category", "name")

    @model_validator(mode="after")
    def _catalogue(self) -> "CatalogueMapping":
        columns = set(self.columns)
        faults = [f"bare_units.{word}: {why}" for word in self.bare_units if (why := limits.not_bare(word))]
        faults += [
            f"[values.kind] '{word}' = '{kind}' is not a kind{_nearest(kind, ITEM_KINDS)}"
            for word, kind in self.values.get("kind", {}).items()
            if kind not in ITEM_KINDS
        ]
        if self.scope == "observed":
            faults.append("scope = 'observed' is kept for words met in cases; name whose catalogue it is")
        if "limit" in columns and columns & {"limit_value", "limit_unit"}:
            faults.append("give the limit either as `limit` (2工作日) or as `limit_value` and `limit_unit`, not both")
        if len(columns & {"limit_value", "limit_unit"}) == 1:
            faults.append("`limit_value` and `limit_unit` come together; only one of them is mapped")
        if faults:
            raise ValueError("; ".join(faults))
        return self


class RosterMapping(Mapping):
    """Who holds which post in which grid on one day; a file is complete for its layer and day."""

    kind: Literal["roster"]
    layer: str | None = Field(None, description="The layer of the grid codes; empty = any layer, complete for all.")
    valid_from: date | None = Field(None, description="The local day it holds from; --valid-from says it for one file.")
    vacant: list[str] = Field(
        ["空缺", "缺", "缺岗", "暂缺", "待定", "无", "-", "—", "/"],
        description="Words that mean that nobody has the post.",
    )
    personal: dict[Literal["person"], Literal["drop", "pseudonym"]] = Field(
        default_factory=lambda: {"person": "pseudonym"}, validate_default=True
    )
    columns_known: ClassVar[tuple[str, ...]] = ("grid_code", "role", "person", "unit", "valid_from", "valid_to")
    columns_needed: ClassVar[tuple[str, ...]] = ("grid_code", "role", "person")

    @model_validator(mode="after")
    def _roster(self) -> "RosterMapping":
        faults = [
            f"[values.role] '{word}' = '{role}' is not a role{_nearest(role, ROLES)}"
            for word, role in self.values.get("role", {}).items()
            if role not in ROLES
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self


class IncidentMapping(Mapping):
    """Cases as flat rows: one row a case, or several versions of it."""

    kind: Literal["incidents"]
    time_zone: str = Field(description="IANA name of the zone the file's times are written in.")
    personal: dict[str, Literal["drop", "pseudonym"]] = Field(
        default_factory=dict, description="Our columns that hold personal data, and what to do with them."
    )
    recorded: dict[str, ColumnSpec] = Field(
        default_factory=dict, description="Grid codes the file itself records, by level: compared with the location."
    )
    keep: dict[str, ColumnSpec] = Field(default_factory=dict, description="Further columns kept as they are, by name.")
    source_deadline: Literal["keep", "ignore"] = Field(
        "keep", description="'keep' = a delivered deadline is kept as given (due_basis = source) and wins."
    )

    columns_known: ClassVar[tuple[str, ...]] = (
        "case_no", "reported_at", "closed_at", "due_at", "updated_at", "status", "category", "subcategory", "unit",
        "line", "channel", "description", "address", "place", "urgent", "duplicate", "track", "reporter", "lon", "lat",
        "wkt",
    )  # fmt: skip
    columns_needed: ClassVar[tuple[str, ...]] = ("case_no", "reported_at")
    hidable: ClassVar[tuple[str, ...]] = (
        "category", "subcategory", "unit", "line", "channel", "description", "address", "place", "reporter",
    )  # fmt: skip

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        return _known_zone(value)

    @model_validator(mode="after")
    def _incidents(self) -> "IncidentMapping":
        _require_datum(self)
        faults = []
        if "status" in self.columns and not self.values.get("status"):
            faults.append("`status` is mapped, so [values.status] must translate its words into states")
        for word, state in self.values.get("status", {}).items():
            code = state.get("state") if isinstance(state, dict) else state
            if not isinstance(code, str) or code not in STATES:
                faults.append(f"[values.status] '{word}' = '{code}' is not a state{_nearest(str(code), STATES)}")
            if isinstance(state, dict) and set(state) - {"state", "duplicate"}:
                faults.append(f"[values.status] '{word}' may hold `state` and `duplicate` only")
            if isinstance(state, dict) and not isinstance(state.get("duplicate", False), bool):
                faults.append(f"[values.status] '{word}': `duplicate` is true or false, without quotes")
        for word, track in self.values.get("track", {}).items():
            if not isinstance(track, str) or track not in TRACKS:
                faults.append(f"[values.track] '{word}' = '{track}' is not a track{_nearest(str(track), TRACKS)}")
        faults += [
            f"`{name}`: when = 'closed' needs `status`, and is for times only"
            for name, spec in self.columns.items()
            if spec.when and (name not in _TIMES or "status" not in self.columns)
        ]
        if "reporter" in self.columns and "reporter" not in self.personal:
            faults.append("`reporter` is personal: say [personal] reporter = 'pseudonym' or 'drop'")
        faults += _personal_faults(self, {"keep": self.keep, "recorded": self.recorded})
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def state_of(self, word: str) -> str | None:
        """Our state for a status word of the file; None when the mapping does not know it."""
        state = self.values["status"].get(word)
        return state.get("state") if isinstance(state, dict) else state

    def says_duplicate(self, word: str) -> bool:
        """True when the status word says that the source found a duplicate."""
        state = self.values["status"].get(word)
        return bool(state.get("duplicate")) if isinstance(state, dict) else False


class EventMapping(Mapping):
    """The life of cases as events: one row for each thing that happened to a case that is loaded already."""

    kind: Literal["events"]
    time_zone: str = Field(description="IANA name of the zone the file's times are written in.")
    personal: dict[str, Literal["drop", "pseudonym"]] = Field(
        default_factory=dict, description="Our columns that hold personal data, and what to do with them."
    )
    keep: dict[str, ColumnSpec] = Field(default_factory=dict, description="Further columns kept as they are, by name.")

    columns_known: ClassVar[tuple[str, ...]] = (
        "case_no", "at", "event", "event_no", "unit", "actor", "reason", "note", "due_at", "lon", "lat", "evidence",
        "evidence_kind", "evidence_hash", "actor_role", "rating",
    )  # fmt: skip
    columns_needed: ClassVar[tuple[str, ...]] = ("case_no", "at", "event")
    hidable: ClassVar[tuple[str, ...]] = ("unit", "actor", "reason", "note", "evidence")

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        return _known_zone(value)

    @model_validator(mode="after")
    def _events(self) -> "EventMapping":
        _require_datum(self)
        faults = [
            f"[values.event] '{word}' = '{code}' is not an event{_nearest(str(code), EVENTS)}"
            for word, code in self.values.get("event", {}).items()
            if code not in EVENTS
        ]
        faults += [
            f"`{name}`: when = 'closed' belongs to incidents" for name, spec in self.columns.items() if spec.when
        ]
        if "actor" in self.columns and "actor" not in self.personal:
            faults.append("`actor` is personal: say [personal] actor = 'pseudonym' or 'drop'")
        clash = set(self.keep) & set(DETAIL)
        faults += [f"[keep] {name}: the name is taken; give the column another one" for name in sorted(clash)]
        faults += _personal_faults(self, {"keep": self.keep})
        if faults:
            raise ValueError("; ".join(faults))
        return self


class Units(_Strict):
    """In what a file of tracks measures; nothing is guessed, so what is mapped is said."""

    speed: Literal["m/s", "km/h", "knots", "mph"] | None = None
    accuracy: Literal["m", "ft"] | None = Field(None, description="Radius within which a position is believed to be.")


class TrackMapping(Mapping):
    """Where devices were: one row a fix, or a line whose vertices have times (a list in `at`, or the measure `@m`).

    Besides the file's columns `@file` may be read, its name without endings.
    """

    kind: Literal["tracks"]
    time_zone: str = Field(description="IANA name of the zone the file's times are written in.")
    personal: dict[Literal["person", "device"], Literal["drop", "pseudonym"]] = Field(
        default_factory=dict, description="Persons and their devices become pseudonyms."
    )
    units: Units = Field(Units(), description="In what speed and accuracy are measured.")
    gap_s: int | None = Field(
        None, ge=1, le=86_400, description="A longer silence ends a session; empty = as the rules of the town say."
    )

    columns_known: ClassVar[tuple[str, ...]] = (
        "device", "person", "at", "lon", "lat", "accuracy", "speed", "satellites", "mode",
    )  # fmt: skip
    columns_needed: ClassVar[tuple[str, ...]] = ("device", "at")
    hidable: ClassVar[tuple[str, ...]] = ("person", "device")

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        return _known_zone(value)

    @model_validator(mode="after")
    def _tracks(self) -> "TrackMapping":
        _require_datum(self)
        faults = [f"`{name}`: when = 'closed' belongs to incidents" for name, spec in self.columns.items() if spec.when]
        if self.datum is None:
            faults.append("`datum` is missing: say in which datum the positions are, or datum = 'file'")
        for name in ("speed", "accuracy"):
            is_mapped, unit = name in self.columns, getattr(self.units, name)
            if is_mapped and unit is None:
                faults.append(f"`{name}` is mapped, so [units] must say in what it is measured")
            if unit is not None and not is_mapped:
                faults.append(f"[units] names `{name}`, which [columns] does not map")
        faults += [
            f"[values.mode] '{word}' = '{code}' is no way to move{_nearest(code, MODES)}"
            for word, code in self.values.get("mode", {}).items()
            if code not in MODES
        ]
        faults += [
            f"`{name}` is personal: say [personal] {name} = 'pseudonym'"
            for name in self.hidable
            if name in self.columns and name not in self.personal
        ]
        if self.personal.get("device") == "drop":
            faults.append("[personal] device = 'drop' would leave no track; say 'pseudonym'")
        at = self.columns["at"]
        if at.value is not None:
            faults.append("`at` = a constant: each fix has its own time, so name the file's column")
        if MEASURE in _read_by(at) and (_read_by(at) != (MEASURE,) or not at.format):
            faults.append(f"`at` reads '{MEASURE}': give it alone, with format = 'epoch_s' or 'epoch_ms'")
        faults += _personal_faults(self, {})
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def has_shapes(self) -> bool:
        """Whether the positions are the file's geometries, not two of its columns."""
        return "lon" not in self.columns

    @property
    def reads_file_name(self) -> bool:
        """Whether one of the columns is the file's name."""
        return FILE_NAME in super().source_columns()

    def source_columns(self) -> list[str]:
        """The file's columns this mapping reads; `@file` and `@m` are none of them."""
        return [name for name in super().source_columns() if name not in (FILE_NAME, MEASURE)]


class MapMapping(Mapping):
    """Features of the town's own map, in any geometry; a file is complete for its layer."""

    kind: Literal["maps"]
    theme: str | None = Field(None, description="What the features are: road, water, built_up, land_use, poi, other.")
    layer: str | None = Field(
        None, min_length=1, description="The part of the map that the file holds; default its table, else the theme."
    )
    widths: dict[str, Annotated[float, Field(gt=0, le=1000)]] = Field(
        default_factory=dict, description="Metres, by kind as delivered, where the file itself tells no width."
    )
    columns_known: ClassVar[tuple[str, ...]] = ("theme", "kind", "name", "width")

    @model_validator(mode="after")
    def _map(self) -> "MapMapping":
        faults = [] if self.datum else ["`datum` is missing: say in which datum the map is, or datum = 'file'"]
        told = {"theme": self.theme} if self.theme else {}
        for word, theme in (self.values.get("theme", {}) | told).items():
            if theme not in MAP_THEMES:
                where = "theme" if theme == self.theme else f"[values.theme] '{word}'"
                faults.append(f"{where} = '{theme}' is not a theme{_nearest(str(theme), MAP_THEMES)}")
        if self.theme is None and "theme" not in self.columns:
            faults.append("say what the features are: theme = 'road', or a column `theme`")
        if self.widths and "kind" not in self.columns:
            faults.append("[widths] go by kind, which [columns] does not map")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def part(self) -> str:
        """The part of the source's map that the file holds completely."""
        return self.layer or self.file.table or self.theme or "map"


class PlanMapping(Mapping):
    """The plan of the patrols: checkpoints or routes; a file is complete for its source, from a day on."""

    kind: Literal["plans"]
    plan: Literal["checkpoints", "routes"] = Field(
        description="'checkpoints' = places to be visited; 'routes' = ways to be walked."
    )
    valid_from: date | None = Field(None, description="First local day of this plan; empty = since ever.")
    columns_known: ClassVar[tuple[str, ...]] = (
        "code", "name", "grid_code", "visits_a_week", "weekdays", "windows", "lon", "lat", "wkt",
    )  # fmt: skip
    columns_needed: ClassVar[tuple[str, ...]] = ("code", "name")

    @model_validator(mode="after")
    def _plan(self) -> "PlanMapping":
        _require_datum(self)
        faults = [] if self.datum else ["`datum` is missing: say in which datum the plan is, or datum = 'file'"]
        other = {"routes": ("visits_a_week", "lon"), "checkpoints": ("weekdays", "windows")}[self.plan]
        faults += [f"`{name}` does not belong to {self.plan}" for name in other if name in self.columns]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def has_shapes(self) -> bool:
        """Whether the places are the file's geometries, not columns of it."""
        return not {"lon", "wkt"} & set(self.columns)


class DeviceMapping(Mapping):
    """Which devices there are and who carries them; a file is complete for its source, from a day on."""

    kind: Literal["devices"]
    valid_from: date | None = Field(None, description="First local day of this list; empty = since ever.")
    personal: dict[Literal["device", "holder"], Literal["drop", "pseudonym"]] = Field(
        default_factory=dict, description="Devices and holders are pseudonyms; 'drop' leaves the holders out."
    )
    columns_known: ClassVar[tuple[str, ...]] = ("device", "holder", "model", "step")
    columns_needed: ClassVar[tuple[str, ...]] = ("device",)

    @model_validator(mode="after")
    def _devices(self) -> "DeviceMapping":
        if self.personal.get("device") == "drop":
            raise ValueError("[personal] device = 'drop' would leave no device; say 'pseudonym'")
        return self


def _personal_faults(
    mapping: IncidentMapping | EventMapping | TrackMapping, kept: dict[str, dict[str, ColumnSpec]]
) -> list[str]:
    """What is wrong with [personal]: columns that cannot be hidden or are not mapped, and what is hidden kept elsewhere."""
    faults = [
        f"[personal] can hide text, not `{name}` (it can: {', '.join(mapping.hidable)})"
        for name in mapping.personal
        if name not in mapping.hidable
    ]
    hidden = {c for name in mapping.personal if name in mapping.columns for c in _read_by(mapping.columns[name])}
    faults += [
        f"[{table}] {name} reads '{c}', which [personal] hides"
        for table, specs in kept.items()
        for name, spec in specs.items()
        for c in _read_by(spec)
        if c in hidden
    ]
    faults += [
        f"`{name}` reads '{c}', which [personal] hides; name `{name}` there too"
        for name, spec in mapping.columns.items()
        for c in _read_by(spec)
        if c in hidden and name not in mapping.personal
    ]
    return faults + [
        f"[personal] names `{name}`, which [columns] does not map"
        for name in mapping.personal
        if name not in mapping.columns
    ]


def _require_datum(mapping: Mapping) -> None:
    has_xy = {"lon", "lat"} & set(mapping.columns)
    if len(has_xy) == 1:
        raise ValueError("`lon` and `lat` come together; only one of them is mapped")
    if has_xy and "wkt" in mapping.columns:
        raise ValueError("give the place either as `lon` and `lat` or as `wkt`, not both")
    if (has_xy or "wkt" in mapping.columns) and mapping.datum is None:
        raise ValueError(
            "`datum` is missing: coordinates without a declared datum are refused, because in China an undeclared "
            "GCJ-02 point lies about 500 m off; say WGS84, CGCS2000, GCJ-02, BD-09 or EPSG:nnnn"
        )


_KINDS: Map[str, type[Mapping]] = {
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


def _nearest(name: str, known: Any) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean `{close[0]}`?)" if close else f" (known: {', '.join(known)})"


def _sentence(error: Any, model: type[Mapping]) -> str:
    where = ".".join(str(part) for part in error["loc"] if part != "function-before[_column()]")
    if error["type"] == "extra_forbidden":
        return f"unknown key `{where}`{_nearest(str(error['loc'][-1]), _fields_at(model, error['loc'][:-1]))}"
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


def parse_mapping(text: str, name: str = "mapping") -> Mapping:
    """The mapping in a TOML text; raises MappingError with every fault in one message."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as err:
        raise MappingError(f"{name} is not valid TOML: {err}.") from err
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise MappingError(f"{name} says kind = {kind!r}; expected one of {', '.join(_KINDS)}.")
    model = _KINDS[kind]
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
