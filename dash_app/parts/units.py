"""What the page of units asks: the due cohort by group, its parts and cases, what was passed on, where cases wait."""

from dataclasses import replace
from typing import Any, Final

import pandas as pd

from dash_app.asking import asks, trees
from dash_app.asking.state import NOT_GIVEN, State
from gridgov.questions import Answer
from gridgov.vocabulary import PLACE_STATUS, label

MOST: Final = 500
"""So many rows of a list are shown at once; the head says how many there are."""

LATE: Final = ("late_closed", "overdue_open")


def by(state: State) -> str:
    """What the page goes by, as `ask` takes it: villages are the level of grids below the town."""
    if state.group != "village":
        return state.group
    grids = trees.tree(state)
    return grids.level_below(grids.root) if grids.root is not None else "place"


def key(state: State, answer: Answer) -> str:
    """The column that names the groups of an answer."""
    return "grid_code" if "grid_code" in answer.frame else {"place": "place_name"}.get(by(state), by(state))


def cohort(state: State) -> Answer:
    """The due cohort by group, set beside what the bar says."""
    return asks.of_period(state, "on_time", compared=True, by=by(state))


def late_first(answer: Answer) -> Answer:
    """Its groups that have any, those with most late cases first: who is the reason."""
    rows = answer.frame[(answer.frame["n_due"] > 0) | (answer.frame["n_put_off"] > 0)]
    late = rows[[f"n_{part}" for part in LATE]].sum(axis=1)
    order = pd.DataFrame({"late": -late, "due": -rows["n_due"]}).sort_values(["late", "due"], kind="stable").index
    return replace(answer, frame=rows.loc[order].reset_index(drop=True))


def busiest(answer: Answer, name: str) -> list[dict[str, Any]]:
    """One row of each group of `node_times`, the group with most waits first."""
    waits = answer.frame.groupby(name, dropna=False)["n_waits"].sum()
    rows = {code_of(row, name): row for row in answer.rows()}
    order = sorted(waits[waits > 0].items(), key=lambda entry: -entry[1])
    return [rows[code_of({name: group}, name)] for group, _ in order]


def code_of(row: dict[str, Any], name: str) -> str:
    """A group as the address says it; of cases in no grid with the reason why."""
    value = row[name]
    if value is not None and not pd.isna(value):
        return str(value)
    return NOT_GIVEN + (row["place_status"] if name == "grid_code" else "")


def name_of(row: dict[str, Any], name: str, state: State) -> str:
    """What a group is called."""
    code = code_of(row, name)
    return (
        said(code, state) if code.startswith(NOT_GIVEN) else str(row["grid_name"] if name == "grid_code" else row[name])
    )


def said(code: str, state: State) -> str:
    """What a group that the address names is called."""
    if code.startswith(NOT_GIVEN):
        return label(code[1:], state.lang, PLACE_STATUS) or label(
            "no_unit" if state.group == "unit" else "none", state.lang
        )
    grid = trees.tree(state).grids.get(code) if state.group == "village" else None
    return grid.name if grid is not None else code


def only(state: State, code: str | None) -> dict[str, Any]:
    """The filter that leaves one group of what is in the scope; no group = all of them."""
    if code is None:
        return {}
    in_none = code.startswith(NOT_GIVEN)
    because = {"place_status": [code[1:]]} if in_none and state.group == "village" else {}
    return {by(state): [None if in_none else code], **because}


def opened(state: State) -> tuple[str, dict[str, Any]]:
    """The list that is open, as it is asked: a part of the due cohort of a group, or what one unit handed on to another."""
    if state.opened == "handed":
        return "handed", {"unit": [state.of], **({"to_unit": [state.to]} if state.to else {})}
    parts = {"due": [], "late": [*LATE]}.get(state.opened or "", [state.opened])
    return "due_cases", only(state, state.of) | ({"part": parts} if parts else {})


def behind(state: State) -> Answer:
    """The rows of the list that is open, at most MOST."""
    question, where = opened(state)
    return asks.of_period(state, question, where=where, limit=MOST)


def steps(state: State) -> list[dict[str, Any]]:
    """One row a group: what it gave back, what was right at once, what had to be done again; who did none has 0, and no rate."""
    found: dict[str, dict[str, Any]] = {}
    nothing: dict[str, Any] = {}
    for question in ("bounces", "returned", "rework"):
        answer = asks.of_period(state, question, by=by(state))
        name, columns = key(state, answer), answer.definition.columns
        nothing |= {column: 0 if column.startswith("n_") else None for column in columns}
        for row in answer.rows():
            there = found.setdefault(
                code_of(row, name), {"row_id": code_of(row, name), "name": name_of(row, name, state)}
            )
            there |= {column: row[column] for column in columns}
    rows = [nothing | row for row in found.values()]
    shown = [row for row in rows if row["n_dispatched"] or row["n_returned"] or row["n_handled"]]
    return sorted(shown, key=lambda row: -row["n_dispatched"])
