"""Mappings of the registers: units and lines, the catalogue of items, the roster."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from gridgov.sources import limits
from gridgov.sources.mapping.base import Mapping, nearest
from gridgov.vocabulary import ITEM_KINDS, ROLES


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
            f"[values.kind] '{word}' = '{kind}' is not a kind{nearest(kind, ITEM_KINDS)}"
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
            f"[values.role] '{word}' = '{role}' is not a role{nearest(role, ROLES)}"
            for word, role in self.values.get("role", {}).items()
            if role not in ROLES
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self
