"""Hotspots that come and go, and grids that report more: against what a slow reader counts from the same rows."""

import random
from collections import Counter
from datetime import timedelta

import pytest
import shapely

import gridgov as gg
from gridgov.errors import QuestionError
from tests.conftest import Shared
from tests.support import load_city, new_code, point
from tests.support_ledgers import BEGIN, Row, case, load_cases
from tests.support_tracks import load_fixes, walk

HEAD = ("no", "at", "closed", "due", "state", "track", "what", "which", "channel", "x", "y")
DAYS = 26 * 7
LAST = BEGIN.date() + timedelta(DAYS - 1)
GROWS, FADES = (0.52, 0.48), (2.42, 2.38)
MORE_PATROL = (1.5, 0.5)
"""In the grid 12 workers find three times as much in the last four weeks, and walk three times as long."""


def _case(no: str, place: tuple[float, float], day: float, channel: str = "worker", which: str = "road") -> Row:
    x, y = point(*place)
    return case(no, BEGIN.replace(hour=8) + timedelta(days=day), x=x, y=y, what="works", which=which, channel=channel)


@pytest.fixture(scope="module")
def town(shared: Shared) -> tuple[str, list[Row]]:
    """Half a year of cases of nine grids; one place that grows, one that fades, a grid that is patrolled more."""
    code, chance = new_code(), random.Random(5)
    load_city(shared.folder, code)
    rows = [
        _case(f"C{k}", (3 * chance.random(), 3 * chance.random()), chance.random() * (DAYS - 1),
              chance.choice(["worker", "worker", "hotline"]))
        for k in range(9_000)
    ]  # fmt: skip
    day = 0
    while day < DAYS - 1:
        for _ in range(round(14 * (day / DAYS) ** 4)):
            place = (GROWS[0] + 0.3 * chance.random(), GROWS[1] + 0.3 * chance.random())
            rows.append(
                _case(f"G{len(rows)}", place, day + chance.random(), chance.choice(["worker", "hotline"]), "stall")
            )
        for _ in range(round(8 * (1 - day / DAYS) ** 2)):
            place = (FADES[0] + 0.01 * chance.random(), FADES[1] + 0.01 * chance.random())
            rows.append(_case(f"F{len(rows)}", place, day + chance.random(), "hotline", "litter"))
        day += 1
    rows += [
        _case(f"M{k}", (1 + chance.random(), chance.random()), DAYS - 29 + 27 * chance.random()) for k in range(200)
    ]
    load_cases(shared.folder, code, rows, HEAD)
    fixes = []
    for day in range(DAYS - 84, DAYS):
        begin = BEGIN.replace(hour=0) + timedelta(days=day, hours=9)
        for column in range(3):
            minutes = 3 * 20 if column == 1 and day >= DAYS - 28 else 20
            start = (column + 0.2, 0.5)
            fixes += walk(f"d{column}", begin, minutes, start=start, step=(0.5, 0), person=f"p{column}", mode="walk")
    load_fixes(shared.folder, code, fixes)
    return code, rows


def test_what_grows_and_what_fades_is_found_where_it_is(town: tuple[str, list[Row]]) -> None:
    code, rows = town
    answer = gg.open(code).ask("emerging", as_of=LAST)
    told = answer.frame
    grows = told[told["change"].isin(["new", "growing"])]
    fades = told[told["change"].isin(["easing", "faded"])]
    assert len(fades) == 1
    assert set(grows["subcategory"]) == {"stall"}
    for spot, place, which, grid in ((grows.iloc[0], GROWS, "stall", "11"), (fades.iloc[0], FADES, "litter", "33")):
        assert spot["geom"].contains(shapely.Point(*point(place[0] + 0.005, place[1] + 0.005)))
        assert (spot["subcategory"], spot["grid_code"]) == (which, grid)
        assert spot["trend_q"] <= 0.05
    assert grows.iloc[0]["chance_q"] <= 0.05
    assert fades.iloc[0]["times_before"] < 0.8

    # A slow reader: the rows inside each outline, lately and before.
    late = (LAST - timedelta(27)).isoformat()
    for spot in told.itertuples():
        inside = [row for row in rows if spot.geom.covers(shapely.Point(row["x"], row["y"]))]
        lately = [row for row in inside if str(row["at"])[:10] >= late]
        assert spot.n_lately == len(lately)
        assert spot.n_lately_by_others == sum(row["channel"] != "worker" for row in lately)
        assert spot.before_n == pytest.approx((len(inside) - len(lately)) * 4 / 22)
    assert answer.to_json() == gg.open(code).ask("emerging", as_of=LAST).to_json()


def test_it_follows_the_scope_the_filter_and_the_day(town: tuple[str, list[Row]]) -> None:
    asked = gg.open(town[0])
    assert len(asked.ask("emerging", as_of=BEGIN.date() + timedelta(20)).frame) == 0
    assert "stall" not in set(asked.ask("emerging", as_of=LAST, scope="33").frame["subcategory"])
    only = asked.ask("emerging", as_of=LAST, where={"subcategory": "stall"})
    assert set(only.frame["subcategory"]) == {"stall"}
    assert only.meta["n_compared"] == asked.ask("emerging", as_of=LAST).meta["n_compared"]
    with pytest.raises(QuestionError, match="state"):
        asked.ask("emerging", where={"state": "closed"})


def test_growth_tells_what_grew_from_what_is_only_more_patrol(town: tuple[str, list[Row]]) -> None:
    code, rows = town
    answer = gg.open(code).ask("growth", by="grid", as_of=LAST)
    told = answer.frame.set_index("grid_code")
    assert told["reading"]["12"] == "only_patrol"
    assert told["reading"]["11"] == "grown"
    assert told["times_by_effort"]["33"] < 1
    assert told["patrol_h"]["12"] > 2.5 * told["patrol_h_before"]["12"]
    assert told["expected_n"].sum() == pytest.approx(told["n_lately"].sum())
    assert (answer.meta["since"], answer.meta["before_since"]) == tuple(str(LAST - timedelta(k)) for k in (27, 83))

    since, before = LAST - timedelta(27), LAST - timedelta(83)
    counted = Counter(
        (day >= since.isoformat(), row["channel"] == "worker")
        for row in rows
        if (day := str(row["at"])[:10]) >= before.isoformat()
    )
    assert told["n_lately"].sum() == counted[True, True] + counted[True, False]
    assert told["n_lately_by_others"].sum() == counted[True, False]
    assert told["before_n"].sum() == pytest.approx((counted[False, True] + counted[False, False]) / 2)


def test_where_patrols_before_are_not_known_the_others_say_what_grew(town: tuple[str, list[Row]]) -> None:
    """As of a time with patrols of a fortnight only: what goes by effort is null, and what workers alone report is told."""
    asked = gg.open(town[0])
    told = asked.ask("growth", by="grid", as_of=LAST, since=LAST - timedelta(55)).frame.set_index("grid_code")
    assert told["effort_q"].isna().all()
    assert told["patrol_h_before"].isna().all()
    assert told["reading"]["12"] in ("only_workers", "steady")
    with pytest.raises(QuestionError, match="level of grids"):
        asked.ask("growth", by="unit")
