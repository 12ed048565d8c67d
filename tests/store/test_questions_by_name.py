"""A town's questions as methods: the answer of `ask`, in a frame that keeps what is told of it, and draws itself."""

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest

import gridgov as gg
from gridgov.errors import QuestionError
from gridgov.figures.scale import class_of
from gridgov.questions import definitions, signatures
from gridgov.questions.rows import Places, Rows
from gridgov.questions.town import Town
from gridgov.schema import COLUMNS
from gridgov.settings import settings
from gridgov.vocabulary import label
from tests.conftest import ROOT, Shared
from tests.support import load_city
from tests.support_ledgers import BEGIN, case, load_cases

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HEAD = ("no", "at", "closed", "due", "state", "track", "what", "x", "y")
every = pytest.mark.parametrize("question", sorted(definitions()))


@pytest.fixture(scope="module")
def loaded(shared: Shared) -> None:
    """Nine squares: two with cases of which one is late, one with many that were due, the others with none."""
    load_city(shared.folder, "drawn")
    rows = [_row(k, x=120.305, y=31.705, late=k % 2 == 0) for k in range(24)]
    rows += [_row(100, x=120.315, y=31.705, late=True)]
    assert load_cases(shared.folder, "drawn", rows, HEAD).loaded == 25


def _row(k: int, x: float, y: float, late: bool) -> dict[str, Any]:
    due = BEGIN + pd.Timedelta(hours=5 if late else 500)
    return case(f"C{k}", BEGIN, due=f"{due:%Y-%m-%d %H:%M:%S}", what="road", x=str(x), y=str(y)) | {"state": "open"}


@pytest.fixture
def town(loaded: None) -> Iterator[Town]:
    mpl.use("Agg")
    with mpl.rc_context():
        yield gg.open("drawn")
    plt.close("all")


# --------------------------------------------------------------------------------------------------------- signatures


@every
def test_each_question_is_a_method_that_takes_what_it_takes_and_says_what_it_gives(question: str) -> None:
    method, definition = getattr(Town, question), definitions()[question]
    assert set(inspect.signature(method).parameters) - {"self"} == set(definition.takes)
    said = inspect.getdoc(method) or ""
    for text in (definition.title.zh, definition.title.en, definition.id, "EPSG:4326"):
        assert text in said
    for name in definition.columns:
        assert f"{name} " in said, name
        assert f"[{COLUMNS[name].unit or '-'}] {COLUMNS[name].zh}" in " ".join(said.split()), name
    undescribed = [name for name in definition.takes if name not in signatures.arguments(Town.ask.__doc__ or "")]
    assert not undescribed


def test_editors_are_told_the_same() -> None:
    told = (ROOT / "gridgov" / "questions" / "methods.pyi").read_text("utf-8")
    assert told == signatures.stub(Town), "run python -m gridgov.questions.signatures"


def test_no_question_is_called_like_something_a_town_has() -> None:
    own = {name for of in (Town,) for name in vars(of) if not name.startswith("_")} - set(definitions())
    assert {"ask", "found", "tile", "levels", "base_map"} <= own | {"code"}
    assert not own & set(definitions())


# ------------------------------------------------------------------------------------------------------------- frames


def test_it_gives_what_ask_gives_and_remembers_it_when_rows_are_picked(town: Town) -> None:
    answer, rows = town.ask("backlog", by="grid"), town.backlog(by="grid")
    assert isinstance(rows, Places)
    pd.testing.assert_frame_equal(pd.DataFrame(rows), pd.DataFrame(answer.frame))
    assert (rows.crs.to_epsg(), rows.units["n_open"], rows.units["overdue_share"]) == (4326, "count", "0..1")
    for picked in (
        rows[rows["n_open"] > 0],
        rows.sort_values("n_open").head(2),
        rows.set_index("grid_code"),
        rows.copy(),
    ):
        assert isinstance(picked, Places)
        assert picked.answer.as_of == answer.as_of
        assert picked.answer.definition is answer.definition
    assert isinstance(rows[["n_open"]], Rows)
    assert rows.to_crs(4549).crs.to_epsg() == 4549
    assert isinstance(town.flow(by="week"), Rows)
    json.dumps(rows.attrs)  # plain values: parquet keeps them


def test_a_notebook_shows_what_it_is_above_the_rows(town: Town) -> None:
    rows = town.backlog(by="grid")
    for shown in (rows._repr_html_(), rows.answer._repr_html_(), town.flow(by="week")._repr_html_()):
        assert rows.answer.as_of in shown.partition("<table")[0]
    assert "在办案件 · Open cases" in rows._repr_html_()
    rows.attrs = {}
    assert "在办案件" not in rows._repr_html_()


def test_what_is_drawn_unless_said_is_a_count_of_something_and_of_a_tree_its_leaves(town: Town) -> None:
    tree = town.hierarchy()
    assert tree.measure() not in ("level", "depth")
    assert tree.units[tree.measure()]
    assert (len(tree), len(tree.on_map())) == (13, 9)


def test_an_answer_draws_as_its_rows_do(town: Town) -> None:
    answer = town.ask("backlog", by="grid")
    assert answer.plot("n_overdue").get_title(loc="left") == town.backlog(by="grid").plot("n_overdue").get_title(
        loc="left"
    )
    assert "gg-legend" in answer.explore("n_overdue").get_root().render()


