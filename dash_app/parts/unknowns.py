"""What came in and fits nowhere: categories that no catalogue has, and points outside the town, by system."""

from typing import Any

from dash import Input, Output

from dash_app.asking import asks
from dash_app.asking.state import State
from dash_app.frame.components import Part, column, goes, head, number_column, panel, shows, stamp, table
from dash_app.frame.ids import ID
from dash_app.parts import systems
from gridgov.figures.text import NOTHING, column_name, moment
from gridgov.vocabulary import label


def categories_part() -> Part:
    """The panel of categories, empty."""
    return panel(ID.UNLISTED_HEAD, table(ID.UNLISTED, getRowId="params.data.key"), class_name="list-panel")


def places_part() -> Part:
    """The panel of places, empty."""
    return panel(ID.OUTSIDE_HEAD, table(ID.OUTSIDE, getRowId="params.data.source"), class_name="list-panel")


@shows(Output(ID.UNLISTED_HEAD, "children"), Output(ID.UNLISTED, "columnDefs"), Output(ID.UNLISTED, "rowData"))
def show_unlisted(state: State) -> tuple[Any, Any, Any]:
    """One row a category, subcategory and system."""
    answer, lang = asks.ask(state, "unlisted", limit=200), state.lang
    zone, names = answer.meta["zone"], asks.system_names(state)
    rows = [
        row
        | {"key": str(n), "category": row["category"] or NOTHING, "last_at": moment(row["last_at"], zone)}
        | {"source": names.get(row["source"], row["source"])}
        for n, row in enumerate(answer.rows())
    ]
    columns = [
        number_column("n_cases", column_name("n_cases", lang), 82),
        column("category", column_name("category", lang), 120),
        column("subcategory", column_name("subcategory", lang), minWidth=120),
        column("source", column_name("source", lang), 120),
        column("last_at", column_name("last_at", lang), 138),
    ]
    missing = answer.meta.get("note")
    note = missing[lang] if missing else stamp(answer, lang) if rows else label("unlisted_none", lang)
    return head(label("unlisted", lang), lang=lang, definition=answer.definition, note=note), columns, rows


@shows(Output(ID.OUTSIDE_HEAD, "children"), Output(ID.OUTSIDE, "columnDefs"), Output(ID.OUTSIDE, "rowData"))
def show_outside(state: State) -> tuple[Any, Any, Any]:
    """One row a system that has cases in no grid."""
    answer, lang = systems.asked(state), state.lang
    rows = [row | {"name": row[f"source_{lang}"]} for row in answer.rows() if row["n_outside"] or row["n_unlocated"]]
    columns = [
        column("name", column_name("source_zh", lang), minWidth=140),
        number_column("n_outside", column_name("n_outside", lang), 110),
        number_column("n_unlocated", column_name("n_unlocated", lang), 110),
    ]
    note = stamp(answer, lang) if rows else label("outside_none", lang)
    return head(label("outside_title", lang), lang=lang, definition=answer.definition, note=note), columns, rows


@goes(Input(ID.OUTSIDE, "cellClicked"))
def click_outside(cell: dict[str, Any] | None, state: State) -> tuple[str, State] | None:
    """A number leads to its cases."""
    placed = {"n_outside": ["outside"], "n_unlocated": ["unlocated"]}.get((cell or {}).get("colId", ""))
    if not cell or not cell.get("rowId"):
        return None
    here = state.unlimited().but(scope=None, only_open=False).with_filter("source", [cell["rowId"]])
    return "/cases", here.with_filter("place_status", placed or ["outside", "unlocated"])
