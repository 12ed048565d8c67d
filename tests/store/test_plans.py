"""The plan of the patrols and the list of devices in the store: from day to day, whole or not at all, nobody by name."""

import itertools
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridgov.errors import LoadError, MappingError, SourceError
from gridgov.pipelines.kinds import load
from gridgov.pipelines.report import LoadReport
from gridgov.sources.mapping import parse_mapping
from gridgov.sources.personal import pseudonym
from gridgov.store import devices
from gridgov.store.database import reading
from tests.support import examples, gridgov, load_city, new_code, point, query, write_rows

Rows = list[dict[str, Any]]
DAY = date(2026, 3, 2)
ABOUT = '[about]\ntime_zone = "Asia/Shanghai"\n'
COLUMNS = {
    "checkpoints": {"code": "code", "name": "name", "grid_code": "grid", "visits_a_week": "visits", "lon": "x", "lat": "y"},
    "routes": {"code": "code", "name": "name", "grid_code": "grid", "weekdays": "days", "windows": "hours", "wkt": "wkt"},
    "devices": {"device": "device", "holder": "holder", "model": "model", "step": "step"},
}  # fmt: skip
CONTENT = {
    "checkpoints": "SELECT c.code, c.name, grid_code, visits_a_week, ST_AsText(geom) AS at, valid_from, valid_to"
    " FROM gridgov.checkpoint c JOIN gridgov.town t ON t.id = c.town_id WHERE t.code = %s ORDER BY 1, 6 NULLS FIRST",
    "routes": "SELECT c.code, c.name, grid_code, weekdays, windows, ST_AsText(geom) AS at, valid_from, valid_to"
    " FROM gridgov.planned_route c JOIN gridgov.town t ON t.id = c.town_id WHERE t.code = %s ORDER BY 1, 7 NULLS FIRST",
    "devices": "SELECT device, holder, model, step_s, valid_from, valid_to"
    " FROM gridgov.device c JOIN gridgov.town t ON t.id = c.town_id WHERE t.code = %s ORDER BY 1, 5 NULLS FIRST",
}
_numbers = itertools.count()


def mapping(what: str, town: str, more: str = "", source: str = "") -> Any:
    kind, head = ("devices", "") if what == "devices" else ("plans", f'plan = "{what}"\ndatum = "WGS84"\n')
    columns = "\n".join(f'{ours} = "{theirs}"' for ours, theirs in COLUMNS[what].items())
    return parse_mapping(
        f'kind = "{kind}"\ntown = "{town}"\nsource = "{source or what}"\n{head}{more}\n{ABOUT}[columns]\n{columns}\n'
    )


def load_list(
    what: str, folder: Path, town: str, rows: Rows, more: str = "", source: str = "", **how: Any
) -> LoadReport:
    path = write_rows(folder / f"{what}_{next(_numbers)}.csv", rows, tuple(COLUMNS[what].values()))
    found = mapping(what, town, more, source)
    return load(found.kind, path, found, **how)


def content(what: str, town: str) -> pd.DataFrame:
    return query(CONTENT[what], town)


def checkpoint(code: str, column: float = 0.5, row: float = 0.5, **said: Any) -> dict[str, Any]:
    x, y = point(column, row)
    return {"code": code, "name": f"Point {code}", "grid": "11", "visits": 5, "x": x, "y": y} | said


def route(code: str, *places: tuple[float, float], **said: Any) -> dict[str, Any]:
    line = shapely.LineString([point(*place) for place in places or ((0.1, 0.1), (0.9, 0.9))])
    return {
        "code": code,
        "name": f"Route {code}",
        "grid": "11",
        "days": "1,3",
        "hours": "08:30-10:30",
        "wkt": line.wkt,
    } | said


def device(code: str, holder: str = "", **said: Any) -> dict[str, Any]:
    return {"device": code, "holder": holder, "model": "XH-5", "step": 10} | said


