"""`gridgov.save(answer, "x.gpkg", crs=4549)`: an answer as a file, its kind by the ending."""

from pathlib import Path
from typing import Final

from gridgov.errors import QuestionError
from gridgov.exporting import exported
from gridgov.exporting.geofiles import GEOFILES
from gridgov.questions.answer import Answer
from gridgov.questions.rows import Places, Rows
from gridgov.text import nearest
from gridgov.vocabulary import Lang
from gridgov.whole import require_place, whole

ENDINGS: Final = (*GEOFILES, "csv", "xlsx", "geojson", "pdf")


def save(
    what: Answer | Rows | Places,
    path: str | Path,
    *,
    crs: int | None = None,
    lang: Lang = "zh",
    form: str | None = None,
) -> Path:
    """Write an answer, or rows picked from one, to a file; gives its path.

    path  by its ending: .parquet (GeoParquet: our names and codes, UTC), .gpkg (headings as aliases), .shp (with .cpg, and beside
          it .fields.csv for the long names and .about.txt), .csv, .xlsx (headings, second sheet with the definition), .geojson
          or .pdf; replaced if it is there
    crs   EPSG code: 4490 (CGCS2000), 4549 or 4528 (CGCS2000 Gauss-Kruger, metres, x = east) or another; None = 4326, as
          stored. For .parquet, .gpkg and .shp: GeoJSON is WGS84 by its definition, CSV and XLSX hold lon and lat of points
    lang  of headings, words and definitions
    form  the kind of file, where its ending does not say it
    raises  QuestionError, DatumError; DeliveryError where its folder is not there or takes no files
    """
    answer, target = what if isinstance(what, Answer) else what.answer, Path(path)
    ending = form or target.suffix.lower().removeprefix(".")
    if ending not in ENDINGS:
        raise QuestionError(f"A file ends in .{', .'.join(ENDINGS)}; found '{target.name}'{nearest(ending, ENDINGS)}.")
    if ending not in GEOFILES and crs is not None:
        raise QuestionError(f".{ending} is in degrees of WGS84 always; for EPSG:{crs} take .{', .'.join(GEOFILES)}.")
    if ending == "shp" and target.suffix.lower() != ".shp":
        raise QuestionError(f"A Shapefile is several files with one name: it ends in .shp, not as '{target.name}'.")
    require_place(target)
    content = None if ending in GEOFILES else exported(answer, ending, lang)
    with whole(target) as made:  # a Shapefile is several
        if content is None:
            GEOFILES[ending](answer, made, crs, lang)
        else:
            made.write_bytes(content)
    return target
