"""node_times: where cases wait, node by node.

A wait is all the time that one case spent at one node while one unit answered for it. For nearly all cases it is kept with
its end; of the few that were sent back, paused or reopened it is summed up stretch by stretch, so that what
happened after as_of does not show, and the time at a unit counts there and not with the one that closed the case.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.analytics.clocks import working_seconds
from gridgov.analytics.rates import share
from gridgov.calendars import DAY, HOUR
from gridgov.questions.asking import Asked
from gridgov.questions.cohorts import key_columns, take_one_period, working_clock
from gridgov.questions.rates import rated
from gridgov.questions.shaping import coded, on_grids
from gridgov.questions.tracks import only_dispatched
from gridgov.rules import STAGES, Length, Rules
from gridgov.store.copying import array, matrix, seconds_of
from gridgov.store.database import frame
from gridgov.store.rulebook import rules_of
from gridgov.store.tables import PLAIN_NODES

BEFORE_UNIT: Final = ("intake", "verify", "dispatch")
"""On a plain way no unit answers yet at these."""

IntArray = npt.NDArray[np.int64]
Waits = tuple[IntArray, IntArray]
"""Seconds of some waits, and their working seconds."""

NO_WAITS: Final[Waits] = (np.empty(0, np.int64), np.empty(0, np.int64))


def read(asked: Asked) -> pd.DataFrame:
    """One row a node and group; without `since` the cases that ended since the first of the month of `until`."""
    take_one_period(asked)
    only_dispatched(asked)
    rules = rules_of(asked.connection, asked.town.id)
    day_s = rules.calendar(asked.when.on, asked.when.on).day_s
    waits: dict[tuple[Any, ...], list[Waits]] = {}
    for key, wait in _waits(asked):
        if len(wait[0]):
            waits.setdefault(key, []).append(wait)
    waiting = _waiting(asked)
    keys = [*key_columns(asked), "stage"]
    rows = [
        dict(zip(keys, key, strict=True)) | _told(key[-1], waits.get(key, []), rules, day_s) | _now(waiting.get(key))
        for key in waits.keys() | waiting.keys()
    ]
    columns = [*keys, *_told("sign", [], rules, day_s), *_now(None)]
    return on_grids(asked, _finished(asked, pd.DataFrame(rows, columns=columns)), "stage")


# ---------------------------------------------------------------------------------------------------------------------
# The waits


def _waits(asked: Asked) -> Iterator[tuple[tuple[Any, ...], Waits]]:
    """The waits of the cases that ended in the period, some at a time, under the key of their row."""
    by_unit = [condition for condition in asked.conditions if "p.unit" in condition]
    keys = [(name, key) for name, key in asked.sql_keys() if name != "unit"]
    asks_unit = bool(by_unit) or len(keys) < len(asked.sql_keys())
    others = [condition for condition in asked.conditions if condition not in by_unit]
    rows = coded(asked, asked.read(keys=keys, conditions=others, by_unit=asks_unit))
    names = key_columns(asked)
    place = names.index("unit") if "unit" in names else None
    kept = _units(asked, by_unit) if by_unit else None
    groups: list[tuple[Any, ...]] = []
    cases: list[IntArray] = []

    def key(group: tuple[Any, ...], unit: str | None, stage: str) -> tuple[Any, ...]:
        return (*group, stage) if place is None else (*group[:place], unit, *group[place:], stage)

    for row in rows.itertuples(index=False):
        group = tuple(_none(getattr(row, name)) for name in names if name != "unit")
        last_unit = _none(row.last_unit) if asks_unit else None
        for stage, waits in _plain(row.plain):
            unit = None if stage in BEFORE_UNIT else last_unit
            if kept is None or unit in kept:
                yield key(group, unit, stage), waits
        groups.append(group)
        cases.append(array(row.others, ">i8").astype(np.int64))
    for number, stage, unit, waits in _stretches(asked, cases):
        if kept is None or unit in kept:
            yield key(groups[number], unit, stage), waits


def _plain(sent: bytes | None) -> Iterator[tuple[str, Waits]]:
    """The waits of cases whose way was plain; a node passed in no time is none."""
    table = matrix(sent, 2 * len(PLAIN_NODES))
    for k, stage in enumerate(PLAIN_NODES):
        has_waited = table[:, 2 * k] > 0
        yield stage, (table[has_waited, 2 * k].astype(np.int64), table[has_waited, 2 * k + 1].astype(np.int64))


def _stretches(asked: Asked, cases: list[IntArray]) -> Iterator[tuple[int, str, str | None, Waits]]:
    """The waits of other cases, by the place of their group among `cases`: place, node, unit, waits."""
    ids = np.concatenate([*cases, np.empty(0, np.int64)])
    if not len(ids):
        return
    place = np.repeat(np.arange(len(cases)), [len(part) for part in cases])
    order = np.argsort(ids)
    ids, place = ids[order], place[order]
    rows = frame(asked.connection, "questions/node_times/stretches", {**asked.values, "cases": ids.tolist()})
    found = [(row.stage, _none(row.unit), *_ranges(row)) for row in rows.itertuples(index=False)]
    first = min(int(from_at.min()) for _, _, _, from_at, _ in found)
    clock = working_clock(asked, datetime.fromtimestamp(first, asked.when.at.tzinfo))
    for stage, unit, case, from_at, to_at in found:
        whose, where = np.unique(case, return_inverse=True)
        lasted = np.bincount(where, to_at - from_at).astype(np.int64)
        worked = np.bincount(where, working_seconds(from_at, to_at, clock)).astype(np.int64)
        number = place[np.searchsorted(ids, whose)]
        order = np.flatnonzero(lasted)
        if not len(order):  # stretches without time: they tell of an end
            continue
        order = order[np.argsort(number[order], kind="stable")]
        here, first_of = np.unique(number[order], return_index=True)
        for group, part in zip(here.tolist(), np.split(order, first_of[1:]), strict=True):
            yield group, stage, unit, (lasted[part], worked[part])


def _ranges(row: Any) -> tuple[IntArray, IntArray, IntArray]:
    case = array(row.case_id, ">i8").astype(np.int64)
    return case, seconds_of(array(row.from_at, ">i8")), seconds_of(array(row.to_at, ">i8"))


def _units(asked: Asked, conditions: list[str]) -> set[str | None]:
    """The units that filters let through."""
    rows = frame(asked.connection, "questions/node_times/units", asked.values, conditions=conditions)
    return {_none(unit) for unit in rows["unit"]}


def _none(value: Any) -> Any:
    return None if pd.isna(value) else value


# ---------------------------------------------------------------------------------------------------------------------
# Their figures


def _told(stage: str, waits: Iterable[Waits], rules: Rules, day_s: int) -> dict[str, Any]:
    """The figures of a row."""
    parts = [NO_WAITS, *waits]
    lasted, worked = (np.sort(np.concatenate(side)) for side in zip(*parts, strict=True))
    limit: Length | None = getattr(rules.nodes, stage, None)
    told: dict[str, Any] = {"n_waits": len(lasted), "total_h": lasted.sum() / HOUR}
    told |= {"n_limited": len(lasted) if limit else 0, "n_over": 0}
    if limit:
        seconds = {"work_hour": HOUR, "work_day": day_s, "natural_day": DAY}.get(limit.unit, HOUR) * limit.value
        told["n_over"] = int(((worked if limit.unit in ("work_hour", "work_day") else lasted) > seconds).sum())
    for values, unit in ((lasted, "h"), (worked, "work_h")):
        told[f"mean_{unit}"] = values.mean() / HOUR if len(values) else np.nan
        told[f"median_{unit}"], told[f"p90_{unit}"] = (quantile(values, share) / HOUR for share in (0.5, 0.9))
    return told


def quantile(values: IntArray, share: float) -> float:
    """A quantile of sorted values, between two of them in proportion (as numpy.quantile has it); NaN of none."""
    if not len(values):
        return float("nan")
    place = share * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return float(values[below] + (values[above] - values[below]) * (place - below))


def _waiting(asked: Asked) -> dict[tuple[Any, ...], tuple[int, pd.Timestamp]]:
    """How many wait, and since when, by the key of their row: at the end of the period, or at as_of if that comes first."""
    end = min(asked.when.at, asked.values["until"] - timedelta(microseconds=1))
    names = {"keys": asked.sql_keys(), "placement": asked.placement, "conditions": asked.conditions}
    rows = coded(asked, frame(asked.connection, "questions/waiting/read", {**asked.values, "at": end}, **names))
    found: dict[tuple[Any, ...], tuple[int, pd.Timestamp]] = {}
    for *key, n, since in rows[[*key_columns(asked), "stage", "n_waiting", "waiting_since_at"]].itertuples(index=False):
        place = tuple(map(_none, key))
        n_before, before = found.get(place, (0, since))
        found[place] = (n_before + n, min(before, since))
    return found


def _now(waiting: tuple[int, pd.Timestamp] | None) -> dict[str, Any]:
    n, since = waiting or (0, pd.NaT)
    return {"n_waiting": n, "waiting_since_at": since}


def _finished(asked: Asked, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the rates, group by group in the order of the nodes; each node is compared with itself elsewhere."""
    counts = ["n_waits", "n_limited", "n_over", "n_waiting"]
    rows = rows.astype(dict.fromkeys(counts, "int64") | {"total_h": "float64"})
    rows["waiting_since_at"] = pd.to_datetime(rows["waiting_since_at"], utc=True)
    keys = key_columns(asked)
    whole = rows.groupby(keys, dropna=False)["total_h"].transform("sum") if keys else rows["total_h"].sum()
    rows["time_share"] = share(rows["total_h"], whole)
    rows["stage"] = pd.Categorical(rows["stage"], STAGES, ordered=True)
    parts = [
        rated(asked, part, "over_share", part["n_over"], part["n_limited"])
        for _, part in rows.groupby("stage", observed=True)
    ]
    rows = pd.concat(parts) if parts else rated(asked, rows, "over_share", rows["n_over"], rows["n_limited"])
    return rows.sort_values([*keys, "stage"], na_position="last", ignore_index=True).astype({"stage": object})
