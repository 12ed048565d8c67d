"""总览 Situation: the map first, with its days; what changed, which grids stand out, what is open, overdue, due and reported."""

from typing import Any, Final

import dash
from dash import Input, Output, html

from dash_app.asking import asks, published, trees
from dash_app.asking.state import State
from dash_app.frame.bar import period_said
from dash_app.frame.components import drawn, goes, graph, head, map_graph, panel, segments, select, shows, stamp, switch
from dash_app.frame.export_menu import export_menu
from dash_app.frame.ids import ID
from dash_app.parts import (
    patrols,
    situation_charts,
    situation_lists,  # noqa: F401  likewise
    situation_map,
    situation_numbers,
    time_machine,
)
from dash_app.parts.situation_map import SituationMap
from dash_app.serving import tiles
from gridgov import figures
from gridgov.figures.text import number
from gridgov.vocabulary import label

NUMBERS: Final = (ID.KPIS, ID.KPIS_DUE, ID.KPIS_BESIDE)
TOLD: Final = ("n_open", "n_overdue", "n_open_previous", "covered_m2", "due_m2")


def layout() -> html.Div:
    """The parts of the page, empty."""
    lists = [
        panel(
            ID.CHANGES_HEAD,
            html.Ul(id=ID.CHANGES, className="plain-list"),
            html.Ul(id=ID.SILENT, className="plain-list"),
        ),
        panel(ID.STANDOUTS_HEAD, html.Ul(id=ID.STANDOUTS, className="plain-list")),
        panel(ID.DAYS_TOP_HEAD, time_machine.top(), class_name="days-top"),
    ]
    bars = html.Div(graph(ID.BARS, fills=False), className="scroll fill", tabIndex="0")
    charts = [
        panel(ID.BARS_HEAD, bars, class_name="bars-panel"),
        panel(ID.FLOW_HEAD, graph(ID.FLOW, "fill"), class_name="flow-panel"),
    ]
    the_map = panel(ID.MAP_HEAD, *map_graph(ID.MAP), time_machine.bar(ID.MAP), class_name="map-panel")
    return html.Div(
        [
            html.Div([html.Div(id=group, className="kpi-group") for group in NUMBERS], className="kpis"),
            html.Div([the_map, html.Div(lists, className="column")], className="two map-first"),
            html.Div(charts, className="two charts"),
            html.Div(
                panel(ID.WORST_HEAD, *situation_charts.WORST.table(), class_name="worst-panel"), className="below"
            ),
        ],
        className="situation",
    )


dash.register_page(__name__, path="/", title="总览 Situation · gridgov", layout=layout)


@shows(Output(ID.KPIS, "children"))
def show_moving(state: State) -> list[Any]:
    """The first numbers on top."""
    return situation_numbers.moving(state)


@shows(Output(ID.KPIS_DUE, "children"))
def show_deadlines(state: State) -> list[Any]:
    """Those of deadlines."""
    return situation_numbers.deadlines(state)


@shows(Output(ID.KPIS_BESIDE, "children"))
def show_beside(state: State) -> list[Any]:
    """Those beside."""
    return situation_numbers.beside_cases(state)


@shows(Output(ID.MAP_HEAD, "children"), Output(drawn(ID.MAP), "data"))
def show_map(state: State) -> tuple[Any, Any]:
    """The grids of a level by what is chosen to colour them; over them open cases, hotspots, the patrols of the day."""
    lang, scheme, shown = state.lang, state.scheme, situation_map.map_of(state)
    if shown is None:
        return _show_places(state)
    figure = figures.choropleth(
        shown.rows, shown.measure, among=shown.among, shapes=published.shapes(shown.rows),
        chosen=shown.chosen, base=published.base(state),
        told=TOLD, lang=lang, scheme=scheme, revision=shown.revision, faint=time_machine.is_faint(state),
    )  # fmt: skip
    notes = [*_points(state, figure), *_hotspots(state, figure), *_walks(state, figure), *_unplaced(state, shown),
             stamp(shown.answer, lang)]  # fmt: skip
    question, arguments, of_period = situation_map.asked(state, shown.shade, shown.level, shown.above)
    export = export_menu(question, state, arguments, graph_id=ID.MAP, of_period=of_period)
    title = head(
        label(f"shade_{shown.shade}", lang), *_controls(state, shown), lang=lang, definition=shown.answer.definition,
        note=" · ".join(notes), export=export,
    )  # fmt: skip
    return title, figure


