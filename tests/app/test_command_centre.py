"""The command centre in a real browser on the demo town: every page, both languages, both themes; walked, and failing well.

Screenshots of every page are kept in `.screenshots`. Nothing is asked of another machine; no page has a serious fault of
accessibility (axe-core, WCAG 2.1 AA).
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import axe_playwright_python
import psycopg
import pytest
from playwright.sync_api import expect

from gridgov.store.cluster import Cluster
from tests.support import ROOT
from tests.support_app import demo_town, serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = {
    "situation": ("/", ".kpi-value"),
    "backlog": ("/backlog", ".ag-row"),
    "units": ("/units", ".ag-row"),
    "patrol": ("/patrol", ".kpi-value"),
    "hierarchy": ("/hierarchy", ".ag-row"),
    "cases": ("/cases", ".ag-row"),
    "supervision": ("/supervision", ".kpi-value"),
    "loads": ("/loads", ".ag-row"),
}
"""Where each page is, and what is there when it has been filled."""
KEPT = ROOT / ".screenshots"
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
ELSEWHERE = [[".ag-header"], [".ag-body-viewport"]]
"""Parts of ag-grid of its own making, which holds cells that take the focus when there are rows."""
BUSY = "() => !document.querySelector('[data-dash-is-loading=\"true\"]')"
STILL = """() => document.getAnimations().every(
  one => one.playState !== 'running' || one.effect.getComputedTiming().endTime === Infinity
) && [...document.querySelectorAll('.js-plotly-plot')].every(figure => {
  const map = figure._fullLayout?.map?._subplot?.map;
  return !map || (map.loaded() && !map.isMoving());
})"""
"""Nothing fades or moves, and maps are painted."""


@pytest.fixture(scope="module")
def town(server: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A month of the demo town with two days of patrols: its database and its state folder."""
    with demo_town(server, tmp_path_factory.mktemp("demo")) as made:
        yield made


@pytest.fixture(scope="module")
def served(town: tuple[str, Path]) -> Iterator[str]:
    """The demo town, served."""
    with serving(*town) as address:
        yield address


@pytest.fixture
def reader(page: "Page", served: str) -> Iterator["Page"]:
    """A page of which every request that leaves the machine fails the test."""
    elsewhere: list[str] = []

    def watch(request: Any) -> None:
        if not request.url.startswith((served, "data:", "blob:")):
            elsewhere.append(request.url)

    page.on("request", watch)
    page.set_default_timeout(60_000)
    yield page
    assert not elsewhere, elsewhere


def settle(page: "Page") -> None:
    """All that was asked has come."""
    page.wait_for_load_state("networkidle")
    page.wait_for_function(BUSY)


def open_page(page: "Page", served: str, name: str, lang: str, more: str = "") -> None:
    path, something = PAGES[name]
    page.goto(f"{served}{path}?lang={lang}{more}")
    page.wait_for_selector(something)
    settle(page)


def accessibility(page: "Page") -> list[str]:
    """The serious faults that axe-core finds, in a line each."""
    page.evaluate(AXE)
    found = page.evaluate(
        "([tags, not]) => axe.run({exclude: not}, {runOnly: tags, resultTypes: ['violations']}).then(r => r.violations)",
        [TAGS, ELSEWHERE],
    )
    return [
        f"{fault['id']}: {node['target'][0]} {node['html'][:160]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"][:3]
    ]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_there_and_can_be_used_by_everybody(served: str, reader: "Page", name: str) -> None:
    KEPT.mkdir(exist_ok=True)
    for lang, scheme in (("zh", "light"), ("en", "dark")):
        open_page(reader, served, name, lang)
        if scheme == "dark":
            reader.locator("#scheme").click()
            reader.wait_for_selector("html[data-mantine-color-scheme='dark']")
            settle(reader)
        reader.wait_for_function(STILL)
        reader.screenshot(path=KEPT / f"{name}_{lang}_{scheme}.png", full_page=True)
        reader.evaluate(
            "scrollTo(0, document.body.scrollHeight)"
        )  # tables paint only what is in sight, and that a moment later
        reader.wait_for_timeout(1_000)
        reader.screenshot(path=KEPT / f"{name}_{lang}_{scheme}_below.png")
        assert reader.locator(".failed").count() == 0, reader.locator(".failed").all_inner_texts()
        assert reader.locator(".mantine-Notification-root").count() == 0
        assert accessibility(reader) == [], (lang, scheme)


