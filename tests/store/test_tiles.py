"""Tiles of cases: their counts are those of `ask`, each stands where its cases are, and no tile is large.

The judge takes each case by itself: which tile it lies in, and in which cell of it, from the formula of the web map.
"""

import gzip
import random
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

import gridgov as gg
from gridgov.errors import QuestionError, UnknownScope
from gridgov.questions.tiles import MAX_ZOOM, Kind
from gridgov.store import database as door
from gridgov.store import migrate, tiles
from gridgov.store.database import reading
from tests.support import examples, load_city, new_code, point, query, square
from tests.support_ledgers import (
    BEGIN,
    PLACED,
    case,
    kept,
    ledger_of,
    load_cases,
    load_events,
    load_register,
    rebuild,
    report_of,
)
from tests.support_mvt import fields, place, varints

Cell = tuple[int, int]
PLACED_ONES = ["located", "outside"]


# --- reading a tile, and where a case belongs -----------------------------------------------------------------------------


def points(content: bytes) -> dict[Cell, dict[str, int]]:
    """The points of the layer `cases` of a tile: column and row of the cell, and what is counted there."""
    found = {}
    for _, layer in fields(content):
        parts = list(fields(layer))
        assert dict(parts)[1] == b"cases" and dict(parts)[5] == 4096
        keys = [value.decode() for number, value in parts if number == 3]
        values = [next(fields(value))[1] for number, value in parts if number == 4]
        for number, feature in parts:
            if number == 2:
                told = dict(fields(feature))
                tags, (_, x, y) = varints(told[2]), varints(told[4])
                column, row = ((x >> 1) - 16) / 32, ((y >> 1) - 16) / 32
                assert column == int(column) and row == int(row)
                pairs = zip(tags[::2], tags[1::2], strict=True)
                found[int(column), int(row)] = {keys[k]: values[v] for k, v in pairs}
    return found


def cells_of(town: gg.Town, kind: Kind, z: int, at: set[Cell], **asked: Any) -> dict[Cell, dict[str, int]]:
    """What the tiles there say of their cells; column and row of each on the whole map."""
    found = {}
    told = town.found(kind, **asked)
    for x, y in at:
        tile = town.tile_of(told, z, x, y)
        inside = points(tile.content)
        assert sum(cell["n"] for cell in inside.values()) == tile.n
        found |= {(128 * x + column, 128 * y + row): counts for (column, row), counts in inside.items()}
    return found


def total(cells: dict[Cell, dict[str, int]]) -> Counter[str]:
    """All that is counted."""
    return sum((Counter(counts) for counts in cells.values()), Counter())


# --- a town ---------------------------------------------------------------------------------------------------------------


def loaded(folder: Path, seed: int) -> tuple[gg.Town, dict[str, tuple[float, float]]]:
    """Cases in, on the edge of, and out of grids, months of them; grids drawn anew, two lines made one. And where they are."""
    town, lives, chance = new_code(), ledger_of(50, seed, ahead=4), random.Random(seed)
    rows, places = [], {}
    for k, (no, life) in enumerate(lives.items()):
        row = case(no, report_of(life), what=chance.choice(["road", "tree"]), line=chance.choice("RS"))
        if chance.random() < 0.85:
            places[no] = point(chance.random() * 4, chance.random() * 3) if k % 4 else point(0.5, 0.5)
            row |= dict(zip("xy", map(str, places[no]), strict=True))
        rows.append(row)
    for k in range(40):  # months of what was done on the spot
        at = BEGIN - timedelta(days=chance.randrange(150), seconds=chance.randrange(86_400))
        row = case(f"F{k}", at, what="road") | {"track": "self_handled", "state": "closed"}
        row["closed"] = f"{at + timedelta(hours=1):%Y-%m-%d %H:%M:%S}"
        places[f"F{k}"] = point(chance.random() * 4, chance.random() * 3)
        rows.append(row | dict(zip("xy", map(str, places[f"F{k}"]), strict=True)))
    load_city(folder, town)
    half = len(rows) // 2
    load_cases(folder, town, rows[:half], PLACED)
    events = sorted((row for life in lives.values() for row in life), key=lambda row: row["at"])
    load_events(folder, town, [e for e in events if int(e["no"][1:]) < half])
    load_register(folder, town, "lines", [("R", "Roads"), ("S", "Roads too")])
    drawn_anew = {"11": square(0, 0, 2, 2), "12": square(2, 0, 2, 3), "21": square(0, 2, 2, 0.5)}
    load_city(folder, town, drawn_anew, replace=True)
    load_cases(folder, town, rows[half:], PLACED)
    load_events(folder, town, [e for e in events if int(e["no"][1:]) >= half])
    return gg.open(town), places


