"""Registers in the store: one unit whatever it is called, editions of catalogues, rosters from day to day, nobody by name."""

import itertools
import json
import subprocess
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
import xlsxwriter
from python_calamine import CalamineWorkbook

from gridgov.errors import LoadError, MappingError, SourceError
from gridgov.pipelines.kinds import load
from gridgov.pipelines.report import LoadReport
from gridgov.questions import open_town
from gridgov.sources.mapping import Mapping, parse_mapping, read_mapping
from gridgov.sources.personal import pseudonym
from gridgov.store.backup import backup
from gridgov.store.database import reading
from gridgov.store.machine import installed
from tests.support import (
    FLAT,
    contents,
    counts,
    gridgov,
    incident_text,
    load_city,
    load_rows,
    mapping_text,
    new_code,
    point,
    query,
    register_mapping,
    square,
    write_rows,
)

COLUMNS = {
    "units": {"code": "code", "name": "name", "kind": "kind", "territory": "grids"},
    "lines": {"code": "code", "name": "name"},
    "catalogue": {
        "code": "code", "category": "what", "name": "name", "condition": "when", "kind": "kind", "owner": "owner",
        "line": "line", "limit": "limit",
    },
    "roster": {"grid_code": "grid", "role": "role", "person": "who", "unit": "unit", "valid_from": "from", "valid_to": "to"},
}  # fmt: skip
_numbers = itertools.count()
Rows = list[dict[str, Any]]


def mapping(kind: str, town: str, more: str = "", source: str = "") -> Mapping:
    edition = 'scope = "town"\nversion = "2026"\n' if kind == "catalogue" and "version" not in more else ""
    return register_mapping(kind, town, COLUMNS[kind], source=source, more=edition + more)


def load_register(
    kind: str, folder: Path, town: str, rows: Rows, more: str = "", source: str = "", **how: Any
) -> LoadReport:
    path = write_rows(folder / f"{kind}_{next(_numbers)}.csv", rows, tuple(COLUMNS[kind].values()))
    return load("units" if kind == "lines" else kind, path, mapping(kind, town, more, source), **how)


UNITS = [
    {"code": "B01", "name": "党政办公室", "kind": "内设机构"},
    {"code": "S01", "name": "一中队", "kind": "执法中队", "grids": "12、11"},
    {"code": "C01", "name": "保洁一标", "kind": "contractor"},
]
LINES = [{"code": "L01", "name": "城管"}, {"code": "L02", "name": "水利"}]
LAMP = {"code": "001", "what": "市容", "name": "路灯", "kind": "执法处罚"}
ITEMS = [
    LAMP | {"when": "不亮", "owner": "一中队", "line": "L01", "limit": "2工作日"},
    LAMP | {"when": "倒地", "owner": "S01", "line": "城管", "limit": "2紧急工作时"},
    {"code": "002", "what": "市容", "name": "树", "kind": "social", "owner": "village", "limit": "种植季节15工作日"},
    {"code": "003", "what": "服务", "name": "证", "kind": "政务服务", "line": "民政"},
]
POSTS = [
    {"grid": "11", "role": "网格长", "who": "张三", "unit": "B01"},
    {"grid": "11", "role": "网格员", "who": "李四丰", "unit": "一中队"},
    {"grid": "12", "role": "网格长", "who": "张三"},
    {"grid": "12", "role": "网格员", "who": ""},
    {"grid": "1", "role": "督查员", "who": "空缺"},
]


def cases(*words: str, state: str = "open") -> Rows:
    """A case for each word, which is both its unit and its line."""
    x, y = map(str, point(0.5, 0.5))
    return [
        {"no": f"C{n}", "at": "2026-03-01 10:00", "state": state, "what": w, "unit": w, "x": x, "y": y}
        for n, w in enumerate(words)
    ]


def load_cases(folder: Path, town: str, rows: Rows) -> LoadReport:
    made = incident_text(town, versioned=False).replace('unit = "unit"', 'unit = "unit"\nline = "what"')
    return load("incidents", write_rows(folder / f"cases_{next(_numbers)}.csv", rows), parse_mapping(made))


