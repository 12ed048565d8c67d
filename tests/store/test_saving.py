"""What planners take along: files that give back what the answer says, and a connection that only reads."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pyproj
import pytest
import shapely
import sqlalchemy as sa
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

import gridgov as gg
from gridgov.cli import app
from gridgov.errors import DeliveryError, QuestionError, StoreError
from gridgov.exporting.geofiles import SHORT, short_names
from gridgov.questions import Answer
from gridgov.schema import COLUMNS, heading
from tests.conftest import Shared
from tests.support import load_city, load_rows, point

LONG = "路" * 200  # 600 bytes, of which a Shapefile holds 254: 84 characters


@pytest.fixture(scope="module")
def spring(shared: Shared) -> gg.Town:
    """Nine grids; cases in some, one with a text longer than a Shapefile takes, one without a place."""
    load_city(shared.folder, "spring")
    rows = []
    for k in range(30):
        x, y = point(0.1 + k % 29 / 10, 0.5 + k % 3)
        what = LONG if k == 0 else ("道路", "=1+1")[k % 2]
        rows.append(
            {"no": f"C{k:02}", "at": f"2026-03-0{1 + k % 5} 08:15:00", "state": "open", "what": what, "x": x, "y": y}
        )
    rows.append({"no": "C99", "at": "2026-03-05 23:30:00", "state": "open", "what": "道路"})
    load_rows(shared.folder, "spring", rows)
    return gg.open("spring")


@pytest.fixture(params=["grids", "cases"])
def answer(request: pytest.FixtureRequest, spring: gg.Town) -> Answer:
    return spring.ask("backlog", by="grid") if request.param == "grids" else spring.ask("cases", limit=100)


def same_places(found: gpd.GeoDataFrame, answer: Answer, crs: int, tolerance_m: float) -> None:
    """The geometry is that of the answer, moved by PROJ itself."""
    assert found.crs.to_epsg() == crs
    expected = answer.frame.geometry.to_crs(crs)
    assert list(found.geometry.isna()) == list(expected.isna())
    there = expected.notna().to_numpy()
    unit = 1 if found.crs.is_projected else 1 / 111_000
    far = shapely.hausdorff_distance(found.geometry.to_numpy()[there], expected.to_numpy()[there])
    assert far.max() <= tolerance_m * unit


@pytest.mark.parametrize("crs", [4490, 4549, 4528])
def test_geoparquet_gives_back_the_frame_and_what_is_told_of_it(answer: Answer, crs: int, tmp_path: Path) -> None:
    found = gpd.read_parquet(gg.save(answer, tmp_path / "x.parquet", crs=crs))
    same_places(found, answer, crs, 1e-6)
    pd.testing.assert_frame_equal(
        pd.DataFrame(found).drop(columns="geom"), pd.DataFrame(answer.frame).drop(columns="geom"), check_dtype=False
    )
    assert (found.attrs["question"], found.attrs["as_of"]) == (answer.definition.id, answer.as_of)
    assert found.attrs["crs"] == f"EPSG:{crs}"


def test_geoparquet_as_it_is_stored_says_so(answer: Answer, tmp_path: Path) -> None:
    found = gpd.read_parquet(gg.save(answer, tmp_path / "x.parquet"))
    same_places(found, answer, 4326, 0)
    assert found.attrs["crs"] == answer.table().attrs["crs"] == "EPSG:4326"


@pytest.mark.parametrize("crs", [4490, 4549, 4528])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_geopackage_has_headings_as_aliases_and_its_definition(
    answer: Answer, crs: int, lang: Any, tmp_path: Path
) -> None:
    path = gg.save(answer.table(), tmp_path / "x.gpkg", crs=crs, lang=lang)
    found = pyogrio.read_dataframe(path)
    same_places(found, answer, crs, 1e-6)
    numbers = [name for name in answer.definition.columns if name in found and COLUMNS[name].unit == "count"]
    for name in numbers:
        assert list(found[name]) == list(answer.frame[name]), name
    instants = answer.frame.select_dtypes("datetimetz").columns
    for name in instants:
        assert list(pd.to_datetime(found[name], utc=True).dropna()) == list(
            answer.frame[name].dt.floor("ms").dropna()
        ), name
    with closing(sqlite3.connect(path)) as file:
        told = dict(
            file.execute(
                "SELECT column_name, name FROM gpkg_data_columns WHERE table_name = ?", (answer.definition.id,)
            )
        )
        (described,) = file.execute("SELECT description FROM gpkg_contents").fetchone()
        assert file.execute("SELECT 1 FROM gpkg_extensions WHERE extension_name = 'gpkg_schema'").fetchone()
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert set(told) == set(found.columns) - {"geometry"}
    for name, alias in told.items():
        assert alias.startswith(heading(name, lang)), name
    assert answer.definition.formula.said(lang) in described
    assert answer.as_of in described


@pytest.mark.parametrize("crs", [4490, 4549, 4528])
def test_a_shapefile_says_its_long_names_beside(answer: Answer, crs: int, tmp_path: Path) -> None:
    path = gg.save(answer, tmp_path / "x.shp", crs=crs)
    assert path.with_suffix(".cpg").read_text() == "UTF-8"
    assert pyproj.CRS.from_wkt(path.with_suffix(".prj").read_text()).to_epsg(min_confidence=20) == crs
    found, fields = gpd.read_file(path), pd.read_csv(path.with_suffix(".fields.csv"))
    same_places(found.set_crs(crs, allow_override=True), answer, crs, 1e-6)
    assert list(found.columns) == [*fields["short"], "geometry"]
    assert all(len(short.encode()) <= SHORT for short in fields["short"])
    long = dict(zip(fields["short"], fields["name"], strict=True))
    back = found.rename(columns=long)
    for name in (name for name in answer.definition.columns if name in back and COLUMNS[name].unit == "count"):
        assert list(back[name]) == list(answer.frame[name]), name
    about = path.with_suffix(".about.txt").read_text("utf-8")
    assert answer.as_of in about
    assert answer.definition.formula.zh in about
    if answer.definition.id == "cases":
        longest = max(back["category"].dropna(), key=len)
        assert longest == "路" * 84
        assert "截断的文本: 1" in about
        assert back["reported_at"].max() == "2026-03-05 23:30:00"  # the town's own time, as the source wrote it


def test_short_names_are_ten_bytes_and_all_different() -> None:
    names = [*COLUMNS, *(f"{name}_previous" for name in COLUMNS), "结案数量合计", "结案数量"]
    shorts = short_names(names)
    assert list(shorts) == names
    assert len({short.lower() for short in shorts.values()}) == len(names)
    assert all(0 < len(short.encode()) <= SHORT for short in shorts.values())


def test_tables_have_chinese_heads_and_no_formula(answer: Answer, tmp_path: Path) -> None:
    table = pd.read_csv(gg.save(answer, tmp_path / "x.csv"), dtype=str)
    book = CalamineWorkbook.from_path(str(gg.save(answer, tmp_path / "x.xlsx")))
    head, *rows = book.get_sheet_by_index(0).to_python()
    assert list(table.columns) == head
    assert len(rows) == len(table) == len(answer.frame)
    assert {heading(name, "zh") for name in answer.definition.columns if COLUMNS[name].unit == "count"} <= set(head)
    cells = [str(cell) for cell in table.to_numpy().ravel()]
    assert not [cell for cell in cells if cell.startswith("=")]


def test_it_says_what_cannot_be_written(spring: gg.Town, tmp_path: Path) -> None:
    rows = spring.backlog(by="grid")
    with pytest.raises(QuestionError, match=r"ends in \.parquet"):
        gg.save(rows, tmp_path / "x.dwg")
    with pytest.raises(QuestionError, match="degrees of WGS84"):
        gg.save(rows, tmp_path / "x.geojson", crs=4549)
    with pytest.raises(QuestionError, match="have none"):
        gg.save(spring.flow(by="week"), tmp_path / "x.shp")
    assert list(tmp_path.iterdir()) == []


def test_a_shapefile_is_not_named_like_a_folder(spring: gg.Town, tmp_path: Path) -> None:
    for _ in range(2):  # GDAL made a folder of it, and found it in its way afterwards
        done = CliRunner().invoke(app, ["ask", "backlog", "--by", "grid", "-f", "shp", "-o", str(tmp_path / "noend")])
        assert isinstance(done.exception, QuestionError)
        assert "ends in .shp, not as 'noend'" in str(done.exception)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["x.csv", "x.json", "x.geojson", "x.gpkg", "x.parquet", "x.txt"])
def test_a_folder_that_is_not_there_is_a_sentence(spring: gg.Town, tmp_path: Path, name: str) -> None:
    target = tmp_path / "none" / name
    done = CliRunner().invoke(app, ["ask", "backlog", "--by", "grid", "-o", str(target)])
    assert isinstance(done.exception, DeliveryError), done.exception
    assert f"there is no folder {tmp_path / 'none'}" in str(done.exception)
    rows = spring.backlog(by="grid")
    if name in ("x.gpkg", "x.csv"):
        with pytest.raises(DeliveryError, match="there is no folder"):
            gg.save(rows, target)
    with pytest.raises(DeliveryError, match="there is no folder"):
        rows.explore().save(str(target.with_suffix(".html")))


def test_rows_that_are_no_places_are_a_table_of_a_geopackage(spring: gg.Town, tmp_path: Path) -> None:
    rows = spring.flow(by="week")
    found = pyogrio.read_dataframe(gg.save(rows, tmp_path / "x.gpkg"))
    assert list(found["n_reported"]) == list(rows["n_reported"])


@pytest.mark.usefixtures("spring")
def test_the_command_line_writes_as_the_file_ends(tmp_path: Path) -> None:
    def run(*words: str) -> Any:
        return CliRunner().invoke(app, ["ask", "backlog", "--by", "grid", *words], catch_exceptions=False)

    for ending in ("gpkg", "shp", "parquet"):
        assert run("-o", str(tmp_path / f"x.{ending}"), "--crs", "4549").exit_code == 0
        read = gpd.read_parquet if ending == "parquet" else gpd.read_file
        assert read(tmp_path / f"x.{ending}").crs.to_epsg() == 4549
    assert run("-o", str(tmp_path / "x.geojson")).exit_code == 0
    assert len(gpd.read_file(tmp_path / "x.geojson")) == 10


@pytest.mark.parametrize("words", [[], ["--lang", "zh"], ["--lang", "en"]])
def test_csv_is_one_thing_wherever_it_is_asked_for(spring: gg.Town, words: list[str], tmp_path: Path) -> None:
    """Headings and the town's own time, in Chinese unless said otherwise: as `gg.save` writes it."""
    asked = ["ask", "cases", "--limit", "100", *words]
    lang: Any = words[-1] if words else "zh"
    saved = gg.save(spring.ask("cases", limit=100), tmp_path / "saved.csv", lang=lang).read_bytes()
    assert CliRunner().invoke(app, [*asked, "-o", str(tmp_path / "x.csv")], catch_exceptions=False).exit_code == 0
    assert (tmp_path / "x.csv").read_bytes() == saved
    assert CliRunner().invoke(app, [*asked, "-f", "csv"], catch_exceptions=False).stdout_bytes == saved
    table = pd.read_csv(tmp_path / "x.csv")
    assert table[f"{heading('reported_at', lang)} (Asia/Shanghai)"].max() == "2026-03-05 23:30:00"


