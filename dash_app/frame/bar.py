"""The filter bar: where one is, which cases, of which period set beside what, as of when. All of it is in the address."""

from typing import Any, Final

import dash_mantine_components as dmc
from dash import ALL, Input, Output, html
from dash import State as Held

from dash_app.asking import asks, trees
from dash_app.asking.state import COMPARES, PERIODS, State
from dash_app.frame.components import explained, goes, link, named, select, shows
from dash_app.frame.ids import ID, filtering, setting
from gridgov.questions import definition_of
from gridgov.vocabulary import CHANNELS, LIGHTS, NODES, PLACE_STATUS, STATES, TRACKS, TRUTHS, Lang, Term, label

BAR: Final = ("unit", "category", "line", "channel", "source", "track", "urgent", "duplicate")
"""The dimensions that are offered to choose from; others are filtered by where they are shown."""
UNFILTERED: Final = ("/patrol", "/hierarchy")
"""Pages whose numbers know no filters of cases."""
_FIXED: Final = {"urgent": ("true", "false"), "duplicate": ("true", "false")}
_SAID: Final[dict[str, dict[str, Term]]] = {
    "place_status": PLACE_STATUS, "track": TRACKS, "urgent": TRUTHS, "duplicate": TRUTHS, "channel": CHANNELS,
    "state": STATES, "stage": NODES, "light": LIGHTS,
}  # fmt: skip
_EMPTY: Final = "\0"
"""In a control, in place of 'not given': no value of a file is this."""


@shows(Output(ID.CONTEXT, "children"), Output(ID.WELCOME, "children"), Input(ID.URL, "pathname"))
def show_context(state: State, path: str = "/") -> tuple[Any, Any]:
    """The bar; a welcome when nothing is loaded."""
    try:
        asks.town_of(state)
    except asks.NoTown:
        return None, _welcome(state.lang)
    way = html.Div([*_way(state), _filter_menu(state), *_chips(state), *_unheard(state, path)], className="way")
    return [way, html.Div([*_period(state), *_when(state)], className="when")], None


def value_said(name: str, value: str | None, state: State) -> str:
    """A value of a dimension as readers know it."""
    lang = state.lang
    if name == "source" and value is not None:
        return asks.system_names(state).get(value, value)
    return label("none", lang) if value is None else label(value, lang, _SAID[name]) if name in _SAID else value


def _welcome(lang: Lang) -> Any:
    commands = (
        "gridgov demo\n\ngridgov load grids FILE --mapping MAPPING\ngridgov load incidents FILE --mapping MAPPING"
    )
    return dmc.Paper([dmc.Text(label("no_town", lang), fw=600), html.Pre(commands)], className="panel empty-state")


# ---------------------------------------------------------------------------------------------------------------------
# Where


def _way(state: State) -> list[Any]:
    grids, levels = trees.tree(state), asks.level_names(state)
    town = asks.towns(state.lang).get(asks.town_of(state).code, "")
    way = grids.way(state.scope)
    if not way and grids.root is None:
        return [html.Span(town, className="here"), html.Span(label("no_grids", state.lang), className="level")]
    if not way:
        lost = [html.Span(f"{label('grid', state.lang)}: {state.scope}"), html.Span("×", className="off")]
        return [html.Span(town, className="here"), link(lost, state.but(scope=None).query(), "way", "jump chip")]
    names = [town, *[grid.name for grid in way[1:]]]
    parts: list[Any] = []
    for grid, name in zip(way[:-1], names, strict=False):
        scope = None if grid.parent is None else grid.code
        parts += [link(name, state.but(scope=scope).query(), "way", "jump crumb"), html.Span("›", className="sep")]
    level = levels.get(way[-1].level, way[-1].level)
    return [*parts, html.Span(names[-1], className="here"), html.Span(level, className="level")]


# ---------------------------------------------------------------------------------------------------------------------
# Which cases


def _filter_menu(state: State) -> dmc.Popover:
    lang, n = state.lang, len(state.filters)
    said = f"{label('filters', lang)} {n}" if n else label("filters", lang)
    apply = html.Button(label("apply", lang), id=ID.APPLY, className="button", type="button")
    fields = [*[_field(state, name) for name in BAR], apply]
    return dmc.Popover(
        [
            dmc.PopoverTarget(html.Button([said, " ▾"], className="jump chip", type="button")),
            dmc.PopoverDropdown(html.Div(fields, className="filter-fields")),
        ],
        width=560, shadow="md", position="bottom-start", trapFocus=True, withRoles=False,
    )  # fmt: skip


