"""大屏 Wall: three views for the room on duty, read from five metres, without a mouse; a case that turns red interrupts."""

from dataclasses import replace
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, callback, clientside_callback, dcc, html, no_update
from dash import State as Held

from dash_app.asking import asks, trees
from dash_app.asking import state as states
from dash_app.asking.state import State
from dash_app.frame.components import drawn, map_graph, shows
from dash_app.frame.ids import ID
from dash_app.parts import patrols, wall
from dash_app.parts.wall_parts import alarm, figure, length, roster, said
from gridgov import figures
from gridgov.errors import StoreError
from gridgov.figures.text import NOTHING, number
from gridgov.vocabulary import label

TICK_MS = 1_000
MINUTE_MS = 60_000
VILLAGES = 5


def layout() -> html.Div:
    """Three views one above the other, an alarm over them, and a foot; assets/wall.js shows one of them at a time."""
    return html.Div(
        [
            dcc.Interval(id=ID.WALL_TICK, interval=TICK_MS),
            dcc.Interval(id=ID.WALL_MINUTE, interval=MINUTE_MS),
            dcc.Store(id=ID.WALL_SEEN),
            dcc.Store(id=ID.WALL_BEAT),
            html.Div(
                [
                    html.Section(id=ID.WALL_FIGURES, className="wall-view first"),
                    html.Section(
                        [html.Div(map_graph(ID.WALL_MAP), className="wall-map"), html.Div(id=ID.WALL_REDS)],
                        className="wall-view second",
                    ),
                    html.Section(id=ID.WALL_DUTY, className="wall-view third"),
                    html.Div(id=ID.WALL_ALARM, className="wall-alarm", role="alert"),
                ],
                className="wall-views",
            ),
            html.Footer(
                [
                    html.Div(id=ID.WALL_FOOT, className="wall-foot-said"),
                    html.Div([html.I(), html.I(), html.I(), html.B("❚❚")], className="wall-dots"),
                ],
                className="wall-foot",
            ),
        ],
        id=ID.WALL, className="wall view-1",
    )  # fmt: skip


dash.register_page(__name__, path="/wall", title="大屏 Wall · gridgov", layout=layout)

clientside_callback(
    ClientsideFunction("gridgov", "wall"),
    Output(ID.WALL, "className"),
    Input(ID.WALL_TICK, "n_intervals"), Held(ID.WALL_SEEN, "data"), Held(ID.WALL_BEAT, "data"),
)  # fmt: skip
clientside_callback(
    ClientsideFunction("gridgov", "fit"), Output(ID.WALL_MAP, "figure"), Input(drawn(ID.WALL_MAP), "data"),
    Held(ID.WALL_MAP, "id"),
)  # fmt: skip


@shows(Output(ID.WALL_FIGURES, "children"), Input(ID.WALL_MINUTE, "n_intervals"))
def show_figures(state: State, _: int | None = None) -> list[Any]:
    """Reported today, open, overdue, due today."""
    now, lang = wall.moment(state).state, state.lang
    came, due, lights = wall.today(now), asks.ask(now, "due").rows()[0], asks.ask(now, "lights").rows()[0]
    passed = label("wall_passed", lang).format(n=number(due["n_due_today_passed"]))
    deep = label("wall_deep_red", lang).format(n=number(lights["n_deep_red"]))
    return [
        figure(
            label("wall_today", lang), came["n_reported"], label("wall_closed", lang).format(n=number(came["n_closed"]))
        ),
        figure(label("backlog", lang), due["n_open"]),
        figure(label("n_overdue", lang), lights["n_red"], deep, "late" if lights["n_red"] else ""),
        figure(label("wall_due_today", lang), due["n_due_today"], passed),
    ]


