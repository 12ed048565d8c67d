"""The course of a part of the cases, as the rows that stand for it: what `store.rollups` writes. Arrays in, columns out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.analytics.clocks import Zone, zone
from gridgov.analytics.course import BASES, ENDS, Course, derive
from gridgov.analytics.marginals import CLOSED, NEVER_DUE, NOT_ENDED, UNLOCATED, VOIDED, Stretches
from gridgov.calendars import Table
from gridgov.process import EVENTS
from gridgov.rules import STAGES, Rules
from gridgov.store import tables
from gridgov.store.copying import Field, instant, integers, number, word
from gridgov.vocabulary import LIMIT_UNITS, STATES, TRACKS

Arrays = Mapping[str, npt.NDArray[Any]]

_YEARS_AHEAD = 6
"""So many years after the latest event the calendar ends: beyond any limit, pauses and extensions included."""

_DAY = 86_400
_STATES, _TRACKS, _UNITS = list(STATES), list(TRACKS), list(LIMIT_UNITS)
_INSTANTS = (
    "opened_at", "accepted_at", "registered_at", "dispatched_at", "signed_at", "handled_at", "checked_at", "ended_at",
)  # fmt: skip
_COUNTS = (
    "n_dispatched", "n_returned", "n_aba", "n_rework", "n_extended", "n_extension_asked", "n_suspended", "n_deferred",
    "n_reopened", "n_urged", "n_yellow", "n_red", "n_instructed",
)  # fmt: skip
_SECONDS = ("granted_s", "clock_s", *(f"{stage}_{kind}" for stage in STAGES for kind in ("s", "work_s")))
STEPS = tuple(
    code
    for code in EVENTS
    if code
    not in {
        "reported", "accepted", "verifying", "verified", "signed", "assigned", "unassigned", "handling", "checking", "checked",
        "closed", "evidence", "archived", "prereviewed", "reviewed", "collected",
    }
)  # fmt: skip
"""The events kept in case_step: what is counted of what happens to cases, their plain way to the end apart."""

_STEP = np.array([code in STEPS for code in EVENTS])
_FLAGS = ("in_work", "is_flat", "is_late", "is_exempt", "is_self_closed")


@dataclass(frozen=True)
class Rows:
    """The rows of whole cases: by table, as they are written; and what `analytics.marginals` counts."""

    fields: dict[str, dict[str, Field]]
    stretches: Stretches


def rows_of(
    town_id: int, cases: Arrays, events: Arrays, texts: Mapping[str, str], rules: Rules, zone_name: str
) -> Rows:
    """The rows of whole cases in case_span, case_fact, case_step and handover.

    cases    columns in the order of the cases: case_id, reported_at, due_at (-1), track, unit_id (-1), grid_id (-1), urgent
             (-1 unknown), located, limit_value (NaN), limit_unit (-1), facet_id
    events   columns sorted by case, at, seq, as `derive` takes them, and rating; no case is without
    texts    those of the fingerprints of reasons and ratings
    Instants are seconds UTC.
    """
    given = {
        "track": cases["track"], "unit": cases["unit_id"], "due": cases["due_at"], "limit_value": cases["limit_value"],
        "limit_unit": cases["limit_unit"], "is_urgent": cases["urgent"] == 1,
    }  # fmt: skip
    course = derive(events, given, rules, _calendar(rules, events["at"]), zone_name)
    place = zone(zone_name)
    spans = course.spans
    opened = course.facts["opened_at"].to_numpy()
    cases = {**cases, "reported_at": np.where(opened >= 0, opened, cases["reported_at"])}
    put_off = np.array([name in rules.on_time.leaves for name in STAGES])
    stretches = _stretches(cases, spans, put_off)
    fields = {
        "case_span": _spans(town_id, cases, course, put_off, place),
        "case_fact": _facts(town_id, cases, course.facts, place),
        "case_step": _steps(town_id, cases, spans, events, texts),
        "handover": _handovers(town_id, cases, course.handovers, texts),
    }
    return Rows(fields, stretches)


def _stretches(cases: Arrays, spans: pd.DataFrame, put_off: npt.NDArray[np.bool_]) -> Stretches:
    case = spans["case"].to_numpy()
    grid, located = cases["grid_id"][case], cases["located"][case] == 1
    return Stretches(
        case=case,
        **{
            name: spans[name].to_numpy(np.int64)
            for name in ("from_at", "to_at", "unit", "due_at", "yellow_at", "risk_at", "exempt_at")
        },
        next_at=_next_at(spans),
        is_paused=spans["is_paused"].to_numpy(bool),
        is_put_off=put_off[spans["stage"].to_numpy()],
        ended=np.where(spans["end"] < 0, NOT_ENDED, np.where(spans["end"] == ENDS.index("voided"), VOIDED, CLOSED)),
        grid=np.where(located, grid, UNLOCATED),
        facet=cases["facet_id"][case],
        may_be_due=_may_be_due(cases)[case],
    )


def _calendar(rules: Rules, at: npt.NDArray[np.int64]) -> Table:
    first, last = (datetime.fromtimestamp(int(second), UTC).year for second in (at.min(), at.max()))
    return rules.calendar(date(first - 1, 1, 1), date(last + _YEARS_AHEAD, 12, 31))


def _of_case(cases: Arrays, case: npt.NDArray[np.int64]) -> dict[str, Field]:
    """What is repeated of the case in each of its rows."""
    return {
        "reported_at": instant(cases["reported_at"][case]),
        "grid_id": number(cases["grid_id"][case], "i4", cases["grid_id"][case] < 0),
        "is_located": number(cases["located"][case], "i1"),
        "facet_id": number(cases["facet_id"][case], "i4"),
    }


def _spans(
    town_id: int, cases: Arrays, course: Course, put_off: npt.NDArray[np.bool_], place: Zone
) -> dict[str, Field]:
    s = {name: column.to_numpy() for name, column in course.spans.items()}
    case, stage = s["case"], s["stage"]
    lasted = s["to_at"] - s["from_at"]
    return {
        "town_id": number(np.full(len(case), town_id), "i2"),
        "case_id": number(cases["case_id"][case], "i8"),
        "from_at": instant(s["from_at"]),
        "to_at": instant(s["to_at"]),
        "next_at": instant(_next_at(course.spans)),
        "state": word(s["state"], _STATES),
        "stage": word(stage, list(STAGES)),
        "unit_id": number(s["unit"], "i4", s["unit"] < 0),
        "due_at": _deadline(s["due_at"], place),
        **{name: instant(s[name]) for name in ("yellow_at", "risk_at", "black_at", "stage_due_at")},
        "is_paused": number(s["is_paused"], "i1"),
        "is_put_off": number(put_off[stage], "i1"),
        "ended": word(s["end"], list(ENDS)),
        "exempt_at": instant(s["exempt_at"]),
        **_of_case(cases, case),
        "length_class": number(np.where(s["to_at"] < 0, 0, 1 + np.searchsorted(tables.LENGTHS, lasted)), "i2"),
        "may_be_due": number(_may_be_due(cases)[case], "i1"),
        "waits": _waits(cases, course),
    }


def _next_at(spans: pd.DataFrame) -> npt.NDArray[np.int64]:
    """When the next stretch of the case begins, -1 = none does."""
    case, begins = spans["case"].to_numpy(), spans["from_at"].to_numpy(np.int64)
    follows = np.append(case[1:] == case[:-1], False)[: len(case)]
    return np.where(follows, np.append(begins[1:], -1)[: len(case)], -1)


def _may_be_due(cases: Arrays) -> npt.NDArray[np.bool_]:
    return ~np.isin(cases["track"], [_TRACKS.index(name) for name in NEVER_DUE])


def _waits(cases: Arrays, course: Course) -> Field:
    """What case_span.waits says: so that most ways are read without a look at their stretches."""
    facts = {name: column.to_numpy() for name, column in course.facts.items()}
    nodes = np.column_stack([facts[f"{node}_{kind}"] for node in tables.PLAIN_NODES for kind in ("s", "work_s")])
    is_plain = (
        (cases["track"] == _TRACKS.index("dispatched")) & ~facts["is_flat"] & (facts["n_dispatched"] <= 1)
        & (nodes < np.iinfo(np.int32).max).all(axis=1)
    )  # fmt: skip
    for name in ("n_returned", "n_rework", "n_suspended", "n_deferred", "n_reopened"):
        is_plain &= facts[name] == 0
    case, is_end = course.spans["case"].to_numpy(), course.spans["end"].to_numpy() >= 0
    told = is_plain[case] & is_end
    return integers(np.where(told[:, None], nodes[case], 0), ~told)


def _facts(town_id: int, cases: Arrays, facts: pd.DataFrame, place: Zone) -> dict[str, Field]:
    f = {name: facts[name].to_numpy() for name in facts}
    basis = np.where(f["due_at"] < 0, -1, f["due_basis"] - 1)  # 'none' is null
    limit = cases["limit_value"]
    columns = {
        "case_id": number(cases["case_id"], "i8"),
        "town_id": number(np.full(len(facts), town_id), "i2"),
        "state": word(f["state"], _STATES),
        **{name: instant(f[name]) for name in _INSTANTS},
        "ended": word(f["end"], list(ENDS)),
        "due_at": _deadline(f["due_at"], place),
        "first_due_at": _deadline(f["first_due_at"], place),
        "due_basis": word(basis, list(BASES[1:])),
        "unit_id": number(f["unit"], "i4", f["unit"] < 0),
        "first_unit_id": number(f["first_unit"], "i4", f["first_unit"] < 0),
        "limit_value": number(limit, "f8", np.isnan(limit)),
        "limit_unit": word(cases["limit_unit"], _UNITS),
        **{name: number(f[name], "i8") for name in _SECONDS},
        **{name: number(f[name], "i2") for name in _COUNTS},
        **{name: number(f[name], "i1") for name in _FLAGS},
    }
    for name in ("asked_before_due_s", "handled_before_due_s"):
        columns[name] = number(np.nan_to_num(f[name]), "i8", np.isnan(f[name]))
    return columns


def _steps(
    town_id: int, cases: Arrays, spans: pd.DataFrame, events: Arrays, texts: Mapping[str, str]
) -> dict[str, Field]:
    what = events["event"]
    is_step = np.flatnonzero(~events["is_row"] & (what >= 0) & _STEP[np.maximum(what, 0)])
    case, at = events["case"][is_step], events["at"][is_step]
    span_case, base = spans["case"].to_numpy(np.int64), at.min() if len(at) else 0
    began = (span_case << 36) + np.maximum(spans["from_at"].to_numpy(np.int64) - base, -1)
    before = np.searchsorted(began, (case.astype(np.int64) << 36) + (at - base), "left") - 1
    unit = np.full(len(case), -1, np.int64)
    if len(spans):
        # What happens in the first second of a case has nobody before it: who answers then is who answered.
        is_first = (before < 0) | (span_case[np.maximum(before, 0)] != case)
        found = np.minimum(np.where(is_first, before + 1, before), len(spans) - 1)
        is_its = span_case[found] == case
        unit[is_its] = spans["unit"].to_numpy(np.int64)[found[is_its]]
    return {
        "town_id": number(np.full(len(case), town_id), "i2"),
        "case_id": number(cases["case_id"][case], "i8"),
        "at": instant(at),
        "event": word(what[is_step], list(EVENTS)),
        "unit_id": number(unit, "i4", unit < 0),
        "reason": _text(events["reason"][is_step], texts),
        "rating": _text(events["rating"][is_step], texts),
        **_of_case(cases, case),
    }


def _handovers(town_id: int, cases: Arrays, moves: pd.DataFrame, texts: Mapping[str, str]) -> dict[str, Field]:
    m = {name: moves[name].to_numpy() for name in moves}
    return {
        "town_id": number(np.full(len(moves), town_id), "i2"),
        "case_id": number(cases["case_id"][m["case"]], "i8"),
        "at": instant(m["at"]),
        "from_unit_id": number(m["from_unit"], "i4"),
        "to_unit_id": number(m["to_unit"], "i4"),
        "lost_s": number(m["lost_s"], "i8"),
        "lost_work_s": number(m["lost_work_s"], "i8"),
        "reason": _text(m["reason"], texts),
        "is_aba": number(m["is_aba"], "i1"),
        **_of_case(cases, m["case"]),
    }


def _text(fingerprints: npt.NDArray[np.int64], texts: Mapping[str, str]) -> Field:
    """The texts of fingerprints; those without are null."""
    known = np.array(sorted(map(int, texts)), np.int64)
    if not len(known):
        return word(np.full(len(fingerprints), -1), [])
    place = np.minimum(np.searchsorted(known, fingerprints), len(known) - 1)
    return word(np.where(known[place] == fingerprints, place, -1), [texts[str(key)] for key in known])


def _deadline(due: npt.NDArray[np.int64], place: Zone) -> Field:
    """Deadlines; one in the last second of a local day lasts until its end, since it is how 'that day' is written."""
    after = due + 1
    local = after + place.offset[np.searchsorted(place.since, after, side="right") - 1]
    return instant(due, np.where(local % _DAY == 0, 999_999, 0))
