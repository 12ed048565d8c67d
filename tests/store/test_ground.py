"""The town's own map and the ground made of it: what a load replaces, that cells conserve, and what they measure."""

from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridgov.analytics.patrol.cells import CELL_M, Cells, shared, sizes, union, within
from gridgov.analytics.patrol.coverage import grid_cells, land_cells
from gridgov.crs import from_wgs84, parse_datum
from gridgov.errors import LoadError
from gridgov.pipelines.kinds import load
from gridgov.pipelines.report import LoadReport
from gridgov.sources.mapping import parse_mapping
from gridgov.store import grids, ground
from gridgov.store.database import reading, writing
from gridgov.store.runs import exclusively
from tests.support import (
    METRIC,
    PREFIX,
    city,
    examples,
    grid_mapping,
    load_city,
    new_code,
    point,
    query,
    square,
    write_polygons,
)

TABLES = ("ground", "land_cells", "due_cells", "grid_ground")
_ABOUT = f'[about]\ntime_zone = "Asia/Shanghai"\ncrs = "{METRIC}"\n'


def map_text(town: str, theme: str = "road", more: str = "", columns: str = "") -> str:
    head = f'kind = "maps"\ntown = "{town}"\nsource = "survey"\ndatum = "WGS84"\ntheme = "{theme}"\n{more}\n'
    return head + _ABOUT + f'[columns]\nkind = "kind"\nname = "name"\nwidth = "width"\n{columns}\n'


def feature(shape: Any, kind: str = "lane", width: float | None = None, name: str = "") -> dict[str, Any]:
    return {"geometry": shape, "kind": kind, "name": name, "width": width}


def load_map(folder: Path, town: str, features: list[dict[str, Any]], theme: str = "road", **how: Any) -> LoadReport:
    path = folder / "map.gpkg"
    path.unlink(missing_ok=True)
    gpd.GeoDataFrame(features, geometry="geometry", crs=4326).to_file(path, driver="GPKG")
    return load("maps", path, parse_mapping(map_text(town, theme, **how)))


def road(*places: tuple[float, float], width: float | None = 12.0, **said: Any) -> dict[str, Any]:
    return feature(shapely.LineString([point(*place) for place in places]), width=width, **said)


def features() -> list[str]:
    """The map, without ids of rows and loads."""
    return sorted(
        map(
            repr,
            query("SELECT layer, theme, kind, name, width_m, ST_AsText(geom) FROM gridgov.map_feature").itertuples(
                index=False
            ),
        )
    )


def kept(*tables: str) -> dict[str, list[str]]:
    return {
        name: sorted(map(repr, query(f"SELECT * FROM gridgov.{name}").itertuples(index=False)))
        for name in tables or TABLES
    }


def sets(layer: str = "base", town: str | None = None) -> list[int]:
    found = query(
        "SELECT s.id FROM gridgov.grid_set s JOIN gridgov.layer l ON l.id = s.layer_id JOIN gridgov.town t ON t.id = s.town_id"
        " WHERE l.code = %s AND t.code = coalesce(%s, t.code) ORDER BY s.valid_from NULLS FIRST", layer, town,
    )  # fmt: skip
    return found["id"].tolist()


def read(set_id: int) -> tuple[Cells, Cells | None]:
    with reading() as connection:
        return ground.land(connection, set_id), ground.due(connection, set_id)


def same(one: Cells, other: Cells) -> bool:
    return all(map(np.array_equal, one, other))


# ---------------------------------------------------------------------------------------------------------------------
# The map


def test_a_load_replaces_what_its_layer_said_and_accounts_for_every_row(tmp_path, database):
    town = new_code()
    a, b, c = road((0, 0), (1, 0)), road((0, 1), (1, 1), name="b"), road((0, 2), (1, 2))
    first = load_map(tmp_path, town, [a, b, a])
    assert (first.read, first.loaded, first.duplicate) == (3, 2, 1)
    ids = query("SELECT id, name FROM gridgov.map_feature").set_index("name")["id"].to_dict()
    again = load_map(tmp_path, town, [b, a, a])
    assert (again.unchanged, again.loaded) == (3, 0), "in whatever order"
    other = load_map(tmp_path, town, [c], theme="water")
    assert other.loaded == 1
    third = load_map(tmp_path, town, [b, c])
    assert (third.unchanged, third.loaded, third.facts["map"]["removed"]) == (1, 1, 1)
    assert "1 features are no longer in the file and were removed." in third.notes
    assert query("SELECT id FROM gridgov.map_feature WHERE name = 'b'")["id"].iloc[0] == ids["b"]
    assert query("SELECT theme, count(*) AS n FROM gridgov.map_feature GROUP BY 1").set_index("theme")["n"].to_dict() == {
        "road": 2, "water": 1,
    }  # fmt: skip


