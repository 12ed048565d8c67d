"""Playback on the page of patrols: the positions are fetched once, the browser moves the marks (assets/playback.js).

A grid is played without saying who was there. One session is one person: that needs a purpose, which the reader types on the
page; it is kept in the page only, never in the address, and gone when the page is left.
"""

from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, clientside_callback, dcc, html

from dash_app.asking import state as states
from dash_app.frame.components import link, shows
from dash_app.frame.ids import ID
from dash_app.parts import patrols
from gridgov import figures
from gridgov.questions import Answer
from gridgov.vocabulary import label

SPEEDS = ("60", "300", "1200")
TICK_MS = 80


def bar() -> html.Div:
    """What is played, the button, the slider and the speed; hidden while nothing is."""
    return html.Div(
        [
            dcc.Store(id=ID.PLAY),
            dcc.Interval(id=ID.PLAY_TICK, interval=TICK_MS, disabled=True),
            html.Div(id=ID.PLAY_HEAD, className="play-head"),
            html.Div(
                [
                    html.Button("▶", id=ID.PLAY_BUTTON, className="play-button", type="button", title="播放 Play"),
                    html.Span(id=ID.PLAY_CLOCK, className="play-clock"),
                    dmc.Slider(id=ID.PLAY_AT, min=0, max=1, step=1, value=0, label=None, updatemode="drag", size="sm",
                               className="play-at", thumbLabel="时间 Time"),
                    dmc.SegmentedControl(id=ID.PLAY_SPEED, value=SPEEDS[1], size="xs",
                                         data=[{"value": speed, "label": f"{speed}×"} for speed in SPEEDS]),
                ],
                id=ID.PLAY_CONTROLS, className="play-controls",
            ),
        ],
        id=ID.PLAY_BAR, className="play-bar", hidden=True,
    )  # fmt: skip


def purpose_field() -> html.Div:
    """Where a reader says what for; empty and without effect until it is applied."""
    return html.Div(
        [
            dcc.Store(id=ID.PURPOSE),
            dmc.TextInput(id=ID.PURPOSE_WORDS, size="xs", value="", className="purpose-words"),
            html.Button(id=ID.PURPOSE_SAID, className="jump crumb", type="button"),
        ],
        id=ID.PURPOSE_BAR, className="purpose-bar", hidden=True,
    )  # fmt: skip


@shows(
    Output(ID.PURPOSE_BAR, "hidden"), Output(ID.PURPOSE_WORDS, "placeholder"), Output(ID.PURPOSE_SAID, "children"),
    Input(ID.PURPOSE, "data"),
)  # fmt: skip
def show_purpose(state: states.State, purpose: str | None = None) -> tuple[bool, str, str]:
    """The field stands by the list of sessions only."""
    said = f"{label('purpose', state.lang)}: {purpose}" if purpose else label("apply", state.lang)
    return state.listed != "patrol_sessions" and not state.session, label("purpose_hint", state.lang), said


@shows(
    Output(ID.PLAY, "data"), Output(ID.PLAY_HEAD, "children"), Output(ID.PLAY_BAR, "hidden"),
    Output(ID.PLAY_CONTROLS, "hidden"), Input(ID.PURPOSE, "data"),
)  # fmt: skip
def show_playback(state: states.State, purpose: str | None = None) -> tuple[Any, Any, bool, bool]:
    """The positions for the browser, once; what is played, or why nothing is."""
    if not patrols.is_playing(state, purpose):
        waits = state.play and state.session is not None
        return None, label("purpose_needed", state.lang) if waits else None, not waits, True
    answer = patrols.played(state, purpose)
    data = figures.frames(answer.frame, answer.meta["zone"], answer.meta["step_s"])
    return data or None, _said(answer, state, bool(data)), False, not data


def _said(answer: Answer, state: states.State, has_any: bool) -> list[Any]:
    word = label("play_session" if state.session else "play_grid", state.lang)
    parts = [word.format(on=answer.meta["since"], session=state.session, purpose=answer.meta.get("purpose"))]
    if answer.meta["n_without_line"]:
        parts.append(label("play_unkept", state.lang).format(n=answer.meta["n_without_line"]))
    if has_any:
        return [" · ".join(parts)]
    said = " · ".join([*parts, label("play_nothing", state.lang)])
    near = None if state.session else patrols.nearest_day(state)
    if near is None:
        return [said]
    words = label("play_nearest", state.lang).format(on=near.isoformat())
    return [said, " ", link(words, state.but(as_of=near.isoformat()).query(), "nearest", "jump crumb")]


clientside_callback(
    ClientsideFunction("gridgov", "purpose"),
    Output(ID.PURPOSE, "data"),
    Input(ID.PURPOSE_SAID, "n_clicks"), Input(ID.PURPOSE_WORDS, "n_submit"), State(ID.PURPOSE_WORDS, "value"),
    prevent_initial_call=True,
)  # fmt: skip
clientside_callback(
    ClientsideFunction("gridgov", "playable"),
    Output(ID.PLAY_AT, "max"), Output(ID.PLAY_AT, "value"), Output(ID.PLAY_TICK, "disabled"),
    Input(ID.PLAY, "data"),
)  # fmt: skip
clientside_callback(
    ClientsideFunction("gridgov", "playing"),
    Output(ID.PLAY_TICK, "disabled", allow_duplicate=True),
    Input(ID.PLAY_BUTTON, "n_clicks"), State(ID.PLAY_TICK, "disabled"), State(ID.PLAY, "data"), prevent_initial_call=True,
)  # fmt: skip
clientside_callback(
    ClientsideFunction("gridgov", "onward"),
    Output(ID.PLAY_AT, "value", allow_duplicate=True),
    Input(ID.PLAY_TICK, "n_intervals"), State(ID.PLAY_AT, "value"), State(ID.PLAY_SPEED, "value"), State(ID.PLAY, "data"),
    prevent_initial_call=True,
)  # fmt: skip
clientside_callback(
    ClientsideFunction("gridgov", "moment"),
    Output(ID.PLAY_CLOCK, "children"), Output(ID.PLAY_BUTTON, "children"),
    Input(ID.PLAY_AT, "value"), Input(ID.PLAY_TICK, "disabled"), Input(ID.PLAY, "data"), Input(ID.PATROL_MAP, "figure"),
)  # fmt: skip
