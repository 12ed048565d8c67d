"""Bad input of any kind: a sentence that says what was found, what was expected and what to do; exit code 2; and the
database exactly as it was.
"""

import gzip
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gridgov import cli
from gridgov.errors import SourceError
from gridgov.pipelines.kinds import load
from tests.support import (
    HEADER,
    Said,
    city,
    contents,
    counts,
    grid_text,
    gridgov,
    incident_mapping,
    incident_text,
    load_city,
    load_rows,
    mapping_text,
    point,
    query,
    square,
    stages,
    write_polygons,
    write_rows,
)
from tests.support_sheets import sheet_xml, xlsx

TOWN = "fair"
X, Y = map(str, point(0.5, 0.5))
ROWS = [
    {"no": f"C{i}", "at": "2026-03-01 10:00", "state": "open", "what": "路面破损", "x": X, "y": Y} for i in range(40)
]
CASES, SQUARES = incident_text(TOWN), grid_text(TOWN)
PLACES = mapping_text(
    "places", TOWN, {"code": "no", "name": "what", "lon": "x", "lat": "y"}, above='datum = "WGS84"\n', below="\n"
)
EXPOSURE = mapping_text("exposure", TOWN, {"grid_code": "no", "counted_on": "at", "residents": "x"})


def geometry_of_file(text: str) -> str:
    """A mapping that takes its points from the file's own geometry."""
    return text.replace('lon = "x"\n', "").replace('lat = "y"\n', "")


def sheet(folder: Path, above: list[list[str]], merged: str | None = None) -> Path:
    rows = [*above, [*HEADER], *([row.get(name) for name in HEADER] for row in ROWS)]
    return xlsx(folder / "cases.xlsx", sheet_xml(rows, [merged] if merged else []))


def text(folder: Path, content: str | bytes, name: str = "cases.csv") -> Path:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder / name


def good(folder: Path) -> Path:
    return write_rows(folder / "cases.csv", ROWS)


