"""A slow reference of the course of a case: event by event, with the clock on the wall, written apart from the compiled walk."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from gridgov.process import EVENTS
from gridgov.rules import STAGES, Rules
from gridgov.vocabulary import ENDED

FIRST = date(2023, 1, 1)
"""First day of the calendars."""

SELF, DISPATCHED, SERVICE, UNKNOWN = range(4)
TRACK_KEYS = ("self_handled", "dispatched", "service", "unknown")
WORKING = ("work_hour", "work_day")
HOUR, DAY = 3_600, 86_400
INSTANTS = (
    "accepted_at", "registered_at", "dispatched_at", "signed_at", "handled_at", "checked_at", "ended_at", "due_at",
    "first_due_at", "first_unit", "unit", "end", "ended_after_s",
)  # fmt: skip
COUNTS = (
    "n_dispatched", "n_returned", "n_aba", "n_rework", "n_extended", "n_extension_asked", "n_suspended", "n_deferred",
    "n_reopened", "n_urged", "n_yellow", "n_red", "n_instructed", "n_zero",
)  # fmt: skip
BEFORE = ("asked_before_due_s", "asked_before_due_work_s", "handled_before_due_s", "handled_before_due_work_s")


@dataclass
class Wall:
    """Working time by walking over the days of a calendar, in local wall time."""

    rules: Rules
    zone: ZoneInfo
    days: np.ndarray

    def local(self, t: int) -> datetime:
        return datetime.fromtimestamp(t, self.zone).replace(tzinfo=None)

    def instant(self, local: datetime) -> int:
        """The first of two; of a gap, the instant at which it ends."""
        t = int(local.replace(tzinfo=self.zone, fold=0).timestamp())
        if self.local(t) == local:
            return t
        while self.local(t - 1) > local:
            t -= 1
        return t

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        if not self.days[(day - FIRST).days]:
            return []
        midnight = datetime.combine(day, datetime.min.time())
        return [
            (midnight + timedelta(seconds=a), midnight + timedelta(seconds=b)) for a, b in self.rules.working.seconds()
        ]

    def between(self, a: int, b: int) -> int:
        if b < a:
            return -self.between(b, a)
        begin, end, total, day = self.local(a), self.local(b), 0, self.local(a).date()
        if end < begin:  # the clocks were set back in between
            return -int(self._overlap(end, begin))
        while day <= end.date():
            total += sum(max(0.0, (min(e, end) - max(s, begin)).total_seconds()) for s, e in self.spans(day))
            day += timedelta(1)
        return int(total)

    def _overlap(self, begin: datetime, end: datetime) -> float:
        days = {begin.date(), end.date()}
        pieces = [piece for day in days for piece in self.spans(day)]
        return sum(max(0.0, (min(e, end) - max(s, begin)).total_seconds()) for s, e in pieces)

    def after(self, t: int, seconds: int) -> int:
        """So many working seconds later (or earlier), at the first instant that is so far."""
        if seconds == 0:
            return t
        at = self.local(t)
        if seconds > 0:
            day = at.date()
            while True:
                for s, e in self.spans(day):
                    here = (e - max(s, at)).total_seconds()
                    if here > 0 and seconds <= here:
                        return self.instant(max(s, at) + timedelta(seconds=seconds))
                    seconds -= max(0, int(here))
                day += timedelta(1)
        day, left = at.date(), -seconds
        while True:
            for s, e in reversed(self.spans(day)):
                here = (min(e, at) - s).total_seconds()
                if here > left:
                    return self.instant(min(e, at) - timedelta(seconds=left))
                left -= max(0, int(here))
            day -= timedelta(1)

    def ends(self, t: int, value: float, unit: str) -> int:
        if unit == "urgent_hour":
            return t + round(value * HOUR)
        if unit == "natural_day":
            return self.instant(self.local(t) + timedelta(seconds=round(value * DAY)))
        day = sum(b - a for a, b in self.rules.working.seconds())
        return self.after(t, round(value * (HOUR if unit == "work_hour" else day)))


@dataclass
class Fact:
    """An entry of the ledger, in words."""

    at: int
    what: str
    is_row: bool = False
    unit: int = -1
    actor: int = -1
    reason: int = -1
    due: int = -1


@dataclass
class Case:
    """A case and its ledger."""

    facts: list[Fact]
    track: int = DISPATCHED
    unit: int = -1
    due: int = -1
    limit: tuple[float, str] | None = None
    urgent: bool = False


def stage_of(track: int, state: str) -> str:
    if state in ("suspended", "deferred"):
        return state
    if track == SELF and state in ("reported", "accepted", "reopened", "handled"):
        return "close" if state == "handled" else "handle"
    if track == SERVICE and state in ("accepted", "reopened"):
        return "handle" if state == "accepted" else "intake"
    nodes = {
        "intake": "reported accepted verified", "verify": "verifying", "dispatch": "registered returned reopened",
        "sign": "dispatched", "check": "handled checking", "close": "checked",
    }  # fmt: skip
    return next((node for node, states in nodes.items() if state in states.split()), "handle")


@dataclass
class Slow:
    """One case, followed slowly: its spans, handovers and facts in words."""

    case: Case
    rules: Rules
    wall: Wall
    spans: list[dict[str, Any]] = field(default_factory=list)
    handovers: list[dict[str, Any]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def run(self) -> "Slow":
        case, rules, wall = self.case, self.rules, self.wall
        limit = case.limit
        if limit is None and case.urgent and rules.limits.urgent:
            limit = tuple(rules.limits.urgent)
        if limit is None and (default := getattr(rules.limits, TRACK_KEYS[case.track])):
            limit = tuple(default)
        unit_of_time = limit[1] if limit else rules.deadline.counted_in
        in_work = unit_of_time in WORKING

        def span(a: int, b: int) -> int:
            return wall.between(a, b) if in_work else b - a

        def shift(t: int, s: int) -> int:
            return wall.after(t, s) if in_work else t + s

        is_flat = all(f.is_row for f in case.facts)
        any_due = any(f.due >= 0 for f in case.facts if not f.is_row)
        wins = rules.deadline.delivered == "wins"
        fixed = case.due >= 0 and not any_due and (wins or not limit)
        no_dispatch = is_flat or case.track in (SELF, SERVICE)
        starts = "reported" if is_flat else getattr(rules.clock.starts, TRACK_KEYS[case.track])
        f = self.facts
        f.update({**dict.fromkeys(INSTANTS, -1), **dict.fromkeys(COUNTS, 0), **dict.fromkeys(BEFORE)})
        f.update({f"{s}{tail}": 0 for s in STAGES for tail in ("_s", "_work_s")})
        f.update(opened_at=case.facts[0].at, is_flat=is_flat, is_self_closed=False, due_basis="none")
        state: str | None = None
        raw: list[tuple[int, dict[str, Any]]] = []
        now = None
        due = clock_from = round_at = stage_at = handled_round = handler = -1
        granted = first_granted = ran = clocked = n_ext = 0
        paused_from = None
        stage = None
        unit = -1
        line: list[tuple[int, int]] = []  # dispatches of this round: unit, at
        reason = upheld = -1

        def hold(t: int, basis: str) -> None:
            nonlocal due
            due = t
            f["due_at"], f["due_basis"] = t, basis
            if f["first_due_at"] < 0:
                f["first_due_at"] = t

        def begin_round(t: int, is_first: bool) -> None:
            nonlocal \
                round_at, \
                handled_round, \
                handler, \
                unit, \
                line, \
                n_ext, \
                clock_from, \
                granted, \
                first_granted, \
                ran, \
                clocked
            nonlocal due, reason, upheld
            round_at, handled_round, handler, line, n_ext, reason, upheld = t, -1, -1, [], 0, -1, -1
            unit = case.unit if no_dispatch else -1
            f.update(ended_at=-1, ended_after_s=-1, end=-1, is_late=False, is_exempt=False)
            if is_first or rules.clock.reopened == "new":
                clock_from, granted, first_granted, ran, clocked, due = -1, 0, 0, 0, 0, -1
                f.update(due_at=-1, due_basis="none")
                if fixed:
                    hold(case.due, "source")
                    granted = first_granted = max(0, span(t, due))

        begin_round(case.facts[0].at, True)
        last = case.facts[0].at
        for number, e in enumerate(case.facts):
            t, was_open = e.at, state is not None and state not in ENDED
            if was_open:
                f[f"{stage}_s"] += t - last
                f[f"{stage}_work_s"] += wall.between(last, t)
                if clock_from >= 0 and paused_from is None:
                    ran += span(last, t)
                    if rules.clock.stops == "closed" or stage not in ("check", "close"):
                        clocked += span(last, t)
            last = t
            deed = "" if e.is_row else e.what
            after = e.what if e.is_row else (EVENTS[e.what].to or state or "reported")
            is_open = after not in ENDED
            if is_open and not was_open and state is not None:
                begin_round(t, False)
                f["n_reopened"] += 1
            if is_open and (not was_open or stage_of(case.track, after) != stage):
                stage_at = t
            state, stage = after, stage_of(case.track, after) if is_open else None
            # instants, counts
            for name in ("accepted", "registered", "dispatched", "signed"):
                if deed == name and f[f"{name}_at"] < 0:
                    f[f"{name}_at"] = t
            for name in ("handled", "checked"):
                if deed == name:
                    f[f"{name}_at"] = t
            counted = {"yellow_card": "yellow", "red_card": "red"}.get(deed, deed)
            if f"n_{counted}" in f and counted not in ("reopened", "zero", "aba"):
                f[f"n_{counted}"] += 1
            if deed in ("handled", "extension_asked") and due >= 0:
                name = "handled" if deed == "handled" else "asked"
                f[f"{name}_before_due_s"], f[f"{name}_before_due_work_s"] = due - t, wall.between(t, due)
            if deed == "handled":
                handled_round, handler = t, e.actor
            if deed in ("checked", "closed") and case.track == DISPATCHED and e.actor >= 0 and e.actor == handler:
                f["is_self_closed"] = True
            if deed in ("returned", "rework"):
                reason = e.reason
            if deed == "appeal_upheld":
                f["is_exempt"] = True
                upheld = t if upheld < 0 else upheld
                if not was_open and raw:
                    raw[-1][1]["exempt_at"] = upheld
            # who answers
            if deed == "dispatched":
                unit = e.unit if e.unit >= 0 else case.unit
                known = [who for who, _ in line if who >= 0]
                if known and unit >= 0 and unit != known[-1]:
                    since = line[-1][1]
                    merged = [who for k, who in enumerate(known) if k == 0 or known[k - 1] != who]
                    is_aba = len(merged) > 1 and merged[-2] == unit
                    self.handovers.append({
                        "at": t, "from_unit": known[-1], "to_unit": unit, "lost_s": t - since,
                        "lost_work_s": wall.between(since, t), "reason": reason, "is_aba": is_aba,
                    })  # fmt: skip
                    f["n_aba"] += is_aba
                    reason = -1
                line.append((unit, t))
            elif deed == "returned":
                unit = -1
            elif e.unit >= 0 and not e.is_row:
                if case.track in (SELF, SERVICE) and deed in ("accepted", "prereviewed", "reviewed", "handled"):
                    unit = e.unit
                if (
                    case.track not in (SELF, SERVICE)
                    and unit < 0
                    and deed in ("signed", "assigned", "handling", "handled")
                ):
                    unit = e.unit
            if unit < 0 and is_open and stage not in ("intake", "verify", "dispatch"):
                unit = case.unit
            if unit >= 0:
                f["unit"] = unit
                f["first_unit"] = unit if f["first_unit"] < 0 else f["first_unit"]
            # the deadline
            if was_open or is_open:
                pausing = is_open and stage in rules.clock.pauses
                told = not e.is_row and e.due >= 0 and deed not in ("extension_asked", "extension_refused")
                if told and (wins or not limit or deed == "extended"):
                    hold(e.due, "source")
                    granted = max(0, ran + span(t, due))
                    first_granted = first_granted or granted
                    if paused_from is not None:
                        paused_from = t
                elif is_open and due >= 0 and not fixed:
                    if paused_from is not None and not pausing:
                        left = span(paused_from, due)
                        if left > 0:
                            hold(shift(t, left), "rule")
                    elif deed == "extended" and n_ext < rules.extension.times and (rules.extension.overdue or t <= due):
                        old = due
                        if limit:
                            hold(wall.ends(old, *limit), "rule")
                        elif first_granted > 0:
                            hold(shift(old, first_granted), "rule")
                        granted += span(old, due)
                n_ext += deed == "extended"
                paused_from = (t if paused_from is None else paused_from) if pausing else None
                if is_open and clock_from < 0:
                    now_starts = deed == starts or (starts == "reported" and t == round_at)
                    before_starts = e.is_row and stage not in ("intake", "verify", "dispatch")
                    if now_starts or before_starts:
                        clock_from = t if now_starts else round_at
                        ran = clocked = span(clock_from, t)
                        if limit and not fixed and (due < 0 or not wins):
                            hold(wall.ends(clock_from, *limit), "rule")
                        if due >= 0:
                            granted = first_granted = max(0, span(clock_from, due))
            if is_open:
                judged = rules.on_time.by == "handled" and handled_round >= 0 and stage in ("check", "close")
                shown = -1 if judged else due
                lit = shown >= 0 and paused_from is None
                node = getattr(rules.nodes, stage, None)
                now = {
                    "state": state, "stage": stage, "unit": unit, "due_at": shown,
                    "yellow_at": shift(due, -round(granted * rules.lights.yellow_left)) if lit else -1,
                    "risk_at": shift(due, -round(granted * (1 - rules.lights.at_risk_used))) if lit else -1,
                    "black_at": shift(due, round(first_granted * rules.lights.deep_red_after)) if lit else -1,
                    "stage_due_at": wall.ends(stage_at, *node) if node else -1, "is_paused": paused_from is not None,
                    "end": -1, "exempt_at": -1,
                }  # fmt: skip
                raw.append((t, now))
            elif was_open or number == 0:
                how = "closed" if state not in ("voided", "forced_closed") else state
                raw.append((t, {**BLANK, "state": state, "unit": unit, "due_at": due, "end": how, "exempt_at": upheld}))
                stop = handled_round if rules.on_time.by == "handled" and handled_round >= 0 else t
                f.update(
                    ended_at=t, ended_after_s=t - f["opened_at"], end=how, is_late=0 <= due < stop and how != "voided"
                )
        self._stretches(raw)
        f.update(state=state, granted_s=granted, clock_s=clocked, in_work=in_work)
        return self

    def _stretches(self, raw: list[tuple[int, dict[str, Any]]]) -> None:
        pieces: list[dict[str, Any]] = []
        for k, (t, how) in enumerate(raw):
            to = raw[k + 1][0] if k + 1 < len(raw) else -1
            if how["end"] != -1:
                pieces.append({"from_at": t, "to_at": t, **how})
            elif k and raw[k - 1][1] == how:
                pieces[-1]["to_at"] = to
            else:
                pieces.append({"from_at": t, "to_at": to, **how})
        for piece in pieces:
            if piece["end"] != -1:
                self._end(piece)
            elif piece["from_at"] == piece["to_at"]:
                self.facts["n_zero"] += 1
            elif (
                self.spans
                and self.spans[-1]["to_at"] == piece["from_at"]
                and self.spans[-1]["end"] == -1
                and _same(self.spans[-1], piece)
            ):
                self.spans[-1]["to_at"] = piece["to_at"]
            else:
                self.spans.append(piece)

    def _end(self, told: dict[str, Any]) -> None:
        """The stretch that runs until the end tells of it, if it shows its deadline; else one without time."""
        before = self.spans[-1] if self.spans else None
        if before is None or before["to_at"] != told["to_at"]:
            self.spans.append(told)
        elif before["from_at"] == before["to_at"]:
            self.spans[-1] = told
        elif before["due_at"] == told["due_at"]:
            before.update(end=told["end"], exempt_at=told["exempt_at"])
        else:
            before.update(end=-1, exempt_at=-1)
            self.spans.append(told)


BLANK = {
    "stage": "close", "yellow_at": -1, "risk_at": -1, "black_at": -1, "stage_due_at": -1, "is_paused": False,
}  # fmt: skip
"""A stretch without time that tells of an end: its lights and its node."""


def _same(a: dict[str, Any], b: dict[str, Any]) -> bool:
    return all(a[key] == b[key] for key in a if key not in ("from_at", "to_at"))
