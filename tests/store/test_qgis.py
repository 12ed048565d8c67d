"""A QGIS project: whole, in its form, without a password, read-only; its layers find what they name, coloured as in the app."""

import os
import re
import subprocess
import zipfile
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd
import pyogrio
import pytest

import gridgov as gg
from gridgov.errors import DeliveryError, QuestionError
from gridgov.exporting.qgis import qgis_project
from gridgov.figures.style import COLOURS
from gridgov.schema import heading
from gridgov.store.database import READER
from tests.conftest import Shared
from tests.store.test_ground import load_map, road
from tests.store.test_plans import checkpoint, load_list
from tests.support import load_city
from tests.support_ledgers import BEGIN, case, history, load_cases, load_events, load_register, report_of

HEAD = ("no", "at", "due", "state", "track", "x", "y")
PYQGIS = """
import sys
from qgis.core import QgsApplication, QgsProject
QgsApplication.setPrefixPath("/usr", True)
application = QgsApplication([], False)
application.initQgis()
project = QgsProject.instance()
assert project.read(sys.argv[1])
for node in project.layerTreeRoot().findLayers():
    layer = project.mapLayer(node.layerId())
    assert layer is not None and layer.isValid(), node.layerId()
    print(layer.id(), layer.featureCount(), layer.renderer().type(), layer.readOnly(), sep="|", flush=True)
print("project", project.crs().authid(), sep="|", flush=True)
import os; os._exit(0)
"""
"""QGIS's own library reads the project; it is left without its farewell, which crashes off screen."""


@pytest.fixture(scope="module")
def town(shared: Shared) -> gg.Town:
    """Nine squares with open and overdue cases, a map and checkpoints."""
    load_city(shared.folder, "drawn")
    lives = {f"N{k}": history(f"N{k}", 700 + k) for k in range(30)}
    rows = [
        case(no, report_of(life), x=f"{120.301 + 0.029 * (k / 30):.6f}", y="31.705")
        for k, (no, life) in enumerate(lives.items())
    ]
    rows += [
        case(f"F{k}", BEGIN, due="2026-03-05 10:00:00", x="120.315", y="31.715") | {"state": "open"} for k in range(7)
    ]
    load_cases(shared.folder, "drawn", rows, HEAD)
    load_events(shared.folder, "drawn", [row for life in lives.values() for row in life])
    load_map(shared.folder, "drawn", [road((0, y + 0.5), (3, y + 0.5), width=40) for y in range(3)])
    load_list(
        "checkpoints", shared.folder, "drawn", [checkpoint(f"P{k}", k + 0.5, 0.5, grid=f"1{k + 1}") for k in range(3)]
    )
    return gg.open("drawn")


@pytest.fixture(params=["zh", "en"])
def project(request: pytest.FixtureRequest, town: gg.Town, tmp_path: Path) -> tuple[Path, ET.Element, Any]:
    path = qgis_project(town, tmp_path / "town.qgz", request.param)
    with zipfile.ZipFile(path) as file:
        assert file.namelist() == ["town.qgs"]
        assert file.testzip() is None
        text = file.read("town.qgs").decode("utf-8")
    return path, ET.fromstring(text), request.param


def layers_of(root: ET.Element) -> dict[str, ET.Element]:
    return {layer.findtext("id", ""): layer for layer in root.iter("maplayer")}


def test_its_parts_name_each_other(project: tuple[Path, ET.Element, Any]) -> None:
    _, root, _ = project
    layers = layers_of(root)
    assert root.tag == "qgis"
    assert re.match(r"3\.\d+", root.attrib["version"])
    for tag in ("layer-tree-group/layer-tree-layer", "layerorder/layer"):
        assert [node.attrib["id"] for node in root.findall(tag)] == list(layers)
    for name, layer in layers.items():
        assert len(name) >= 11, "QGIS gives a shorter id another one"
        assert layer.attrib["readOnly"] == "1"
        renderer = layer.find("renderer-v2")
        assert renderer is not None
        symbols = {symbol.attrib["name"] for symbol in renderer.findall("symbols/symbol")}
        drawn = [*renderer.iter("range"), *renderer.iter("category")]
        assert symbols
        assert {step.attrib["symbol"] for step in drawn} <= symbols
        bounds = [(float(step.attrib["lower"]), float(step.attrib["upper"])) for step in renderer.iter("range")]
        assert all(low <= high for low, high in bounds)
        assert all(high < low for (_, high), (low, _) in pairwise(bounds)), bounds