layers = st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=8), min_size=1, max_size=3)


@given(layers)
@examples(6)
def test_whatever_came_before_the_map_is_that_of_the_last_file(tmp_path, database, several):
    roads = [road((k, 0), (k, 1), name=str(k)) for k in range(6)]
    town, other = new_code(), new_code()
    for numbers in several:
        report = load_map(tmp_path, town, [roads[k] for k in numbers])
        assert report.read == len(numbers)
    load_map(tmp_path, other, [roads[k] for k in several[-1]])
    rows = "SELECT f.name, ST_AsText(f.geom) AS at, f.row_hash FROM gridgov.map_feature f JOIN gridgov.town t ON t.id = f.town_id"
    one, two = (query(f"{rows} WHERE t.code = %s ORDER BY f.name", code) for code in (town, other))
    assert one.equals(two)
    assert one["name"].tolist() == sorted({str(k) for k in several[-1]})


def test_faulty_features_wait_in_quarantine_and_leave_it_when_they_are_mended(tmp_path, database):
    town = new_code()
    bow = shapely.Polygon([point(0, 0), point(1, 1), point(1, 0), point(0, 1)])
    report = load_map(tmp_path, town, [feature(bow, name="x"), road((0, 0), (1, 0))])
    assert (report.read, report.loaded, report.quarantined) == (2, 1, 1)
    assert report.reasons == {"invalid geometry": 1}
    held = query("SELECT kind, reasons, raw FROM gridgov.quarantine").iloc[0]
    assert (held["kind"], held["raw"]["name"]) == ("maps", "x")
    assert "Self-intersection" in held["reasons"][0]
    mended = load_map(tmp_path, town, [feature(bow.buffer(0), name="x"), road((0, 0), (1, 0))])
    assert (mended.loaded, mended.unchanged) == (1, 1)


def test_a_file_without_a_usable_feature_changes_nothing(tmp_path, database):
    town = new_code()
    load_map(tmp_path, town, [road((0, 0), (1, 0))])
    before = features()
    bow = shapely.Polygon([point(0, 0), point(1, 1), point(1, 0), point(0, 1)])
    with pytest.raises(LoadError, match="None of the 20 rows"):
        load_map(tmp_path, town, [feature(bow, name=str(k)) for k in range(20)])
    assert features() == before


def test_a_wrong_datum_is_noticed(tmp_path, database):
    town = new_code()
    load_city(tmp_path, town)
    shifted = [road((40 + k / 10, 40), (40 + k / 10, 41), name=str(k)) for k in range(30)]
    report = load_map(tmp_path, town, shifted)
    assert any("Only 0% of the points fall into the town" in note for note in report.notes)


# ---------------------------------------------------------------------------------------------------------------------
# The ground


def exact_due(lines: list[dict[str, Any]], areas: list[Any], within_shape: shapely.Polygon) -> float:
    """Square metres of exact buffers and areas in a shape, in the town's metric CRS."""

    def metric(shape: Any) -> Any:
        return shapely.transform(shape, lambda ll: np.column_stack(from_wgs84(ll[:, 0], ll[:, 1], parse_datum(METRIC))))

    strips = [metric(one["geometry"]).buffer(max(one["width"] or 0, CELL_M) / 2) for one in lines]
    return shapely.union_all([*strips, *map(metric, areas)]).intersection(metric(within_shape)).area


ROADS = [
    road((0.1, 0.2), (2.9, 1.3), width=15.0), road((0.5, 0.0), (0.6, 3.0), width=None), road((-2.0, 2.2), (2.5, 2.2), width=32.0),
    road((1.1, 1.1), (1.2, 1.8), (1.9, 1.4), width=3.0), road((30.0, 30.0), (31.0, 31.0), width=9.0),
]  # fmt: skip
BUILT = [square(0.2, 0.2, 0.5, 0.4), square(1.4, 0.9, 0.8, 0.3), square(2.5, 2.5, 4.0, 4.0)]