def test_what_there_is_nothing_to_draw_of_is_a_sentence(town: Town) -> None:
    none = town.on_time(by="category", since="2020-01-01", until="2020-01-31", where={"category": "road"})
    for draw in (none[:0].plot, none[:0].plot.bars, lambda: none[:0].plot.funnel("on_time_rate")):
        with pytest.raises(QuestionError, match="'on_time' has no rows to draw here"):
            draw()
    places = town.backlog(by="grid")[:0]
    for draw in (places.plot, places.plot.bars, places.explore):
        with pytest.raises(QuestionError, match="'backlog' has no rows to draw here"):
            draw()
    few = town.on_time(by="grid", since=f"{BEGIN:%Y-%m-%d}", until=f"{BEGIN:%Y-%m-%d}")
    few = few[few["n_due"] < 10]
    assert len(few) > 1
    with pytest.raises(QuestionError, match="no group has 10 in its denominator, the largest"):
        few.plot.funnel("on_time_rate")


def test_a_funnel_names_groups_of_no_grid_too(town: Town) -> None:
    rows = town.on_time(by="district", since=f"{BEGIN:%Y-%m-%d}")
    rows.loc[rows.index[-1], ["grid_name", "place_status"]] = [None, "outside"]
    assert len(rows.plot.funnel("on_time_rate", lang="zh").collections) > 0


def test_what_a_question_does_not_take_is_refused(town: Town) -> None:
    with pytest.raises(QuestionError, match="does not take since"):
        town.backlog(since="2026-01-01")  # type: ignore[call-arg]


def test_rows_that_are_no_answer_any_more_say_so(town: Town) -> None:
    rows = town.backlog(by="grid")
    rows.attrs = {}
    with pytest.raises(QuestionError, match="lost"):
        _ = rows.answer
    with pytest.raises(QuestionError, match="no column of numbers"):
        town.backlog(by="grid").plot("grid_name")
    with pytest.raises(QuestionError, match="no place"):
        town.flow(by="week").explore()


# ----------------------------------------------------------------------------------------------------------- pictures


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_map_says_as_of_when_by_which_definition_and_tells_zero_from_too_few(town: Town, lang: Any) -> None:
    rows = town.backlog(by="grid")
    axes = rows.plot("overdue_share", lang=lang)
    definition = rows.answer.definition
    text = " ".join(t.get_text() for t in axes.texts)
    assert rows.answer.as_of in axes.get_title(loc="left")
    assert f"({definition.id}, v{definition.version})" in text
    assert definition.title.said(lang) in text
    legend = [t.get_text() for t in axes.get_legend().get_texts()]
    assert {label("too_few", lang), label("no_data", lang), "0"} <= set(legend)
    assert "0" in [t.get_text() for t in rows.plot("n_overdue", lang=lang).get_legend().get_texts()]


def test_the_approval_of_the_map_stands_on_every_map(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDGOV_MAP_APPROVAL", "苏S(2024)1号")
    settings.cache_clear()
    rows = town.backlog(by="grid")
    assert any("苏S(2024)1号" in text.get_text() for text in rows.plot().texts)
    for made in (rows.explore(), gg.patrol_map(town)):
        assert "苏S(2024)1号" in made.get_root().render()


def test_charts_hold_the_numbers(town: Town) -> None:
    weeks = town.flow(by="week", since=BEGIN.date() - pd.Timedelta(days=21), as_of=BEGIN.date())
    assert len(weeks) > 2
    lines = weeks.plot(["n_reported", "n_closed"], lang="zh").lines
    assert [list(line.get_ydata()) for line in lines] == [list(weeks["n_reported"]), list(weeks["n_closed"])]
    by_category = town.on_time(by="category", as_of="2030-01-01", since=BEGIN.date())
    bars = by_category.plot("n_due", lang="zh").patches
    assert [bar.get_width() for bar in bars] == list(by_category["n_due"])
    lights = town.backlog(by="grid").plot.bars(["n_red", "n_yellow", "n_green", "n_grey"])
    ends = {round(bar.get_x() + bar.get_width()) for bar in lights.patches}
    assert set(town.backlog(by="grid")["n_open"]) <= ends, "the parts end where the whole does"
    assert by_category.plot(kind="bar", x="category", y="n_due").patches, "pandas' own drawing is still there"


@pytest.mark.browser
def test_a_saved_map_opens_with_the_network_off(town: Town, tmp_path: Path, browser: "Browser") -> None:
    rows = town.backlog(by="grid")
    rows.explore("n_overdue", lang="zh").save(str(tmp_path / "map.html"))
    context = browser.new_context(offline=True)
    page, asked, faults = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text))
    page.goto((tmp_path / "map.html").as_uri())
    page.wait_for_selector("path.leaflet-interactive", state="attached")
    fills = page.evaluate("[...document.querySelectorAll('path.leaflet-interactive')].map(p => p.getAttribute('fill'))")
    assert len(fills) == 9
    classes = class_of(rows["n_overdue"].dropna(), [1.0])
    assert len(set(fills)) >= classes.nunique()
    legend = page.inner_text(".gg-legend")
    assert rows.answer.as_of in legend
    assert "在办案件 (backlog" in legend
    page.click(".gg-legend summary")
    assert "公式" in page.inner_text(".gg-legend")
    context.close()
    assert not faults
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
