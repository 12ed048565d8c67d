"""A briefing on paper: PDF within its pages, one tall picture for phones. The same briefing gives the same bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from gridgov.briefing.words import wording
from gridgov.errors import QuestionError
from gridgov.exporting.typesetting import Form, Overflow, set_pages

if TYPE_CHECKING:
    from gridgov.briefing.making import Briefing

PAGES: Final = {"daily": 1, "weekly": 2, "monthly": 4}
_SIZES: Final = (9.2, 8.8, 8.4, 8.0)
"""Points of its text: the largest with which it fits."""
_ROOMS: Final = (12, 8, 6, 5, 4, 3, 2, 1)
"""Rows of lists that may be shortened, when the smallest size does not do."""
_NUMBERS: Final = (*"一二三四五六七八九十", "十一", "十二")


@dataclass(frozen=True)
class Signature:
    """How far a briefing has come: who reviewed and who signed it, and what was edited (words by id of the text)."""

    reviewed_by: str | None = None
    signed_by: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_signed(self) -> bool:
        """True when it may go out."""
        return self.signed_by is not None


DRAFT: Final = Signature()


def paper(briefing: "Briefing", signature: Signature = DRAFT, form: Form = "pdf") -> bytes:
    """The briefing as PDF (PDF/A-2b, tagged), or as one tall picture (PNG). What is not signed says that it is a draft.

    Text is made smaller, then lists shorter, until it fits its pages; what a list leaves out is counted below it.
    Raises SettingsError (no font), QuestionError (a character that no font has; or it is too long whatever is left out).
    """
    at = datetime.fromisoformat(briefing.at)
    if form == "png":
        return set_pages("briefing", content(briefing, signature, 10, None, is_long=True), at, "png")
    for size, room in [*((size, None) for size in _SIZES), *((_SIZES[-1], room) for room in _ROOMS)]:
        try:
            return set_pages("briefing", content(briefing, signature, size, room), at)
        except Overflow:
            continue
    raise QuestionError(
        f"'{briefing.title}' does not fit {PAGES[briefing.kind]} pages, whatever its lists leave out. Shorten its words."
    )


def content(
    briefing: "Briefing",
    signature: Signature,
    size: float = _SIZES[0],
    room: int | None = None,
    *,
    is_long: bool = False,
) -> dict[str, Any]:
    """What the template is filled with: the briefing in its edited words, and who reviewed and signed it."""
    words, period = wording(briefing.lang), briefing.period
    head = words["masthead"]
    zh = briefing.lang == "zh"
    issue = head["issue" if period["is_over"] else "issue_part"]
    return {
        "lang": briefing.lang, "long": is_long, "size": size, "most_pages": 0 if is_long else PAGES[briefing.kind],
        "title": briefing.title, "issue": issue.format(number=period["number"], dates=dates(period, zh=zh)),
        "as_of": head["as_of"].format(as_of=briefing.as_of),
        "reviewed": head["reviewed"].format(who=signature.reviewed_by or head["nobody"]),
        "signed": head["signed"].format(who=signature.signed_by or head["nobody"]),
        "draft": "" if signature.is_signed else head["draft"],
        "draft_note": "" if signature.is_signed else head["draft_note"],
        "issue_words": words["issue"], "small_print": briefing.small_print,
        "sections": [
            {
                "title": f"{_NUMBERS[n]}、{section['title']}" if zh else f"{n + 1}. {section['title']}",
                "blocks": [_block(block, signature, words["table"], room) for block in section["blocks"]],
            }
            for n, section in enumerate(briefing.sections)
        ],
    }  # fmt: skip


def dates(period: Mapping[str, Any], *, zh: bool) -> str:
    """The days of a period: as the town says it in Chinese, from and to in English."""
    if zh:
        return str(period["said"]).partition("(")[2].rstrip(")")
    return period["begin"] if period["begin"] == period["last"] else f"{period['begin']} to {period['last']}"


def _block(
    block: Mapping[str, Any], signature: Signature, words: Mapping[str, Any], room: int | None
) -> dict[str, Any]:
    """A block as it is printed: with the words that were edited, and lists as long as there is room."""
    if block["type"] == "pair":
        sides = {side: [_block(part, signature, words, room) for part in block[side]] for side in ("left", "right")}
        return {**block, **sides}
    if block["type"] == "text":
        return {**block, "text": signature.words.get(block["id"], block["text"])}
    if block["type"] == "issues":
        items = [
            {**item, **{name: signature.words.get(f"{item['id']}.{name}", item[name]) for name in EDITABLE}}
            for item in block["items"]
        ]
        return {**block, "items": items}
    if block["type"] != "table":
        return dict(block)
    rows = block["rows"] if room is None or not block.get("shrinks") else block["rows"][:room]
    left = block["total"] - len(rows)
    more = words["more" if block.get("is_cases") else "more_rows"].format(n=left) if left else ""
    return {**block, "rows": rows, "more": more}


EDITABLE: Final = ("phenomenon", "judgement", "measure")
"""Words of an issue that a reviewer may edit."""