def held(*names: str, town: str) -> dict[str, list[str]]:
    """Contents of one town, its code taken out, so that towns can be compared."""
    rows = contents(*names)
    return {
        name: sorted(row.replace(f"'{town}'", "*") for row in lines if f"'{town}'" in row)
        for name, lines in rows.items()
    }


# ---------------------------------------------------------------------------------------------------------------------
# Units and lines


WORDS = ("S01", "一中队", "保洁一标", "B01", "路人甲", "L01", "城管")


def test_cases_and_registers_in_any_order_give_the_same(database, tmp_path):
    """Words of cases for units: its code, its name, both, a word no register has. And the same for lines."""
    steps = {
        "registers": lambda town: [
            load_register(k, tmp_path, town, r) for k, r in (("units", UNITS), ("lines", LINES))
        ],
        "catalogue": lambda town: load_register("catalogue", tmp_path, town, ITEMS),
        "cases": lambda town: load_cases(tmp_path, town, cases(*WORDS)),
    }
    found = {}
    for order in itertools.permutations(steps):
        town = new_code()
        load_city(tmp_path, town)
        for step in order:
            steps[step](town)
        load_cases(tmp_path, town, cases(*WORDS, state="out"))  # earlier rows of cases are kept, with their units
        answers = [open_town(town).ask("backlog", by=by, as_of="2026-03-02").frame.to_csv() for by in ("unit", "line")]
        replaced = query(
            "SELECT c.case_no, u.code AS unit, l.code AS line FROM gridgov.case_revision r"
            " JOIN gridgov.case_record c ON c.id = r.case_id JOIN gridgov.town t ON t.id = c.town_id"
            " LEFT JOIN gridgov.unit u ON u.id = CAST(r.replaced ->> 'unit_id' AS int)"
            " LEFT JOIN gridgov.line l ON l.id = CAST(r.replaced ->> 'line_id' AS int) WHERE t.code = %s ORDER BY 1", town,
        ).to_csv()  # fmt: skip
        found[order] = (held("unit", "line", "item", "case_record", town=town), answers, replaced)
    first = found[tuple(steps)]
    assert len(first[0]["unit"]) == 3 + len({"路人甲", "L01", "城管"})
    assert len(first[0]["item"]) == len(ITEMS) + len(WORDS)
    assert "0,C0,S01,S01" in first[2]
    assert "1,C1,S01,一中队" in first[2], "its code and its name are one unit, which no line is"
    assert [order for order, content in found.items() if content != first] == []


def test_a_register_again_changes_nothing_and_counts_every_row(database, tmp_path):
    town = new_code()
    load_city(tmp_path, town)
    report = load_register("units", tmp_path, town, [*UNITS, UNITS[0], UNITS[1] | {"name": "中队"}, UNITS[1]])
    assert report.counts == {
        "read": 6, "loaded": 3, "updated": 2, "unchanged": 0, "duplicate": 1, "superseded": 0, "quarantined": 0,
    }  # fmt: skip
    assert report.facts["register"]["by_kind"] == {"body": 1, "contractor": 1, "squad": 1}
    before, rows = contents(), counts()
    assert load_register("units", tmp_path, town, list(reversed(UNITS))).unchanged == 3
    assert contents() == before
    assert counts() | {"load_run": 0} == rows | {"load_run": 0}
    changed = load_register("units", tmp_path, town, [UNITS[0] | {"kind": "squad"}, UNITS[1]])
    assert (changed.updated, changed.unchanged) == (1, 1)
    assert changed.facts["register"]["no_longer_listed"] == ["C01"]
    assert "1 no longer in the file, kept for their cases: C01." in changed.notes
    assert len(query("SELECT FROM gridgov.unit")) == 3


