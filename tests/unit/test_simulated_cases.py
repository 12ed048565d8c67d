"""The cases of the demo town: believable, lawful, repeatable, adding up, and what is planted can be found."""

import tomllib
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from gridgov.calendars import deadlines, table
from gridgov.process import EVENTS
from gridgov.resources import resource
from gridgov.simulate.cases import REASONS, Lives, read_matters
from gridgov.simulate.days import make_days
from gridgov.simulate.land import make_land
from gridgov.simulate.model import CHANNELS, SOURCES
from gridgov.simulate.organisation import make_organisation
from gridgov.simulate.patrols import shifts
from gridgov.simulate.scenario import EPOCH, day_of, read_scenario
from gridgov.vocabulary import ENDED, STATES, TRACKS

DAY = 86_400
NO = {code: event.number for code, event in EVENTS.items()}
CODE = np.array(list(EVENTS))
STATE = np.array(list(STATES))
FLAT = [SOURCES.index(name) for name in ("visits", "information", "disputes", "sentiment")]


def lived(land, *, months, seed=1, scale=1.0, walked=True):
    """A town lived through: its cases by key, its events by case and seq, its chunks and its truth."""
    scenario = read_scenario("xiake", months=months, seed=seed, scale=scale)
    organisation, days = make_organisation(scenario, land), make_days(scenario)
    calendar = table(day_of(days.first), days.is_workday)
    planned = shifts(scenario, organisation, land, days) if walked else None
    lives = Lives(scenario, land, organisation, days, calendar, planned)
    chunks = list(lives)
    cases = pd.concat([pd.DataFrame(chunk.cases) for chunk in chunks]).sort_values("key", ignore_index=True)
    events = pd.concat([pd.DataFrame(chunk.events) for chunk in chunks]).sort_values(["key", "seq"], ignore_index=True)
    matters = read_matters(scenario)
    cases["source"], cases["day"] = cases["key"].to_numpy() >> 52, cases["reported"] // DAY
    cases["category"] = matters["category"].reindex(cases["matter"]).to_numpy()
    cases["name"] = matters["name"].reindex(cases["matter"]).to_numpy()
    cases["owner"] = organisation.units["code"].reindex(cases["unit"]).to_numpy()
    cases.loc[cases["source"] == SOURCES.index("window"), "owner"] = None
    cases["kind"] = cases["owner"].map(organisation.units.set_index("code")["kind"])
    events["what"] = CODE[events["event"]]
    events["owner"] = organisation.units["code"].reindex(events["unit"]).to_numpy()
    return SimpleNamespace(
        scenario=scenario, land=land, organisation=organisation, days=days, calendar=calendar, chunks=chunks, cases=cases,
        events=events, matters=matters, truth=lives.truth(), planted=lives.truth()["planted"],
        ordinary=cases[cases["source"] != SOURCES.index("window")],
        worker=cases[cases["channel"] == CHANNELS.index("worker")],
        hotline=cases[cases["channel"] == CHANNELS.index("hotline")],
    )  # fmt: skip


@pytest.fixture(scope="module")
def land():
    return make_land(read_scenario("xiake"))


@pytest.fixture(scope="module")
def town(land):
    return lived(land, months=8)


# --- lawful ------------------------------------------------------------------------------------------------------------


def laws():
    """data/process/case.toml read anew: (track, state or None) -> event -> the state after it; and what events need."""
    rows = tomllib.loads(resource("data", "process", "case.toml").read_text("utf-8"))["event"]
    after, needs = {}, {}
    for row in rows:
        given = row["from"]
        by_track = given if isinstance(given, dict) else dict.fromkeys(row.get("tracks", list(TRACKS)), given)
        needs[row["code"]] = row.get("needs", [])
        for track, states in by_track.items():
            wide = [s for s in STATES if s in states or ("*" in states and s not in ENDED)]
            for state in wide or [None]:
                after.setdefault((track, state), {})[row["code"]] = row.get("to", state)
    return after, needs


