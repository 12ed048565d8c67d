"""In a real browser: pictures of a map to keep and for the PDF, over a base map of tiles that only our own server asks for."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from dash_app.asking.state import State
from dash_app.frame.export_menu import export_href
from tests.support import load_city, load_rows, point
from tests.support_app import serving
from tests.support_tiles import TileServer, tile_server

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
GREEN = (30, 160, 60)
DRAWN = """() => {
  const plot = document.querySelector("#map .js-plotly-plot"), layout = plot && plot._fullLayout;
  const map = layout && layout.map && layout.map._subplot && layout.map._subplot.map;
  return map && map.loaded() && map.getStyle().layers.some(layer => layer.id.startsWith("plotly-"));
}"""
OFFER = """([kind, href]) => {
  const item = document.createElement("a");
  const told = { title: "T", place: "spring", said: "As of", asOf: "2026-03-31", note: "N" };
  Object.assign(item.dataset, { export: kind, graph: "map", ...told });
  item.href = href;
  item.textContent = kind;
  item.id = "offer-" + kind;
  document.body.prepend(item);
}"""


def _green(z: int, x: int, y: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (256, 256), GREEN).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def served(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, TileServer]]:
    load_city(tmp_path, "spring")
    x, y = point(0.5, 0.5)
    load_rows(tmp_path, "spring", [{"no": "C1", "at": "2026-03-01 10:00", "state": "open", "x": str(x), "y": str(y)}])
    with tile_server(_green) as tiles:
        monkeypatch.setenv("GRIDGOV_BASEMAP_URL", tiles.address + "/{z}/{x}/{y}.png")
        monkeypatch.setenv("GRIDGOV_BASEMAP_APPROVAL", "GS(2026)0001")
        with serving(database) as address:
            yield address, tiles


def _is_green(image: Image.Image) -> float:
    """The share of pixels whose green is far above their red and blue."""
    red, green, blue = np.asarray(image.convert("RGB")).astype(int).transpose(2, 0, 1)
    return float(((green > red + 30) & (green > blue + 30)).mean())


def test_pictures_hold_the_base_map_its_number_and_the_panel(served: "tuple[str, TileServer]", page: "Page") -> None:
    address, tiles = served
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_default_timeout(60_000)
    page.goto(f"{address}/?lang=en")
    page.wait_for_function(DRAWN)
    assert page.locator("#map").get_by_text("Map approval GS(2026)0001").is_visible()
    assert any("/basemap/" in url for url in asked) and tiles.asked
    assert not [url for url in asked if not url.startswith((address, "data:", "blob:"))]

    page.evaluate(OFFER, ["png", "#"])
    with page.expect_download() as kept:
        page.locator("#offer-png").click()
    picture = Image.open(kept.value.path())
    size = page.locator("#map .js-plotly-plot").bounding_box()
    assert size and picture.width >= 2 * size["width"] and picture.height >= 2 * (size["height"] + 60)
    assert kept.value.suggested_filename.endswith("_spring_2026-03-31.png") and _is_green(picture) > 0.3

    page.evaluate(OFFER, ["pdf", export_href("backlog", "pdf", State(lang="en"), {"by": "grid"})])
    with page.expect_download() as kept:
        page.locator("#offer-pdf").click()
    paper = PdfReader(str(kept.value.path()))
    assert _is_green(paper.pages[0].images[0].image) > 0.3
    assert kept.value.suggested_filename.startswith("Open") and "as of" in paper.pages[0].extract_text()
    assert page.url.startswith(f"{address}/?lang=en")
