"""Registers of a town as published -> our frames: units, lines of business, the catalogue of items, the roster of posts.

A register is a small table that is loaded whole or not at all, so every fault is collected, with its row, for one sentence.
"""

import re
from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gridgov.sources import values
from gridgov.sources.limits import parse_limit
from gridgov.sources.lists import Fault, cell_text, people, required, tidy
from gridgov.sources.mapping import CatalogueMapping, RosterMapping, UnitMapping
from gridgov.sources.mapping import Mapping as AnyMapping
from gridgov.sources.personal import hide
from gridgov.sources.reading import RawBatch
from gridgov.vocabulary import ITEM_KINDS, ROLES, UNIT_KINDS, Term

_BETWEEN_CODES = re.compile(r"[、,，;；\s]+")
_SEVERAL = r"[、，;；/\n]"


def read_units(batch: RawBatch, mapping: UnitMapping, faults: list[Fault]) -> pa.Table:
    """Rows of units or lines: code, name, kind (null = not said), territory (grid codes, each once, sorted; empty = none).

    A kind that is neither a word of ours nor of the mapping stays as it is: a town may have kinds of its own.
    """
    text = {name: tidy(cell_text(batch, mapping, name)) for name in ("code", "name", "kind")}
    required(batch, text, ("code", "name"), faults)
    words = _words(UNIT_KINDS) | mapping.values.get("kind", {})
    text["kind"] = pc.coalesce(values.lookup(text["kind"], words), text["kind"])
    cells = cell_text(batch, mapping, "territory").to_pylist()
    codes = [sorted({code for code in _BETWEEN_CODES.split(cell or "") if code}) for cell in cells]
    return pa.table({**text, "territory": pa.array(codes, pa.list_(pa.string()))})


def read_catalogue(batch: RawBatch, mapping: CatalogueMapping, faults: list[Fault]) -> pa.Table:
    """Rows of a catalogue, one for each item and condition.

    code, category, name   the code stands behind the category's own (category_code) where the file has one
    condition              when the limit applies; empty where an item has one limit only
    kind                   service, social, enforcement, or null
    owner_text, line_text  code or name of a unit and of a line, or a class such as "village", as written
    limit_text             the limit as written; limit_value and limit_unit are null where it cannot be read
    """
    plain = ("code", "category_code", "category", "name", "condition", "owner", "line")
    text = {name: tidy(cell_text(batch, mapping, name), "、" if name == "owner" else "") for name in plain}
    required(batch, text, ("code", "category", "name"), faults)
    if "category_code" in mapping.columns:
        required(batch, text, ("category_code",), faults)
    for name in ("owner", "line"):
        text[name] = pc.coalesce(values.lookup(text[name], mapping.values.get(name, {})), text[name])
    written = cell_text(batch, mapping, "limit")
    if "limit_value" in mapping.columns:
        parts = (cell_text(batch, mapping, "limit_value"), _word(batch, mapping, "limit_unit"))
        written = pc.binary_join_element_wise(*(pc.fill_null(part, "") for part in parts), "")
        written = pc.if_else(pc.equal(written, ""), pa.scalar(None, pa.string()), written)
    limits = [parse_limit(cell, mapping.bare_units) if cell else None for cell in written.to_pylist()]
    return pa.table(
        {
            "code": pc.binary_join_element_wise(pc.fill_null(text["category_code"], ""), text["code"], ""),
            **{name: text[name] for name in ("category", "name")},
            "condition": pc.fill_null(text["condition"], ""),
            "kind": _coded(batch, mapping, "kind", ITEM_KINDS, faults),
            "owner_text": text["owner"],
            "line_text": text["line"],
            "limit_text": written,
            "limit_value": pa.array([limit and limit.value for limit in limits], pa.float64()),
            "limit_unit": pa.array([limit and limit.unit for limit in limits], pa.string()),
        }
    )


