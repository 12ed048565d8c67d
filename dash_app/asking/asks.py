"""Asking on behalf of the pages: what a reader looks at becomes the arguments of a question.

An answer is remembered by question, version of its definition, arguments, scope, town and data version; see cache.
"""

import gzip
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal

import gridgov
from dash_app.asking import state as states
from dash_app.asking.cache import once, remembered
from dash_app.asking.state import FILTERS, State
from gridgov.errors import GridgovError
from gridgov.questions import Answer, Town, definition_of, plain_dimensions
from gridgov.questions.asking import LOADED
from gridgov.questions.behind import FIGURES
from gridgov.questions.moments import instant
from gridgov.questions.tiles import QUESTION, Kind, Tile
from gridgov.store.runs import Town as About
from gridgov.vocabulary import Lang

MAX_POINTS = 2_000
MapKind = Kind | Literal["sessions"]
TILED: Final[Mapping[MapKind, str]] = {
    "open": QUESTION["open"],
    "reported": QUESTION["reported"],
    "sessions": "patrol_sessions",
}
"""What tiles are served of, and the question of each."""


class NoTown(GridgovError):
    """Nothing is loaded yet; the shell says so, no notice is needed."""


# ---------------------------------------------------------------------------------------------------------------------
# Towns


def _about(code: str) -> About:
    """What the store knows of a town. Raises UnknownScope."""
    return once(("about", code), Town(code).about)


def data_version(town: Town) -> str:
    """What is another after every load of the town, and after a restore, when a version may mean other data than before."""
    about = _about(town.code)
    return f"{about.data_version} {about.stamp}"


def towns(lang: Lang) -> dict[str, str]:
    """Names of the loaded towns by code."""
    abouts = [_about(code) for code in gridgov.towns()]
    return {about.code: (about.name_zh if lang == "zh" else None) or about.name for about in abouts}


def versions() -> dict[str, str]:
    """The data version of each town; pages look at it now and then."""
    return {code: data_version(Town(code)) for code in gridgov.towns()}


def town_of(state: State) -> Town:
    """The town a state speaks of; without one, the first there is. Raises NoTown, UnknownScope."""
    code = state.town or _first()
    if code is None:
        raise NoTown("Nothing is loaded yet.")
    return Town(_about(code).code)


def _first() -> str | None:
    """The first town there is."""
    return once("first", lambda: next(iter(gridgov.towns()), None))


def zone(state: State) -> str:
    """The time zone of the town."""
    return _about(town_of(state).code).time_zone


def layers(state: State) -> list[str]:
    """The layers of grids of the town; empty when it has no grids."""
    town = town_of(state)
    return remembered(["layers", town.code, data_version(town)], town.layers)


def level_names(state: State) -> dict[str, str]:
    """What the levels of the layer are called, by their code."""
    town = town_of(state)
    key = ["levels", town.code, data_version(town), state.layer]
    levels = remembered(key, lambda: town.levels(state.layer))
    names = levels["name_zh"].fillna(levels["name"]) if state.lang == "zh" else levels["name"]
    return dict(zip(levels["code"], names.fillna(levels["code"]), strict=True))


# ---------------------------------------------------------------------------------------------------------------------
# Questions


def ask(state: State, question: str, *, where: dict[str, Any] | None = None, keep: bool = True, **more: Any) -> Answer:
    """The answer for what the reader looks at: its as_of, scope, layer and filters, as far as the question takes them.

    keep  False = not remembered: what is large and asked once
    """
    town, definition = town_of(state), definition_of(question)
    now = _now(town) if definition.about == "cases" and question not in LOADED else None
    filters = {**_heard(state, question, more.get("behind")), **(where or {})}
    given = {"as_of": state.as_of or now, "scope": state.scope, "layer": state.layer, "where": filters or None, **more}
    arguments = {name: value for name, value in given.items() if name in definition.takes and value is not None}
    if not keep:
        return town.ask(question, **arguments)
    minute = _minute() if question in LOADED else None
    key = ["answer", town.code, data_version(town), question, definition.version, arguments, minute]
    return remembered(key, lambda: town.ask(question, **arguments))


def _heard(state: State, question: str, behind: str | None = None) -> dict[str, Any]:
    """The filters of the reader that a question takes: to whom cases were handed on only where that is what is listed."""
    taken = {*(LOADED.get(question) or plain_dimensions(question))}
    if question == "cases" and not hears_pairs(behind):
        taken -= {"to_unit"}
    return {name: values for name, values in state.where.items() if name in taken}


def hears_pairs(behind: str | None) -> bool:
    """True for a list of cases that one unit handed on to another."""
    return (behind or "").startswith("handover.")