def truncated(folder: Path) -> Path:
    whole = gzip.compress(good(folder).read_bytes() * 200)
    return text(folder, whole[: len(whole) // 2], "cases.csv.gz")


def polygons(folder: Path) -> Path:
    return write_polygons(folder / "squares.geojson", city())


def features(folder: Path, shapes: list[shapely.Geometry]) -> Path:
    """A GeoJSON whose features have the columns of ROWS."""
    rows = [{name: row.get(name, "") for name in HEADER} for row in ROWS[: len(shapes)]]
    listed = [
        {"type": "Feature", "properties": row, "geometry": shapely.geometry.mapping(shape)}
        for row, shape in zip(rows, shapes, strict=True)
    ]
    return text(folder, json.dumps({"type": "FeatureCollection", "features": listed}), "cases.geojson")


def package(folder: Path) -> Path:
    frame = gpd.GeoDataFrame({"code": list(city())}, geometry=list(city().values()), crs="EPSG:4326")
    frame.to_file(folder / "squares.gpkg", layer="a")
    frame.to_file(folder / "squares.gpkg", layer="b")
    return folder / "squares.gpkg"


CASES_OF_BAD_INPUT: dict[str, tuple[str, str, Callable[[Path], Path], str]] = {
    # name: kind to load, mapping, how the file is made, what the message must say (a pattern)
    "no file": ("incidents", CASES, lambda f: f / "cases.csv", "no file .*cases.csv"),
    "a folder": ("incidents", CASES, lambda f: f, "is a folder"),
    "an empty file": ("incidents", CASES, lambda f: text(f, ""), "empty: there is nothing to load"),
    "a header alone": ("incidents", CASES, lambda f: text(f, ",".join(HEADER) + "\n"), "no record"),
    "a wrong encoding": (
        "incidents", CASES, lambda f: text(f, good(f).read_text("utf-8").encode("gb18030")),
        "not utf-8: byte 82, in line 2.*encoding = 'gb18030'",
    ),
    "a missing column": (
        "incidents", CASES.replace('"what"', '"wat"'), good, r"no column 'wat' \(nearest: 'what'\).*'no', 'at'",
    ),
    "a gzip cut off": ("incidents", CASES, truncated, "cut off.*Fetch the file again"),
    "a gzip in name only": (
        "incidents", CASES, lambda f: text(f, "no,at\n1,2\n", "cases.csv.gz"), "not gzip-compressed",
    ),
    "an unknown format": ("incidents", CASES, lambda f: text(f, "x", "cases.docx"), "no known format.*.csv"),
    "a page instead of a file": (
        "incidents", CASES, lambda f: text(f, "<!DOCTYPE html><html>", "cases.csv"), "HTML page.*fetch the file again",
    ),
    "polygons as points": (
        "incidents", geometry_of_file(CASES), lambda f: features(f, [square(i, 0) for i in range(3)]),
        "polygons or lines where points were expected.*gridgov load grids",
    ),
    "polygons as places": (
        "places", geometry_of_file(PLACES), lambda f: features(f, [square(i, 0) for i in range(3)]),
        "polygons or lines where points were expected",
    ),
    "points as grids": (
        "grids", SQUARES.replace('"code"', '"no"').replace('"name"', '"what"'),
        lambda f: features(f, [shapely.Point(i, 0) for i in range(3)]), "Point geometries, but grids are polygons",
    ),
    "a table as grids": (
        "grids", SQUARES.replace('"code"', '"no"').replace('"name"', '"what"'), good, "no geometry, but grids are polygons",
    ),
    "two layers in a package": ("grids", SQUARES.replace('name = "name"\n', ""), package, "2 layers.*table ="),
    "codes of another length": (
        "grids", SQUARES.replace("[1, 2]", "[1, 3]"), polygons, "prefixes of 1, 3 characters, but 9 codes",
    ),
    "levels of another number": (
        "grids", SQUARES.replace('rule = "prefix"\nlengths = [1, 2]\n', 'rule = "flat"\n'), polygons,
        "names 3 levels.*gives 2",
    ),
    "a parent in a circle": (
        "grids",
        SQUARES.replace('name = "name"', 'name = "name"\nparent = "up"').replace(
            'rule = "prefix"\nlengths = [1, 2]\n', 'rule = "parent"\n'
        ),
        lambda f: write_polygons(f / "squares.geojson", city(2), up={"11": "12", "12": "11", "21": "11"}),
        "circle: 1[12] > 1[12] > 1[12]",
    ),
    "two header rows": (
        "incidents", CASES, lambda f: sheet(f, [[None, "time", None]], merged="B1:C1"), "header_row = 2",
    ),
    "merged cells in the header": (
        "incidents", CASES, lambda f: sheet(f, [["cases of March"]], merged="A1:K1"), "header_row = 2",
    ),
    "merged cells in the rows": ("incidents", CASES, lambda f: sheet(f, [], merged="G2:G5"), "merged.*fill_down"),
    "a misspelt key": ("incidents", CASES.replace("datum =", "dattum ="), good, "unknown key `dattum`.*'datum'"),
    "a misspelt column key": (
        "incidents", CASES.replace("category =", "categry ="), good, "no place for `categry`.*`category`",
    ),
    "no datum": (
        "incidents", CASES.replace('datum = "WGS84"', ""), good, "`datum` is missing.*GCJ-02",
    ),
    "an unknown datum": ("incidents", CASES.replace('"WGS84"', '"WGS48"'), good, "datum.*WGS48"),
    "a datum left to a file that has none": (
        "incidents", CASES.replace('"WGS84"', '"file"'), good, "the file declares none",
    ),
    "an unknown zone": ("incidents", CASES.replace("Asia/Shanghai", "Asia/Shangri-La"), good, "Asia/Shangri-La"),
    "no TOML": ("incidents", "kind = incidents", good, "not valid TOML"),
    "the wrong kind": ("grids", CASES, good, "for incidents, but grids were to be loaded.*gridgov load incidents"),
    "a place without a name": ("places", PLACES, lambda f: write_rows(f / "p.csv", [{"no": "1"}]), "row 2: no name"),
    "exposure that is no number": (
        "exposure", EXPOSURE, lambda f: write_rows(f / "e.csv", [{"no": "11", "at": "2026-01-01", "x": "many"}]),
        "row 2: residents",
    ),
}  # fmt: skip


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Runs `gridgov ...` in this process, up to its exit code."""

    def run(*words: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["gridgov", *map(str, words)])
        capsys.readouterr()
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run


@pytest.mark.parametrize("name", CASES_OF_BAD_INPUT)
def test_bad_input_is_refused_with_a_sentence_and_leaves_nothing(database, tmp_path, say, name):
    kind, mapping, make, expected = CASES_OF_BAD_INPUT[name]
    (tmp_path / "mapping.toml").write_text(mapping)
    path = make(tmp_path)
    before = counts()
    said = say("load", kind, path, "--mapping", tmp_path / "mapping.toml")
    assert said.code == 2, said
    assert "Traceback" not in said.err
    message = " ".join(said.err.split())
    assert re.search(expected, message), message
    assert re.match(r"(build \.\.\. )?\w+Error \S+ \w+", message), message
    assert message.endswith((".", "?"))
    assert counts() == before, "no town, no source, no run"


def test_a_town_that_is_there_stays_as_it_is(database, tmp_path, say):
    load_city(tmp_path, TOWN)
    load_rows(tmp_path, TOWN, ROWS)
    before, tables = contents(), counts()
    (tmp_path / "mapping.toml").write_text(CASES)
    (tmp_path / "exposure.toml").write_text(EXPOSURE)
    unknown = write_rows(tmp_path / "e.csv", [{"no": "99", "at": "2026-01-01", "x": "1"}])
    for kind, path, mapping in (
        ("incidents", truncated(tmp_path), "mapping.toml"),
        ("incidents", text(tmp_path, ""), "mapping.toml"),
        ("exposure", unknown, "exposure.toml"),
    ):
        assert say("load", kind, path, "-m", tmp_path / mapping).code == 2
    after = contents()
    assert {name for name in after if after[name] != before[name]} <= {"source"}
    changed = {name: n - tables[name] for name, n in counts().items() if n != tables[name]}
    assert changed in ({}, {"load_run": 1, "source": 1}), "at most a failed load is on record"
    assert stages() == []


def test_a_file_that_changes_while_it_is_read_leaves_a_failed_load_and_nothing_else(database, tmp_path):
    load_city(tmp_path, TOWN)
    before, tables, path = contents(), counts(), good(tmp_path)

    def export_again(doing: str, done: int, of: int | None) -> None:
        path.write_text(path.read_text() + "C99,2026-03-01 10:00,,,,open\n")

    mapping = incident_mapping(TOWN, source="grids_base")
    with pytest.raises(SourceError, match="changed while it was being read"):
        load("incidents", path, mapping, export_again)
    after = contents()
    assert {name for name in after if after[name] != before[name]} <= {"source"}
    assert {name: n - tables[name] for name, n in counts().items() if n != tables[name]} == {"load_run": 1}
    assert query("SELECT status FROM gridgov.load_run ORDER BY id DESC LIMIT 1")["status"][0] == "failed"
    assert stages() == []


def test_several_files_stop_at_the_bad_one(database, tmp_path, say):
    """Each file is a load of its own: what came before a bad one stays, and is reported."""
    load_city(tmp_path, TOWN)
    (tmp_path / "mapping.toml").write_text(CASES)
    first, second = good(tmp_path), text(tmp_path, "", "more.csv")
    said = say("load", "incidents", first, second, "-m", tmp_path / "mapping.toml", "--report", tmp_path / "out.json")
    assert said.code == 2
    assert "40 read = 40 loaded" in said.out
    assert "more.csv is empty" in said.err
    assert json.loads((tmp_path / "out.json").read_text())[0]["loaded"] == 40


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["ask", "backlog"], "No town is loaded yet"),
        (["ask", "backlock", "--town", TOWN], "There is no question 'backlock'.*backlog"),
        (["ask", "backlog", "--town", TOWN, "--by", "street"], "'street' is nothing to ask by. There are: .*unit"),
        (["ask", "backlog", "--town", TOWN, "--since", "2026-01-01"], "does not take since; it takes by"),
        (["ask", "backlog", "--town", TOWN, "--as-of", "yesterday"], "'yesterday' is neither a day"),
        (["ask", "backlog", "--town", TOWN, "--scope", "nowhere"], "no grid 'nowhere'"),
        (["ask", "backlog", "--town", TOWN, "--layer", "moon"], "no layer 'moon'"),
        (["ask", "backlog", "--town", TOWN, "--where", "unit"], "key=value, not 'unit'"),
        (["ask", "backlog", "--town", TOWN, "--where", "colour=red"], "'colour' is nothing to filter by"),
        (["ask", "cases", "--town", TOWN, "--sort", "size"], "cannot be sorted by 'size'"),
        (["ask", "cases", "--town", TOWN, "--limit", "-1"], "limit and offset are 0 or more"),
        (["ask", "flow", "--town", TOWN, "--since", "2026-03-02", "--until", "2026-02-27"], "comes after until"),
        (["quarantine", "list", "--town", "nowhere"], "There is no town 'nowhere'"),
        (["quarantine", "export", "rows.pdf", "--town", TOWN], "neither .csv nor .jsonl"),
    ],
)
def test_bad_questions_are_refused_with_a_sentence(database, tmp_path, say, words, expected):
    if TOWN in words:
        load_city(tmp_path, TOWN)
        load_rows(tmp_path, TOWN, ROWS)
    said = say(*words)
    assert said.code == 2, said
    assert re.search(expected, " ".join(said.err.split())), said.err


def test_the_command_itself_ends_with_code_2(database, tmp_path):
    """Once in a process of its own, as people run it."""
    (tmp_path / "mapping.toml").write_text(CASES)
    said = gridgov("load", "incidents", tmp_path / "none.csv", "--mapping", tmp_path / "mapping.toml")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("SourceError There is no file")