def test_a_unit_keeps_its_cases_when_its_name_or_its_code_changes(database, tmp_path):
    town = new_code()
    load_cases(tmp_path, town, cases("一中队"))
    load_register("units", tmp_path, town, [{"code": "S01", "name": "一中队"}])
    load_register("units", tmp_path, town, [{"code": "S01", "name": "执法一队"}])
    load_register("units", tmp_path, town, [{"code": "Z1", "name": "执法一队"}])
    assert open_town(town).ask("backlog", by="unit", as_of="2026-03-02").frame["unit"].tolist() == ["执法一队"]
    load_register("units", tmp_path, town, [{"code": "A", "name": "x"}, {"code": "B", "name": "y"}], source="other")
    load_cases(tmp_path, town, [c | {"no": f"D{n}"} for n, c in enumerate(cases("A", "y"))])
    swapped = [{"code": "A", "name": "y"}, {"code": "B", "name": "x"}]
    assert load_register("units", tmp_path, town, swapped, source="other").updated == 2
    named = query("SELECT c.case_no, u.code FROM gridgov.case_record c JOIN gridgov.unit u ON u.id = c.unit_id")
    assert dict(named.itertuples(index=False)) == {"C0": "Z1", "D0": "A", "D1": "B"}


@pytest.mark.parametrize(
    "rows",
    [
        [{"code": "A", "name": "same"}, {"code": "B", "name": "same"}],
        [{"code": "A", "name": "B"}, {"code": "B", "name": "b"}],
        [{"code": "A", "name": "一中队"}],  # the name of a unit that another source has registered
    ],
)
def test_a_word_that_would_mean_two_units_is_refused(database, tmp_path, rows):
    town = new_code()
    load_city(tmp_path, town)
    load_register("units", tmp_path, town, UNITS)
    before = contents()
    with pytest.raises(LoadError, match=r"could mean either: '.+' means .+ and .+\. Nothing was loaded"):
        load_register("units", tmp_path, town, rows, source="other")
    assert {k: v for k, v in contents().items() if k != "source"} == {k: v for k, v in before.items() if k != "source"}


def test_a_territory_must_be_grids_of_the_town(database, tmp_path):
    town = new_code()
    with pytest.raises(
        LoadError, match=r"2 codes that are no grid of the layer 'base': 11, 12\. .*load the grids first"
    ):
        load_register("units", tmp_path, town, UNITS)
    load_city(tmp_path, town)
    with pytest.raises(LoadError, match="1 codes that are no grid of the layer 'base': 99"):
        load_register("units", tmp_path, town, [UNITS[0] | {"grids": "1,11,99"}])
    assert query("SELECT FROM gridgov.unit").empty
    load_register("units", tmp_path, town, [UNITS[0] | {"grids": "2, 11"}])
    assert query("SELECT territory FROM gridgov.unit")["territory"].tolist() == [["11", "2"]]


def test_a_faulty_register_is_refused_whole_with_its_faults(database, tmp_path):
    rows = [{"code": "", "name": "x"} for _ in range(12)] + UNITS[:1]
    with pytest.raises(SourceError) as refused:
        load_register("units", tmp_path, new_code(), rows)
    assert str(refused.value).count("no code") == 10
    assert "row 2: no code; row 3" in str(refused.value)
    assert str(refused.value).endswith("; and 2 more. Nothing was loaded.")
    with pytest.raises(MappingError, match="--valid-from belongs to grids, catalogue, roster, plans and devices"):
        load_register("units", tmp_path, new_code(), UNITS, valid_from=date(2026, 1, 1))
    assert query("SELECT FROM gridgov.load_run").empty


# ---------------------------------------------------------------------------------------------------------------------
# Catalogues


