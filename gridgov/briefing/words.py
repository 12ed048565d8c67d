"""The words of briefings: templates of sentences in data/briefing/<lang>.toml, filled with numbers that answers gave."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from gridgov.exporting.cells import cell, is_none
from gridgov.exporting.typesetting import printable
from gridgov.questions import Answer
from gridgov.resources import resource
from gridgov.vocabulary import Lang


@lru_cache(maxsize=2)
def wording(lang: Lang) -> dict[str, Any]:
    """All words of a language. Its `version` is printed."""
    with resource("data", "briefing", f"{lang}.toml").open("rb") as file:
        return tomllib.load(file)


def sentence(name: str, lang: Lang, **values: Any) -> str:
    """A sentence of the file with its places filled. A place that nothing fills is a bug."""
    return printable(wording(lang)["sentences"][name].format_map(values))


def joined(parts: list[str], lang: Lang) -> str:
    """Several things in a row, in the sentence."""
    return ("、" if lang == "zh" else ", ").join(parts)


def named(units: str, lang: Lang) -> str:
    """Units that an answer names in one cell, with the marks of the language.

    >>> named("甲、乙", "en"), named("甲, 乙", "zh")
    ('甲, 乙', '甲、乙')
    """
    return joined(re.split("、|, ", units), lang)


def said(column: str, value: Any, answer: Answer, lang: Lang) -> str:
    """A value as people read it; what is not known is a dash."""
    plain = value.item() if hasattr(value, "item") else value
    return cell(column, {column: plain}, answer, lang, alone=True)


@dataclass(frozen=True)
class Figure:
    """A number of a briefing with its neighbours: what it says when it stands in a sentence, `.move` how it changed.

    values  by ending: "" now, _previous, _change, _year_before, _year_change; None = not known
    """

    question: str
    column: str
    values: Mapping[str, Any]
    answer: Answer
    lang: Lang

    def said(self, ending: str = "") -> str:
        """It, or a neighbour, as people read it. Where nothing is known of a neighbour it says so."""
        value = self.values.get(ending)
        if is_none(value):
            unknown = wording(self.lang)["unknown"]
            if ending in ("_previous", "_year_before") or not ending:
                return str(unknown[ending or "now"])
            before = self.values.get("_previous" if ending == "_change" else "_year_before")
            return str(unknown["change" if is_none(before) else "from_zero"])
        if ending in ("_change", "_year_change") and value == 0:
            return str(wording(self.lang)["unknown"]["flat"])
        return said(f"{self.column}{ending}", value, self.answer, self.lang)

    def __format__(self, _: str) -> str:
        return self.said()

    @property
    def move(self) -> str:
        """How it changed since the period before, and in a year where that is known."""
        words = wording(self.lang)["moves"]
        told = []
        for ending, before in (("_change", "_previous"), ("_year_change", "_year_before")):
            if is_none(self.values.get(before)):
                if ending == "_change":  # of the year before the table says it
                    told.append(words[f"{ending}_unknown"])
            elif is_none(self.values.get(ending)):
                told.append(words[f"{ending}_from_zero"].format(self.said(before)))
            elif self.values[ending] == 0:
                told.append(words[f"{ending}_flat"])
            else:
                told.append(words[ending].format(self.said(ending)))
        return (", " if self.lang == "en" else "，").join(told)

    def record(self) -> dict[str, Any]:
        """What is locked of it."""
        plain = {ending or "now": _plain(self.values.get(ending)) for ending in ("", "_previous", "_year_before")}
        return {"question": self.question, "column": self.column, "said": self.said(), **plain}


def _plain(value: Any) -> Any:
    if is_none(value):
        return None
    return value.item() if hasattr(value, "item") else value


def day_said(day: date, lang: Lang) -> str:
    """A day in a sentence.

    >>> day_said(date(2026, 11, 6), "zh"), day_said(date(2026, 11, 6), "en")
    ('11月6日', '6 Nov')
    """
    return f"{day.month}月{day.day}日" if lang == "zh" else f"{day.day} {day:%b}"
