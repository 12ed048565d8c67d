"""The app in a real browser: Chicago loaded through the pipelines, served by two workers, walked by clicks."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gridgov.pipelines.kinds import load
from gridgov.sources.mapping import read_mapping
from tests.support_app import serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MAP = "#map .js-plotly-plot"
DRAWN = f"""codes => {{
  const figure = document.querySelector('{MAP}');
  const map = figure && figure._fullLayout && figure._fullLayout.map && figure._fullLayout.map._subplot.map;
  if (!map || !map.loaded() || map.isMoving() || !figure.calcdata[0][0].ct) return false;
  return codes === null || figure.data[0].locations.join() === codes;
}}"""
PLACE = f"""code => {{
  const figure = document.querySelector('{MAP}'), map = figure._fullLayout.map._subplot.map;
  const at = map.project(figure.calcdata[0].find(grid => grid.loc === code).ct), frame = map.getCanvas().getBoundingClientRect();
  return [frame.left + at.x, frame.top + at.y];
}}"""
PAGES = {
    "situation": ("/", ".kpi-value"),
    "cases": ("/cases", ".ag-row"),
    "patrol": ("/patrol", ".kpi-value"),
    "hierarchy": ("/hierarchy", ".ag-row"),
    "loads": ("/loads", ".ag-row"),
}


@pytest.fixture
def served(database: str, realdata: Path) -> Iterator[str]:
    """Chicago, served on a free port of this machine."""
    chicago = realdata / "chicago"
    load("grids", chicago / "police_beats.geojson", read_mapping("chicago_beats"))
    load("incidents", chicago / "chicago_311_sanitation_2011_2014.csv.gz", read_mapping("chicago_311_sanitation"))
    with serving(database) as address:
        yield address


def _open_cases(page: "Page", expected: str) -> None:
    page.wait_for_function("n => document.querySelectorAll('.kpi-value')[1]?.innerText === n", arg=expected)


def _click_grid(page: "Page", code: str) -> None:
    page.wait_for_function(DRAWN, arg=None)
    x, y = page.evaluate(PLACE, code)
    page.mouse.move(x - 4, y)
    page.mouse.move(x, y)
    page.wait_for_function(f"code => document.querySelector('{MAP} .hoverlayer')?.textContent.includes(code)", arg=code)
    page.mouse.click(x, y)
    page.wait_for_url(re.compile(rf"[?&]scope={code}(&|$)"))


def test_walk(served: str, page: "Page") -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_default_timeout(20_000)

    # The whole town on a past day, chosen in the date picker.
    page.goto(f"{served}/?lang=en")
    _open_cases(page, "325")
    _choose_day(page, "2013-07-01")
    _open_cases(page, "836")
    assert "as_of=2013-07-01" in page.url

    # Every number says what it is.
    page.locator(".kpi .explain").nth(1).hover()
    page.wait_for_selector("text=backlog · v3")
    page.mouse.move(5, 5)
    page.wait_for_selector("text=backlog · v3", state="hidden")

    # Down by clicking grids, to the points of the finest level.
    _click_grid(page, "11")
    page.wait_for_function(DRAWN, arg="111,112,113")
    _click_grid(page, "111")
    page.wait_for_function(DRAWN, arg="1111,1112,1113,1114,1115")
    _click_grid(page, "1112")
    page.wait_for_function(f"() => document.querySelector('{MAP}').data.some(trace => trace.type === 'scattermap')")
    assert [crumb.inner_text() for crumb in page.locator("#context .crumb").all()] == ["Chicago", "11", "111"]
    deep, shown = page.url, page.locator(".kpi-value").nth(1).inner_text()

    # The address is the state: a reload shows the same, back goes one step back, the first crumb to the town.
    page.reload()
    _open_cases(page, shown)
    assert page.url == deep and page.locator("#context .here").inner_text() == "1112"
    page.go_back()
    page.wait_for_function("() => document.querySelector('#context .here')?.innerText === '111'")
    page.locator("#context .crumb").first.click()
    _open_cases(page, "836")
    page.wait_for_function(DRAWN, arg=None)

    # The case that waits longest opens from the list, and closes again.
    page.locator("#worst .ag-cell[col-id='case_no']").first.click()
    page.wait_for_selector("[role=dialog] .case-no:has-text('11-03244082')")
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "case=" not in url)

    _walk_all_pages(page)
    _meet_mistakes(page, served)
    elsewhere = [url for url in asked if not url.startswith((served, "data:", "blob:" + served))]
    assert not elsewhere, elsewhere


def _choose_day(page: "Page", day: str) -> None:
    """Through the calendar, as a reader does: up to the years, the year, the month, the day."""
    year, month, number = day.split("-")
    page.locator("#context .mantine-DatePickerInput-input").click()
    page.locator(".mantine-DatePickerInput-calendarHeaderLevel").click()
    page.locator(".mantine-DatePickerInput-calendarHeaderLevel").click()
    page.get_by_role("button", name=year, exact=True).click()
    page.get_by_role("button", name=month, exact=True).click()
    page.locator(".mantine-DatePickerInput-day:not([data-outside])").nth(int(number) - 1).click()


def _walk_all_pages(page: "Page") -> None:
    titles = {
        "en": ("Situation", "Cases", "Patrol", "Hierarchy", "Loads"),
        "zh": ("总览", "案件", "巡查", "网格体系", "数据接入"),
    }
    for lang, names in titles.items():
        page.get_by_text("中文" if lang == "zh" else "EN", exact=True).click()
        page.wait_for_selector(f"#nav-situation:has-text('{names[0]}')")
        for (word, (path, something)), name in zip(PAGES.items(), names, strict=True):
            page.locator(f"#nav-{word}").click()
            page.wait_for_selector(something)
            assert page.locator(f"#nav-{word}").inner_text() == name
            assert path in page.url and "as_of=2013-07-01" in page.url and f"lang={lang}" in page.url
            page.wait_for_load_state("networkidle")
    page.locator("#nav-cases").click()
    page.locator("#cases-search").fill("HALSTED")
    page.wait_for_url(re.compile("q=HALSTED"))
    page.wait_for_function(
        "() => document.querySelector('.ag-center-cols-container .ag-row')?.innerText.includes('HALSTED')"
    )
    page.locator("#cases .ag-row[row-index='0'] .ag-cell").first.click()
    page.wait_for_selector(".facts dd:has-text('HALSTED')")


def _meet_mistakes(page: "Page", served: str) -> None:
    page.goto(f"{served}/?as_of=yesterday&lang=en")
    page.wait_for_selector(".mantine-Notification-root:has-text('yesterday')")
    _open_cases(page, "325")
    page.goto(f"{served}/?scope=nowhere&lang=en")
    page.wait_for_selector(".mantine-Notification-root:has-text('nowhere')")
    page.goto(f"{served}/?town=atlantis&lang=en")
    page.wait_for_selector(".mantine-Notification-root:has-text('atlantis')")