def test_a_catalogue_has_limits_by_condition_and_lists_what_cannot_be_read(database, tmp_path):
    town = new_code()
    load_register("units", tmp_path, town, [{k: v for k, v in u.items() if k != "grids"} for u in UNITS])
    report = load_register("catalogue", tmp_path, town, ITEMS)
    assert report.loaded == 4
    facts = report.facts["catalogue"]
    assert facts["items"] == 3
    assert facts["limits_by_unit"] == {"urgent_hour": 1, "work_hour": 0, "work_day": 1, "natural_day": 0}
    assert facts["without_limit"] == 1
    assert facts["unread_limits"] == [{"code": "002", "name": "树", "condition": "", "limit_text": "种植季节15工作日"}]
    assert facts["linked"] == {
        "owner_known": 2, "owner_word": 1, "owner_nobody": 1, "line_known": 0, "line_word": 3, "line_nobody": 1,
    }  # fmt: skip
    assert any("种植季节15工作日" in note for note in report.notes)
    assert not any("bare_units" in note for note in report.notes), "that text needs more than a clock"
    before = contents()
    assert load_register("catalogue", tmp_path, town, ITEMS).unchanged == 4
    assert contents() == before


def test_bare_words_are_listed_until_the_mapping_says_what_they_mean(database, tmp_path):
    town, rows = new_code(), [ITEMS[3] | {"code": str(n), "limit": limit} for n, limit in enumerate(("3天", "24小时"))]
    report = load_register("catalogue", tmp_path, town, rows)
    assert len(report.facts["catalogue"]["unread_limits"]) == 2
    assert any("bare_units = { '天' = 'work_day' }" in note for note in report.notes)
    report = load_register(
        "catalogue", tmp_path, town, rows, 'bare_units = { "天" = "natural_day", "小时" = "urgent_hour" }'
    )
    assert report.updated == 2
    assert query("SELECT limit_value, limit_unit FROM gridgov.item ORDER BY code").values.tolist() == [
        [3.0, "natural_day"], [24.0, "urgent_hour"],
    ]  # fmt: skip


def test_a_file_is_complete_for_its_edition_and_another_edition_stays(database, tmp_path):
    town = new_code()
    editions = {y: f'scope = "town"\nversion = "{y}"\nvalid_from = {y}-01-01' for y in ("2025", "2026", "2027")}
    for year in ("2026", "2025"):
        load_register("catalogue", tmp_path, town, ITEMS, editions[year])
    report = load_register("catalogue", tmp_path, town, ITEMS[1:3], editions["2026"])
    assert (report.unchanged, report.facts["catalogue"]["removed"]) == (
        2, [{"code": "001", "name": "路灯", "condition": "不亮"}, {"code": "003", "name": "证", "condition": ""}],
    )  # fmt: skip
    assert any(
        note.startswith("2 rows of this version are no longer in the file and were removed") for note in report.notes
    )
    load_register("catalogue", tmp_path, town, ITEMS[:1], 'scope = "squads"\nversion = "2026"')
    later = load_register("catalogue", tmp_path, town, ITEMS, editions["2027"], valid_from=date(2027, 3, 1))
    assert later.facts["catalogue"]["valid_from"] == date(2027, 3, 1)
    stands = query(
        "SELECT scope, version, valid_from, valid_to, count(*) FROM gridgov.item GROUP BY 1, 2, 3, 4 ORDER BY 1, 2"
    ).values.tolist()
    assert stands == [
        ["squads", "2026", None, None, 1],
        ["town", "2025", date(2025, 1, 1), date(2026, 1, 1), 4],
        ["town", "2026", date(2026, 1, 1), date(2027, 3, 1), 2],
        ["town", "2027", date(2027, 3, 1), None, 4],
    ]


def test_an_item_of_another_source_in_the_same_edition_is_refused(database, tmp_path):
    town = new_code()
    load_register("catalogue", tmp_path, town, ITEMS[:2])
    assert load_register("catalogue", tmp_path, town, ITEMS[2:], source="other").loaded == 2
    with pytest.raises(
        LoadError, match=r"1 codes stand in the catalogue 'town', version 2026, already, from .*'other': 002"
    ):
        load_register("catalogue", tmp_path, town, ITEMS[:3])
    assert len(query("SELECT FROM gridgov.item")) == 4