def test_what_its_layers_name_is_there(project: tuple[Path, ET.Element, Any], town: gg.Town) -> None:
    path, root, lang = project
    tables = {name for name, _ in pyogrio.list_layers(path.with_suffix(".gpkg"))}
    n_live = 0
    for layer in layers_of(root).values():
        source, provider = layer.findtext("datasource", ""), layer.findtext("provider")
        columns: Any
        if provider == "ogr":
            table = source.split("layername=")[1]
            assert source.startswith(f"./{path.stem}.gpkg|")
            assert table in tables
            found = pyogrio.read_dataframe(path.with_suffix(".gpkg"), layer=table)
            attr = layer.find("renderer-v2").attrib["attr"]  # type: ignore[union-attr]
            asked = town.ask(table.rpartition("_")[0], by=table.rpartition("_")[2]).frame
            pd.testing.assert_series_equal(found[attr].astype(float), asked[attr].astype(float), check_names=False)
            columns = found.columns
        else:
            n_live += 1
            assert f"session_role='{READER}'" in source
            assert "password" not in source
            view, where = re.search(r'table="gridgov_api"."(\w+)" \(geom\) sql=(.*)', source).groups()  # type: ignore[union-attr]
            with gg.connect() as db:
                columns = pd.read_sql(f"SELECT * FROM gridgov_api.{view} WHERE {where}", db).columns
                kinds = pd.read_sql(f"SELECT DISTINCT ST_GeometryType(geom) AS kind FROM {view} WHERE {where}", db)[
                    "kind"
                ].dropna()
            wanted = re.search(r"type=(\w+)", source)[1]  # type: ignore[index]
            assert set(kinds) == {f"ST_{wanted}"}
        for alias in layer.iter("alias"):
            assert alias.attrib["field"] in columns
            assert alias.attrib["name"] == heading(alias.attrib["field"], lang)
    assert n_live == 5  # open cases, checkpoints, three levels


def test_open_cases_of_the_view_are_those_that_the_question_lists(town: gg.Town) -> None:
    now = datetime.now(UTC).isoformat()
    listed = town.ask("cases", where={"open": True}, as_of=now, limit=1_000).frame.set_index("case_no")
    with gg.connect() as db:
        seen = pd.read_sql("SELECT case_no, light, state, stage FROM case_open", db).set_index("case_no")
    assert len(listed) > 7
    pd.testing.assert_frame_equal(
        seen.sort_index(), pd.DataFrame(listed)[["light", "state", "stage"]].sort_index(), check_dtype=False
    )


def test_lights_have_the_colours_of_the_app(project: tuple[Path, ET.Element, Any]) -> None:
    _, root, _ = project
    renderer = layers_of(root)["gridgov_case_open"].find("renderer-v2")
    assert renderer is not None
    colour = {s.attrib["name"]: s.find(".//Option[@name='color']").attrib["value"] for s in renderer.iter("symbol")}  # type: ignore[union-attr]
    for category in renderer.iter("category"):
        shade = COLOURS["light"].lights[category.attrib["value"]][0]
        assert colour[category.attrib["symbol"]] == ",".join(str(int(shade[i : i + 2], 16)) for i in (1, 3, 5)) + ",255"


def test_qgis_itself_reads_it_where_it_is_installed(project: tuple[Path, ET.Element, Any]) -> None:
    path, root, _ = project
    here = {"QT_QPA_PLATFORM": "offscreen", "PATH": os.environ["PATH"], "HOME": str(path.parent)}
    python = ["/usr/bin/python3", "-I"]
    if (
        not Path(python[0]).exists()
        or subprocess.run([*python, "-c", "import qgis.core"], env=here, capture_output=True).returncode
    ):
        pytest.skip("QGIS's library is not installed (apt-get install python3-qgis)")
    told = subprocess.run([*python, "-c", PYQGIS, str(path)], env=here, capture_output=True, text=True, timeout=120)
    assert told.returncode == 0, told.stderr
    said = [line.split("|") for line in told.stdout.splitlines()]
    *layers, project_ = said
    assert [row[0] for row in layers] == list(layers_of(root))
    assert all(int(row[1]) > 0 and row[3] == "True" for row in layers)
    assert project_ == ["project", gg.open().about().crs]


def test_what_cannot_be_drawn_leaves_what_was_there(database: str, tmp_path: Path) -> None:
    """A town without grids yet: the old numbers were deleted first, and the old project pointed at nothing."""
    (tmp_path / "files").mkdir()
    load_register(tmp_path / "files", "gridless", "units", [("U1", "环卫所", "body")])
    (tmp_path / "out").mkdir()
    old = {"x.qgz": b"project", "x.gpkg": b"numbers"}
    for name, content in old.items():
        (tmp_path / "out" / name).write_bytes(content)
    with pytest.raises(QuestionError, match="'gridless' has no grids to draw yet"):
        qgis_project(gg.open("gridless"), tmp_path / "out" / "x.qgz")
    assert {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()} == old


def test_a_new_project_takes_the_place_of_both_files(town: gg.Town, tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="there is no folder"):
        qgis_project(town, tmp_path / "none" / "x.qgz")
    for name in ("x.qgz", "x.gpkg"):
        (tmp_path / name).write_bytes(b"old")
    qgis_project(town, tmp_path / "x.qgz")
    assert {file.name for file in tmp_path.iterdir()} == {"x.qgz", "x.gpkg"}
    assert zipfile.is_zipfile(tmp_path / "x.qgz")
    assert pyogrio.list_layers(tmp_path / "x.gpkg").size


def test_a_project_has_its_ending(town: gg.Town, tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match=r"\.qgz"):
        qgis_project(town, tmp_path / "town.qgs")
