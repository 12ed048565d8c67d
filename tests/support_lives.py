"""Lives of cases for the tests of questions: random ways through the process, loaded, and told again step by step."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from gridgov.calendars import workdays
from gridgov.process import EVENTS
from gridgov.rules import read_rules
from gridgov.vocabulary import ENDED
from tests.slow_course import DISPATCHED, FIRST, SELF, Wall, stage_of
from tests.support import new_code
from tests.support_ledgers import (
    BEGIN,
    ZONE,
    day_begin,
    day_end,
    load_cases,
    load_events,
    load_register,
    may_follow,
    stamp,
)

KINDS = {"A": "village", "B": "squad", "C": "department", "D": "", "E": "contractor"}
"""The units there are, and their kinds."""

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
        can = [e for e in EVENTS.values() if may_follow(e, state, life.track)]
        if not can:
            break
        chosen = chance.choice([e for e in can if e.code in eager and chance.random() < 0.7] or can)
        step = Step(at, chosen.code)
        if chosen.code == "dispatched" or "unit" in chosen.needs:
            step.unit = chance.choice(list(KINDS))
        if "reason" in chosen.needs:
            step.why = chance.choice(["not ours", "wrong place"])
        if "due" in chosen.needs or chosen.code == "extended":
            step.due = stamp(at + timedelta(hours=chance.randrange(1, 300)))
        life.steps.append(step)
        state = chosen.to or state
        at += timedelta(seconds=chance.choice([0, *[chance.randrange(1, 100_000)] * 5]) + 1)
    return life


def load_lives(folder: Path, all_lives: list[Life], town: str | None = None) -> str:
    """Load lives as cases and events, and the units; the code of the town."""
    town = town or new_code()
    load_register(folder, town, "units", [(name, name, kind) for name, kind in KINDS.items()])
    rows = [
        {
            "no": life.no, "at": stamp(life.at), "state": "reported", "track": life.track, "what": life.category,
            "which": life.item, "unit": life.unit,
            "x": "" if life.place is None else life.place[0], "y": "" if life.place is None else life.place[1],
        }
        for life in all_lives
    ]  # fmt: skip
    load_cases(folder, town, rows, tuple(rows[0]))
    steps = [
        {"no": life.no, "at": stamp(s.at), "what": s.what, "unit": s.unit, "why": s.why, "due": s.due}
        for life in all_lives
        for s in life.steps
    ]
    load_events(folder, town, steps, tuple(steps[0]))
    return town


def known(all_lives: list[Life], at: datetime, *tracks: str) -> list[Told]:
    """The lives as known at an instant: those of dispatched cases, unless other tracks are named."""
    found = [told(life, at) for life in all_lives if life.track in (tracks or ("dispatched",))]
    return [one for one in found if one is not None]


def span(data: st.DataObject) -> tuple[dict[str, Any], datetime, datetime, datetime]:
    """A period and as_of as they are asked, and as instants: begin, last instant, as_of, which may come before the end."""
    since = BEGIN.date() + timedelta(data.draw(st.integers(-2, 30)))
    until = since + timedelta(data.draw(st.integers(0, 40)))
    as_of = since + timedelta(data.draw(st.integers(0, 60)))
    asked = {"since": since, "until": until, "as_of": as_of}
    return asked, day_begin(since), min(day_end(until), day_end(as_of)), day_end(as_of)


def close_to(found: Any, expected: Any) -> bool:
    """Equal figures, two unknown ones included."""
    a, b = (np.nan if value is None else float(value) for value in (found, expected))
    return bool(np.isclose(a, b, rtol=1e-9, atol=1e-9, equal_nan=True))