ROWS = {
    "checkpoints": [checkpoint("A"), checkpoint("B", 1.5, 0.5, grid="12", visits="")],
    "routes": [route("A"), route("B", days="", hours="")],
    "devices": [device("T1", "P1"), device("T2", "")],
}


@pytest.fixture
def town(tmp_path: Path, database: str) -> str:
    """A town of 3 x 3 grids."""
    code = new_code()
    load_city(tmp_path, code)
    return code


@pytest.mark.parametrize("what", COLUMNS)
def test_the_same_list_again_changes_nothing(what, tmp_path, town):
    first = load_list(what, tmp_path, town, ROWS[what])
    assert (first.read, first.loaded) == (2, 2)
    held = content(what, town)
    assert held["valid_from"].isna().all(), "since ever"
    again = load_list(what, tmp_path, town, ROWS[what][::-1])
    assert (again.unchanged, again.loaded) == (2, 0)
    assert content(what, town).equals(held)
    dated = load_list(what, tmp_path, town, ROWS[what], valid_from=DAY)
    assert dated.unchanged == 2
    assert content(what, town).equals(held), "it goes on as it was"


@pytest.mark.parametrize("what", COLUMNS)
def test_what_is_said_of_a_day_holds_until_another_list_says_otherwise(what, tmp_path, town):
    load_list(what, tmp_path, town, ROWS[what])
    a, b = ROWS[what]
    changed = {"checkpoints": {"visits": 2}, "routes": {"days": "2"}, "devices": {"holder": "P9"}}[what]
    report = load_list(what, tmp_path, town, [a | changed], valid_from=DAY)
    assert (report.updated, report.loaded) == (1, 0)
    facts = report.facts["devices" if what == "devices" else "plan"]
    assert facts["ended"] == 1
    held = content(what, town)
    assert len(held) == 3
    assert sorted(held["valid_to"].dropna()) == [DAY, DAY]
    (new,) = held[held["valid_from"].notna()].to_dict("records")
    assert (new["valid_from"], new["valid_to"]) == (DAY, None)
    back = load_list(what, tmp_path, town, [a, b], valid_from=DAY + timedelta(days=7))
    assert (back.updated, back.loaded) == (1, 1)
    assert len(content(what, town)) == 5


days = st.integers(0, 3).map(lambda n: DAY + timedelta(days=n))
lists = st.lists(st.tuples(days, st.lists(st.integers(0, 2), min_size=1, max_size=3)), min_size=1, max_size=4)


@given(lists, st.randoms())
@examples(5)
def test_on_each_day_the_last_list_before_it_holds_in_whatever_order_they_came(tmp_path, database, given_lists, random):
    towns = [new_code(), new_code()]
    by_day = dict(given_lists)
    shuffled = random.sample(sorted(by_day.items()), len(by_day))
    for code, several in zip(towns, (sorted(by_day.items()), shuffled), strict=True):
        load_city(tmp_path, code)
        for day, numbers in several:
            rows = [checkpoint(f"C{k}", visits=k + len(numbers)) for k in numbers]
            report = load_list("checkpoints", tmp_path, code, rows, valid_from=day)
            assert report.read == len(numbers)
    one, two = (content("checkpoints", code) for code in towns)
    assert one.equals(two)
    for day in (DAY + timedelta(days=n) for n in range(-1, 5)):
        last = max((known for known in by_day if known <= day), default=None)
        holds = one[(one["valid_from"] <= day) & (one["valid_to"].isna() | (one["valid_to"] > day))]
        assert sorted(holds["code"]) == (sorted({f"C{k}" for k in by_day[last]}) if last else [])


def test_of_rows_with_one_code_the_last_counts(tmp_path, town):
    report = load_list("checkpoints", tmp_path, town, [checkpoint("A"), checkpoint("A"), checkpoint("A", visits=1)])
    assert (report.read, report.loaded, report.duplicate, report.updated) == (3, 1, 1, 1)
    assert content("checkpoints", town)["visits_a_week"].tolist() == [1]


