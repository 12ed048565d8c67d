"""Asking: arguments as people write them -> instants, scopes, conditions and keys that the SQL of a question takes."""

import tomllib
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal, TypeVar

import pandas as pd

from gridgov.analytics.periods import KINDS, Cycle, Period, begin_of, day_at
from gridgov.errors import QuestionError, UnknownScope
from gridgov.questions.definition import Definition
from gridgov.questions.meant import meant
from gridgov.questions.moments import Day, During, Instant, day_of, instant, period_asked, told
from gridgov.resources import resource
from gridgov.rules import Rules
from gridgov.store import grids, rulebook
from gridgov.store.database import Connection, frame, run
from gridgov.store.grids import BASE, GridSet
from gridgov.store.lasting import lasting
from gridgov.store.runs import Town
from gridgov.text import nearest
from gridgov.vocabulary import ENDED, STATES

_T = TypeVar("_T")

PERIODS = KINDS
LISTS = ("cases", "at_risk", "overdue", "suspended")
FLAGS = ("open", "overdue", "at_risk")
"""What lists can be filtered with beside dimensions; and `due`, one of DUE."""

LOADED: Mapping[str, tuple[str, ...]] = {
    "loads": ("source", "kind", "status"),
    "refusals": ("source", "kind", "reason"),
    "quarantined": ("source", "kind", "reason"),
}
"""What lists of loads and of their rows can be filtered with, instead of dimensions."""

DUE: Mapping[str, str] = {
    "before": "p.due_at < :today_at",
    "today": "p.due_at >= :today_at AND p.due_at < :tomorrow_at",
    "2h": "p.due_at > :at AND p.due_at < :soon_at",
    "tomorrow": "p.due_at >= :tomorrow_at AND p.due_at < :after_at",
    "later": "p.due_at >= :after_at",
}
"""When the deadline of an open case is whose clock runs, seen from :at; see days_around."""

_TRUTH = {"true": True, "1": True, "yes": True, "是": True, "false": False, "0": False, "no": False, "否": False}


@dataclass(frozen=True)
class Dimension:
    """Something to ask by: the expression in SQL, and the column it becomes."""

    name: str
    key: str
    column: str
    needs_state: bool = False
    level: int | None = None


@lru_cache(maxsize=64)
def plain_dimensions(question: str | None = None) -> dict[str, Dimension]:
    """The dimensions every town has and every question of cases takes; with a question also those that only some take."""
    with resource("sql", "questions", "dimensions.toml").open("rb") as file:
        rows = tomllib.load(file)
    return {
        name: Dimension(name, row["key"], row.get("column", name), row.get("needs_state", False))
        for name, row in rows.items()
        if "of" not in row or question in row["of"]
    }


@dataclass
class Asked:
    """A question with its arguments understood; what a question's own file works with."""

    connection: Connection
    definition: Definition
    town: Town
    when: Instant
    scope: str | None
    layer: str
    sets: list[GridSet]
    shown: GridSet | None
    placement: str
    keys: list[Dimension] = field(default_factory=list)
    period: str | None = None
    conditions: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None
    sort: Sequence[str] = ()
    limit: int | None = None
    offset: int = 0
    only_open: bool = False
    only_due: bool = False
    case: str | None = None
    behind: str | None = None
    search: str | None = None
    days: int | None = None
    step_s: float | None = None
    session: int | None = None
    worker: str | None = None
    role: str | None = None
    purpose: str | None = None
    known_at: Instant | None = None
    rules: Rules | None = None
    cycle: Cycle = field(default_factory=Cycle)
    during: Period | None = None
    cut: timedelta | None = None
    meta: dict[str, Any] = field(default_factory=dict)

    def begin_of(self, day: date) -> datetime:
        """The first instant of a statistical day of the town."""
        return begin_of(day, self.town.time_zone, self.cycle.day_start)

    @property
    def needs_state(self) -> bool:
        """True when the ledger must tell the state at the instant."""
        return any(key.needs_state for key in self.keys) or any("was." in condition for condition in self.conditions)

    @property
    def level(self) -> int | None:
        """The level of grids asked by, if any."""
        return next((key.level for key in self.keys if key.level is not None), None)

    def sql_keys(self) -> list[tuple[str, str]]:
        """Names and expressions to group by; a level of grids brings place_status along, so that nothing is lost."""
        pairs = [("grid_id" if key.level is not None else key.column, key.key) for key in self.keys]
        if self.level is not None and "place_status" not in dict(pairs):
            pairs.append(("place_status", "p.placed"))
        return pairs

    def lasting(self, read: Callable[..., _T], *about: Hashable) -> _T:
        """What `read(connection, *about)` gives, where only a load of the town changes it; see store.lasting."""
        return lasting(self.connection, self.town, read, *about)

    def read(self, of: str | None = None, **names: Any) -> pd.DataFrame:
        """The rows of the question's own SQL, or of that of another question."""
        common = {"placement": self.placement, "conditions": self.conditions, "only_due": self.only_due}
        return frame(self.connection, f"questions/{of or self.definition.id}/read", self.values, **{**common, **names})


