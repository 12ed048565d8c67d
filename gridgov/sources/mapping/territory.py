"""Mappings of the ground: grids, places, what grids hold, and the town's own map."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from gridgov.sources.mapping.base import Mapping, Strict, nearest, require_datum
from gridgov.vocabulary import MAP_THEMES


class Level(Strict):
    """One level of a layer, from the root down."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str | None = None
    name_zh: str | None = None


class Root(Strict):
    """The top of the hierarchy, when the file does not hold it."""

    code: str | None = None
    name: str | None = None


class Hierarchy(Strict):
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
        require_datum(self)
        return self


class ExposureMapping(Mapping):
    """What a grid holds: people, firms, roads, area to patrol; one row a grid and date."""

    kind: Literal["exposure"]
    layer: str = "base"
    columns_known: ClassVar[tuple[str, ...]] = (
        "grid_code", "counted_on", "residents", "households", "firms", "road_km", "built_up_m2", "patrollable_m2",
    )  # fmt: skip
    columns_needed: ClassVar[tuple[str, ...]] = ("grid_code", "counted_on")


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
                faults.append(f"{where} = '{theme}' is not a theme{nearest(str(theme), MAP_THEMES)}")
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
