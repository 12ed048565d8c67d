"""Mappings of patrols: where devices were, what is planned, who carries which device."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from gridgov.sources.mapping.base import FeedMapping, Mapping, Strict, nearest, personal_faults, read_by, require_datum
from gridgov.vocabulary import MODES

FILE_NAME = "@file"
"""Stands for a column that holds the name of the file without its endings: tracks often say only there whose they are."""
MEASURE = "@m"
"""Stands for a column that holds the measure M of a line's vertex."""


class Units(Strict):
    """In what a file of tracks measures; nothing is guessed, so what is mapped is said."""

    speed: Literal["m/s", "km/h", "knots", "mph"] | None = None
    accuracy: Literal["m", "ft"] | None = Field(None, description="Radius within which a position is believed to be.")


class TrackMapping(FeedMapping):
    """Where devices were: one row a fix, or a line whose vertices have times (a list in `at`, or the measure `@m`).

    Besides the file's columns `@file` may be read, its name without endings. Persons and their devices become pseudonyms.
    """

    kind: Literal["tracks"]
    units: Units = Field(Units(), description="In what speed and accuracy are measured.")
    gap_s: int | None = Field(
        None, ge=1, le=86_400, description="A longer silence ends a session; empty = as the rules of the town say."
    )

    columns_known: ClassVar[tuple[str, ...]] = (
        "device", "person", "at", "lon", "lat", "accuracy", "speed", "satellites", "mode",
    )  # fmt: skip
    columns_needed: ClassVar[tuple[str, ...]] = ("device", "at")
    hidable: ClassVar[tuple[str, ...]] = ("person", "device")

    @model_validator(mode="after")
    def _tracks(self) -> "TrackMapping":
        require_datum(self)
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
            f"[values.mode] '{word}' = '{code}' is no way to move{nearest(code, MODES)}"
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
        if MEASURE in read_by(at) and (read_by(at) != (MEASURE,) or not at.format):
            faults.append(f"`at` reads '{MEASURE}': give it alone, with format = 'epoch_s' or 'epoch_ms'")
        faults += personal_faults(self, {})
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
        require_datum(self)
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
