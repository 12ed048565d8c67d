"""What every mapping says: where its columns come from, how the file is written, the town, and the checks all share."""

import difflib
import re
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from gridgov.crs import parse_datum, require_metric
from gridgov.errors import GridgovError

DEFAULT_NULLS = ("", "null", "NULL", "NaN", "nan", "None", "N/A", "#N/A", "<NA>")


class Strict(BaseModel):
    """A table of a mapping; keys that are not known are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, str_strip_whitespace=False)


class Column(Strict):
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


def read_by(spec: Column) -> tuple[str, ...]:
    """The file's columns that a spec reads."""
    return (*spec.from_, *spec.otherwise)


ColumnSpec = Annotated[Column, BeforeValidator(_column)]


class FileLayout(Strict):
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


class Town(Strict):
    """The town, made when it is first named."""

    name: str | None = None
    name_zh: str | None = None
    time_zone: str | None = Field(None, description="IANA name; days of the town begin at its midnight.")
    crs: str | None = Field(None, description="Metric CRS of areas, lengths and the lattice; default by place.")

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str | None) -> str | None:
        return value if value is None else known_zone(value)

    @field_validator("crs")
    @classmethod
    def _metric(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                require_metric(value)
            except GridgovError as err:
                raise ValueError(str(err)) from err
        return value


def known_zone(value: str) -> str:
    """The name of a time zone; raises ValueError when there is none of it."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as err:
        raise ValueError(f"'{value}' is not an IANA time zone such as Asia/Shanghai") from err
    return value


def known_datum(value: str) -> str:
    """A datum, or 'file'; raises ValueError when there is none of it."""
    if value != "file":
        try:
            parse_datum(value)
        except GridgovError as err:
            raise ValueError(str(err)) from err
    return value


class Mapping(Strict):
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
        return value if value is None else known_datum(value)

    @model_validator(mode="after")
    def _columns(self) -> "Mapping":
        faults = [
            f"[columns] has no place for `{name}`{nearest(name, self.columns_known)}"
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
        return list(dict.fromkeys(name for spec in specs for name in read_by(spec)))

    def filled_columns(self) -> list[str]:
        """The file's columns whose empty cells take the value above them."""
        return [name for spec in self.columns.values() if spec.fill_down for name in spec.from_]


class FeedMapping(Mapping):
    """What a feed says besides: in which zone its times are written, and which of its columns are personal."""

    time_zone: str = Field(description="IANA name of the zone the file's times are written in.")
    personal: dict[str, Literal["drop", "pseudonym"]] = Field(
        default_factory=dict, description="Our columns that hold personal data, and what to do with them."
    )
    hidable: ClassVar[tuple[str, ...]] = ()

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        return known_zone(value)


# ---- checks that several kinds share -----------------------------------------------------------------------------------


def personal_faults(mapping: FeedMapping, kept: dict[str, dict[str, ColumnSpec]]) -> list[str]:
    """What is wrong with [personal]: columns that cannot be hidden or are not mapped, and what is hidden kept elsewhere."""
    faults = [
        f"[personal] can hide text, not `{name}` (it can: {', '.join(mapping.hidable)})"
        for name in mapping.personal
        if name not in mapping.hidable
    ]
    hidden = {c for name in mapping.personal if name in mapping.columns for c in read_by(mapping.columns[name])}
    faults += [
        f"[{table}] {name} reads '{c}', which [personal] hides"
        for table, specs in kept.items()
        for name, spec in specs.items()
        for c in read_by(spec)
        if c in hidden
    ]
    faults += [
        f"`{name}` reads '{c}', which [personal] hides; name `{name}` there too"
        for name, spec in mapping.columns.items()
        for c in read_by(spec)
        if c in hidden and name not in mapping.personal
    ]
    return faults + [
        f"[personal] names `{name}`, which [columns] does not map"
        for name in mapping.personal
        if name not in mapping.columns
    ]


def require_datum(mapping: Mapping) -> None:
    """Raise ValueError when places are mapped halfway, twice, or without a datum."""
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


def nearest(name: str, known: Any) -> str:
    """The end of a sentence about an unknown name: the nearest of those known, else all of them."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean `{close[0]}`?)" if close else f" (known: {', '.join(known)})"