def _minute() -> int:
    return int(time.time() // 60)


def _now(town: Town) -> str | None:
    """The instant all answers of this minute speak of while the town's data is of today, so that lights change as time
    passes and a number says the same as its list; None where the data ends on a day that is over.
    """
    as_of = remembered(["now", town.code, data_version(town), _minute()], lambda: town.ask("backlog").as_of)
    return None if len(as_of) == 10 else as_of


def of_period(state: State, question: str, *, compared: bool = False, **more: Any) -> Answer:
    """As `ask`, of the statistical period of the bar: the one that holds the day looked at, or the days it says.

    compared  set beside what the bar says, for questions that can be; see gridgov.questions.comparing for the columns
    """
    beside = state.compare if compared and state.compare != "none" else None
    return ask(state, question, **{**_period(state, question), "compare": beside, **more})


def _period(state: State, question: str) -> dict[str, Any]:
    if state.period == "range":
        until = state.until or (state.as_of or latest(state))[:10]
        return {"since": state.since or until, "until": until}
    if "during" in definition_of(question).takes:
        return {"during": f"{state.period}:{(state.as_of or latest(state))[:10]}"}
    days = period(state)
    return {"since": days["begin"], "until": min(days["last"], (state.as_of or latest(state))[:10])}


def period(state: State) -> dict[str, Any]:
    """The period of the bar: `said` in words with its number and days, `begin`, `last`, `is_over`."""
    if state.period == "range":
        days = _period(state, "flow")
        return {
            "begin": days["since"],
            "last": days["until"],
            "said": f"{days['since']} — {days['until']}",
            "is_over": True,
        }
    told: dict[str, Any] = of_period(State(town=state.town, as_of=state.as_of, period=state.period), "flow").meta[
        "during"
    ]
    return told


def step(state: State) -> str:
    """What a chart over the period of the bar goes by: a week and a month by days, a quarter by weeks, a year by months."""
    told = period(state)
    days = (date.fromisoformat(told["last"]) - date.fromisoformat(told["begin"])).days
    return "day" if days < 62 else "week" if days < 186 else "month"


def over_period(state: State, question: str, **more: Any) -> Answer:
    """As `of_period`, in steps; where the period is a day, the last 31."""
    read = ask if state.period == "day" else of_period
    return read(state, question, by=step(state), **more)


def choices(state: State, name: str) -> list[str | None]:
    """The values a dimension has had within the last year of the data, the most frequent first; None = not given."""
    town, until = town_of(state), date.fromisoformat(latest(state)[:10])

    def counted() -> list[str | None]:
        answer = ask(State(town=state.town), "flow", by=name, since=until - timedelta(365), until=until)
        counts: Counter[str | None] = Counter()
        for row in answer.rows():
            counts[row[answer.frame.columns[1]]] += row["n_reported"]
        return [value for value, _ in counts.most_common()]

    return remembered(["choices", town.code, data_version(town), name, until], counted)


def system_names(state: State) -> dict[str, str]:
    """What the connected systems are called, by the code that their loads say."""
    town = town_of(state)

    def named() -> dict[str, str]:
        rows = ask(State(town=state.town), "systems").rows()
        return {row["source"]: row[f"source_{state.lang}"] or row["source"] for row in rows}

    return remembered(["names", town.code, data_version(town), state.lang, _minute()], named)


# ---------------------------------------------------------------------------------------------------------------------
# Tiles


def tile_key(state: State, kind: MapKind, z: int, x: int, y: int) -> list[Any]:
    """What a tile depends on: the place, the arguments, the versions of its question and of the town's data."""
    town, definition = town_of(state), definition_of(TILED[kind])
    given: dict[str, Any] = {"as_of": state.as_of, "scope": state.scope, "layer": state.layer}
    if kind != "sessions":
        given |= {"as_of": state.as_of or _now(town), "where": _heard(state, definition.id) or None}
    given |= {"search": state.search} if kind == "open" else _period(state, definition.id)
    arguments = {name: value for name, value in given.items() if value is not None}
    return ["tile", town.code, data_version(town), kind, definition.version, z, x, y, arguments]


def tile(key: list[Any]) -> bytes:
    """The tile of such a key, gzipped; its cases are found once for all tiles. Raises as `Town.found` and `Town.tile_of` do."""
    _, code, data, kind, version, z, x, y, arguments = key
    town = Town(code)

    def made() -> Tile:
        if kind == "sessions":
            return town.session_tile(z, x, y, **arguments)
        about = ["found", code, data, kind, version, arguments]
        return town.tile_of(remembered(about, lambda: town.found(kind, **arguments)), z, x, y)

    return remembered(key, lambda: gzip.compress(made().content, 6, mtime=0))


def latest(state: State) -> str:
    """The last day the town's data tells of."""
    return once(("latest", state.town), lambda: ask(State(town=state.town), "backlog").as_of)


def looked_at(view: dict[str, Any] | None) -> State:
    """The state of a view, as of no later than the data tells."""
    return known(states.of(view))


def known(state: State) -> State:
    """The same, as of the last day of the data where it asks for a day after it: no part of a page speaks of another day.

    `State.later` keeps what was asked for. Where it is not known when the data ends, whatever is asked next says why.
    """
    try:
        until = latest(state)[:10] if state.as_of else ""
    except GridgovError:
        return state
    return state if (state.as_of or "")[:10] <= until else replace(state, as_of=until, later=state.as_of)


def behind_h(state: State) -> float:
    """Hours from the last moment the town's data tells of until now."""
    at = instant(latest(state), zone(state)).at
    return max((datetime.now(UTC) - at).total_seconds() / 3_600, 0.0)


def loads(state: State) -> Answer:
    """The loads until now, of the systems that are filtered by, never remembered."""
    return town_of(state).ask("loads", where=_sources(state), limit=200)


def refusals(state: State) -> Answer:
    """Why rows wait in quarantine now, of the systems that are filtered by, never remembered."""
    return town_of(state).ask("refusals", where=_sources(state))


def quarantined(state: State, limit: int = 200) -> Answer:
    """The rows in quarantine of the system, kind and reason that `refused` says, never remembered."""
    source, kind, reason = refused_of(state)
    return town_of(state).ask("quarantined", where={"source": source, "kind": kind, "reason": reason}, limit=limit)


def refused_of(state: State) -> tuple[str, str, str]:
    """System, kind of file and reason that `refused` says; empty where it says none."""
    source, kind, reason = [*(state.refused or "").split("/", 2), "", "", ""][:3]
    return source, kind, reason


def _sources(state: State) -> dict[str, Any] | None:
    return {"source": state.where["source"]} if "source" in state.where else None


def cases(state: State, **more: Any) -> Answer:
    """The list of cases of the reader: those behind the figure of the address, else the open ones or all; searched."""
    asked, is_of_period = of_cases(state)
    return (of_period if is_of_period else ask)(state, "cases", **asked, **more)


def of_cases(state: State) -> tuple[dict[str, Any], bool]:
    """What that list is asked with beside the state, and whether it is of the period of the bar."""
    if state.behind is None:
        return {"search": state.search, "where": {"open": True} if state.only_open else None}, False
    return {"search": state.search, "behind": state.behind}, bool(FIGURES[state.behind].source)


def cases_href(
    state: State, *, behind: str | None = None, since: str | None = None, until: str | None = None, **filters: Any
) -> str:
    """The address of the list of the cases that a figure counts, for the reader's scope, filters, period and as_of.

    behind    the figure, as question.column: "on_time.n_late_closed"; see gridgov.questions.behind
    since, until   days, where the figure is of another period than that of the bar
    filters   further ones, a value or a list of them (None = not given); those that the question of the figure does not take
              stay behind, as they did when the figure was made
    """
    taken = FILTERS if behind is None else (*plain_dimensions(behind.partition(".")[0]), "to_unit")
    there = state.but(behind=behind, only_open=False, search=None, case=None)
    there = replace(there, filters=tuple(pair for pair in there.filters if pair[0] in taken))
    if since is not None or until is not None:
        there = there.but(period="range", since=since, until=until)
    for name, value in filters.items():
        there = there.with_filter(name, value if isinstance(value, list) else [value])
    return there.href("/cases")


def case(state: State) -> tuple[Answer, dict[str, Any] | None]:
    """The case that is looked at, as it was at as_of; None when there is none of that number."""
    anywhere = State(town=state.town, as_of=state.as_of, layer=state.layer)
    answer = ask(anywhere, "cases", case=state.case, limit=50)
    return answer, next((row for row in answer.rows() if row["case_no"] == state.case), None)


def open_points(state: State) -> Answer:
    """Open cases that have a point, the longest overdue first, at most MAX_POINTS."""
    placed = {"open": True, "place_status": ["located", "outside"]}
    return ask(state, "cases", where=placed, sort="due_at", limit=MAX_POINTS)


def reported_points(state: State) -> Answer | None:
    """Cases reported in the period of the bar that have a point; None where they may be more than MAX_POINTS."""
    placed = {"place_status": ["located", "outside"]}
    if of_period(state, "flow", where=placed).frame["n_reported"].sum() > MAX_POINTS:
        return None
    return of_period(state, "cases", behind="flow.n_reported", where=placed, limit=MAX_POINTS)


def worst(state: State, *, sort: list[str] | None = None, **more: Any) -> Answer:
    """The cases that are overdue longest; where none is, the open ones by deadline and age."""
    if ask(state, "overdue", limit=0).meta["n_total"]:
        return ask(state, "overdue", sort=sort, **more)
    return ask(state, "cases", where={"open": True}, sort=sort or ["due_at", "reported_at"], **more)


def kinds(state: State) -> tuple[str, Answer]:
    """Open cases by the dimension asked for; without one by category, or finer where all are of one category."""
    if state.by is not None:
        return state.by, ask(state, "backlog", by=state.by)
    answer = ask(state, "backlog", by="category")
    return ("category", answer) if len(answer.frame) > 1 else ("subcategory", ask(state, "backlog", by="subcategory"))


def has_deadlines(answer: Answer) -> bool:
    """True when any case of a backlog has a deadline, or nothing is open, so that 'overdue' means something."""
    return bool(answer.frame["n_with_deadline"].gt(0).any() or not answer.frame["n_open"].gt(0).any())
