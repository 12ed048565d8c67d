"""The lists beside the map of the situation: what changed, which systems stopped, which grids stand out."""

from typing import Any

from dash import Output, html

from dash_app.asking import asks
from dash_app.asking.state import State
from dash_app.frame.components import head, shows, stamp
from dash_app.frame.export_menu import export_menu
from dash_app.frame.ids import ID
from dash_app.parts import changes
from gridgov.figures.text import column_name
from gridgov.vocabulary import label


@shows(Output(ID.CHANGES_HEAD, "children"), Output(ID.CHANGES, "children"))
def show_changes(state: State) -> tuple[Any, Any]:
    """What changed since the day before."""
    answer = asks.ask(state, "backlog", compare="previous")
    note = stamp(answer, state.lang)
    return head(
        label("changes", state.lang), lang=state.lang, definition=answer.definition, note=note
    ), changes.sentences(state)


@shows(Output(ID.SILENT, "children"))
def show_silent(state: State) -> Any:
    """Systems that stopped."""
    return changes.silent(state)


@shows(Output(ID.STANDOUTS_HEAD, "children"), Output(ID.STANDOUTS, "children"))
def show_standouts(state: State) -> tuple[Any, Any]:
    """Grids clearly above the town, in words."""
    answer, lang = changes.standouts(state), state.lang
    if answer is None:
        return head(label("standouts", lang), lang=lang), html.Li(label("no_grids", lang), className="muted")
    held = column_name(answer.meta["exposure"], lang) if answer.meta["exposure"] else label("no_data", lang)
    note = label("four_weeks", lang).format(held=held)
    export = export_menu("standouts", state)
    title = head(label("standouts", lang), lang=lang, definition=answer.definition, note=note, export=export)
    return title, changes.standing_rows(answer, state)
