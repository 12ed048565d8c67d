"""Registers in the store: units and lines of business, and catalogues of items. Small tables, merged row by row.

A unit is one unit whatever it is called. Cases name it by its code or by its name; before its register comes, a word of
theirs becomes a unit with that word for both. The register then completes that row instead of making a second one, and
later cases find it by either word (sql/load/incidents/words.sql). Where cases used both words, both rows become one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridgov.errors import LoadError
from gridgov.store import rollups, tables
from gridgov.store.database import run
from gridgov.store.gazetteer import merge_rows
from gridgov.store.runs import Run

Register = Literal["unit", "line"]
Row = dict[str, Any]


@dataclass(frozen=True)
class Known:
    """A unit or line as the store has it; `source_id` says whose register, None = known from cases only."""

    id: int
    code: str
    name: str
    kind: str | None
    territory: list[str]
    source_id: int | None


@dataclass(frozen=True)
class Same:
    """A row of a register, the known unit that it is (None = new), and words of cases that turn out to mean it too."""

    row: Row
    known: Known | None
    swallowed: list[Known]


def units(connection: Connection, town_id: int) -> pd.DataFrame:
    """The responsible units of a town by code: code, name, kind (None = known from cases only)."""
    u = tables.unit.c
    rows = connection.execute(sa.select(u.code, u.name, u.kind).where(u.town_id == town_id).order_by(u.code))
    return pd.DataFrame([tuple(row) for row in rows], columns=["code", "name", "kind"], dtype=object)


def identify(known: Iterable[Known], rows: Iterable[Row], source_id: int) -> list[Same]:
    """Which known unit each row of a register is. Rows have different codes.

    A row is the unit of its code. Else it is the one of its name, where that is a word of cases, or a unit of the same
    source under a code that the file no longer has: it was given a new one. A word of cases that is the row's name is
    swallowed by the unit of its code.
    """
    rows = list(rows)
    by_code = {unit.code: unit for unit in known}
    codes = {row["code"] for row in rows}
    renumbered = {u.name: u for u in by_code.values() if u.source_id == source_id and u.code not in codes}
    found = []
    for row in rows:
        exact, word = by_code.get(row["code"]), by_code.get(row["name"])
        spoken = [word] if word and word.source_id is None and word.code not in codes else []
        former = [u for u in [renumbered.get(row["name"])] if u and not exact]
        candidates = [*([exact] if exact else []), *former, *spoken]
        same = candidates[0] if candidates else None
        found.append(Same(row, same, [u for u in spoken if u is not same]))
    return found


def merge_register(
    connection: Connection, load: Run, register: Register, rows: pa.Table
) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Merge a register (code, name, kind, territory); returns rows by outcome, and units that the file has no more.

    Those stay, because cases refer to them. Of rows with one code the last counts.
    raises  LoadError when one name would stand for two units: cases that use it could not be told apart.
    """
    table = tables.metadata.tables[f"{tables.SCHEMA}.{register}"]
    content = ("code", "name", "kind", "territory") if register == "unit" else ("code", "name")
    given = rows.to_pylist()
    last = {row["code"]: row for row in given}
    known = _known(connection, load, register)
    same = identify(known, last.values(), load.source_id)
    _refuse_ambiguous(known, same, register)
    ids = {one.row["code"]: one for one in same}
    merged = []
    for one in same:
        for other in one.swallowed:
            if one.known:
                _swallow(connection, table, other.id, one.known.id)
                merged.append(one.known.id)
    if merged and register == "unit":
        rollups.refresh_units(connection, load.town.id, merged)
    elif merged:
        rollups.join_facets(connection, load.town.id)
    # Codes may have changed hands: they are set aside first, so that no two rows have one code at any moment.
    moved = [one.known for one in same if one.known and one.known.code != one.row["code"]]
    for unit in moved:
        connection.execute(sa.update(table).where(table.c.id == unit.id).values(code=f"\x01{unit.id}"))

    def write(row: Row) -> str:
        values = {name: row[name] for name in content}
        unit = ids[row["code"]].known
        if unit is None:
            connection.execute(sa.insert(table).values(town_id=load.town.id, load_run_id=load.id, **values))
            return "loaded"
        if unit.source_id is not None and all(getattr(unit, name) == value for name, value in values.items()):
            return "unchanged"
        connection.execute(sa.update(table).where(table.c.id == unit.id).values(load_run_id=load.id, **values))
        return "loaded" if unit.source_id is None else "updated"

    counts = merge_rows(given, ("code",), write)
    kept = {one.known.id for one in same if one.known}
    gone = [unit.code for unit in known if unit.source_id == load.source_id and unit.id not in kept]
    link(connection, load.town.id)
    return counts, {"no_longer_listed": gone}