@pytest.mark.usefixtures("spring")
@pytest.mark.parametrize("command", [["ask", "backlog"], ["qgis", "-o", "x.qgz"]])
def test_a_language_that_there_is_not_is_refused(command: list[str]) -> None:
    done = CliRunner().invoke(app, [*command, "--lang", "fr"])
    assert isinstance(done.exception, QuestionError)
    assert "zh and en, not in 'fr'" in str(done.exception)
    assert not Path("x.qgz").exists()


# --------------------------------------------------------------------------------------------------------- connection


def test_the_connection_reads_and_only_reads(spring: gg.Town) -> None:
    with gg.connect() as db:
        n = pd.read_sql("SELECT count(*) AS n FROM case_current", db)["n"].item()
        grids = gpd.read_postgis("SELECT code, geom FROM grid_current WHERE level = 2", db, geom_col="geom")
    assert n == spring.ask("cases", limit=0).meta["n_total"]
    assert (len(grids), grids.crs.to_epsg()) == (9, 4326)
    for words in (
        "DELETE FROM gridgov.case_event",
        "CREATE TABLE gridgov.mine (a int)",
        "UPDATE gridgov.town SET name = 'x'",
    ):
        with gg.connect() as db, pytest.raises(StoreError, match="only reads"):
            db.execute(sa.text(words))
    with gg.connect() as db, pytest.raises(sa.exc.ProgrammingError):
        db.execute(sa.text("SELECT nonsense"))