def _field(state: State, name: str) -> dmc.MultiSelect:
    lang, now = state.lang, state.where.get(name, [])
    offered = dict.fromkeys([*(_FIXED.get(name) or asks.choices(state, name)), *now])
    data = [{"value": _EMPTY if v is None else v, "label": value_said(name, v, state)} for v in offered]
    return dmc.MultiSelect(
        id=filtering(name), label=label(name, lang), data=data, value=[_EMPTY if v is None else v for v in now], size="xs",
        searchable=True, clearable=True, limit=80, nothingFoundMessage=label("no_data", lang),
        comboboxProps={"withinPortal": False},
    )  # fmt: skip


@goes(Input(ID.APPLY, "n_clicks"), Held({"filter": ALL}, "value"), Held({"filter": ALL}, "id"))
def apply(
    n_clicks: int | None, values: list[list[str] | None], ids: list[dict[str, str]], state: State
) -> State | None:
    """What has been chosen becomes the filters of the address."""
    if not n_clicks:
        return None
    for chosen, of in zip(values, ids, strict=True):
        state = state.with_filter(of["filter"], [None if value == _EMPTY else value for value in chosen or []])
    return state


def _chips(state: State) -> list[Any]:
    found = []
    for name, values in state.where.items():
        said = " / ".join(value_said(name, value, state) for value in values)
        text = [html.Span(f"{label(name, state.lang)}: {said}"), html.Span("×", className="off")]
        found.append(link(text, state.unfiltered(name).query(), f"filter-{name}", "jump chip on"))
    return found


def _unheard(state: State, path: str) -> list[Any]:
    """Says so where filters do not count."""
    if "to_unit" in state.where and not (path == "/cases" and asks.hears_pairs(state.behind)):
        return [html.Span(label("no_pairs", state.lang), className="panel-note late-text")]
    if not state.filters or path not in UNFILTERED:
        return []
    return [html.Span(label("no_filters", state.lang), className="panel-note late-text")]


# ---------------------------------------------------------------------------------------------------------------------
# When


def _period(state: State) -> list[Any]:
    lang = state.lang
    kinds = {name: label(f"kind_{name}", lang) for name in PERIODS}
    beside = {name: label(f"compare_{name}", lang) for name in COMPARES}
    return [
        select("period", state.period, kinds, 92, label("period", lang)),
        *(_days(state) if state.period == "range" else [html.Span(period_said(state), className="period-said")]),
        select("compare", state.compare, beside, 134, label("compare", lang)),
    ]


def period_said(state: State) -> str:
    """The statistical period with its number and days; with the year where it is not that of the data's last day."""
    told = asks.period(state)
    if state.lang == "zh" and told.get("kind", "year") != "year" and told["last"][:4] != asks.latest(state)[:4]:
        return f"{told['last'][:4]}年{told['said']}"
    if state.lang == "zh" or "number" not in told:
        return str(told["said"])
    return f"No. {told['number']} ({told['begin']} – {told['last'][5:]})"


def _days(state: State) -> list[Any]:
    days = asks.period(state)
    shown = {"since": days["begin"], "until": days["last"]}
    return [_picker(name, day, asks.latest(state)[:10], label(name, state.lang)) for name, day in shown.items()]


def _picker(field: str, day: str, latest: str, name: str) -> dmc.DatePickerInput:
    return dmc.DatePickerInput(
        id=setting(field, day), value=day, maxDate=latest, valueFormat="YYYY-MM-DD",
        monthLabelFormat="YYYY-MM", monthsListFormat="MM", size="xs", w=118, **named(name),
    )  # fmt: skip


def _when(state: State) -> list[Any]:
    lang, latest = state.lang, asks.latest(state)[:10]
    shown = (state.as_of or latest)[:10]
    names = {code: label(f"layer_{code}", lang).removeprefix("layer_") for code in asks.layers(state)}
    words = label("data_ends", lang).format(on=latest, asked=(state.later or "")[:10])
    is_late = html.Span(words, className="late-text") if state.later else None
    now = f"jump latest{' off' if not state.as_of else ''}"
    return [
        *([select("layer", state.layer, names, 116, label("layer", lang))] if len(names) > 1 else []),
        html.Span([label("as_of", lang), explained(definition_of("backlog"), lang)], className="when-label"),
        _picker("as_of", shown, max(latest, shown), label("as_of", lang)),
        *([is_late] if is_late else []),
        link(label("today", lang), state.but(as_of=None).query(), "latest", now),
    ]


def filters_said(state: State) -> str:
    """Scope, filters and period in a line, for what leaves the screen."""
    way = trees.tree(state).way(state.scope)
    parts = [way[-1].name] if way else []
    parts += [
        f"{label(n, state.lang)}: {' / '.join(value_said(n, v, state) for v in vs)}" for n, vs in state.where.items()
    ]
    return " · ".join(parts)
