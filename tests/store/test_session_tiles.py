"""Tiles of sessions: the lines of the question where they lie, nobody's and of no time, and no tile is large.

The judge takes each line of the question by itself: whether it comes into the tile, and how far what is drawn lies from it.
"""

import math
import random
from datetime import date, timedelta

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import gridgov as gg
from gridgov.errors import QuestionError, UnknownScope
from gridgov.questions import session_tiles
from tests.support import examples, load_city, new_code, point
from tests.support_mvt import lines
from tests.support_patrols import wanderings
from tests.support_tracks import load_fixes, local, walk

FIRST = date(2026, 3, 23)
LAST = FIRST + timedelta(9)


def town_of(folder, rows) -> gg.Town:
    code = new_code()
    load_city(folder, code)
    load_fixes(folder, code, rows, name=code)
    return gg.open(code)


def on_map(shape, zoom):
    """Places as shares of the map, in tiles of a zoom: column and row with their fractions."""

    def placed(xy):
        y = np.radians(xy[:, 1])
        rows = (1 - np.log(np.tan(y) + 1 / np.cos(y)) / math.pi) / 2
        return np.column_stack([(xy[:, 0] + 180) / 360, rows]) * 2**zoom

    return shapely.transform(shapely.force_2d(shape), placed)


@examples(2)
@given(seed=st.integers(0, 10**6), data=st.data())
def test_a_tile_holds_the_lines_of_the_question_that_come_into_it(database, tmp_path, seed, data):
    town = town_of(tmp_path, wanderings(seed, FIRST, 10))
    for scope in (None, data.draw(st.sampled_from(["1", "2", "12"]))):
        since = FIRST + timedelta(data.draw(st.integers(0, 6)))
        window = {
            "scope": scope,
            "since": since,
            "until": since + timedelta(data.draw(st.integers(0, 6))),
            "as_of": LAST,
        }
        told = town.ask("patrol_sessions", limit=1_000, **window).frame
        kept = told[told.geometry.notna()]
        for zoom in (0, 11, 13, 15):
            ways = on_map(kept.geometry.to_numpy(), zoom)
            if not len(ways):
                continue
            corner = shapely.get_coordinates(ways)[
                data.draw(st.integers(0, 10**6)) % len(shapely.get_coordinates(ways))
            ]
            x, y = (int(part) for part in np.floor(corner))
            inside = shapely.box(x - 1 / 64, y - 1 / 64, x + 1 + 1 / 64, y + 1 + 1 / 64)
            tile = town.session_tile(zoom, x, y, **window)
            drawn = [shapely.MultiLineString([np.add(part, (x, y)) for part in parts]) for parts in lines(tile.content)]
            assert tile.n == len(drawn)
            off = 1.5 / 512  # what is simplified, and put on the grid of the tile
            surely = [way for way in ways if shapely.intersection(way, inside.buffer(-off)).length > 4 * off]
            perhaps = [way for way in ways if way.intersects(inside.buffer(off))]
            assert len(surely) <= len(drawn) <= len(perhaps)
            every = shapely.union_all(perhaps).buffer(off)
            assert all(every.covers(line) for line in drawn)
            seen = shapely.union_all(drawn).buffer(off)
            assert all(seen.covers(shapely.intersection(way, inside.buffer(-off))) for way in surely)


def test_far_out_some_are_drawn_by_lot_the_same_in_every_tile(database, tmp_path, monkeypatch):
    """A line over the edge of two tiles is in both or in neither; the zoom that has room for all shows all."""
    x, y = (int(part) for part in np.floor(shapely.get_coordinates(on_map(shapely.Point(point(1.5, 1.5)), 14))[0]))
    lon, lat = -180 + x / 2**14 * 360, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (y + 0.5) / 2**14))))
    (west, south), (east, north) = point(0, 0), point(1, 1)
    edge = ((lon - west) / (east - west), (lat - south) / (north - south))
    rows = []
    for k in range(40):
        start = (edge[0] - 0.05, edge[1] + k / 400)
        rows += walk(f"d{k}", local(FIRST, 8), 12 + k % 5, start=start, step=(20, 0), person=f"p{k}", mode="walk")
    town = town_of(tmp_path, rows)
    window = {"since": FIRST, "until": FIRST, "as_of": LAST}
    assert town.session_tile(14, x - 1, y, **window).n == town.session_tile(14, x, y, **window).n == 40
    monkeypatch.setattr(session_tiles, "MOST_LINES", 1)  # sixteen of the forty at zoom 14, about
    drawn = [lines(town.session_tile(14, column, y, **window).content) for column in (x - 1, x)]
    assert 0 < len(drawn[0]) == len(drawn[1]) < 40
    heights = [sorted(part[0][1] for parts in tile for part in parts) for tile in drawn]
    assert heights[0] == pytest.approx(heights[1], abs=0.01)
    assert town.session_tile(16, 4 * x, 4 * y + 2, **window).n > 0
    monkeypatch.setattr(session_tiles, "FAR", 9)
    assert town.session_tile(14, x, y, **window).n == 40
    monkeypatch.setattr(session_tiles, "MOST_BYTES", 100)
    least = town.session_tile(14, x, y, **window)
    assert 0 < least.n < 5 and len(least.content) <= 150


def test_no_tile_is_larger_than_200_kb_even_before_it_is_packed(database, tmp_path):
    """Lines as ragged as can be, of which none becomes simpler."""
    chance, rows = random.Random(3), []
    for k in range(30):
        places = [(chance.uniform(0.1, 2.9), chance.uniform(0.1, 2.9)) for _ in range(3)]
        for j, start in enumerate(places):
            step = (chance.uniform(-25, 25), chance.uniform(-25, 25))
            begin = local(FIRST, 8 + 4 * j)
            rows += walk(f"d{k}", begin, 200, start=start, step=step, person=f"p{k}", mode="walk")
    town = town_of(tmp_path, rows)
    for zoom in (0, 9, 12, 14):
        x, y = (
            int(part) for part in np.floor(shapely.get_coordinates(on_map(shapely.Point(point(1.5, 1.5)), zoom))[0])
        )
        assert len(town.session_tile(zoom, x, y, since=FIRST, until=FIRST, as_of=LAST).content) <= 200_000


def test_what_is_no_tile_of_sessions_is_refused_with_a_sentence(database, tmp_path):
    town = town_of(tmp_path, wanderings(1, FIRST, 2))
    with pytest.raises(QuestionError, match="There is no tile"):
        town.session_tile(3, 0, 8)
    with pytest.raises(UnknownScope):
        town.session_tile(0, 0, 0, scope="nowhere")
    with pytest.raises(QuestionError, match="comes after"):
        town.session_tile(0, 0, 0, since="2026-05-01", as_of=LAST)
    assert town.session_tile(12, 0, 0, as_of=LAST).content == b""
