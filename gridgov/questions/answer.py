"""An answer: the frame, and what makes it trustworthy: as of when, for which scope, by which definition."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd

from gridgov.questions.definition import Definition
from gridgov.schema import heading, worded
from gridgov.vocabulary import Lang

if TYPE_CHECKING:
    from gridgov.questions.rows import Places, Rows

LANGS: Final[tuple[Lang, ...]] = ("zh", "en")


@dataclass(frozen=True)
class Answer:
    """What a question gave.

    frame    the rows; a GeoDataFrame (geom, EPSG:4326) where they are places. Instants are UTC.
    as_of    the local day (2026-11-20) or the instant (ISO 8601) the answer speaks of
    meta     what else a reader needs: zone, layer, by; where and search = what rows were kept; rules = the version of the
             rules of the clocks that the numbers were made by (those kept with the town); since and until, days, of a
             period; during = the statistical period it was asked of (kind, number, said, begin, last, is_over);
             compared_with = the days or instants that numbers stand beside, is_known = the town's history (from
             first_day) reaches back over them; day_start = seconds from midnight to the begin of a statistical day, where it
             is not 0; n_total of a list cut by its limit; known_at ...
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
        names = [name for name in self.frame.columns if name != "geom"]
        columns = ([_plain(value) for value in self.frame[name].tolist()] for name in names)
        return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]

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

    def to_geojson(self) -> str:
        """A FeatureCollection of the rows that are places (RFC 7946), with its stamp and definition beside the features."""
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
        stamp = {
            name: value for name, value in replace(self, frame=self.frame.head(0)).as_dict().items() if name != "rows"
        }
        stamp["definition"] = {lang: self.definition.statements(lang) for lang in LANGS}
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

    def title(self, lang: Lang, place: str | None = None) -> str:
        """Question, place (the code of the scope or town unless said), period and as-of in one line."""
        parts = [self.definition.title.said(lang), place or self.scope or self.town, self.period(lang)]
        return " · ".join([*filter(None, parts), f"{'数据截至' if lang == 'zh' else 'as of'} {self.moment(lang)}"])

    def moment(self, lang: Lang) -> str:
        """As of when, after "数据截至" or "as of": what was asked for, and that the data end before it where they do."""
        until = self.meta.get("data_until")
        if until is None:
            return self.as_of
        return f"{until}（推算至 {self.as_of}）" if lang == "zh" else f"{self.as_of} (the data end on {until})"

    def period(self, lang: Lang) -> str:
        """The period the answer speaks of; "" where it speaks of an instant."""
        during = self.meta.get("during")
        if during is not None and lang == "zh":
            return str(during["said"]) if during["kind"] == "year" else f"{during['last'][:4]}年{during['said']}"
        if during is not None:
            return f"{during['kind']} {during['number']}, {during['begin']} – {during['last']}"
        since, until = self.meta.get("since"), self.meta.get("until")
        return f"{since} – {until}" if since and until else ""

    def table(self) -> "Rows | Places":
        """The rows as a frame that a planner works with: it keeps units, CRS, as-of and definition, and draws itself."""
        from gridgov.questions.rows import stamped  # which needs pandas' plotting

        return stamped(self)

    def plot(self, measure: str | Sequence[str] | None = None, **how: Any) -> Any:
        """A picture that suits the answer: see `Rows.plot`."""
        return self.table().plot(measure, **how)

    def explore(self, measure: str | None = None, **how: Any) -> Any:
        """A folium map in one piece: see `Places.explore`."""
        return self.table().explore(measure, **how)

    def _repr_html_(self) -> str:
        return f"<p>{self.stamp()}</p>{self.headed()._repr_html_()}"

    def stamp(self) -> str:
        """What stands over the rows in a notebook, as HTML: the question in both languages, town, as-of and definition."""
        title, definition = self.definition.title, self.definition
        scope = self.scope or self.town
        return escape(
            f"{title.zh} · {title.en} · {scope} · as of {self.moment('en')} · {definition.id} v{definition.version}"
        )


def _plain(value: Any) -> Any:
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value
