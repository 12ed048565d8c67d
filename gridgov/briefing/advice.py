"""Advice: rules of data/briefing/advice.toml over the rows of answers, never free text. The version is printed.

A rule says of which question, under which conditions, what is advised, who leads and until when.
"""

import math
import operator
import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from gridgov.briefing.desk import Desk, Kind, Row
from gridgov.briefing.subjects import Subject
from gridgov.briefing.words import day_said, said, sentence, wording
from gridgov.errors import QuestionError
from gridgov.exporting.cells import is_none
from gridgov.exporting.typesetting import printable
from gridgov.questions import Answer
from gridgov.resources import resource
from gridgov.schema import heading
from gridgov.vocabulary import Lang

_OPS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq,
}  # fmt: skip


class Texts(BaseModel):
    """What a rule says in a language: templates of the columns of a row."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    subject: str
    phenomenon: str
    judgement: str
    measure: str


class Rule(BaseModel):
    """One rule of advice, see the head of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    kinds: tuple[Kind, ...]
    about: str
    by: str | None = None
    when: tuple[str, ...]
    key: tuple[str, ...]
    watch: str
    lead: str
    days: int
    sort: str | None = None
    limit: int = 99
    zh: Texts
    en: Texts

    def holds(self, row: Mapping[str, Any]) -> bool:
        """True when all its conditions hold of a row; what is not known holds of nothing.

        >>> rules().rules[-1].holds({"late_work_days": 2.5}), rules().rules[-1].holds({"late_work_days": None})
        (True, False)
        """
        return all(_holds(condition, row) for condition in self.when)

    def texts(self, lang: Lang) -> Texts:
        """What it says in a language."""
        return self.zh if lang == "zh" else self.en


class Rules(BaseModel):
    """The table of rules; the first that holds of a row speaks of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    version: str
    limit: dict[Kind, int]
    rules: tuple[Rule, ...]


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The rules of the file."""
    with resource("data", "briefing", "advice.toml").open("rb") as file:
        return Rules.model_validate(tomllib.load(file))


def _holds(condition: str, row: Mapping[str, Any]) -> bool:
    return any(_is_so(part, row) for part in condition.split(" or "))


def _is_so(condition: str, row: Mapping[str, Any]) -> bool:
    found = re.fullmatch(r"(\w+) (<=?|>=?|==) (-?[\d.]+)", condition)
    value: Any = row.get(condition if found is None else found[1])
    if is_none(value):
        return False
    return bool(value) if found is None else _OPS[found[2]](float(value), float(found[3]))


def advised(desk: Desk, of: Subject, lang: Lang) -> list[dict[str, Any]]:
    """What is advised, the first rules first: who leads, until when, and what is needed to follow it up.

    Each is a dict: rule, key, watch, then (the number watched), place, subject, phenomenon, judgement, measure, lead, until.
    """
    found: list[dict[str, Any]] = []
    spoken: set[tuple[Any, ...]] = set()
    for rule in (rule for rule in rules().rules if desk.kind in rule.kinds):
        n = 0
        asked = _rows(desk, of, rule)
        if asked is None:
            continue
        answer, rows = asked
        for row in _sorted(rows, rule.sort):
            about = (rule.about, *(row.get(name) for name in ("grid_code", "unit", "subcategory", "case_no")))
            if about in spoken or not rule.holds(row) or n == rule.limit:
                continue
            spoken.add(about)
            found.append(_one(rule, row, answer, desk, lang))
            n += 1
    return found[: rules().limit[desk.kind]]


def followed(desk: Desk, of: Subject, last: list[dict[str, Any]], lang: Lang) -> list[str]:
    """What became of the advice of the briefing before: the number that was watched, then and now, a sentence each."""
    known = {rule.id: rule for rule in rules().rules}
    told = []
    for each in last:
        rule = known.get(each["rule"])
        asked = _rows(desk, of, rule) if rule is not None and rule.watch == each["watch"] else None
        words = {name: each[name] for name in ("place", "subject", "measure", "lead", "until", "then")}
        if rule is None or asked is None:
            told.append(sentence("followed_unasked", lang, **words))
            continue
        answer, rows = asked
        same = [row for row in rows if [str(row.get(name)) for name in rule.key] == each["key"]]
        now = said(rule.watch, same[0][rule.watch], answer, lang) if same else ""
        label = heading(each["watch"], lang)
        told.append(sentence("followed" if same else "followed_gone", lang, **words, label=label, now=now))
    return told


def _sorted(rows: list[Row], by: str | None) -> list[Row]:
    """The rows by a column, the least first, or with a minus the most; what is not known last. As they are without one."""
    if by is None:
        return rows
    name, sign = by.removeprefix("-"), -1 if by.startswith("-") else 1
    return sorted(rows, key=lambda row: math.inf if is_none(row.get(name)) else sign * float(row[name]))


def _rows(desk: Desk, of: Subject, rule: Rule) -> tuple[Answer, list[Row]] | None:
    """The rows that a rule looks at, and the answer they are of: in a village those that lie in it, of a unit its own.

    None where it cannot be asked: what is asked of the whole town only is the town's to say, and there may be no tracks.
    """
    by = rule.by
    if by == "village":
        by = desk.levels[1] if len(desk.levels) > 1 else None
    is_of_cases = rule.about == "hot_issues"
    given: dict[str, Any] = (
        {"where": {"unit": of.name}} if of.of == "unit" and is_of_cases else {} if by is None else {"by": by}
    )
    if by is None and (rule.by is not None or (of.of == "village" and is_of_cases)):
        return None
    try:
        answer = desk.answer(rule.about, **given)
        rows = desk.records(rule.about, **given) if "where" in given else desk.listed(rule.about, of, **given)
    except QuestionError:
        return None
    return answer, rows


def _one(rule: Rule, row: Mapping[str, Any], answer: Answer, desk: Desk, lang: Lang) -> dict[str, Any]:
    texts = rule.texts(lang)
    none = wording(lang)["unknown"]["now"]
    values = {
        str(name): none if is_none(value) else said(str(name), value, answer, lang) for name, value in row.items()
    }
    place = "" if is_none(row.get("grid_name")) else str(row["grid_name"])
    lead = row.get(rule.lead)
    unknown = {name for name, value in row.items() if is_none(value)}
    return {
        "rule": rule.id, "key": [str(row.get(name)) for name in rule.key], "watch": rule.watch, "then": values[rule.watch],
        "place": place, "lead": none if is_none(lead) else str(lead), "until": day_said(until(desk, rule.days), lang),
        **{name: printable(_filled(template, values, unknown)) for name, template in texts},
    }  # fmt: skip


def _filled(template: str, values: Mapping[str, str], unknown: set[Any]) -> str:
    """A template with its places filled. `[a|b]` is a, or b where anything in a is not known.

    >>> _filled("{n} cases[, {x} times|, before not known].", {"n": "3", "x": "?"}, {"x"})
    '3 cases, before not known.'
    """

    def chosen(found: re.Match[str]) -> str:
        is_known = unknown.isdisjoint(re.findall(r"{(\w+)}", found[1]))
        return found[1] if is_known else found[2]

    return re.sub(r"\[([^|\]]*)\|([^\]]*)\]", chosen, template).format_map(values)


def until(desk: Desk, days: int) -> date:
    """The day so many working days after the end of the period, by the town's calendar."""
    last = date.fromisoformat(desk.as_of[:10])
    ends = last + timedelta(14 + 3 * days)
    return desk.town.workdays(last + timedelta(1), ends)[days - 1]
