"""巡查 Patrol: how much of the land anybody came near, what nobody saw for how long, the lists to act on, and playback."""

from functools import partial
from typing import Any, Final

import dash
from dash import Input, Output, html
from dash import State as With

from dash_app.asking import asks, published, trees
from dash_app.asking.state import LISTS, LOOKS, State
from dash_app.frame.components import drawn, goes, head, map_graph, panel, segments, select, shows, stamp, switch, table
from dash_app.frame.export_menu import export_menu
from dash_app.frame.ids import ID
from dash_app.parts import patrols
from dash_app.parts.patrol_legend import legend
from dash_app.parts.patrol_lists import columns_of, note_of, rows_of, target_of
from dash_app.parts.patrol_numbers import numbers
from dash_app.parts.playback import bar, purpose_field
from gridgov import figures
from gridgov.figures.text import number
from gridgov.vocabulary import label

MEASURES: Final = {"coverage": "covered_share", "idle": "idle_mean_days", "surface": "idle_mean_days"}
TOLD: Final = (
    "covered_share", "due_m2", "land_share", "minutes", "km", "n_visits", "idle_median_days", "idle_worst_days",
    "seen_7_share", "never_share",
)  # fmt: skip
"""What is told of a grid that one points at, as far as its question says it."""
OVER: Final = {
    "unpatrolled": figures.outlines, "blind_spots": figures.blind_spots, "checkpoints_missed": figures.checkpoints,
}  # fmt: skip
"""What the map shows of the list that is open."""


def layout() -> html.Div:
    """The parts of the page, empty."""
    grids = panel(ID.PATROL_MAP_HEAD, *map_graph(ID.PATROL_MAP), bar(), class_name="map-panel")
    rows, note = (
        table(ID.PATROL_LIST, getRowId="params.data.row_id"),
        html.Div(id=ID.PATROL_LIST_NOTE, className="list-note"),
    )
    lists = panel(ID.PATROL_LIST_HEAD, purpose_field(), note, rows, class_name="map-panel")
    body = [html.Div(id=ID.PATROL_KPIS, className="kpis"), html.Div([grids, lists], className="two")]
    return html.Div(body, className="patrol")


dash.register_page(__name__, path="/patrol", title="巡查 Patrol · gridgov", layout=layout)


@shows(Output(ID.PATROL_KPIS, "children"))
def show_numbers(state: State) -> list[Any]:
    """The numbers on top."""
    return numbers(state)


# ---------------------------------------------------------------------------------------------------------------------
# The map


@shows(Output(ID.PATROL_MAP_HEAD, "children"), Output(drawn(ID.PATROL_MAP), "data"), Input(ID.PURPOSE, "data"))
def show_map(state: State, purpose: str | None = None) -> tuple[Any, Any]:
    """Grids of a level by coverage or idle days, or the surface; over them what the open list speaks of, or a playback."""
    lang, scheme, shown = state.lang, state.scheme, patrols.map_of(state)
    if shown is None:
        return head(label("patrol", lang), lang=lang), figures.style.message(label("no_grids", lang), scheme)
    figure = figures.choropleth(
        shown.rows, MEASURES[state.look], shapes=published.shapes(shown.rows),
        chosen=shown.chosen, base=published.base(state), told=TOLD,
        revision=f"{state.town} {shown.above} {shown.chosen} {state.session}", lang=lang, scheme=scheme,
        faint=patrols.is_playing(state, purpose),
    )  # fmt: skip
    answer = shown.answer
    if state.look == "surface":
        answer = patrols.ask(state, "idle_surface", scope=shown.above)
        if len(answer.frame):
            picture = published.picture(answer, scheme, partial(figures.surface_png, answer.frame, answer.meta, scheme))
            figures.surface(figure, picture, answer.meta["corners"], lang=lang, scheme=scheme)
    told = [_when(state)]
    if patrols.is_playing(state, purpose):
        played = patrols.played(state, purpose)
        about = {"zone": played.meta["zone"], "step_s": played.meta["step_s"], "goes_there": bool(state.session)}
        figures.trails(played.frame, figures.moves(figure, scheme), lang=lang, scheme=scheme, **about)
    elif state.listed == "patrol_sessions":
        told += patrols.draw_sessions(patrols.listed(state, purpose), figure, state, patrols.since(state))
    elif state.listed in OVER:
        OVER[state.listed](patrols.listed(state, purpose).frame, figure, lang=lang, scheme=scheme)
    is_playing = patrols.is_playing(state, purpose)
    title = head(
        _title(state), *_controls(state, shown), lang=lang, definition=answer.definition, note=" · ".join(told),
        export=_export(state, shown, is_playing),
    )  # fmt: skip
    return [*title, legend(state, is_playing)], figure


