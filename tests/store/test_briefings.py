"""Briefings: every figure on paper is the one `ask` gives; pages, fonts, bytes; draft, review and signature."""

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import docx
import psycopg
import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

import gridgov as gg
from gridgov import cli
from gridgov.briefing import Briefing, archive, make
from gridgov.briefing.desk import KINDS, PERIOD, Desk, Kind
from gridgov.briefing.making import written
from gridgov.briefing.paper import PAGES, Signature, paper
from gridgov.briefing.sheet import MEASURES, texts
from gridgov.briefing.subjects import subject, subjects
from gridgov.briefing.word import docx as word
from gridgov.errors import DeliveryError, QuestionError, UnknownScope
from gridgov.questions import Town, definition_of
from gridgov.vocabulary import Lang
from tests.conftest import Shared
from tests.store.test_every_question import AS_OF, loaded  # noqa: F401  the town that has all that can be asked by
from tests.store.test_ground import load_map, road
from tests.support import load_city, point
from tests.support_ledgers import BEGIN, case, load_cases, load_register
from tests.support_tracks import load_fixes, walk

DAY = AS_OF - timedelta(7)
"""A day in a week that is over, and has something in it."""
LANGS: tuple[Lang, ...] = ("zh", "en")


@pytest.fixture(scope="module")
def full(loaded: None, shared: Shared) -> Town:  # noqa: F811
    """A town with cases, patrols and units; A is a body, B a squad."""
    load_register(shared.folder, "full", "units", [("A", "A", "body"), ("B", "B", "squad"), ("D", "D", "contractor")])
    return gg.open("full")


