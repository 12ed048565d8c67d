"""Grids: loaded again, in a new version, corrected in place, in two layers; and cases that stay or move with them."""

from datetime import date

import pytest
import shapely

from gridgov.errors import LoadError, SourceError
from gridgov.pipelines.kinds import load
from gridgov.questions import open_town
from tests.support import (
    FLAT,
    city,
    contents,
    counts,
    grid_mapping,
    load_city,
    load_exposure,
    load_rows,
    new_code,
    point,
    query,
    square,
    stages,
    write_polygons,
)

DAY = date(2026, 4, 1)
HALVES = {"11": square(0, 0, 3, 1.5), "12": square(0, 1.5, 3, 1.5)}


def cases(*places: tuple[float, float], at: str = "2026-03-10 10:00", first: int = 0) -> list[dict[str, str]]:
    return [
        {"no": f"C{first + i}", "at": at, "state": "open", "x": str(point(*place)[0]), "y": str(point(*place)[1])}
        for i, place in enumerate(places)
    ]


def homes(town: str) -> dict[str, str | None]:
    """The home grid of each case, by its number."""
    found = query(
        "SELECT c.case_no, g.code FROM gridgov.case_record c JOIN gridgov.town t ON t.id = c.town_id"
        " LEFT JOIN gridgov.grid g ON g.id = c.grid_id WHERE t.code = %s ORDER BY c.id",
        town,
    )
    return {case: code if isinstance(code, str) else None for case, code in found.itertuples(index=False)}


def by_grid(town: str, **how: object) -> dict[str, int]:
    frame = open_town(town).ask("backlog", by="grid", **how).frame
    counted = frame[frame["n_open"] > 0]
    return dict(zip(counted["grid_code"].fillna(counted["place_status"]), counted["n_open"], strict=True))


def test_the_same_grids_again_change_nothing(database, tmp_path):
    town = new_code()
    first = load_city(tmp_path, town)
    load_rows(tmp_path, town, cases((0.5, 0.5)))
    before, tables = contents(), counts()
    turned = {code: shapely.reverse(shape) for code, shape in reversed(city().items())}
    for shapes in (city(), turned):
        again = load_city(tmp_path, town, shapes)
        assert (first.loaded, again.loaded, again.unchanged) == (9, 0, 9)
        assert contents() == before
    assert counts() | {"load_run": 0, "source": 0} == tables | {"load_run": 0, "source": 0}


def test_other_grids_without_a_day_are_refused(database, tmp_path):
    town = new_code()
    load_city(tmp_path, town)
    load_rows(tmp_path, town, cases((0.5, 0.5)))
    before = contents()
    with pytest.raises(LoadError, match=r"--valid-from 2026-01-01.*--replace"):
        load_city(tmp_path, town, HALVES)
    assert contents() == before
    assert stages() == []
    assert homes(town) == {"C0": "11"}


def test_a_new_version_holds_from_its_day_and_older_cases_keep_theirs(database, tmp_path):
    town = new_code()
    load_city(tmp_path, town)
    old = cases((0.5, 2.5), (2.5, 0.5))
    late = cases((0.5, 2.5), at="2026-03-31 23:59", first=2) + cases((0.5, 2.5), at="2026-04-01 00:00", first=3)
    load_rows(tmp_path, town, old + late)
    assert homes(town) == {"C0": "31", "C1": "13", "C2": "31", "C3": "31"}
    report = load_city(tmp_path, town, HALVES, valid_from=DAY)
    assert report.facts["relocated"] == {"cases": 4, "moved": 1}
    assert homes(town) == {"C0": "31", "C1": "13", "C2": "31", "C3": "12"}
    # A case loaded afterwards finds its version by its own day.
    load_rows(tmp_path, town, cases((0.5, 2.5), first=4) + cases((0.5, 2.5), at="2026-04-02", first=5))
    assert homes(town)["C4"] == "31"
    assert homes(town)["C5"] == "12"
    assert by_grid(town, as_of="2026-04-02") == {"12": 2, "13": 1, "31": 3}
    assert by_grid(town, as_of="2026-04-02", recast=True) == {"11": 1, "12": 5}
    assert by_grid(town, as_of="2026-03-31", recast=True) == {"13": 1, "31": 3}


