"""The posts of the grids by role: filled, vacant, and how many people hold several. Nobody is named."""

from typing import Any

from dash import Output

from dash_app.asking import asks
from dash_app.asking.state import State
from dash_app.frame.components import Part, column, head, number_column, panel, share_column, shows, stamp, table
from dash_app.frame.export_menu import export_menu
from dash_app.frame.ids import ID
from gridgov.figures.text import column_name
from gridgov.vocabulary import ROLES, label


def part() -> Part:
    """The panel, empty."""
    return panel(ID.ROSTER_HEAD, table(ID.ROSTER, getRowId="params.data.role"), class_name="list-panel")


@shows(Output(ID.ROSTER_HEAD, "children"), Output(ID.ROSTER, "columnDefs"), Output(ID.ROSTER, "rowData"))
def show_posts(state: State) -> tuple[Any, Any, Any]:
    """One row a role, in the order of 一长五员, for the scope."""
    answer, lang = asks.ask(state, "roster", by="role"), state.lang
    found = {row["role"]: row for row in answer.rows() if row["role"] is not None}
    rows = [found[role] | {"name": term.label(lang)} for role, term in ROLES.items() if role in found]
    columns = [
        column("name", column_name("role", lang), minWidth=76),
        number_column("n_posts", column_name("n_posts", lang), 62),
        number_column("n_vacant", column_name("n_vacant", lang), 62),
        share_column("vacant_share", column_name("vacant_share", lang), 72),
        number_column("n_holders", column_name("n_holders", lang), 76),
        number_column("n_many", column_name("n_many", lang), 80),
    ]
    known = answer.meta["held_on"]
    note = f"{label('roster_of', lang).format(on=known)} · {stamp(answer, lang)}" if known else label("no_roster", lang)
    export = export_menu("roster", state, {"by": "role"})
    top = head(label("roster", lang), lang=lang, definition=answer.definition, note=note, export=export)
    return top, columns, rows if known else []