def test_due_cells_measure_what_exact_buffers_measure_and_grids_conserve(tmp_path, database):
    town = new_code()
    load_city(tmp_path, town)
    assert kept("ground")["ground"] == [], "loading grids costs nothing until something asks for their ground"
    load_map(tmp_path, town, ROADS)
    report = load_map(tmp_path, town, [feature(shape, "house") for shape in BUILT], theme="built_up")
    (set_id,) = sets()
    land, due = read(set_id)
    assert due is not None

    polygons = city()
    codes = query("SELECT id, code FROM gridgov.grid WHERE is_given").set_index("id")["code"].to_dict()
    direct = grid_cells(np.array([polygons[code] for code in sorted(polygons)], object), METRIC)
    ids = np.array(sorted(codes, key=codes.__getitem__))
    assert same(land, union(direct, ids[direct.owner])), "a grid's cells are those whose centre it would be given"

    whole = land_cells(np.array([shapely.union_all(list(polygons.values()))], object), METRIC)
    assert sizes(land)[1].sum() == sizes(whole)[1].sum(), "no cell is lost or counted twice"
    assert same(union(land), whole)
    assert same(within(due, land), due), "what is to be patrolled is land of the same grid"
    for owner, other, n in zip(*shared(due, land), strict=True):
        assert owner == other or n == 0

    rows = query("SELECT * FROM gridgov.grid_ground").set_index("grid_id")
    assert len(rows) == 9
    assert rows["n_due_cells"].sum() == sizes(due)[1].sum() == report.facts["ground"][-1]["n_due_cells"]
    for grid_id, row in rows.iterrows():
        shape = polygons[codes[grid_id]]
        area = exact_due([], [shape], shape)
        wanted = exact_due(ROADS, BUILT, shape)
        # The squares lie straight on the lattice, the worst case: half a cell along two sides is 0.5 %.
        assert row["land_m2"] == row["n_cells"] * CELL_M**2 == pytest.approx(area, rel=0.005)
        assert row["due_m2"] == row["n_due_cells"] * CELL_M**2 == pytest.approx(wanted, rel=0.02, abs=0.002 * area)


def test_the_order_of_grids_and_map_does_not_matter(tmp_path, database):
    one, two = new_code(), new_code()
    load_city(tmp_path, one)
    for town, first in ((one, True), (two, False)):
        for theme, what in (("road", ROADS), ("built_up", [feature(shape) for shape in BUILT]))[:: 1 if first else -1]:
            load_map(tmp_path, town, what, theme=theme)
    load_city(tmp_path, two)
    told = [
        query("SELECT g.code, d.* FROM gridgov.grid_ground d JOIN gridgov.grid g ON g.id = d.grid_id JOIN gridgov.town t ON"
              " t.id = d.town_id WHERE t.code = %s ORDER BY g.code", town).drop(columns=["town_id", "set_id", "grid_id"])
        for town in (one, two)
    ]  # fmt: skip
    assert told[0].equals(told[1])
    assert told[0]["due_m2"].gt(0).any()


def test_what_is_the_same_is_not_made_again(tmp_path, database):
    town = new_code()
    load_city(tmp_path, town)
    load_map(tmp_path, town, ROADS)
    before = kept()
    assert "ground" not in load_map(tmp_path, town, ROADS[::-1]).facts
    assert "ground" not in load_map(tmp_path, town, [road((0, 0), (1, 1))], theme="water").facts, (
        "waters are not patrolled"
    )
    assert "ground" not in load_city(tmp_path, town).facts
    assert kept() == before
    town_id = int(query("SELECT id FROM gridgov.town")["id"].iloc[0])
    with exclusively([town_id]) as connection:
        assert ground.refresh(connection, town_id) == []


def test_a_changed_map_changes_what_is_to_be_patrolled_and_not_the_land(tmp_path, database):
    town = new_code()
    load_city(tmp_path, town)
    load_map(tmp_path, town, ROADS)
    (set_id,) = sets()
    land, due = read(set_id)
    wider = [one | {"width": (one["width"] or 0) + 20} for one in ROADS]
    report = load_map(tmp_path, town, wider)
    land_after, due_after = read(set_id)
    assert same(land, land_after)
    assert sizes(due_after)[1].sum() > sizes(due)[1].sum()
    assert same(within(due, union(due_after)), due), "a wider road holds the narrower one"
    assert "to be patrolled." in report.notes[-1]
    far = [road((40, 40), (41, 41))]
    load_map(tmp_path, town, far)
    _, due_none = read(set_id)
    assert due_none is not None
    assert len(due_none.owner) == 0
    assert set(query("SELECT due_m2 FROM gridgov.grid_ground")["due_m2"]) == {0.0}