def test_the_order_in_which_versions_and_cases_come_does_not_matter(database, tmp_path):
    one, two = new_code(), new_code()
    rows = cases((0.5, 2.5), (1, 1), (9, 9)) + cases((0.5, 2.5), (1.5, 1.5), at="2026-05-01", first=5)
    load_city(tmp_path, one)
    load_city(tmp_path, one, HALVES, valid_from=DAY)
    load_rows(tmp_path, one, rows)
    load_rows(tmp_path, two, rows)
    assert set(homes(two).values()) == {None}, "without grids all are outside"
    load_city(tmp_path, two, HALVES, valid_from=DAY)
    load_city(tmp_path, two, valid_from=date(2020, 1, 1))  # the older version comes last
    assert homes(one) == homes(two)
    for recast in (False, True):
        for day in ("2026-03-20", "2026-06-01"):
            assert by_grid(one, as_of=day, recast=recast) == by_grid(two, as_of=day, recast=recast)


def test_replace_corrects_a_version_in_its_place(database, tmp_path):
    town = new_code()
    load_city(tmp_path, town)
    load_rows(tmp_path, town, cases((0.5, 2.5), (2.5, 0.5)))
    load_city(tmp_path, town, HALVES, replace=True)
    assert homes(town) == {"C0": "12", "C1": "11"}
    assert len(query("SELECT FROM gridgov.grid_set")) == 1
    assert len(query("SELECT FROM gridgov.grid")) == 4, "two halves, their district, the town"
    assert query("SELECT FROM gridgov.case_grid").empty
    # The corrected version may get a successor, which may be corrected too.
    load_city(tmp_path, town, city(), valid_from=DAY)
    load_city(tmp_path, town, city(2), valid_from=DAY, replace=True)
    load_rows(tmp_path, town, cases((2.5, 2.5), (1.5, 1.5), at="2026-05-01", first=2))
    assert homes(town) == {"C0": "12", "C1": "11", "C2": None, "C3": "22"}
    spans = query("SELECT valid_from, valid_to FROM gridgov.grid_set ORDER BY valid_from NULLS FIRST")
    assert list(spans.itertuples(index=False, name=None)) == [(None, DAY), (DAY, None)]


def test_a_layer_beside_the_base_has_grids_and_versions_of_its_own(database, tmp_path):
    town = new_code()
    market = {"layer": "market", "levels": ["town", "market"], "rule": FLAT.format(root=town)}
    load_city(tmp_path, town)
    load_rows(tmp_path, town, cases((1.5, 1.5), (0.2, 0.2)) + cases((1.5, 1.5), at="2026-05-01", first=2))
    load_city(tmp_path, town, {"M": square(1.2, 1.2, 0.6, 0.6)}, **market)
    assert homes(town) == {"C0": "22", "C1": "11", "C2": "22"}
    town_ = open_town(town)
    assert town_.layers() == ["base", "market"]

    def counted(**how: object) -> dict[object, int]:
        frame = town_.ask("backlog", by="market", **how).frame
        return dict(zip(frame["grid_code"].fillna(frame["place_status"]), frame["n_open"], strict=True))

    assert counted(as_of="2026-05-02") == {"M": 2, "outside": 1}
    load_city(tmp_path, town, {"N": square(0, 0, 1, 1)}, valid_from=DAY, **market)
    assert counted(as_of="2026-05-02") == {"M": 1, "N": 0, "outside": 2}
    assert counted(as_of="2026-05-02", recast=True) == {"N": 1, "outside": 2}
    assert by_grid(town, as_of="2026-05-02") == {"11": 1, "22": 2}, "the base layer does not notice"
    assert town_.ask("backlog", layer="market", scope="M", as_of="2026-05-02").frame["n_open"].sum() == 1


def test_a_version_is_loaded_whole_or_not_at_all(database, tmp_path):
    town = new_code()
    shapes = city() | {"44": shapely.Polygon()}
    before = counts()
    with pytest.raises(SourceError, match=r"row 10: no geometry.*whole or not at all"):
        load_city(tmp_path, town, shapes)
    assert counts() == before


def test_points_on_shared_edges_belong_to_the_lowest_code(database, tmp_path):
    town = new_code()
    load_city(tmp_path, town)
    on_edges = cases((1, 1), (2, 1), (1, 0.5), (0.5, 1), (3, 3), (0, 0), (2, 2))
    load_rows(tmp_path, town, on_edges)
    assert list(homes(town).values()) == ["11", "12", "11", "11", "33", "11", "22"]


def test_a_given_parent_takes_what_its_children_leave(database, tmp_path):
    """Where children do not tile a given parent, a case in between is the parent's, and every sum still holds."""
    town = new_code()
    shapes = {"1": square(0, 0, 3, 3), "11": square(0, 0), "12": square(1, 0)}
    report = load_city(tmp_path, town, shapes)
    assert [u["parent"] for u in report.facts["topology"]["untiled"]] == ["1"]
    load_rows(tmp_path, town, cases((0.5, 0.5), (1.5, 0.5), (2.5, 2.5), (5, 5)))
    assert homes(town) == {"C0": "11", "C1": "12", "C2": "1", "C3": None}
    asked = open_town(town)
    finest = asked.ask("backlog", by="grid").frame
    assert finest["n_open"].sum() == 4
    assert asked.ask("backlog", by="district").frame["n_open"].tolist() == [3, 1]
    assert asked.ask("backlog", by="grid", scope="1").frame["n_open"].sum() == 3


