"""The lists of the page of patrols: their columns, their rows, and where a click on a row goes."""

from typing import Any, Final

import pandas as pd

from dash_app.asking import trees
from dash_app.asking.state import State
from dash_app.frame.components import column, number_column, share_column
from dash_app.parts import patrols
from gridgov.figures.text import column_name, measured, moment, number
from gridgov.questions import Answer
from gridgov.vocabulary import TRUTHS, Lang

_TEXTS: Final = {
    "checkpoint_name": None, "grid_name": 150, "last_patrol_on": 104, "is_planned": 84, "last_visit_at": 132, "begin_at": 132,
    "day_on": 104,
    "worker": 150, "finding": 116, "innocent": None, "area": 88, "made_of": 78, "found_of": 84,
}  # fmt: skip
"""Columns of text and how wide they are; None = what is left."""
_SHARES: Final = ("never_share", "stop_share", "outside_share")
_SAID: Final = ("area", "made_of", "found_of")
"""Numbers put in words, which do not sort as numbers."""
COLUMNS: Final = {
    "unpatrolled": ("grid_name", "row_days", "last_patrol_on", "is_planned", "n_unpatrolled_days", "n_missed_days"),
    "blind_spots": ("grid_name", "area", "idle_days", "most_idle_days", "never_share", "n_grids_touched"),
    "checkpoints_missed": ("checkpoint_name", "grid_name", "lacking_visits", "made_of", "last_visit_at"),
    "patrol_sessions": ("day_on", "begin_at", "grid_name", "worker", "minutes", "km", "stop_share", "outside_share",
                        "longest_step_s"),
    "patrol_integrity": ("finding", "grid_name", "found_of", "n_strict", "innocent"),
}  # fmt: skip


def columns_of(answer: Answer, purpose: str | None, lang: Lang) -> list[dict[str, Any]]:
    """The columns of a list; those about a person in place of the day only with a purpose."""
    hidden = ("day_on",) if purpose else ("worker", "begin_at")
    names = [name for name in COLUMNS[answer.definition.id] if name not in hidden]
    return [_column(name, lang) for name in names]


def _column(name: str, lang: Lang) -> dict[str, Any]:
    said = column_name(name, lang)
    if name == "grid_name":
        return column(name, said, minWidth=118)
    if name in _TEXTS:
        wraps = (
            {"wrapText": True, "autoHeight": True, "cellClass": "wrapped"} if name in ("finding", "innocent") else {}
        )
        more = {"minWidth": 150} if _TEXTS[name] is None else {"tooltipField": "where"} if name == "found_of" else {}
        return column(name, said, _TEXTS[name], sortable=name not in _SAID, **wraps, **more)
    return share_column(name, said, 84) if name in _SHARES else number_column(name, said, 72)


def rows_of(answer: Answer, state: State) -> list[dict[str, Any]]:
    """The rows of a list as they are shown; row_id says where a click goes."""
    grids, zone, lang = trees.tree(patrols.here(state)).grids, answer.meta["zone"], state.lang
    rows = []
    for k, row in enumerate(answer.rows()):
        code = row.get("grid_code")
        named = {"grid_name": row.get("grid_name") or (grids[code].name if code in grids else code)}
        times = {name: moment(_instant(row[name]), zone) for name in ("begin_at", "last_visit_at") if name in row}
        told = {"area": measured("m2", row["m2"])} if "m2" in row else {}
        if "is_planned" in row:
            told["is_planned"] = (
                "–" if row["is_planned"] is None else TRUTHS[str(row["is_planned"]).lower()].label(lang)
            )
        if "lacking_visits" in row:
            told["made_of"] = f"{number(row['made_visits'])} / {number(row['due_visits'])}"
        if "finding" in row:
            told["found_of"] = f"{number(row['n_found'])} / {number(row['n_days_out'])}"
            told["where"] = " · ".join(row["evidence"] or [])
            told |= {"finding": row[f"finding_{lang}"], "innocent": row[f"innocent_{lang}"]}
        rows.append(row | named | times | told | {"row_id": f"{k}|{code or ''}|{row.get('session') or ''}"})
    return rows


def _instant(text: str | None) -> Any:
    return None if text is None else pd.Timestamp(text)


def note_of(answer: Answer, state: State) -> str | None:
    """What must be read before a list is: of the review list that it is no verdict, in the words of its definition."""
    if state.listed == "patrol_integrity":
        return answer.definition.exclusions.said(state.lang)
    return None


def target_of(row_id: str, purpose: str | None, state: State) -> State | None:
    """Where a row goes: a session is played where a purpose is stated, everything else goes to its grid."""
    _, code, session = row_id.split("|")
    if session and purpose:
        return state.but(session=session, play=True)
    return state.but(scope=code, layer="base") if code else None