def understand(
    connection: Connection,
    definition: Definition,
    town: Town,
    *,
    by: str | Sequence[str] | None,
    scope: str | None,
    as_of: date | datetime | str | None,
    since: Day | None,
    until: Day | None,
    during: During | None,
    where: Mapping[str, Any] | None,
    layer: str | None,
    recast: bool,
    search: str | None,
    sort: str | Sequence[str] | None,
    limit: int | None,
    offset: int,
    known_at: date | datetime | str | None = None,
    case: str | None = None,
    behind: str | None = None,
    days: int | None = None,
    step_s: float | None = None,
    session: int | None = None,
    worker: str | None = None,
    role: str | None = None,
    purpose: str | None = None,
    cut: timedelta | None = None,
) -> Asked:
    """Check every argument and turn it into what SQL takes. Raises QuestionError or UnknownScope with one sentence.

    cut   of a period only so much of its last day, for comparing; not an argument that people give
    """
    given = {
        "by": by, "scope": scope, "as_of": as_of, "since": since, "until": until, "during": during, "where": where,
        "layer": layer, "recast": recast or None, "search": search, "sort": sort, "limit": limit, "offset": offset or None,
        "known_at": known_at, "case": case, "days": days, "step_s": step_s, "session": session, "worker": worker,
        "role": role, "purpose": purpose, "behind": behind,
    }  # fmt: skip
    wrong = [
        name for name, value in given.items() if value is not None and value != {} and name not in definition.takes
    ]
    if wrong:
        raise QuestionError(
            f"The question '{definition.id}' does not take {', '.join(wrong)}; it takes {', '.join(definition.takes)}."
        )
    if during is not None and (since is not None or until is not None):
        raise QuestionError("Say the period with during, or with since and until, not with both.")
    rules = followed(connection, town, definition.about)
    cycle = Cycle.of(rules)
    when = _when(connection, definition, town, as_of, cycle)
    spoken = None if during is None else period_asked(during, when, town.time_zone, cycle)
    if spoken is not None and definition.kind == "instant":
        end = instant(spoken.last, town.time_zone, cycle.day_start)
        when = end if end.at < when.at else when
    elif spoken is not None:
        since, until = spoken.begin, spoken.last
    every = lasting(connection, town, grids.grid_sets, town.id)
    names = [by] if isinstance(by, str) else list(by or [])
    layer = layer or _layer_of(connection, town, every, names) or BASE
    sets = [s for s in every if s.layer == layer]
    if layer != BASE and not sets:
        raise UnknownScope(f"The town '{town.code}' has no layer '{layer}' (layers: {_layers(every)}).")
    shown = next((s for s in sets if s.holds(when.on)), sets[-1] if sets else None)
    if recast and shown is None:
        raise QuestionError(f"The town '{town.code}' has no grids to recast on.")
    placement = "recast" if recast and (len(sets) > 1 or layer != BASE) else "home" if layer == BASE else "layer"
    asked = Asked(
        connection, definition, town, when, scope, layer, sets, shown, placement,
        since=None if since is None else day_of(since), until=None if until is None else day_of(until),
        sort=[sort] if isinstance(sort, str) else list(sort or []), limit=limit, offset=offset,
        case=case, behind=behind, search=search,
        days=days, step_s=step_s, session=session, worker=worker, role=role, purpose=purpose,
        known_at=None if known_at is None else instant(known_at, town.time_zone, cycle.day_start),
        rules=rules, cycle=cycle, during=spoken, cut=cut,
    )  # fmt: skip
    asked.meta |= {"rules": rules.version, "day_start": cycle.day_start or None}
    if as_of is not None:
        asked.meta |= _beyond(connection, definition, town, when, cycle)
    if spoken is not None:
        asked.meta["during"] = told(spoken, when, town.time_zone, cycle)
    if asked.known_at is not None:
        asked.meta["known_at"] = asked.known_at.said
    asked.values |= {"town_id": town.id, "zone": town.time_zone, "at": when.at}
    if placement == "recast" or definition.id == "hierarchy":
        asked.values["set_id"] = shown.id if shown else None
    if placement == "layer" or definition.id == "hierarchy":
        asked.values["layer_id"] = sets[0].layer_id if sets else None
    _keys(asked, names)
    _scope(asked)
    _filters(asked, dict(where or {}))
    if search:
        _search(asked, search)
    return asked


