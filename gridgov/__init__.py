"""gridgov: the open platform for grid governance (网格化管理).

`import gridgov as gg; gg.open("xiake").ask("backlog", by="village", as_of="2026-11-20").frame`
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridgov.compiled import forget_stale

if TYPE_CHECKING:
    from gridgov.questions import Answer, Town, patrol_map
    from gridgov.questions import open_town as open
    from gridgov.questions import town_codes as towns

__all__ = ["Answer", "Town", "open", "patrol_map", "towns"]
_NAMES = {"open": "open_town", "towns": "town_codes", "Answer": "Answer", "Town": "Town", "patrol_map": "patrol_map"}


forget_stale(Path(__file__).parent)


def __getattr__(name: str) -> Any:
    """The public names, imported when first used: `import gridgov` alone opens nothing and costs nothing."""
    if name in _NAMES:
        from gridgov import questions

        return getattr(questions, _NAMES[name])
    raise AttributeError(f"module 'gridgov' has no attribute '{name}'")
