"""What keeps a briefing back: it fails closed. Each reason is a sentence for the one who must mend it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from gridgov.analytics.periods import Period, begin_of
from gridgov.briefing.contents import texts
from gridgov.briefing.desk import Desk
from gridgov.briefing.making import Briefing
from gridgov.questions import Answer, Town
from gridgov.questions.systems import TIMED
from gridgov.schema import COLUMNS

CASES: Final = frozenset({"incidents", "events"})
"""Kinds of data that tell of cases."""
MAPPED: Final = ("weekly", "monthly")
"""Kinds of briefings that have maps."""


def faults_of_data(town: Town, of: Period, stale_h: float, now: datetime) -> list[str]:
    """Why nothing can be told of a period yet: no data so far, data that end too early, a load that failed.

    The newest record is one of cases: patrols that go on being told do not make up for cases that are not. Of a town that
    tells of no cases, it is any.

    stale_h  hours that the newest record may be older than the end of the period
    now      systems are looked at as they are now
    """
    until = town.ask("backlog").as_of[:10]
    faults = [f"The data end on {until}, before the period does ({of.last})."] if until < of.last.isoformat() else []
    systems = town.ask("systems", as_of=now).frame
    kinds = [set(str(each).split(",")) for each in systems["kinds"]]
    tell = CASES if any(CASES & each for each in kinds) else TIMED
    newest, about = systems.loc[[bool(tell & each) for each in kinds], "newest_at"].max(), town.about()
    end = begin_of(of.end, about.time_zone, town.cycle().day_start)
    if not faults and (pd.isna(newest) or (pd.Timestamp(end) - newest) > pd.Timedelta(hours=stale_h)):
        told = "there is none" if pd.isna(newest) else f"it is of {newest.tz_convert(about.time_zone):%Y-%m-%d %H:%M}"
        faults.append(f"The newest record is older than {stale_h:g} h before the end of the period: {told}.")
    failing = systems.loc[systems["freshness"] == "failing", "source"].tolist()
    if failing:
        faults.append(f"The last load of {', '.join(failing)} failed.")
    return faults


def faults_of_sums(desk: Desk) -> list[str]:
    """Answers of the desk whose parts do not make the whole: in a row, or over the groups of the same question."""
    rows = [
        f"{answer.definition.id}: {' + '.join(parts)} is not {whole}."
        for answer in desk.every()
        for parts, whole in broken_sums(answer)
    ]
    groups = [
        f"{answer.definition.id}: its groups by {', '.join(answer.meta['by'])} do not add up to {name}."
        for answer, whole in desk.grouped()
        for name in broken_groups(answer, whole)
    ]
    return list(dict.fromkeys([*rows, *groups]))


def broken_sums(answer: Answer) -> Iterator[tuple[list[str], str]]:
    """The sums that a question declares and that some row of its answer breaks."""
    rows = answer.frame
    for *parts, whole in answer.definition.sums:
        if not {name for each in (*parts, whole) for name in _names(each)} <= set(rows):
            continue
        made = sum((_value(rows, part) for part in parts), np.zeros(len(rows)))
        told = _value(rows, whole)
        known = ~(np.isnan(made) | np.isnan(told))
        if not np.allclose(made[known], told[known], rtol=0, atol=1e-6):
            yield list(parts), whole


def broken_groups(answer: Answer, whole: Answer) -> Iterator[str]:
    """The counts of groups that do not add up to those of the whole; what may be in several groups is left out, and lists."""
    if answer.definition.kind == "list":
        return
    for name in answer.definition.columns:
        if name in answer.definition.overlap or COLUMNS[name].unit != "count":
            continue
        if name in answer.frame and name in whole.frame and len(whole.frame) == 1:
            groups, told = (_value(each.frame, name) for each in (answer, whole))
            if not (np.isnan(groups).any() or np.isnan(told).any() or groups.sum() == told.sum()):
                yield name


def faults_of_paper(desk: Desk, briefing: Briefing) -> list[str]:
    """A picture that shows nothing; no grids to draw a map of."""
    if briefing.kind in MAPPED and not desk.levels:
        return ["There is no map: no grids are known, so none can be drawn."]
    drawn = [item for block in _blocks(briefing.sections) if block["type"] == "drawings" for item in block["items"]]
    return [f"The picture '{item['title']}' is empty." for item in drawn if not _shows(item)]


def _shows(item: dict[str, Any]) -> bool:
    return "<path" in item["svg"] or "<polyline" in item["svg"] or "<rect" in item["svg"]


def _blocks(sections: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for section in sections:
        yield from texts(section["blocks"])


def _names(expression: str) -> list[str]:
    return [part.strip().removeprefix("-") for part in expression.split("+")]


def _value(rows: pd.DataFrame, expression: str) -> np.ndarray:
    """The value of a column, or of a sum of columns (`n_a + -n_b`), of each row."""
    found = np.zeros(len(rows))
    for part in (each.strip() for each in expression.split("+")):
        column = rows[part.removeprefix("-")].to_numpy("float64", na_value=np.nan)
        found = found - column if part.startswith("-") else found + column
    return found