def _number(page: "Page", name: str) -> int:
    """The number of a tile by its name."""
    tile = page.locator(".kpi", has=page.locator(".kpi-name", has_text=re.compile(f"^{name}")))
    return int(tile.locator(".kpi-value").first.inner_text().replace(",", ""))


def _other_number(page: "Page", name: str, n: int) -> int:
    """The number of a tile, once it is another than before."""
    shown = page.locator(".kpi", has=page.locator(".kpi-name", has_text=re.compile(f"^{name}"))).locator(".kpi-value")
    expect(shown.first).not_to_have_text(f"{n:,}")
    settle(page)
    return _number(page, name)


def test_a_number_leads_to_as_many_cases(served: str, reader: "Page") -> None:
    open_page(reader, served, "situation", "en")
    n = _number(reader, "Open")
    assert n > 50
    reader.locator(".kpi-link").filter(has_text=f"{n:,}").first.click()
    reader.wait_for_url(re.compile("/cases"))
    reader.wait_for_function("n => document.querySelector('#cases-head')?.innerText.includes(n)", arg=f"{n:,}")


def test_the_bar_filters_and_the_address_says_so(served: str, reader: "Page") -> None:
    open_page(reader, served, "situation", "en")
    n = _number(reader, "Open")
    reader.get_by_role("button", name="Filters").click()
    reader.get_by_label("Unit", exact=True).first.click()
    option = reader.get_by_role("option").nth(1)
    unit = option.inner_text()
    option.click()
    reader.get_by_role("button", name="Apply").click()
    reader.wait_for_url(re.compile("unit="))
    assert parse_qs(urlsplit(reader.url).query)["unit"] == [unit]
    fewer = _other_number(reader, "Open", n)
    assert 0 < fewer < n
    reader.reload()  # the address is all there is
    reader.wait_for_selector(".kpi-value")
    settle(reader)
    assert _number(reader, "Open") == fewer
    reader.locator(".chip.on").click()
    reader.wait_for_function("() => !location.search.includes('unit=')")


def test_a_view_is_saved_and_found_again(served: str, reader: "Page") -> None:
    open_page(reader, served, "cases", "en", "&urgent=true")
    reader.locator("#views-button").click()
    reader.locator("#views-name").fill("urgent ones")
    reader.locator("#views-save").click()
    reader.wait_for_selector("#views-list a:has-text('urgent ones')")
    open_page(reader, served, "situation", "en")
    reader.locator("#views-button").click()
    reader.locator("#views-list a").click()
    reader.wait_for_url(re.compile("/cases.*urgent=true"))


def test_search_leads_to_a_case_and_to_a_grid(served: str, reader: "Page") -> None:
    open_page(reader, served, "cases", "en")
    cell = "#cases .ag-row[row-index='0'] [col-id='case_no']"
    reader.wait_for_function("cell => document.querySelector(cell)?.innerText.trim()", arg=cell)
    number = reader.locator(cell).inner_text().strip()
    reader.locator("#find").fill(number)
    reader.get_by_role("option", name=number).first.click()
    reader.wait_for_url(re.compile(f"/case\\?.*case={number}"))
    reader.wait_for_function("n => document.querySelector('main').innerText.includes(n)", arg=number)


def test_mistakes_in_the_address_are_said(served: str, reader: "Page") -> None:
    for query, said in (("as_of=yesterday", "yesterday"), ("scope=nowhere", "nowhere"), ("town=atlantis", "atlantis")):
        reader.goto(f"{served}/?lang=en&{query}")
        reader.wait_for_selector(f".mantine-Notification-root:has-text('{said}')")