# --- laws -----------------------------------------------------------------------------------------------------------------


@examples(4)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_tiles_of_any_town_tell_its_cases_as_ask_does(database, tmp_path, seed, data):
    town, places = loaded(tmp_path, seed)
    each_case_that_was_reported_stands_in_its_cell_at_every_zoom(town, places, data)
    tiles_say_what_ask_says_whatever_is_asked_for(town, places, data)
    open_cases_stand_where_the_list_has_them_with_its_filters(town, places)
    the_pyramid_is_the_count_of_the_cases_whatever_the_loads(town, places)


def each_case_that_was_reported_stands_in_its_cell_at_every_zoom(
    town: gg.Town, places: dict[str, tuple[float, float]], data: st.DataObject
) -> None:
    told = query(
        "SELECT c.case_no, f.opened_at FROM gridgov.case_fact f JOIN gridgov.case_record c ON c.id = f.case_id"
        " JOIN gridgov.town t ON t.id = c.town_id WHERE t.code = %s", town.code,
    )  # fmt: skip
    reported = pd.to_datetime(told.set_index("case_no")["opened_at"]).dt.tz_convert("Asia/Shanghai").dt.date
    last = max(reported)
    for zoom in [*data.draw(st.lists(st.integers(0, MAX_ZOOM), min_size=4, max_size=4, unique=True)), 10, 15]:
        since = last - timedelta(data.draw(st.integers(0, 230)))
        until = since + timedelta(data.draw(st.integers(0, 230)))
        chosen = [at for no, at in places.items() if since <= reported[no] <= until]
        wanted = Counter(place(*at, zoom + 7) for at in chosen)
        every = {place(*at, zoom) for at in places.values()}
        cells = cells_of(town, "reported", zoom, every, since=since, until=until, as_of=max(last, until))
        assert {cell: counts["n"] for cell, counts in cells.items()} == wanted


def tiles_say_what_ask_says_whatever_is_asked_for(
    town: gg.Town, places: dict[str, tuple[float, float]], data: st.DataObject
) -> None:
    zoom = data.draw(st.sampled_from([9, 12, 14, 16]))
    every = {place(*at, zoom) for at in places.values()}
    filters = [{}, {"category": "road"}, {"track": "self_handled"}, {"district": "1"}, {"place_status": "outside"}]
    for where in filters:
        scope = data.draw(st.sampled_from([None, "1", "12", town.code]))
        as_of = BEGIN + timedelta(days=data.draw(st.integers(-60, 60)), hours=data.draw(st.integers(0, 24)))
        day = data.draw(st.sampled_from([as_of, as_of.date()]))
        placed = {**where, "place_status": where.get("place_status", PLACED_ONES)}
        asked = {"scope": scope, "as_of": day}

        backlog = town.ask("backlog", where=placed, **asked).frame.iloc[0]
        found = total(cells_of(town, "open", zoom, every, where=where, **asked))
        assert found["n"] == backlog["n_open"]
        names = {"overdue": "n_overdue", "yellow": "n_yellow", "grey": "n_grey"}
        assert {name: found[name] for name in names} == {name: backlog[n] for name, n in names.items()}

        since = as_of.date() - timedelta(data.draw(st.integers(0, 120)))
        flow = town.ask("flow", where=placed, since=since, **asked).frame
        found = total(cells_of(town, "reported", zoom, every, where=where, since=since, **asked))
        assert found["n"] == flow["n_reported"].sum()


