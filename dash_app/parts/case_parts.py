"""The parts of the page of one case: its limit, its course as a timeline, what names its unit, its place, who passed."""

from typing import Any, Final

import dash_mantine_components as dmc
from dash import dcc, html

from dash_app.asking.state import State
from dash_app.frame.case_lists import left
from dash_app.frame.components import named
from gridgov.figures.style import COLOURS
from gridgov.figures.text import NOTHING, column_name, known, moment, number, tenths
from gridgov.process import EVENTS
from gridgov.questions import Answer
from gridgov.vocabulary import ACTORS, CLOCKS, EVIDENCE, LIGHTS, LIMIT_UNITS, NODES, RELATIONS, UNIT_KINDS, label

_SHOWN: Final = 40
"""Rows of the lists beside a case; the head says how many there are."""


def limit(row: dict[str, Any], zone: str, state: State) -> html.Div:
    """The countdown: what is left or over, the light with its word, and until when."""
    lang, days = state.lang, int(row["day_only"] or 0)
    due = moment(row["due_at"], zone, bool(days & 4))
    stands = label("clock_stands", lang).format(why=label(row["stage"], lang, NODES)) if row["paused_at"] else None
    said = left(row, state) or stands or label("no_clock" if row["is_open"] else "closed", lang)
    light: list[Any] = []
    if row["light"]:
        ground, ink = COLOURS[state.scheme].lights[row["light"]]
        word = label(row["light"], lang, LIGHTS)
        light = [html.Span(word, className="light", style={"background": ground, "color": ink})]
    ended = (
        None if row["is_open"] else label("ended_at", lang).format(at=moment(row["closed_at"], zone, bool(days & 2)))
    )
    until = label("due_until", lang).format(at=due) if known(row["due_at"]) else label("no_due", lang)
    return html.Div(
        [
            html.Div([label("countdown", lang), *light], className="kpi-name"),
            html.Div(said, className=f"kpi-value {'late' if row['is_overdue'] else ''}"),
            html.Div(" · ".join(text for text in (until, ended) if text), className="kpi-below"),
        ],
        className="kpi case-limit",
    )


# ---------------------------------------------------------------------------------------------------------------------
# The course


def timeline(answer: Answer, state: State) -> dmc.Timeline:
    """Every step with the clock of the node it entered; a click on a step shows the rule of the clock that applied."""
    rows, zone = answer.rows(), answer.meta["zone"]
    items = [
        dmc.TimelineItem(_step(row, zone, state), title=_rule(row, answer.meta["rules"], zone, state)) for row in rows
    ]
    return dmc.Timeline(items, active=len(items) - 1, bulletSize=14, lineWidth=2, color="blue", className="course")


def _step(row: dict[str, Any], zone: str, state: State) -> list[Any]:
    lang = state.lang
    role = label(row["actor_role"], lang, ACTORS) if row["actor_role"] else None
    facts = [moment(row["at"], zone, bool(row["is_day"])), row["unit"], role, row["reason"], row["note"]]
    if known(row["due_at"]):
        facts.append(label("new_due", lang).format(at=moment(row["due_at"], zone)))
    lines = [html.Div(" · ".join(str(fact) for fact in facts if known(fact) and fact != ""), className="step-facts")]
    return [*lines, _node(row, zone, state)] if row["stage"] else lines


def _node(row: dict[str, Any], zone: str, state: State) -> html.Div:
    """The stay in the node that the step entered: how long in working hours, its limit, whether it took longer."""
    lang = state.lang
    round_the_clock = row["limit_unit"] in ("urgent_hour", "natural_day")
    spent = (
        _length(row["stage_h"], "hours", state)
        if round_the_clock
        else _length(row["stage_work_h"], "work_hours", state)
    )
    said = [f"{label(row['stage'], lang, NODES)} {spent}"]
    if known(row["limit_value"]):
        said.append(_limit(row, state))
    elif known(row["stage_due_at"]):
        said.append(label("until_due", lang).format(at=moment(row["stage_due_at"], zone)))
    if not known(row["left_at"]):
        said.append(label("still_there", lang))
    over = [html.Span(label("is_over", lang), className="late-text")] if row["is_stage_over"] else []
    return html.Div([html.Span(" · ".join(said)), *over], className="step-node")


def _limit(row: dict[str, Any], state: State) -> str:
    value, unit = row["limit_value"], row["limit_unit"]
    said = f"{number(value)} {label(unit, state.lang, LIMIT_UNITS)}"
    return label("of_limit", state.lang).format(
        n=_length(value, "hours", state) if unit == "urgent_hour" and value < 1 else said
    )


def _length(hours: float, word: str, state: State) -> str:
    """Hours in words, short ones in minutes."""
    if not known(hours):
        return NOTHING
    n = number(round(60 * hours)) if hours < 1 else tenths(hours)
    return label("n_minutes" if hours < 1 else word, state.lang).format(n=n)


def _rule(row: dict[str, Any], version: str, zone: str, state: State) -> dmc.Popover:
    """The name of a step; pressed it tells what the step did to the clock, and by which rule."""
    lang = state.lang
    name = row[f"event_{lang}"]
    lines = [label(row["clock"], lang, CLOCKS)]
    if row["stage"]:
        node = label(row["stage"], lang, NODES)
        held = _limit(row, state) if known(row["limit_value"]) else label("until_due", lang).format(
            at=moment(row["stage_due_at"], zone)
        ) if known(row["stage_due_at"]) else label("no_due", lang)  # fmt: skip
        lines.append(f"{node}: {held}")
    event = EVENTS.get(row["event"])
    if row["basis"] == "row":
        lines.append(label("by_row", lang))
    elif event is not None:
        lines.append(label("by_whom", lang).format(who=", ".join(label(role, lang, ACTORS) for role in event.by)))
    version = label("rule_of", lang).format(version=version)
    card = [
        dmc.Text(f"{label('clock_rule', lang)} · {name}", fw=600, size="sm"),
        *[html.Div(line, className="meaning") for line in lines],
        dmc.Text(version, size="xs", mt=8, c="dimmed"),
    ]
    button = html.Button(name, className="jump step", type="button", **named(f"{name}: {label('clock_rule', lang)}"))
    return dmc.Popover(
        [dmc.PopoverTarget(button), dmc.PopoverDropdown(card)],
        width=320,
        shadow="md",
        withArrow=True,
        position="right",
        withRoles=False,
    )


