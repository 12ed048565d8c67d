"""Making a briefing: what is asked and said becomes plain data that can be kept, and set on paper at any time."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Final

from gridgov.briefing import advice
from gridgov.briefing.contents import sections
from gridgov.briefing.desk import Desk, Kind
from gridgov.briefing.sheet import Sheet, texts
from gridgov.briefing.subjects import Subject, subject
from gridgov.briefing.words import wording
from gridgov.errors import DataChanged
from gridgov.exporting.typesetting import printable
from gridgov.questions import Town, definition_of
from gridgov.questions.moments import instant
from gridgov.settings import settings
from gridgov.vocabulary import Lang

_TRIES: Final = 3


@dataclass(frozen=True)
class Briefing:
    """A briefing as plain data: with the same data the paper has the same bytes.

    scope      code of whom it is about; name what they are called
    period     the statistical period: kind, number, said, begin, last, is_over
    as_of      the local day (its end) or instant of all its numbers; at = that instant, which dates the file
    sections   headings and blocks, see contents
    numbers    the main numbers by name: question, column, value, neighbours, and as they are said: locked once kept
    advice     what it advises, to be followed up in the next
    definitions  what its numbers mean: id, version, title and formula of each question it prints numbers of
    made_of    the definitions asked, by id, with their versions; and the versions of rules and templates
    """

    town: str
    kind: Kind
    scope: str
    name: str
    lang: Lang
    period: dict[str, Any]
    as_of: str
    at: str
    zone: str
    data_version: int
    title: str
    sections: list[dict[str, Any]]
    small_print: list[str]
    numbers: dict[str, dict[str, Any]]
    advice: list[dict[str, Any]]
    made_of: dict[str, Any]
    definitions: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """As JSON keeps it: the same after it was kept, so that two can be held against each other."""
        return dict(json.loads(json.dumps(asdict(self), ensure_ascii=False)))

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Briefing":
        """A briefing that was kept."""
        return cls(**kept)


def make(
    town: Town, kind: Kind, scope: str | None, day: date, lang: Lang, *, last: list[dict[str, Any]] | None = None
) -> Briefing:
    """A briefing of the statistical period that holds a day.

    scope   code of a village or a unit; None = the town
    last    the advice of the briefing before; None = there is none, and it says so
    raises  UnknownScope, QuestionError (a period that has not begun)
    """
    return written(Desk(town, kind, day), subject(town, scope), lang, last)


def written(desk: Desk, of: Subject, lang: Lang, last: list[dict[str, Any]] | None = None) -> Briefing:
    """The same at a desk where others are made too: what they have in common is asked once.

    All its numbers are of the same data: when new ones are loaded in between, it is begun again. Raises DataChanged when that
    does not end.
    """
    for _ in range(_TRIES - 1):
        with suppress(DataChanged):
            return _written(desk, of, lang, last)
    return _written(desk, of, lang, last)


def _written(desk: Desk, of: Subject, lang: Lang, last: list[dict[str, Any]] | None) -> Briefing:
    desk.begin()
    if of.of == "town" and lang == "en":
        of = replace(of, name=desk.town.about().name)
    sheet = Sheet(desk, of, lang, last)
    found = sections(sheet)
    about, standing = desk.town.about(), desk.standing
    issued = [
        item
        for section in found
        for block in texts(section["blocks"])
        if block["type"] == "issues"
        for item in block["items"]
    ]
    words = wording(lang)
    at = instant(desk.as_of, about.time_zone, desk.town.cycle().day_start).at
    made_of = {
        "definitions": {answer.definition.id: answer.definition.version for answer in desk.asked()},
        "rules": standing.meta["rules"], "advice": advice.rules().version, "words": words["version"],
    }  # fmt: skip
    return Briefing(
        town=desk.town.code, kind=desk.kind, scope=of.code, name=of.name, lang=lang, period=desk.period, as_of=desk.as_of,
        at=at.isoformat(), zone=about.time_zone, data_version=standing.data_version,
        title=words["titles"][desk.kind].format(name=of.name), sections=found,
        small_print=_small_print(desk, lang, made_of), numbers=sheet.numbers, advice=issued, made_of=made_of,
        definitions=_definitions(sheet),
    )  # fmt: skip


def _small_print(desk: Desk, lang: Lang, made_of: dict[str, Any]) -> list[str]:
    """As of when, by which rules, and whose map."""
    words = wording(lang)["sentences"]
    number = settings().map_approval
    return [
        words["as_of"].format(
            as_of=desk.as_of, data_version=desk.standing.data_version, rules=made_of["rules"], advice=made_of["advice"],
            words=made_of["words"],
        ),
        words["map_approval"].format(number=number) if number else words["no_map_approval"],
    ]  # fmt: skip


def _definitions(sheet: Sheet) -> list[dict[str, Any]]:
    """The formulas of the numbers it prints, by the title of the question, in the order in which they are told."""
    found = [definition_of(name) for name in sheet.told]
    return [
        {
            "id": each.id, "version": each.version, "title": each.title.said(sheet.lang),
            "formula": printable(each.formula.said(sheet.lang)),
        }
        for each in found
    ]  # fmt: skip
