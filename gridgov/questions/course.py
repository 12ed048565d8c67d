"""course: one case, step by step, with the clock of each node beside the step that entered it."""

import json
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from gridgov.analytics.clocks import Clock, working_seconds, zone
from gridgov.process import EVENTS
from gridgov.questions.asking import Asked, followed
from gridgov.questions.clock_rule import clock_of
from gridgov.questions.one_case import one_case
from gridgov.rules import Length
from gridgov.vocabulary import STATES

_DETAIL = ("actor_role", "rating", "note", "evidence_kind", "evidence_hash", "evidence", "lon", "lat")
"""What an event may carry in its `detail` and a step shows; the rest of it is the source's own."""

_NODE = ("stage", "entered_at", "left_at", "stage_h", "stage_work_h", "stage_due_at", "is_stage_over")
_JUDGES = ("checked", "closed")
"""The steps that whoever handled a dispatched case should not make (监察与处置分离)."""


def read(asked: Asked) -> pd.DataFrame:
    """One row a step, in order; meta `case` says what case it is. Raises QuestionError when there is none, or several."""
    case = one_case(asked)
    steps = asked.read(part="steps")
    detail = steps.pop("detail").map(lambda text: json.loads(text) if isinstance(text, str) else {})
    steps = steps.assign(**{name: _column([found.get(name) for found in detail]) for name in _DETAIL})
    actor = steps.pop("actor")
    steps = steps.assign(
        event_zh=[_label(row).zh for row in steps.itertuples()],
        event_en=[_label(row).en for row in steps.itertuples()],
        state=_states(steps),
        may_make=_column([_may_make(row) for row in steps.itertuples()]),
        is_handler=_is_handler(steps, actor),
    )
    rules = followed(asked.connection, asked.town)
    steps["clock"] = clock_of(rules, case["track"], steps.itertuples())
    judged = steps["event"].isin(_JUDGES) & (case["track"] == "dispatched")
    steps["is_self_closed"] = steps["is_handler"].where(judged, None)
    return _with_nodes(asked, steps)[list(asked.definition.columns)]


def _column(found: list[Any]) -> pd.Series:
    """Values of which some are absent (None), as they are."""
    return pd.Series(found, dtype=object)


def _label(step: Any) -> Any:
    """The words for a step; what the process no longer knows goes by its code."""
    words = STATES if step.basis == "row" else EVENTS
    return words.get(step.event) or _Unknown(step.event)


class _Unknown:
    def __init__(self, code: str) -> None:
        self.zh = self.en = code


def _states(steps: pd.DataFrame) -> list[str | None]:
    """The state after each step."""
    state, found = None, []
    for step in steps.itertuples():
        known = EVENTS.get(step.event)
        state = step.event if step.basis == "row" else (known and known.to) or state
        found.append(state)
    return found


def _may_make(step: Any) -> bool | None:
    """Whether the role that made a step may make it; null where no role is told."""
    known = EVENTS.get(step.event)
    return None if step.actor_role is None or known is None else step.actor_role in known.by


def _is_handler(steps: pd.DataFrame, actor: pd.Series) -> pd.Series:
    """Whether the one who made a step also handled the case: the last handling until then, before any the first after it."""
    handler = actor.where(steps["event"] == "handled").ffill().bfill()
    return (actor == handler).astype(object).where(actor.notna() & handler.notna(), None)


def _with_nodes(asked: Asked, steps: pd.DataFrame) -> pd.DataFrame:
    """The steps with the clock of the node each entered."""
    nodes = _nodes(asked)
    blank = pd.DataFrame({name: pd.Series([None] * len(steps), dtype=object) for name in _NODE})
    seconds = steps["at"].dt.floor("s")
    moves = [
        row.basis == "row" or (row.event in EVENTS and not EVENTS[row.event].is_side) for row in steps.itertuples()
    ]
    for node in nodes.itertuples():
        here = np.flatnonzero((seconds == node.entered_at).to_numpy() & np.array(moves, bool))
        if len(here):
            blank.loc[here[-1]] = [getattr(node, name) for name in _NODE]
    for name in ("entered_at", "left_at", "stage_due_at"):
        blank[name] = pd.to_datetime(blank[name], utc=True)
    for name in ("stage_h", "stage_work_h"):
        blank[name] = blank[name].astype("float64")
    limits = {name: length for name, length in nodes_limits(asked).items() if length is not None}
    blank["limit_value"] = [limits[stage].value if stage in limits else np.nan for stage in blank["stage"]]
    blank["limit_unit"] = [limits[stage].unit if stage in limits else None for stage in blank["stage"]]
    return pd.concat([steps, blank], axis=1)


def nodes_limits(asked: Asked) -> dict[str, Length | None]:
    """How long a case may wait at each node by the rules; the limit of `handle` is the case's own."""
    return dict(followed(asked.connection, asked.town).nodes)


def _nodes(asked: Asked) -> pd.DataFrame:
    """The stretches as stays in nodes: those that follow one another in one node with one unit are one stay."""
    spans = asked.read(part="nodes")
    if spans.empty:
        return pd.DataFrame(columns=list(_NODE))
    follows = (spans["from_at"] == spans["to_at"].shift()) & (spans["stage"] == spans["stage"].shift())
    same_unit = spans["unit"].fillna("") == spans["unit"].shift().fillna("")
    stay = (~(follows & same_unit)).cumsum()
    nodes = spans.groupby(stay, as_index=False).agg(
        stage=("stage", "last"), entered_at=("from_at", "first"), left_at=("to_at", lambda at: at.iloc[-1]),
        stage_due_at=("stage_due_at", lambda at: at.iloc[-1]),
    )  # fmt: skip
    now = pd.Timestamp(asked.when.at).tz_convert("UTC")
    left = pd.to_datetime(nodes["left_at"], utc=True).dt.as_unit("us")
    until = left.where(left.notna(), now)
    begin = pd.to_datetime(nodes["entered_at"], utc=True)
    limit = pd.to_datetime(nodes["stage_due_at"], utc=True)
    rules = followed(asked.connection, asked.town)
    calendar = rules.calendar(date(begin.min().year - 1, 1, 1), date(until.max().year + 1, 12, 31))
    worked = working_seconds(_seconds(begin), _seconds(until), Clock(calendar, zone(asked.town.time_zone)))
    return nodes.assign(
        stage_h=((until - begin).dt.total_seconds() / 3_600).round(3),
        stage_work_h=(worked / 3_600).round(3),
        is_stage_over=(until > limit).astype(object).where(limit.notna(), None),
    )


def _seconds(instants: pd.Series) -> np.ndarray:
    return instants.dt.floor("s").dt.tz_localize(None).to_numpy("datetime64[s]").astype(np.int64)
