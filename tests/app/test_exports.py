"""What is downloaded is what was asked: every format read back and compared with the answer; what is refused, and how."""

import csv
import io
import json
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

import gridgov as gg
from dash_app.asking.state import State
from dash_app.frame.export_menu import export_href
from gridgov.errors import QuestionError, SettingsError
from gridgov.exporting import FORMATS, exported, typesetting
from gridgov.figures.text import column_name
from gridgov.schema import heading
from tests.conftest import Shared
from tests.support import load_city, load_rows, point
from tests.support_tiles import numbered

EVIL = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", '=HYPERLINK("http://e/")')
N_MANY = 1_203
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def spring(shared: Shared) -> gg.Town:
    """A town of nine grids and more cases than a page holds; the first have words that look like formulas."""
    load_city(shared.folder, "spring")
    load_rows(shared.folder, "spring", _rows())
    return gg.open("spring")


def _rows() -> list[dict[str, Any]]:
    begin, rows = datetime(2026, 3, 1, 8), []
    for i in range(N_MANY):
        x, y = point(0.1 + i % 28 / 10, 0.5 + i % 3)
        what = EVIL[i] if i < len(EVIL) else ("道路", "垃圾")[i % 2]
        at = (begin + timedelta(minutes=7 * i)).isoformat(" ")
        rows.append({"no": f"C{i:04}", "at": at, "state": "open", "what": what, "x": str(x), "y": str(y)})
    return rows


def get(address: str, **how: Any) -> Any:
    from dash_app.wsgi import server

    return server.test_client().open(address, **how)


def download(question: str, form: str, state: State, **own: Any) -> bytes:
    answer = get(export_href(question, form, state, own))
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == FORMATS[form].media_type.partition(";")[0]
    assert "attachment" in answer.headers["Content-Disposition"]
    content: bytes = answer.data
    return content


STATE = State(as_of="2026-03-31", lang="zh")


def listed(town: gg.Town) -> Any:
    return town.ask("cases", as_of="2026-03-31", limit=5_000)


def local(value: pd.Timestamp) -> datetime:
    return value.to_pydatetime().astimezone(ZONE).replace(tzinfo=None)


def test_a_list_comes_whole_as_csv_with_no_formula_in_it(spring: gg.Town) -> None:
    content = download("cases", "csv", STATE, limit=50, offset=100)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    frame = listed(spring).frame
    assert len(rows) == len(frame) == N_MANY
    assert [row["案号"] for row in rows] == frame["case_no"].tolist()
    at = f"{heading('reported_at', 'zh')} (Asia/Shanghai)"
    assert [datetime.fromisoformat(row[at]) for row in rows] == [local(value) for value in frame["reported_at"]]
    for row, case in zip(rows, frame.itertuples(), strict=True):
        written = row[heading("category", "zh")]
        assert written.removeprefix("'") == case.category.strip() and written[0] not in "=+-@\t"
        assert (float(row["经度"]), float(row["纬度"])) == pytest.approx((case.geom.x, case.geom.y), abs=1e-12)
    assert {row[heading("category", "zh")] for row in rows} >= {"'=1+1", "'@SUM(A1)", "道路"}


def test_a_spreadsheet_holds_the_same_and_says_what_it_means(spring: gg.Town) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(download("cases", "xlsx", STATE)))
    assert book.sheet_names == ["数据", "口径"]
    head, *rows = book.get_sheet_by_name("数据").to_python()
    frame = listed(spring).frame
    place = {name: i for i, name in enumerate(head)}
    assert [row[place["案号"]] for row in rows] == frame["case_no"].tolist()
    assert [row[place[heading("category", "zh")]] for row in rows] == frame[
        "category"
    ].tolist()  # as they are: text, quoted
    times = [row[place[f"{heading('reported_at', 'zh')} (Asia/Shanghai)"]] for row in rows]
    times = [
        at if isinstance(at, datetime) else datetime.combine(at, time()) for at in times
    ]  # midnight is read as a date
    assert times == [local(value) for value in frame["reported_at"]]
    assert [row[place["经度"]] for row in rows] == pytest.approx(frame.geometry.x.tolist())
    told = dict(row[:2] for row in book.get_sheet_by_name("口径").to_python() if row[0])
    definition = listed(spring).definition
    assert (
        told["数据截至"] == "2026-03-07（推算至 2026-03-31）"
        and told["时区"] == "Asia/Shanghai"
        and told["行数"] == "1,203"
    )
    assert told["公式"] == definition.formula.zh and f"v{definition.version}" in told["口径"]


def test_no_cell_of_a_spreadsheet_is_a_formula(spring: gg.Town) -> None:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(download("cases", "xlsx", STATE))) as parts:
        pages = [parts.read(name).decode() for name in parts.namelist() if "worksheets/" in name]
        styles = parts.read("xl/styles.xml").decode()
    assert pages and not any("<f>" in page or "<hyperlink" in page for page in pages)
    assert 'quotePrefix="1"' in styles


