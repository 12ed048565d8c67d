"""Tiles over HTTP: the address of a page says what is in them, browsers ask whether they still hold, errors are sentences."""

import gzip
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient

import gridgov as gg
from dash_app.app import app
from dash_app.asking.state import State
from dash_app.pages import patrol
from gridgov import figures
from gridgov.questions import patrol_sessions
from gridgov.store import tiles
from tests.support import load_city, new_code, point
from tests.support_app import serving
from tests.support_ledgers import BEGIN, PLACED, case, load_cases
from tests.support_mvt import lines, place
from tests.support_tracks import load_fixes, local, walk

if TYPE_CHECKING:
    from playwright.sync_api import Browser

GZIP = {"Accept-Encoding": "gzip"}
AROUND = (10, *place(*point(1.5, 1.5), 10))
"""The tile of zoom 10 that the squares lie in."""


@pytest.fixture
def town(database: str, tmp_path: Path) -> gg.Town:
    """Nine grids, 27 cases: three in each, one of them of another kind."""
    code = new_code()
    load_city(tmp_path, code)
    rows = []
    for k in range(27):
        x, y = point(k % 3 + 0.5, k // 3 % 3 + 0.5)
        rows.append(case(f"N{k}", BEGIN, what="tree" if k < 9 else "road", x=str(x), y=str(y)))
    load_cases(tmp_path, code, rows, PLACED)
    return gg.open(code)


@pytest.fixture
def client(town: gg.Town) -> FlaskClient:
    return app.server.test_client()


def test_the_address_of_a_page_says_what_is_in_a_tile(client, town):
    for query, asked in {
        "": {},
        "scope=1": {"scope": "1"},
        "category=tree": {"where": {"category": "tree"}},
        "as_of=2026-03-01": {"as_of": "2026-03-01"},
        "scope=11&category=road&lang=zh": {"scope": "11", "where": {"category": "road"}},
    }.items():
        for kind in ("open", "reported"):
            period = {"since": "2026-03-02", "until": "2026-03-02"} if kind == "reported" else {}
            told = "&period=range&since=2026-03-02&until=2026-03-02" if period else ""
            if period and "as_of" in asked:
                continue
            wanted = town.tile(kind, 0, 0, 0, **asked, **period)
            answer = client.get(f"/tiles/{kind}/0/0/0.mvt?town={town.code}&{query}{told}", headers=GZIP)
            assert answer.status_code == 200 and answer.mimetype == "application/vnd.mapbox-vector-tile"
            assert answer.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(answer.data) == wanted.content
    plain = client.get("/tiles/open/0/0/0.mvt")
    assert "Content-Encoding" not in plain.headers and plain.data == town.tile("open", 0, 0, 0).content


def test_a_browser_asks_whether_a_tile_still_holds_and_a_load_makes_it_new(client, town, tmp_path):
    first = client.get("/tiles/open/0/0/0.mvt", headers=GZIP)
    assert first.headers["Cache-Control"] == "private, no-cache"
    asks_again = {**GZIP, "If-None-Match": first.headers["ETag"]}
    again = client.get("/tiles/open/0/0/0.mvt", headers=asks_again)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    for other in ("0/0/0.mvt?scope=1", "0/0/0.mvt?category=tree", "0/0/0.mvt?as_of=2026-03-05", "1/1/0.mvt"):
        assert client.get(f"/tiles/open/{other}", headers=asks_again).status_code == 200
    load_cases(tmp_path, town.code, [case("new", BEGIN, x="120.31", y="31.71")], PLACED)
    newer = client.get("/tiles/open/0/0/0.mvt", headers=asks_again)
    assert newer.status_code == 200 and newer.data != first.data


def test_what_cannot_be_answered_says_so(client, monkeypatch):
    for address, said in {
        "/tiles/open/0/1/0.mvt": "There is no tile 0/1/0",
        "/tiles/open/40/0/0.mvt": "There is no tile 40/0/0",
        "/tiles/open/0/0/0.mvt?scope=nowhere": "There is no grid 'nowhere'",
        "/tiles/open/0/0/0.mvt?town=nowhere": "There is no town 'nowhere'",
        "/tiles/reported/0/0/0.mvt?unit=~": "cannot be filtered by unit",
    }.items():
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype) == (400, "text/plain")
        assert said in answer.text
    assert (
        client.get("/tiles/workers/0/0/0.mvt").mimetype == "text/html"
    )  # no tile, but the page that says what there is
    monkeypatch.setattr(tiles, "PATIENCE_S", 0.001)
    answer = client.get("/tiles/reported/0/0/0.mvt?category=road")
    assert answer.status_code == 503 and "Choose a shorter period" in answer.text


