"""Making a briefing: what is asked and said becomes plain data that can be kept, and set on paper at any time."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from gridgov.briefing import advice
from gridgov.briefing.contents import sections
from gridgov.briefing.desk import Desk, Kind
from gridgov.briefing.sheet import Sheet, texts
from gridgov.briefing.subjects import Subject, subject
from gridgov.briefing.words import joined, wording
from gridgov.errors import DataChanged
from gridgov.questions import Town
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
    made_of = {
        "definitions": {answer.definition.id: answer.definition.version for answer in desk.asked()},
        "rules": standing.meta["rules"], "advice": advice.rules().version, "words": words["version"],
    }  # fmt: skip
    return Briefing(
        town=desk.town.code, kind=desk.kind, scope=of.code, name=of.name, lang=lang, period=desk.period, as_of=desk.as_of,
        at=_instant(desk.as_of, about.time_zone), zone=about.time_zone, data_version=standing.data_version,
        title=words["titles"][desk.kind].format(name=of.name), sections=found,
        small_print=_small_print(desk, lang, made_of), numbers=sheet.numbers, advice=issued, made_of=made_of,
    )  # fmt: skip


def _instant(as_of: str, zone: str) -> str:
    at = datetime.fromisoformat(as_of)
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).isoformat()


def _small_print(desk: Desk, lang: Lang, made_of: dict[str, Any]) -> list[str]:
    """As of when, by which definitions, and whose map."""
    words = wording(lang)["sentences"]
    items = [
        words["definition_item"].format(
            title=answer.definition.title.said(lang), id=answer.definition.id, version=answer.definition.version
        )
        for answer in desk.asked()
    ]
    number = settings().map_approval
    return [
        words["as_of"].format(
            as_of=desk.as_of, data_version=desk.standing.data_version, rules=made_of["rules"], advice=made_of["advice"],
            words=made_of["words"],
        ),
        words["definitions"].format(items=joined(items, lang)),
        words["map_approval"].format(number=number) if number else words["no_map_approval"],
    ]  # fmt: skip
