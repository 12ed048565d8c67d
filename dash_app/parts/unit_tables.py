"""The tables of the page of units: their columns in the words of the reader, and their rows."""

from collections.abc import Sequence
from typing import Any, Final

from dash_app.asking.state import State
from dash_app.frame.components import column, number_column
from dash_app.parts import units
from gridgov.analytics.rates import N_MIN
from gridgov.figures.text import NOTHING, column_name, moment, number
from gridgov.figures.units import BETWEEN, PARTS, rate_said
from gridgov.questions import Answer
from gridgov.schema import worded
from gridgov.vocabulary import PLACE_STATUS, STATES, label, standing

Columns = list[dict[str, Any]]
Rows = list[dict[str, Any]]

CELLS: Final = {f"n_{part}": part for part in (*PARTS, "due", "put_off")} | {"n_late": "late"}
"""Columns of the due cohort and the list behind each of their cells."""
_BUTTON: Final = {"cellRenderer": "gridgovCount"}


def name_column(state: State) -> dict[str, Any]:
    """The first column: the group, a button that opens its late cases."""
    return column("name", label(state.group, state.lang), 142, pinned="left", cellRenderer="gridgovOpen")


def cohort_columns(state: State) -> Columns:
    """The parts that add up to the due, those put off beside them, the rate, and what it is set beside."""
    lang, wide = state.lang, 60 if state.lang == "zh" else 78
    parts = [
        number_column(f"n_{part}", column_name(f"n_{part}", lang), wide, **_BUTTON)
        for part in ("due", *PARTS, "put_off")
    ]
    rate = [
        column("rate", column_name("on_time_rate", lang), 88),
        column("standing", label("beside_others", lang), minWidth=118),
    ]
    then = {"previous": "compare_previous", "year_before": "compare_year_before"}
    wanted = [name for name in then if state.compare in (name, "both")]
    return [name_column(state), *parts, *rate, *[column(name, label(then[name], lang), 150) for name in wanted]]


def cohort_rows(rows: Rows, name: str, state: State) -> Rows:
    """One row a group; a rate of few cases says so instead of being compared."""
    return [
        {
            "row_id": units.code_of(row, name), "name": units.name_of(row, name, state),
            **{column: row[column] for column in CELLS if column in row},
            "rate": rate_said(row["on_time_rate"], row["n_due"], state.lang),
            "standing": _standing(row.get("on_time_rate_standing"), state),
            "previous": _then(row, "previous", "change", state), "year_before": _then(row, "year_before", "year_change", state),
        }
        for row in rows
    ]  # fmt: skip


def _standing(code: str | None, state: State) -> str:
    return NOTHING if code is None else standing(code, state.lang, in_part=state.scope is not None)


def _then(row: dict[str, Any], when: str, change: str, state: State) -> str:
    """The rate then with its n, and by how much it has changed."""
    rate, n, by = (row.get(name) for name in (f"on_time_rate_{when}", f"n_due_{when}", f"on_time_rate_{change}"))
    if rate is None or n is None:
        return NOTHING
    moved = "" if by is None or min(n, row["n_due"]) < N_MIN else f" {100 * by:+.1f}"
    return f"{rate_said(rate, n, state.lang)} (n={n:.0f}){moved}"


# ---------------------------------------------------------------------------------------------------------------------


def pair_columns(state: State) -> Columns:
    """Pairs of units: how often, how long it took, how often there and back, why."""
    lang, wraps = state.lang, {"wrapText": True, "autoHeight": True, "cellClass": "wrapped"}
    return [
        column("pair", f"{column_name('from_unit', lang)} → {column_name('to_unit', lang)}", 200, cellRenderer="gridgovOpen"),
        number_column("n_handovers", column_name("n_handovers", lang), 60),
        number_column("n_aba", column_name("n_aba", lang), 60),
        number_column("lost_work_h", column_name("lost_work_h", lang), 84),
        column("main_reason", column_name("main_reason", lang), None, minWidth=140, **wraps),
    ]  # fmt: skip


def pair_rows(answer: Answer) -> Rows:
    """One row a pair; its id names both."""
    return [
        row | {"pair": f"{row['from_unit']} → {row['to_unit']}", "row_id": f"{row['from_unit']}{BETWEEN}{row['to_unit']}"}
        for row in answer.rows()
    ]  # fmt: skip


