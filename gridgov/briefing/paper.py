"""A briefing on paper: PDF within its pages, one tall picture for phones. The same briefing gives the same bytes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from gridgov.briefing.sheet import texts
from gridgov.briefing.words import joined, wording
from gridgov.errors import QuestionError
from gridgov.exporting.typesetting import Form, Overflow, Sparse, set_pages
from gridgov.text import cells

if TYPE_CHECKING:
    from gridgov.briefing.making import Briefing

PAGES: Final = {"daily": 1, "weekly": 2, "monthly": 4}
_SIZE: Final = 9.2
"""Points of its text."""
_SMALLER: Final = (8.8, 8.4, 8.0)
_LARGER: Final = (9.6, 10.0, 10.4)
"""What they may become where that saves a page, or fills one."""
_SHORTEST: Final = ((8.4, 6), (8.0, 1))
_SHORTER: Final = ((8.4, 6), (8.0, 3))
"""Sizes, and with each the fewest rows that are left of lists, where a smaller size alone does not do: to keep within the pages,
and to save one that would be nearly empty."""
_LONG_ROWS: Final = 12
"""Rows of lists in the picture for phones."""

Rooms = Sequence[int] | None
"""Rows that each list that may be shortened has at most, in their order; None = all of them."""
_NUMBERS: Final = (*"一二三四五六七八九十", "十一", "十二")


@dataclass(frozen=True)
class Signature:
    """How far a briefing has come: who reviewed and who signed it, and when.

    words       what was edited, by id of the text
    drafted_by  who edited it
    """

    reviewed_by: str | None = None
    signed_by: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    reviewed_at: datetime | None = None
    signed_at: datetime | None = None
    drafted_by: tuple[str, ...] = ()

    @property
    def is_signed(self) -> bool:
        """True when it may go out."""
        return self.signed_by is not None


DRAFT: Final = Signature()


def paper(briefing: "Briefing", signature: Signature = DRAFT, form: Form = "pdf") -> bytes:
    """The briefing as PDF (PDF/A-2b, tagged), or as one tall picture (PNG). What is not signed says that it is a draft.

    Where it is longer than its pages, or would leave the last one nearly empty, its text is made smaller, then its lists become
    as short as they have to; what a list leaves out is counted below it. Where that saves no page, its text becomes larger.
    Raises SettingsError (no font), QuestionError (a character that no font has; or it is too long whatever is left out).
    """
    at = datetime.fromisoformat(briefing.at)
    if form == "png":
        rooms = [_LONG_ROWS for _ in _longest(briefing.sections)]
        return set_pages("briefing", content(briefing, signature, 10, rooms, is_long=True), at, "png")

    def tried(size: float, rooms: Rooms, most: int, *, is_filled: bool = False) -> bytes | None:
        try:
            return set_pages("briefing", content(briefing, signature, size, rooms, most=most, is_filled=is_filled), at)
        except Overflow:
            return None

    most, empty = PAGES[briefing.kind], None
    try:
        found = tried(_SIZE, None, most, is_filled=True)
    except Sparse as sparse:
        found, empty = None, sparse.pages
        most = sparse.pages - 1
    found = found or _shortened(tried, most, _longest(briefing.sections), _SHORTER if empty else _SHORTEST)
    for size in _LARGER if found is None and empty else ():
        with suppress(Sparse):
            found = found or tried(size, None, empty or most, is_filled=True)
    found = found or (tried(_SIZE, None, empty) if empty else None)
    if found is None:
        raise QuestionError(
            f"'{briefing.title}' does not fit {most} pages, whatever its lists leave out. Shorten its words."
        )
    return found


def _shortened(
    tried: Callable[[float, Rooms, int], bytes | None],
    most: int,
    longest: Sequence[int],
    shortest: Sequence[tuple[float, int]],
) -> bytes | None:
    """A paper of so many pages: as large as it can be with its lists whole, else each list as long as there is room for it."""
    for size in _SMALLER:
        found = tried(size, None, most)
        if found is not None:
            return found
    for size, least in shortest:
        rooms = [min(least, rows) for rows in longest]
        found = tried(size, rooms, most)
        if found is None:
            continue
        every = range(len(rooms))
        for lists in (
            every,
            *((k,) for k in every),
        ):  # all alike, then each for itself, what is overdue before what will be
            fits, over = min((rooms[k] for k in lists), default=0), max((longest[k] for k in lists), default=0) + 1
            while over - fits > 1:
                middle = (fits + over) // 2
                wider = [min(middle, longest[k]) if k in lists else room for k, room in enumerate(rooms)]
                longer = tried(size, wider, most)
                fits, over, found = (fits, middle, found) if longer is None else (middle, over, longer)
            rooms = [min(max(fits, room), longest[k]) if k in lists else room for k, room in enumerate(rooms)]
        return found
    return None


def _longest(sections: list[dict[str, Any]]) -> list[int]:
    """Rows of each list that may be shortened."""
    tables = [block for section in sections for block in texts(section["blocks"]) if block.get("shrinks")]
    return [len(table["rows"]) for table in tables]


def content(
    briefing: "Briefing",
    signature: Signature,
    size: float = _SIZE,
    rooms: Rooms = None,
    *,
    is_long: bool = False,
    most: int = 0,
    is_filled: bool = False,
) -> dict[str, Any]:
    """What the template is filled with: the briefing in its edited words, and who reviewed and signed it.

    size       points of its text
    rooms      how long the lists may be
    is_long    it is one tall picture
    most       pages at most; 0 = any number
    is_filled  its last page may not be nearly empty
    """
    words, period = wording(briefing.lang), briefing.period
    left = iter(_longest(briefing.sections) if rooms is None else rooms)
    head = words["masthead"]
    zh = briefing.lang == "zh"
    issue = head["issue" if period["is_over"] else "issue_part"]
    return {
        "lang": briefing.lang, "long": is_long, "size": size, "most_pages": most, "is_filled": is_filled,
        "title": briefing.title, "issue": issue.format(number=period["number"], dates=dates(period, zh=zh)),
        "as_of": head["as_of"].format(as_of=briefing.as_of),
        "reviewed": head["reviewed"].format(who=signature.reviewed_by or head["nobody"]),
        "signed": head["signed"].format(who=signature.signed_by or head["nobody"]),
        "draft": "" if signature.is_signed else head["draft"],
        "draft_note": "" if signature.is_signed else head["draft_note"],
        "issue_words": words["issue"], "small_print": [*_steps(briefing, signature), *briefing.small_print],
        "definitions": _in_columns(briefing.definitions, 1 if is_long else _COLUMNS),
        "definitions_title": words["lists"]["definitions"],
        "sections": [
            {
                "title": f"{_NUMBERS[n]}、{section['title']}" if zh else f"{n + 1}. {section['title']}",
                "blocks": [_block(block, signature, words["table"], left) for block in section["blocks"]],
            }
            for n, section in enumerate(briefing.sections)
        ],
    }  # fmt: skip


_COLUMNS: Final = 3
"""Columns of the small print."""


def _in_columns(items: Sequence[Mapping[str, Any]], n: int) -> list[list[Mapping[str, Any]]]:
    """Definitions in columns of about the same length, in their order."""
    longs = [cells(f"{item['title']}{item['formula']}") for item in items]
    found: list[list[Mapping[str, Any]]] = [[] for _ in range(n)]
    for k, item in enumerate(items):
        middle = sum(longs[:k]) + longs[k] / 2
        found[min(int(middle / max(sum(longs), 1) * n), n - 1)].append(item)
    return [column for column in found if column]


def _steps(briefing: "Briefing", signature: Signature) -> list[str]:
    """Who drafted, reviewed and signed it, and when, in the town's time; nothing of a draft."""
    steps = ((signature.reviewed_by, signature.reviewed_at), (signature.signed_by, signature.signed_at))
    if any(name is None or at is None for name, at in steps[:1]):
        return []
    zone, words = ZoneInfo(briefing.zone), wording(briefing.lang)["steps"]
    told = [words["drafted"].format(who=joined(["gridgov", *signature.drafted_by], briefing.lang))]
    told += [
        words[step].format(who=name, at=f"{at.astimezone(zone):%Y-%m-%d %H:%M}")
        for step, (name, at) in zip(("reviewed", "signed"), steps, strict=True)
        if name is not None and at is not None
    ]
    return [words["all"].format(steps=joined(told, briefing.lang))]


def dates(period: Mapping[str, Any], *, zh: bool) -> str:
    """The days of a period: as the town says it in Chinese, from and to in English."""
    if zh:
        return str(period["said"]).partition("(")[2].rstrip(")")
    return period["begin"] if period["begin"] == period["last"] else f"{period['begin']} to {period['last']}"


def _block(
    block: Mapping[str, Any], signature: Signature, words: Mapping[str, Any], rooms: Iterator[int]
) -> dict[str, Any]:
    """A block as it is printed: with the words that were edited, and lists as long as there is room."""
    if block["type"] == "pair":
        sides = {side: [_block(part, signature, words, rooms) for part in block[side]] for side in ("left", "right")}
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
    rows = block["rows"][: next(rooms)] if block.get("shrinks") else block["rows"]
    left = block["total"] - len(rows)
    more = (
        words["more" if block.get("is_cases") else "more_rows"].format(n=left, list=block.get("list", ""))
        if left
        else ""
    )
    return {**block, "rows": rows, "more": more}


EDITABLE: Final = ("phenomenon", "judgement", "measure")
"""Words of an issue that a reviewer may edit."""
