"""The notebooks run from the first cell to the last on a simulated town, and come to what was planted there."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

import gridgov as gg
from tests.conftest import ROOT, DemoTown

NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.py"))
_SAY = "import json; print(json.dumps(findings, ensure_ascii=False, default=str))"


@dataclass(frozen=True)
class Executed:
    """A notebook that ran: its cells with what they gave, and its last word."""

    cells: list[Any]
    findings: dict[str, Any]

    def outputs(self) -> list[dict[str, Any]]:
        """All that the cells gave, in order."""
        return [output for cell in self.cells for output in cell.get("outputs", ())]


@pytest.fixture
def executed(demo_town: DemoTown, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Path], Executed]:
    """Run a notebook in a kernel of its own, in an empty folder."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])))

    def run(path: Path) -> Executed:
        book = jupytext.read(path)
        book.cells.append(nbformat.v4.new_code_cell(_SAY))
        NotebookClient(book, timeout=240, kernel_name="python3", resources={"metadata": {"path": tmp_path}}).execute()
        return Executed(book.cells[:-1], json.loads(book.cells[-1].outputs[0].text))

    return run


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_and_finds_what_was_planted(
    path: Path, executed: Callable[[Path], Executed], demo_town: DemoTown
) -> None:
    book = executed(path)
    warned = [output["text"] for output in book.outputs() if output.get("name") == "stderr"]
    assert not warned, warned
    assert any("image/png" in output.get("data", {}) for output in book.outputs()), "it draws nothing"
    FOUND.get(path.stem[:2], nothing_more)(book.findings, demo_town.truth)


def nothing_more(findings: dict[str, Any], truth: dict[str, Any]) -> None:
    assert findings


def the_town(findings: dict[str, Any], truth: dict[str, Any]) -> None:
    assert findings["grids"] == truth["totals"]["grids"]
    assert findings["n_open"] == findings["n_open_of_villages"] > 0
    with gg.connect() as db:  # what a day says is what the ledger has open at its end
        told = gg.open().cases(where={"open": True}, as_of=findings["as_of"])
        assert len(told) == findings["n_open"]
        silent = truth["cases"]["planted"].get("silent_system")
        first = pd.read_sql("SELECT min(reported_at) AS at FROM case_current", db)["at"].item()
    if silent is not None and silent["first_day_without"] > f"{first:%Y-%m-%d}":
        assert silent["source"] in findings["silent_systems"]


def the_backlog(findings: dict[str, Any], truth: dict[str, Any]) -> None:
    planted = truth["cases"]["planted"]
    with gg.connect() as db:
        units = pd.read_sql("SELECT code, name FROM gridgov.unit", db).set_index("code")["name"]
    assert findings["nobodys"] == planted["orchard_fire"]["matter"]
    for found, habit in (
        ("just_in_time", "just_in_time"),
        ("asked_late", "asks_a_day_before"),
        ("month_end", "month_end"),
    ):
        assert findings[found] == units[planted[habit]["unit"]], found
    assert findings["self_closing"] == [planted["self_closing"]["village"]]
    assert findings["reports_little"] == planted["silent_grid"]["grid"]
    assert findings["returning"] == [planted["returning"]["matter"], planted["returning"]["grid"]]


def the_patrols(findings: dict[str, Any], truth: dict[str, Any]) -> None:
    patrols = truth["patrols"]
    assert patrols["blind_spot"]["grid"] in findings["never_seen"]
    assert patrols["blind_spot"]["grid"] in findings["blind_spots_in"]
    assert truth["cases"]["planted"]["silent_grid"]["grid"] in findings["too_little_patrol"]
    if findings["known_since"] <= patrols["unpatrolled"]["first_day"]:
        assert findings["longest_without"] == patrols["unpatrolled"]["grid"]


def the_workload(findings: dict[str, Any], truth: dict[str, Any]) -> None:
    assert findings["grids"] == truth["totals"]["grids"]
    assert findings["dedicated"] == truth["totals"]["dedicated"]
    assert all(0 < each < 1 for each in findings["gini"].values())
    assert findings["merged"] < findings["grids"]
    assert findings["gini_merged"] < findings["gini"]["load"]
    assert findings["one_piece"]
    assert findings["n_drawn"] > 3
    assert findings["off"] <= 0.1
    assert findings["gini_after"] < findings["gini_before"] / 2
    assert findings["times"] == pytest.approx(720 / 454)


def the_hotspots(findings: dict[str, Any], truth: dict[str, Any]) -> None:
    planted = truth["cases"]["planted"]
    # Among all matters together the trend of its squares may drown in those of the busy centre, and does in a short town.
    if truth["scenario"]["months"] >= 12:
        assert planted["hotspot"]["grid"] in [grid for _, grid in findings["emerging"]]
        assert {matter for matter, _ in findings["emerging"]} & set(planted["hotspot"]["matters"])
    assert set(findings["grown_matters"]) == set(planted["hotspot"]["matters"])
    assert set(findings["grown_hours"]) == {planted["hotspot"]["hours"][0]}
    gone = date.fromisoformat(truth["period"]["last_day"]) - date.fromisoformat(planted["fading"]["last_day"])
    if gone > timedelta(weeks=8):  # in a short town it fades too late to be seen
        assert [planted["fading"]["matter"], planted["fading"]["grid"]] in findings["fading"]
    assert findings["grown"] == [planted["hotspot"]["grid"]]
    assert findings["only_patrol"] == [planted["extra_patrol"]["grid"]]
    assert findings["returning"] == [planted["returning"]["matter"], planted["returning"]["grid"]]


def next_week(findings: dict[str, Any], truth: dict[str, Any]) -> None:
    assert findings["grids"] == truth["totals"]["grids"]
    assert findings["apart"] < 1e-9
    assert findings["least"] >= 0
    assert findings["n_weeks"] >= 12
    assert min(findings["better"].values()) > 0.1, (
        "a tenth better than the same weekday of the week before, at every level"
    )
    assert findings["slow_better"] > 0.1
    assert all(0.6 < each < 0.97 for each in findings["covered"].values())


FOUND: dict[str, Callable[[dict[str, Any], dict[str, Any]], None]] = {
    "01": the_town, "02": the_backlog, "03": the_patrols, "04": the_workload, "05": the_hotspots,
    "06": next_week,
}  # fmt: skip
"""By the number of a notebook: what its findings must say, beside the truth of the town (truth.json)."""


def test_they_are_kept_as_text_and_told_of() -> None:
    told = (ROOT / "notebooks" / "README.md").read_text("utf-8")
    assert NOTEBOOKS
    assert [path.name for path in NOTEBOOKS if path.name not in told] == []
    assert not list((ROOT / "notebooks").rglob("*.ipynb"))
