"""The page of the situation as plain functions: any day of the time machine is the backlog of that day, in the same colours."""

import json
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dash_app.app import app
from dash_app.asking import asks, published
from dash_app.asking.state import SHADES, State
from dash_app.pages import situation
from dash_app.parts import changes, situation_lists, situation_map, time_machine
from dash_app.parts.situation_charts import show_bars, show_flow, show_worst
from gridgov import figures
from gridgov.figures.days import LIGHTS
from tests.conftest import Shared
from tests.support import load_city, load_exposure, new_code, point
from tests.support_ledgers import BEGIN, case, load_cases, stamp

HEAD = ("no", "at", "closed", "due", "state", "track", "what", "channel", "x", "y")
LAST = BEGIN.date() + timedelta(60)


def load_sixty_days(folder: Path, town: str, n: int = 200, has_deadlines: bool = True) -> None:
    """Cases of sixty days, closed ones, with deadlines, one of eleven without coordinates."""
    chance, rows = random.Random(3), []
    for k in range(n):
        at = BEGIN + timedelta(hours=chance.randrange(60 * 24 - 30))
        x, y = point(3 * chance.random(), 3 * chance.random()) if k % 11 else ("", "")
        due = {"due": stamp(at + timedelta(hours=chance.choice([24, 120])))} if has_deadlines else {}
        end = min(at + timedelta(hours=chance.randrange(1, 400)), BEGIN + timedelta(days=60))
        rows.append(case(f"C{k}", at, what=chance.choice(["road", "water"]), state="closed", closed=stamp(end), x=x, y=y,
                         channel=chance.choice(["hotline", "worker"]), **due))  # fmt: skip
    load_cases(folder, town, rows, HEAD)


@pytest.fixture(scope="module")
def town(shared: Shared) -> State:
    code = new_code()
    load_city(shared.folder, code)
    load_sixty_days(shared.folder, code)
    people = [{"grid": f"{r}{c}", "on": "2026-01-01", "people": 100 * r + 50 * c} for r in (1, 2, 3) for c in (1, 2, 3)]
    load_exposure(shared.folder, code, people[1:], ("grid", "on", "people"))
    return State(town=code, as_of=(LAST - timedelta(20)).isoformat(), level="grid", lang="zh")


def _days(state: State) -> dict[str, Any]:
    address = situation_map.days_of(state)
    assert address is not None
    return dict(json.loads(published.shapes_text(address.removeprefix("/shapes/").removesuffix(".json")) or ""))


@pytest.mark.parametrize("scope", [None, "2"])
def test_a_day_of_the_time_machine_is_the_backlog_of_that_day(town: State, scope: str | None) -> None:
    state = town.but(scope=scope).but(level="grid")
    told = _days(state)
    assert len(told["days"]) == situation_map.N_DAYS and told["days"][-1] == asks.latest(state)[:10]
    for k in random.Random(1).sample(range(30, len(told["days"])), 8):
        then = state.but(as_of=told["days"][k])
        whole = asks.ask(then, "backlog").rows()[0]
        assert [told["lights"][name][k] for name in LIGHTS] == [whole[name] for name in LIGHTS]
        grids = asks.ask(then, "backlog", by="grid").frame.dropna(subset="grid_code").set_index("grid_code")
        for name in ("n_open", "n_overdue"):
            assert dict(zip(told["codes"], told["grids"][name][k], strict=True)) == grids[name].to_dict()
        top = grids[grids["n_open"] > 0].sort_values(["n_overdue", "n_open"], ascending=False, kind="stable")
        assert [told["codes"][i] for i in told["top"][k]] == list(top.index[:8])


@pytest.mark.parametrize("shade", ["n_overdue", "n_open", "overdue_share", "n_open_per"])
def test_the_colours_of_a_day_are_those_of_the_map_as_of_it(town: State, shade: str) -> None:
    state = town.but(shade=shade)
    told = _days(state)
    for k in (40, 55, 77, 89):
        figure = situation.show_map(state.but(as_of=told["days"][k]))[1]
        trace = figure.data[0]
        steps = [colour for _, colour in trace.colorscale[::2]]
        drawn = [steps[int(z - trace.zmin)] for z in trace.z]
        shown = [told["colours"][c] for c in told["classes"][k]]
        assert dict(zip(trace.locations, drawn, strict=True)) == dict(zip(told["codes"], shown, strict=True)), (
            shade,
            k,
        )


def test_days_are_the_same_address_wherever_in_them_one_looks_and_another_for_other_cases(town: State) -> None:
    here = situation_map.days_of(town)
    assert situation_map.days_of(town.but(as_of=(LAST - timedelta(3)).isoformat())) == here
    assert situation_map.days_of(town.filtered("category", "road")) != here
    since, until = situation_map.span(town.but(as_of=(LAST - timedelta(200)).isoformat()))
    assert since <= LAST - timedelta(200) <= until and (until - since).days + 1 == situation_map.N_DAYS


def test_the_slider_and_the_lists_lead_there(town: State) -> None:
    last = asks.latest(town)[:10]
    assert time_machine.choose_day("2026-04-01", town) == town.but(as_of="2026-04-01")
    assert time_machine.choose_day(last, town) == town.but(as_of=None)
    assert time_machine.click_top({"rowId": "11"}, town) == town.but(scope="11")
    data, is_hidden, _ = time_machine.show_days(town)
    assert not is_hidden and data["at"] == (date.fromisoformat(str(town.as_of)) - situation_map.span(town)[0]).days
    grid = {"points": [{"location": "12"}]}
    spot = {"points": [{"location": "patch 1", "customdata": ["", "21"]}]}
    assert situation.click_map(grid, town) == town.but(scope="12")
    assert situation.click_map(spot, town) == town.but(scope="21")


