"""One number everywhere: on the page, in a notebook, on paper and on the command line a figure is the same."""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import nbformat
import pytest
from nbclient import NotebookClient
from pypdf import PdfReader

import gridgov as gg
from gridgov.briefing import make, paper
from tests.conftest import ROOT, DemoTown
from tests.support_app import serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

FIGURES = {
    "n_open": ("backlog", "/", "在办", "期末在办"),
    "n_overdue": ("backlog", "/", "超期", "期末超期"),
    "on_time_rate": ("on_time", "/", "按期结案率", "按期结案率"),
    "covered_share": ("coverage", "/patrol", "应巡面积覆盖率", "应巡面积覆盖率"),
}
"""Each: its question, its page, and what it is called on the page and on paper."""


_ARE_THERE = """names => {
  const told = [...document.querySelectorAll('.kpi')].map(kpi => kpi.innerText);
  return names.every(name => told.some(text => text.startsWith(name)));
}"""


def asked(column: str, scope: str | None, week: tuple[date, date]) -> dict[str, Any]:
    """What a figure is asked with: of the week, as of its last day."""
    begin, last = (day.isoformat() for day in week)
    days = {} if FIGURES[column][0] == "backlog" else {"since": begin, "until": last}
    return {"as_of": last, **days, **({"scope": scope} if scope else {})}


def on_pages(page: "Page", address: str, scope: str | None, week: tuple[date, date]) -> dict[str, str]:
    """The figures as the pages write them."""
    query = {"lang": "zh", "as_of": week[1].isoformat(), "period": "week", **({"scope": scope} if scope else {})}
    found: dict[str, str] = {}
    for path in dict.fromkeys(where for _, where, _, _ in FIGURES.values()):
        page.goto(f"{address}{path}?{urlencode(query)}")
        names = [name for _, where, name, _ in FIGURES.values() if where == path]
        page.wait_for_function(_ARE_THERE, arg=names, timeout=60_000)
        page.wait_for_load_state("networkidle")
        for kpi in page.locator(".kpi").all():
            name = kpi.inner_text().split("\n")[0].strip()
            found.setdefault(name, kpi.locator(".kpi-value").first.inner_text())
    return {column: found[name] for column, (_, _, name, _) in FIGURES.items()}


def on_paper(town: gg.Town, scope: str | None, week: tuple[date, date]) -> dict[str, str]:
    """The figures in the text of the PDF: the first after its name in the table of main figures."""
    pdf = PdfReader(io.BytesIO(paper(make(town, "weekly", scope, week[0], "zh"))))
    text = "\n".join(page.extract_text() for page in pdf.pages)
    found = {}
    for column, (_, _, _, name) in FIGURES.items():
        match = re.search(rf"^{name}\s+([\d,.]+\s?%?)", text, re.MULTILINE)
        assert match, (name, text[:2_000])
        found[column] = match[1]
    return found


def in_a_notebook(town: str, scope: str | None, week: tuple[date, date]) -> dict[str, Any]:
    """The figures as a kernel of Jupyter computes them, by the methods of a town."""
    lines = ["import json", "import gridgov as gg", f"town = gg.open({town!r})", "found = {}"]
    for column, (question, *_) in FIGURES.items():
        lines.append(
            f"found[{column!r}] = float(town.{question}(**{asked(column, scope, week)!r})[{column!r}].iloc[0])"
        )
    cells = [nbformat.v4.new_code_cell("\n".join([*lines, "print(json.dumps(found))"]))]
    book = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(book, timeout=120, kernel_name="python3").execute()
    told: dict[str, Any] = json.loads(book.cells[0].outputs[0].text)
    return told


def on_the_command_line(town: str, column: str, scope: str | None, week: tuple[date, date]) -> float:
    """The figure as `gridgov ask` prints it."""
    words = ["ask", FIGURES[column][0], "--town", town, "--format", "json"]
    for name, value in asked(column, scope, week).items():
        words += [f"--{name.replace('_', '-')}", value]
    said = subprocess.run(
        [sys.executable, "-m", "gridgov.cli", *words], check=True, capture_output=True, text=True
    ).stdout
    return float(json.loads(said)["rows"][0][column])


def is_same(text: str, value: float) -> bool:
    """Whether a text says a value, to the last digit it writes."""
    plain = text.replace(",", "").replace(" ", "")
    if plain.endswith("%"):
        digits = len(plain.rstrip("%").partition(".")[2])
        return plain == f"{100 * value:.{digits}f}%"
    return plain == f"{value:.0f}"


@pytest.fixture(scope="module")
def served(demo: DemoTown) -> Iterator[str]:
    """The demo town, served."""
    with serving(demo.url, demo.home) as address:
        yield address


@pytest.mark.parametrize("which", ["the town", "a village", "a quiet village"])
def test_a_number_is_the_same_everywhere(
    which: str, demo_town: DemoTown, served: str, page: "Page", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])))
    town = gg.open()
    backlog = town.backlog(by="village").dropna(subset="grid_code").sort_values("n_open")
    scope = {
        "the town": None,
        "a village": backlog["grid_code"].iloc[-1],
        "a quiet village": backlog["grid_code"].iloc[0],
    }[which]
    monday = date.fromisoformat(backlog.answer.as_of[:10])
    monday -= timedelta(monday.weekday() + 7)
    week = (monday, monday + timedelta(6))
    shown = on_pages(page, served, scope, week)
    printed, computed = on_paper(town, scope, week), in_a_notebook(town.code, scope, week)
    for column in FIGURES:
        told = on_the_command_line(town.code, column, scope, week)
        assert computed[column] == pytest.approx(told, rel=1e-12), column
        assert is_same(shown[column], told), (column, shown[column], told)
        assert is_same(printed[column], told), (column, printed[column], told)