@shows(Output(drawn(ID.WALL_MAP), "data"), Output(ID.WALL_REDS, "children"), Input(ID.WALL_MINUTE, "n_intervals"))
def show_reds(state: State, _: int | None = None) -> tuple[Any, Any]:
    """Where the red cases are, and where there are most of them."""
    now, lang = wall.moment(state).state, state.lang
    answer, names, shown = wall.reds(now), trees.tree(now).grids, trees.map_of(replace(now, measure="n_overdue"))
    ground = figures.style.message("", "dark")
    if shown is not None:
        ground = figures.choropleth(
            shown.rows, shown.measure, shapes=shown.shapes, base=shown.base, faint=True, scheme="dark", revision="wall"
        )
    drawn_reds = figures.reds(answer.frame, ground, lang=lang)
    rows = wall.by_village(now)
    listed = [
        html.Div([html.Span(names[code].name if code in names else label("wall_elsewhere", lang)), html.B(number(n))])
        for code, n in rows[:VILLAGES]
    ]
    n_placed = int(answer.frame.geometry.notna().sum()) if len(answer.frame) else 0
    note = label("wall_on_map", lang).format(n=number(n_placed), total=number(answer.meta["n_total"]))
    return drawn_reds, [
        figure(label("n_overdue", lang), answer.meta["n_total"], note, "late"),
        html.Div(listed, className="wall-list"),
    ]


@shows(Output(ID.WALL_DUTY, "children"), Input(ID.WALL_MINUTE, "n_intervals"))
def show_duty(state: State, _: int | None = None) -> list[Any]:
    """What must be done now, and who leads the duty."""
    there, lang = wall.moment(state), state.lang
    now = there.state
    (row, answer), due, gone = wall.waiting(now, "dispatch"), asks.ask(now, "due").rows()[0], wall.unpatrolled(now)
    limit = answer.meta["limits"].get("dispatch")
    over = label("wall_dispatch", lang).format(limit=length(limit, lang)) if limit else label("wall_dispatch_any", lang)
    of = label("wall_of", lang)
    n_over, n_gone = (
        row["n_waiting_over"] if limit else row["n_waiting"],
        NOTHING if gone is None else gone.meta["n_total"],
    )
    grids = label("wall_no_tracks", lang) if gone is None else of.format(n=number(patrols.n_grids(now)))
    return [
        html.Div(
            [
                figure(over, n_over, of.format(n=number(row["n_waiting"])), "late" if n_over else ""),
                figure(label("wall_due_2h", lang), due["n_due_2h"]),
                figure(label("wall_unpatrolled", lang), n_gone, grids),
            ],
            className="wall-three",
        ),
        html.Div(roster(there, lang), className="wall-roster"),
    ]  # fmt: skip


# ---------------------------------------------------------------------------------------------------------------------
# As of when, and what has just turned red


@callback(
    Output(ID.WALL_FOOT, "children"),
    Output(ID.WALL_BEAT, "data"),
    Input(ID.VIEW, "data"),
    Input(ID.WALL_MINUTE, "n_intervals"),
)
def show_foot(view: dict[str, Any] | None, n: int | None) -> Any:
    """As of when the numbers are, in large letters where that is not now; and a beat, so that the browser knows we live."""
    if view is None:
        return no_update, no_update
    lang = states.of(view).lang
    lost = html.Div(label("wall_lost", lang), className="wall-lost")
    try:
        there = wall.moment(states.of(view))
        words = said(there)
    except asks.NoTown:
        return [html.Strong(label("no_town", lang))], n
    except StoreError:
        return [html.Strong(label("wall_down", lang)), lost], n
    return [*words, lost], f"{n} {there.now:%H:%M}"


@callback(
    Output(ID.WALL_ALARM, "children"), Output(ID.WALL_SEEN, "data"), Input(ID.VIEW, "data"),
    Input(ID.WALL_MINUTE, "n_intervals"), Held(ID.WALL_SEEN, "data"),
)  # fmt: skip
def watch(view: dict[str, Any] | None, _: int | None, seen: dict[str, Any] | None) -> Any:
    """Cases that have turned red since the last look interrupt; what is looked at for the first time does not."""
    if view is None:
        return no_update, no_update
    now, before = wall.moment(states.of(view)).state, seen or {}
    rows, here = wall.reds(now).rows(), wall.looked_at(now)
    fresh = wall.new_reds(before["reds"] if before.get("here") == here else None, rows)
    keys = [wall.key_of(row) for row in rows]
    kept = {"here": here, "reds": keys, "alarm": before.get("alarm", 0) + bool(fresh)}
    return (alarm(fresh, now) if fresh else no_update), kept
