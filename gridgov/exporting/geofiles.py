"""An answer as files of geographic systems: GeoParquet, GeoPackage, Shapefile, in the CRS a planner asks for.

GeoParquet is for programs: our names, codes and UTC, with the stamp beside. GeoPackage and Shapefile are for people: words for
codes, headings as aliases. What a Shapefile cannot hold (long names, instants, definitions) stands in files beside it.
"""

import csv
import io
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyogrio

from gridgov.crs import STORE_CRS, geometries_from_wgs84, parse_datum
from gridgov.errors import QuestionError
from gridgov.exporting.about import asked, meaning
from gridgov.exporting.sheets import joined, sheet
from gridgov.questions.answer import Answer
from gridgov.schema import column_of
from gridgov.store.database import statement
from gridgov.text import within_bytes
from gridgov.vocabulary import Lang

SHORT: Final = 10
"""Bytes of a column's name in a Shapefile."""
_TEXT: Final = 254
"""Bytes of a text in a Shapefile."""


@dataclass(frozen=True)
class Field:
    """A column of a file: its name in ours, its heading, its unit, and the name in a Shapefile."""

    name: str
    heading: str
    unit: str
    short: str


def parquet_to(answer: Answer, path: Path, crs: int | None, _: Lang) -> None:
    """GeoParquet (Parquet where rows are no places): columns as in the frame, stamp and units in `.attrs`."""
    frame = answer.table()
    stamp = frame.attrs if crs is None or "geom" not in frame else frame.attrs | {"crs": f"EPSG:{crs}"}
    moved: Any = in_crs(frame, crs) if isinstance(frame, gpd.GeoDataFrame) else pd.DataFrame(frame)
    moved.attrs = stamp
    moved.to_parquet(path)


def gpkg_to(answer: Answer, path: Path, crs: int | None, lang: Lang, *, table: str | None = None) -> None:
    """GeoPackage: headings as aliases (gpkg_data_columns), the definition as the table's description.

    table  its name, None = as the question; in a file that is there, it is added
    """
    fields, frame = _for_people(answer, lang)
    described = "\n".join(f"{head}: {text}" for head, text in _told(answer, lang))
    table = table or answer.definition.id
    told = {"layer": table, "identifier": f"{answer.title(lang)} ({table})", "description": described}
    pyogrio.write_dataframe(in_crs(frame, crs), path, driver="GPKG", append=path.exists(), VERSION="1.2", **told)
    with closing(sqlite3.connect(path)) as file, file:
        file.executescript(statement("exports/gpkg_schema"))
        rows = [
            {
                "table_name": table,
                "column_name": f.name,
                "name": f.heading,
                "title": f.heading,
                "description": f.unit or None,
            }
            for f in fields
        ]
        file.executemany(statement("exports/gpkg_alias"), rows)


def shapefile_to(answer: Answer, path: Path, crs: int | None, lang: Lang) -> None:
    """Shapefile in UTF-8 (.cpg), with names of ten bytes: x.fields.csv says the long ones, x.about.txt what was asked.

    Instants are text in the town's own time, truths words; texts end after 254 bytes, and x.about.txt says how many did.
    Raises QuestionError where the rows are no places.
    """
    fields, frame = _for_people(answer, lang)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise QuestionError(
            f"A Shapefile is of places, and the rows of '{answer.definition.id}' have none here: take .gpkg or .xlsx."
        )
    zone, n_cut = answer.meta["zone"], 0
    for field in fields:
        if isinstance(frame[field.name].dtype, pd.DatetimeTZDtype):
            frame[field.name] = frame[field.name].dt.tz_convert(zone).dt.strftime("%Y-%m-%d %H:%M:%S")
        elif frame[field.name].dtype == object or isinstance(frame[field.name].dtype, pd.StringDtype):
            cut = frame[field.name].map(lambda value: within_bytes(str(value), _TEXT), na_action="ignore")
            n_cut += int((cut.notna() & (cut != frame[field.name].map(str, na_action="ignore"))).sum())
            frame[field.name] = cut
    short = in_crs(frame.rename(columns={field.name: field.short for field in fields}), crs)
    pyogrio.write_dataframe(short, path, driver="ESRI Shapefile", encoding="UTF-8")
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\r\n")
    rows.writerows([("short", "name", "heading", "unit"), *((f.short, f.name, f.heading, f.unit) for f in fields)])
    path.with_suffix(".fields.csv").write_bytes(table.getvalue().encode("utf-8-sig"))
    lines = [answer.title(lang), "", *(f"{head}: {text}" for head, text in _told(answer, lang))]
    lines += ["", f"{'截断的文本' if lang == 'zh' else 'Texts cut'}: {n_cut}"]
    path.with_suffix(".about.txt").write_text("\n".join(lines) + "\n", "utf-8")


GEOFILES: Final[Mapping[str, Callable[[Answer, Path, int | None, Lang], None]]] = {
    "parquet": parquet_to, "gpkg": gpkg_to, "shp": shapefile_to,
}  # fmt: skip
"""What writes each of them, by the ending of the file."""


def in_crs(frame: Any, crs: int | None) -> Any:
    """A frame of places in EPSG:<crs>, x before y; None = as it is. Raises DatumError where it cannot be expressed there."""
    if crs is None or not isinstance(frame, gpd.GeoDataFrame):
        return frame
    datum = parse_datum(f"EPSG:{crs}")
    moved = geometries_from_wgs84(frame.geometry.to_crs(STORE_CRS).to_numpy(), datum)
    return (
        pd.DataFrame(frame)
        .assign(geom=gpd.GeoSeries(moved, frame.index))
        .pipe(gpd.GeoDataFrame, geometry="geom", crs=datum.crs)
    )


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Names of ten bytes at most, each its own: the begin of the name, and where two begin alike a number behind.

    >>> short_names(["n_open", "n_with_deadline", "n_with_dealers"])
    {'n_open': 'n_open', 'n_with_deadline': 'n_with_dea', 'n_with_dealers': 'n_with_d_2'}
    """
    found: dict[str, str] = {}
    for name in names:
        short, k = within_bytes(name, SHORT), 1
        while short.lower() in {taken.lower() for taken in found.values()}:
            k += 1
            short = f"{within_bytes(name, SHORT - 1 - len(str(k)))}_{k}"
        found[name] = short
    return found


def _for_people(answer: Answer, lang: Lang) -> tuple[list[Field], Any]:
    """The rows as a spreadsheet holds them, but instants as such and places as geometry; and what the columns are."""
    names, table = sheet(answer, lang)
    kept = [name for name in names if name in answer.frame]
    heads = dict(zip(names, table.columns, strict=True))
    table = table.set_axis(names, axis=1)[kept]
    for name in kept:
        if isinstance(answer.frame[name].dtype, pd.DatetimeTZDtype):
            table[name] = answer.frame[name]
        elif table[name].dtype == object:
            table[name] = table[name].map(lambda value: joined(value) if isinstance(value, list | dict) else value)
    shorts = short_names(kept)
    fields = [
        Field(name, heads[name], column.unit if (column := column_of(name)[0]) else "", shorts[name]) for name in kept
    ]
    if isinstance(answer.frame, gpd.GeoDataFrame):
        return fields, gpd.GeoDataFrame(table.assign(geom=answer.frame.geometry), geometry="geom", crs=answer.frame.crs)
    return fields, table


def _told(answer: Answer, lang: Lang) -> list[tuple[str, str]]:
    return [*asked(answer, lang), *meaning(answer, lang)]


__all__ = ["GEOFILES", "SHORT", "Field", "in_crs", "short_names"]
