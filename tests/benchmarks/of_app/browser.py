"""What a reader waits for: the first map, a click, the time machine, the playback, what a first visit weighs."""

import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import plotly

import gridgov as gg
from gridgov.figures import choropleth

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

RUNS = 5
_DRAWN = """id => {
  const plot = document.querySelector('#' + id + ' .js-plotly-plot');
  const map = plot?._fullLayout?.map?._subplot?.map;
  return !!(map && map.loaded() && plot.calcdata?.[0]?.[0]?.ct);
}"""

_STEPS = """async (step) => {
  const map = document.querySelector('#map .js-plotly-plot')._fullLayout.map._subplot.map, move = eval(step), at = [];
  const last = +document.querySelector('#days-at [role=slider]').ariaValueMax;
  for (let day = 0; day < last; day++) {
    const drawn = new Promise(done => map.once('idle', done));
    move(day);
    await drawn;
    at.push(performance.now());
  }
  return at;
}"""
"""When each of the days of the time machine was drawn; `step` is what brings it about."""

_GO = "q => { history.pushState({}, '', q); window.dispatchEvent(new Event('_dashprivate_pushstate')); }"
"""The address changes as Dash's own links change it; everything follows."""


def measure(browser: "Browser", address: str, town: str) -> str:
    """All of it, in lines."""
    query = f"?town={town}&lang=zh"
    bare, first = [], []
    with _bare(town) as plain:
        for _ in range(RUNS):  # in turns, so that both see the same machine
            bare.append(_first(browser, plain))
            first.append(_first(browser, f"{address}/{query}"))
    ratio = statistics.median(first) / statistics.median(bare)
    lines = [
        f"first map: {statistics.median(first):.2f} s, a bare Plotly page {statistics.median(bare):.2f} s: {ratio:.2f}x",
        f"first visit on the wire: {_weight(browser, f'{address}/{query}') / 1e6:.2f} MB",
        _clicks(browser, address, query),
        _time_machine(browser, address, query),
        _playback(browser, address, query, town),
    ]
    return "\n".join(lines)


@contextmanager
def _bare(town: str) -> Iterator[str]:
    """The address of a page with nothing but Plotly and the same map of villages, served from this machine as the app is."""
    answer = gg.open(town).ask("backlog", by="village")
    figure = choropleth(answer.frame[answer.frame["grid_code"].notna()], "n_open")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(Path(plotly.__file__).parent / "package_data" / "plotly.min.js", folder)
        (Path(folder) / "index.html").write_text(
            f'<!doctype html><meta charset="utf-8"><script src="plotly.min.js"></script><div id="map"><div id="plot" '
            f'style="width:800px;height:640px"></div></div><script>Plotly.newPlot("plot", {figure.to_json()})</script>',
            "utf-8",
        )
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is said of requests."""


def _first(browser: "Browser", url: str) -> float:
    """Seconds until the map of a page is drawn for a reader who has nothing in the cache."""
    page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
    began = time.perf_counter()
    page.goto(url)
    page.wait_for_function(_DRAWN, arg="map", polling=20, timeout=60_000)
    taken = time.perf_counter() - began
    page.context.close()
    return taken


def _weight(browser: "Browser", url: str) -> int:
    """Bytes on the wire of a first visit."""
    page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(url)
    page.wait_for_load_state("networkidle", timeout=60_000)
    page.context.close()
    return int(sum(sizes))


def _clicks(browser: "Browser", address: str, query: str) -> str:
    """From a click on a grid, a crumb or a filter until nothing on the page is waited for any more."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(f"{address}/{query}")
    page.wait_for_load_state("networkidle", timeout=60_000)
    page.wait_for_function(_DRAWN, arg="map", timeout=60_000)
    codes = page.evaluate("() => document.querySelector('#map .js-plotly-plot').data[0].locations")
    taken = []
    for code in codes[:10]:
        for change in (f"{query}&scope={code}", query):
            began = time.perf_counter()
            page.evaluate(_GO, change)
            _settled(page)
            taken.append(1000 * (time.perf_counter() - began))
    page.close()
    return f"from a click to the changed page: p50 {statistics.median(taken):.0f}, p95 {_p95(taken):.0f} ms, {len(taken)} clicks"


def _settled(page: "Page") -> None:
    """Nothing is loading: no callback under way for a tenth of a second, the map drawn."""
    page.wait_for_function(
        """() => {
          const busy = document.querySelector('[data-dash-is-loading="true"]') || document.title.startsWith('Updating');
          const now = performance.now();
          if (busy) { window._quiet = null; return false; }
          window._quiet = window._quiet || now;
          if (now - window._quiet < 100) return false;
          const map = document.querySelector('#map .js-plotly-plot')?._fullLayout?.map?._subplot?.map;
          if (!map || !map.loaded()) return false;
          window._quiet = null;
          return true;
        }""",
        polling=20,
        timeout=60_000,
    )


def _time_machine(browser: "Browser", address: str, query: str) -> str:
    """Days a second that the map has drawn to the end, each asked for once the one before is there; beside bare repaints."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(f"{address}/{query}&level=grid")
    page.wait_for_load_state("networkidle", timeout=60_000)
    page.wait_for_function(_DRAWN, arg="map", timeout=60_000)
    page.wait_for_function("() => +document.querySelector('#days-at [role=slider]').ariaValueMax > 1", timeout=60_000)
    days = page.evaluate(_STEPS, "day => dash_clientside.set_props('days-at', {value: day})")
    bare = page.evaluate(_STEPS, "day => map.triggerRepaint()")
    page.close()
    return f"time machine: {_rate(days):.1f} updates/s, {len(days)} days of all grids; bare repaints {_rate(bare):.1f} a second"


def _playback(browser: "Browser", address: str, query: str, town: str) -> str:
    """Frames a second of a playback of a village's last day with tracks."""
    grids = gg.open(town).ask("hierarchy").frame
    village = grids.loc[grids["level_code"] == "village", "grid_code"].iloc[0]
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(f"{address}/patrol{query}&scope={village}&play=1")
    page.wait_for_load_state("networkidle", timeout=120_000)
    if not page.locator("#play-controls").is_visible():
        return "playback: there is nothing to play"
    page.wait_for_timeout(2_000)
    page.evaluate("""() => {
      window._steps = [];
      const map = document.querySelector('#patrol-map .js-plotly-plot')._fullLayout.map._subplot.map;
      map.on('render', () => window._steps.push(performance.now()));
    }""")
    page.locator("#play-button").click()
    page.wait_for_timeout(6_000)
    at = page.evaluate("() => window._steps")
    page.close()
    return f"playback: {_rate(at):.1f} frames/s drawn"


def _rate(at: list[float]) -> float:
    return 1000 * (len(at) - 1) / (at[-1] - at[0]) if len(at) > 1 else 0.0


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]
