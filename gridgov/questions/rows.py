"""What a question asked by its name gives: a frame that keeps its units, its CRS and what it was computed by, and draws itself.

It is an ordinary (Geo)DataFrame. Beside the rows, in `.attrs`, travel plain values: question and version, town, scope, as_of,
zone, data_version, crs, units by column, the definition in both languages, and meta. pandas hands them on when rows or columns
are picked, sorted or changed; what is computed anew (a merge, a group) is the reader's own and may lose them.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
from pandas.plotting import PlotAccessor

from gridgov.analytics.rates import N_MIN, share
from gridgov.errors import GridgovError, QuestionError
from gridgov.questions.answer import LANGS, Answer
from gridgov.questions.definition import definition_of
from gridgov.schema import column_of
from gridgov.settings import settings
from gridgov.store import maps, runs
from gridgov.store.database import reading
from gridgov.vocabulary import Lang, label


class Drawn(PlotAccessor):
    """`frame.plot()`: a picture that suits the answer; with arguments of pandas (`kind`, `x`, `y` ...) what pandas draws."""

    def __call__(
        self,
        measure: str | Sequence[str] | None = None,
        *,
        lang: Lang = "en",
        base: bool = True,
        ax: Any = None,
        **of_pandas: Any,
    ) -> Any:
        """Draw a measure with matplotlib: a map of places, a line over time, else bars. Gives the axes.

        measure  a column of numbers; several are lines, or bars end to end; None = the first that the question declares
        lang     of headings, legend and caption; the caption says as of when and by which definition
        base     the town's own roads and waters below a map
        ax       where to draw; None = a figure of its own
        On maps zero, not known and too few to tell have colours of their own.
        raises   QuestionError where there is nothing to draw; GridgovError where matplotlib is not installed
        """
        if of_pandas:
            return super().__call__(**({} if ax is None else {"ax": ax}), **of_pandas)
        rows: Rows | Places = self._parent
        rows.require_some()
        several = [
            rows.measure(name) for name in ([measure] if measure is None or isinstance(measure, str) else measure)
        ]
        draw = _drawing("pictures", "matplotlib")
        if isinstance(rows, Places) and rows.geometry.notna().any() and len(several) == 1:
            rows = rows.on_map()
            ground = {"base": rows.base_map() if base else None, "credit": credit(lang)}
            return draw.map_of(rows, several[0], ax=ax, few=rows.too_few(several[0]), **ground, **rows.caption(lang))
        few = rows.too_few(several[0])
        return draw.chart_of(rows, several, rows.labels(), ax=ax, few=few, **rows.caption(lang))

    def bars(self, measure: str | Sequence[str] | None = None, *, lang: Lang = "en", ax: Any = None) -> Any:
        """Bars also of what are places, as `plot` draws them of other rows: the order is that of the rows."""
        rows: Rows | Places = self._parent
        return (
            Rows(pd.DataFrame(rows).drop(columns="geom", errors="ignore"))
            .with_stamp_of(rows)
            .plot(measure, lang=lang, ax=ax)
        )

    def funnel(self, rate: str, *, lang: Lang = "en", ax: Any = None) -> Any:
        """A rate against the size of its denominator, with the limits that chance alone would keep to; who is outside is named.

        rate    a rate that the definition says the part and the whole of, such as on_time_rate
        raises  QuestionError where it is none, or no group has ten in its denominator
        """
        rows: Rows | Places = self._parent
        rows.require_some()
        parts = {name: (part, whole) for name, part, whole in rows.answer.definition.rates}
        if rate not in parts:
            raise QuestionError(f"'{rate}' is no rate of two counts here. There are: {', '.join(parts) or 'none'}.")
        part, whole = (pd.DataFrame(rows).eval(side).astype("float64") for side in parts[rate])
        if not (whole >= N_MIN).any():
            raise QuestionError(
                f"There is no funnel of '{rate}' here: no group has {N_MIN} in its denominator, the largest {whole.max():.0f}."
                " Ask of a longer period or of larger groups."
            )
        common = float(share(part.sum(), whole.sum()))
        draw = _drawing("pictures", "matplotlib")
        return draw.funnel_of(rows, rate, whole, common, rows.labels(), ax=ax, **rows.caption(lang))


class Stamped:
    """What both kinds of frames can do besides what pandas does."""

    attrs: dict[str, Any]

    @property
    def answer(self) -> Answer:
        """The answer these rows are of: `.definition`, `.as_of`, `.meta`, `.headed("zh")`, `.to_geojson()` ..."""
        told = self.attrs
        if "question" not in told:
            raise QuestionError(
                "These rows have lost what they are an answer to; ask again, or pick rows from an answer."
            )
        frame: Any = self
        return Answer(
            frame, definition_of(told["question"]), told["town"], told["scope"], told["as_of"], told["data_version"], told["meta"]
        )  # fmt: skip

    def with_stamp_of(self, other: "Stamped") -> Any:
        """These rows as part of the answer that others are of: for what you made of its rows yourself."""
        self.attrs = other.attrs
        return self

    @property
    def units(self) -> dict[str, str]:
        """The unit of each column: "count", "0..1", "h", "m2", "UTC" ...; "" = a word, a code or a truth."""
        told: dict[str, str] = self.attrs.get("units", {})
        return told

    def require_some(self) -> None:
        """Raise QuestionError where there are no rows to draw."""
        frame: Any = self
        if frame.empty:
            raise QuestionError(f"'{self.answer.definition.id}' has no rows to draw here.")

    def definition(self, lang: Lang = "en") -> str:
        """What the numbers mean, as text."""
        return self.answer.definition.explained(lang)

    def measure(self, name: str | None = None) -> str:
        """The column that is drawn: the one named, else the first of numbers that the question declares; of cases their light.

        raises  QuestionError where there is no such column
        """
        frame: Any = self
        numbers = [column for column in frame if _is_number(frame[column])]
        declared = [column for column in self.answer.definition.columns if column in numbers]
        if name in (None, "light") and "light" in frame and "geom" in frame:
            return "light"  # cases on a map
        if name is not None and name not in numbers:
            raise QuestionError(f"'{name}' is no column of numbers here. There are: {', '.join(numbers) or 'none'}.")
        if name is None and not declared:
            raise QuestionError(f"'{self.answer.definition.id}' has no column of numbers to draw here.")
        return name or next(
            (column for column in declared if self.units.get(column)), declared[0]
        )  # no numbers of things

    def labels(self) -> list[str]:
        """The columns that name a row: what was asked by, and what else tells rows apart."""
        frame: Any = self
        keys = [
            "period_on",
            "time_days",
            "day_on",
            "grid_name",
            *(self.answer.meta.get("by") or []),
            *self.answer.definition.keys,
        ]
        found = [name for name in dict.fromkeys(keys) if name in frame and not _is_number(frame[name])]
        return found or [name for name in frame if name != "geom" and not _is_number(frame[name])][:1]

    def too_few(self, measure: str) -> pd.Series:
        """True for rows of which a rate is not told: fewer than ten stand in its denominator."""
        frame: Any = self
        wholes = {rate: whole for rate, _, whole in self.answer.definition.rates}
        whole = pd.DataFrame(frame).eval(wholes[measure]) if measure in wholes else None
        if whole is None or not wholes[measure].startswith("n_"):
            return pd.Series(False, index=frame.index)
        few: pd.Series = (whole > 0) & (whole < N_MIN)
        return few

    def _repr_html_(self) -> str | None:
        """As pandas shows a frame, with what it is above it."""
        frame: Any = super()
        shown: str | None = frame._repr_html_()
        return shown if shown is None or "question" not in self.attrs else f"<p>{self.answer.stamp()}</p>{shown}"

    def caption(self, lang: Lang) -> dict[str, Any]:
        """What a picture says of them: of what and as of when, by which definition, in which language."""
        about = self.answer
        return {"title": about.title(lang, self.place(lang)), "note": _note(about, lang), "lang": lang}

    def place(self, lang: Lang) -> str | None:
        """What the town is called; None = the code of a part of it is to be said."""
        if self.attrs["scope"] is not None:
            return None
        with reading() as connection:
            town = runs.town_of(connection, self.attrs["town"])
        return (town.name_zh if lang == "zh" else None) or town.name

    def base_map(self) -> gpd.GeoDataFrame:
        """Roads, waters and built-up land of the town's own map."""
        with reading() as connection:
            return maps.base_map(connection, runs.town_of(connection, self.attrs["town"]).id)