def _export(state: State, shown: patrols.PatrolMap, is_playing: bool) -> Any:
    """The downloads of the map; no picture while anybody's way is drawn on it."""
    graph_id = None if is_playing or state.listed == "patrol_sessions" else ID.PATROL_MAP
    question, arguments = patrols.shown(state, shown)
    return export_menu(question, patrols.here(state), arguments, graph_id=graph_id)


def _title(state: State) -> str:
    window = f" · {label(f'last_{patrols.DAYS[state.window]}', state.lang)}" if state.look == "coverage" else ""
    return label(state.look, state.lang) + window


def _when(state: State) -> str:
    """The day looked at, and the days that tracks tell of."""
    tracks, lang = patrols.tracks(state), state.lang
    if tracks.meta["known_since"] is None:
        return label("no_tracks", lang)
    if not patrols.is_known(state, patrols.DAYS[state.window]):
        return f"{label('no_tracks_then', lang)} · {label('last_tracks', lang)} {tracks.as_of}"
    said = [f"{label('as_of', lang)} {patrols.day(state)}", f"{label('last_tracks', lang)} {tracks.as_of}"]
    said += [label("tracks_since", lang).format(on=tracks.meta["known_since"])]
    return " · ".join([*said, *([label("base_only", lang)] if state.layer != "base" else [])])


def _controls(state: State, shown: patrols.PatrolMap) -> list[Any]:
    lang, names = state.lang, asks.level_names(patrols.here(state))
    can_play = patrols.here(state).scope is not None or state.session is not None
    windows = {code: label(f"last_{n}", lang) for code, n in patrols.DAYS.items()}
    return [
        *([switch("play", state.play, label("playback", lang))] if can_play else []),
        select("level", shown.level, {code: names[code] for code in shown.levels}, 110, label("level", lang)),
        segments("window", state.window, windows),
        segments("look", state.look, {look: label(look, lang) for look in LOOKS}),
    ]


@goes(Input(ID.PATROL_MAP, "clickData"))
def click_map(click: dict[str, Any] | None, state: State) -> State | None:
    """A grid: go into it. A blind spot or a checkpoint: into its grid. A case on the way: its drawer."""
    if not click:
        return None
    point = click["points"][0]
    place, about = point.get("location"), point.get("customdata") or []
    if len(about) > 2:
        return state.but(case=about[2])
    scope = place if place in trees.tree(patrols.here(state)).grids else next(iter(about[1:]), None)
    return state.but(scope=scope, layer="base") if scope else None


# ---------------------------------------------------------------------------------------------------------------------
# The lists


@shows(
    Output(ID.PATROL_LIST_HEAD, "children"), Output(ID.PATROL_LIST_NOTE, "children"), Output(ID.PATROL_LIST, "columnDefs"),
    Output(ID.PATROL_LIST, "rowData"), Input(ID.PURPOSE, "data"),
)  # fmt: skip
def show_list(state: State, purpose: str | None = None) -> tuple[Any, ...]:
    """The open list in the scope; a click on a row goes to its grid, or plays its session."""
    lang, answer = state.lang, patrols.listed(state, purpose)
    n, total = len(answer.frame), answer.meta.get("n_total", len(answer.frame))
    note = f"{label('shown_of', lang).format(n=number(n), total=number(total))} · {stamp(answer, lang)}"
    cases = html.A(label("cases_here", lang), href=state.href("/cases"), className="jump crumb")
    which = segments("listed", state.listed, {name: label(name, lang) for name in LISTS})
    ways = ("geojson",) if state.listed == "patrol_sessions" else ()  # a way is somebody's, though nobody is named
    export = export_menu(state.listed, patrols.here(state), patrols.of_list(state), without=ways)
    title = head(
        answer.definition.title.said(lang), cases, lang=lang, definition=answer.definition, note=note, export=export
    )
    return [*title, which], note_of(answer, state), columns_of(answer, purpose, lang), rows_of(answer, state)


@goes(Input(ID.PATROL_LIST, "cellClicked"), With(ID.PURPOSE, "data"))
def click_list(cell: dict[str, Any] | None, purpose: str | None, state: State) -> State | None:
    """A row: to its grid; a session: play it, where a purpose is stated."""
    return target_of(cell["rowId"], purpose, state) if cell and cell.get("rowId") else None