def test_geojson_is_the_answer_with_its_definition(spring: gg.Town) -> None:
    made = json.loads(download("backlog", "geojson", State(as_of="2026-03-31", scope="1"), by="grid"))
    answer = spring.ask("backlog", by="grid", as_of="2026-03-31", scope="1")
    assert made["type"] == "FeatureCollection" and "crs" not in made
    assert [feature["properties"] for feature in made["features"]] == json.loads(json.dumps(answer.rows(), default=str))
    assert (made["question"], made["as_of"], made["scope"]) == ("backlog", "2026-03-31", "1")
    assert made["definition"]["zh"]["公式"] == answer.definition.formula.zh
    from shapely.geometry import shape

    for feature, drawn in zip(made["features"], answer.frame.geometry, strict=True):
        assert (drawn is None) == (feature["geometry"] is None)
        assert drawn is None or shape(feature["geometry"]).equals(drawn)


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_pdf_says_every_number_and_its_definition(spring: gg.Town, lang: Any) -> None:
    content = download("backlog", "pdf", State(as_of="2026-03-31", lang=lang), by="category")
    answer, text = spring.ask("backlog", by="category", as_of="2026-03-31"), text_of(content)
    squeezed = "".join(text.split())

    def says(part: str) -> bool:
        return "".join(part.split()) in squeezed

    assert (
        says(answer.definition.title.said(lang)) and says("2026-03-31") and says(answer.definition.formula.said(lang))
    )
    lines = [line.split() for line in text.splitlines()]
    for row in answer.rows():
        line = next(line for line in lines if line and line[0] == row["category"].split()[0])
        assert f"{row['n_open']:,}" in line and says(row["category"])
    assert all(says(column_name(name, lang)) for name in ("n_open", "n_overdue"))
    pages = len(PdfReader(io.BytesIO(content)).pages)
    assert all(says(f"{i + 1} / {pages}") for i in range(pages))
    assert content == download("backlog", "pdf", State(as_of="2026-03-31", lang=lang), by="category")


def test_a_pdf_takes_a_picture_and_nothing_else(spring: gg.Town) -> None:
    href = export_href("backlog", "pdf", STATE)
    answer = get(href, method="POST", data=numbered(1, 1, 1))
    assert answer.status_code == 200
    assert len(PdfReader(io.BytesIO(answer.data)).pages[0].images) == 1
    for content, status in (
        (b"<svg onload=alert(1)>", 400),
        (b"\x89PNG\r\n\x1a\nnonsense", 400),
        (b"0" * 13_000_000, 413),
    ):
        answer = get(href, method="POST", data=content)
        assert answer.status_code == status and "picture" in answer.text
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}  # as gunicorn says it: of no length
    answer = get(href, method="POST", input_stream=io.BytesIO(b"0" * 13_000_000), environ_overrides=chunked)
    assert answer.status_code == 413 and "picture" in answer.text