def test_every_history_follows_the_process(town):
    after, needs = laws()
    cases = {row.key: row for row in town.cases.itertuples()}
    state, closed, updated = {}, {}, {}
    for row in town.events.itertuples():
        case, before = cases[row.key], state.get(row.key)
        track = "self_handled" if case.source in FLAT else list(TRACKS)[case.track]  # flat systems tell two ends only
        assert row.seq == (1 if before is None else updated[row.key][1] + 1)
        assert row.what in after.get((track, before), {}), (row, before, track)
        assert before is None or row.at >= updated[row.key][0]
        new = after[track, before][row.what]
        if new in ENDED and (before is None or before not in ENDED):
            closed[row.key] = row.at
        elif new not in ENDED:
            closed[row.key] = -1
        state[row.key], updated[row.key] = new, (row.at, row.seq)
        for need, value in (("unit", row.unit), ("reason", row.reason), ("due", row.due)):
            assert need not in needs[row.what] or value >= 0, row
        assert row.reason < len(REASONS)
    assert state.keys() == cases.keys()
    for key, case in cases.items():
        assert STATE[case.state] == state[key]
        assert case.closed == closed[key]
        assert case.updated == updated[key][0]


def test_histories_begin_with_the_report_of_the_row(town):
    first = town.events[town.events["seq"] == 1].set_index("key")
    assert (first["what"] == "reported").all()
    assert (first["at"].loc[town.cases["key"]].to_numpy() == town.cases["reported"].to_numpy()).all()
    end = town.scenario.end_day * DAY
    assert town.cases["reported"].between(town.scenario.begin_day * DAY, end - 1).all()
    assert town.events["at"].max() < end


def test_deadlines_count_from_the_first_dispatch(town):
    plain = town.ordinary[(town.ordinary["channel"] != CHANNELS.index("hotline")) & (town.ordinary["track"] == 1)]
    first = town.events[(town.events["what"] == "dispatched")].drop_duplicates("key").set_index("key")
    plain = plain[plain["key"].isin(first.index)]
    limit = town.matters.loc[plain["matter"]]
    at = first.loc[plain["key"], "at"].to_numpy()
    wanted = deadlines(at, limit["limit_value"].to_numpy(), limit["limit_unit"].to_numpy(), town.calendar)
    assert (first.loc[plain["key"], "due"].to_numpy() == wanted).all()


def test_serial_numbers_count_from_one_each_day_and_system(town):
    serial = town.cases["key"] & 0xFFFFFFF
    groups = serial.groupby([town.cases["source"], town.cases["day"]])
    assert (groups.max() == groups.size()).all()
    assert serial.min() == 1
    assert town.cases["key"].is_unique


def test_chunks_are_months_and_a_rest(town):
    months = town.scenario.months
    assert len(town.chunks) == months + 1
    assert len(town.chunks[-1].events["key"]) == 0
    for k, chunk in enumerate(town.chunks[:-1], 1):
        first, end = ((town.scenario.first_of_month(k + n) - EPOCH).days * DAY for n in (0, 1))
        order = np.lexsort([chunk.events[name] for name in ("seq", "key", "at")])
        assert (order == np.arange(len(order))).all()
        assert chunk.events["at"].min() >= first
        assert chunk.events["at"].max() < end


# --- believable ----------------------------------------------------------------------------------------------------------


def test_volume_and_its_scatter(town):
    daily = np.bincount(town.ordinary["day"] - town.scenario.begin_day)
    assert 255 < daily.mean() < 285
    days = slice(town.scenario.begin_day - town.days.first, town.scenario.end_day - town.days.first)
    working = daily[town.days.is_workday[days]]
    assert 40 < working.std() < 85
    assert working.var() / working.mean() > 1.5


