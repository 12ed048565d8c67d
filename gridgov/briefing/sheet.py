"""What a briefing is written from: its numbers by name, its sentences, its tables, as plain data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from gridgov.briefing.desk import Desk, Row
from gridgov.briefing.subjects import Subject
from gridgov.briefing.words import Figure, joined, said, sentence, wording
from gridgov.errors import QuestionError
from gridgov.exporting.cells import is_none
from gridgov.exporting.typesetting import printable
from gridgov.text import cells
from gridgov.vocabulary import Lang

Block = dict[str, Any]
Section = dict[str, Any]

ENDINGS: Final = ("", "_previous", "_change", "_year_before", "_year_change")

MEASURES: Final[Mapping[str, tuple[str, str, str | None]]] = {
    "reported": ("bulletin", "n", "reported"),
    "self_handled": ("bulletin", "n", "self_handled"),
    "registered": ("bulletin", "n", "registered"),
    "due": ("bulletin", "n", "due"),
    "closed": ("bulletin", "n", "closed"),
    "on_time": ("bulletin", "n", "on_time"),
    "on_time_rate": ("bulletin", "share", "on_time"),
    "reworked": ("bulletin", "n", "reworked"),
    "extended": ("bulletin", "n", "extended"),
    "n_open": ("backlog", "n_open", None),
    "n_overdue": ("backlog", "n_overdue", None),
    "n_at_risk": ("backlog", "n_at_risk", None),
    "overdue_share": ("backlog", "overdue_share", None),
    "hotline": ("hotline", "n_reported", None),
    "satisfied_rate": ("hotline", "satisfied_rate", None),
    "per_1k": ("flow", "n_reported_per_1k_residents", None),
    "covered_share": ("coverage", "covered_share", None),
    "taken": ("flow", "n_taken", None),
    "found": ("flow", "n_reported", None),
    "closed_by_unit": ("flow", "n_closed", None),
    "passed": ("flow", "n_passed", None),
    "unit_due": ("on_time", "n_due", None),
    "unit_on_time": ("on_time", "n_on_time", None),
    "unit_on_time_rate": ("on_time", "on_time_rate", None),
    "n_late_closed": ("on_time", "n_late_closed", None),
    "returned": ("returned", "n_returned_cases", None),
    "unit_rework": ("rework", "n_rework", None),
    "supervised": ("supervision", "n_supervised", None),
}
"""The numbers a briefing speaks of: question, column, and of the bulletin the item."""

OF_TOWN: Final = ("reported", "self_handled", "registered", "due", "closed", "on_time", "on_time_rate", "reworked", "extended",
                  "n_open", "n_overdue", "hotline", "satisfied_rate", "covered_share")  # fmt: skip
OF_UNIT: Final = ("taken", "found", "closed_by_unit", "passed", "unit_due", "unit_on_time", "unit_on_time_rate", "n_late_closed",
                  "returned", "unit_rework", "n_open", "n_overdue", "n_at_risk", "supervised")  # fmt: skip


@dataclass
class Sheet:
    """What a briefing is written from: the desk, whom it is about, the language; `numbers` gathers what it says.

    told   the questions whose numbers it prints, by id, in their order
    """

    desk: Desk
    of: Subject
    lang: Lang
    last: list[dict[str, Any]] | None = None
    numbers: dict[str, dict[str, Any]] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    told: dict[str, None] = field(default_factory=dict)

    @cached_property
    def words(self) -> dict[str, Any]:
        """The words of the language."""
        return wording(self.lang)

    def figure(self, name: str) -> Figure:
        """A number of MEASURES with its neighbours; it is locked."""
        if name not in self.figures:
            self.figures[name] = self.read(*MEASURES[name])
            self.numbers[name] = self.figures[name].record()
        return self.figures[name]

    def read(self, question: str, column: str, item: str | None = None) -> Figure:
        """A number of a question with its neighbours; None where nothing is known of it."""
        try:
            rows = _of_item(self.desk.part(question, self.of, **_per(column)), item)
        except QuestionError:
            rows = []
        values = {end: rows[0].get(f"{column}{end}") for end in ENDINGS} if rows else {}
        if not is_none(values.get("")):
            self.tells(question)
        return Figure(question, column, values, self.desk.standing, self.lang)

    def measured(self, name: str, by: str) -> list[Row]:
        """The rows that tell a number of MEASURES by groups, those of no group among them."""
        question, column, item = MEASURES[name]
        return _of_item(self.desk.records(question, by=by, **_per(column)), item)

    def tells(self, question: str) -> None:
        """Remember that numbers of a question are printed: its formula is printed too."""
        self.told[question] = None

    def say(self, name: str, **values: Any) -> Block:
        """A block of one sentence of the templates."""
        return {"type": "text", "id": name, "text": sentence(name, self.lang, **values)}

    def value(self, column: str, value: Any) -> str:
        """A value as people read it."""
        return said(column, value, self.desk.standing, self.lang)

    def listed(self, parts: list[str], most: int) -> str:
        """The first of some things, and that there are more."""
        more = self.words["sentences"]["more"] if len(parts) > most else ""
        return joined(parts[:most], self.lang) + more

    def table(self, title: str, names: Sequence[str], rows: Sequence[Sequence[str]], **more: Any) -> Block:
        """A table: names of its columns (by `columns` of the words), rows of texts. `numbers` stand at the right."""
        heads = [self.words["columns"][name] for name in names]
        numbers = [name not in _TEXTS for name in names]
        title = self.words["lists"][title]
        clean = [[printable(text) for text in row] for row in rows]
        told = {"columns": heads, "numbers": numbers, "rows": clean, "total": len(rows)}
        return {"type": "table", "title": title, "widths": _widths(names, heads, clean), **told, **more}


def _per(column: str) -> dict[str, Any]:
    return {"per": "residents"} if "_per_1k_residents" in column else {}


def _of_item(rows: list[Row], item: str | None) -> list[Row]:
    """Of a bulletin the rows of an item of the course of cases."""
    return rows if item is None else [row for row in rows if row["section"] == "course" and row["item"] == item]


_TEXTS: Final = {
    "case_no", "subcategory", "place", "unit", "next_step", "village", "from_unit", "to_unit", "main_reason", "units", "is_open",
}  # fmt: skip
"""Columns of texts; all others are numbers and stand at the right."""
_STIFF: Final = {"case_no", "next_step"}
_SHORT, _WIDEST = 14, 20


def _widths(names: Sequence[str], heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """How columns of long texts share what room there is, by their longest; 0 = as wide as what stands in it."""
    longest = [max([cells(head), *(cells(row[k]) for row in rows)]) for k, head in enumerate(heads)]
    is_text = [name in _TEXTS and name not in _STIFF for name in names]
    return [min(wide, _WIDEST) if text and wide > _SHORT else 0 for wide, text in zip(longest, is_text, strict=True)]


def pair(left: list[Block], right: list[Block], share: float) -> list[Block]:
    """Blocks side by side where a page is wide enough; `share` of its width is the left's. One side alone has all of it."""
    if left and right:
        return [{"type": "pair", "left": left, "right": right, "share": share}]
    return [*left, *right]


def texts(blocks: list[Block]) -> Iterator[Block]:
    """The blocks of blocks, those side by side one after the other."""
    for block in blocks:
        if block["type"] == "pair":
            yield from texts([*block["left"], *block["right"]])
        else:
            yield block