def followed(connection: Connection, town: Town, what: Literal["cases", "patrols"] = "cases") -> Rules:
    """The rules that numbers of a town's cases, or of its patrols, are made by. Raises SettingsError."""
    kept = rulebook.kept_by_patrols if what == "patrols" else rulebook.kept
    return lasting(connection, town, kept, town.id) or rulebook.of_file()


def _beyond(connection: Connection, definition: Definition, town: Town, when: Instant, cycle: Cycle) -> dict[str, str]:
    """`data_until`, the last day that the data tell of, where it lies before the day asked for: what came after is not known."""
    if definition.about == "patrols" or definition.id in LOADED:
        return {}
    latest = frame(connection, "questions/latest", {"town_id": town.id})["latest_at"].iloc[0]
    if pd.isna(latest):
        return {}
    last = day_at(latest.to_pydatetime(), town.time_zone, cycle.day_start)
    return {"data_until": last.isoformat()} if last < when.on else {}


def _when(
    connection: Connection, definition: Definition, town: Town, as_of: date | datetime | str | None, cycle: Cycle
) -> Instant:
    """The instant asked for; unless said, the last day the town's data tells of, now while it is not over; for loads, now."""
    if as_of is not None:
        return instant(as_of, town.time_zone, cycle.day_start)
    if definition.about == "patrols":
        row = frame(connection, "questions/latest_patrol", {"town_id": town.id}).iloc[0]
        now = instant(row["now_at"].to_pydatetime(), town.time_zone, cycle.day_start)
        day = now if row["latest_on"] is None else instant(row["latest_on"], town.time_zone, cycle.day_start)
        return day if day.at <= now.at else now
    row = frame(connection, "questions/latest", {"town_id": town.id}).iloc[0]
    if definition.id in LOADED or pd.isna(row["latest_at"]):
        return instant(row["now_at"].to_pydatetime(), town.time_zone, cycle.day_start)
    latest_on = day_at(row["latest_at"].to_pydatetime(), town.time_zone, cycle.day_start)
    day, now = instant(latest_on, town.time_zone, cycle.day_start), row["now_at"].to_pydatetime()
    return day if day.at <= now else instant(now, town.time_zone, cycle.day_start)


def _layers(sets: list[GridSet]) -> str:
    return ", ".join(sorted({s.layer for s in sets})) or "none"


def _layer_of(connection: Connection, town: Town, sets: list[GridSet], names: list[str]) -> str | None:
    """The layer whose level is asked by, when it is not the base layer's."""
    by_layer = {s.layer: s.layer_id for s in sets}
    for layer, layer_id in sorted(by_layer.items(), key=lambda entry: entry[0] != BASE):
        if names and not lasting(connection, town, _level_numbers, layer_id).keys().isdisjoint(names):
            return layer
    return None


def _level_numbers(connection: Connection, layer_id: int) -> dict[str, int]:
    """The levels of a layer by code."""
    named = grids.levels(connection, layer_id)
    return dict(zip(named["code"], named["level"].tolist(), strict=True))


def _level_dimensions(asked: Asked) -> dict[str, Dimension]:
    if not asked.sets:
        return {}
    numbers = asked.lasting(_level_numbers, asked.sets[0].layer_id)
    found = {code: Dimension(code, f"p.path[{level + 1}]", "grid_code", level=level) for code, level in numbers.items()}
    if found and "grid" not in found:
        finest = max(found.values(), key=lambda d: d.level or 0)
        found["grid"] = finest
    return found


def every_level(asked: Asked) -> list[Dimension]:
    """The levels of the layer spoken of, from the root down, as something to ask by; none where the town has no grids."""
    of_level = {dimension.level or 0: dimension for dimension in _level_dimensions(asked).values()}
    return [of_level[level] for level in sorted(of_level)]


def finest(asked: Asked) -> Dimension:
    """The finest of them."""
    return every_level(asked)[-1]


def _keys(asked: Asked, names: list[str]) -> None:
    plain = plain_dimensions(asked.definition.id) if asked.definition.about == "cases" else {}
    known = {**plain, **_level_dimensions(asked)}
    for name in names:
        if name in PERIODS and asked.definition.kind == "period":
            asked.period = name
        elif name in known:
            asked.keys.append(known[name])
        else:
            periods = list(PERIODS) if asked.definition.kind == "period" else []
            like = nearest(name, [*periods, *known])
            raise QuestionError(
                f"'{name}' is nothing to ask by{like}. There are: {', '.join([*periods, *sorted(known)])}."
            )
    if sum(key.level is not None for key in asked.keys) > 1:
        raise QuestionError("Ask by one level of grids at a time.")


def called(asked: Asked, code: str) -> dict[int, int]:
    """The level of a code by its id, in every version of the layer that has it."""
    return asked.lasting(_grids_called, tuple(s.id for s in asked.sets), code)