def test_rows_that_a_mapping_cannot_tell_apart_are_counted_and_told(database, tmp_path):
    rows = [ITEMS[0] | {"when": "", "limit": limit} for limit in ("1工作日", "1工作日", "2工作日")]
    report = load_register("catalogue", tmp_path, new_code(), rows)
    assert (report.loaded, report.updated, report.duplicate) == (1, 1, 1)
    assert any(
        note.startswith("1 rows differ from a later row of the same code and condition") for note in report.notes
    )


YUNCHENG = {
    "yuncheng_components": ("yuncheng_component_standards.csv", None, 5, 4, (0, 2)),
    "yuncheng_digital_components": ("yuncheng_case_standards.xlsx", "部件", 8, 6, (0, 2)),
    "yuncheng_digital_events": ("yuncheng_case_standards.xlsx", "事件", 8, 6, (0, 2, 6, 8)),
}


@pytest.mark.parametrize("name", YUNCHENG)
def test_yuncheng(database, realdata, name):
    """The city's own rule tables, against a plain count of their cells."""
    file, sheet, limit, condition, filled = YUNCHENG[name]
    path = realdata / "china" / file
    if sheet is None:
        table = pd.read_csv(path, skiprows=1, dtype=str, keep_default_na=False)
    else:
        cells = list(CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).iter_rows())
        table = pd.DataFrame(cells[2:]).astype(str).replace(r"\.0$", "", regex=True)
    for column in filled:
        table.isetitem(column, table.iloc[:, column].replace("", None).ffill())
    keys = table.iloc[:, [0, 2, condition]].apply(lambda c: c.str.strip().str.zfill(2)).agg(tuple, axis=1)
    plain = Counter(table.iloc[:, limit].str.strip()[~keys.duplicated()])
    words = (("紧急工作时", "urgent_hour"), ("紧急工作日", "natural_day"), ("工作时", "work_hour"), ("工作日", "work_day"),
             ("小时", "work_hour"), ("天", "work_day"))  # fmt: skip
    expected: Counter[str] = Counter()
    for text, n in plain.items():
        unit = next(unit for word, unit in words if word in text)
        expected[unit if text[0].isdigit() and not text.endswith("制止") else "unread"] += n

    report = load("catalogue", path, read_mapping(name))
    facts = report.facts["catalogue"]
    assert report.read == len(table) == report.loaded + report.duplicate
    assert report.loaded == facts["rows"] == keys.nunique()
    assert facts["items"] == keys.str[:2].nunique()
    assert {unit: n for unit, n in facts["limits_by_unit"].items() if n} == {
        u: n for u, n in expected.items() if u != "unread"
    }
    assert len(facts["unread_limits"]) == expected["unread"]
    held = query("SELECT limit_unit AS unit, limit_value AS value, count(*) AS n FROM gridgov.item GROUP BY 1, 2")
    assert held.groupby("unit")["n"].sum().to_dict() == {u: n for u, n in expected.items() if u != "unread"}
    assert held[(held["unit"] == "urgent_hour") & (held["value"] == 2)]["n"].sum() == plain["2紧急工作时"]
    before = contents()
    assert load("catalogue", path, read_mapping(name)).unchanged == report.read
    assert contents() == before


def test_the_editions_of_yuncheng_stand_side_by_side(database, realdata):
    for name, (file, *_) in YUNCHENG.items():
        load("catalogue", realdata / "china" / file, read_mapping(name))
    found = query("SELECT scope, version, count(*) AS n FROM gridgov.item GROUP BY 1, 2 ORDER BY 1, 2").values.tolist()
    assert found == [
        ["components", "comprehensive_service", 279],
        ["components", "digital_city", 375],
        ["events", "digital_city", 144],
    ]
    unread = query(
        "SELECT code, name, limit_text FROM gridgov.item WHERE limit_unit IS NULL ORDER BY 1"
    ).values.tolist()
    assert unread == [["0122", "非法伐树", "1紧急工作时制止"], ["0402", "行道树", "种植季节15工作日"]]
    cover = query(
        "SELECT condition, limit_value, limit_unit FROM gridgov.item WHERE code = '0101' AND version = 'comprehensive_service'"
    ).set_index("condition")
    assert tuple(cover.loc["缺失、移位、开裂，存在安全隐患的"]) == (2, "urgent_hour")
    assert tuple(cover.loc["破损超过25c㎡"]) == (4, "work_hour")


