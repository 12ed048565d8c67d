"""Loading the plan of the patrols: checkpoints (必巡点) and planned routes; each file is complete for its source."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gridgov.errors import LoadError
from gridgov.pipelines.lists import begun_with, counted, opened, refuse_unknown, whole
from gridgov.pipelines.loading import Progress, finish, loading, silent, town_for
from gridgov.pipelines.patrol_plan import follow
from gridgov.pipelines.placing import Placer, placer_of
from gridgov.pipelines.report import LoadReport
from gridgov.sources.mapping import PlanMapping
from gridgov.sources.plans import read_checkpoints, read_routes
from gridgov.store import grids, lake, plans, rulebook, runs


def load_plans(
    path: Path, mapping: PlanMapping, progress: Progress = silent, *, valid_from: date | None = None
) -> LoadReport:
    """Load checkpoints or routes that are planned from a day on; every grid code must be one of the base layer.

    Raises SourceError or LoadError with nothing changed. What the file has no more ends on that day.
    """
    held_on = valid_from or mapping.valid_from
    read = read_checkpoints if mapping.plan == "checkpoints" else read_routes
    with opened(path, mapping, geometry=mapping.has_shapes) as source:
        table = whole(source, mapping, lambda batch, faults: read(batch, mapping, source.declared_crs, faults))
        codes = set(pc.drop_null(table["grid_code"]).to_pylist())
        if codes:
            refuse_unknown(source, mapping, codes, grids.BASE)
        with loading(town_for(mapping), mapping, source, progress) as load:
            report = begun_with(load.report, table)
            with runs.merging(load.run) as connection:
                outside = _outside(table, placer_of(load.town, connection))
                if outside == table.num_rows:
                    raise LoadError(
                        f"None of the {table.num_rows:,} {mapping.plan} of {path.name} lies in a grid of the town when read "
                        f"in {mapping.datum}. Nothing was loaded; check the `datum` of the mapping, or load the grids first."
                    )
                counts, ended = plans.merge_plan(connection, load.run, mapping.plan, held_on, table)
                counted(report, counts)
                rules = rulebook.patrol_rules_of(connection, load.town.id)
                open_days = [on for on in lake.days(connection, load.town.id) if held_on is None or on >= held_on]
                follow(connection, load.town, rules, open_days, progress)
                facts = {"of": mapping.plan, "held_on": held_on, "ended": ended, "outside": outside, **_facts(table)}
                report.facts["plan"] = facts
                report.notes += _notes(facts)
                finish(connection, load)
    return report


def _outside(table: pa.Table, placer: Placer) -> int:
    """How many checkpoints, or first points of routes, lie in no grid of the base layer."""
    first = shapely.from_wkb(table["geom"].to_numpy(zero_copy_only=False))
    lines = shapely.get_type_id(first) == 1
    first[lines] = shapely.get_point(first[lines], 0)
    return int((~placer.inside(shapely.get_x(first), shapely.get_y(first))).sum())


def _facts(table: pa.Table) -> dict[str, Any]:
    """Counts of a plan as it stands: the last row of each code."""
    rows = list({row["code"]: row for row in table.to_pylist()}.values())
    facts: dict[str, Any] = {"rows": len(rows), "grids": len({row["grid_code"] for row in rows if row["grid_code"]})}
    if "visits_a_week" in table.column_names:
        told = [row["visits_a_week"] for row in rows if row["visits_a_week"] is not None]
        return facts | {"visits_a_week": sum(told), "by_visits": dict(sorted(Counter(told).items()))}
    windows = Counter(window for row in rows for window in row["windows"] or [])
    return facts | {"windows": dict(sorted(windows.items())), "any_day": sum(row["weekdays"] is None for row in rows)}


def _notes(facts: dict[str, Any]) -> list[str]:
    what = "checkpoints" if facts["of"] == "checkpoints" else "planned routes"
    notes = [f"{facts['rows']:,} {what} in {facts['grids']:,} grids."]
    if facts.get("visits_a_week"):
        notes[0] = f"{facts['rows']:,} {what} in {facts['grids']:,} grids, {facts['visits_a_week']:,.0f} visits a week."
    if facts["outside"]:
        notes.append(f"{facts['outside']:,} lie outside every grid of the town.")
    if facts["ended"]:
        then = f"they end on {facts['held_on']}" if facts["held_on"] else "they were removed"
        notes.append(f"{facts['ended']:,} are no longer in the plan; {then}.")
    return notes
