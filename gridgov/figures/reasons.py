"""Why a row was set aside, and what a load noticed, as people read it: the pipelines say it in their own short English."""

import re
from collections.abc import Callable
from typing import Final

from gridgov.figures.text import column_name, moment
from gridgov.process import EVENTS
from gridgov.vocabulary import STATES, TRACKS, Lang, label

_Words = Callable[[re.Match[str], Lang], tuple[str, str]]


def _plain(zh: str, en: str) -> _Words:
    return lambda found, lang: (zh, en)


def _field(zh: str, en: str) -> _Words:
    def said(found: re.Match[str], lang: Lang) -> tuple[str, str]:
        name = _name(found[1], lang)
        return zh.format(name), en.format(name[:1].lower() + name[1:])

    return said


def _name(code: str, lang: Lang) -> str:
    return column_name({"status": "status_text", "lon": "place"}.get(code, code), lang)


def _event(code: str, lang: Lang) -> str:
    event = EVENTS.get(code)
    return label(code, lang, STATES) if event is None else event.zh if lang == "zh" else event.en


def _follows(found: re.Match[str], lang: Lang) -> tuple[str, str]:
    event, state, track = _event(found[1], lang), label(found[2], lang, STATES), label(found[3], lang, TRACKS)
    return f"“{state}”之后不能“{event}”({track})", f"“{event}” cannot follow “{state}” ({track})"


def _before(found: re.Match[str], lang: Lang) -> tuple[str, str]:
    event, track = _event(found[1], lang), label(found[2], lang, TRACKS)
    return f"“{event}”早于上报({track})", f"“{event}” before the report ({track})"


_REASONS: Final[list[tuple[str, _Words]]] = [
    ("no case number", _plain("没有案号", "no case number")),
    ("no event", _plain("没有动作", "no event")),
    ("no (?:report )?time", _plain("没有时间", "no time")),
    ("no device", _plain("没有终端编号", "no device")),
    ("no place", _plain("没有位置", "no place")),
    ("no geometry", _plain("没有图形", "no geometry")),
    ("no case of this number", _plain("没有这个案号的案件,先导入案件", "no case of this number: load the cases first")),
    (r"bad date in (\w+)", _field("{}读不成时间", "{} cannot be read as a time")),
    (r"bad number in (\w+)", _field("{}读不成数", "{} cannot be read as a number")),
    (r"bad (\w+)", _field("{}读不懂", "{} cannot be read")),
    (r"unknown (\w+)", _field("映射中没有这个{}", "{} that the mapping does not know")),
    (r"(\w+) is neither yes nor no", _field("{}既不是是也不是否", "{} is neither yes nor no")),
    ("impossible coordinates", _plain("坐标不可能", "impossible coordinates")),
    ("invalid geometry", _plain("图形无效", "invalid geometry")),
    ("closed before reported", _plain("结案早于上报", "closed before it was reported")),
    ("status says ended, but no closing time", _plain("状态为已结,却没有结案时间", "ended by its status, but no closing time")),
    ("a closing time, but the status says open", _plain("有结案时间,状态却在办", "a closing time, but open by its status")),
    ("would make impossible what stands", _plain("与已有的办理过程矛盾", "contradicts the course that is known")),
    (r"(\w+) cannot follow (\w+) \(track (\w+)\)", _follows),
    (r"(\w+) cannot come before the report \(track (\w+)\)", _before),
]  # fmt: skip

_NOTICED: Final[list[tuple[str, _Words]]] = [
    (r"(\w+): word not in the mapping", _field("{}有映射外的词,照原样保留", "{} with a word not in the mapping, kept as it is")),
    (r"(\w+): later than now", _field("{}晚于现在", "{} later than now")),
    (r"(\w+): local times that happened twice.*", _field("{}在夏令时重复,取第一次", "{} in an hour that came twice: the first")),
    (r"(\w+): local times that never were.*", _field("{}在夏令时空缺,后移", "{} in an hour that never was: moved on")),
    ("speed: below 0, left out", _plain("速度为负,不用", "speed below 0, left out")),
]  # fmt: skip


def reason_said(reason: str, lang: Lang, zone: str = "UTC") -> str:
    """A reason in words, with what it says of the single row, if anything; what nobody has worded stays as it is.

    >>> reason_said("unknown track: 'fast'", "zh"), reason_said("no case number", "en")
    ("映射中没有这个即办/流转:'fast'", 'no case number')
    """
    head, _, detail = reason.partition(": ")
    said = _said(head, lang, _REASONS)
    if said is None or head == "no case of this number":
        return said or reason
    found = re.fullmatch(r"(\w+) at ([\d-]+ [\d:]+) UTC", detail)
    if found:
        detail = f"{_event(found[1], lang)} {moment(f'{found[2]}Z', zone)}"
    return f"{said}{':' if lang == 'zh' else ': '}{detail}" if detail else said


def noticed_said(noticed: str, lang: Lang) -> str:
    """What a load noticed, in words; with the word it is about, if any."""
    for pattern, words in _NOTICED:
        found = re.match(pattern, noticed)
        if found:
            word = noticed[found.end() :].removeprefix(": ")
            said = words(found, lang)[lang == "en"]
            return f"{said}:{word}" if word else said
    return noticed


def _said(head: str, lang: Lang, among: list[tuple[str, _Words]]) -> str | None:
    for pattern, words in among:
        found = re.fullmatch(pattern, head)
        if found:
            return words(found, lang)[lang == "en"]
    return None
