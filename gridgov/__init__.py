"""gridgov: the open platform for grid governance (网格化管理).

`import gridgov as gg; gg.open("xiake").backlog(by="village", as_of="2026-11-20")`: each question is a method of a town, and
what it gives is a (Geo)DataFrame that draws itself (`.plot()`, `.explore()`); `gg.save(rows, "x.gpkg", crs=4490)` writes it.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridgov.compiled import forget_stale

if TYPE_CHECKING:
    from gridgov.exporting.saving import save
    from gridgov.questions import Answer, Places, Rows, Town, patrol_map
    from gridgov.questions import open_town as open
    from gridgov.questions import town_codes as towns
    from gridgov.store.desk import connect

__all__ = ["Answer", "Places", "Rows", "Town", "connect", "open", "patrol_map", "save", "towns"]
_NAMES = {
    "open": "gridgov.questions:open_town", "towns": "gridgov.questions:town_codes", "Answer": "gridgov.questions:Answer",
    "Town": "gridgov.questions:Town", "Rows": "gridgov.questions:Rows", "Places": "gridgov.questions:Places",
    "patrol_map": "gridgov.questions:patrol_map", "save": "gridgov.exporting.saving:save",
    "connect": "gridgov.store.desk:connect",
}  # fmt: skip


forget_stale(Path(__file__).parent)


def __getattr__(name: str) -> Any:
    """The public names, imported when first used: `import gridgov` alone opens nothing and costs nothing."""
    if name in _NAMES:
        module, _, own = _NAMES[name].partition(":")
        return getattr(import_module(module), own)
    raise AttributeError(f"module 'gridgov' has no attribute '{name}'")
