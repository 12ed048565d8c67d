"""The parts of the wall: large figures, who is on duty, as of when, and the alarm. No names, no addresses."""

from typing import Any

from dash import html

from dash_app.asking import trees
from dash_app.asking.state import State
from dash_app.parts import duty, wall
from gridgov.errors import SettingsError
from gridgov.figures.text import age, number
from gridgov.vocabulary import PLACE_STATUS, Lang, label


def figure(name: str, value: Any, below: str = "", tone: str = "") -> html.Div:
    """A number to be read from across the room, with its name above and what it is of below."""
    shown = value if isinstance(value, str) else number(value)
    return html.Div(
        [
            html.Div(name, className="wall-name"),
            html.Div(shown, className=f"wall-value {tone}"),
            html.Div(below, className="wall-below"),
        ]
    )


def length(limit: dict[str, Any], lang: Lang) -> str:
    """A limit as people say it."""
    if limit["unit"] == "urgent_hour" and limit["value"] < 1:
        return label("wall_minutes", lang).format(n=number(round(60 * limit["value"])))
    return label(f"in_{limit['unit']}", lang).format(n=number(limit["value"]))


def roster(there: wall.Moment, lang: Lang) -> list[Any]:
    """The posts on duty; how to write them down where there are none."""
    try:
        written = duty.roster()
    except SettingsError as error:
        return [html.Div(str(error).replace(str(duty.path()), duty.path().name), className="wall-how")]
    on = written.on(there.now) if written else None
    if on is None:
        how = label("wall_no_roster" if written is None else "wall_nobody", lang).format(path=duty.path().name)
        return [html.Div([html.B(label("wall_duty_none", lang)), html.Span(how)], className="wall-how")]
    pairs = ((label("wall_leader", lang), on.leader), (label("wall_officer", lang), on.officer))
    return [html.Div([html.Span(name), html.B(post)]) for name, post in pairs]


def said(there: wall.Moment) -> list[Any]:
    """Of which grid unless it is the town, as of when, how long ago that is, and the clock; what is not now stands out."""
    return [*_scope(there.state), *_as_of(there), html.Time(f"{there.now:%m-%d %H:%M}")]


def _scope(state: State) -> list[Any]:
    if state.scope is None:
        return []
    grid = trees.tree(state).at(state.scope)
    return [html.B(grid.name if grid else state.scope)]


def _as_of(there: wall.Moment) -> list[Any]:
    lang = there.state.lang
    if there.until is None:
        return [html.Strong(label("no_data", lang))]
    until = f"{label('as_of', lang)} {there.until:%Y-%m-%d %H:%M}"
    if there.is_asked:
        return [html.Strong(label("wall_asked", lang).format(at=str(there.state.as_of)[:16].replace("T", " ")))]
    if there.is_stale:
        minutes = there.age_min or 0
        ago = label("wall_minutes", lang).format(n=number(minutes)) if minutes < 120 else age(minutes / 60, lang)
        return [html.Strong(label("wall_stale", lang).format(until=until, ago=ago))]
    return [html.Span(until)]


def alarm(fresh: list[dict[str, Any]], state: State) -> list[Any]:
    """What has turned red: what it is, in which grid, whose, by how much; the newest large, how many others below. No address."""
    lang, row = state.lang, fresh[0]
    grids = trees.tree(state).grids
    village = grids.get(row["parent_code"] or "")
    where = " · ".join(
        dict.fromkeys(name for name in (village.name if village else None, row["grid_name"]) if name)
    ) or label(row["place_status"], lang, PLACE_STATUS)
    matter = " / ".join(part for part in (row["category"], row["subcategory"]) if part) or label("case", lang)
    over = label("wall_over", lang).format(ago=label("wall_minutes", lang).format(n=number(60 * row["late_h"] // 1))
                                           if row["late_h"] < 2 else age(row["late_h"], lang))  # fmt: skip
    more = label("wall_more", lang).format(n=number(len(fresh) - 1)) if len(fresh) > 1 else ""
    return [
        html.Div(label("wall_alarm", lang), className="wall-alarm-head"),
        html.Div(matter, className="wall-alarm-what"),
        html.Div(where, className="wall-alarm-where"),
        html.Div([html.Span(row["unit"] or label("no_unit", lang)), html.B(over)], className="wall-alarm-who"),
        html.Div([html.Span(row["case_no"]), html.Span(more)], className="wall-alarm-more"),
    ]
