"""What is kept day by day says what the stretches say, and what comes in and goes out makes the backlog of every day."""

import random
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gridgov as gg
from gridgov.questions.asking import Asked
from gridgov.questions.kept import cohort_kept_by, kept_by
from gridgov.store import rulebook, runs
from gridgov.store.database import reading
from tests.support import examples, load_city, new_code, point, square
from tests.support_ledgers import (
    BEGIN,
    PLACED,
    ZONE,
    case,
    day_end,
    event,
    ledger_of,
    load_cases,
    load_events,
    load_register,
    report_of,
    stamp,
)

COUNTS = ["n_reported", "n_reopened", "n_taken", "n_passed", "n_closed", "n_voided", "n_net"]
LIGHTS = ["n_open", "n_with_deadline", "n_overdue", "n_at_risk", "n_red", "n_yellow", "n_green", "n_grey"]


def loaded(folder: Path, seed: int) -> gg.Town:
    """Cases in and out of grids, some with a date for a deadline; the grids are drawn anew, two units and two lines are one."""
    town, lives, chance = new_code(), ledger_of(40, seed, ahead=4), random.Random(seed)
    kinds = [
        ("road", "hole", "dispatched"),
        ("road", "lamp", "dispatched"),
        ("tree", "fallen", ""),
        ("", "", "dispatched"),
    ]
    rows = []
    for no, life in lives.items():
        what, which, track = chance.choice(kinds)
        row = case(no, report_of(life), what=what, which=which, line=chance.choice("RST")) | {"track": track}
        if chance.random() < 0.3:
            row["due"] = f"{report_of(life) + timedelta(chance.randrange(1, 20)):%Y-%m-%d}"
        if chance.random() < 0.8:
            row |= dict(zip("xy", map(str, point(chance.random() * 4, chance.random() * 3)), strict=True))
        rows.append(row)
    for k, track in enumerate(["self_handled", "service", "service", "dispatched"]):  # the first three are never due
        at = BEGIN + timedelta(hours=k)
        shut = stamp(at + timedelta(hours=3))
        told = {"closed": shut, "state": "closed", "track": track, "unit": "A"}
        rows.append(case(f"F{k}", at, due=f"{at:%Y-%m-%d}") | told)
    load_city(folder, town)
    load_cases(folder, town, rows, PLACED)
    events = sorted((row for life in lives.values() for row in life), key=lambda row: row["at"])
    load_events(folder, town, events[: len(events) // 2])
    load_register(folder, town, "units", [("A", "C"), ("B", "Bureau")])
    load_register(folder, town, "lines", [("R", "S"), ("T", "Trees")])
    drawn_anew = {"11": square(0, 0, 2, 2), "12": square(2, 0, 2, 3), "21": square(0, 2, 2, 1)}
    load_city(folder, town, drawn_anew, replace=True)
    load_events(folder, town, events[len(events) // 2 :])
    return gg.open(town)


def over(town: gg.Town) -> date:
    """The first day on which all that is told of a town is past."""
    with reading() as connection:
        until = rulebook.told_until(connection, runs.town_of(connection, town.code).id)
    assert until is not None
    return until.astimezone(ZONE).date() + timedelta(1)


def plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows without order and geometry; periods and groups of which nothing is told may be left out."""
    table = pd.DataFrame(rows.drop(columns="geom", errors="ignore"))
    counts = [name for name in table if name.startswith("n_")]
    table = table[(table[counts] != 0).any(axis=1)].astype(dict.fromkeys(counts, int)).astype(str)
    return table[sorted(table)].sort_values(sorted(table), ignore_index=True)


@examples(5)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_what_is_kept_says_what_the_stretches_say(database, tmp_path, seed, data):
    """What is kept cannot answer the last instant of a day, said as an instant: the stretches do."""
    town = loaded(tmp_path, seed)
    for by in (None, "unit", "category", "track", "line", "district", "place_status", ["category", "track"]):
        last = BEGIN.date() + timedelta(data.draw(st.integers(3, 60)))
        since = last - timedelta(data.draw(st.integers(0, 60)))
        period = data.draw(st.sampled_from(["day", "week", "month"]))
        keys = [period] if by is None else [period, *([by] if isinstance(by, str) else by)]
        where = data.draw(st.sampled_from([{}, {"track": "dispatched"}])) if by in (None, "category") else {}
        for question in ("flow", "backlog_trend"):
            asked = {"by": keys, "since": since, "where": where}
            kept = town.ask(question, as_of=last, **asked)
            counted = town.ask(question, as_of=day_end(last), **asked)
            pd.testing.assert_frame_equal(plain(kept.frame), plain(counted.frame))


def test_a_case_ended_and_reopened_within_a_second_has_come_back_once(database, tmp_path):
    """The end is a stretch without length; what follows it was reopened, it was not, although an earlier end lies before it."""
    load_city(tmp_path, town := new_code())
    end, begun = BEGIN + timedelta(7), [("reported", 0), ("registered", 0), ("dispatched", 1)]
    courses = {
        "once": [*begun, ("forced_closed", 7), ("reopened", 7)],
        "twice": [*begun, ("forced_closed", 3), ("reopened", 5), ("dispatched", 7), ("forced_closed", 7), ("reopened", 7)],
        "at last": [*begun, ("forced_closed", 3), ("reopened", 7), ("forced_closed", 7)],
    }  # fmt: skip
    load_cases(tmp_path, town, [case(no, BEGIN) for no in courses], PLACED)

    def sent(n: int) -> dict[str, str]:  # a deadline of its own: else the end would be that of the stretch before
        return {"unit": "A", "due": stamp(BEGIN + timedelta(10 + n))}

    steps = [
        event(no, what, BEGIN + timedelta(n), why="no", **(sent(n) if what == "dispatched" else {}))
        for no, course in courses.items()
        for what, n in course
    ]
    load_events(tmp_path, town, steps)
    for at in (end.date(), day_end(end.date())):
        asked = {"since": end.date(), "as_of": at}
        flow = gg.open(town).ask("flow", **asked).frame.iloc[0]
        assert (flow["n_closed"], flow["n_reopened"], flow["n_net"]) == (3, 3, 0)
        assert len(gg.open(town).ask("cases", behind="flow.n_reopened", **asked).frame) == 3


@examples(5)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_the_due_that_are_kept_are_those_of_the_stretches(database, tmp_path, seed, data):
    """As they stood at the end of any day, also when all is told; the due of any days before it."""
    town = loaded(tmp_path, seed)
    for by in (None, "unit", "category", "line", "district", "place_status", ["category", "line"]):
        last = min(over(town), BEGIN.date() + timedelta(data.draw(st.integers(0, 90))))
        since = min(last, BEGIN.date() + timedelta(data.draw(st.integers(-2, 40))))
        asked = {"since": since, "until": min(last, since + timedelta(data.draw(st.integers(0, 60))))}
        keys = [] if by is None else [by] if isinstance(by, str) else by
        period = data.draw(st.sampled_from([[], ["day"], ["week"], ["month"]]))
        scoped = data.draw(st.sampled_from([{}, {"scope": "1"}])) if by in (None, "district") else {}
        for question in ("on_time", "closed_rate"):
            kept = town.ask(question, by=[*period, *keys], as_of=last, **asked, **scoped)
            counted = town.ask(question, by=[*period, *keys], as_of=day_end(last), **asked, **scoped)
            assert len(kept.frame) == len(counted.frame)
            pd.testing.assert_frame_equal(plain(kept.frame), plain(counted.frame))


@examples(5)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_the_tree_that_is_kept_is_that_of_the_stretches(database, tmp_path, seed, data):
    town = loaded(tmp_path, seed)
    for day in {over(town), BEGIN.date() + timedelta(data.draw(st.integers(0, 40)))}:
        kept, counted = (
            pd.DataFrame(town.ask("hierarchy", as_of=at).frame.drop(columns="geom")) for at in (day, day_end(day))
        )
        pd.testing.assert_frame_equal(kept, counted)
        in_grids = town.ask("backlog", by="place_status", as_of=day).frame.set_index("place_status")["n_open"]
        root = kept[kept["level"] == 0].iloc[0]
        assert root["n_open"] == in_grids.get("located", 0)


@pytest.mark.parametrize(
    ("question", "by", "known"),
    [
        ("on_time", [], "unit"), ("on_time", ["month", "unit"], "unit"), ("closed_rate", ["district"], "grid"),
        ("on_time", ["category", "line"], "facet"), ("on_time", ["track"], None), ("on_time", ["unit", "line"], None),
    ],
)  # fmt: skip
def test_the_due_are_kept_by_one_thing_at_a_time(database, tmp_path, monkeypatch, question, by, known):
    """Else the law above would compare the stretches with themselves."""
    town, found = loaded(tmp_path, 1), []

    def told(asked: Asked) -> str | None:
        found.append(cohort_kept_by(asked))
        return found[-1]

    monkeypatch.setattr("gridgov.questions.on_time.cohort_kept_by", told)
    last = over(town)
    for as_of in (last, day_end(last), BEGIN.date()):
        town.ask(question, by=by, since=BEGIN.date(), as_of=as_of)
    assert found == [known, None, known]


@examples(5)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_what_comes_in_and_goes_out_makes_the_backlog(database, tmp_path, seed, data):
    town = loaded(tmp_path, seed)
    since = BEGIN.date() - timedelta(1)
    last = BEGIN.date() + timedelta(data.draw(st.integers(3, 90)))
    for by in (None, "unit", "category"):
        keys = ["day"] if by is None else ["day", by]
        flow = town.ask("flow", by=keys, since=since, as_of=last).frame
        trend = town.ask("backlog_trend", by=keys, since=since, as_of=last).frame
        for day in {last, since + timedelta(data.draw(st.integers(0, (last - since).days)))}:
            backlog = town.ask("backlog", by=by, as_of=day).frame
            until = flow[flow["period_on"] <= day]
            shown = trend[trend["period_on"] == day]
            if by is None:
                assert until["n_net"].sum() == backlog["n_open"].iloc[0]
                assert shown[LIGHTS].iloc[0].tolist() == backlog[LIGHTS].iloc[0].tolist()
                continue
            net = until.fillna({by: "–"}).groupby(by)["n_net"].sum()
            assert net[net != 0].to_dict() == backlog.fillna({by: "–"}).set_index(by)["n_open"].to_dict()
            assert plain(shown[[by, *LIGHTS]]).equals(plain(backlog[[by, *LIGHTS]]))


@examples(4)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_what_is_not_kept_is_the_backlog_of_the_end_of_each_period(database, tmp_path, seed, data):
    """Asked by two things at once, only the stretches tell: short ones looked up by the day, long ones read once for all."""
    town = loaded(tmp_path, seed)
    last = BEGIN.date() + timedelta(data.draw(st.integers(3, 90)))
    period = data.draw(st.sampled_from(["day", "week", "month"]))
    for asked in (
        {"by": ["unit"], "scope": "1"},
        {"by": ["category"], "where": {"unit": ["Bureau"]}},
        {"by": ["unit", "track"]},
    ):
        since = last - timedelta(data.draw(st.integers(0, 60)))
        trend = town.ask("backlog_trend", **{**asked, "by": [period, *asked["by"]]}, since=since, as_of=last).frame
        begins = sorted(trend["period_on"].unique())
        ends = [*(begin - timedelta(1) for begin in begins[1:]), last]
        for begin, end in (
            data.draw(st.lists(st.sampled_from([*zip(begins, ends, strict=True)]), max_size=4)) if begins else []
        ):
            shown = trend[trend["period_on"] == begin][[*asked["by"], *LIGHTS]]
            assert plain(shown).equals(plain(town.ask("backlog", **asked, as_of=end).frame[[*asked["by"], *LIGHTS]]))


@pytest.mark.parametrize(
    ("by", "where", "known"),
    [
        (["day"], {}, "grid"), (["day", "unit"], {}, "unit"), (["day", "category"], {"track": "dispatched"}, "facet"),
        (["day", "unit"], {"track": "dispatched"}, None), (["day", "place"], {}, None),
    ],
)  # fmt: skip
def test_only_one_thing_at_a_time_is_kept(database, tmp_path, monkeypatch, by, where, known):
    town, found = loaded(tmp_path, 1), []

    def told(asked: Asked, **more: bool) -> str | None:
        found.append(kept_by(asked, **more))
        return found[-1]

    monkeypatch.setattr("gridgov.questions.flow.kept_by", told)
    town.ask("flow", by=by, where=where, as_of=BEGIN.date(), since=BEGIN.date())
    assert found == [known]


def test_nothing_loaded_gives_a_row_of_zeros_for_every_day(database, tmp_path):
    town = loaded(tmp_path, 2)
    long_ago = BEGIN.date() - timedelta(400)
    for question in ("flow", "backlog_trend"):
        rows = town.ask(question, by="day", since=long_ago, until=long_ago + timedelta(9), as_of=BEGIN.date()).frame
        assert len(rows) == 10
        assert not np.any(rows[[name for name in rows if name.startswith("n_")]].to_numpy())