def _execute(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


DOWN = ".mantine-Notification-root:has-text('The database does not answer')"
LOOK = "window.dash_clientside.set_props('poll', {n_intervals: Date.now()})"
"""The page looks for new data, as it does by itself three times a minute."""


@pytest.mark.parametrize("met_by", ["nobody", "a click"])
def test_a_database_that_goes_away_is_said_and_when_it_is_back_the_page_goes_on(
    server: Cluster, town: tuple[str, Path], served: str, page: "Page", request: pytest.FixtureRequest, met_by: str
) -> None:
    database = urlsplit(town[0]).path.removeprefix("/")
    admin = town[0].replace(f"/{database}", "/postgres", 1)
    page.set_default_timeout(90_000)
    open_page(page, served, "situation", "en")
    before = page.locator(".kpi-value").first.inner_text()
    request.addfinalizer(lambda: _execute(admin, f"ALTER DATABASE {database} ALLOW_CONNECTIONS true"))
    _execute(
        admin,
        f"ALTER DATABASE {database} ALLOW_CONNECTIONS false",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'",
    )
    if met_by == "nobody":
        page.evaluate(LOOK)
    else:  # the page itself does not notice an outage as short as this
        page.locator("#nav-supervision").click()
    page.wait_for_selector(DOWN)
    if met_by == "nobody":
        assert page.locator(".kpi-value").first.inner_text() == before  # as of when it says
    _execute(admin, f"ALTER DATABASE {database} ALLOW_CONNECTIONS true")
    page.evaluate(LOOK)
    page.wait_for_selector(DOWN, state="detached")
    if met_by == "a click":
        page.wait_for_selector("#main .kpi-value")  # what failed has been asked again
        settle(page)
        assert page.locator(".failed").count() == 0
    page.locator("#nav-cases").click()
    page.wait_for_selector(".ag-row")


def test_a_question_that_raises_is_said_and_the_page_recovers(
    town: tuple[str, Path], served: str, page: "Page", request: pytest.FixtureRequest
) -> None:
    back = "ALTER TABLE gridgov.supervision_gone RENAME TO case_step"
    page.set_default_timeout(60_000)
    open_page(page, served, "situation", "en")
    request.addfinalizer(lambda: _execute(town[0], back.replace("ALTER TABLE", "ALTER TABLE IF EXISTS")))
    _execute(town[0], "ALTER TABLE gridgov.case_step RENAME TO supervision_gone")
    page.goto(f"{served}/supervision?lang=en&as_of=2026-10-12")
    page.wait_for_selector(".mantine-Notification-root")
    _execute(town[0], back)
    page.reload()
    page.wait_for_selector(".kpi-value")
    settle(page)
    assert page.locator(".failed").count() == 0


# ---------------------------------------------------------------------------------------------------------------------
# What is seen leaves the screen


def _exports(page: "Page", form: str) -> list[str]:
    """The addresses of a format that the export menus of a page offer."""
    items = page.locator(f"a.menu-item[href*='.{form}?']")
    return [str(each.get_attribute("href")) for each in items.all()]


def test_all_that_cases_one_case_and_patrols_show_can_be_taken_along_and_nobody_is_named(
    served: str, reader: "Page"
) -> None:
    open_page(reader, served, "cases", "en")
    cell = reader.locator("#cases .ag-row[row-index='0'] [col-id='case_no']")
    expect(cell).not_to_have_text("")
    case = cell.inner_text().strip()
    assert len(_exports(reader, "csv")) == 1
    reader.goto(f"{served}/case?lang=en&case={case}")
    reader.wait_for_selector("#case-passed-head .panel-title")
    settle(reader)
    of_case = _exports(reader, "csv")
    assert len(of_case) == reader.locator(".panel").count() == 7
    open_page(reader, served, "patrol", "en", "&list=patrol_sessions")
    of_patrols = _exports(reader, "csv")
    assert len(of_patrols) == reader.locator(".panel").count() == 2
    for href in (*of_case, *of_patrols):
        answer = reader.request.get(served + href)
        assert answer.status == 200, answer.text()
        if "/patrol_sessions.csv" in href:
            head, *rows = csv.reader(answer.text().lstrip("\ufeff").splitlines())
            whose = [head.index(name) for name in ("Session", "Begin") if name in head]
            assert rows and not any(row[at] for row in rows for at in whose), "nobody is told apart without a purpose"
    assert not [href for href in _exports(reader, "geojson") if "/patrol_sessions.geojson" in href], (
        "a way is somebody's"
    )


# ---------------------------------------------------------------------------------------------------------------------
# Compared, played, on the wall


def test_a_period_is_set_beside_the_one_before(served: str, reader: "Page") -> None:
    open_page(reader, served, "units", "en", "&period=week")
    below = reader.locator("#units-kpis .kpi-below").first
    assert "Period before" not in below.inner_text()
    reader.get_by_role("textbox", name="Compare").click()
    reader.get_by_role("option", name="Period before").click()
    reader.wait_for_url(re.compile("compare=previous"))
    expect(below).to_have_text(re.compile(r"Period before [\d,]+ \([+-][\d.]+ %\)"))
    reader.wait_for_selector("#units .ag-header-cell:has-text('Period before')")


def test_a_day_after_the_data_is_its_last_for_numbers_lists_and_the_time_machine(served: str, reader: "Page") -> None:
    open_page(reader, served, "situation", "en")
    n, day = _number(reader, "Open"), reader.locator("#days-lights-day").inner_text()
    open_page(reader, served, "situation", "en", "&as_of=2027-03-05")
    expect(reader.locator("#context .when")).to_contain_text("there is none of 2027-03-05 yet")
    assert _number(reader, "Open") == n
    assert reader.locator("#days-lights-day").inner_text() == day != ""
    reader.locator("#nav-cases").click()
    reader.wait_for_function("n => document.querySelector('#cases-head')?.innerText.includes(n)", arg=f"{n:,}")


def test_enter_on_a_cell_opens_the_case_as_a_click_does(served: str, reader: "Page") -> None:
    open_page(reader, served, "cases", "en")
    row = reader.locator("#cases .ag-row[row-index='0']")
    expect(row.locator("[col-id='case_no']").first).not_to_have_text("")
    case = row.locator("[col-id='case_no']").first.inner_text().strip()
    row.locator("[col-id='light']").focus()
    reader.keyboard.press("Enter")
    reader.wait_for_url(re.compile(f"case={case}"))


MOVING = """() => {
  const plot = document.querySelector('#patrol-map .js-plotly-plot');
  const source = plot?._fullLayout?.map?._subplot?.map?.getSource('moving');
  return source ? JSON.stringify(source.serialize().data.coordinates) : '';
}"""


def test_a_day_without_patrols_offers_the_nearest_with_one_and_there_people_move_who_are_not_named(
    served: str, reader: "Page"
) -> None:
    rows = reader.request.get(f"{served}/export/unpatrolled.geojson?lang=en").json()["features"]
    village = rows[0]["properties"]["parent_code"]
    open_page(reader, served, "patrol", "en", f"&scope={village}&as_of=2026-10-20")
    expect(reader.locator(".keys")).to_contain_text("outlined")
    reader.get_by_role("switch", name="Playback").click()
    reader.wait_for_selector("#play-head:has-text('no positions to play')")
    reader.locator("#play-head button").click()
    reader.wait_for_url(re.compile("as_of=2026-10-3"))
    expect(reader.locator(".keys")).to_contain_text("moving dots")
    reader.wait_for_selector("#play-controls:visible")
    reader.wait_for_function(f"() => ({MOVING})().length > 2")
    begin = reader.evaluate(MOVING)
    reader.locator("#play-button").click()
    reader.wait_for_function(f"begin => ({MOVING})() !== begin", arg=begin)
    reader.locator("#play-button").click()
    open_page(reader, served, "patrol", "en", "&list=patrol_sessions&play=1&session=1")
    reader.wait_for_selector("#play-head:has-text('say what for')")
    reader.locator("#purpose-words").fill("complaint 1120")
    reader.locator("#purpose-said").click()
    reader.wait_for_selector("#play-head:has-text('purpose: complaint 1120')")
    assert "complaint" not in reader.url


GROUND = """wall => {
  for (let part = wall; part; part = part.parentElement) {
    const found = getComputedStyle(part).backgroundColor.match(/[\\d.]+/g).map(Number);
    if (found.length < 4 || found[3] > 0) return found.slice(0, 3);
  }
  return [255, 255, 255];
}"""
"""The colour that a part stands on."""
LATER = """() => {
  history.pushState({}, '', location.href.replace('10-30T08', '10-31T17'));
  dispatchEvent(new Event('popstate'));
}"""
"""A day and a half passes: the address says another instant, the page stays."""


def test_the_wall_goes_through_its_views_and_what_turns_red_interrupts(served: str, reader: "Page") -> None:
    reader.clock.install()
    reader.goto(f"{served}/wall?lang=en&as_of=2026-10-30T08:00")
    reader.wait_for_selector("#wall.view-1 .wall-value")
    ground = reader.locator("#wall").evaluate(GROUND)
    assert max(ground) < 70, f"the wall is dark: {ground}"
    for view in (2, 3, 1):
        reader.clock.fast_forward(61_000)
        reader.wait_for_selector(f"#wall.view-{view}", state="attached")
    assert reader.locator("#wall.alarm").count() == 0, "what is red already interrupts nobody"
    reader.evaluate(LATER)
    reader.wait_for_selector("#wall.alarm .wall-alarm-what")


# ---------------------------------------------------------------------------------------------------------------------
# The newcomer's walk: docs/walk.md

PLACE = """([id, code]) => {
  const figure = document.querySelector('#' + id + ' .js-plotly-plot');
  const map = figure?._fullLayout?.map?._subplot?.map, grid = figure?.calcdata?.[0]?.find(each => each.loc === code);
  if (!map || !map.loaded() || map.isMoving() || !grid || !grid.ct) return null;
  const at = map.project(grid.ct), frame = map.getCanvas().getBoundingClientRect();
  return [frame.left + at.x, frame.top + at.y];
}"""
COUNT = "addEventListener('click', e => { if (e.isTrusted) window.clicks = (window.clicks || 0) + 1; }, true);"


def _click_grid(page: "Page", map_id: str, code: str) -> None:
    """A grid of a map, pointed at and clicked."""
    place = page.wait_for_function(PLACE, arg=[map_id, code]).json_value()
    page.mouse.move(place[0] - 4, place[1])
    page.mouse.move(*place)
    page.wait_for_function(
        "id => document.querySelector('#' + id + ' .hoverlayer')?.textContent.trim()", arg=map_id, polling=100
    )
    page.mouse.click(*place)
    page.wait_for_url(re.compile(rf"[?&]scope={code}(&|$)"))


def test_who_is_the_reason_and_did_anyone_walk_there_in_under_ten_clicks(served: str, reader: "Page") -> None:
    rows = reader.request.get(f'{served}/export/backlog.geojson?lang=en&ask={{"by":"village"}}').json()["features"]
    rows = [row["properties"] for row in rows if row["properties"]["grid_code"]]
    village = max(rows, key=lambda row: row["n_overdue"] or 0)
    reader.add_init_script(COUNT)
    open_page(reader, served, "situation", "en")
    _click_grid(reader, "map", village["grid_code"])  # 1
    expect(reader.locator("#context .here")).to_have_text(village["grid_name"])
    settle(reader)
    reader.locator("#nav-units").click()  # 2
    first = reader.locator("#units .ag-center-cols-container .ag-row[row-index='0']")
    late = first.locator("[col-id='n_late_closed'], [col-id='n_overdue_open']").filter(has_text=re.compile("[1-9]"))
    late.first.wait_for()
    settle(reader)
    n = int(late.first.inner_text())
    late.first.click()  # 3
    listed = reader.locator("#units-list .ag-center-cols-container .ag-row")
    expect(listed).to_have_count(n)
    listed.first.locator(".ag-cell").first.click()  # 4
    reader.wait_for_selector("#case-body .facts")
    reader.locator("#nav-patrol").click()  # 5
    reader.wait_for_selector("#patrol-kpis .kpi-value")
    expect(reader.locator("#context .here")).to_have_text(village["grid_name"])
    settle(reader)
    grids = "document.querySelector('#patrol-map .js-plotly-plot')?.data?.[0]?.locations?.[0]"
    reader.wait_for_function(f"village => ({grids})?.startsWith(village.slice(0, -3))", arg=village["grid_code"])
    _click_grid(reader, "patrol-map", reader.evaluate(grids))  # 6
    settle(reader)
    reader.get_by_role("switch", name="Playback").click()  # 7
    reader.wait_for_selector("#play-head:has-text('2026-10-31')")
    assert reader.evaluate("window.clicks") < 10