def _known(connection: Connection, load: Run, register: Register) -> list[Known]:
    rows = run(connection, "load/registers/known", {"town_id": load.town.id}, register=register)
    return [Known(**row._mapping) for row in rows]


def _refuse_ambiguous(known: Sequence[Known], same: Sequence[Same], register: Register) -> None:
    """Every word, code or name, must mean one registered unit."""
    changed = {one.known.id for one in same if one.known} | {unit.id for one in same for unit in one.swallowed}
    units = [(one.row["code"], one.row["name"]) for one in same]
    units += [(unit.code, unit.name) for unit in known if unit.source_id is not None and unit.id not in changed]
    meant: dict[str, set[str]] = {}
    for code, name in units:
        for word in (code, name):
            meant.setdefault(word, set()).add(code)
    unclear = [
        f"'{word}' means {' and '.join(sorted(codes))}" for word, codes in sorted(meant.items()) if len(codes) > 1
    ]
    if unclear:
        raise LoadError(
            f"A case that names its {register} by one of these words could mean either: {'; '.join(unclear[:10])}. "
            "Nothing was loaded; give each its own name."
        )


def _swallow(connection: Connection, table: sa.Table, old: int, new: int) -> None:
    """Everything that refers to one row refers to another, and the row goes."""
    for referring in tables.metadata.sorted_tables:
        for field in referring.columns:
            if any(key.column is table.c.id for key in field.foreign_keys):
                ids = {"old": old, "new": new}
                run(connection, "load/registers/repoint", ids, referring=referring.name, field=field.name)
    run(connection, "load/registers/repoint_revisions", {"old": old, "new": new}, field=f"{table.name}_id")
    connection.execute(sa.delete(table).where(table.c.id == old))


def link(connection: Connection, town_id: int) -> None:
    """Items find their owner and line, and posts their unit, in the registers as they stand now."""
    for name in ("link_items", "link_roster"):
        run(connection, f"load/registers/{name}", {"town_id": town_id})


def merge_catalogue(
    connection: Connection, load: Run, edition: Row, rows: pa.Table
) -> tuple[dict[str, int], list[dict[str, str]]]:
    """Merge one edition of a catalogue (edition: scope, version, valid_from); returns rows by outcome, and what is gone.

    A file holds all that its source says in an edition, so rows it has no more are removed: an edition is a text, and the
    new file its correction; what changes from a day on is another edition. Cases do not refer to these rows.
    raises  LoadError when an item stands in the edition already, from another source.
    """
    values = {"town_id": load.town.id, "run_id": load.id, **edition}
    scoped = {"town_id": load.town.id, "source_id": load.source_id, "scope": edition["scope"]}
    one_version = scoped | {"version": edition["version"]}
    codes, conditions = rows["code"].to_pylist(), rows["condition"].to_pylist()
    foreign = run(connection, "load/registers/foreign_items", one_version | {"codes": codes}).all()
    if foreign:
        raise LoadError(
            f"{len(foreign)} codes stand in the catalogue '{edition['scope']}', version {edition['version']}, already, "
            f"from the source '{foreign[0].source}': {', '.join(row.code for row in foreign[:10])}. Nothing was loaded; "
            "name another scope, or the same source."
        )

    def write(row: Row) -> str:
        return run(connection, "load/registers/merge_item", row).scalar_one()

    given = [{**row, **values} for row in rows.to_pylist()]
    counts = merge_rows(given, ("code", "condition"), write)
    gone = run(connection, "load/registers/drop_items", one_version | {"codes": codes, "conditions": conditions})
    removed = [dict(row._mapping) for row in gone]
    run(connection, "load/registers/end_editions", scoped)
    link(connection, load.town.id)
    rollups.refresh_limits(connection, load.town.id)
    return counts, sorted(removed, key=lambda row: (row["code"], row["condition"]))


def linked(connection: Connection, load: Run, edition: Row) -> dict[str, int]:
    """Rows of an edition by what became of their owner and line: a unit of the register, a word only, or nobody named."""
    values = {"town_id": load.town.id, "scope": edition["scope"], "version": edition["version"]}
    return dict(run(connection, "load/registers/linked", values).one()._mapping)