def open_cases_stand_where_the_list_has_them_with_its_filters(
    town: gg.Town, places: dict[str, tuple[float, float]]
) -> None:
    as_of = BEGIN.date() + timedelta(15)
    for where in ({"light": "red"}, {"overdue": True}, {"stage": "handle"}, {"light": ["yellow", "grey"]}):
        listed = town.ask("cases", as_of=as_of, where={**where, "open": True, "place_status": PLACED_ONES}).frame
        wanted = Counter(place(*places[no], 24) for no in listed["case_no"])
        every = {place(*at, 17) for at in places.values()}
        cells = cells_of(town, "open", 17, every, as_of=as_of, where=where)
        assert {cell: counts["n"] for cell, counts in cells.items()} == wanted


def the_pyramid_is_the_count_of_the_cases_whatever_the_loads(
    town: gg.Town, places: dict[str, tuple[float, float]]
) -> None:
    """At every zoom and in every month and grid it holds each case with coordinates once, and a rebuild makes the same."""
    of_town = "JOIN gridgov.town t ON t.id = {}.town_id WHERE t.code = %s"
    counted = query(
        "SELECT m.zoom, m.month_on, m.grid_id, (SELECT sum(n) FROM unnest(m.counts) n)::int AS n, array_length(m.cells, 1) AS k,"
        f" array_length(m.counts, 1) AS l, 0 = ANY(m.counts) AS is_idle FROM gridgov.tile_month m {of_town.format('m')}",
        town.code,
    )
    assert (counted["k"] == counted["l"]).all() and not counted["is_idle"].any()
    plain = query(
        "SELECT date_trunc('month', f.opened_at AT TIME ZONE 'Asia/Shanghai')::date AS month_on,"
        " coalesce(c.grid_id, -1) AS grid_id, count(*)::int AS n"
        " FROM gridgov.case_record c JOIN gridgov.case_fact f ON f.case_id = c.id"
        f" {of_town.format('c')} AND c.geom IS NOT NULL GROUP BY 1, 2",
        town.code,
    )
    assert plain["n"].sum() == len(places)
    wanted = plain.set_index(["month_on", "grid_id"])["n"].sort_index()
    for zoom in tiles.ZOOMS:
        found = counted[counted["zoom"] == zoom].groupby(["month_on", "grid_id"])["n"].sum()
        pd.testing.assert_series_equal(found, wanted)
    before = kept(town.code, "pixel", "tile")
    rebuild(town.code)
    assert kept(town.code, "pixel", "tile") == before


# --- the edges ------------------------------------------------------------------------------------------------------------


def test_a_database_that_was_made_before_maps_is_filled_by_an_upgrade(database, tmp_path):
    """Also one whose filling died, whatever was loaded since."""
    town, _ = loaded(tmp_path, 3)
    wanted = kept(town.code, "pixel", "tile")
    assert wanted["pixel"] and wanted["tile"]
    with door.writing() as connection:
        connection.exec_driver_sql("TRUNCATE gridgov.case_pixel, gridgov.tile_month")
        assert tiles.unfilled(connection)
    load_cases(tmp_path, town.code, [case("new", BEGIN, x="120.31", y="31.71")], PLACED)
    with reading() as connection:
        assert tiles.unfilled(connection)
    migrate.upgrade()
    with reading() as connection:
        assert not tiles.unfilled(connection)
    found = kept(town.code, "pixel", "tile")
    assert [row for row in found["pixel"] if "'new'" not in row] == wanted["pixel"]
    assert len(found["pixel"]) == len(wanted["pixel"]) + 1
    rebuild(town.code)
    assert kept(town.code, "pixel", "tile") == found