def test_without_a_map_the_land_is_known_and_what_is_to_be_patrolled_is_not(tmp_path, database):
    town = new_code()
    load_city(tmp_path, town)
    town_id = int(query("SELECT id FROM gridgov.town")["id"].iloc[0])
    with writing() as connection:
        (made,) = ground.refresh(connection, town_id)
    assert (made.layer, made.n_due_cells, made.why) == ("base", None, None)
    (set_id,) = sets()
    land, due = read(set_id)
    assert due is None
    assert made.n_cells == sizes(land)[1].sum() > 0
    assert query("SELECT due_m2, n_due_cells FROM gridgov.grid_ground").isna().all().all()


def test_every_version_and_layer_has_its_ground_and_a_replaced_one_takes_it_along(tmp_path, database):
    town = new_code()
    load_city(tmp_path, town)
    load_map(tmp_path, town, ROADS)
    load_city(tmp_path, town, city(2), valid_from=date(2026, 1, 1))
    flat = 'rule = "flat"\nroot = { code = "parks" }'
    park = {"p1": square(0.2, 0.2, 0.3, 0.3)}
    report = load_city(tmp_path, town, park, layer="parks", levels=("town", "park"), rule=flat)
    assert "Coverage of the layer 'parks' counts" in report.notes[-1]
    old, new = sets()
    assert same(within(read(new)[0], union(read(old)[0])), read(new)[0])
    n_new, n_old = (sizes(read(one)[0])[1].sum() for one in (new, old))
    assert n_new == pytest.approx(n_old * 4 / 9, rel=0.01)
    load_city(tmp_path, town, {**city(2), "33": square(2, 2)}, valid_from=date(2026, 1, 1), replace=True)
    old, newer = sets()
    assert newer != new
    n_newer = sizes(read(newer)[0])[1].sum()
    assert n_newer == pytest.approx(n_old * 5 / 9, rel=0.01)
    assert set(query("SELECT DISTINCT set_id FROM gridgov.land_cells")["set_id"]) == {old, newer, *sets("parks")}


def test_a_grid_that_holds_others_has_the_cells_that_none_of_them_has(tmp_path, database):
    """As points are given to the finest grid, and to a given parent only where no child is."""
    town = new_code()
    shapes = {"1": square(0, 0, 2, 1), "11": square(0, 0)}
    path = write_polygons(tmp_path / "two.geojson", shapes)
    load("grids", path, grid_mapping(town, rule=PREFIX.format(root=town)))
    load_map(tmp_path, town, ROADS)
    rows = query(
        "SELECT g.code, d.n_cells FROM gridgov.grid_ground d JOIN gridgov.grid g ON g.id = d.grid_id"
    ).set_index("code")
    assert rows.loc["1", "n_cells"] == pytest.approx(rows.loc["11", "n_cells"], rel=0.01)


def test_a_town_too_large_says_so_and_loads_all_the_same(tmp_path, database):
    town = new_code()
    load_map(tmp_path, town, ROADS)
    far = {"11": square(0, 0), "12": square(100, 100)}
    report = load_city(tmp_path, town, far)
    assert report.loaded == 2
    assert report.notes[-1].startswith("Coverage is not kept for the layer 'base': The polygons spread over")
    (set_id,) = sets()
    land, due = read(set_id)
    assert (len(land.owner), due) == (0, None)
    with reading() as connection:
        assert "expected at most 256,000,000" in str(ground.why_not(connection, set_id))
    assert "ground" not in load_map(tmp_path, town, ROADS[:2]).facts, "it is not tried again with every map"
    assert not query("SELECT * FROM gridgov.grid_ground").size


def test_the_reader_role_may_read_the_ground(tmp_path, database):
    town = new_code()
    load_city(tmp_path, town)
    load_map(tmp_path, town, ROADS)
    with reading() as connection:
        town_id = query("SELECT id FROM gridgov.town")["id"].iloc[0]
        (version,) = grids.grid_sets(connection, int(town_id))
        assert len(ground.land(connection, version.id).owner)
