"""Lives of cases for the tests of questions: random ways through the process, loaded, and told again step by step."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from gridgov.calendars import workdays
from gridgov.pipelines.kinds import load
from gridgov.process import EVENTS
from gridgov.rules import read_rules
from gridgov.sources.mapping import parse_mapping
from gridgov.vocabulary import ENDED
from tests.slow_course import DISPATCHED, FIRST, SELF, Wall, stage_of
from tests.support import new_code, write_rows

ZONE = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2026, 3, 2, 9, tzinfo=ZONE)
KINDS = {"A": "village", "B": "squad", "C": "department", "D": "", "E": "contractor"}
"""The units there are, and their kinds."""

CASES = """
kind = "incidents"
town = "{town}"
source = "cases"
time_zone = "Asia/Shanghai"
datum = "WGS84"
[about]
time_zone = "Asia/Shanghai"
[columns]
case_no = "no"
reported_at = "at"
status = "state"
track = "track"
category = "what"
subcategory = "which"
unit = "unit"
lon = "x"
lat = "y"
[values.status]
reported = "reported"
"""
STEPS = """
kind = "events"
town = "{town}"
source = "cases"
time_zone = "Asia/Shanghai"
[columns]
case_no = "no"
at = "at"
event = "what"
unit = "unit"
reason = "why"
due_at = "due"
"""
UNITS = """
kind = "units"
town = "{town}"
source = "units"
[about]
time_zone = "Asia/Shanghai"
[columns]
code = "name"
name = "name"
kind = "kind"
"""
_ENDING = ("closed", "forced_closed", "voided")
_RULES = read_rules()
_WALL = Wall(_RULES, ZONE, workdays("CN", FIRST, date(2030, 12, 31)))


@dataclass
class Step:
    """An event of a life."""

    at: datetime
    what: str
    unit: str = ""
    why: str = ""
    due: str = ""


@dataclass
class Life:
    """A case and what happened to it, in order; the first step is its report."""

    no: str
    track: str = "dispatched"
    category: str = "road"
    item: str = "hole"
    unit: str = ""
    place: tuple[float, float] | None = None
    steps: list[Step] = field(default_factory=list)

    @property
    def at(self) -> datetime:
        return self.steps[0].at


@dataclass
class Stretch:
    """A time in which node and unit stayed the same."""

    stage: str
    unit: str | None
    begin: datetime
    end: datetime | None = None


@dataclass
class Handed:
    """A dispatch to another unit than the one before."""

    at: datetime
    from_unit: str
    to_unit: str
    lost: timedelta
    since: datetime
    is_aba: bool
    why: str | None


@dataclass
class Told:
    """A life as it was known at an instant."""

    life: Life
    end: str | None
    ended_at: datetime | None
    unit: str | None
    first_unit: str | None
    stretches: list[Stretch]
    handed: list[Handed]
    returned_by: list[str]


def told(life: Life, at: datetime) -> Told | None:
    """The life until an instant; None before its report."""
    track = SELF if life.track == "self_handled" else DISPATCHED
    state, end, ended_at, unit, first = "", None, None, life.unit if track == SELF else None, None
    stretches: list[Stretch] = []
    handed: list[Handed] = []
    returned_by: list[str] = []
    last: tuple[str, datetime] | None = None  # unit and instant of the dispatch before, in this round
    before: str | None = None  # who had it before that
    why: str | None = None
    for step in life.steps:
        if step.at > at:
            break
        to = EVENTS[step.what].to or state
        if state in ENDED and to not in ENDED:  # a new round
            unit, last, before, why, end, ended_at = None, None, None, None, None, None
        if step.what == "returned":
            returned_by.append(unit or "")
            unit = None
        if step.what in ("returned", "rework"):
            why = step.why
        if step.what == "dispatched":
            unit = step.unit
            first = first or unit
            if last is not None and last[0] != unit:
                handed.append(Handed(step.at, last[0], unit, step.at - last[1], last[1], unit == before, why))
                before, why = last[0], None
            last = (unit, step.at)
        stage = None if to in ENDED else stage_of(track, to)
        if stretches and stretches[-1].end is None and (stretches[-1].stage, stretches[-1].unit) != (stage, unit):
            stretches[-1].end = step.at
        if stage is not None and not (stretches and stretches[-1].end is None):
            stretches.append(Stretch(stage, unit, step.at))
        if to in _ENDING and state not in ENDED:
            end, ended_at = to, step.at
        state = to
    if not state:
        return None
    if ended_at is not None:
        unit = next((s.unit for s in reversed(stretches)), unit)
    return Told(life, end, ended_at, unit, first, stretches, handed, returned_by)


def work_seconds(begin: datetime, end: datetime) -> int:
    """Working seconds of the default rules, by walking over the days."""
    return _WALL.between(int(begin.timestamp()), int(end.timestamp()))


def lives(seed: int, n: int) -> list[Life]:
    """Random lives, some of them short, some handed about; one in six is solved on the spot."""
    chance = random.Random(seed)
    return [_life(chance, f"N{k}") for k in range(n)]


def _life(chance: random.Random, no: str) -> Life:
    life = Life(
        no,
        track="self_handled" if chance.random() < 1 / 6 else "dispatched",
        category=chance.choice(["road", "water"]),
        item=chance.choice(["hole", "leak"]),
        place=chance.choice([None, (chance.uniform(0, 3.2), chance.uniform(0, 3))]),
    )
    life.unit = chance.choice(list(KINDS)) if life.track == "self_handled" else ""
    at, state = BEGIN + timedelta(hours=chance.randrange(500)), ""
    eager = ("dispatched", "signed", "handled", "returned", "registered", "closed", "rework")
    for _ in range(chance.randrange(1, 28)):
        can = [e for e in EVENTS.values() if life.track in e.from_ and _may(e, state, life.track)]
        if not can:
            break
        chosen = chance.choice([e for e in can if e.code in eager and chance.random() < 0.7] or can)
        step = Step(at, chosen.code)
        if chosen.code == "dispatched" or "unit" in chosen.needs:
            step.unit = chance.choice(list(KINDS))
        if "reason" in chosen.needs:
            step.why = chance.choice(["not ours", "wrong place"])
        if "due" in chosen.needs or chosen.code == "extended":
            step.due = f"{at + timedelta(hours=chance.randrange(1, 300)):%Y-%m-%d %H:%M:%S}"
        life.steps.append(step)
        state = chosen.to or state
        at += timedelta(seconds=chance.choice([0, *[chance.randrange(1, 100_000)] * 5]) + 1)
    return life


def _may(chosen: Any, state: str, track: str) -> bool:
    allowed = chosen.from_[track]
    if not state:
        return chosen.code == "reported"
    return state in allowed or ("*" in allowed and state not in ENDED)


def load_lives(folder: Path, all_lives: list[Life], town: str | None = None) -> str:
    """Load lives as cases and events, and the units; the code of the town."""
    town = town or new_code()
    units = [{"name": name, "kind": kind} for name, kind in KINDS.items()]
    load(
        "units",
        write_rows(folder / f"{town}_units.csv", units, ("name", "kind")),
        parse_mapping(UNITS.format(town=town)),
    )
    rows = [
        {
            "no": life.no, "at": _written(life.at), "state": "reported", "track": life.track, "what": life.category,
            "which": life.item, "unit": life.unit,
            "x": "" if life.place is None else life.place[0], "y": "" if life.place is None else life.place[1],
        }
        for life in all_lives
    ]  # fmt: skip
    path = write_rows(folder / f"{town}_cases.csv", rows, tuple(rows[0]))
    assert load("incidents", path, parse_mapping(CASES.format(town=town))).quarantined == 0
    steps = [
        {"no": life.no, "at": _written(s.at), "what": s.what, "unit": s.unit, "why": s.why, "due": s.due}
        for life in all_lives
        for s in life.steps
    ]
    path = write_rows(folder / f"{town}_steps.csv", steps, tuple(steps[0]))
    assert load("events", path, parse_mapping(STEPS.format(town=town))).quarantined == 0
    return town


def _written(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def day_end(day: date) -> datetime:
    """The last microsecond of a local day."""
    return datetime.combine(day + timedelta(1), datetime.min.time(), ZONE) - timedelta(microseconds=1)


def day_begin(day: date) -> datetime:
    """The first instant of a local day."""
    return datetime.combine(day, datetime.min.time(), ZONE)


def close_to(found: Any, expected: Any) -> bool:
    """Equal figures, two unknown ones included."""
    a, b = (np.nan if value is None else float(value) for value in (found, expected))
    return bool(np.isclose(a, b, rtol=1e-9, atol=1e-9, equal_nan=True))
