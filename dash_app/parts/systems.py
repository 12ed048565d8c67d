"""The connected systems: who delivers, who is late, who has stopped. A row leads to its loads."""

import time
from typing import Any, Final

from dash import Input, Output, html

from dash_app.asking import asks
from dash_app.asking.cache import remembered
from dash_app.asking.state import State
from dash_app.frame.components import Part, column, goes, head, number_column, panel, share_column, shows, stamp, table
from dash_app.frame.export_menu import export_menu
from dash_app.frame.ids import ID
from gridgov.figures.text import NOTHING, age, column_name, moment
from gridgov.questions import Answer
from gridgov.vocabulary import FRESHNESS, LOAD_KINDS, label

DAYS: Final = 30
"""Loads of so many days are counted."""
_ORDER: Final = list(FRESHNESS)
_BAD: Final = {"cellClassRules": {"late-text strong": "params.data.is_bad", "zero": "params.data.freshness === 'list'"}}


def asked(state: State, at_s: float | None = None) -> Answer:
    """The systems, with the rows that their loads brought; asked anew each minute, for a load that fails changes no data.

    at_s   when it is asked, in seconds as `time.time` counts them; now unless given
    """
    town, minute = asks.town_of(state), int((time.time() if at_s is None else at_s) // 60)
    key = ["answer", "systems", town.code, asks.data_version(town), state.as_of, minute]
    return remembered(key, lambda: asks.ask(state, "systems", days=DAYS, keep=False))


def part() -> Part:
    """The panel, empty."""
    return panel(ID.SYSTEMS_HEAD, table(ID.SYSTEMS, getRowId="params.data.source"), class_name="list-panel")


@shows(Output(ID.SYSTEMS_HEAD, "children"), Output(ID.SYSTEMS, "columnDefs"), Output(ID.SYSTEMS, "rowData"))
def show_systems(state: State) -> tuple[Any, Any, Any]:
    """One row a system, those that want a look first."""
    answer, lang = asked(state), state.lang
    columns = [
        column("said", column_name("freshness", lang), 88, **_BAD),
        column("name", column_name("source_zh", lang), minWidth=130),
        column("holds", column_name("kinds", lang), 92, cellClass="zero"),
        column("newest_at", column_name("newest_at", lang), 132),
        column("silent", label("silence", lang), 84, type="rightAligned", **_BAD),
        column(
            "usual", label("silence_usual", lang), 78, type="rightAligned", cellClass=["ag-right-aligned-cell", "zero"]
        ),
        column("last_load_at", column_name("last_load_at", lang), 132),
        number_column("n_read", label("read_in", lang).format(n=DAYS), 86),
        share_column("quarantined_share", column_name("quarantined_share", lang), 66),
        number_column("n_held", column_name("n_held", lang), 72),
    ]
    right = [_behind(state), html.Span(stamp(answer, lang), className="panel-note")]
    note, export = label("system_hint", lang), export_menu("systems", state, {"days": DAYS})
    top = head(label("systems", lang), *right, lang=lang, definition=answer.definition, note=note, export=export)
    return top, columns, _rows(state, answer)


def _behind(state: State) -> Part:
    """That all of the town's data is old: then every system is silent, and none for longer than the others."""
    hours = asks.behind_h(state)
    if state.as_of is not None or hours < 24:
        return None
    return html.Span(label("behind", state.lang).format(age=age(hours, state.lang)), className="panel-note late-text")


def _rows(state: State, answer: Answer) -> list[dict[str, Any]]:
    lang, zone = state.lang, answer.meta["zone"]
    rows = sorted(answer.rows(), key=lambda row: (_ORDER.index(row["freshness"]), row["source"]))
    return [
        row
        | {"name": row[f"source_{lang}"], "said": label(row["freshness"], lang, FRESHNESS)}
        | {
            "holds": ("、" if lang == "zh" else ", ").join(
                label(kind, lang, LOAD_KINDS) for kind in row["kinds"].split(",")
            )
        }
        | {name: moment(row[name], zone) for name in ("newest_at", "last_load_at")}
        | {"silent": age(row["silent_h"], lang), "is_bad": row["freshness"] in ("failing", "stopped", "late")}
        | {"usual": NOTHING if row["usual_h"] is None else f"≤ {age(row['usual_h'], lang)}"}
        for row in rows
    ]


@goes(Input(ID.SYSTEMS, "cellClicked"))
def click_system(cell: dict[str, Any] | None, state: State) -> tuple[str, State] | None:
    """A system leads to its loads."""
    return ("/loads", state.with_filter("source", [cell["rowId"]])) if cell and cell.get("rowId") else None
