"""What a load says of the ground of a town (store.ground): how much land it has, how much of it is to be patrolled."""

from dataclasses import fields

from gridgov.analytics.patrol.cells import CELL_M
from gridgov.pipelines.loading import Load
from gridgov.store import ground, seen
from gridgov.store.database import Connection


def refreshed(connection: Connection, load: Load) -> list[str]:
    """Make the ground of the load's town where it is not as grids and map are now; sentences of what was made."""
    load.progress("ground", 0, None)
    made = ground.refresh(connection, load.town.id)
    if made:
        seen.build(connection, load.town.id, [one.set_id for one in made])
        kept = [field.name for field in fields(ground.Made) if field.name != "set_id"]
        load.report.facts["ground"] = [{name: getattr(one, name) for name in kept} for one in made]
    return [_sentence(one) for one in made]


def _sentence(made: ground.Made) -> str:
    since = f" since {made.valid_from}" if made.valid_from else ""
    of = f"the layer '{made.layer}'{since}"
    if made.why is not None:
        return f"Coverage is not kept for {of}: {made.why}"
    land, due = (None if n is None else n * CELL_M**2 / 1e6 for n in (made.n_cells, made.n_due_cells))
    if due is None:
        return f"Coverage of {of} counts {land:,.2f} km2; which of it is to be patrolled is not known without a map."
    share = f" ({due / land:.1%})" if land else ""
    return f"Coverage of {of} counts {land:,.2f} km2, of it {due:,.2f} km2{share} to be patrolled."
