"""A briefing as DOCX, to be edited: headings, sentences, tables as tables, maps and charts as pictures."""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx as word
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from gridgov.briefing.paper import DRAFT, Signature, content
from gridgov.exporting.typesetting import font, set_pages

if TYPE_CHECKING:
    from gridgov.briefing.making import Briefing

_RED: Final = RGBColor(0xB3, 0x26, 0x1E)
_WIDE_MM: Final = 120


def docx(briefing: "Briefing", signature: Signature = DRAFT) -> bytes:
    """The briefing as a Word file; the same briefing gives the same bytes. What is not signed says that it is a draft.

    Raises SettingsError, QuestionError: pictures are set as paper is.
    """
    data, at = content(briefing, signature), datetime.fromisoformat(briefing.at)
    file = word.Document()
    _look(file, briefing.lang)
    properties = file.core_properties
    properties.title, properties.author = data["title"], briefing.town
    properties.created = properties.modified = at.replace(tzinfo=None)
    for text, size in ((data["title"], 20), (data["issue"], 12)):
        line = file.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = line.add_run(text)
        run.bold, run.font.size = size == 20, Pt(size)
        run.font.color.rgb = _RED if size == 20 else None
    file.add_paragraph("    ".join(data[name] for name in ("as_of", "reviewed", "signed")))
    if data["draft_note"]:
        file.add_paragraph().add_run(data["draft_note"]).font.color.rgb = _RED
    for section in data["sections"]:
        file.add_heading(section["title"], level=1)
        for block in section["blocks"]:
            _put(file, block, data, at)
    for text in data["small_print"]:
        file.add_paragraph().add_run(text).font.size = Pt(8)
    return _steady(file)


def _look(file: Document, lang: str) -> None:
    """One font for all, Latin and Chinese; pages of A4."""
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    for name in ("Normal", "Heading 1"):
        style = file.styles[name]
        style.font.name = font()
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font())
    file.styles["Normal"].font.size = Pt(10.5)
    file.styles["Heading 1"].font.size = Pt(13)
    file.core_properties.language = "zh-CN" if lang == "zh" else "en"


def _put(file: Document, block: Mapping[str, Any], data: Mapping[str, Any], at: datetime) -> None:
    kind = block["type"]
    if kind == "pair":
        for part in [*block["left"], *block["right"]]:
            _put(file, part, data, at)
    elif kind == "text":
        file.add_paragraph(block["text"])
    elif kind == "table":
        _table(file, block)
    elif kind == "drawings":
        for item in block["items"]:
            picture = set_pages("picture", {"lang": data["lang"], "item": item, "mm": _WIDE_MM}, at, "png")
            file.add_picture(BytesIO(picture), width=Mm(_WIDE_MM))
            shape = file.inline_shapes[-1]._inline.docPr
            shape.set("descr", item["alt"])
    elif kind == "issues":
        for n, item in enumerate(block["items"], 1):
            file.add_paragraph().add_run(f"{n}. {item['place']}{item['subject']}").bold = True
            for name, label in data["issue_words"].items():
                line = file.add_paragraph()
                line.add_run(f"{label} ").bold = True
                line.add_run(item[name])


def _table(file: Document, block: Mapping[str, Any]) -> None:
    file.add_paragraph().add_run(block["title"]).bold = True
    table = file.add_table(rows=1, cols=len(block["columns"]))
    table.style = "Light Grid Accent 1"
    for row in [block["columns"], *block["rows"]]:
        cells = table.rows[0].cells if row is block["columns"] else table.add_row().cells
        for cell, text, is_number in zip(cells, row, block["numbers"], strict=True):
            cell.text = text
            line = cell.paragraphs[0]
            line.alignment = WD_ALIGN_PARAGRAPH.RIGHT if is_number else WD_ALIGN_PARAGRAPH.LEFT
            for run in line.runs:
                run.font.size = Pt(8.5)
    if block["more"]:
        file.add_paragraph(block["more"])


def _steady(file: Document) -> bytes:
    """The file without the time it was packed at."""
    made, steady = BytesIO(), BytesIO()
    file.save(made)
    with ZipFile(made) as old, ZipFile(steady, "w", ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            new.writestr(ZipInfo(name, (1980, 1, 1, 0, 0, 0)), old.read(name), ZIP_DEFLATED)
    return steady.getvalue()
