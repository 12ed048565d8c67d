"""The time machine in a real browser: the days are fetched once and switched there, and where the slider rests the page is."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dash_app.asking import asks
from dash_app.asking.state import State
from tests.app.test_situation import LAST, load_sixty_days
from tests.support import load_city
from tests.support_app import serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PLOT = "document.querySelector('#map .js-plotly-plot')"
SUBPLOT = f"{PLOT}?._fullLayout?.map?._subplot"
COLOURS = f"""() => {{
  const plot = {PLOT}, subplot = {SUBPLOT}, map = subplot.map, drawn = subplot.traceHash[plot._fullData[0].uid];
  const isSwitched = Array.isArray(map.getPaintProperty(drawn.layerList[0][1], 'fill-color'));
  const of = (f) => isSwitched && map.getFeatureState({{ source: drawn.sourceId, id: f.id }}).colour || f.properties.fc;
  const ink = document.createElement('canvas').getContext('2d');  // a colour is said in several ways; here in one
  const said = (colour) => {{ ink.fillStyle = colour; return ink.fillStyle; }};
  return map.getSource(drawn.sourceId).serialize().data.features.map((f) => f.id + said(of(f))).join();
}}"""
AT = LAST - timedelta(20)


@pytest.fixture
def served(database: str, tmp_path: Path) -> Iterator[str]:
    load_city(tmp_path, "squares")
    load_sixty_days(tmp_path, "squares")
    with serving(database) as address:
        yield address


def _told(page: "Page", day: date) -> None:
    """Wait until the lights are those of a day, as the backlog counts them."""
    row = asks.ask(State(town="squares", as_of=day.isoformat()), "backlog").rows()[0]
    page.wait_for_function(
        "day => document.querySelector('#days-lights-day')?.innerText.startsWith(day)", arg=day.isoformat()
    )
    for name in ("n_open", "n_red", "n_green"):
        page.wait_for_function(
            "([id, n]) => document.getElementById(id).innerText === n", arg=[f"days-lights-{name}", str(row[name])]
        )


def test_days_are_switched_in_the_browser_and_a_slider_at_rest_is_the_address(served: str, page: "Page") -> None:
    page.set_default_timeout(60_000)
    page.goto(f"{served}/?lang=en&as_of={AT}&level=grid&shade=n_open")
    page.wait_for_function(f"() => {SUBPLOT}?.map.loaded() && {PLOT}.calcdata[0][0].ct")
    _told(page, AT)
    page.wait_for_load_state("networkidle")
    before = page.evaluate(COLOURS)

    # The arrow keys go day by day; nothing is asked of the server for it until the slider rests.
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("for (let k = 1; k <= 30; k++) dash_clientside.set_props('days-at', {value: 69 - k})")
    page.wait_for_function(f"before => ({COLOURS})() !== before", arg=before)
    _told(page, AT - timedelta(30))
    assert not [url for url in asked if "/shapes/" in url]
    page.wait_for_url(re.compile(f"as_of={AT - timedelta(30)}"))
    page.wait_for_load_state("networkidle")

    # The figure that the server drew of that day has the colours that the browser gave it.
    switched = page.evaluate(COLOURS)
    page.reload()
    page.wait_for_function(f"() => {SUBPLOT}?.map.loaded() && {PLOT}.calcdata[0][0].ct")
    assert page.evaluate(COLOURS) == switched

    page.locator("#days-at [role=slider]").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(f"as_of={AT - timedelta(29)}"))
    _told(page, AT - timedelta(29))

    # It plays by itself up to the last day, and rests there: the page looks at the latest.
    page.locator("#days-play").click()
    last = asks.latest(State(town="squares"))[:10]
    page.wait_for_function("day => document.querySelector('#days-lights-day').innerText.startsWith(day)", arg=last)
    page.wait_for_function("() => document.querySelector('#days-play').innerText === '▶'")
    page.wait_for_url(lambda url: "as_of" not in url)
    page.wait_for_load_state("networkidle")

    # The list is of the day too; a row leads into its grid.
    page.evaluate("dash_clientside.set_props('days-at', {value: 60})")
    page.wait_for_url(re.compile("as_of="))
    page.locator("#days-top .ag-row[row-index='0'] .ag-cell").first.click()
    page.wait_for_url(re.compile(r"scope=\d\d"))