def _grids_called(connection: Connection, set_ids: tuple[int, ...], code: str) -> dict[int, int]:
    found = run(connection, "questions/grid_ids", {"set_ids": list(set_ids), "code": code})
    return {row.id: row.level for row in found}


def _ids(asked: Asked, code: str) -> list[int]:
    """Ids of a code in every version of the layer; raises UnknownScope."""
    found = called(asked, code)
    if not found:
        raise UnknownScope(f"There is no grid '{code}' in the layer '{asked.layer}' of '{asked.town.code}'.")
    return list(found)


def _scope(asked: Asked) -> None:
    """A subtree of grids; the root (or no scope) is the whole town, cases in no grid included."""
    if asked.scope is None or asked.scope == asked.town.code:
        asked.scope = None
        return
    if set(called(asked, asked.scope).values()) == {0}:
        return
    asked.values["scope_ids"] = _ids(asked, asked.scope)
    asked.conditions.append("p.path && CAST(:scope_ids AS integer[])")


def _filters(asked: Asked, where: dict[str, Any]) -> None:
    levels = _level_dimensions(asked)
    if asked.definition.id in LOADED:
        known = {name: Dimension(name, f"p.{name}", name) for name in LOADED[asked.definition.id]}
    else:
        known = {**plain_dimensions(asked.definition.id), **levels}
    for i, (name, value) in enumerate(where.items()):
        listed = list(value) if isinstance(value, list | tuple | set) else [value]
        if not listed:
            raise QuestionError(f"The filter '{name}' has no value; leave it out, or say what to keep.")
        asked.only_open |= _is_of_open(name, listed)
        if asked.definition.id in LISTS and name == "due":
            _due(asked, listed)
        elif asked.definition.id in LISTS and name in FLAGS:
            asked.conditions.append(f"p.is_{name} = :where_{i}")
            asked.values[f"where_{i}"] = _truth(name, value)
        elif name not in known:
            flags = [*FLAGS, "due"] if asked.definition.id in LISTS else []
            raise QuestionError(f"'{name}' is nothing to filter by. There are: {', '.join(sorted([*known, *flags]))}.")
        elif known[name].level is not None:
            codes = [str(code) for code in listed if code is not None]
            asked.values[f"where_{i}"] = [grid_id for code in codes for grid_id in _ids(asked, code)]
            in_none = f" OR {known[name].key} IS NULL" if None in listed else ""
            asked.conditions.append(f"(p.path && CAST(:where_{i} AS integer[]){in_none})")
        elif name in ("urgent", "duplicate") and None in listed:
            asked.conditions.append(f"{known[name].key} IS NULL")
        elif name in ("urgent", "duplicate"):
            asked.values[f"where_{i}"] = _truth(name, value)
            asked.conditions.append(f"{known[name].key} = :where_{i}")
        else:
            texts = meant(asked.connection, asked.town, name, [str(v) for v in listed if v is not None])
            either = [f"{known[name].key} = ANY(:where_{i})"] if texts else []
            either += [f"{known[name].key} IS NULL"] if None in listed else []
            if texts:
                asked.values[f"where_{i}"] = texts
            asked.conditions.append(f"({' OR '.join(either)})")


def _is_of_open(name: str, listed: list[Any]) -> bool:
    """True when a filter leaves only cases that are open."""
    if name in FLAGS:
        return all(_truth(name, value) for value in listed)
    if name == "state":
        return all(value in STATES and value not in ENDED for value in listed)
    return name == "due" or (name in ("light", "stage") and None not in listed)


def _due(asked: Asked, listed: list[Any]) -> None:
    for value in listed:
        if value not in DUE:
            raise QuestionError(f"'due' is {', '.join(DUE)}, not '{value}'{nearest(str(value), DUE)}.")
    asked.values |= days_around(asked)
    asked.conditions.append(f"(p.light <> 'grey' AND ({' OR '.join(DUE[value] for value in listed)}))")


def days_around(asked: Asked) -> dict[str, datetime]:
    """The begin of the day of as_of and of the two days after it, and the instant two hours after as_of: what DUE binds."""
    on, one = asked.when.on, timedelta(days=1)
    begins = {"today_at": on, "tomorrow_at": on + one, "after_at": on + 2 * one}
    return {name: asked.begin_of(day) for name, day in begins.items()} | {"soon_at": asked.when.at + timedelta(hours=2)}


def _truth(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    try:
        return _TRUTH[str(value).lower()]
    except KeyError:
        raise QuestionError(f"'{name}' is true or false, not '{value}'.") from None


def _search(asked: Asked, search: str) -> None:
    escaped = search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    asked.values["search"] = f"%{escaped}%"
    columns = ("p.case_no", "p.address", "p.description", "p.place_name")
    asked.conditions.append(f"({' OR '.join(f'{column} ILIKE :search' for column in columns)})")
