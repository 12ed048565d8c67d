"""An answer: the frame, and what makes it trustworthy: as of when, for which scope, by which definition."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import pandas as pd

from gridgov.questions.definition import Definition
from gridgov.schema import heading, worded
from gridgov.text import spreadsheet_safe
from gridgov.vocabulary import Lang


@dataclass(frozen=True)
class Answer:
    """What a question gave.

    frame    the rows; a GeoDataFrame (geom, EPSG:4326) where they are places. Instants are UTC.
    as_of    the local day (2026-11-20) or the instant (ISO 8601) the answer speaks of
    meta     what else a reader needs: zone, layer, by; rules = the version of the rules of the clocks that the numbers were
             made by (those kept with the town); since and until, days, of a period; during = the statistical period it
             was asked of (kind, number, said, begin, last, is_over); compared_with = the days or instants that numbers
             stand beside, is_known = the town's history (from first_day) reaches back over them; n_total of a list cut
             by its limit; known_at ...
    """

    frame: pd.DataFrame
    definition: Definition
    town: str
    scope: str | None
    as_of: str
    data_version: int
    meta: dict[str, Any] = field(default_factory=dict)

    def rows(self) -> list[dict[str, Any]]:
        """The rows as plain values; instants as ISO 8601, absent values as None, geometry left out."""
        table = pd.DataFrame(self.frame.drop(columns="geom", errors="ignore"))
        return [{k: _plain(v) for k, v in row.items()} for row in table.to_dict("records")]

    def as_dict(self) -> dict[str, Any]:
        """The answer as JSON wants it."""
        return {
            "question": self.definition.id,
            "version": self.definition.version,
            "town": self.town,
            "as_of": self.as_of,
            "scope": self.scope,
            **{name: value for name, value in self.meta.items() if value is not None},
            "rows": self.rows(),
        }

    def to_json(self) -> str:
        """The answer as JSON text."""
        return json.dumps(self.as_dict(), ensure_ascii=False, default=str)

    def to_csv(self) -> str:
        """The rows as CSV, geometry left out; text that a spreadsheet would take for a formula is defused."""
        table = pd.DataFrame(self.frame.drop(columns="geom", errors="ignore"))
        text = table.select_dtypes(["object", "str"]).columns
        return table.assign(**{name: table[name].map(_safe) for name in text}).to_csv(index=False)

    def to_geojson(self) -> str:
        """A FeatureCollection of the rows that are places (RFC 7946), with the answer's stamp beside the features."""
        places = (
            gpd.GeoDataFrame(self.frame)
            if "geom" in self.frame
            else gpd.GeoDataFrame(self.frame, geometry=[None] * len(self.frame))
        )
        shapes = json.loads(gpd.GeoSeries(places.geometry, crs=places.crs).to_json(show_bbox=False))["features"]
        features = [
            {"type": "Feature", "properties": row, "geometry": shape["geometry"]}
            for row, shape in zip(self.rows(), shapes, strict=True)
        ]
        stamp = {name: value for name, value in self.as_dict().items() if name != "rows"}
        return json.dumps({"type": "FeatureCollection", **stamp, "features": features}, ensure_ascii=False, default=str)

    def headed(self, lang: Lang = "en") -> pd.DataFrame:
        """The rows under headings for people, geometry left out; codes and truths in words, numbers as they are."""
        table = pd.DataFrame(self.frame.drop(columns="geom", errors="ignore"))
        worded_ = {
            name: table[name].map(self._wording(name, lang)) for name in table.select_dtypes(["object", "str", "bool"])
        }
        return table.assign(**worded_).rename(columns=lambda name: heading(name, lang))

    def _wording(self, name: str, lang: Lang) -> Callable[[Any], Any]:
        return lambda value: worded(name, value, lang, in_part=self.scope is not None)

    def plot(self, lang: Lang = "en") -> Any:
        """A figure that suits the question: a map where rows are grids or cases, a line over periods, else bars."""
        from gridgov.figures import figure_of

        return figure_of(
            self.frame, self.definition.id, title=f"{self.definition.title.said(lang)} · {self.as_of}", lang=lang
        )

    def explore(self, lang: Lang = "en") -> Any:
        """The same as `plot`: the figures are interactive."""
        return self.plot(lang)

    def _repr_html_(self) -> str:
        said = f"{self.town} · as of {self.as_of} · {self.definition.id} v{self.definition.version}"
        return f"<p><b>{self.definition.title.en}</b> · {said}</p>{self.headed()._repr_html_()}"


def _safe(value: Any) -> Any:
    return spreadsheet_safe(value) if isinstance(value, str) else value


def _plain(value: Any) -> Any:
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value