# ---------------------------------------------------------------------------------------------------------------------
# Rosters


def spells() -> set[tuple[Any, ...]]:
    rows = query("SELECT grid_code, role, person, valid_from, valid_to FROM gridgov.roster")
    return {tuple(row) for row in rows.astype(object).where(rows.notna(), None).itertuples(index=False, name=None)}


D1, D2, D3 = (date(2026, month, 1) for month in (1, 3, 6))


def test_a_roster_is_counted_without_naming_anybody(database, tmp_path):
    town = new_code()
    load_city(tmp_path, town)
    load_register("units", tmp_path, town, UNITS)
    report = load_register("roster", tmp_path, town, POSTS, valid_from=D1)
    assert report.loaded == 5
    facts = report.facts["roster"]
    assert facts == {
        "held_on": D1, "posts": 5, "filled": 3, "vacant": 2, "people": 2, "hats_mean": 1.5, "hats_max": 2, "ended": 0,
        "vacant_by_role": {"grid_leader": 0, "grid_worker": 1, "inspector": 1, "informant": 0, "liaison": 0, "patroller": 0},
    }  # fmt: skip
    assert "Vacant: grid worker 1, inspector 1." in report.notes
    before, rows = contents(), counts()
    assert load_register("roster", tmp_path, town, POSTS, valid_from=D1).unchanged == 5
    assert contents() == before
    assert counts() | {"load_run": 0} == rows | {"load_run": 0}
    linked = query("SELECT u.code FROM gridgov.roster p JOIN gridgov.unit u ON u.id = p.unit_id ORDER BY 1")
    assert linked["code"].tolist() == ["B01", "S01"]
    with reading() as connection:
        shown = connection.execute(sa.text("SELECT * FROM roster_current ORDER BY grid_code, role")).mappings().all()
    assert [row["posts_of_holder"] for row in shown] == [None, 2, 1, 2, None]
    assert {row["unit"] for row in shown} == {"党政办公室", "一中队", None}
    assert all(row["geom"] for row in shown)
    assert "person" not in shown[0]


def test_a_newer_roster_ends_the_posts_that_are_no_longer_held(database, tmp_path):
    town = new_code()
    load_city(tmp_path, town)
    load_register("roster", tmp_path, town, POSTS[:4], valid_from=D1)
    report = load_register(
        "roster", tmp_path, town, [POSTS[0], POSTS[1] | {"unit": "C01"}, POSTS[3] | {"who": "王五"}], valid_from=D2
    )
    assert (report.loaded, report.updated, report.unchanged) == (1, 1, 1)
    assert report.facts["roster"]["ended"] == 2, "the leader of 12, and the vacancy"
    zhang, li, wang = map(pseudonym, ("张三", "李四丰", "王五"))
    expected = {
        ("11", "grid_leader", zhang, D1, None),
        ("11", "grid_worker", li, D1, D2),  # of another unit from then on
        ("11", "grid_worker", li, D2, None),
        ("12", "grid_leader", zhang, D1, D2),
        ("12", "grid_worker", None, D1, D2),
        ("12", "grid_worker", wang, D2, None),
    }
    assert spells() == expected
    # The older one again changes nothing, and a correction of the newer one only what it says.
    assert load_register("roster", tmp_path, town, POSTS[:4], valid_from=D1).unchanged == 4
    assert spells() == expected
    corrected = load_register("roster", tmp_path, town, POSTS[:3], valid_from=D2)
    assert (corrected.loaded, corrected.updated, corrected.unchanged) == (1, 1, 1)
    assert spells() == {
        ("11", "grid_leader", zhang, D1, None), ("11", "grid_worker", li, D1, None), ("12", "grid_leader", zhang, D1, None),
        ("12", "grid_worker", None, D1, D2),
    }  # fmt: skip


