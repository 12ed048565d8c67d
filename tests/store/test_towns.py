"""Towns and words as people write them: slips of the pen, several towns, levels, cells that look like code."""

import io

import pandas as pd
import pytest
import shapely

import gridgov as gg
from gridgov.errors import LoadError, UnknownScope
from gridgov.pipelines.kinds import load
from gridgov.sources.mapping import parse_mapping
from tests.support import gridgov, load_city, load_rows, point, query, write_polygons, write_rows

X, Y = map(str, point(0.5, 0.5))
ROW = {"no": "C1", "at": "2026-03-01 10:00", "state": "open", "what": "road", "x": X, "y": Y}

BARE = """
kind = "incidents"
town = "sprign"
source = "cases"
time_zone = "Asia/Shanghai"
[columns]
case_no = "no"
reported_at = "at"
"""


def test_a_misspelt_town_is_not_a_new_one(database, tmp_path):
    load_city(tmp_path, "spring")
    with pytest.raises(LoadError, match=r"There is no town 'sprign' \(did you mean 'spring'\?\)"):
        load("incidents", write_rows(tmp_path / "cases.csv", [ROW]), parse_mapping(BARE))
    assert gg.towns() == ["spring"]


def test_a_town_without_a_time_zone_is_refused(database, tmp_path):
    path = write_polygons(tmp_path / "grids.geojson", {"11": shapely.box(120, 31, 120.1, 31.1)})
    text = 'kind = "grids"\ntown = "zoneless"\nsource = "s"\ndatum = "WGS84"\n[columns]\ncode = "code"\n'
    with pytest.raises(LoadError, match="nothing says its time zone"):
        load("grids", path, parse_mapping(text))
    assert gg.towns() == []


def test_which_of_several_towns_must_be_said(database, tmp_path):
    load_city(tmp_path, "north")
    load_city(tmp_path, "south")
    with pytest.raises(UnknownScope, match=r"2 towns are loaded \(north, south\); say which"):
        gg.open()


def test_versions_of_a_layer_share_its_levels(database, tmp_path):
    load_city(tmp_path, "spring")
    flat = {"rule": 'rule = "flat"', "levels": ("town", "grid")}
    with pytest.raises(LoadError, match="has the levels town, district, grid, but this file has town, grid"):
        load_city(tmp_path, "spring", valid_from=pd.Timestamp("2026-04-01").date(), **flat)


def test_a_category_without_a_subcategory_has_none(database, tmp_path):
    load_city(tmp_path, "spring")
    load_rows(tmp_path, "spring", [ROW, ROW | {"no": "C2", "what": ""}])
    rows = gg.open("spring").ask("cases").frame.set_index("case_no")
    assert rows["category"]["C1"] == "road"
    assert pd.isna(rows["category"]["C2"])
    assert rows["subcategory"].isna().all()
    assert gg.open("spring").ask("backlog", where={"category": None}).frame["n_open"].tolist() == [1]


def test_cells_that_look_like_code_are_shown_as_they_are(database, tmp_path):
    load_city(tmp_path, "spring")
    load_rows(tmp_path, "spring", [ROW | {"what": "[red]x [/closed] y"}, ROW | {"no": "C2", "what": "=1+1"}])
    table = gridgov("ask", "backlog", "--by", "category")
    assert table.code == 0
    assert "[red]x [/closed] y" in table.out
    csv = pd.read_csv(
        io.StringIO(gridgov("ask", "backlog", "--by", "category", "--format", "csv").out.lstrip("\ufeff"))
    )
    assert set(csv["大类"]) == {"[red]x [/closed] y", "'=1+1"}


def test_loads_are_those_begun_until_as_of(database, tmp_path):
    load_city(tmp_path, "spring")
    town = gg.open("spring")
    assert len(town.ask("loads").frame) == 1
    assert town.ask("loads", as_of="2020-01-01").frame.empty


def test_an_upgrade_makes_the_indexes_a_dead_loader_left(database, tmp_path):
    from gridgov.store import migrate
    from gridgov.store.database import writing

    definition = query("SELECT indexdef FROM pg_indexes WHERE indexname = 'case_record_geom_idx'")["indexdef"][0]
    with writing() as connection:
        connection.exec_driver_sql("DROP INDEX gridgov.case_record_geom_idx")
        connection.exec_driver_sql("INSERT INTO gridgov.index_to_make (definition) VALUES (%s)", (definition,))
    migrate.upgrade()
    again = query("SELECT indexdef FROM pg_indexes WHERE indexname = 'case_record_geom_idx'")["indexdef"]
    assert again.tolist() == [definition]
    assert query("SELECT count(*) AS n FROM gridgov.index_to_make")["n"].tolist() == [0]
