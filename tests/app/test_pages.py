"""Importing touches nothing; pages as plain functions, on a town without grids and on none."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gridgov.errors import QuestionError, UnknownScope
from gridgov.store import cluster

ROOT = Path(__file__).parents[2]


def test_every_module_is_imported_with_the_network_closed_and_nothing_written(tmp_path: Path) -> None:
    program = """
import socket, sys
def refuse(*_, **__): raise AssertionError("a connection at import")
for method in ("connect", "connect_ex", "bind", "sendto"): setattr(socket.socket, method, refuse)
import dash_app.wsgi
import dash
print(sorted(page["path"] for page in dash.page_registry.values()))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "GRIDGOV_HOME": str(tmp_path / "home")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (
        done.stdout.strip()
        == "['/', '/backlog', '/case', '/cases', '/hierarchy', '/loads', '/patrol', '/supervision', '/units', '/wall']"
    )
    assert list(tmp_path.iterdir()) == []


def test_files_stay_small() -> None:
    limits = {"app.py": 60, **{path.name: 200 for path in (ROOT / "dash_app/pages").glob("*.py")}}
    for path in [ROOT / "dash_app/app.py", *(ROOT / "dash_app/pages").glob("*.py")]:
        assert len(path.read_text("utf-8").splitlines()) <= limits[path.name], path


def test_every_word_on_the_screen_is_in_the_vocabulary() -> None:
    import re

    from gridgov.vocabulary import words

    used = {
        word
        for path in (ROOT / "dash_app").rglob("*.py")
        for word in re.findall(r'\blabel\("([a-z_0-9]+)", (?:state\.)?lang\)', path.read_text("utf-8"))
    }
    assert used and used <= set(words()), used - set(words())


@pytest.fixture
def tainan(database: str, realdata: Path) -> Any:
    from dash_app.asking.state import State
    from gridgov.pipelines.kinds import load
    from gridgov.sources.mapping import read_mapping

    load("incidents", realdata / "tainan" / "tainan_1999_2015.csv", read_mapping("tainan_1999"))
    return State(lang="zh")


def test_a_town_without_grids_is_shown_by_place(tainan: Any) -> None:
    from dash_app.app import app  # noqa: F401  pages register with it
    from dash_app.pages import hierarchy, situation

    head, figure = situation.show_map(tainan)
    assert sum(figure.data[0].x) == 1056  # open at the end of the data, counted in the file (see asks: backlog)
    assert "未导入网格" in str(head)
    assert hierarchy.show_tree(tainan)[2] == []
    said = [part.children[1].children for part in _numbers(tainan)]
    assert said[1].children == "1,056"
    assert said[-1] == "–"  # no grids, no patrols


def test_rows_of_the_endless_table(tainan: Any) -> None:
    from dash_app.pages import cases

    view = {"search": "?open=0&lang=zh", "lang": "zh", "scheme": "light"}
    asked = {"startRow": 100, "endRow": 200, "sortModel": [{"colId": "reported_at", "sort": "asc"}]}
    rows = cases.CASES.give(asked, view)
    assert rows["rowCount"] == 1405 and len(rows["rowData"]) == 100
    times = [row["reported_at"] for row in rows["rowData"]]
    assert times == sorted(times)


def test_answers_are_remembered_until_the_data_changes(
    tainan: Any, realdata: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dash_app.asking import asks
    from gridgov.questions import Town

    first = asks.ask(tainan, "backlog")
    monkeypatch.setattr(Town, "ask", lambda *_, **__: pytest.fail("asked again"))
    assert asks.ask(tainan, "backlog").as_of == first.as_of
    with pytest.raises(pytest.fail.Exception):
        asks.ask(tainan.but(as_of="2015-05-01"), "backlog")
    with psycopg.connect(
        cluster.database_url()
    ) as connection:  # as after a restore: the same version, written by another
        connection.execute("UPDATE gridgov.town SET data_version = data_version")
    with pytest.raises(pytest.fail.Exception):
        asks.ask(tainan, "backlog")


def test_what_is_not_there_is_said_in_a_sentence(tainan: Any) -> None:
    from dash_app.asking import asks

    with pytest.raises(UnknownScope, match="no town 'x'"):
        asks.ask(tainan.but(town="x"), "backlog")
    with pytest.raises(QuestionError):
        asks.ask(tainan.but(scope="nowhere"), "backlog")


def test_nothing_loaded(database: str) -> None:
    from dash_app.asking import asks
    from dash_app.asking.state import State
    from dash_app.frame import bar

    with pytest.raises(asks.NoTown):
        asks.ask(State(), "backlog")
    _, welcome = bar.show_context(State())
    assert "gridgov demo" in str(welcome)


def test_shapes_are_served_once_and_only_by_their_name(tainan: Any) -> None:
    import geopandas as gpd
    from shapely import box

    from dash_app.asking import published
    from dash_app.wsgi import server

    grids = gpd.GeoDataFrame({"grid_code": ["a"]}, geometry=[box(0, 0, 1, 1)], crs="EPSG:4326").rename_geometry("geom")
    with server.app_context():
        address = published.shapes(grids)
    first = server.test_client().get(address)
    assert first.status_code == 200 and first.json["features"][0]["id"] == "a"
    again = server.test_client().get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert server.test_client().get("/shapes/" + "0" * 32 + ".json").status_code == 404
    assert "default-src 'self'" in first.headers["Content-Security-Policy"]


def _numbers(state: Any) -> list[Any]:
    """The numbers on top of the situation, of all groups."""
    from dash_app.pages import situation

    groups = (situation.show_moving, situation.show_deadlines, situation.show_beside)
    return [part for group in groups for part in group(state)]