def step_columns(state: State) -> Columns:
    """What a group gave back, passed on and did again."""
    lang = state.lang
    return [
        name_column(state),
        *[number_column(name, column_name(name, lang), 66) for name in ("n_dispatched", "n_returned", "n_handovers", "n_aba")],
        column("first_right_rate", column_name("first_right_rate", lang), 82, type="rightAligned"),
        number_column("n_ended", label("of_ended", lang), 66),
        number_column("n_reworked", column_name("n_reworked", lang), 66),
        column("rework_rate", column_name("rework_rate", lang), 76, type="rightAligned"),
        number_column("n_handled", label("of_handled", lang), 66),
    ]  # fmt: skip


def step_rows(rows: Rows, state: State) -> Rows:
    """One row a group; a rate of few cases says so."""
    of = {"first_right_rate": "n_ended", "rework_rate": "n_handled"}
    return [row | {rate: rate_said(row[rate], row[n], state.lang) for rate, n in of.items()} for row in rows]


def nobodys_columns(state: State) -> Columns:
    """The items nobody takes, worst first."""
    lang = state.lang
    counts = ("n_followed", "n_bounced", "n_returns", "n_handovers", "n_aba", "n_units")
    return [
        column("matter", label("matter", lang), None, minWidth=180),
        *[number_column(name, column_name(name, lang), 92) for name in counts],
        column("bounced_case_share", column_name("bounced_case_share", lang), 112, type="rightAligned"),
        column("standing", label("beside_others", lang), 120),
        number_column("lost_work_h", column_name("lost_work_h", lang), 110),
        column("main_owner", column_name("main_owner", lang), 140),
    ]  # fmt: skip


def nobodys_rows(answer: Answer, state: State) -> Rows:
    """One row an item."""
    return [
        row | {
            "matter": _matter(row), "standing": _standing(row["bounced_case_share_standing"], state), "row_id": str(i),
            "bounced_case_share": rate_said(row["bounced_case_share"], row["n_followed"], state.lang),
        }
        for i, row in enumerate(answer.rows())
    ]  # fmt: skip


# ---------------------------------------------------------------------------------------------------------------------


def list_columns(state: State) -> Columns:
    """The list behind a number: cases of the due cohort, or handovers."""
    names: Sequence[tuple[str, int | None]] = (
        ("case_no", 150), ("part", 92), ("late", 112), ("due_at", 132), ("answered_at", 132), ("state", 96), ("unit", 130),
        ("matter", 180), ("where", None), ("grid_name", 150), ("reported_at", 132),
    )  # fmt: skip
    if state.opened == "handed":
        names = (
            ("case_no", 150), ("handed_at", 132), ("from_unit", 140), ("to_unit", 140), ("reason", 210), ("lost_work_h", 112),
            ("is_aba", 74), ("matter", 180), ("where", None), ("grid_name", 150), ("reported_at", 132),
        )  # fmt: skip
    said = {name: column_name(name, state.lang) for name, _ in names}
    return [
        column(name, said[name], width, **({"cellRenderer": "gridgovOpen"} if name == "case_no" else {})) for name, width in names
    ]  # fmt: skip


def list_rows(answer: Answer, state: State) -> Rows:
    """Its rows, instants in the town's own time; `row_id` names the case and the row."""
    lang, zone = state.lang, answer.meta["zone"]
    found = []
    for i, row in enumerate(answer.rows()):
        times = {name: moment(row[name], zone) for name in row if name.endswith("_at")}
        said = {
            "matter": _matter(row), "where": row["address"] or row["place_name"],
            "grid_name": row["grid_name"] or label(row["place_status"], lang, PLACE_STATUS),
            "row_id": f"{i}/{row['case_no']}", **times,
        }  # fmt: skip
        if "part" in row:
            said |= {
                "part": worded("part", row["part"], lang),
                "state": label(row["state"], lang, STATES),
                "unit": row["unit"],
            }
            said["late"] = None if row["late_h"] is None else label("hours", lang).format(n=number(row["late_h"]))
        else:
            said |= {"is_aba": label("yes", lang) if row["is_aba"] else None, "lost_work_h": number(row["lost_work_h"])}
        found.append(row | {name: value or NOTHING for name, value in said.items()})
    return found


def _matter(row: dict[str, Any]) -> str:
    return " / ".join(text for text in (row["category"], row["subcategory"]) if text) or NOTHING
