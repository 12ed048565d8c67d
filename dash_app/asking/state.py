"""What a reader looks at, and the address that says so. The one place that reads and writes the query string."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from gridgov.figures.style import Scheme
from gridgov.questions.behind import FIGURES
from gridgov.vocabulary import Lang, label

LANGS: Final = ("zh", "en")
PERIODS: Final = ("day", "week", "month", "quarter", "year", "range")
"""Statistical periods: the one that holds the day looked at; `range` is what `since` and `until` say."""
COMPARES: Final = ("none", "previous", "year_before", "both")
"""What a period is set beside: nothing, the period before (环比), the same a year before (同比), both."""
STEPS: Final = ("day", "week", "month")
"""What charts over time go by, and how far back the window of the patrol page reaches."""
MEASURES: Final = ("n_open", "n_overdue", "open_per_1k")
SHADES: Final = (
    "n_overdue", "n_open", "overdue_share", "n_open_per", "n_open_more", "covered_share", "idle_mean_days",
)  # fmt: skip
"""What the map of the situation is coloured by: open cases in several ways, land covered lately, idle days."""
EXPOSURES: Final = ("residents", "households", "firms", "road_km", "built_up_m2", "patrollable_m2", "area_km2")
"""What open cases can be counted per."""
MAPPED: Final = ("open", "reported")
"""Which cases lie over the map of the situation: those open, those reported in the period of the bar."""
GRID_MEASURES: Final = ("n_open", "n_overdue", "open_per_1k", "residents", "n_vacant")
"""What the map of the tree of grids is coloured by."""
LOOKS: Final = ("coverage", "idle", "surface")
"""What the map of patrols is coloured by: land covered in the window, idle days by grid, idle days place by place."""
LISTS: Final = ("unpatrolled", "blind_spots", "checkpoints_missed", "patrol_sessions", "patrol_integrity")
"""The lists of the page of patrols; the map beside them shows the places of the one that is open."""
QUEUES: Final = ("overdue", "at_risk", "due_2h", "due_today", "due_tomorrow", "dispatch", "stopped", "open", "band")
"""The lists of open cases on the page of the backlog; `band` that behind a bar of ages."""
AGED: Final = ("late", "age")
"""What the bands of the page of the backlog count from: the deadline, the report."""
SUPERVISED: Final = (
    "all",
    "urged",
    "yellow_card",
    "red_card",
    "instructed",
    "overdue",
    "waiting",
    "cleared",
    "after_end",
)
"""Which supervised cases are listed: all, those given something, those that stand so."""
GROUPS: Final = ("unit", "line", "category", "village")
"""What the page of units goes by."""
WAITS: Final = ("median_work_h", "p90_work_h", "over_share")
"""What the nodes are compared by on the page of units."""
OPENED: Final = ("due", "late", "on_time", "late_closed", "overdue_open", "suspended", "exempt", "put_off", "handed")
"""The lists that open on the page of units: parts of the due cohort, and what one unit handed on to another."""
DIMENSIONS: Final = (
    "category", "subcategory", "unit", "line", "channel", "source", "track", "place", "place_status", "state",
)  # fmt: skip
"""What cases can be grouped by."""
FILTERS: Final = (*DIMENSIONS, "urgent", "duplicate", "stage", "light", "to_unit")
"""What a reader can filter by; each is a parameter of the address, as often as it has values; `~` says 'not given'."""
NOT_GIVEN: Final = "~"
_MAX_CHARS: Final = 300


@dataclass(frozen=True)
class State:
    """All a page depends on. Everything but the colour scheme is in the address.

    period, since, until, compare   the statistical period of the bar, and what it is set beside
    step, window   of charts over time, of the page of patrols
    behind   the figure whose cases the list shows, as question.column; None = the list stands for itself
    shade, per, points, mapped, hot, walks   of the map of the situation: its colours; cases and which of them, hotspots, patrols
             over it
    group, wait   what the page of units goes by, and compares the nodes by
    opened, of, to   the list that is open there: which part, of which group or unit, handed on to which; NOT_GIVEN = of none
    view     of the wall: the one to begin with
    filters  pairs of a dimension and a value, None = not given; several of one dimension mean any of them
    later    the instant the address speaks of where it lies after the data: the last day of the data is shown instead
    faults   sentences about what in the address was not understood; those parts are as if they were not there
    """

    town: str | None = None
    as_of: str | None = None
    scope: str | None = None
    layer: str = "base"
    measure: str = "n_open"
    by: str | None = None
    period: str = "month"
    since: str | None = None
    until: str | None = None
    compare: str = "none"
    step: str = "week"
    window: str = "week"
    shade: str = "n_overdue"
    per: str = "residents"
    points: bool | None = None
    mapped: str = "open"
    hot: bool = False
    walks: bool = False
    filters: tuple[tuple[str, str | None], ...] = ()
    search: str | None = None
    only_open: bool = True
    behind: str | None = None
    case: str | None = None
    grids_by: str = "n_open"
    refused: str | None = None
    look: str = "coverage"
    level: str | None = None
    listed: str = "unpatrolled"
    queue: str = "overdue"
    aged: str = "late"
    supervised: str = "all"
    play: bool = False
    session: str | None = None
    group: str = "unit"
    wait: str = "median_work_h"
    opened: str | None = None
    of: str | None = None
    to: str | None = None
    view: str = "1"
    lang: Lang = "en"
    scheme: Scheme = "light"
    later: str | None = None
    faults: tuple[str, ...] = ()

    @property
    def where(self) -> dict[str, list[str | None]]:
        """The filters as `ask` takes them."""
        found: dict[str, list[str | None]] = {}
        for name, value in self.filters:
            found.setdefault(name, []).append(value)
        return found

    def but(self, **changes: Any) -> "State":
        """This state with changes; what no longer means anything goes: another town starts anew, another layer at its root."""
        if changes.get("town", self.town) != self.town:
            return State(town=changes["town"], lang=self.lang, scheme=self.scheme)
        if changes.get("layer", self.layer) != self.layer:
            changes = {"scope": None, **changes}
        if changes.keys() & {"scope", "layer"}:
            changes = {"case": None, "level": None, "session": None, **changes}
        if "group" in changes:
            changes = {"opened": None, "of": None, "to": None, **changes}
        changes = {name: _tidy(name, value) for name, value in changes.items()}
        return replace(self, faults=(), **changes)

    def filtered(self, name: str, value: str | None) -> "State":
        """With this filter alone of its dimension; without it when it was set to the very same value."""
        return self.unfiltered(name) if self.where.get(name) == [value] else self.with_filter(name, [value])

    def with_filter(self, name: str, values: Sequence[str | None]) -> "State":
        """With these values of a dimension in place of those it was filtered by; none of them = any."""
        others = tuple(pair for pair in self.filters if pair[0] != name)
        return replace(self, filters=(*others, *((name, value) for value in dict.fromkeys(values))), faults=())

    def unfiltered(self, name: str) -> "State":
        """Without the filter of this dimension."""
        return replace(self, filters=tuple(pair for pair in self.filters if pair[0] != name), faults=())

    def unlimited(self) -> "State":
        """Without filters, search and figure: what all of the scope is counted by."""
        return replace(self, filters=(), search=None, behind=None, faults=())

    def of_page(self, path: str) -> "State":
        """What of it another page knows: search, figure and what is open are of one page, lights and nodes of lists."""
        if path in ("/cases", "/case"):
            return self
        plain = {
            name: getattr(State(), name)
            for name in ("search", "behind", "case", "opened", "of", "to", "play", "session")
        }
        here = replace(self, **plain).unfiltered("to_unit")
        return here if path == "/backlog" else here.unfiltered("light").unfiltered("stage")

    def query(self) -> str:
        """The query string, `?` included. The language is always said, so that a shared address reads the same."""
        plain = State()
        pairs = []
        for name, key in _KEYS.items():
            value = getattr(self, name)
            if value != getattr(plain, name) and value is not None:
                pairs.append((key, _YES[value] if isinstance(value, bool) else value))
        pairs += [(name, NOT_GIVEN if value is None else value) for name, value in self.filters]
        return "?" + urlencode([*pairs, ("lang", self.lang)])

    def href(self, path: str) -> str:
        """The address of another page that looks at the same."""
        return path + self.query()


_RENAMED: Final = {"search": "q", "only_open": "open", "listed": "list", "grids_by": "grids"}
_APART: Final = ("filters", "lang", "scheme", "later", "faults")
_KEYS: Final = {field.name: _RENAMED.get(field.name, field.name) for field in fields(State) if field.name not in _APART}
"""Fields of the state and what they are called in the address."""
_CHOICES: Final = {
    "measure": MEASURES,
    "by": DIMENSIONS,
    "period": PERIODS,
    "compare": COMPARES,
    "step": STEPS,
    "window": STEPS,
    "lang": LANGS,
    "look": LOOKS,
    "listed": LISTS,
    "queue": QUEUES,
    "aged": AGED,
    "supervised": SUPERVISED,
    "shade": SHADES,
    "mapped": MAPPED,
    "per": EXPOSURES,
    "grids_by": GRID_MEASURES,
    "group": GROUPS,
    "wait": WAITS,
    "opened": OPENED,
    "view": ("1", "2", "3"),
}
_YES_OR_NO: Final = ("points", "hot", "walks", "only_open", "play")
_YES: Final = {True: "1", False: "0"}


def parse(address: str | None, lang: Lang = "en", scheme: Scheme = "light") -> State:
    """The state an address says; `lang` is for addresses that name no language. Never raises: see `State.faults`."""
    found: dict[str, Any] = {"lang": lang, "scheme": scheme}
    filters: list[tuple[str, str | None]] = []
    faults: list[_Fault] = []
    names = {key: name for name, key in _KEYS.items()} | {"lang": "lang"}
    for key, value in parse_qsl((address or "").removeprefix("?"), keep_blank_values=True):
        if key in FILTERS and len(value) <= _MAX_CHARS:
            filters.append((key, None if value == NOT_GIVEN else value))
        elif key not in names:
            faults.append(("fault_unknown", {"value": key[:40]}))
        elif (fault := _fault(names[key], value)) is not None:
            faults.append(fault)
        elif value:
            found[names[key]] = value == "1" if names[key] in _YES_OR_NO else value
    said = tuple(label(word, found["lang"]).format(**values) for word, values in faults)
    return State(filters=tuple(dict.fromkeys(filters)), faults=said, **found)


_Fault = tuple[str, dict[str, str]]
"""A word of the catalogues, and what stands in its places."""


def _fault(name: str, value: str) -> _Fault | None:
    told = {"name": name, "value": value[:40]}
    choices: tuple[str, ...] = ("0", "1") if name in _YES_OR_NO else _CHOICES.get(name, ())
    if choices and value not in choices:
        return "fault_choice", told | {"choices": ", ".join(choices)}
    if name in ("since", "until") and value and not (len(value) == 10 and _is_moment(value)):
        return "fault_day", told
    if name == "as_of" and value and not _is_moment(value):
        return "fault_day", told
    if name == "behind" and value not in FIGURES:
        return "fault_figure", told
    if name == "session" and value and not (value.isascii() and value.isdigit() and len(value) < 19):
        return "fault_number", told
    if len(value) > _MAX_CHARS or "\0" in value:
        return "fault_long", told
    return None


def _is_moment(value: str) -> bool:
    try:
        return bool(date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value))
    except ValueError:
        return False


def _tidy(name: str, value: Any) -> Any:
    """What a control gives, as the field holds it: an emptied control is the default."""
    default = {field.name: field.default for field in fields(State)}[name]
    return default if value is None or value == "" else value


def of(view: dict[str, Any] | None) -> State:
    """The state of a view: what the browser says of its address, its language and its colours (see assets/gridgov.js)."""
    view = view or {}
    lang: Lang = "zh" if view.get("lang") == "zh" else "en"
    return parse(view.get("search"), lang, "dark" if view.get("scheme") == "dark" else "light")
