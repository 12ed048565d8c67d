"""What is kept day by day says what the stretches say, and what comes in and goes out makes the backlog of every day."""

from datetime import datetime, time, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import gridgov as gg
from gridgov.questions.asking import Asked
from gridgov.questions.kept import kept_by
from tests.store.test_rollups import BEGIN, ZONE, case, ledger_of, load_cases, load_events, report_of
from tests.support import new_code

few = settings(
    max_examples=5,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

COUNTS = ["n_reported", "n_reopened", "n_taken", "n_passed", "n_closed", "n_voided", "n_net"]
LIGHTS = ["n_open", "n_with_deadline", "n_overdue", "n_at_risk", "n_red", "n_yellow", "n_green", "n_grey"]


def loaded(folder, seed: int) -> gg.Town:
    town, lives = new_code(), ledger_of(40, seed)
    kinds = [("road", "hole", "dispatched"), ("road", "lamp", "dispatched"), ("tree", "fallen", "")]
    rows = []
    for k, (no, life) in enumerate(lives.items()):
        what, which, track = kinds[k % 3]
        rows.append(case(no, report_of(life), what=what, which=which) | {"track": track})
    load_cases(folder, town, rows)
    events = sorted((row for life in lives.values() for row in life), key=lambda row: row["at"])
    load_events(folder, town, events[: len(events) // 2])
    load_events(folder, town, events[len(events) // 2 :])
    return gg.open(town)


def end_of(day) -> datetime:
    """The last instant of a day, said as an instant: what is kept cannot answer it, the stretches do."""
    return datetime.combine(day + timedelta(1), time(), ZONE) - timedelta(microseconds=1)


def plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows without order and geometry, periods and groups without anything left out."""
    table = pd.DataFrame(rows.drop(columns="geom", errors="ignore"))
    counts = [name for name in table if name.startswith("n_")]
    table = table[(table[counts] != 0).any(axis=1)].astype(dict.fromkeys(counts, int)).astype(str)
    return table[sorted(table)].sort_values(sorted(table), ignore_index=True)


@few
@given(seed=st.integers(0, 10_000), data=st.data())
def test_what_is_kept_says_what_the_stretches_say(database, tmp_path, seed, data):
    town = loaded(tmp_path, seed)
    for by in (None, "unit", "category", "track", "place_status", ["category", "track"]):
        last = BEGIN.date() + timedelta(data.draw(st.integers(3, 60)))
        since = last - timedelta(data.draw(st.integers(0, 60)))
        period = data.draw(st.sampled_from(["day", "week", "month"]))
        keys = [period] if by is None else [period, *([by] if isinstance(by, str) else by)]
        where = data.draw(st.sampled_from([{}, {"track": "dispatched"}])) if by in (None, "category") else {}
        for question in ("flow", "backlog_trend"):
            asked = {"by": keys, "since": since, "where": where}
            kept = town.ask(question, as_of=last, **asked)
            counted = town.ask(question, as_of=end_of(last), **asked)
            pd.testing.assert_frame_equal(plain(kept.frame), plain(counted.frame))


@few
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
