"""The wall: what interrupts, as of when it speaks, who is on duty; the three views as plain functions."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_app.app import app  # noqa: F401  pages register with it
from dash_app.asking import asks, trees
from dash_app.asking.state import State
from dash_app.pages import wall as page
from dash_app.parts import duty, wall, wall_parts
from gridgov.errors import SettingsError
from tests.conftest import Shared
from tests.support import follow_rules, load_city, load_rows, new_code, point
from tests.support_ledgers import BEGIN, ZONE, event, ledger_of, load_events, stamp

AT = BEGIN + timedelta(days=12)
SOURCES = st.tuples(st.sampled_from("ab"), st.integers(0, 9))


def red(no: str, late_h: float = 1.0, source: str = "s", **more: Any) -> dict[str, Any]:
    told = {"category": "road", "subcategory": "hole", "parent_code": None, "grid_name": None, "unit": "A"}
    return {"source": source, "case_no": no, "late_h": late_h, "place_status": "unlocated", **told, **more}


# --- what interrupts ----------------------------------------------------------------------------------------------------


@given(before=st.sets(SOURCES), now=st.dictionaries(SOURCES, st.floats(0, 1e4)))
def test_what_turned_red_since_the_last_look_interrupts_and_nothing_else(before, now):
    seen = [f"{source}/{no}" for source, no in before]
    rows = [red(str(no), late_h, source) for (source, no), late_h in now.items()]
    fresh = wall.new_reds(seen, rows)
    assert {(row["source"], int(row["case_no"])) for row in fresh} == set(now) - before
    assert [row["late_h"] for row in fresh] == sorted(row["late_h"] for row in fresh)
    assert wall.new_reds(None, rows) == []
    assert wall.new_reds([wall.key_of(row) for row in rows], rows) == []


def test_of_too_many_what_moves_up_from_below_is_not_new() -> None:
    new, kept, moved_up = red("N", 0.1), red("K", 5.0), red("M", 9.0)
    assert wall.new_reds(["s/K", "s/C"], [new, kept], most=2) == [new]
    assert wall.new_reds(["s/K", "s/C"], [kept, moved_up], most=2) == []
    assert wall.new_reds(["s/K"], [kept, moved_up], most=2) == [moved_up]  # there was room for it: it is loaded late


def test_the_alarm_names_matter_place_unit_and_time_and_no_address_or_text(town: State) -> None:
    rows = [red("N1", 0.4, address="7 Secret Lane", description="call Mrs Wu", place_name="her house"), red("N2", 2.0)]
    said = str(wall_parts.alarm(rows, town))
    assert "road / hole" in said and "'A'" in said and "24 min" in said and "1 more" in said
    assert not any(word in said for word in ("Secret", "Mrs Wu", "her house"))


# --- a town -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def town(shared: Shared) -> State:
    """A town with grids and ledgers of all kinds, looked at in the middle of them."""
    code, lives = new_code(), ledger_of(120, 4, ahead=3)
    load_city(shared.folder, code)
    rows = []
    for k, (no, life) in enumerate(lives.items()):
        x, y = point(0.1 + k % 29 / 10, 0.1 + k % 27 / 10)
        rows.append({"no": no, "at": life[0]["at"], "state": "open", "what": "road", "x": repr(x), "y": repr(y)})
    load_rows(shared.folder, code, rows)
    load_events(shared.folder, code, [row for life in lives.values() for row in life])
    return State(town=code, as_of=AT.strftime("%Y-%m-%dT%H:%M"), lang="en")


def numbers(parts: list[Any]) -> list[str]:
    return [part.children[1].children for part in parts]


def test_the_numbers_are_those_of_the_questions(town: State) -> None:
    open_, red_ = (asks.ask(town, "lights").rows()[0][name] for name in ("n_open", "n_red"))
    shown = numbers(page.show_figures(town))
    assert shown[1:3] == [str(open_), str(red_)] and red_ > 0
    assert shown[3] == str(asks.ask(town, "due").rows()[0]["n_due_today"])
    figure, beside = page.show_reds(town)
    drawn = [trace for trace in figure.data if trace.type == "scattermap"]
    assert beside[0].children[1].children == str(red_)
    assert (
        sum(len(trace.lon) for trace in drawn if trace.marker.size in (22, 30))
        == wall.reds(town).frame.geometry.notna().sum()
    )
    assert sum(n for _, n in wall.by_village(town)) == red_
    views, roster = page.show_duty(town)
    assert numbers(views.children)[0] == str(wall.waiting(town, "dispatch")[0]["n_waiting_over"])
    assert numbers(views.children)[2] == "–" and "no tracks" in str(views)  # nobody's track is known: that is not 0
    assert "No duty roster" in str(roster)


def test_what_turned_red_last_comes_first_so_that_it_is_never_left_out(town: State) -> None:
    late = [row["late_h"] for row in wall.reds(town).rows()]
    assert len(set(late)) > 2 and late == sorted(late)


def test_the_wall_knows_no_filters_and_says_its_scope(town: State) -> None:
    narrow = town.but(search="nothing").with_filter("light", ["yellow"])
    assert numbers(page.show_figures(narrow)) == numbers(page.show_figures(town))
    assert page.show_reds(narrow)[1][0].children[1].children == page.show_reds(town)[1][0].children[1].children != "0"
    grid = next(grid for grid in trees.tree(town).grids.values() if grid.parent)
    assert grid.name in str(wall_parts.said(wall.moment(town.but(scope=grid.code))))
    assert len(wall_parts.said(wall.moment(town))) == 2


def test_a_case_that_turns_red_while_the_wall_is_watched_interrupts_once(town: State) -> None:
    early = wall.reds(town).rows()
    view = {"search": town.query(), "lang": "en", "scheme": "dark"}
    quiet, seen = page.watch(view, 0, None)
    assert not isinstance(quiet, list) and len(seen["reds"]) == len(early)
    later = {**view, "search": town.but(as_of=(AT + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")).query()}
    fresh = wall.new_reds(
        seen["reds"], wall.reds(State(town=town.town, as_of=(AT + timedelta(days=2)).isoformat())).rows()
    )
    assert fresh
    said, then = page.watch(later, 1, seen)
    assert fresh[0]["case_no"] in str(said) and then["alarm"] == seen["alarm"] + 1
    again, last = page.watch(later, 2, then)
    assert not isinstance(again, list) and last == then
    elsewhere, other = page.watch({**later, "search": town.but(scope="1").query()}, 3, then)
    assert not isinstance(elsewhere, list) and other["alarm"] == then["alarm"]


def test_old_data_is_said_to_be_old_and_not_shown_as_now(database: str, tmp_path: Any) -> None:
    code, at = new_code(), BEGIN.replace(hour=14)
    load_city(tmp_path, code)
    load_rows(tmp_path, code, [{"no": "N1", "at": stamp(at), "state": "open", "what": "road"}])
    load_events(tmp_path, code, [event("N1", "reported", at)])
    state = State(town=code, lang="en")
    fresh = wall.moment(state, at + timedelta(minutes=10))
    assert (fresh.age_min, fresh.is_stale) == (10, False)
    assert fresh.state.as_of == (at + timedelta(minutes=10)).replace(tzinfo=None).isoformat()
    old = wall.moment(state, at + timedelta(minutes=45))
    assert old.is_stale and "45 min ago" in str(wall_parts.said(old))
    later = wall.moment(state, at + timedelta(days=1, minutes=1))
    assert later.state.as_of == at.date().isoformat() and later.is_stale
    asked = wall.moment(state.but(as_of="2026-03-01"), at + timedelta(minutes=1))
    assert asked.is_asked and "not now" in str(wall_parts.said(asked))


def test_after_midnight_the_wall_goes_on_to_the_new_day(database: str, tmp_path: Any) -> None:
    code, at = new_code(), BEGIN.replace(hour=23, minute=50)
    load_city(tmp_path, code)
    load_rows(tmp_path, code, [{"no": "N1", "at": stamp(at), "state": "open", "what": "road"}])
    load_events(tmp_path, code, [event("N1", "reported", at)])
    before, after = (wall.moment(State(town=code), at + timedelta(minutes=n)) for n in (5, 15))
    assert not before.is_stale and not after.is_stale
    assert after.state.as_of == (at + timedelta(minutes=15)).replace(tzinfo=None).isoformat()
    assert [wall.today(there.state)["n_reported"] for there in (before, after)] == [1, 0]


def test_the_day_of_the_wall_is_that_of_the_rules(
    database: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow_rules(tmp_path, monkeypatch, ('day_start = "00:00"', 'day_start = "06:00"'))
    code, at = new_code(), BEGIN.replace(hour=23, minute=50)
    load_city(tmp_path, code)
    load_rows(tmp_path, code, [{"no": "N1", "at": stamp(at), "state": "open", "what": "road"}])
    load_events(tmp_path, code, [event("N1", "reported", at)])
    early = wall.moment(State(town=code), at + timedelta(minutes=30))
    assert wall.today(early.state)["n_reported"] == 1


def test_a_database_that_does_not_answer_is_said_in_large_letters(own_settings: None) -> None:
    said, beat = page.show_foot({"search": "?lang=en", "lang": "en"}, 7)
    assert said[0]._type == "Strong" and "does not answer" in said[0].children and beat == 7


# --- the roster ---------------------------------------------------------------------------------------------------------


def write(text: str) -> None:
    duty.path().parent.mkdir(parents=True, exist_ok=True)
    duty.path().write_text(text, "utf-8")


def test_the_roster_is_what_the_centre_writes(own_settings: None) -> None:
    assert duty.roster() is None
    write(
        'begins = "08:30"\n[weekdays.monday]\nleader = "L1"\nofficer = "O1"\n[days.2026-03-03]\nleader = "L2"\nofficer = "O2"\n'
    )
    roster = duty.roster()
    monday = datetime(2026, 3, 2, 9, tzinfo=ZONE)
    assert roster.on(monday).leader == "L1"
    assert roster.on(monday.replace(hour=8)) is None  # Sunday's duty still runs, and nobody is named for it
    assert roster.on(monday + timedelta(days=1)).officer == "O2"  # the day differs
    assert roster.on(monday + timedelta(hours=23)).leader == "L1"


@pytest.mark.parametrize(
    ("text", "where"),
    [("weekdays = 3", "weekdays"), ("[weekdays.mon]\nleader='a'\nofficer='b'", "mon"), ("=", "no TOML")],
)
def test_a_roster_that_is_not_understood_says_where(own_settings: None, text: str, where: str) -> None:
    write(text)
    with pytest.raises(SettingsError, match=where):
        duty.roster()
    now = wall.Moment(State(lang="en"), BEGIN, None, False)
    shown = str(wall_parts.roster(now, "en"))
    assert duty.path().name in shown and str(duty.path().parent) not in shown


def test_the_wall_names_the_file_of_the_roster_and_no_folder(own_settings: None) -> None:
    shown = str(wall_parts.roster(wall.Moment(State(lang="en"), BEGIN, None, False), "en"))
    assert duty.path().name in shown and str(duty.path().parent) not in shown