def _points(state: State, figure: Any) -> list[str]:
    """Cases, open or reported: as points where they are few, else as tiles, which gather them far out."""
    if not time_machine.is_faint(state):
        return []
    kind = situation_map.mapped(state)
    cases = situation_map.points_of(state, kind)
    if cases is None:
        figures.case_tiles(figure, tiles.address(state, kind), scheme=state.scheme)
    else:
        figures.points(cases.frame, zone=cases.meta["zone"], lang=state.lang, scheme=state.scheme, on=figure)
    return [f"{label('reported', state.lang)} {period_said(state)}"] if kind == "reported" else []


def _unplaced(state: State, shown: SituationMap) -> list[str]:
    """How many cases of those counted are in none of the grids drawn; and what a change is counted from."""
    frame, then = shown.answer.frame, shown.answer.meta.get("compared_with", {}).get("previous")
    counted = "n_overdue" if shown.shade == "n_overdue" else "n_open"
    n = int(frame.loc[frame["grid_code"].isna(), counted].sum()) if counted in frame else 0
    said = [label("unplaced", state.lang).format(n=number(n))] if n else []
    return [*said, *([label("since_then", state.lang).format(on=then["as_of"][:10])] if then else [])]


def _hotspots(state: State, figure: Any) -> list[str]:
    """Where open cases gather."""
    if not state.hot:
        return []
    spots = asks.ask(state, "hotspots")
    figures.hotspots(spots.frame, figure, lang=state.lang, scheme=state.scheme)
    word = "n_hotspots" if len(spots.frame) else "no_hotspots"
    return [label(word, state.lang).format(n=number(len(spots.frame)))]


def _walks(state: State, figure: Any) -> list[str]:
    """The lines of the patrols of the day; whose they are is not shown."""
    if not state.walks:
        return []
    if not patrols.is_known(state):
        return [label("no_tracks_then", state.lang)]
    on = patrols.day(state)
    return patrols.draw_sessions(patrols.ask(state, "patrol_sessions", since=on, until=on), figure, state, on)


def _controls(state: State, shown: SituationMap) -> list[Any]:
    lang, names = state.lang, asks.level_names(state)
    colours = {shade: label(f"shade_{shade}", lang) for shade in situation_map.shades(state)}
    levels = {code: names[code] for code in shown.levels if code in names}
    return [
        switch("points", time_machine.is_faint(state), label("cases", lang)),
        *_which(state),
        switch("hot", state.hot, label("hotspots", lang)),
        *([switch("walks", state.walks, label("walks", lang))] if "covered_share" in colours else []),
        *([segments("level", shown.level, levels)] if len(levels) > 1 else []),
        select("shade", shown.shade, colours, 136, label("shade", lang)),
        *(
            [select("per", situation_map.per(state), _exposures(state), 120, label("per", lang))]
            if shown.shade == "n_open_per"
            else []
        ),
    ]


def _which(state: State) -> list[Any]:
    """Which cases lie over the map, where any do and there is a choice."""
    kinds: dict[str, str] = {kind: label(kind, state.lang) for kind in situation_map.mappable(state)}
    shows_cases = time_machine.is_faint(state) and len(kinds) > 1
    return [segments("mapped", situation_map.mapped(state), kinds)] if shows_cases else []


def _exposures(state: State) -> dict[str, str]:
    return {name: label(f"per_{name}", state.lang) for name in situation_map.exposures(state)}


def _show_places(state: State) -> tuple[Any, Any]:
    """Where a town has no grids: its named places as bars."""
    answer = asks.ask(state, "backlog", by="place")
    figure = figures.bars(answer.frame, "place_name", part="n_overdue", lang=state.lang, scheme=state.scheme)
    title = f"{label('backlog', state.lang)} · {label('place', state.lang)}"
    note = label("no_grids", state.lang)
    return head(title, lang=state.lang, definition=answer.definition, note=note), figure


@goes(Input(ID.MAP, "clickData"))
def click_map(click: dict[str, Any] | None, state: State) -> State | None:
    """A grid: go into it. A hotspot: into the grid with most of it. A point: its case. A bar (no grids): filter by its place."""
    if not click:
        return None
    point = click["points"][0]
    if "location" in point:
        is_grid = point["location"] in trees.tree(state).grids
        return state.but(scope=point["location"] if is_grid else point["customdata"][1])
    if "lon" in point:
        return state.but(case=point["customdata"][0])
    return state.filtered("place", point["customdata"][0])
