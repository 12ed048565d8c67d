"""What was covered is a union, to the last cell: a village's of its grids', a week's of its days', in store and as asked."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import example, given
from hypothesis import strategies as st

import gridgov as gg
from tests.support import examples, load_city, new_code, query
from tests.support_patrols import wanderings
from tests.support_tracks import load_fixes

MONDAY = date(2026, 3, 23)
N_DAYS = 21
LAST = MONDAY + timedelta(N_DAYS - 1)

Sets = dict[Any, dict[tuple[int, int], int]]
"""Cells as one large number a block, by owner."""


def cells(statement: str, town: str) -> Sets:
    """The sets of cells that a query tells: owner, block_row, block_col, bits."""
    found: Sets = {}
    for row in query(statement, town).itertuples():
        place = (row.block_row, row.block_col)
        held = found.setdefault(row.owner, {})
        held[place] = held.get(place, 0) | int.from_bytes(row.bits, "little")
    return found


def united(*sets: dict[tuple[int, int], int]) -> dict[tuple[int, int], int]:
    whole: dict[tuple[int, int], int] = {}
    for each in sets:
        for place, bits in each.items():
            whole[place] = whole.get(place, 0) | bits
    return whole


def m2(one: dict[tuple[int, int], int], other: dict[tuple[int, int], int]) -> int:
    """Square metres of the cells that two sets share."""
    return 25 * sum((bits & other.get(place, 0)).bit_count() for place, bits in one.items())


@example(seed=4)
@given(seed=st.integers(0, 10**6))
@examples(2)
def test_every_window_and_level_is_a_union(database: str, tmp_path: Path, seed: int) -> None:
    town = new_code()
    load_city(tmp_path, town)
    load_fixes(tmp_path, town, wanderings(seed, MONDAY, N_DAYS), name=town)
    of_town = "JOIN gridgov.town t ON t.id = s.town_id WHERE t.code = %s"
    of_grid = "JOIN gridgov.grid g ON g.id = s.grid_id"
    land = cells(
        f"SELECT g.code AS owner, block_row, block_col, bits FROM gridgov.land_cells s {of_grid} {of_town}", town
    )
    days = cells(f"SELECT day_on AS owner, block_row, block_col, bits FROM gridgov.swept_day s {of_town}", town)
    workers = cells(f"SELECT day_on AS owner, block_row, block_col, bits FROM gridgov.swept s {of_town}", town)
    assert days == workers, "the town's day is the union of its workers'"
    whole = united(*land.values())
    assert m2(whole, whole) == sum(m2(one, one) for one in land.values()), "a cell is one grid's"

    asked = gg.open(town)
    levels = {
        "grid": land,
        "district": {d: united(*(one for code, one in land.items() if code[0] == d)) for d in "123"},
        "town": {town: whole},
    }
    for period, step in (("day", 1), ("week", 7)):
        for level, grids in levels.items():
            rows = pd.DataFrame(asked.ask("coverage", by=[period, level], since=MONDAY, as_of=LAST).frame)
            told = rows[rows["grid_code"].notna()].set_index(["period_on", "grid_code"])["swept_m2"]
            expected = {}
            for n in range(0, N_DAYS, step):
                begin = MONDAY + timedelta(n)
                seen = united(*(days.get(begin + timedelta(k), {}) for k in range(step)))
                expected |= {(begin, code): m2(seen, grid) for code, grid in grids.items()}
            assert told.to_dict() == expected