def evidence(answer: Answer, state: State) -> Any:
    """What was delivered as evidence, before and after the handling; says so when there is none."""
    lang, zone, rows = state.lang, answer.meta["zone"], answer.rows()
    handled = next((row["at"] for row in rows if row["event"] == "handled"), None)
    told = [
        [
            label("before_handling" if handled is None or row["at"] < handled else "after_handling", lang),
            label(row["evidence_kind"] or "photo", lang, EVIDENCE),
            moment(row["at"], zone),
            html.Code(str(row["evidence_hash"] or row["evidence"])[:16], className="mono"),
        ]
        for row in rows
        if row["evidence_kind"] or row["evidence_hash"] or row["evidence"]
    ]
    return _rows([], told) if told else html.Div(label("no_evidence", lang), className="panel-note pad")


# ---------------------------------------------------------------------------------------------------------------------
# Around it


def why(answer: Answer, state: State) -> Any:
    """What names the unit, one line each; the one that answers now is marked."""
    lang, zone = state.lang, answer.meta["zone"]
    told = []
    for row in answer.rows():
        said = {
            "catalogue": _catalogue(row, state), "case": moment(row["at"], zone),
            "event": f"{row[f'event_{lang}']} {moment(row['at'], zone)}",
        }[row["basis"]]  # fmt: skip
        unit = row["unit"] or (label("none_of_kind", lang) if row["owner_text"] else NOTHING)
        mark = html.Span(label("answers_now", lang), className="mark") if row["is_now"] else None
        reason = f" · {row['reason']}" if row["reason"] else ""
        told.append([label(f"basis_{row['basis']}", lang), html.Span([unit, mark]), said + reason])
    return _rows([], told) if told else html.Div(label("nobody_named", lang), className="panel-note pad")


def _catalogue(row: dict[str, Any], state: State) -> str:
    if not row["owner_text"]:
        return label("catalogue_nobody", state.lang)
    owner = label(row["owner_text"], state.lang, UNIT_KINDS)
    said = label("catalogue_names", state.lang).format(code=row["item_code"], owner=owner)
    return " · ".join(text for text in (said, row["condition"], row["limit_text"]) if text)


def history(answer: Answer, state: State) -> Any:
    """The other cases at the place: duplicates first, then those of the same kind, the latest of each first."""
    lang, zone = state.lang, answer.meta["zone"]
    rows = sorted(answer.rows(), key=lambda row: list(RELATIONS).index(row["relation"]))[:_SHOWN]
    names = ("case_no", "relation", "reported_at", "subcategory", "address", "metres", "state", "unit")
    told = [
        [
            dcc.Link(row["case_no"], href=state.but(case=row["case_no"]).href("/case"), className="crumb"),
            label(row["relation"], lang, RELATIONS), moment(row["reported_at"], zone, bool(int(row["day_only"] or 0) & 1)),
            row["subcategory"] or NOTHING, html.Span(row["address"] or NOTHING, title=row["description"] or ""),
            f"{number(round(row['metres']))} m" if known(row["metres"]) else label("address", lang),
            _open(row, state), row["unit"] or NOTHING,
        ]
        for row in rows
    ]  # fmt: skip
    return _rows([column_name(name, lang) for name in names], told) if told else _none(state)


def _open(row: dict[str, Any], state: State) -> Any:
    if not row["light"]:
        return label("closed", state.lang)
    ground, ink = COLOURS[state.scheme].lights[row["light"]]
    return html.Span(
        label(row["light"], state.lang, LIGHTS), className="light", style={"background": ground, "color": ink}
    )


def passed(answer: Answer, state: State) -> Any:
    """When patrols passed and how near, the latest first; says where that is not known."""
    lang, meta, zone = state.lang, answer.meta, answer.meta["zone"]
    if not meta["has_place"]:
        return html.Div(label("passed_no_place", lang), className="panel-note pad")
    begins = meta["known_since"]
    if begins is None or meta["until"][:10] < begins:
        return html.Div(label("passed_unknown", lang), className="panel-note pad")
    notes = [label("passed_partly", lang).format(on=begins)] if meta["since"][:10] < begins else []
    notes += [label("passed_unkept", lang).format(n=number(meta["n_unkept"]))] if meta["n_unkept"] else []
    told = [
        [
            moment(row["passed_at"], zone),
            label("before_report" if row["is_before"] else "after_report", lang),
            f"{tenths(row['metres'])} m",
        ]
        for row in answer.rows()[::-1][:_SHOWN]
    ]
    body = _rows([column_name("at", lang), "", label("apart", lang)], told) if told else None
    return [html.Div(note, className="panel-note pad") for note in notes] + [
        body or html.Div(label("passed_nobody", lang), className="panel-note pad")
    ]


def _none(state: State) -> html.Div:
    return html.Div(label("no_data", state.lang), className="panel-note pad")


def _rows(heads: list[str], told: list[list[Any]]) -> html.Table:
    head = [html.Thead(html.Tr([html.Th(name) for name in heads]))] if heads else []
    return html.Table([*head, html.Tbody([html.Tr([html.Td(cell) for cell in row]) for row in told])], className="rows")
