"""Loading the registers of a town: its units and lines of business, its catalogues, its roster of posts."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from gridgov.errors import LoadError, SourceError
from gridgov.pipelines.loading import Progress, finish, known_town, loading, silent, town_for
from gridgov.pipelines.report import LoadReport
from gridgov.settings import settings
from gridgov.sources import registers as sources
from gridgov.sources.limits import bare_word
from gridgov.sources.mapping import CatalogueMapping, Mapping, RosterMapping, UnitMapping
from gridgov.sources.reading import RawBatch, Source, open_source
from gridgov.sources.registers import Fault
from gridgov.store import grids, registers, roster, runs
from gridgov.store.database import reading
from gridgov.vocabulary import LIMIT_UNITS, ROLES

_SHOWN = 10


def load_units(path: Path, mapping: UnitMapping, progress: Progress = silent) -> LoadReport:
    """Load the register of units or of lines; territories must be grids of the base layer.

    Raises SourceError or LoadError. What the file has no more is kept, because cases refer to it, and listed.
    """
    register: registers.Register = "unit" if mapping.register_ == "units" else "line"
    with _open(path, mapping) as source:
        table = _whole(source, mapping, lambda batch, faults: sources.read_units(batch, mapping, faults))
        territory = set(pc.list_flatten(table["territory"]).to_pylist())
        _refuse_unknown(source, mapping, territory, grids.BASE)
        with loading(town_for(mapping), mapping, source, progress) as load:
            report = _begun(load.report, table)
            with runs.merging(load.run) as connection:
                counts, facts = registers.merge_register(connection, load.run, register, table)
                _counted(report, counts)
                gone = facts["no_longer_listed"]
                report.facts["register"] = {register: len(set(table["code"].to_pylist())), **facts}
                if register == "unit":
                    kinds = dict(zip(table["code"].to_pylist(), table["kind"].to_pylist(), strict=True))
                    by_kind = Counter(kind or "" for kind in kinds.values())
                    report.facts["register"]["by_kind"] = dict(sorted(by_kind.items()))
                if gone:
                    report.notes.append(f"{len(gone)} no longer in the file, kept for their cases: {_listed(gone)}.")
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
    with _open(path, mapping) as source:
        table = _whole(source, mapping, lambda batch, faults: sources.read_catalogue(batch, mapping, faults))
        with loading(town_for(mapping), mapping, source, progress) as load:
            report = _begun(load.report, table)
            with runs.merging(load.run) as connection:
                counts, removed = registers.merge_catalogue(connection, load.run, edition, table)
                _counted(report, counts)
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
    with _open(path, mapping) as source:
        table = _whole(source, mapping, lambda batch, faults: sources.read_roster(batch, mapping, held_on, faults))
        layers = _refuse_unknown(source, mapping, set(table["grid_code"].to_pylist()), mapping.layer)
        with loading(town_for(mapping), mapping, source, progress) as load:
            report = _begun(load.report, table)
            held = table.filter(pc.invert(table["is_past"])).drop_columns(["is_past"])
            placed = [
                next(layer for layer, codes in layers.items() if code in codes)
                for code in held["grid_code"].to_pylist()
            ]
            with runs.merging(load.run) as connection:
                posts = held.append_column("layer_id", pa.array(placed, pa.int32()))
                counts, ended = roster.merge_roster(connection, load.run, held_on, layers, posts)
                _counted(report, {**counts, "superseded": table.num_rows - held.num_rows})
                facts = {"held_on": held_on, **_roster_facts(held), "ended": ended}
                report.facts["roster"] = facts
                report.notes += _roster_notes(facts, report.superseded)
                finish(connection, load)
    return report


def _open(path: Path, mapping: Mapping) -> Source:
    return open_source(path, mapping.file, mapping.source_columns(), fill_down=mapping.filled_columns())


def _whole(source: Source, mapping: Mapping, read: Callable[[RawBatch, list[Fault]], pa.Table]) -> pa.Table:
    """All rows of a file, or one sentence with its faults."""
    tables, faults = [], []
    for batch in source.batches(settings().batch_rows):
        faults += [Fault(broken.row_no or 0, broken.reason) for broken in batch.broken]
        tables.append(read(batch, faults))
    if faults:
        told = [f"row {row_no}: {said}" if row_no else said for row_no, said in sorted(faults)]
        raise SourceError(
            f"{source.path.name} cannot be loaded as {mapping.kind}: {_listed(told, '; ')}. Nothing was loaded."
        )
    return pa.concat_tables(tables)


def _listed(said: list[str], between: str = ", ") -> str:
    more = f"{between}and {len(said) - _SHOWN} more" if len(said) > _SHOWN else ""
    return between.join(said[:_SHOWN]) + more


def _refuse_unknown(source: Source, mapping: Mapping, codes: set[str], layer: str | None) -> dict[int, set[str]]:
    """The codes of the town's layers by their id, the base layer first; raises LoadError for codes that none has."""
    town = known_town(mapping)
    known: dict[int, set[str]] = {}
    with reading() as connection:
        for version in sorted(
            grids.grid_sets(connection, town.id, layer) if town else [], key=lambda s: s.layer != grids.BASE
        ):
            known.setdefault(version.layer_id, set()).update(grids.codes(connection, [version.id]))
    unknown = sorted(codes - set().union(*known.values()))
    if unknown:
        which = f"the layer '{layer}'" if layer else "any layer"
        raise LoadError(
            f"{source.path.name} speaks of {len(unknown)} codes that are no grid of {which}: {_listed(unknown)}. "
            "Nothing was loaded; load the grids first, or mend the codes."
        )
    return known


def _begun(report: LoadReport, table: pa.Table) -> LoadReport:
    report.read = table.num_rows
    return report


def _counted(report: LoadReport, counts: dict[str, int]) -> None:
    for outcome, n in counts.items():
        setattr(report, outcome, n)


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
        notes.append(f"Limits that cannot be read, so that these rows have none: {len(unread)}: {_listed(told, '; ')}.")
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
        notes.append(f"{len(gone)} rows of this version are no longer in the file and were removed: {_listed(gone)}.")
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