class Rows(Stamped, pd.DataFrame):
    """Rows that are not places."""

    plot = property(Drawn)

    @property
    def _constructor(self) -> Callable[..., Any]:
        return Rows

    def explore(self, *_: Any, **__: Any) -> Any:
        """There is no map of these rows: they have no place. Raises QuestionError."""
        raise QuestionError(
            "These rows have no place to show on a map. Ask by a level of grids, or draw them with .plot()."
        )


class Places(Stamped, gpd.GeoDataFrame):
    """Rows that are places: geometry `geom`, EPSG:4326."""

    plot = property(Drawn)

    def _constructor_from_mgr(self, mgr: Any, axes: Any) -> Any:
        return _ours(super()._constructor_from_mgr(mgr, axes))

    def __getitem__(self, key: Any) -> Any:
        picked = super().__getitem__(key)
        return _ours(picked) if isinstance(picked, pd.DataFrame) else picked

    def on_map(self) -> "Places":
        """The rows that a map shows: of a tree of grids the finest level, which hides the others."""
        if "level" not in self or self["level"].nunique() < 2:
            return self
        finest: Places = self[self["level"] == self["level"].max()]
        return finest

    def explore(self, measure: str | None = None, *, lang: Lang = "en", base: bool = True) -> Any:
        """A folium map in one piece: `.save("x.html")` gives a file that opens with the network off.

        measure  a column of numbers; None = the first that the question declares
        lang     of legend and tips; the legend says as of when, and opens to the definition
        base     the town's own roads and waters below
        Zero, not known and too few to tell have colours of their own.
        raises   QuestionError where there is nothing to show; GridgovError where folium is not installed
        """
        self.require_some()
        rows, about, measure = self.on_map(), self.answer, self.measure(measure)
        told = [name for name in about.definition.columns if name in self]
        return _drawing("travelling", "folium").places_map(
            rows, measure, told=[*self.labels(), *told], few=rows.too_few(measure), lang=lang,
            base=self.base_map() if base else None, credit=credit(lang), title=about.title(lang, self.place(lang)),
            definition=[(_called(about, lang), ""), *about.definition.statements(lang).items()], zone=about.meta["zone"],
        )  # fmt: skip