def test_two_sources_keep_lists_of_their_own(tmp_path, town):
    load_list("checkpoints", tmp_path, town, [checkpoint("A")])
    load_list("checkpoints", tmp_path, town, [checkpoint("B")], source="fire_brigade")
    assert content("checkpoints", town)["code"].tolist() == ["A", "B"]


@pytest.mark.parametrize(
    ("what", "rows", "said"),
    [
        (
            "checkpoints",
            [checkpoint("A"), checkpoint("B", grid="99")],
            "speaks of 1 codes that are no grid of the layer 'base': 99",
        ),
        (
            "checkpoints",
            [checkpoint("A", 50, 50), checkpoint("B", 60, 60)],
            "None of the 2 checkpoints .* check the `datum`",
        ),
        ("checkpoints", [checkpoint("A"), checkpoint("", visits=-1)], "row 3: no code; row 3: visits_a_week"),
        ("routes", [route("A"), route("B", days="9")], "row 3: weekdays '9': expected weekdays as 1,3,5"),
        ("routes", [route("A", hours="morning")], "row 2: windows 'morning': expected times as"),
        ("routes", [route("A", wkt="POINT (120.3 31.7)")], "row 2: no line"),
        ("devices", [device("T1"), device("", "P1")], "row 3: no device"),
        ("devices", [device("T1", step="often")], "row 2: step is not a number"),
    ],
)
def test_a_list_with_a_fault_is_refused_whole(what, rows, said, tmp_path, town):
    load_list(what, tmp_path, town, ROWS[what])
    before = content(what, town)
    with pytest.raises((LoadError, SourceError), match=said):
        load_list(what, tmp_path, town, rows, valid_from=DAY)
    assert content(what, town).equals(before)


def test_a_device_moves_to_another_holder_and_nobody_is_named(tmp_path, town):
    load_list("devices", tmp_path, town, [device("T1", "张 三"), device("T2")])
    load_list("devices", tmp_path, town, [device("T1", "李四"), device("T2", "张三")], valid_from=DAY)
    town_id = int(query("SELECT id FROM gridgov.town")["id"].iloc[0])
    with reading() as connection:
        before, after = (devices.holders(connection, town_id, DAY - timedelta(days=n)) for n in (1, 0))
    t1, t2, zhang, li = map(pseudonym, ("T1", "T2", "张三", "李四"))
    assert before == {t1: zhang}
    assert after == {t1: li, t2: zhang}
    rows = [*query("SELECT * FROM gridgov.device").itertuples(), *query("SELECT * FROM gridgov.load_run").itertuples()]
    told = " ".join(map(repr, rows))
    assert not [name for name in ("张", "李四", "T1") if name in told]


def test_days_belong_to_lists_and_not_to_maps(tmp_path, town):
    made = parse_mapping(f'kind = "maps"\ntown = "{town}"\nsource = "s"\ndatum = "WGS84"\ntheme = "road"\n')
    with pytest.raises(MappingError, match="plans and devices"):
        load("maps", tmp_path / "map.gpkg", made, valid_from=DAY)


def test_the_command_line_loads_a_plan(tmp_path, town):
    path = write_rows(tmp_path / "plan.csv", ROWS["checkpoints"], tuple(COLUMNS["checkpoints"].values()))
    text = (
        f'kind = "plans"\nplan = "checkpoints"\ntown = "{town}"\nsource = "p"\ndatum = "WGS84"\n[columns]\n'
        + "\n".join(f'{ours} = "{theirs}"' for ours, theirs in COLUMNS["checkpoints"].items())
    )
    (tmp_path / "plan.toml").write_text(text, "utf-8")
    said = gridgov("load", "plans", path, "--mapping", tmp_path / "plan.toml", "--valid-from", "2026-03-02")
    assert said.code == 0, said.err
    assert "2 read = 2 loaded" in said.out
    assert "2 checkpoints in 2 grids, 5 visits a week." in said.out
    assert set(content("checkpoints", town)["valid_from"]) == {DAY}