def test_two_towns_in_one_database_do_not_see_each_other(database, tmp_path):
    one, two = new_code(), new_code()
    for town, shapes, places in ((one, city(), [(0.5, 0.5)]), (two, HALVES, [(0.5, 0.5), (2, 2), (8, 8)])):
        load_city(tmp_path, town, shapes)
        load_rows(tmp_path, town, cases(*places))
    before = contents("case_record", "case_event", "grid")
    assert by_grid(one) == {"11": 1}
    assert by_grid(two) == {"11": 1, "12": 1, "outside": 1}
    assert open_town(one).ask("cases").meta["n_total"] == 1
    assert set(open_town(two).ask("hierarchy").frame["grid_code"]) == {two, "1", "11", "12"}
    assert set(open_town(one).ask("loads").frame["run_id"]).isdisjoint(open_town(two).ask("loads").frame["run_id"])
    # The same source and numbers elsewhere are other cases.
    load_rows(tmp_path, two, [row | {"state": "out"} for row in cases((0.5, 0.5))])
    after = contents("case_record", "case_event", "grid")
    assert [line for line in after["case_record"] if repr(one) in line] == [
        line for line in before["case_record"] if repr(one) in line
    ]
    # And new grids of one leave the other's cases where they are.
    load_city(tmp_path, two, city(), replace=True)
    assert by_grid(one) == {"11": 1}
    assert by_grid(two) == {"11": 1, "outside": 1, "22": 1}


def test_hierarchies_by_parent_and_containment_come_out_alike(database, tmp_path):
    grids = city(2)
    districts = {"1": square(0, 0, 2, 1), "2": square(0, 1, 2, 1)}
    parents = {code: code[0] for code in grids} | dict.fromkeys(districts, "T")
    shapes = {"T": square(0, 0, 2, 2), **districts, **grids}
    trees = []
    for rule, columns in (("parent", 'parent = "up"'), ("containment", ""), ("prefix", "")):
        town = new_code()
        how = 'rule = "prefix"\nlengths = [1, 2]\nroot = { code = "T" }' if rule == "prefix" else f'rule = "{rule}"'
        path = write_polygons(tmp_path / f"{town}.geojson", grids if rule == "prefix" else shapes, up=parents)
        load("grids", path, grid_mapping(town, rule=how, columns=columns))
        tree = open_town(town).ask("hierarchy").frame
        trees.append(tree[["grid_code", "parent_code", "level", "n_children", "n_grids"]].to_dict("records"))
    assert trees[0] == trees[1] == trees[2]
    assert [row["level"] for row in trees[0]] == [0, 1, 1, 2, 2, 2, 2]


def test_exposure_belongs_to_days_and_adds_up(database, tmp_path):
    town = new_code()
    load_city(tmp_path, town, city(2))

    def count(*rows: tuple[str, str, str, str]):
        head = ("grid", "on", "people", "road")
        return load_exposure(tmp_path, town, [dict(zip(head, row, strict=True)) for row in rows], head)

    january = [(code, "2026-01-01", "100", "1.5") for code in city(2)]
    assert count(*january).loaded == 4
    assert count(*january).unchanged == 4
    report = count(("11", "2026-06-01", "150", ""), ("11", "2026-06-01", "150", ""), ("12", "2026-01-01", "90", "1.5"))
    assert (report.loaded, report.updated, report.duplicate) == (1, 1, 1)
    load_rows(tmp_path, town, cases((0.5, 0.5)))
    tree = {
        day: open_town(town).ask("hierarchy", as_of=day).frame.set_index("grid_code")
        for day in ("2026-03-15", "2026-07-01")
    }
    assert tree["2026-03-15"].loc[[town, "1", "11"], "residents"].tolist() == [390, 190, 100]
    assert tree["2026-07-01"].loc[[town, "1", "11"], "residents"].tolist() == [440, 240, 150]
    assert tree["2026-03-15"].loc[town, "open_per_1k"] == pytest.approx(1000 / 390)
    assert open_town(town).ask("hierarchy", as_of="2025-12-31").frame["residents"].isna().all()
    with pytest.raises(LoadError, match=r"2 codes that are no grid.*98, 99"):
        count(("99", "2026-01-01", "1", ""), ("98", "2026-01-01", "1", ""))
