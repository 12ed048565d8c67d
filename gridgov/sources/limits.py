"""Time limits as rule tables write them: `2紧急工作时`, `4工作时`, `1工作日`, `7自然日` become a number and a unit.

Four clocks are told apart by their words alone (vocabulary.LIMIT_UNITS):

    urgent_hour   紧急工作时, 紧急小时; urgent hour, emergency hour: round the clock, on every day
    work_hour     工作时, 工作小时; working hour: inside working hours on working days
    work_day      工作日, 工作天; working day, business day
    natural_day   自然日, 自然天, 日历日, 紧急工作日; natural day, calendar day: on every day

A bare word (天, 日, 小时, day, hour ...) says no clock: two editions of one city's table write `2工作日` and `2天` for the same
rule, elsewhere 天 are calendar days. It is read only where the mapping says what it means (`bare_units`). Everything
else, `种植季节15工作日` or `1紧急工作时制止`, is no limit that a clock can follow: it is left unread and listed, never guessed.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from gridgov.vocabulary import LIMIT_UNITS


class Limit(NamedTuple):
    """How long something may take: more than 0 of a unit (vocabulary.LIMIT_UNITS)."""

    value: float
    unit: str


_WORDS = {
    "urgent_hour": "紧急工作时 紧急工作小时 紧急小时 紧急时 urgenthour urgenthours emergencyhour emergencyhours",
    "work_hour": "工作时 工作小时 workhour workhours workinghour workinghours",
    "work_day": "工作日 工作天 workday workdays workingday workingdays businessday businessdays",
    "natural_day": "自然日 自然天 日历日 日历天 紧急工作日 naturalday naturaldays calendarday calendardays",
}
_UNITS = {word: unit for unit, words in _WORDS.items() for word in (unit, *words.split())}
_BARE = frozenset({"天", "日", "小时", "时", "hour", "hours", "day", "days", "h", "d"})
_WIDE = str.maketrans("０１２３４５６７８９．", "0123456789.")
"""Only digits: to turn all wide signs narrow would make the list mark of ②1工作日 a digit of the limit."""

_DIGITS = {digit: number for number, digit in enumerate("一二三四五六七八九", 1)} | {"两": 2}
_LIMIT = re.compile(
    r"(?P<number>[0-9]{1,4}(?:\.[0-9]{1,2})?|半|[一二两三四五六七八九十]{1,3})个?(?P<unit>.+?)(?:[以之]?内)?"
)
_TENS = re.compile(r"(?P<tens>[一二三四五六七八九])?十(?P<ones>[一二三四五六七八九])?")


def parse_limit(text: str, bare_units: Mapping[str, str] | None = None) -> Limit | None:
    """The limit that a text says; None where it says none that can be counted.

    text        spaces, line breaks and wide digits do not matter: ` 2 紧急工作时 `, `１５个工作日内`, `三个工作日`
    bare_units  what bare words mean in this table, such as {"天": "work_day"}; without it they say nothing

    >>> parse_limit("2紧急工作时"), parse_limit("半个工作日"), parse_limit("3天"), parse_limit("3天", {"天": "work_day"})
    (Limit(value=2.0, unit='urgent_hour'), Limit(value=0.5, unit='work_day'), None, Limit(value=3.0, unit='work_day'))
    """
    found = _LIMIT.fullmatch(_squeezed(text))
    if found is None:
        return None
    units = {_squeezed(word): unit for word, unit in (bare_units or {}).items()} | _UNITS
    value, unit = _number(found["number"]), units.get(found["unit"])
    return Limit(value, unit) if value and unit in LIMIT_UNITS else None


def bare_word(text: str) -> str | None:
    """The bare word in a text that would be a limit if the word had a clock: 天 in `3天`; None in all other texts."""
    found = _LIMIT.fullmatch(_squeezed(text))
    return found["unit"] if found and found["unit"] in _BARE else None


def not_bare(word: str) -> str:
    """Why a word cannot be given a meaning as a bare unit; empty when it can."""
    squeezed = _squeezed(word)
    if squeezed in _UNITS:
        return f"the word says by itself that it is {_UNITS[squeezed]}; only words without a clock need a meaning"
    if not squeezed or any(sign.isdigit() for sign in squeezed):
        return "a unit is a word without a number, such as 天 or 小时"
    return ""


def _squeezed(text: str) -> str:
    return "".join(text.split()).translate(_WIDE).lower()


def _number(text: str) -> float | None:
    if text == "半":
        return 0.5
    if text[0].isdecimal():
        return float(text)
    if text in _DIGITS:
        return float(_DIGITS[text])
    tens = _TENS.fullmatch(text)
    return float(_DIGITS.get(tens["tens"], 1) * 10 + _DIGITS.get(tens["ones"], 0)) if tens else None