def test_rosters_in_any_order_give_the_same(database, tmp_path):
    rosters = {D1: POSTS[:3], D2: POSTS[2:], D3: POSTS[:2]}
    found = []
    for order in itertools.permutations(rosters):
        town = new_code()
        load_city(tmp_path, town)
        for day in order:
            load_register("roster", tmp_path, town, rosters[day], valid_from=day)
        load_register("units", tmp_path, town, UNITS)
        found.append(held("roster", town=town))
    assert len(found[0]["roster"]) == 7
    assert all(content == found[0] for content in found)


def test_a_roster_may_be_of_one_layer_or_of_all(database, tmp_path):
    town = new_code()
    load_city(tmp_path, town)
    load_city(tmp_path, town, {"M": square(1.2, 1.2, 0.3, 0.3)}, layer="market",
              levels=["town", "market"], rule=FLAT.format(root=town))  # fmt: skip
    market = [{"grid": "M", "role": "网格长", "who": "张三"}]
    load_register("roster", tmp_path, town, [*POSTS, *market], valid_from=D1)
    held_in = query(
        "SELECT ly.code, count(*) AS n FROM gridgov.roster p JOIN gridgov.layer ly ON ly.id = p.layer_id GROUP BY 1"
    )
    assert dict(held_in.itertuples(index=False)) == {"base": 5, "market": 1}
    assert (
        load_register("roster", tmp_path, town, POSTS[:1], 'layer = "base"', valid_from=D2).facts["roster"]["ended"]
        == 4
    )
    assert len(query("SELECT FROM gridgov.roster WHERE valid_to IS NULL")) == 2, "the market's post stands"
    with pytest.raises(LoadError, match="1 codes that are no grid of the layer 'base': M"):
        load_register("roster", tmp_path, town, market, 'layer = "base"', valid_from=D3)
    assert load_register("roster", tmp_path, town, POSTS[:1], valid_from=D3).facts["roster"]["ended"] == 1


def test_a_roster_without_a_day_or_of_unknown_grids_is_refused(database, tmp_path):
    town = new_code()
    load_city(tmp_path, town)
    before = contents()
    with pytest.raises(LoadError, match=r"of which day the roster roster_\d+\.csv is.*--valid-from 2026-01-01"):
        load_register("roster", tmp_path, town, POSTS)
    with pytest.raises(LoadError, match="2 codes that are no grid of any layer: 88, 99"):
        load_register(
            "roster",
            tmp_path,
            town,
            [p | {"grid": g} for p, g in zip(POSTS, ("99", "88", "99"), strict=False)],
            valid_from=D1,
        )
    with pytest.raises(SourceError, match=r"row 2: role '村长' is not known; translate it in \[values.role\]"):
        load_register("roster", tmp_path, town, [POSTS[0] | {"role": "村长"}], valid_from=D1)
    assert contents() == before


def test_posts_that_ended_before_the_day_are_past(database, tmp_path):
    town = new_code()
    load_city(tmp_path, town)
    rows = [
        POSTS[0] | {"from": "2024-05-01", "to": "2025-12-31"},
        POSTS[1] | {"from": "2025-07-01", "to": "2026-06-30"},
    ]
    report = load_register("roster", tmp_path, town, rows, "valid_from = 2026-01-01")
    assert (report.loaded, report.superseded) == (1, 1)
    stands = query("SELECT since_on, until_on, valid_from, valid_to FROM gridgov.roster").values.tolist()
    assert stands == [[date(2025, 7, 1), date(2026, 6, 30), D1, None]]


