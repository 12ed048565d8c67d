"""The ids of components that callbacks speak of; each stands here once."""

from typing import Any, Final


class ID:
    """Fixed ids."""

    URL: Final = "url"
    VIEW: Final = "view"
    SCHEME: Final = "scheme"
    CHANGE: Final = "change"
    VERSION: Final = "version"
    POLL: Final = "poll"
    NOTICES: Final = "notices"
    HEADER: Final = "header"
    CONTEXT: Final = "context"
    WELCOME: Final = "welcome"
    CASE: Final = "case"
    CASE_BODY: Final = "case-body"

    KPIS: Final = "kpis"
    MAP: Final = "map"
    MAP_HEAD: Final = "map-head"
    BARS: Final = "bars"
    BARS_HEAD: Final = "bars-head"
    FLOW: Final = "flow"
    FLOW_HEAD: Final = "flow-head"
    WORST: Final = "worst"
    WORST_HEAD: Final = "worst-head"

    CASES: Final = "cases"
    CASES_HEAD: Final = "cases-head"
    CASES_SEARCH: Final = "cases-search"

    TREE: Final = "tree"
    TREE_HEAD: Final = "tree-head"
    TREE_MAP: Final = "tree-map"
    TREE_MAP_HEAD: Final = "tree-map-head"

    PATROL_KPIS: Final = "patrol-kpis"
    PATROL_MAP: Final = "patrol-map"
    PATROL_MAP_HEAD: Final = "patrol-map-head"
    PATROL_LIST: Final = "patrol-list"
    PATROL_LIST_HEAD: Final = "patrol-list-head"
    PATROL_LIST_NOTE: Final = "patrol-list-note"
    PURPOSE: Final = "purpose"
    PURPOSE_WORDS: Final = "purpose-words"
    PURPOSE_SAID: Final = "purpose-said"
    PURPOSE_BAR: Final = "purpose-bar"
    PLAY: Final = "play"
    PLAY_BAR: Final = "play-bar"
    PLAY_HEAD: Final = "play-head"
    PLAY_CONTROLS: Final = "play-controls"
    PLAY_BUTTON: Final = "play-button"
    PLAY_SPEED: Final = "play-speed"
    PLAY_AT: Final = "play-at"
    PLAY_CLOCK: Final = "play-clock"
    PLAY_TICK: Final = "play-tick"

    LOADS: Final = "loads"
    LOADS_HEAD: Final = "loads-head"
    LOADS_BARS: Final = "loads-bars"
    LOADS_BARS_HEAD: Final = "loads-bars-head"


def setting(field: str, now: Any) -> dict[str, Any]:
    """The id of a control that sets a field of the state; `now` is what it is set to, so that only a change counts."""
    return {"set": field, "now": "" if now is None else str(now)}


def flag(field: str, now: bool) -> dict[str, str]:
    """As `setting`, for a switch."""
    return {"flag": field, "now": "true" if now else "false"}


def jump(query: str, at: str) -> dict[str, str]:
    """The id of something that goes to a query when clicked; `at` keeps two of the same target apart."""
    return {"jump": query, "at": at}