def test_on_paper_nothing_vanishes(spring: gg.Town, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = spring.ask("backlog", as_of="2026-03-31")
    with pytest.raises(QuestionError, match="lacks the characters"):
        exported(answer, "pdf", "zh", place="某镇\U0001f600")
    monkeypatch.setattr(typesetting, "font", lambda: "No Such Font")
    monkeypatch.setattr(typesetting, "_fonts", lambda _: typesetting.typst.Fonts(include_system_fonts=True))
    with pytest.raises(SettingsError, match="unknown font family"):
        exported(answer, "pdf", "zh")


def test_the_name_of_a_file_says_what_it_is(spring: gg.Town) -> None:
    answer = get(export_href("backlog", "csv", State(as_of="2026-03-31", scope="11", lang="zh"), {"by": "grid"}))
    name = answer.headers["Content-Disposition"]
    assert quote("在办案件_Grid-11_2026-03-31.csv") in name


def test_scope_filters_and_search_are_those_of_the_address(spring: gg.Town) -> None:
    for state, how in (
        (State(as_of="2026-03-02", scope="11"), {"scope": "11"}),
        (State(as_of="2026-03-02").filtered("category", "道路"), {"where": {"category": "道路"}}),
    ):
        rows = list(csv.DictReader(io.StringIO(download("cases", "csv", state).decode("utf-8-sig"), newline="")))
        wanted = spring.ask("cases", as_of="2026-03-02", limit=5_000, **how).frame["case_no"].tolist()
        assert 0 < len(wanted) < N_MANY and [row[heading("case_no", "en")] for row in rows] == wanted
    searched = download(
        "cases", "csv", State(as_of="2026-03-31"), search="C00", where={"category": ["道路", "垃圾"]}
    ).decode()
    assert searched.count("\nC00") == 100 - len(EVIL)


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/export/backlogs.csv", 404, "did you mean 'backlog'"),
        ("/export/backlog.doc", 404, "There is no format 'doc'"),
        ("/export/backlog.csv?as_of=yesterday", 400, "yesterday"),
        ("/export/backlog.csv?colour=red", 400, "colour"),
        ("/export/backlog.csv?scope=nowhere", 400, "nowhere"),
        ("/export/backlog.csv?town=atlantis", 400, "atlantis"),
        ("/export/backlog.csv?ask={", 400, "cannot be read"),
        ("/export/backlog.csv?ask=" + "[" * 3_000, 400, "cannot be read"),
        ("/export/backlog.csv?ask=[1]", 400, "cannot be read"),
        ('/export/backlog.csv?ask={"bye":"grid"}', 400, "takes no 'bye' (did you mean 'by'?)"),
        ('/export/backlog.csv?ask={"by":7}', 400, "wrong kind"),
        ('/export/backlog.csv?ask={"where":{"category":{"a":1}}}', 400, "wrong kind"),
        ('/export/backlog.csv?ask={"by":"colour"}', 400, "colour"),
        ('/export/flow.csv?ask={"since":"soon"}', 400, "soon"),
        ("/export/backlog.csv?of=mine", 400, "it can be period"),
        ('/export/cases.csv?ask={"sort":"address; DROP TABLE incident"}', 400, "cannot be sorted"),
        ('/export/playback.csv?ask={"session":1}', 400, "role='person' and a purpose"),
        ('/export/playback.csv?ask={"session":1,"role":"person","purpose":" "}', 400, "a purpose in words"),
        ('/export/patrol_sessions.csv?ask={"role":"chief","purpose":"x"}', 400, "role='person' and a purpose"),
    ],
)
def test_what_is_refused_is_said_in_a_sentence(spring: gg.Town, address: str, status: int, said: str) -> None:
    answer = get(address)
    assert (answer.status_code, answer.mimetype) == (status, "text/plain"), answer.text
    assert said in answer.text


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("backlogs.csv?", "没有“backlogs”这一指标"),
        ("backlog.csv?as_of=yesterday", "网址中的 as_of = “yesterday” 不是日期"),
        ("backlog.csv?colour=red", "网址中的“colour”在这里不认识"),
        ("backlog.csv?scope=nowhere", "没有编号为“nowhere”的网格"),
        ("backlog.csv?layer=sky", "没有名为“sky”的网格层"),
        ("backlog.csv?town=atlantis", "没有编号为“atlantis”的镇"),
        ("backlog.csv?unit=nobody", "本镇没有“nobody”这一责任单位"),
        ('backlog.csv?ask={"by":"colour"}', "“colour”不能用来分组或筛选"),
        ('flow.csv?ask={"since":"soon"}', "“soon”不是日期"),
        ("cases.pdf?as_of=2026-03-31", "共 1,203 行,PDF 最多放 1,000 行"),
        ('playback.csv?ask={"session":1}', "不能这样查询"),
    ],
)
def test_a_reader_of_chinese_is_told_in_chinese_and_the_detail_stands_below(
    spring: gg.Town, address: str, said: str
) -> None:
    answer, english = (get(f"/export/{address}&lang={lang}") for lang in ("zh", "en"))
    sentence, *detail = answer.text.strip().split("\n\n")
    assert said in sentence and answer.status_code == english.status_code >= 400
    assert said not in english.text
    assert not detail or english.text.strip() == detail[0]


def test_a_file_that_would_be_too_long_is_refused_with_the_number(spring: gg.Town) -> None:
    answer = get(export_href("cases", "pdf", STATE))
    assert answer.status_code == 400 and "1,203 rows" in answer.text and "CSV" in answer.text


def test_the_period_of_the_bar_counts_where_the_panel_asks_by_it(spring: gg.Town) -> None:
    from dash_app.asking import asks

    state = State(as_of="2026-03-04", period="day", lang="en")
    made = json.loads(get(export_href("flow", "geojson", state, {"by": "category"}, of_period=True)).data)
    wanted = asks.of_period(state, "flow", by="category")
    assert (
        (made["since"], made["until"]) == (wanted.meta["since"], wanted.meta["until"]) == ("2026-03-04", "2026-03-04")
    )
    assert [feature["properties"] for feature in made["features"]] == json.loads(json.dumps(wanted.rows(), default=str))


def test_the_menu_is_plain_links(spring: gg.Town) -> None:
    from dash_app.frame.export_menu import export_menu

    menu = export_menu("backlog", STATE, {"by": "grid"}, graph_id="map")
    items = menu.children[1].children
    assert [item.children for item in items] == ["Excel", "CSV", "GeoJSON", "PDF", "PNG"]
    assert all(get(item.href).status_code == 200 for item in items[:4])
    picture = items[4].to_plotly_json()["props"]
    assert (picture["data-graph"], picture["data-as-of"], picture["data-said"]) == ("map", "2026-03-31", "数据截至")
