"""What steps do to the clock of a case: by hand, and by rules that say otherwise."""

from types import SimpleNamespace
from typing import Any

import pytest

from gridgov.process import EVENTS
from gridgov.questions.clock_rule import clock_of
from gridgov.resources import resource
from gridgov.rules import parse_rules
from gridgov.vocabulary import CLOCKS

TEXT = resource("data", "rules", "default.toml").read_text("utf-8")


def clocks(*events: str, track: str | None = "dispatched", basis: str = "event", **changes: str) -> list[str]:
    text, state, steps = TEXT, None, []
    for old, new in changes.values() and [pair.split(" -> ") for pair in changes.values()]:
        assert old in text
        text = text.replace(old, new)
    for event in events:
        state = event if basis == "row" else EVENTS[event].to or state
        steps.append(SimpleNamespace(event=event, basis=basis, state=state))
    found: list[Any] = clock_of(parse_rules(text, "test"), track, steps)
    assert set(found) <= set(CLOCKS)
    return found


def test_the_clock_of_a_dispatched_case() -> None:
    assert clocks("reported", "registered", "dispatched", "urged", "returned", "dispatched", "signed", "handled", "rework",
                  "handled", "checking", "checked", "closed", "evaluated") == [
        "not_yet", "not_yet", "starts", "runs", "runs", "runs", "runs", "stops", "runs_again", "stops", "runs", "runs",
        "ends", "over",
    ]  # fmt: skip


def test_pauses_extensions_and_reopening() -> None:
    way = (
        "reported",
        "registered",
        "dispatched",
        "extended",
        "suspended",
        "resumed",
        "forced_closed",
        "reopened",
        "dispatched",
    )
    assert clocks(*way)[3:] == ["new_deadline", "stands", "resumes", "ends", "anew", "starts"]
    assert clocks(*way, reopened='reopened = "new" -> reopened = "keep"')[-2:] == ["old_again", "runs"]
    assert "stands" not in clocks(*way, pauses='pauses = ["suspended", "deferred"] -> pauses = ["deferred"]')


@pytest.mark.parametrize(("track", "first"), [("self_handled", "starts"), (None, "starts"), ("dispatched", "not_yet")])
def test_where_it_starts_hangs_on_the_track(track: str | None, first: str) -> None:
    assert clocks("reported", "registered", track=track)[0] == first


def test_of_a_flat_row_it_starts_with_the_report() -> None:
    assert clocks("reported", "closed", basis="row") == ["starts", "ends"]
