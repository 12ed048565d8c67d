"""The course of one case as a question: every step, what it says, and the clock of each node."""

import json
from datetime import timedelta

import pandas as pd
import pytest

import gridgov as gg
from gridgov.errors import QuestionError, UnknownScope
from gridgov.questions.definition import definition_of
from tests.support import new_code, query
from tests.support_ledgers import BEGIN, EVENT_HEAD, case, event, load_cases, load_events

COURSE = [
    ("registered", 10, {"who": "c"}), ("dispatched", 20, {"unit": "Roads", "who": "c", "due": "2026-03-03 18:00:00"}),
    ("signed", 80, {"unit": "Roads", "who": "x"}), ("urged", 90, {"who": "c"}), ("yellow_card", 100, {}),
    ("handled", 200, {"unit": "Roads", "who": "x"}), ("checking", 210, {"who": "c"}), ("checked", 240, {"who": "x"}),
    ("closed", 260, {"who": "c"}), ("appealed", 300, {"why": "weather"}), ("appeal_upheld", 320, {}),
]  # fmt: skip


@pytest.fixture
def town(database, tmp_path):
    code = new_code()
    load_cases(tmp_path, code, [case("A"), case("B", track="")])
    load_events(tmp_path, code, [event("A", what, BEGIN + timedelta(minutes=at), **more) for what, at, more in COURSE])
    return code


def test_a_case_is_told_step_by_step(town):
    answer = gg.open(town).ask("course", case="A", as_of="2026-03-10")
    steps = answer.frame
    assert list(steps.columns) == list(definition_of("course").columns)
    assert steps["event"].tolist() == ["reported", *(what for what, _, _ in COURSE)]
    assert steps["state"].tolist() == [
        "reported", "registered", "dispatched", "signed", "signed", "signed", "handled", "checking", "checked", "closed",
        "closed", "closed",
    ]  # fmt: skip
    assert (steps["event_zh"].iloc[2], steps["event_en"].iloc[5], steps["basis"].iloc[0]) == (
        "派遣",
        "yellow card",
        "row",
    )
    by = steps.set_index("event")
    assert by.loc["dispatched", "unit"] == "Roads"
    assert str(by.loc["dispatched", "due_at"]) == "2026-03-03 10:00:00+00:00"
    assert by.loc["appealed", "reason"] == "weather"
    # Separation of monitoring and handling: shown, without showing who.
    assert by["is_handler"].to_dict()["signed"] is True
    assert by["is_self_closed"].dropna().to_dict() == {"checked": True, "closed": False}
    assert query("SELECT is_self_closed FROM gridgov.case_fact WHERE is_self_closed")["is_self_closed"].tolist() == [
        True
    ]
    assert "p:" not in answer.to_json()
    loads = query("SELECT id, finished_at FROM gridgov.load_run").set_index("id")["finished_at"]
    assert (steps["known_since_at"] == steps["run_id"].map(loads)).all()
    assert steps["file_name"].notna().all()
    assert answer.meta["case"]["track"] == "dispatched"


def test_the_clock_of_each_node_stands_beside_the_step_that_entered_it(town):
    asked = gg.open(town)
    nodes = asked.ask("course", case="A", as_of="2026-03-10").frame.dropna(subset="stage").set_index("stage")
    hours = {"intake": 10, "dispatch": 10, "sign": 60, "handle": 120, "check": 40, "close": 20}
    assert {stage: round(h * 60) for stage, h in nodes["stage_h"].items()} == hours
    worked = {**hours, "handle": 100, "check": 0, "close": 0}
    assert {stage: round(h * 60) for stage, h in nodes["stage_work_h"].items()} == worked, "nobody works at noon"
    assert nodes["event"].tolist() == ["reported", "registered", "dispatched", "signed", "handled", "checked"]
    assert nodes["is_stage_over"].tolist()[:3] == [False, False, False]
    assert pd.isna(nodes.loc["close", "stage_due_at"])
    assert nodes.loc["close", "is_stage_over"] is None
    # At an earlier instant nothing later shows, and the node it is in counts until then.
    then = asked.ask("course", case="A", as_of=BEGIN + timedelta(minutes=150)).frame
    assert then["event"].tolist() == ["reported", *(what for what, at, _ in COURSE if at <= 150)]
    last = then.dropna(subset="stage").iloc[-1]
    assert (last["stage"], round(last["stage_h"] * 60)) == ("handle", 70)
    assert pd.isna(last["left_at"])


def test_what_is_not_there_is_said(town, tmp_path):
    asked = gg.open(town)
    with pytest.raises(QuestionError, match="course speaks of one case: say which"):
        asked.ask("course")
    with pytest.raises(QuestionError, match=f"There is no case 'Z' in '{town}' at 2026-03-10"):
        asked.ask("course", case="Z", as_of="2026-03-10")
    with pytest.raises(QuestionError, match="no case 'A'"):
        asked.ask("course", case="A", as_of="2026-03-01")
    with pytest.raises(UnknownScope):
        asked.ask("course", case="A", scope="nowhere")
    assert asked.ask("course", case="B", as_of="2026-03-10").frame["event"].tolist() == ["reported"]


def test_evidence_roles_and_ratings_come_from_the_file_to_the_question(town, tmp_path):
    then = BEGIN + timedelta(minutes=400)
    rows = [
        {
            **event("A", "evidence", then),
            "ref": "oss://b/1.jpg",
            "kind": "照片",
            "sum": "a" * 64,
            "x": "120.3",
            "y": "31.7",
        },
        {**event("A", "evaluated", then + timedelta(minutes=1)), "said": "满意", "as": "citizen"},
        {**event("A", "archived", then + timedelta(minutes=2)), "as": "handler"},
    ]
    report = load_events(tmp_path, town, rows, (*EVENT_HEAD, "ref", "kind", "sum", "as", "said", "x", "y"))
    assert report.loaded == 3
    assert report.noticed == {"archived made by the handler, whom the process does not let": 1}
    by = gg.open(town).ask("course", case="A", as_of="2026-03-10").frame.set_index("event")
    seen = by.loc["evidence", ["evidence", "evidence_kind", "evidence_hash", "lon", "lat"]].tolist()
    assert seen == ["oss://b/1.jpg", "photo", f"sha256:{'a' * 64}", 120.3, 31.7]
    assert by.loc["evaluated", "rating"] == "satisfied"
    assert (by.loc["evaluated", "may_make"], by.loc["archived", "may_make"]) == (True, False)
    assert by.loc["closed", "may_make"] is None
    assert json.loads(gg.open(town).ask("course", case="A", as_of="2026-03-10").to_json())["rows"]


def test_known_at_shows_what_stood_before_it_was_corrected(town, tmp_path):
    then = query("SELECT max(finished_at) AS at FROM gridgov.load_run")["at"].iloc[0].to_pydatetime()
    load_events(
        tmp_path, town, [event("A", "dispatched", BEGIN + timedelta(minutes=20), unit="Roads", why="said anew")]
    )
    asked = gg.open(town)
    now, before = (asked.ask("course", case="A", as_of="2026-03-10", **how).frame for how in ({}, {"known_at": then}))
    assert (now.set_index("event").loc["dispatched", "reason"], before["reason"].dropna().tolist()) == (
        "said anew", ["weather"],
    )  # fmt: skip