def test_every_shade_is_drawn_and_says_what_it_is(town: State) -> None:
    offered = situation_map.shades(town)
    assert offered == [shade for shade in SHADES if shade not in ("covered_share", "idle_mean_days")]  # no tracks here
    for shade in offered:
        shown = situation_map.map_of(town.but(shade=shade))
        assert shown is not None and shown.shade == shade and shown.measure in shown.rows
    more = situation_map.map_of(town.but(shade="n_open_more", period="week"))
    assert more is not None
    rows = pd.DataFrame(more.rows).set_index("grid_code")
    assert (rows["n_open"] - rows["n_open_previous"]).tolist() == rows["n_open_more"].tolist()
    assert situation_map.map_of(town.but(shade="covered_share")).shade == "n_overdue"  # type: ignore[union-attr]


def test_what_changed_is_the_difference_of_two_days(town: State) -> None:
    then = town.but(as_of=str(date.fromisoformat(str(town.as_of)) - timedelta(1)))
    now, before = (asks.ask(state, "backlog").rows()[0] for state in (town, then))
    said = str(changes.sentences(town))
    assert f"在办 {changes.signed(now['n_open'] - before['n_open'])}(" in said
    if now["n_overdue"] != before["n_overdue"]:
        assert f"超期 {changes.signed(now['n_overdue'] - before['n_overdue'])}" in said


def test_the_numbers_lead_to_their_cases(town: State) -> None:
    parts = _numbers(town)
    assert len(parts) == 7
    links = [part.children[1].children for part in parts[:6]]
    assert all(town.town in link.href for link in links)  # type: ignore[operator]
    values = [link.children for link in links]
    row = asks.ask(town, "backlog").rows()[0]
    assert values[1:3] == [str(row["n_open"]), str(row["n_overdue"])]


@pytest.mark.parametrize("kind", ["no deadlines, no people", "no cases"])
def test_a_town_with_less_has_the_same_page(database: str, tmp_path: Path, kind: str) -> None:
    code = new_code()
    load_city(tmp_path, code)
    if kind != "no cases":
        load_sixty_days(tmp_path, code, has_deadlines=False)
    for lang in ("zh", "en"):
        as_of = None if kind == "no cases" else (LAST - timedelta(20)).isoformat()
        state = State(town=code, as_of=as_of, lang=lang, hot=True, points=True, walks=True)
        assert len(_numbers(state)) == 7
        figure = situation.show_map(state)[1]
        assert figure.data[0].type == "choroplethmap"
        shown = situation_map.map_of(state.but(shade="n_open_per"))
        assert shown is not None
        assert shown.measure == "n_open_per_km2"  # no people are known of
        assert situation_map.shades(state)[0] == ("n_overdue" if kind == "no cases" else "n_open")
        for show in (
            situation_lists.show_changes,
            situation_lists.show_standouts,
            show_bars,
            show_flow,
            show_worst,
            time_machine.show_top,
        ):
            assert show(state) is not None
        assert not time_machine.show_days(state)[1]


def test_a_town_without_grids_has_no_days(database: str, tmp_path: Path) -> None:
    code = new_code()
    load_sixty_days(tmp_path, code, 20)
    state = State(town=code)
    assert time_machine.show_days(state)[1] is True
    assert situation_map.map_of(state) is None
    assert changes.standouts(state) is None
    assert "failed" not in str(situation_lists.show_standouts(state))


def test_days_of_nothing() -> None:
    whole = pd.DataFrame({"period_on": ["2026-01-01"], **{name: [0] for name in LIGHTS}})
    empty = pd.DataFrame({name: [] for name in ("period_on", "grid_code", "n_open", "n_overdue", "n_with_deadline")})
    told = figures.days(empty, whole, {"a": "A", "b": "<b>"}, "n_open")
    assert told["top"] == [[]] and told["grids"]["n_open"] == [[0, 0]] and told["classes"] == [[0, 0]]
    assert told["names"] == ["A", "&lt;b&gt;"]


def _numbers(state: Any) -> list[Any]:
    """The numbers on top of the situation, of all groups."""
    from dash_app.pages import situation

    groups = (situation.show_moving, situation.show_deadlines, situation.show_beside)
    return [part for group in groups for part in group(state)]


def test_what_was_reported_in_the_period_lies_over_the_map_as_points_or_as_tiles(town: State, monkeypatch: Any) -> None:
    state = town.but(points=True, mapped="reported", period="month")
    placed = {"place_status": ["located", "outside"]}
    n = int(asks.of_period(state, "flow", where=placed).frame["n_reported"].sum())
    with app.server.test_request_context("/"):
        head, figure = situation.show_map(state)
        drawn = {tuple(place) for trace in figure.data[1:] for place in zip(trace.lon, trace.lat, strict=True)}
        assert 0 < len(drawn) <= n and "cases" not in figure.layout.map.style["sources"]
        listed = asks.of_period(state, "cases", behind="flow.n_reported", where=placed).frame
        assert len(listed) == n
        assert drawn == {(x, y) for x, y in zip(listed.geometry.x.round(6), listed.geometry.y.round(6), strict=True)}
        assert "上报" in str(head)

        monkeypatch.setattr(asks, "MAX_POINTS", n - 1)
        figure = situation.show_map(state)[1]
        assert len(figure.data) == 1
        (address,) = figure.layout.map.style["sources"]["cases"]["tiles"]
        assert address.startswith("/tiles/reported/{z}/{x}/{y}.mvt?") and f"town={state.town}" in address

        assert situation_map.mapped(state.with_filter("state", ["closed"])) == "open"  # none yet when it is reported
