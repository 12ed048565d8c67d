"""The page of patrols in a real browser: nine squares, two people on two days; drawn, walked, played, and the gate kept."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.store.test_ground import load_map, road
from tests.store.test_plans import checkpoint, load_list
from tests.support import load_city
from tests.support_app import serving
from tests.support_tracks import load_fixes, local, walk

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DAY = date(2026, 3, 2)
FIGURE = "document.querySelector('#patrol-map .js-plotly-plot')"
SUBPLOT = f"{FIGURE}?._fullLayout?.map?._subplot?.map"
MOVING = f"{SUBPLOT}?.getSource('moving')?.serialize().data.coordinates"


@pytest.fixture
def served(database: str, tmp_path: Path) -> Iterator[str]:
    load_city(tmp_path, "squares")
    load_map(tmp_path, "squares", [road((0, y + 0.5), (3, y + 0.5), width=40) for y in range(3)])
    load_list(
        "checkpoints", tmp_path, "squares", [checkpoint(f"P{k}", k + 0.5, 0.5, grid=f"1{k + 1}") for k in range(3)]
    )
    rows: list[Any] = []
    for day in (DAY, DAY + timedelta(1)):
        rows += walk("a", local(day, 9), 120, start=(0.1, 0.5), step=(6, 0), person="a", mode="walk")
        rows += walk("b", local(day, 15), 60, start=(1.1, 1.5), step=(6, 0), person="b", mode="walk")
    load_fixes(tmp_path, "squares", rows)
    with serving(database) as address:
        yield address


def _drawn(page: "Page", codes: str) -> None:
    """Wait until the map shows these grids."""
    page.wait_for_function(f"codes => {SUBPLOT}?.loaded() && {FIGURE}.data[0].locations.join() === codes", arg=codes)


def _choose(page: "Page", words: str, said: str) -> None:
    """Move a switch, and wait until all that depends on it is there."""
    page.wait_for_load_state("networkidle")
    page.locator(".mantine-SegmentedControl-label").get_by_text(words, exact=True).click()
    page.wait_for_url(re.compile(said))
    page.wait_for_load_state("networkidle")


def _open(page: "Page", served: str, path: str) -> None:
    page.goto(f"{served}/patrol?lang=en{path}")
    page.wait_for_selector("#patrol-kpis .kpi-value")


def test_walk(served: str, page: "Page") -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_default_timeout(40_000)

    # The town by district, then by grid; every number says what it is.
    _open(page, served, "")
    _drawn(page, "1,2,3")
    page.locator("#patrol-kpis .explain").first.hover()
    page.wait_for_selector("text=coverage · v")
    page.mouse.move(5, 5)
    page.get_by_role("textbox", name="Level").click()
    page.get_by_role("option", name="grid").click()
    page.wait_for_url(re.compile("level=grid"))
    _drawn(page, "11,12,13,21,22,23,31,32,33")

    # The surface is a picture of our own, the blind spots lie over it.
    _choose(page, "Idle days, place by place", "look=surface")
    _choose(page, "Blind spots", "list=blind_spots")
    page.wait_for_function(f"() => {SUBPLOT}?.getSource('surface')?.url.startsWith('/pictures/')")

    # A row of the list leads into its grid, where nobody is named.
    _choose(page, "Checkpoints", "list=checkpoints_missed")
    page.locator("#patrol-list .ag-row[row-index='0'] .ag-cell").first.click()
    page.wait_for_url(re.compile(r"[?&]scope=\d\d(&|$)"))
    page.wait_for_selector("#context .here")

    _play_a_grid(page, served)
    _pass_the_gate(page, served)
    elsewhere = [url for url in asked if not url.startswith((served, "data:", "blob:" + served))]
    assert not elsewhere, elsewhere


def _play_a_grid(page: "Page", served: str) -> None:
    """The marker moves, and nothing is asked of the server for it."""
    _open(page, served, "&scope=11&play=1")
    page.wait_for_function(f"() => {MOVING}?.length === 1")
    begin, clock = page.evaluate(MOVING), page.locator("#play-clock").inner_text()
    assert clock.startswith("09:0")
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.post_data or request.url))
    page.locator("#play-button").click()
    page.wait_for_function("clock => document.querySelector('#play-clock').innerText > clock", arg=clock)
    page.wait_for_function(f"begin => {MOVING}[0]?.[0] > begin", arg=begin[0][0])
    assert not [each for each in asked if "play" in each or "patrol" in each]
    page.locator("#play-button").click()


def _pass_the_gate(page: "Page", served: str) -> None:
    """One session is one person: without a purpose it is not played, nor is it said who it was."""
    _open(page, served, "&list=patrol_sessions&play=1&session=1")
    page.wait_for_selector("#play-head:has-text('say what for')")
    assert page.locator("#play-controls").is_hidden()
    assert not page.locator("#patrol-list .ag-header-cell:has-text('pseudonym')").count()
    page.locator("#purpose-words").fill("complaint 1120")
    page.locator("#purpose-said").click()
    page.wait_for_selector("#patrol-list .ag-header-cell:has-text('pseudonym')")
    page.wait_for_selector("#play-head:has-text('purpose: complaint 1120')")
    assert page.locator("#play-controls").is_visible()
    assert "complaint" not in page.url