DAMAGES = {
    "a case is kept elsewhere": "UPDATE gridgov.case_pixel SET pixel = pixel # 4096 WHERE case_id = (SELECT max(id) FROM "
    "gridgov.case_record WHERE geom IS NOT NULL AND town_id = {town})",
    "a case is kept at another time": "UPDATE gridgov.case_pixel SET reported_at = reported_at + interval '1 day' "
    "WHERE case_id = (SELECT max(id) FROM gridgov.case_record WHERE geom IS NOT NULL AND town_id = {town})",
    "a case is not kept": "DELETE FROM gridgov.case_pixel WHERE case_id = (SELECT min(case_id) FROM gridgov.case_pixel "
    "WHERE town_id = {town})",
    "a month lacks a tile": "DELETE FROM gridgov.tile_month WHERE ctid = (SELECT ctid FROM gridgov.tile_month "
    "WHERE town_id = {town} AND zoom = 10 LIMIT 1)",
    "cases stand in other cells": "UPDATE gridgov.tile_month SET cells[1] = -1 WHERE town_id = {town} AND zoom = 15",
}


def test_the_doctor_finds_maps_that_do_not_count_what_the_cases_say(database, tmp_path):
    town, _ = loaded(tmp_path, 5)
    town_id = int(query("SELECT id FROM gridgov.town WHERE code = %s", town.code)["id"].iloc[0])
    with reading() as connection:
        assert town.code not in tiles.wrong(connection)
    for what, damage in DAMAGES.items():
        with door.engine().connect() as connection, connection.begin() as undone:
            connection.exec_driver_sql("SET LOCAL search_path = gridgov, gridgov_api, public")
            assert connection.exec_driver_sql(damage.format(town=town_id)).rowcount, what
            assert town.code in tiles.wrong(connection), what
            undone.rollback()


def test_what_is_no_tile_and_what_no_tile_can_say_is_refused_with_a_sentence(database, tmp_path, monkeypatch):
    town, _ = loaded(tmp_path, 1)
    for z, x, y in ((0, 1, 0), (3, 0, 8), (MAX_ZOOM + 1, 0, 0), (-1, 0, 0), (2, -1, 0)):
        with pytest.raises(QuestionError, match="There is no tile"):
            town.tile("open", z, x, y)
    with pytest.raises(QuestionError, match="cannot be filtered by unit or state"):
        town.tile("reported", 0, 0, 0, where={"unit": "A"})
    with pytest.raises(QuestionError, match="nothing to filter by"):
        town.tile("open", 0, 0, 0, where={"colour": "red"})
    with pytest.raises(UnknownScope):
        town.tile("open", 0, 0, 0, scope="nowhere")
    monkeypatch.setattr(tiles, "PATIENCE_S", 0.001)
    with pytest.raises(tiles.TooMuch, match="Choose a shorter period"):
        town.tile("reported", 0, 0, 0, where={"category": "road"}, since="2025-01-01", as_of="2026-12-31")


def test_a_place_where_nothing_is_has_an_empty_tile(database, tmp_path):
    town, _ = loaded(tmp_path, 1)
    for kind in ("open", "reported"):
        tile = town.tile(kind, 12, 0, 0)
        assert (tile.content, tile.n) == (b"", 0)


@pytest.mark.parametrize("counts", [["n"], ["n", "overdue", "yellow", "grey"]])
def test_no_tile_is_larger_than_200_kb_on_the_wire(database, counts):
    """Every cell is taken, and the counts are as unlike as those of millions of cases can be."""
    chance = random.Random(7)
    drawn = [
        [1 + int(chance.expovariate(1 / 300))] + [chance.randrange(40) for _ in counts[1:]] for _ in range(128 * 128)
    ]
    values = ", ".join(f"({k}, {', '.join(map(str, row))})" for k, row in enumerate(drawn))
    rows = f"SELECT * FROM (VALUES {values}) AS v(cell, {', '.join(counts)})"
    text = "{% from 'tiles/_cells.sql' import encoded %}{{ encoded(rows, counts) }}"
    with reading() as connection:
        statement = door._templates().from_string(text).render(rows=rows, counts=", ".join(counts))
        tile = bytes(connection.execute(sa.text(statement)).one().tile)
    assert len(points(tile)) == 128 * 128
    assert len(gzip.compress(tile, 6)) <= 200_000