def test_no_name_is_anywhere_in_the_database(database, tmp_path):
    """Not in a table, a report, a quarantine or an index: the whole dump is searched."""
    town = new_code()
    load_city(tmp_path, town)
    load_register("roster", tmp_path, town, POSTS, valid_from=D1)
    load_register("roster", tmp_path, town, POSTS[1:], valid_from=D2)
    with pytest.raises(SourceError) as refused:
        load_register(
            "roster", tmp_path, town, [POSTS[1] | {"who": "李四丰、张三"}, POSTS[0] | {"from": "?"}], valid_from=D3
        )
    with pytest.raises(LoadError) as unknown:
        load_register("roster", tmp_path, town, [POSTS[1] | {"grid": "99"}], valid_from=D3)
    backup(tmp_path / "all.dump")
    dump = subprocess.run(
        [installed()[0]["pg_restore"], "-f", "-", str(tmp_path / "all.dump")], capture_output=True, check=True
    ).stdout.decode()  # fmt: skip
    assert pseudonym("李四丰") in dump, "or this searches nothing"
    for name in ("李四丰", "张三", json.dumps("李四丰")[1:-1]):
        assert name not in dump + str(refused.value) + str(unknown.value)


def test_dropped_people_are_not_vacancies(database, tmp_path):
    town = new_code()
    load_city(tmp_path, town)
    path = write_rows(tmp_path / "posts.csv", POSTS, tuple(COLUMNS["roster"].values()))
    base = mapping("roster", town)
    dropped = base.model_copy(update={"personal": {"person": "drop"}})
    facts = load("roster", path, dropped, valid_from=D1).facts["roster"]
    assert (facts["filled"], facts["vacant"], facts["people"], facts["hats_mean"]) == (3, 2, 0, None)
    assert query("SELECT DISTINCT person FROM gridgov.roster")["person"].tolist() == [None]


# ---------------------------------------------------------------------------------------------------------------------
# Workbooks and the command line


def test_a_workbook_gives_the_values_of_formulas_and_dates(database, tmp_path):
    town = new_code()
    load_city(tmp_path, town)
    path = tmp_path / "roster.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy/m/d"})
        sheet.write_row(0, 0, list(COLUMNS["roster"].values()))
        sheet.write_number(1, 0, 11)  # a code that the spreadsheet took for a number
        sheet.write_formula(1, 1, '="网格"&"长"', value="网格长")
        sheet.write_row(1, 2, ["张三", "B01"])
        sheet.write_datetime(1, 4, date(2025, 9, 1), day)  # type: ignore[arg-type]
        sheet.write_string(1, 5, "2026-12-31")
    report = load("roster", path, mapping("roster", town), valid_from=D1)
    assert report.loaded == 1
    row = query("SELECT grid_code, role, since_on, until_on FROM gridgov.roster").values.tolist()
    assert row == [["11", "grid_leader", date(2025, 9, 1), date(2026, 12, 31)]]


def test_from_the_command_line(database, tmp_path):
    town = new_code()
    load_city(tmp_path, town)
    path = write_rows(tmp_path / "posts.csv", POSTS, tuple(COLUMNS["roster"].values()))
    (tmp_path / "m.toml").write_text(mapping_text("roster", town, COLUMNS["roster"]), "utf-8")
    words = ("load", "roster", path, "--mapping", tmp_path / "m.toml")
    without = gridgov(*words)
    assert without.code != 0
    assert "--valid-from" in without.err
    said = gridgov(*words, "--valid-from", "2026-01-01", "--report", tmp_path / "r.json")
    assert said.code == 0, said.err
    assert "5 read = 5 loaded" in said.out
    assert "5 posts on 2026-01-01: 3 filled, 2 vacant." in said.out
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["facts"]["roster"]["hats_max"] == 2


def test_cases_loaded_before_a_register_and_again_after_it_are_unchanged(database, tmp_path):
    town = new_code()
    rows = [{k: v for k, v in case.items() if k != "what"} for case in cases("S01", "一中队")]
    load_rows(tmp_path, town, rows)
    load_register("units", tmp_path, town, [{"code": "S01", "name": "一中队"}])
    before = contents()
    assert load_rows(tmp_path, town, rows).unchanged == 2
    assert contents() == before
    assert len(query("SELECT FROM gridgov.unit")) == 1
