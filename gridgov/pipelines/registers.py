"""Loading the registers of a town: its units and lines of business, its catalogues, its roster of posts."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from gridgov.errors import LoadError
from gridgov.pipelines.lists import begun_with, counted, listed, opened, refuse_unknown, whole
from gridgov.pipelines.loading import Progress, finish, loading, silent, town_for
from gridgov.pipelines.report import LoadReport
from gridgov.sources import registers as sources
from gridgov.sources.limits import bare_word
from gridgov.sources.mapping import CatalogueMapping, RosterMapping, UnitMapping
from gridgov.store import grids, registers, roster, runs
from gridgov.vocabulary import LIMIT_UNITS, ROLES


def load_units(path: Path, mapping: UnitMapping, progress: Progress = silent) -> LoadReport:
    """Load the register of units or of lines; territories must be grids of the base layer.

    Raises SourceError or LoadError. What the file has no more is kept, because cases refer to it, and listed.
    """
    register: registers.Register = "unit" if mapping.register_ == "units" else "line"
    with opened(path, mapping) as source:
        table = whole(source, mapping, lambda batch, faults: sources.read_units(batch, mapping, faults))
        territory = set(pc.list_flatten(table["territory"]).to_pylist())
        refuse_unknown(source, mapping, territory, grids.BASE)
        with loading(town_for(mapping), mapping, source, progress) as load:
            report = begun_with(load.report, table)
            with runs.merging(load.run) as connection:
                counts, facts = registers.merge_register(connection, load.run, register, table)
                counted(report, counts)
                gone = facts["no_longer_listed"]
                report.facts["register"] = {register: len(set(table["code"].to_pylist())), **facts}
                if register == "unit":
                    kinds = dict(zip(table["code"].to_pylist(), table["kind"].to_pylist(), strict=True))
                    by_kind = Counter(kind or "" for kind in kinds.values())
                    report.facts["register"]["by_kind"] = dict(sorted(by_kind.items()))
                if gone:
                    report.notes.append(f"{len(gone)} no longer in the file, kept for their cases: {listed(gone)}.")
                finish(connection, load)
    return report


def load_catalogue(
    path: Path, mapping: CatalogueMapping, progress: Progress = silent, *, valid_from: date | None = None
) -> LoadReport:
    """Load one edition of a catalogue; the report lists the limits that cannot be read. Raises SourceError or LoadError."""
    edition = {
        "scope": mapping.scope,
        "version": mapping.version,
        "valid_from": valid_from or mapping.valid_from,
    }
    with opened(path, mapping) as source:
        table = whole(source, mapping, lambda batch, faults: sources.read_catalogue(batch, mapping, faults))
        with loading(town_for(mapping), mapping, source, progress) as load:
            report = begun_with(load.report, table)
            with runs.merging(load.run) as connection:
                counts, removed = registers.merge_catalogue(connection, load.run, edition, table)
                counted(report, counts)
                facts = {**edition, **_catalogue_facts(table), "removed": removed}
                facts["linked"] = registers.linked(connection, load.run, edition)
                report.facts["catalogue"] = facts
                report.notes += _catalogue_notes(facts, table)
                finish(connection, load)
    return report


def load_roster(
    path: Path, mapping: RosterMapping, progress: Progress = silent, *, valid_from: date | None = None
) -> LoadReport:
    """Load who holds which post on a day; every code must be a grid of the town. Raises SourceError or LoadError."""
    held_on = valid_from or mapping.valid_from
    if held_on is None:
        raise LoadError(
            f"Nothing says of which day the roster {path.name} is. Nothing was loaded; say it with --valid-from "
            "2026-01-01, or as valid_from in the mapping."
        )
    with opened(path, mapping) as source:
        table = whole(source, mapping, lambda batch, faults: sources.read_roster(batch, mapping, held_on, faults))
        layers = refuse_unknown(source, mapping, set(table["grid_code"].to_pylist()), mapping.layer)
        with loading(town_for(mapping), mapping, source, progress) as load:
            report = begun_with(load.report, table)
            held = table.filter(pc.invert(table["is_past"])).drop_columns(["is_past"])
            placed = [
                next(layer for layer, codes in layers.items() if code in codes)
                for code in held["grid_code"].to_pylist()
            ]
            with runs.merging(load.run) as connection:
                posts = held.append_column("layer_id", pa.array(placed, pa.int32()))
                counts, ended = roster.merge_roster(connection, load.run, held_on, layers, posts)
                counted(report, {**counts, "superseded": table.num_rows - held.num_rows})
                facts = {"held_on": held_on, **_roster_facts(held), "ended": ended}
                report.facts["roster"] = facts
                report.notes += _roster_notes(facts, report.superseded)
                finish(connection, load)
    return report


def _catalogue_facts(table: pa.Table) -> dict[str, Any]:
    """Counts of an edition as it stands: the last row of each code and condition."""
    rows = list({(row["code"], row["condition"]): row for row in table.to_pylist()}.values())
    by_unit = Counter(row["limit_unit"] for row in rows if row["limit_unit"])
    return {
        "items": len({row["code"] for row in rows}),
        "rows": len(rows),
        "limits_by_unit": {unit: by_unit.get(unit, 0) for unit in LIMIT_UNITS},
        "without_limit": sum(row["limit_text"] is None for row in rows),
        "unread_limits": [
            {name: row[name] for name in ("code", "name", "condition", "limit_text")}
            for row in rows
            if row["limit_text"] is not None and row["limit_unit"] is None
        ],
    }


def _catalogue_notes(facts: dict[str, Any], table: pa.Table) -> list[str]:
    limits = ", ".join(f"{n} in {LIMIT_UNITS[unit].en}s" for unit, n in facts["limits_by_unit"].items() if n)
    notes = [f"{facts['items']} items in {facts['rows']} rows; limits: {limits or 'none'}."]
    if facts["without_limit"]:
        notes.append(f"{facts['without_limit']} rows say no limit.")
    if unread := facts["unread_limits"]:
        told = [f"{row['code']} {row['name']} '{' '.join(row['limit_text'].split())}'" for row in unread]
        notes.append(f"Limits that cannot be read, so that these rows have none: {len(unread)}: {listed(told, '; ')}.")
    if bare := sorted({word for row in unread if (word := bare_word(row["limit_text"]))}):
        notes.append(
            f"The word {bare[0]} says no clock. If it has one meaning in this table, say it in the mapping: "
            f"bare_units = {{ '{bare[0]}' = 'work_day' }} (or {', '.join(unit for unit in LIMIT_UNITS if unit != 'work_day')})."
        )
    n_replaced = len({str(row) for row in table.to_pylist()}) - facts["rows"]
    if n_replaced:
        notes.append(
            f"{n_replaced} rows differ from a later row of the same code and condition; the last counts. Has the file a "
            "column for `condition`?"
        )
    if facts["removed"]:
        gone = [f"{row['code']} {row['name']}" for row in facts["removed"]]
        notes.append(f"{len(gone)} rows of this version are no longer in the file and were removed: {listed(gone)}.")
    return notes


def _roster_facts(held: pa.Table) -> dict[str, Any]:
    """Counts of a roster, each post and holder once: what it tells is told without naming anybody."""
    posts = {(row["grid_code"], row["role"], row["person"], row["is_vacant"]) for row in held.to_pylist()}
    hats = Counter(person for _, _, person, _ in posts if person)
    vacant = Counter(role for _, role, _, is_vacant in posts if is_vacant)
    return {
        "posts": len(posts),
        "filled": len(posts) - vacant.total(),
        "vacant": vacant.total(),
        "vacant_by_role": {role: vacant.get(role, 0) for role in ROLES},
        "people": len(hats),
        "hats_mean": round(hats.total() / len(hats), 2) if hats else None,
        "hats_max": max(hats.values(), default=None),
    }


def _roster_notes(facts: dict[str, Any], n_past: int) -> list[str]:
    notes = [f"{facts['posts']:,} posts on {facts['held_on']}: {facts['filled']:,} filled, {facts['vacant']:,} vacant."]
    if facts["people"]:
        notes.append(f"{facts['people']:,} people, {facts['hats_mean']} posts each, {facts['hats_max']} at most.")
    if facts["vacant"]:
        roles = [f"{ROLES[role].en} {n}" for role, n in facts["vacant_by_role"].items() if n]
        notes.append(f"Vacant: {', '.join(roles)}.")
    if facts["ended"]:
        notes.append(f"{facts['ended']:,} posts are no longer held as before; they end on that day.")
    if n_past:
        notes.append(f"{n_past:,} rows ended before that day and are past already.")
    return notes