def test_shares_of_channels_and_categories(town):
    share = town.ordinary["channel"].value_counts(normalize=True) * 100
    for name, wanted in {"worker": 80, "hotline": 12, "app": 3, "camera": 2, "superior": 2, "department": 1}.items():
        assert abs(share[CHANNELS.index(name)] - wanted) < max(0.3 * wanted, 0.4), name
    share = town.ordinary["category"].value_counts(normalize=True) * 100
    wanted = {
        "市容环境": 42,
        "安全隐患": 18,
        "民生求助": 12,
        "街面秩序": 9,
        "矛盾纠纷": 4.4,
        "生态": 4,
        "部件": 3,
        "违建": 2,
    }
    for name, percent in (wanted | {"其他": 5.6}).items():
        assert abs(share[name] - percent) < 0.12 * percent + 0.3, name
    assert 0.73 < (town.ordinary["track"] == 0).mean() < 0.77
    per_case = town.events["key"].isin(town.ordinary["key"]).sum() / len(town.ordinary)
    assert 4.7 < per_case < 5.4


def test_week_and_day_have_their_shapes(town):
    off = ~town.days.is_workday[town.cases["day"] - town.days.first]
    period = town.days.is_workday[town.scenario.begin_day - town.days.first :][
        : town.scenario.end_day - town.scenario.begin_day
    ]
    for name, low, high in (("worker", 0.3, 0.45), ("hotline", 0.55, 0.75)):
        here = town.cases["channel"] == CHANNELS.index(name)
        rate = (here & off).sum() / (~period).sum() / ((here & ~off).sum() / period.sum())
        assert low < rate < high, name
    hour = np.bincount(town.worker["reported"] % DAY // 3600, minlength=24) / len(town.worker)
    assert hour[8:11].sum() > 0.35
    assert hour[14:16].sum() > 0.2
    assert hour[12] < hour[10] and hour[:6].sum() < 0.01


def test_cases_cluster_in_place(town):
    cells = pd.Series(list(zip(town.ordinary["x"] // 200, town.ordinary["y"] // 200, strict=True))).value_counts()
    assert cells.var() / cells.mean() > 10
    at_spot = town.ordinary["spot"].value_counts()
    assert at_spot.var() / at_spot.mean() > 2


def test_points_lie_in_their_grid(town):
    some = town.ordinary[town.ordinary["x"].notna()].iloc[::97]
    shapes = town.land.grids.geometry.iloc[some["grid"]].reset_index(drop=True)
    points = pd.DataFrame({"x": some["x"].to_numpy(), "y": some["y"].to_numpy()})
    assert [shape.contains(type(shape.centroid)(x, y)) for shape, (x, y) in zip(shapes, points.to_numpy(), strict=True)]


def test_time_kept_by_kind_of_unit(town):
    end = town.scenario.end_day * DAY
    due = town.ordinary[(town.ordinary["track"] == 1) & town.ordinary["due"].between(0, end - 1)]
    kept = ((due["closed"] > 0) & (due["closed"] <= due["due"])).rename("kept")
    by_unit = kept.groupby(due["owner"]).agg(["sum", "size"])
    rate = lambda units: by_unit.loc[units, "sum"].sum() / by_unit.loc[units, "size"].sum()  # noqa: E731
    assert 0.85 < kept.mean() < 0.91
    assert rate(["C01", "C02"]) > 0.96
    assert 0.90 < rate(["S01", "S02", "S03"]) < 0.97
    assert 0.72 < rate(["T06", "T07"]) < 0.88
    assert 0.52 < kept[due["category"] == "违建"].mean() < 0.72


def test_side_tracks_are_rare(town):
    n = (town.ordinary["track"] == 1).sum()
    count = town.events["what"].value_counts() / n
    assert 0.028 < count["returned"] < 0.055
    assert 0.005 < count["rework"] < 0.05
    assert 0.002 < count["extended"] < 0.021
    assert 0.002 < count["suspended"] < 0.009
    assert town.hotline["is_repeat"].mean() > 0.08
    rated = town.cases.loc[town.cases["rating"] > 0, "rating"]
    assert 0.69 < (rated > 1).mean() < 0.78


def test_backlog_is_steady_and_old_cases_few(town):
    totals = [said["total"] for said in town.truth["open"].values()]
    assert min(totals) > 150 and max(totals) < 700
    left = town.ordinary[~np.isin(STATE[town.ordinary["state"]], list(ENDED))]
    age = (town.scenario.end_day * DAY - left["reported"]) / DAY
    assert age.mean() > 1.3 * age.median()


def test_the_hotline_answers_in_days(town):
    done = town.hotline[(town.hotline["closed"] > 0) & (town.hotline["matter"] >= 0)]
    first = town.days.first
    running = np.concatenate([[0], np.cumsum(town.days.is_workday)])
    days = running[done["closed"] // DAY - first] - running[done["day"] - first]
    consult = done["name"].isin(["政策咨询", "社保医保咨询", "入学问题", "就业求助"]).to_numpy()
    assert 1.0 < days[consult].mean() < 2.0
    assert 4.0 < days[~consult].mean() < 5.3


def test_the_windows(town):
    window = town.cases[town.cases["source"] == SOURCES.index("window")]
    working = town.days.is_workday[window["day"] - town.days.first]
    assert working.all()
    assert 80 < len(window) / window["day"].nunique() < 100
    assert window["x"].isna().all() and (window["matter"] == -1).all()
    assert set(window["unit"]) <= set(range(len(town.organisation.windows)))
    assert (town.organisation.items["kind"].iloc[window["text"]] == "service").all()
    second = window["reported"] % DAY / 3600
    assert second.min() >= 8.4 and second.max() < 17.2


# --- adding up -----------------------------------------------------------------------------------------------------------


def test_truth_counts_what_the_chunks_hold(town):
    told = town.truth["cases"]
    assert told["total"] == len(town.cases)
    assert told["source"] == town.cases["source"].map(dict(enumerate(SOURCES))).value_counts().to_dict()
    assert told["track"] == town.cases["track"].map(dict(enumerate(TRACKS))).value_counts().to_dict()
    assert told["category"] == town.cases["category"].value_counts().to_dict()
    month = pd.to_datetime(town.cases["reported"], unit="s").dt.strftime("%Y-%m").value_counts().to_dict()
    assert told["month"] == month
    told = town.truth["events"]
    assert told["total"] == len(town.events) == sum(told["source"].values())
    assert told["event"] == town.events["what"].value_counts().to_dict()
    assert told["month"] == pd.to_datetime(town.events["at"], unit="s").dt.strftime("%Y-%m").value_counts().to_dict()


def standing(town, until):
    """How cases stood at an instant, from the events before it: state, deadline, closing, exempt; by case."""
    events = town.events[(town.events["at"] < until) & town.events["key"].isin(town.ordinary["key"])]
    moves = events[events["what"].map(lambda code: not EVENTS[code].is_side)]
    found = pd.DataFrame({"state": moves.groupby("key")["what"].last().map(lambda code: EVENTS[code].to)})
    found["due"] = events[events["due"] >= 0].groupby("key")["due"].last()
    found["closed"] = moves[moves["what"].isin(["closed", "forced_closed"])].groupby("key")["at"].last()
    found["upheld"] = events[events["what"] == "appeal_upheld"].groupby("key")["at"].last()
    return found.join(town.ordinary.set_index("key")[["grid", "track"]])


def test_open_cases_and_due_cohorts_follow_from_the_events(town):
    begin = town.scenario.begin_day * DAY
    for day, told in town.truth["open"].items():
        until = ((date.fromisoformat(day) - EPOCH).days + 1) * DAY
        cases = standing(town, until)
        is_open = ~cases["state"].isin(ENDED)
        village = town.land.grids["village"].iloc[cases.loc[is_open, "grid"]]
        codes = town.land.villages["code"].iloc[village].value_counts().to_dict()
        assert told["total"] == is_open.sum()
        assert {code: n for code, n in told["by_village"].items() if n} == codes
        due = cases[(cases["track"] == 1) & (cases["due"] >= max(begin, 0)) & (cases["state"] != "deferred")]
        due = due[(due["due"] < until) & (pd.to_datetime(due["due"], unit="s").dt.strftime("%Y-%m") == day[:7])]
        ended = due["state"].isin(ENDED)
        late = ended & (due["closed"] > due["due"])
        exempt = late & (due["upheld"] > due["closed"])
        wanted = {
            "due": len(due), "on_time": (ended & ~late).sum(), "late_closed": (late & ~exempt).sum(),
            "exempt": exempt.sum(), "suspended": (due["state"] == "suspended").sum(),
            "overdue_open": (~ended & (due["state"] != "suspended")).sum(),
        }  # fmt: skip
        assert town.truth["due_at_month_end"][day[:7]] == wanted


def test_the_same_seed_gives_the_same_and_another_does_not(land):
    first, again, other = (lived(land, months=1, scale=0.3, seed=seed, walked=False) for seed in (3, 3, 4))
    pd.testing.assert_frame_equal(first.cases, again.cases)
    pd.testing.assert_frame_equal(first.events, again.events)
    assert first.truth == again.truth
    assert not first.cases["reported"].equals(other.cases["reported"])


# --- planted ---------------------------------------------------------------------------------------------------------------


def codes(town, name):
    return next(town.land.grids["code"].tolist().index(code) for code in [town.planted[name]["grid"]])


def test_orchard_fires_bounce(town):
    returns = town.events[town.events["what"] == "returned"].groupby("key").size()
    often = set(returns[returns >= 4].index)
    fires = town.planted["orchard_fire"]["keys"]
    assert often <= set(fires)
    assert len(often) >= 0.7 * len(fires) >= 5
    units = town.events.loc[town.events["key"].isin(fires) & (town.events["what"] == "returned"), "owner"]
    assert set(units) == set(town.planted["orchard_fire"]["turn"])


def handled_before(town):
    """Hours left when a case was handled, by unit."""
    handled = town.events[town.events["what"] == "handled"].groupby("key")["at"].last()
    cases = town.ordinary[(town.ordinary["due"] >= 0) & town.ordinary["key"].isin(handled.index)].set_index("key")
    left = (cases["due"] - handled.loc[cases.index]) / 3600
    return left[left > 0].groupby(cases["owner"])


def test_habits_of_units_show(town):
    share = handled_before(town).agg(lambda left: (left < 3).mean())
    assert share.idxmax() == town.planted["just_in_time"]["unit"]
    assert share.max() > 2 * share.drop(share.idxmax()).max()
    asked = town.events[town.events["what"] == "extension_asked"]
    by_unit = asked["owner"].value_counts() / town.ordinary[town.ordinary["track"] == 1]["owner"].value_counts()
    assert by_unit.idxmax() == town.planted["asks_a_day_before"]["unit"]
    done = town.ordinary[(town.ordinary["closed"] > 0) & (town.ordinary["track"] == 1)]
    day = pd.to_datetime(done["closed"], unit="s")
    burst = ((day.dt.days_in_month - day.dt.day) < 2).groupby(done["owner"]).mean()
    assert burst.idxmax() == town.planted["month_end"]["unit"]
    assert burst.max() > 0.4


def test_self_closing_shows(town):
    steps = town.events[town.events["what"].isin(["handled", "checked"]) & town.events["key"].isin(
        town.ordinary.loc[town.ordinary["track"] == 1, "key"])]  # fmt: skip
    who = steps.pivot_table(index="key", columns="what", values="actor", aggfunc="last").dropna()
    same = who.index[who["handled"] == who["checked"]]
    keys = set(town.planted["self_closing"]["keys"])
    assert len(set(same) & keys) > 0.9 * len(keys) > 15
    assert len(set(same) - keys) < 0.1 * len(keys)


def test_the_storm_of_orders_shows(town):
    groups = town.hotline.groupby(["matter", "grid", "day"]).size().sort_values()
    storm = town.cases[town.cases["key"].isin(town.planted["storm"]["keys"])]
    assert len(storm) == town.planted["storm"]["orders"]
    assert groups.index[-1][:2] == (storm["matter"].iloc[0], storm["grid"].mode().iloc[0])
    assert groups.iloc[-1] > 3 * groups[groups.index.get_level_values(0) != storm["matter"].iloc[0]].max()
    assert storm["reported"].max() - storm["reported"].min() <= 36 * 3600
    assert np.hypot(storm["x"].std(), storm["y"].std()) < 60


def test_a_silent_grid_shows(town):
    calls, finds = (
        part["grid"].value_counts().reindex(range(179), fill_value=0) for part in (town.hotline, town.worker)
    )
    ratio = calls / (finds + 5)
    assert ratio.idxmax() == codes(town, "silent_grid")


def test_one_place_troubles_again_and_again(town):
    keys = town.planted["returning"]["keys"]
    again = town.cases[town.cases["key"].isin(keys)].sort_values("reported")
    assert len(again) >= 15 * town.scenario.months / 25
    assert again["spot"].nunique() == again["matter"].nunique() == 1
    gap = (again["reported"].to_numpy()[1:] - again["closed"].to_numpy()[:-1]) / DAY
    closed = again["closed"].to_numpy()[:-1] > 0
    assert gap[closed].min() > 6 and gap[closed].max() < 20.5


def growth(cases, end, weeks=6):
    """Reports a day of each grid in the last weeks against the 12 weeks before, and the last weeks' number."""
    since = end - 7 * weeks
    late = cases[cases["day"] >= since]["grid"].value_counts().reindex(range(179), fill_value=0)
    before = (
        cases[(cases["day"] < since) & (cases["day"] >= since - 84)]["grid"]
        .value_counts()
        .reindex(range(179), fill_value=0)
    )
    return (late / weeks + 2) / (before / 12 + 2), late


def test_two_hotspots_and_what_tells_them_apart(town):
    end = town.scenario.end_day
    vendors = town.ordinary[town.ordinary["name"].isin(town.planted["hotspot"]["matters"])]
    grown, _ = growth(vendors, end)
    assert grown.idxmax() == codes(town, "hotspot")
    grown, _ = growth(vendors[vendors["channel"] == CHANNELS.index("hotline")], end)
    assert grown.idxmax() == codes(town, "hotspot")
    evening = vendors[vendors["key"].isin(town.planted["hotspot"]["keys"])]["reported"] % DAY // 3600
    assert evening.between(18, 20).all()
    extra = codes(town, "extra_patrol")
    grown, _late = growth(town.worker, end)
    assert grown.drop(codes(town, "hotspot")).idxmax() == extra
    assert grown[extra] > 1.7
    assert growth(town.hotline, end)[0][extra] < 1.6


def test_one_hotspot_fades(town):
    keys = town.cases[town.cases["key"].isin(town.planted["fading"]["keys"])]
    month = (keys["day"] - town.scenario.begin_day) // 30
    assert month.value_counts().sort_index().iloc[0] > 40
    assert keys["day"].max() < town.scenario.planted_day(23.6)


def test_a_system_falls_silent(town):
    visits = town.cases[town.cases["source"] == SOURCES.index("visits")]
    first = date.fromisoformat(town.planted["silent_system"]["first_day_without"])
    assert len(visits) > 10
    assert visits["day"].max() < (first - EPOCH).days
    for source in FLAT:
        if source != SOURCES.index("visits"):
            assert town.cases.loc[town.cases["source"] == source, "day"].max() > town.scenario.end_day - 20


def test_a_slow_phone_shows(town):
    steps = town.events[town.events["seq"] <= 2].pivot(index="key", columns="seq", values="at")
    wait = (steps[2] - steps[1]).rename("wait")
    cases = town.worker.set_index("key")
    late = cases[cases["day"] >= town.scenario.end_day - 90].join(wait)
    median = late.groupby("reporter")["wait"].median()[late["reporter"].value_counts() > 20]
    person = town.organisation.staff["person"].iloc[median.idxmax()]
    assert person == town.planted["phone_clock"]["person"]
    assert 2_220 < median.max() < 3_600


def test_nothing_planted_is_left_untold(town):
    names = set(tomllib.loads((town.scenario.folder / "planted.toml").read_text("utf-8")))
    assert set(town.planted) == names
    assert all(said["keys"] for said in town.planted.values() if "keys" in said)