def text_of(pdf: bytes) -> str:
    """The text of a PDF without blanks: lines are broken anywhere."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def n_pages(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)


def asked_alone(town: Town, code: str, kind: Kind, name: str) -> Any:
    """The number of a measure as `ask` gives it for this scope, or unit, alone."""
    question, column, item = MEASURES[name]
    of = subject(town, code)
    alone: dict[str, Any] = (
        {} if of.of == "town" else {"scope": code} if of.of == "village" else {"where": {"unit": of.name}}
    )
    frame = town.ask(question, during=f"{PERIOD[kind]}:{DAY}", as_of=_end(town, kind), compare="both", **alone).frame
    if item is not None:
        frame = frame[(frame["section"] == "course") & (frame["item"] == item)]
    return frame[column].iloc[0]


def _end(town: Town, kind: Kind) -> str:
    return Desk(town, kind, DAY).as_of


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("code", ["full", "1", "A"])
def test_every_number_is_the_one_that_is_asked_for_alone_and_stands_on_paper(full: Town, kind: Kind, code: str) -> None:
    made = make(full, kind, code, DAY, "zh")
    text = text_of(paper(made))
    assert len(made.numbers) > 10
    for name, number in made.numbers.items():
        try:
            value = asked_alone(full, code, kind, name)
        except QuestionError:
            assert number["now"] is None, name
            continue
        if value != value or value is None:
            assert number["now"] is None, name
        else:
            assert number["now"] == pytest.approx(float(value), abs=1e-12), name
    blocks = [block for section in made.sections for block in texts(section["blocks"])]
    for sentence in [part for block in blocks if block["type"] == "text" for part in re.split("[。；]", block["text"])]:
        assert "".join(sentence.split()) in text
    main = next((block for block in blocks if block.get("is_main")), None)
    assert (main is None) == (kind == "daily")
    for cell in [cell for row in main["rows"] for cell in row] if main else []:
        assert "".join(cell.split()) in text


@pytest.mark.parametrize("kind", KINDS)
def test_each_fits_its_pages_and_is_the_same_file_again(full: Town, kind: Kind) -> None:
    desk = Desk(full, kind, DAY)
    for of in subjects(full):
        alone = make(full, kind, of.code, DAY, "zh")
        assert written(desk, of, "zh") == alone, "at a desk where others were made it is the same"
        for lang, draft in (("zh", "草稿"), ("en", "DRAFT")):
            made = written(desk, of, lang)
            pdf = paper(made)
            assert pdf == paper(Briefing.of(made.as_dict()))
            assert n_pages(pdf) <= PAGES[kind]
            assert b"pdfaid" in pdf
            assert len(pdf) < 500_000
            assert draft in text_of(pdf)


def test_lists_are_shortened_and_what_is_left_out_is_counted(full: Town) -> None:
    made = make(full, "daily", None, DAY, "zh")
    row = ["事项", "地点", "单位", "1.0", "处置", "N1"]
    table = {
        "type": "table", "title": "超期清单", "columns": list("abcdef"), "numbers": [False] * 6, "widths": [1] * 6,
        "rows": [row] * 150, "total": 163, "shrinks": True, "is_cases": True, "list": "超期清单",
    }  # fmt: skip
    long = replace(made, sections=[*made.sections, {"id": "x", "title": "更多", "blocks": [table]}])
    pdf = paper(long)
    assert n_pages(pdf) == 1
    found = re.search(r"还有(\d+)件，见超期清单", text_of(pdf).partition("更多")[2])
    assert found is not None
    shown = text_of(pdf).partition("更多")[2].count("N1")
    assert shown + int(found[1]) == 163
    assert shown > 6, "the list takes the room that there is"
    table["shrinks"] = False
    with pytest.raises(QuestionError, match="does not fit 1 pages"):
        paper(replace(made, sections=[{"id": "x", "title": "更多", "blocks": [table]}]))


def test_a_list_that_would_leave_a_page_nearly_empty_is_shortened_to_save_it(full: Town) -> None:
    made = make(full, "weekly", None, DAY, "zh")
    row = ["事项", "地点", "单位", "1.0", "处置", "N1"]

    def of(rows: int, *, shrinks: bool = True) -> bytes:
        table = {
            "type": "table", "title": "超期清单", "columns": list("abcdef"), "numbers": [False] * 6, "widths": [1] * 6,
            "rows": [row] * rows, "total": rows, "shrinks": shrinks, "is_cases": True, "list": "超期清单",
        }  # fmt: skip
        return paper(replace(made, sections=[{"id": "x", "title": "更多", "blocks": [table]}]))

    one = next(rows for rows in range(80, 20, -2) if n_pages(of(rows, shrinks=False)) == 1)
    saved = of(one + 3)
    assert n_pages(saved) == 1
    left = re.search(r"还有(\d+)件", text_of(saved))
    assert left is not None
    assert text_of(saved).count("N1") + int(left[1]) == one + 3
    assert n_pages(of(one + 3, shrinks=False)) == 2, "what may not be shortened is all there"
    assert n_pages(of(2 * one - 20)) == 2, "a second page that is well filled stays"


@pytest.mark.parametrize("lang", LANGS)
def test_the_small_print_has_the_formula_of_each_question_whose_numbers_are_printed(full: Town, lang: Lang) -> None:
    made = make(full, "monthly", None, DAY, lang)
    assert {number["question"] for number in made.numbers.values() if number["now"] is not None} <= {
        each["id"] for each in made.definitions
    }
    text = text_of(paper(made))
    for each in made.definitions:
        definition = definition_of(each["id"])
        formula = definition.formula.said(lang)
        assert "".join(f"{definition.title.said(lang)}({definition.id}v{definition.version})".split()) in text
        assert "".join(formula.split())[:20] in text
        assert each["formula"] == formula
    assert made.as_of in text


def test_the_month_tells_where_troubles_came_back_as_asked(full: Town) -> None:
    desk = Desk(full, "monthly", DAY)
    for code in (None, "1", "A"):
        of = subject(full, code)
        alone: dict[str, Any] = {"scope": "1"} if code == "1" else {"where": {"unit": of.name}} if code else {}
        frame = full.ask("repeat_places", during=f"month:{DAY}", as_of=desk.as_of, limit=1000, **alone).frame
        section = next(part for part in written(desk, of, "zh").sections if part["id"] == "returning")
        if frame.empty:
            assert [block["text"] for block in section["blocks"]] == ["没有结案后在同址再报的点位。"]
            continue
        said, table = section["blocks"]
        assert f"点位{len(frame)}处，共再报{frame['n_back'].sum()}次" in said["text"]
        assert [row[2] for row in table["rows"]] == [str(n) for n in frame["n_back"].head(15)]
        assert [row[-1] for row in table["rows"]] == frame["case_no"].head(15).tolist()
        assert table["total"] == len(frame)


def test_a_character_that_no_font_has_is_an_error(full: Town) -> None:
    made = make(full, "daily", None, DAY, "zh")
    with pytest.raises(QuestionError, match="lacks the characters"):
        paper(replace(made, title="某镇\U0001f600"))


def test_a_picture_for_phones_is_one_page_and_a_file_to_edit_says_the_same(full: Town) -> None:
    made = make(full, "weekly", None, DAY, "zh")
    assert paper(made, form="png").startswith(b"\x89PNG")
    content = word(made)
    assert content == word(made)
    file = docx.Document(io.BytesIO(content))
    said = "".join("".join(line.text for line in file.paragraphs).split())
    said += "".join("".join(cell.text.split()) for table in file.tables for row in table.rows for cell in row.cells)
    for number in made.numbers.values():
        if number["now"] is not None:
            assert "".join(number["said"].split()) in said
    assert "草稿" in said


@pytest.mark.parametrize("town", ["grids"])
@pytest.mark.parametrize("kind", KINDS)
def test_where_nothing_is_known_it_says_so(full: Town, town: str, kind: Kind) -> None:
    made = make(gg.open(town), kind, None, DAY, "zh")
    text = text_of(paper(made))
    assert "无数据" in text or "没有" in text
    assert made.numbers["covered_share"]["now"] is None
    assert "没有巡查轨迹" in text


def test_of_the_days_before_the_tracks_begin_nothing_is_told(full: Town, shared: Shared) -> None:
    """In the first days of the tracks nobody can say that no place was left for long."""
    load_city(shared.folder, "late")
    load_map(shared.folder, "late", [road((0, y + 0.5), (3, y + 0.5), width=40) for y in range(3)])
    cases = [case(f"N{n}", BEGIN + timedelta(n), x=x, y=y) for n in range(21) for x, y in [point(0.5, 0.5)]]
    assert load_cases(shared.folder, "late", cases, ("no", "at", "state", "track", "x", "y")).loaded == 21
    first = BEGIN.replace(hour=9) + timedelta(11)
    for n in range(10):
        load_fixes(
            shared.folder, "late", walk("a", first + timedelta(n), 60, start=(0.5, 0.5), step=(3, 0), mode="walk")
        )
    town, on, told = gg.open("late"), first.date(), []
    for kind, days in (("daily", (0, 1, 2, 3)), ("weekly", (0, 7))):
        for day in (on + timedelta(n) for n in days):
            made = make(town, kind, None, day, "zh")
            text = text_of(paper(made))
            n = (date.fromisoformat(made.period["last"]) - on).days + 1
            assert (f"轨迹自{on}起才有记录" in text) == (made.period["begin"] < on.isoformat())
            assert (f"轨迹只有{n}日，不足3日" in text) == (n < 3)
            assert (re.search("没有连续3日以上未巡|连续3日以上未巡的网格[0-9]+个", text) is not None) == (n >= 3)
            if kind == "weekly":
                assert (f"轨迹只有{n}日，不足7日" in text) == (n < 7)
                assert (re.search("没有7日以上未到的盲区|7日以上未到的盲区[0-9]+处", text) is not None) == (n >= 7)
                told.append(n)
    assert min(told) < 7 <= max(told)


def test_a_wrong_code_or_period_is_a_sentence_that_helps(full: Town) -> None:
    with pytest.raises(UnknownScope, match=r"no village and no unit with the code 'Z'.*such as 1 "):
        make(full, "weekly", "Z", DAY, "zh")
    with pytest.raises(QuestionError, match="after"):
        make(full, "weekly", None, date(2031, 1, 1), "zh")


# ------------------------------------------------------------------------------------------- draft, review, signature


@pytest.fixture
def draft(full: Town) -> archive.Kept:
    """A draft in the archive; the same one for each test, unless it went further."""
    made = make(full, "weekly", "1", DAY, "zh")
    kept = archive.keep(full, made)
    return kept if kept.status == "draft" else archive.keep(full, other_numbers(made, kept.id))


def other_numbers(made: Briefing, n: int) -> Briefing:
    """A briefing that says another number."""
    return replace(made, numbers=made.numbers | {"n_open": made.numbers["n_open"] | {"value": n}})


def test_made_again_it_is_the_same_edition_and_other_numbers_are_another(full: Town, draft: archive.Kept) -> None:
    first, second = (archive.keep(full, make(full, "weekly", "2", DAY, "zh")) for _ in range(2))
    assert (first.id, first.edition) == (second.id, 1)
    assert archive.keep(full, draft.briefing).id == draft.id
    loaded_since = replace(draft.briefing, data_version=-draft.id, small_print=["as of another load"])
    assert archive.keep(full, loaded_since).id == draft.id, "a load that changes no number makes no other edition"
    other = archive.keep(full, other_numbers(draft.briefing, -draft.id))
    assert (other.edition, other.status) == (draft.edition + 1, "draft")
    assert archive.of_id(full, draft.id).briefing == draft.briefing


def test_words_are_edited_numbers_are_not(full: Town, draft: archive.Kept) -> None:
    name, text = next((name, text) for name, text in draft.texts().items() if re.search(r"\d", text))
    digit = re.search(r"\d", text)
    assert digit is not None
    wrong = text[: digit.start()] + str((int(digit[0]) + 1) % 10) + text[digit.end() :]
    with pytest.raises(QuestionError, match="Numbers are locked"):
        archive.edit(full, draft.id, name, wrong, "王五")
    with pytest.raises(QuestionError, match=r"no text 'nothing.1'.*There are: running.1"):
        archive.edit(full, draft.id, "nothing.1", "x", "王五")
    edited = archive.edit(full, draft.id, name, f"经核实：{text}", "王五")
    assert "经核实：" in text_of(paper(edited.briefing, edited.signature))
    assert edited.briefing == draft.briefing, "what was made stays"
    back = archive.edit(full, draft.id, name, text, "王五")
    assert paper(back.briefing, back.signature) == paper(draft.briefing)


def test_it_is_signed_only_when_reviewed_and_then_it_stays(full: Town, draft: archive.Kept, tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="is draft; only one that is reviewed can be signed"):
        archive.sign(full, draft.id, "李四")
    with pytest.raises(QuestionError, match="Say who"):
        archive.review(full, draft.id, "  ")
    archive.review(full, draft.id, "张三")
    name = next(iter(draft.texts()))
    with pytest.raises(QuestionError, match="is reviewed; only one that is draft can be edited"):
        archive.edit(full, draft.id, name, draft.texts()[name], "王五")
    signed = archive.sign(full, draft.id, "李四")
    pdf = archive.signed_paper(full, draft.id)
    text = text_of(pdf)
    assert "审核张三" in text
    assert "签发李四" in text
    assert "草稿" not in text
    assert paper(signed.briefing, signed.signature) == pdf, "the archive gives the same bytes, made anew or kept"
    with pytest.raises(QuestionError, match="is signed; only"):
        archive.review(full, draft.id, "王五")
    row = next(row for row in archive.listed(full) if row["id"] == draft.id)
    assert (row["signed_by"], row["reviewed_by"], row["status"]) == ("李四", "张三", "signed")


def test_who_drafts_who_reviews_and_who_signs_are_three(full: Town, draft: archive.Kept) -> None:
    name, text = next(iter(draft.texts().items()))
    archive.edit(full, draft.id, name, text, "王 五")
    with pytest.raises(QuestionError, match="王 五 edited its words; it is to be reviewed by somebody else"):
        archive.review(full, draft.id, "王五")
    archive.review(full, draft.id, "Li Na")
    for by, why in (("ＬＩ ＮＡ", "Li Na reviewed it"), ("王五", "王 五 edited its words")):
        with pytest.raises(QuestionError, match=f"{why}; it is to be signed by somebody else"):
            archive.sign(full, draft.id, by)
    signed = archive.sign(full, draft.id, "李四")
    assert signed.signature.drafted_by == ("王 五",)
    zone = ZoneInfo(signed.briefing.zone)
    text = text_of(archive.signed_paper(full, draft.id))
    for step, who, at in (
        ("审核", "LiNa", signed.signature.reviewed_at),
        ("签发", "李四", signed.signature.signed_at),
    ):
        assert at is not None
        assert f"{step}{who}{at.astimezone(zone):%Y-%m-%d%H:%M}" in text
    assert "拟稿gridgov、王五" in text


def test_a_paper_that_was_tampered_with_is_not_given_out(full: Town, draft: archive.Kept, shared: Shared) -> None:
    archive.review(full, draft.id, "张三")
    archive.sign(full, draft.id, "李四")
    with psycopg.connect(shared.url, autocommit=True) as connection:
        connection.execute("UPDATE gridgov.briefing SET pdf = pdf || 'x' WHERE id = %s", [draft.id])
    with pytest.raises(QuestionError, match="is not what was signed"):
        archive.signed_paper(full, draft.id)


def test_last_advice_is_followed_up(full: Town) -> None:
    of, desk = subject(full, None), Desk(full, "weekly", DAY)
    before = make(full, "weekly", None, desk.before, "zh")
    words = {"place": "", "subject": "A超期", "measure": "逐件定办理人", "lead": "A", "until": "3月1日"}
    advised = [{"rule": "unit_overdue", "key": ["A"], "watch": "n_overdue", "then": "99", **words}]
    archive.keep(full, replace(before, advice=advised))
    last = archive.last_advice(desk, of, "zh")
    assert last == advised
    made = make(full, "weekly", None, DAY, "zh", last=last)
    now = full.ask("backlog", by="unit", as_of=desk.as_of).frame.set_index("unit")["n_overdue"]["A"]
    followed = next(section for section in made.sections if section["id"] == "followed")
    assert followed["blocks"][0]["text"].endswith(f"超期由上期的99变为{now}。")
    assert archive.last_advice(Desk(full, "monthly", DAY), of, "zh") is None
    assert "没有上期简报存档" in text_of(paper(make(full, "weekly", None, DAY, "zh")))


def test_the_command_makes_lists_edits_and_signs(full: Town, tmp_path: Path) -> None:
    run = CliRunner()

    def said(*arguments: str) -> str:
        done = run.invoke(cli.app, ["brief", *arguments, "--town", "full"])
        assert done.exit_code == 0, done.output + repr(done.exception)
        return done.output

    number = said("--kind", "daily", "--period", str(DAY), "--scope", "B", "-o", str(tmp_path / "b.pdf")).split()[0]
    assert "B网格运行日报" in text_of((tmp_path / "b.pdf").read_bytes())
    assert f" {number}  daily" in said("list", "--scope", "B")
    name, _, text = next(line for line in said("show", number).splitlines()[1:] if "件" in line).partition("  ")
    said("edit", number, name, f"经核实，{text}", "--by", "王五")
    said("review", number, "--by", "张三")
    with pytest.raises(QuestionError, match=r"not as '\.txt'"):
        run.invoke(
            cli.app, ["brief", "sign", number, "--by", "李四", "-o", "b.txt", "--town", "full"], catch_exceptions=False
        )
    said("sign", number, "--by", "李四", "-o", str(tmp_path / "signed.pdf"))
    said("show", number, "-o", str(tmp_path / "again.pdf"))
    assert (tmp_path / "signed.pdf").read_bytes() == (tmp_path / "again.pdf").read_bytes()
    assert "经核实" in text_of((tmp_path / "again.pdf").read_bytes())
    said("--kind", "daily", "--period", str(DAY), "--all", "--preview", "-o", str(tmp_path / "all"))
    assert len(list((tmp_path / "all").glob("*.pdf"))) == len(subjects(full))


def test_a_paper_that_cannot_be_written_is_not_kept(full: Town, tmp_path: Path) -> None:
    asked = ["brief", "--kind", "daily", "--period", str(DAY - timedelta(1)), "--scope", "1", "--town", "full"]
    n_kept = len(archive.listed(full))
    (tmp_path / "file").touch()
    for error, said, words in (
        (QuestionError, "not as '.txt'", ["-o", str(tmp_path / "b.txt")]),
        (DeliveryError, "there is no folder", ["-o", str(tmp_path / "none" / "b.pdf")]),
        (DeliveryError, "file could not be written: File exists", ["--all", "-o", str(tmp_path / "file")]),
    ):
        given = [word for word in asked if word not in ("--scope", "1")] if "--all" in words else asked
        with pytest.raises(error, match=said):
            CliRunner().invoke(cli.app, [*given, *words], catch_exceptions=False)
    assert len(archive.listed(full)) == n_kept


def test_an_unsigned_paper_of_any_form_says_that_it_is_a_draft(full: Town) -> None:
    made = make(full, "daily", None, DAY, "en")
    assert "Draft,notreviewed" in text_of(paper(made, Signature(reviewed_by="Z")))
    assert "Draft,notreviewed" not in text_of(paper(made, Signature("Z", "Y")))