@pytest.fixture
def walked(database: str, tmp_path: Path) -> State:
    """Three people on two days."""
    code = new_code()
    load_city(tmp_path, code)
    for day in (date(2026, 3, 2), date(2026, 3, 3)):
        rows = [
            fix
            for k, who in enumerate("abc")
            for fix in walk(who, local(day, 9), 60, start=(0.1, k + 0.5), step=(6, 0), person=who, mode="walk")
        ]
        load_fixes(tmp_path, code, rows, name=f"{code}-{day}")
    return State(town=code, as_of="2026-03-03", listed="patrol_sessions")


def test_the_lines_of_patrols_are_tiles_of_the_window_and_the_scope(walked, tmp_path):
    client, town = app.server.test_client(), gg.open(walked.town)
    window = {"since": "2026-03-02", "until": "2026-03-03"}
    for scope, n in ((None, 6), ("1", 2), ("2", 2)):
        at = "/".join(map(str, AROUND))
        said = f"/tiles/sessions/{at}.mvt?town={walked.town}&period=range&since=2026-03-02&until=2026-03-03"
        answer = client.get(said + (f"&scope={scope}" if scope else ""), headers=GZIP)
        wanted = town.session_tile(*AROUND, scope=scope, **window)
        assert gzip.decompress(answer.data) == wanted.content and wanted.n == n == len(lines(wanted.content))
        again = client.get(
            said + (f"&scope={scope}" if scope else ""), headers={**GZIP, "If-None-Match": answer.headers["ETag"]}
        )
        assert again.status_code == 304
    assert client.get(said.replace("/10/", "/2/")).status_code == 400


def test_a_map_takes_lines_from_tiles_where_there_are_more_than_the_list_holds(walked, monkeypatch):
    with app.server.test_request_context("/"):
        few = patrol.show_map(walked)[1]
        assert [trace.mode for trace in few.data[1:]] == ["lines"] and "sessions" not in few.layout.map.style["sources"]
        monkeypatch.setattr(patrol_sessions, "LIMIT", 5)
        many = patrol.show_map(replace(walked, window="month"))[1]
        assert len(many.data) == 1
        (address,) = many.layout.map.style["sources"]["sessions"]["tiles"]
        for part in ("/tiles/sessions/{z}/{x}/{y}.mvt", f"town={walked.town}", "until=2026-03-03", "since=2026-02-02"):
            assert part in address
        answer = app.server.test_client().get(address.replace("{z}/{x}/{y}", "/".join(map(str, AROUND))), headers=GZIP)
        assert len(lines(gzip.decompress(answer.data))) == 6


@pytest.mark.browser
def test_a_map_draws_the_tiles(town, database, browser: "Browser"):
    """Nine circles in the tiles of the view, over the grids, without an error or a request to anywhere else."""
    figure = figures.choropleth(town.ask("backlog", by="grid").frame, "n_open")
    with serving(database) as address:
        page = browser.new_page(viewport={"width": 900, "height": 700})
        errors, elsewhere = [], []
        page.on("console", lambda told: errors.append(told.text) if told.type == "error" else None)
        page.on(
            "request",
            lambda sent: None if sent.url.startswith((address, "data:", "blob:")) else elsewhere.append(sent.url),
        )
        page.goto(address)
        page.wait_for_selector(".js-plotly-plot")
        drawn = json.loads(figures.case_tiles(figure, f"{address}/tiles/open/{{z}}/{{x}}/{{y}}.mvt").to_json())
        counts = page.evaluate(
            """async (figure) => {
              document.body.innerHTML = '<div id="drawn" style="width: 860px; height: 660px"></div>';
              await Plotly.newPlot("drawn", figure.data, figure.layout);
              const map = document.getElementById("drawn")._fullLayout.map._subplot.map;
              const order = () => map.getStyle().layers.map((layer) => layer.id);
              for (let k = 0; k < 300; k++) {
                const found = map.queryRenderedFeatures({layers: ["cases"]});
                if (found.length >= 9 && map.loaded()) return [found.map((each) => each.properties.n), order()];
                await new Promise((done) => setTimeout(done, 100));
              }
              return [[], order()];
            }""",
            drawn,
        )
        page.close()
    found, order = counts
    assert sorted(found) == [3] * 9
    assert order.index("cases") > max(k for k, name in enumerate(order) if "fill" in name)
    assert not errors and not elsewhere
