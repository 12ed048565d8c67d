"""The page of the grids: the tree adds up with what lies in no grid, and tree, map, posts and systems say what is asked."""

from datetime import date
from typing import Any

import pytest

from dash_app.app import app
from dash_app.asking import trees
from dash_app.asking.state import State
from dash_app.pages import hierarchy
from dash_app.parts import hierarchy_numbers, posts, systems
from gridgov.pipelines.kinds import load
from gridgov.sources.mapping import parse_mapping
from tests.conftest import Shared
from tests.support import incident_text, load_city, new_code, point, register_mapping, write_rows
from tests.support_pages import parts

POSTS = [
    {"grid": "11", "role": "网格长", "who": "张三"}, {"grid": "12", "role": "网格长", "who": "张三"},
    {"grid": "11", "role": "网格员", "who": "李四"}, {"grid": "21", "role": "网格员", "who": ""},
]  # fmt: skip


@pytest.fixture(scope="module")
def town(shared: Shared) -> State:
    code = new_code()
    load_city(shared.folder, code)
    columns = {"grid_code": "grid", "role": "role", "person": "who"}
    path = write_rows(shared.folder / "posts.csv", POSTS, tuple(columns.values()))
    load("roster", path, register_mapping("roster", code, columns), valid_from=date(2026, 1, 1))
    places = [*[point(c + 0.5, r + 0.5) for r in range(3) for c in range(3)], point(9, 9), point(9, 8), ("", "")]
    rows = [
        {"no": f"C{n}", "at": "2026-03-01 10:00", "state": "open", "what": "road", "x": str(x), "y": str(y)}
        for n, (x, y) in enumerate(places)
    ]
    load(
        "incidents", write_rows(shared.folder / "cases.csv", rows), parse_mapping(incident_text(code, versioned=False))
    )
    return State(town=code, lang="zh", as_of="2026-03-02")


def test_the_tree_and_what_lies_in_no_grid_add_up_to_the_town(town: State) -> None:
    rows = {row["grid_code"]: row for row in hierarchy.show_tree(town)[2]}
    root = rows[str(trees.tree(town).root.code)]  # type: ignore[union-attr]
    for name in ("n_cases", "n_open"):
        below = [row for row in rows.values() if len(row.get("path") or []) == 3]
        assert root[name] == sum(row[name] for row in below) == 9
        assert root[name] + rows["~outside"][name] + rows["~unlocated"][name] == rows["~all"][name] == 12
    assert (rows["~outside"]["n_cases"], rows["~unlocated"]["n_cases"]) == (2, 1)
    assert (root["n_posts"], root["n_vacant"]) == (4, 1)
    assert [row["grid_code"] for row in rows.values()][-3:] == ["~outside", "~unlocated", "~all"]


def test_each_row_knows_its_way_and_the_way_to_the_scope_is_open(town: State) -> None:
    state = town.but(scope="21")
    rows = [row for row in hierarchy.show_tree(state)[2] if row.get("path")]
    grids = trees.tree(state).grids
    for row in rows:
        assert row["path"] == [grid.code for grid in trees.tree(state).way(row["grid_code"])]
        assert row["opens"] == (row["grid_code"] in {grid.code for grid in trees.tree(state).way("21")})
        assert row["is_scope"] == (row["grid_code"] == "21")
    assert len(rows) == len(grids) == 13, "the whole tree is there whatever the scope"


def test_the_export_of_the_tree_holds_the_rows_of_the_screen_wherever_the_scope_is(town: State) -> None:
    for state in (town, town.but(scope="21")):
        title, _, rows = hierarchy.show_tree(state)
        link = next(part.href for part in parts(title) if ".geojson?" in getattr(part, "href", ""))
        places = app.server.test_client().get(link).get_json(force=True)["features"]
        codes = {row["grid_code"]: row["n_open"] for row in rows if row.get("path")}
        assert {place["properties"]["grid_code"]: place["properties"]["n_open"] for place in places} == codes


def test_clicks_on_rows_and_grids_lead_to_scopes_and_cases(town: State) -> None:
    root = str(trees.tree(town).root.code)  # type: ignore[union-attr]
    assert hierarchy.click_tree({"rowId": "21"}, town) == town.but(scope="21")
    assert hierarchy.click_tree({"rowId": root}, town.but(scope="21")) == town
    path, there = hierarchy.click_tree({"rowId": "~outside"}, town)  # type: ignore[misc]
    assert (path, there.where) == ("/cases", {"place_status": ["outside"]})
    assert hierarchy.click_tree(None, town) is None
    assert systems.click_system({"rowId": "cases"}, town) == ("/loads", town.with_filter("source", ["cases"]))
    figure = hierarchy.show_tree_map(town)[1]
    assert set(figure.data[0].locations) == {"1", "2", "3"}
    at_finest = hierarchy.show_tree_map(town.but(scope="21"))[1]
    assert set(at_finest.data[0].locations) == {"21", "22", "23"}, "the scope among its siblings"
    vacant = hierarchy.show_tree_map(town.but(grids_by="n_vacant"))[1]
    assert dict(zip(vacant.data[0].locations, [row[1] for row in vacant.data[0].customdata], strict=True))["2"]
    assert "pointed" in [layer["id"] for layer in vacant.layout.map.style["layers"]]


def test_measures_of_which_nothing_is_known_are_not_offered(town: State) -> None:
    head, figure = hierarchy.show_tree_map(town.but(grids_by="residents"))
    assert "'value': 'residents'" not in str(head)
    assert figure.layout.map is not None
    assert "'value': 'n_vacant'" in str(head)


def test_the_numbers_on_top(town: State) -> None:
    said = [str(part) for part in hierarchy_numbers.numbers(town)]
    assert "1 › 3 › 9" in said[0]
    assert "共 4 个岗位" in said[2] and "'1'" in said[2]
    assert "共 2 人" in said[3], "two people, one of whom holds two posts"
    assert "网格外 2,无坐标 1" in said[5] and "place_status=outside" in said[5]


def test_posts_by_role_name_nobody(town: State) -> None:
    head, _, rows = posts.show_posts(town)
    assert [(row["name"], row["n_posts"], row["n_vacant"], row["n_holders"], row["n_many"]) for row in rows] == [
        ("网格长", 2, 0, 1, 1), ("网格员", 2, 1, 1, 0),
    ]  # fmt: skip
    assert "2026-01-01" in str(head)
    assert "张三" not in str(rows) and "李四" not in str(rows)
    before = posts.show_posts(town.but(as_of="2025-12-01"))
    assert before[2] == [] and "未导入当日的花名册" in str(before[0])


def test_systems_lead_with_those_that_want_a_look(town: State) -> None:
    rows: list[dict[str, Any]] = systems.show_systems(town)[2]
    assert [row["freshness"] for row in rows] == ["few", "list", "list"]
    assert {row["said"] for row in rows} == {"记录太少", "名录"}
    assert next(row for row in rows if row["source"] == "cases")["holds"] == "案件"
