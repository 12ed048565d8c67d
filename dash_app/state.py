"""What a reader looks at, and the address that says so. The one place that reads and writes the query string."""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from gridgov.figures.style import Scheme
from gridgov.vocabulary import Lang

LANGS: Final = ("zh", "en")
PERIODS: Final = ("day", "week", "month")
MEASURES: Final = ("n_open", "n_overdue", "open_per_1k")
LOOKS: Final = ("coverage", "idle", "surface")
"""What the map of patrols is coloured by: land covered in the window, idle days by grid, idle days place by place."""
LISTS: Final = ("unpatrolled", "blind_spots", "checkpoints_missed", "patrol_sessions", "patrol_integrity")
"""The lists of the page of patrols; the map beside them shows the places of the one that is open."""
FILTERS: Final = (
    "category", "subcategory", "unit", "line", "channel", "source", "track", "place", "place_status", "state",
)  # fmt: skip
"""Dimensions a reader can filter by; each is a parameter of the address, `~` says 'not given'."""
NOT_GIVEN: Final = "~"
_MAX_CHARS: Final = 300


@dataclass(frozen=True)
class State:
    """All a page depends on. Everything but the colour scheme is in the address.

    faults  sentences about what in the address was not understood; those parts are as if they were not there
    """

    town: str | None = None
    as_of: str | None = None
    scope: str | None = None
    layer: str = "base"
    measure: str = "n_open"
    by: str | None = None
    period: str = "week"
    points: bool | None = None
    filters: tuple[tuple[str, str | None], ...] = ()
    search: str | None = None
    only_open: bool = True
    case: str | None = None
    look: str = "coverage"
    level: str | None = None
    listed: str = "unpatrolled"
    play: bool = False
    session: str | None = None
    lang: Lang = "en"
    scheme: Scheme = "light"
    faults: tuple[str, ...] = ()

    @property
    def where(self) -> dict[str, str | None]:
        """The filters as `ask` takes them."""
        return {name: [None] if value is None else value for name, value in self.filters}  # type: ignore[misc]

    def but(self, **changes: Any) -> "State":
        """This state with changes; what no longer means anything goes: another town starts anew, another layer at its root."""
        if changes.get("town", self.town) != self.town:
            return State(town=changes["town"], lang=self.lang, scheme=self.scheme)
        if changes.get("layer", self.layer) != self.layer:
            changes = {"scope": None, **changes}
        if changes.keys() & {"scope", "layer"}:
            changes = {"case": None, "level": None, "session": None, **changes}
        changes = {name: _tidy(name, value) for name, value in changes.items()}
        return replace(self, faults=(), **changes)

    def filtered(self, name: str, value: str | None) -> "State":
        """With this filter; without it when it was set to the very same value."""
        others = tuple(pair for pair in self.filters if pair[0] != name)
        return replace(self, filters=others if (name, value) in self.filters else (*others, (name, value)), faults=())

    def unfiltered(self, name: str) -> "State":
        """Without the filter of this dimension."""
        return replace(self, filters=tuple(pair for pair in self.filters if pair[0] != name), faults=())

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


_KEYS: Final = {
    "town": "town", "as_of": "as_of", "scope": "scope", "layer": "layer", "measure": "measure", "by": "by",
    "period": "period", "points": "points", "search": "q", "only_open": "open", "case": "case",
    "look": "look", "level": "level", "listed": "list", "play": "play", "session": "session",
}  # fmt: skip
_CHOICES: Final = {"measure": MEASURES, "by": FILTERS, "period": PERIODS, "lang": LANGS, "look": LOOKS, "listed": LISTS}
_YES_OR_NO: Final = ("points", "only_open", "play")
_YES: Final = {True: "1", False: "0"}


def parse(address: str | None, lang: Lang = "en", scheme: Scheme = "light") -> State:
    """The state an address says; `lang` is for addresses that name no language. Never raises: see `State.faults`."""
    found: dict[str, Any] = {"lang": lang, "scheme": scheme}
    filters: dict[str, str | None] = {}
    faults: list[str] = []
    names = {key: name for name, key in _KEYS.items()} | {"lang": "lang"}
    for key, value in parse_qsl((address or "").removeprefix("?"), keep_blank_values=True):
        if key in FILTERS and len(value) <= _MAX_CHARS:
            filters[key] = None if value == NOT_GIVEN else value
        elif key not in names:
            faults.append(f"The address says '{key[:40]}', which is nothing known here; it was left out.")
        elif (fault := _fault(names[key], value)) is not None:
            faults.append(fault)
        elif value:
            found[names[key]] = value == "1" if names[key] in _YES_OR_NO else value
    return State(filters=tuple(filters.items()), faults=tuple(faults), **found)


def _fault(name: str, value: str) -> str | None:
    choices: tuple[str, ...] = ("0", "1") if name in _YES_OR_NO else _CHOICES.get(name, ())
    if choices and value not in choices:
        return f"The address says {name} = '{value[:40]}'; it can be {', '.join(choices)}. It was left out."
    if name == "as_of" and value and not _is_moment(value):
        return f"The address says as_of = '{value[:40]}', which is no day such as 2026-11-20. It was left out."
    if name == "session" and value and not (value.isascii() and value.isdigit() and len(value) < 19):
        return f"The address says session = '{value[:40]}', which is no number. It was left out."
    if len(value) > _MAX_CHARS or "\0" in value:
        return f"What the address says for {name} is too long or broken; it was left out."
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