def credit(lang: Lang) -> str:
    """What must be printed on a map of the town's own: the number of its approval (审图号); "" where none is set."""
    number = settings().map_approval
    return label("approval", lang).format(number=number) if number else ""


def stamped(answer: Answer) -> Rows | Places:
    """The rows of an answer with all that is told of them in `.attrs`."""
    geo = isinstance(answer.frame, gpd.GeoDataFrame)
    made: Any = Places(answer.frame) if geo else Rows(answer.frame)
    told = json.loads(json.dumps(answer.meta, ensure_ascii=False, default=str))
    made.attrs = {
        "question": answer.definition.id, "version": answer.definition.version, "town": answer.town, "scope": answer.scope,
        "as_of": answer.as_of, "zone": answer.meta.get("zone"), "data_version": answer.data_version,
        "crs": answer.frame.crs.to_string() if geo and answer.frame.crs else None,
        "units": {str(name): _unit(str(name)) for name in answer.frame}, "meta": told,
        "definition": {lang: answer.definition.statements(lang) for lang in LANGS},
    }  # fmt: skip
    return made


def _ours(frame: pd.DataFrame) -> Any:
    """The same frame as one of ours, by whether it has places: geopandas makes plain frames of what has lost its geometry."""
    frame.__class__ = Places if isinstance(frame, gpd.GeoDataFrame) else Rows
    return frame


def _unit(name: str) -> str:
    """The unit of a column; of one that stands beside another: a change of a share is one of points, other endings keep it."""
    if name == "geom":
        return "EPSG:4326"
    column, ending = column_of(name)
    if column is None or ending.endswith("_standing"):
        return ""
    if ending.startswith("_per_"):
        return f"{column.unit} / {ending.removeprefix('_per_')}"
    return "0..1" if ending in ("_change", "_year_change") else column.unit


def _is_number(values: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values))


def _called(answer: Answer, lang: Lang) -> str:
    definition = answer.definition
    return f"{definition.title.said(lang)} ({definition.id}, v{definition.version})"


def _note(answer: Answer, lang: Lang) -> str:
    """What stands below a picture: by which definition its numbers were computed."""
    return f"{_called(answer, lang)}{':' if lang == 'zh' else ': '}{answer.definition.formula.said(lang)}"


def _drawing(module: str, needs: str) -> Any:
    """One of the modules of figures that need packages for planners. Raises GridgovError where they are not installed."""
    from importlib import import_module

    try:
        return import_module(f"gridgov.figures.{module}")
    except ImportError as error:
        raise GridgovError(
            f"This needs the package '{error.name or needs}', which is not installed: pip install 'gridgov[planner]'."
        ) from error
