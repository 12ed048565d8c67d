"""Registers read row by row, units told apart, and rosters turned into spells: no database needed for any of it."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.errors import MappingError
from gridgov.sources.mapping import CatalogueMapping, RosterMapping, UnitMapping, parse_mapping
from gridgov.sources.reading import RawBatch
from gridgov.sources.reading.base import text_table
from gridgov.sources.registers import Fault, read_catalogue, read_roster, read_units
from gridgov.store.registers import Known, identify
from gridgov.store.roster import Post
from gridgov.store.spells import Spell, with_list

DAY = date(2026, 1, 1)
HEAD = 'town = "t"\nsource = "s"\n'


def batch(**columns: list[str]) -> RawBatch:
    """Rows of a file, from line 2 on."""
    table = text_table(columns)
    return RawBatch(table, np.arange(table.num_rows) + 2)


def units(more: str = "", columns: str = 'code = "c"\nname = "n"\nkind = "k"\nterritory = "t"') -> UnitMapping:
    return parse_mapping(f'kind = "units"\n{HEAD}{more}\n[columns]\n{columns}')  # type: ignore[return-value]


def catalogue(columns: str, more: str = "", values: str = "") -> CatalogueMapping:
    text = (
        f'kind = "catalogue"\n{HEAD}scope = "town"\nversion = "2026"\n{more}\n[columns]\ncode = "c"\ncategory = "g"\n'
    )
    return parse_mapping(f'{text}name = "n"\n{columns}\n{values}')  # type: ignore[return-value]


def roster(more: str = "", values: str = "") -> RosterMapping:
    columns = 'grid_code = "g"\nrole = "r"\nperson = "p"\nunit = "u"\nvalid_from = "a"\nvalid_to = "b"'
    return parse_mapping(f'kind = "roster"\n{HEAD}{more}\n[columns]\n{columns}\n{values}')  # type: ignore[return-value]


# ---------------------------------------------------------------------------------------------------------------------
# Mappings


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: units('register = "lines"'), ["register = 'units'", "`kind`"]),
        (lambda: units('register = "people"'), ["register", "'units' or 'lines'"]),
        (lambda: catalogue('bare = "x"'), ["no place for `bare`"]),
        (lambda: catalogue("", 'bare_units = { "天" = "days" }'), ["bare_units.天", "work_day"]),
        (lambda: catalogue("", 'bare_units = { "工作日" = "natural_day" }'), ["bare_units.工作日", "by itself"]),
        (lambda: catalogue('limit = "l"\nlimit_value = "v"\nlimit_unit = "u"'), ["either as `limit`", "not both"]),
        (lambda: catalogue('limit_value = "v"'), ["come together"]),
        (
            lambda: catalogue('kind = "k"', values='[values.kind]\n"执法" = "enforcment"'),
            ["did you mean `enforcement`?"],
        ),
        (lambda: roster(values='[values.role]\n"长" = "grid_leadr"'), ["did you mean `grid_leader`?"]),
        (lambda: roster(values='[personal]\nperson = "keep"'), ["personal.person", "'drop' or 'pseudonym'"]),
        (lambda: roster(values='[personal]\nunit = "drop"'), ["personal"]),
    ],
)
def test_a_mapping_that_cannot_be_followed_is_refused(make, words):
    with pytest.raises(MappingError) as refused:
        make()
    assert not [word for word in words if word not in str(refused.value)], refused.value


def test_the_catalogue_of_observed_words_is_not_to_be_loaded():
    text = f'kind = "catalogue"\n{HEAD}scope = "observed"\nversion = "1"\n[columns]\ncode = "c"\ncategory = "g"\nname = "n"'
    with pytest.raises(MappingError, match="kept for words met in cases"):
        parse_mapping(text)


# ---------------------------------------------------------------------------------------------------------------------
# Units


def test_units_have_kinds_of_ours_or_of_their_own_and_a_territory_in_any_writing():
    faults: list[Fault] = []
    rows = read_units(
        batch(c=["B01", "S01"], n=[" 党政\n办公室", "Road\nsquad"], k=["内设机构", "义警队"], t=["", "g2、g1，g1; g3"]),
        units(), faults,
    ).to_pylist()  # fmt: skip
    assert not faults
    assert rows == [
        {"code": "B01", "name": "党政办公室", "kind": "body", "territory": []},
        {"code": "S01", "name": "Road squad", "kind": "义警队", "territory": ["g1", "g2", "g3"]},
    ]


def test_units_without_code_or_name_are_faults():
    faults: list[Fault] = []
    read_units(batch(c=["", "B"], n=["a", ""], k=["", ""], t=["", ""]), units(), faults)
    assert faults == [Fault(2, "no code"), Fault(3, "no name")]


def unit(number: int, code: str, name: str, source: int | None = 1) -> Known:
    return Known(number, code, name, None, [], source)


def row(code: str, name: str) -> dict[str, Any]:
    return {"code": code, "name": name}


def found(known: list[Known], *rows: dict[str, Any]) -> list[tuple[int | None, list[int]]]:
    return [(one.known and one.known.id, [u.id for u in one.swallowed]) for one in identify(known, rows, source_id=1)]


def test_a_unit_is_known_by_its_code_or_by_its_name():
    assert found([], row("B", "office")) == [(None, [])]
    assert found([unit(1, "B", "office")], row("B", "bureau")) == [(1, [])]
    assert found([unit(1, "B", "B", None)], row("B", "office")) == [(1, [])], "cases spoke of its code"
    assert found([unit(1, "office", "office", None)], row("B", "office")) == [(1, [])], "cases spoke of its name"
    both = [unit(1, "office", "office", None), unit(2, "B", "B", None)]
    assert found(both, row("B", "office")) == [(2, [1])], "cases spoke of both: they are one"


def test_a_unit_that_changes_its_name_or_its_code_stays_itself():
    assert found([unit(1, "B", "office"), unit(2, "bureau", "bureau", None)], row("B", "bureau")) == [(1, [2])]
    assert found([unit(1, "B", "office")], row("C", "office")) == [(1, [])]
    assert found([unit(1, "B", "office", source=7)], row("C", "office")) == [(None, [])], "another source's is not ours"
    swapped = [unit(1, "A", "x"), unit(2, "B", "y")]
    assert found(swapped, row("A", "y"), row("B", "x")) == [(1, []), (2, [])]


words = st.sampled_from("ABCDE")


@given(
    st.lists(st.tuples(words, words, st.sampled_from([None, 1, 2])), max_size=5, unique_by=lambda unit: unit[0]),
    st.lists(st.tuples(words, words), max_size=5, unique_by=lambda row: row[0]),
)
def test_no_unit_is_two_rows_and_none_is_swallowed_that_a_register_has(known, rows):
    units = [unit(i, code, code if source is None else name, source) for i, (code, name, source) in enumerate(known)]
    same = identify(units, [row(*one) for one in rows if one[1] not in {r[0] for r in rows} - {one[0]}], source_id=1)
    names = [one.row["name"] for one in same]
    if len(set(names)) < len(names):
        return  # refused before anything is written
    used = [u.id for one in same for u in [*([one.known] if one.known else []), *one.swallowed]]
    assert len(used) == len(set(used))
    assert all(u.source_id is None for one in same for u in one.swallowed)
    # Only a unit that goes by the row's code, or by its name under a code the file no longer has, takes a word in.
    taking = [(one.known, one.row) for one in same for _ in one.swallowed if one.known]
    assert all(unit.code == row["code"] or unit.name == row["name"] for unit, row in taking)


# ---------------------------------------------------------------------------------------------------------------------
# Catalogues


def test_an_item_has_a_row_for_each_condition_and_a_code_within_its_category():
    mapping = catalogue(
        'category_code = { from = "h", pad = 2 }\ncondition = "if"\nlimit = "l"\nowner = "o"\nkind = "k"'
    )
    rows = read_catalogue(
        batch(
            h=["1", "01"], c=["07", "07"], g=["市容"] * 2, n=["路灯"] * 2, o=["S01\nS02", "village"],
            k=["执法处罚", "service"], **{"if": ["不亮", ""], "l": ["2工作日", "种植季节15工作日"]},
        ),
        mapping, [],
    ).to_pylist()  # fmt: skip
    assert [r["code"] for r in rows] == ["0107", "0107"]
    assert [r["condition"] for r in rows] == ["不亮", ""]
    assert [r["kind"] for r in rows] == ["enforcement", "service"]
    assert rows[0] | {"limit_value": 2.0, "limit_unit": "work_day", "limit_text": "2工作日"} == rows[0]
    assert rows[1] | {"limit_value": None, "limit_unit": None, "limit_text": "种植季节15工作日"} == rows[1]
    assert rows[1]["owner_text"] == "village"
    assert rows[0]["line_text"] is None


def test_a_limit_may_come_as_number_and_unit():
    mapping = catalogue('limit_value = "v"\nlimit_unit = "u"', values='[values.limit_unit]\n"wd" = "work_day"')
    columns = {"c": list("abcd"), "g": ["x"] * 4, "n": ["y"] * 4}
    rows = read_catalogue(
        batch(**columns, v=["2", "1.5", "3", ""], u=["wd", "urgent_hour", "", ""]), mapping, []
    ).to_pylist()
    assert [(r["limit_value"], r["limit_unit"]) for r in rows] == [
        (2.0, "work_day"), (1.5, "urgent_hour"), (None, None), (None, None),
    ]  # fmt: skip
    assert [r["limit_text"] for r in rows][2:] == ["3", None], "a number without a unit is a text that cannot be read"


def test_faults_of_a_catalogue_are_named():
    faults: list[Fault] = []
    mapping = catalogue('kind = "k"\ncategory_code = "h"')
    read_catalogue(batch(h=["", "1"], c=["a", ""], g=["x", ""], n=["y", ""], k=["wrong", ""]), mapping, faults)
    assert sorted(faults) == [
        Fault(2, "kind 'wrong' is not known; translate it in [values.kind]"),
        Fault(2, "no category_code"),
        Fault(3, "no category"),
        Fault(3, "no code"),
        Fault(3, "no name"),
    ]


# ---------------------------------------------------------------------------------------------------------------------
# Rosters


def posts(**columns: list[str]) -> RawBatch:
    n = max(map(len, columns.values()))
    return batch(**{name: columns.get(name, [""] * n) for name in "grpuab"})


def test_people_become_pseudonyms_and_vacancies_stay_vacancies():
    names = ["张三", "张　三", "张 三", "John  Smith", "空缺", "", "/"]
    rows = read_roster(posts(g=["g"] * 7, r=["网格长"] * 7, p=names), roster(), DAY, []).to_pylist()
    assert len({r["person"] for r in rows[:3]}) == 1, "blanks that line names up are no part of them"
    assert all(r["person"].startswith("p:") for r in rows[:4])
    assert [r["is_vacant"] for r in rows] == [False] * 4 + [True] * 3
    assert [r["person"] for r in rows[4:]] == [None] * 3
    assert {r["role"] for r in rows} == {"grid_leader"}
    for how, kept in (('[personal]\nperson = "drop"', False), ("[personal]", True)):
        rows = read_roster(posts(g=["g"], r=["巡查员"], p=["张三"]), roster(values=how), DAY, []).to_pylist()
        assert (rows[0]["person"] is not None) == kept
        assert rows[0]["is_vacant"] is False, "dropped is not vacant"


def test_faults_of_a_roster_are_named_and_name_nobody():
    faults: list[Fault] = []
    read_roster(
        posts(
            g=["", "g", "g", "g", "g"], r=["网格长", "村长", "", "巡查员", "信息员"], p=["甲", "乙", "丙", "丁、戊", "己"],
            a=["", "", "", "2026-02-01", "2025-05-01"], b=["soon", "", "", "", "2025-04-01"],
        ),
        roster(), DAY, faults,
    )  # fmt: skip
    assert sorted(faults) == [
        Fault(2, "no grid_code"),
        Fault(2, "valid_to is not a date"),
        Fault(3, "role '村长' is not known; translate it in [values.role]"),
        Fault(4, "no role"),
        Fault(5, "several people in one cell; write one row for each"),
        Fault(5, "the post begins on 2026-02-01, after the day of this roster, 2026-01-01"),
        Fault(6, "valid_to 2025-04-01 lies before valid_from 2025-05-01"),
    ]
    assert not [name for name in "甲乙丙丁戊己" if name in str(faults)]


def test_a_post_that_ended_before_the_day_is_past_and_on_its_last_day_it_is_not():
    rows = read_roster(
        posts(g=["g"] * 2, r=["巡查员"] * 2, b=["2025-12-31", "2026-01-01"]), roster(), DAY, []
    ).to_pylist()
    assert [r["is_past"] for r in rows] == [True, False]
    assert rows[1]["until_on"] == DAY


# --- spells: whatever the order of the rosters, each day shows the roster that was of it or last before it ---

days = st.integers(0, 6).map(lambda n: DAY + timedelta(days=n))
held = st.sets(st.sampled_from("abcd"), max_size=4)


def post(who: str) -> Post:
    return Post("g", "patroller", who, False, None, None, None)


def spells_of(rosters: list[tuple[date, set[str]]]) -> set[Spell]:
    spells: set[Spell] = set()
    known: set[date] = set()
    for day, people in rosters:
        spells = with_list(spells, known - {day}, day, map(post, people))
        known.add(day)
    return spells


@given(st.lists(st.tuples(days, held), max_size=8))
def test_on_each_day_those_hold_posts_whom_the_last_roster_before_it_names(rosters):
    spells, by_day = spells_of(rosters), dict(rosters)
    for day in (DAY + timedelta(days=n) for n in range(-1, 9)):
        last = max((known for known in by_day if known <= day), default=None)
        assert {s.said.person for s in spells if s.covers(day)} == (by_day[last] if last else set())
    for one in spells:
        assert one.end is None or one.begin < one.end
        assert not [s for s in spells if s.said == one.said and s.begin == one.end], "spells that meet are one"


@given(st.lists(st.tuples(days, held), max_size=6, unique_by=lambda roster: roster[0]), st.randoms())
def test_the_order_in_which_rosters_come_does_not_matter(rosters, random):
    shuffled = random.sample(rosters, len(rosters))
    assert spells_of(shuffled) == spells_of(rosters) == spells_of(rosters + rosters[:1])