def read_roster(batch: RawBatch, mapping: RosterMapping, held_on: date, faults: list[Fault]) -> pa.Table:
    """Rows of a roster: who holds a post on the day it is of.

    grid_code, role      the post
    person               a pseudonym, never a name; null = nobody, or not said because the mapping drops it
    is_vacant            nobody has the post
    unit_text            code or name of the unit the person belongs to, as written
    since_on, until_on   first and last local day as the file says them, null where it does not
    is_past              the last day lies before the day of the roster: not held any more
    """
    code = cell_text(batch, mapping, "grid_code")
    role = _coded(batch, mapping, "role", ROLES, faults)
    required(batch, {"grid_code": code, "role": cell_text(batch, mapping, "role")}, ("grid_code", "role"), faults)
    person = _people(batch, mapping, faults)
    since, until = (_days(batch, mapping, name, faults) for name in ("valid_from", "valid_to"))
    past = [last is not None and last < held_on for last in until]
    for row_no, first, last in zip(batch.row_no, since, until, strict=True):
        if first and last and last < first:
            faults.append(Fault(int(row_no), f"valid_to {last} lies before valid_from {first}"))
        elif first and first > held_on:
            faults.append(Fault(int(row_no), f"the post begins on {first}, after the day of this roster, {held_on}"))
    unit = tidy(cell_text(batch, mapping, "unit"))
    return pa.table(
        {
            "grid_code": code,
            "role": role,
            "person": hide(person, mapping.personal.get("person", "pseudonym")),
            "is_vacant": pc.is_null(person),
            "unit_text": pc.coalesce(values.lookup(unit, mapping.values.get("unit", {})), unit),
            "since_on": pa.array(since, pa.date32()),
            "until_on": pa.array(until, pa.date32()),
            "is_past": pa.array(past, pa.bool_()),
        }
    )


def _people(batch: RawBatch, mapping: RosterMapping, faults: list[Fault]) -> pa.Array:
    """Names, null where nobody has the post."""
    text = cell_text(batch, mapping, "person")
    text = pc.if_else(
        pc.is_in(text, value_set=pa.array(mapping.vacant, pa.string())), pa.scalar(None, pa.string()), text
    )
    several = pc.fill_null(pc.match_substring_regex(text, _SEVERAL), False).to_numpy(zero_copy_only=False)
    faults += [Fault(int(n), "several people in one cell; write one row for each") for n in batch.row_no[several]]
    return people(text)


def _days(batch: RawBatch, mapping: RosterMapping, name: str, faults: list[Fault]) -> list[date | None]:
    if name not in mapping.columns:
        return [None] * len(batch.row_no)
    times = values.column_times(batch.table, mapping.columns[name], mapping.nulls, "UTC")
    faults += [Fault(int(n), f"{name} is not a date") for n in batch.row_no[times.bad]]
    return pc.cast(times.at, pa.date32(), safe=False).to_pylist()


def _word(batch: RawBatch, mapping: AnyMapping, name: str) -> pa.Array:
    text = cell_text(batch, mapping, name)
    return pc.coalesce(values.lookup(text, mapping.values.get(name, {})), text)


def _words(terms: Mapping[str, Term]) -> dict[str, str]:
    """Codes by each word that means them: the code itself and its labels."""
    return {word: code for code, term in terms.items() for word in (code, term.zh, term.en)}


def _coded(batch: RawBatch, mapping: AnyMapping, name: str, terms: Mapping[str, Term], faults: list[Fault]) -> pa.Array:
    """A column that must end in one of our codes."""
    text = cell_text(batch, mapping, name)
    code = values.lookup(text, _words(terms) | mapping.values.get(name, {}))
    unknown = np.flatnonzero(pc.and_(pc.is_valid(text), pc.is_null(code)).to_numpy(zero_copy_only=False))
    faults += [
        Fault(int(batch.row_no[i]), f"{name} '{str(text[int(i)])[:40]}' is not known; translate it in [values.{name}]")
        for i in unknown
    ]
    return code
