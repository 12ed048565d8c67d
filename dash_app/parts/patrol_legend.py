"""What lies over the map of patrols, in words: the open list's places, or what moves and stays of a playback."""

from typing import Any, Final

from dash import html

from dash_app.asking.state import State
from gridgov.figures.style import COLOURS
from gridgov.vocabulary import label

_LISTS: Final = {"unpatrolled": ("rim", "blind"), "blind_spots": ("patch", "blind"), "checkpoints_missed": ("dot", "overdue"),
                 "patrol_sessions": ("line", "patrol")}  # fmt: skip
"""How each list is drawn on the map, and in which colour."""
_PLAYED: Final = {
    "somebody": ("dot", "patrol"),
    "way": ("line", "patrol"),
    "stop": ("dot", "muted"),
    "case": ("dot", "overdue"),
}


def legend(state: State, is_playing: bool) -> Any:
    """The marks with their names; None where nothing lies over the map."""
    shown = _PLAYED if is_playing else {name: mark for name, mark in _LISTS.items() if name == state.listed}
    colours = COLOURS[state.scheme]
    marks = [
        html.Span(
            [
                html.Span(className=f"key {shape}", style={"color": getattr(colours, colour)}),
                label(f"over_{name}", state.lang),
            ]
        )
        for name, (shape, colour) in shown.items()
    ]
    return html.Div(marks, className="legend keys") if marks else None
