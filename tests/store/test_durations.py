"""How long cases take, and where: every figure against cases followed one by one; past instants, units and grids included."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gridgov as gg
from gridgov.analytics.survival import kaplan_meier
from gridgov.errors import QuestionError
from gridgov.rules import STAGES, read_rules
from tests.support import city, examples, load_city, new_code, point, square
from tests.support_ledgers import BEGIN, day_end
from tests.support_lives import KINDS, Life, Step, Stretch, Told, close_to, known, lives, load_lives, span, work_seconds

HOURS = timedelta(hours=1)
LIMITS = {stage: getattr(read_rules().nodes, stage, None) for stage in STAGES}


def not_void(all_lives: list[Life], at: datetime, *tracks: str) -> list[Told]:
    """The lives as known at an instant, void ones left out."""
    return [one for one in known(all_lives, at, *tracks) if one.end != "voided"]


# ---------------------------------------------------------------------------------------------------------------------
# time_to_close


def followed(cases: list[Told], now: datetime) -> dict[str, Any]:
    """Figures of time_to_close, case by case."""
    ends = [one.ended_at or now + timedelta(microseconds=1) for one in cases]
    elapsed = [(end - one.life.at) / timedelta(days=1) for one, end in zip(cases, ends, strict=True)]
    worked = [work_seconds(one.life.at, end) / (8 * 3600) for one, end in zip(cases, ends, strict=True)]
    has_ended = np.array([one.ended_at is not None for one in cases], bool)
    days, work = kaplan_meier(elapsed, has_ended), kaplan_meier(worked, has_ended)
    low, high = work.quantile_band(0.5)
    wanted = {
        "n_followed": len(cases), "n_ended": has_ended.sum(), "n_running": (~has_ended).sum(),
        "median_days": days.quantile(0.5), "p90_days": days.quantile(0.9), "mean_days": days.restricted_mean(14),
        "median_work_days": work.quantile(0.5), "p90_work_days": work.quantile(0.9),
        "mean_work_days": work.restricted_mean(10), "median_work_days_low": low, "median_work_days_high": high,
    }  # fmt: skip
    for within in (1, 3, 5):
        names = (f"within_{within}_share", f"within_{within}_share_low", f"within_{within}_share_high")
        wanted |= dict(zip(names, work.ended_by(within), strict=True))
    return wanted


@examples(4)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_time_to_close_is_the_curve_of_the_cases_followed_one_by_one(database, tmp_path, seed, data):
    all_lives = lives(seed, 60)
    town = gg.open(load_lives(tmp_path, all_lives))
    for _ in range(4):
        asked, begin, end, now = span(data)
        here = [one for one in not_void(all_lives, now) if begin <= one.life.at <= end]
        row = town.ask("time_to_close", **asked).frame.iloc[0]
        for name, value in followed(here, now).items():
            assert close_to(row[name], value), name
        by_unit = town.ask("time_to_close", by="unit", **asked).frame
        assert by_unit["n_followed"].sum() == len(here)
        for row in by_unit.to_dict("records"):
            of_unit = [one for one in here if one.unit == (None if pd.isna(row["unit"]) else row["unit"])]
            for name, value in followed(of_unit, now).items():
                assert close_to(row[name], value), (row["unit"], name)
        self_handled = town.ask("time_to_close", where={"track": "self_handled"}, **asked).frame.iloc[0]
        apart = [one for one in not_void(all_lives, now, "self_handled") if begin <= one.life.at <= end]
        assert close_to(self_handled["median_days"], followed(apart, now)["median_days"])
        curve = town.ask("closing_curve", **asked).frame
        assert curve["closed_share"].dropna().is_monotonic_increasing
        assert curve["n_still_open"].iloc[0] == len(here)


def test_without_open_cases_the_shares_are_plain_shares_and_void_cases_are_left_out(database, tmp_path):
    monday = datetime(2026, 3, 2, 8, tzinfo=BEGIN.tzinfo)
    way = ["reported", "registered", "dispatched", "signed", "handling", "handled", "closed"]
    ways = {"A": 4, "B": 12, "C": 30, "D": 200}  # hours from report to end
    made = []
    for no, hours in ways.items():
        steps = [Step(monday + timedelta(hours=hours * k / 6), what, unit="A" if what == "dispatched" else "")
                 for k, what in enumerate(way)]  # fmt: skip
        made.append(Life(no, steps=steps))
    made.append(Life("V", steps=[Step(monday, "reported"), Step(monday + HOURS, "voided", why="no")]))
    row = (
        gg.open(load_lives(tmp_path, made)).ask("time_to_close", since=monday.date(), as_of="2026-04-30").frame.iloc[0]
    )
    assert (row["n_followed"], row["n_ended"], row["n_running"]) == (4, 4, 0)
    # A ends on Monday, B too: 8 working hours are one working day; C on Tuesday at 14:00, D on Tuesday of the week after.
    assert [row[f"within_{days}_share"] for days in (1, 3, 5)] == pytest.approx([0.5, 0.75, 0.75])
    assert row["median_days"] == pytest.approx(0.5)
    assert row["mean_days"] == pytest.approx((4 + 12 + 30 + 200) / 4 / 24)
    none = gg.open(None).ask("time_to_close", since="2026-05-01", as_of="2026-05-31").frame.iloc[0]
    assert none["n_followed"] == 0
    assert pd.isna(none[["median_days", "mean_work_days", "within_3_share"]].astype(float)).all()
    with pytest.raises(QuestionError, match="one period"):
        gg.open(None).ask("time_to_close", by="month")


# ---------------------------------------------------------------------------------------------------------------------
# node_times


def waits_of(cases: list[Told], now: datetime) -> dict[tuple[str, str | None], list[tuple[float, int]]]:
    """Seconds and working seconds that each case spent at a node with a unit."""
    found: dict[tuple[str, str | None], list[tuple[float, int]]] = defaultdict(list)
    for one in cases:
        mine: dict[tuple[str, str | None], list[float]] = defaultdict(lambda: [0.0, 0])
        for stretch in one.stretches:
            end = stretch.end or now
            mine[stretch.stage, stretch.unit][0] += (end - stretch.begin).total_seconds()
            mine[stretch.stage, stretch.unit][1] += work_seconds(stretch.begin, end)
        for key, (lasted, worked) in mine.items():
            if lasted > 0:
                found[key].append((lasted, int(worked)))
    return found


def figures(stage: str, waits: list[tuple[float, int]]) -> dict[str, Any]:
    lasted, worked = (np.array(side, float) for side in zip(*waits, strict=True)) if waits else ([], [])
    limit = LIMITS[stage]
    over = 0
    if limit is not None:
        seconds = limit.value * 3600
        over = sum(x > seconds for x in (worked if limit.unit == "work_hour" else lasted))
    wanted: dict[str, Any] = {"n_waits": len(waits), "n_over": over, "n_limited": len(waits) if limit else 0}
    wanted["total_h"] = sum(lasted) / 3600
    for values, unit in ((lasted, "h"), (worked, "work_h")):
        for name, value in (("mean", np.mean), ("median", np.median), ("p90", lambda v: np.quantile(v, 0.9))):
            wanted[f"{name}_{unit}"] = value(values) / 3600 if len(waits) else np.nan
    return wanted


@examples(4)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_node_times_are_the_waits_of_the_cases_followed_one_by_one(database, tmp_path, seed, data):
    all_lives = lives(seed, 60)
    town = gg.open(load_lives(tmp_path, all_lives))
    for _ in range(4):
        asked, begin, end, now = span(data)
        here = [one for one in not_void(all_lives, now) if one.ended_at and begin <= one.ended_at <= end]
        waits = waits_of(here, now)
        open_then = [one for one in not_void(all_lives, end) if not one.ended_at]
        rows = town.ask("node_times", **asked).frame.set_index("stage")
        assert list(rows.index) == [stage for stage in STAGES if stage in rows.index]
        for stage in STAGES:
            mine = [wait for key, some in waits.items() if key[0] == stage for wait in some]
            now_here = [one.stretches[-1].begin for one in open_then if one.stretches[-1].stage == stage]
            if not mine and not now_here:
                assert stage not in rows.index
                continue
            for name, value in figures(stage, mine).items():
                assert close_to(rows.loc[stage, name], value), (stage, name)
            assert rows.loc[stage, "n_waiting"] == len(now_here)
            oldest = rows.loc[stage, "waiting_since_at"]
            assert (min(now_here) if now_here else None) == (None if pd.isna(oldest) else oldest)
        total = sum((one.ended_at - one.life.at).total_seconds() for one in here if len(rounds(one)) == 1)
        if all(len(rounds(one)) == 1 for one in here):
            assert rows["total_h"].sum() == pytest.approx(total / 3600)
        if rows["total_h"].sum() > 0:
            assert rows["time_share"].sum() == pytest.approx(1)

        by_unit = town.ask("node_times", by="unit", **asked).frame
        assert by_unit["n_waits"].sum() == rows["n_waits"].sum()
        for row in by_unit.to_dict("records"):
            unit = None if pd.isna(row["unit"]) else row["unit"]
            for name, value in figures(row["stage"], waits.get((row["stage"], unit), [])).items():
                assert close_to(row[name], value), (unit, row["stage"], name)
        one_unit = data.draw(st.sampled_from(list(KINDS)))
        apart = town.ask("node_times", where={"unit": [one_unit, None]}, **asked).frame
        among = by_unit[by_unit["unit"].isin([one_unit]) | by_unit["unit"].isna()]
        assert apart["n_waits"].sum() == among["n_waits"].sum()
        assert apart["total_h"].sum() == pytest.approx(among["total_h"].sum())
        by_item = town.ask("node_times", by=["subcategory", "unit"], **asked).frame
        assert by_item["n_waits"].sum() == rows["n_waits"].sum()
        assert by_item["total_h"].sum() == pytest.approx(rows["total_h"].sum())


@examples(4)
@given(seed=st.integers(0, 10_000), days=st.lists(st.integers(0, 50), min_size=4, max_size=4))
def test_waiting_is_who_stands_at_each_node(database, tmp_path, seed, days):
    all_lives = lives(seed, 60)
    town = gg.open(load_lives(tmp_path, all_lives))
    for day in days:
        on = BEGIN.date() + timedelta(day)
        now = day_end(on)
        here = [one.stretches[-1] for one in known(all_lives, now) if one.ended_at is None]
        rows = town.ask("waiting", as_of=on).frame.set_index("stage")
        assert list(rows.index) == list(STAGES)
        for stage, row in rows.to_dict("index").items():
            mine, limit = [stretch for stretch in here if stretch.stage == stage], LIMITS[stage]
            assert row["n_waiting"] == len(mine)
            over = [worked_until(s.begin, now) if limit and limit.unit == "work_hour" else lasted(s, now) for s in mine]
            assert row["n_waiting_over"] == (sum(x >= limit.value * 3600 for x in over) if limit else 0), stage
            first = min((s.begin for s in mine), default=None)
            assert close_to(row["longest_h"], None if first is None else (now - first).total_seconds() / 3600)
            assert close_to(row["longest_work_h"], None if first is None else worked_until(first, now) / 3600)
        assert (
            rows["n_waiting"].sum() == town.ask("backlog", as_of=on, where={"track": "dispatched"}).frame["n_open"][0]
        )
        by_unit = town.ask("waiting", by="unit", as_of=on).frame.groupby("stage")[["n_waiting", "n_waiting_over"]].sum()
        assert (by_unit == rows.loc[by_unit.index, by_unit.columns]).all(axis=None)


def worked_until(begin: datetime, end: datetime) -> int:
    """Working seconds of whole seconds: as_of a day ends in its last microsecond."""
    return work_seconds(begin, end.replace(microsecond=0))


def lasted(stretch: Stretch, end: datetime) -> float:
    return (end - stretch.begin).total_seconds()


def rounds(one: Told) -> list[Step]:
    """The reports and reopenings of a life."""
    return [s for s in one.life.steps if s.what in ("reported", "reopened") and one.ended_at and s.at <= one.ended_at]


# ---------------------------------------------------------------------------------------------------------------------
# Grids of several versions


def test_grids_of_two_versions_that_share_a_code_are_pooled_before_figures_are_made(database, tmp_path):
    all_lives = lives(3, 120)
    town = load_lives_on_grids(tmp_path, all_lives)
    now = day_end(date(2026, 4, 30))
    asked: dict[str, Any] = {"since": date(2026, 3, 1), "as_of": date(2026, 4, 30)}
    for by in ("grid", "district"):
        rows = gg.open(town).ask("time_to_close", by=by, **asked).frame
        assert rows["n_followed"].sum() == len(not_void(all_lives, now))
        assert not rows.duplicated(["grid_code", "place_status"]).any()
        waits = gg.open(town).ask("node_times", by=by, **asked).frame
        assert not waits.duplicated(["grid_code", "place_status", "stage"]).any()
        assert waits["n_waits"].sum() == gg.open(town).ask("node_times", **asked).frame["n_waits"].sum()
    rows = gg.open(town).ask("time_to_close", by="grid", **asked).frame.set_index("grid_code")
    here = [one for one in not_void(all_lives, now) if one.life.place and cell(one.life.place) == "11"]
    for name, value in followed(here, now).items():
        assert close_to(rows.loc["11", name], value), name
    both = {one.life.at.date() >= date(2026, 3, 12) for one in here}
    assert both == {True, False}, "cases of either version"


def cell(place: tuple[float, float]) -> str | None:
    """The grid of a place: the row is the first digit, the column the second."""
    return f"{int(place[1]) + 1}{int(place[0]) + 1}" if place[0] < 3 and place[1] < 3 else None


def load_lives_on_grids(folder, all_lives: list[Life]) -> str:
    town = new_code()
    moved = {code: shape for code, shape in city().items() if code != "33"} | {"33": square(2, 2, 1.1, 1)}
    load_city(folder, town)
    load_city(folder, town, moved, valid_from=date(2026, 3, 12))
    placed = [Life(**{**vars(life), "place": None if life.place is None else point(*life.place)}) for life in all_lives]
    return load_lives(folder, placed, town)
