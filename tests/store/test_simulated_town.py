"""The simulated town, written, loaded by the ordinary loaders, and asked: what comes out is what its truth says."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import gridgov as gg
from gridgov.analytics.rates import N_MIN
from gridgov.pipelines.kinds import load
from gridgov.pipelines.report import LoadReport
from gridgov.simulate.feeds import FILES
from gridgov.simulate.scenario import read_scenario
from gridgov.simulate.town import simulate
from gridgov.sources.mapping import read_mapping
from tests.conftest import Shared
from tests.support import query

pytestmark = pytest.mark.slow

MONTHS = 3
AFTERWARDS = {"evaluated", "collected", "archived"}


@pytest.fixture(scope="module")
def folder(shared: Shared) -> Path:
    """Three months of the town, without tracks."""
    out = shared.folder / "xiake"
    simulate(read_scenario("xiake", months=MONTHS, seed=2), out, track_days=0)
    return out


@pytest.fixture(scope="module")
def reports(folder: Path) -> dict[str, LoadReport]:
    """What the loads of the town said."""
    return load_all(folder)


def load_all(folder: Path) -> dict[str, LoadReport]:
    """Load what simulated.json lists, and the service windows."""
    rows = json.loads((folder / "simulated.json").read_text("utf-8"))["loads"]
    rows += [
        {"kind": "incidents", "file": "window_matters.csv", "mapping": "mappings/window_matters.toml"},
        {"kind": "events", "file": "window_events.csv", "mapping": "mappings/window_events.toml"},
    ]
    return {
        Path(row["mapping"]).stem: load(row["kind"], folder / row["file"], read_mapping(folder / row["mapping"]))
        for row in rows
    }


def test_the_loaded_town_says_what_the_truth_says(folder: Path, reports: dict[str, LoadReport]) -> None:
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    assert {name: report.reasons for name, report in reports.items() if report.quarantined} == {}
    assert {name: report.read for name, report in reports.items() if report.loaded != report.read} == {}

    cases, events = truth["cases"]["cases"], truth["cases"]["events"]
    town = gg.open("xiake")
    by_source = town.ask("cases", limit=0).meta["n_total"]
    assert by_source == cases["total"]
    told = query("SELECT count(*) AS n FROM gridgov.case_event WHERE basis = 'event' AND retired_run_id IS NULL")
    flat = ("visits", "information", "disputes", "sentiment")
    assert told["n"].iloc[0] == events["total"] - sum(events["source"].get(source, 0) for source in flat)

    platforms = [source for source in cases["source"] if source != "window"]
    for day, numbers in truth["cases"]["open"].items():
        backlog = town.ask("backlog", as_of=day, where={"source": platforms}).frame.iloc[0]
        assert backlog["n_open"] == numbers["total"], day
        assert sum(backlog[f"n_{light}"] for light in ("red", "yellow", "green", "grey")) == backlog["n_open"]
        # The flat sources tell no deadline: theirs come from the catalogue, and the truth knows none.
        told = {"source": [source for source in platforms if source not in flat]}
        due = town.ask("on_time", since=f"{day[:7]}-01", as_of=day, where=told).frame.iloc[0]
        wanted = truth["cases"]["due_at_month_end"][day[:7]]
        assert {part: due[f"n_{part}"] for part in wanted} == wanted, day
    flow = town.ask("flow", by="month").frame
    months = {f"{on:%Y-%m}": int(n) for on, n in zip(flow["period_on"], flow["n_reported"], strict=True) if n}
    assert months == cases["month"]
    for dimension in ("category", "track", "channel"):
        answer = town.ask("flow", by=["month", dimension]).frame.groupby(dimension)["n_reported"].sum()
        assert {k: int(n) for k, n in answer.items() if k != "政务服务"} == cases[dimension]

    tree = town.ask("hierarchy").frame
    root = tree[tree["level"] == 0].iloc[0]
    assert (root["n_children"], root["residents"]) == (21, 180_000)
    assert root["area_km2"] == pytest.approx(110, rel=0.005)
    assert (tree["level"] == 2).sum() == 179

    since = date.fromisoformat(truth["period"]["first_day"])
    what_was_planted_is_found(town, truth["cases"]["planted"], since)

    again = load_all(folder)
    assert {name: report.unchanged for name, report in again.items() if report.unchanged != report.read} == {}


@pytest.mark.usefixtures("reports")
def test_states_follow_the_ledger(folder: Path) -> None:
    """At the end of the period the state told by the ledger is the one the source wrote on the row.

    Of a case that was rated, collected or archived after its end it is that end.
    """
    cases = gg.open("xiake").ask("cases", limit=100_000).frame
    assert len(cases) > 20_000
    for source, part in cases.groupby("source"):
        mapping = read_mapping(folder / "mappings" / f"{Path(FILES[source][0]).stem}.toml")
        told = part["status_text"].map(mapping.values["status"])
        is_after = told.isin(AFTERWARDS)
        assert list(told[~is_after]) == list(part.loc[~is_after, "state"]), source
        assert set(part.loc[is_after, "state"]) <= {"closed", "forced_closed", "voided"}, source


def what_was_planted_is_found(town: gg.Town, planted: dict[str, Any], since: date) -> None:
    """What was hidden in the town stands where an analyst looks for it, however short the town is."""
    units = query("SELECT code, name FROM gridgov.unit").set_index("code")["name"]

    fires = planted["orchard_fire"]
    items = town.ask("nobodys", since=since, limit=1_000).frame
    place = items.index[items["subcategory"] == fires["matter"]].item()
    fire, per_case = items.loc[place], items["n_returns"] / items["n_followed"]
    assert fire["n_bounced"] == fire["n_followed"] == sum(map(len, fires["cases"].values()))
    assert fire["n_returns"] >= fires["returns"][0] * fire["n_followed"]
    assert per_case.idxmax() == place
    before = items.iloc[:place]  # where the fires are few, only what is not few stands before them
    assert (before["n_followed"] >= N_MIN).all()
    assert before.empty or fire["n_followed"] < N_MIN

    found = town.ask("integrity", since=since).frame
    habits = {"just_in_time": "just_in_time", "asked_late": "asks_a_day_before", "month_end": "month_end"}
    for indicator, habit in habits.items():
        assert found.loc[found["indicator"] == indicator, "unit"].tolist() == [units[planted[habit]["unit"]]], indicator
    alone = planted["self_closing"]
    found = town.ask("integrity", by="village", since=since).frame.set_index("indicator").loc[["self_closed"]]
    assert found["grid_code"].tolist() == [alone["village"]]
    assert set(found["case_nos"].iloc[0]) <= set(alone["cases"]["platform"])

    again = [case for cases in planted["returning"]["cases"].values() for case in cases]
    places = town.ask("repeat_places", since=since).frame.head(3)
    row = places[places["case_no"].isin(again)].iloc[0]
    assert row["n_back"] >= len(again) - 1
    assert row["subcategory"] == planted["returning"]["matter"]

    storm = town.ask("duplicate_clusters", since=since).frame.iloc[0]
    assert storm["case_no"] in planted["storm"]["cases"]["hotline"]
    assert storm["n_reports"] >= 0.8 * planted["storm"]["orders"]
