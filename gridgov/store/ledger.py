"""The ledger: delivered events merged with what flat rows tell. What each step does stands in sql/load/events/.

What is new is followed among what stands (store.following) over all facts of the cases told of, read in parts of
whole cases; only what is refused, ties, and the facts of flat rows that stand are sent back.
"""

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridgov.process import EVENTS
from gridgov.schema import CASE_EVENTS, arrow_schema
from gridgov.settings import settings
from gridgov.store import links, rollups, tables, tiles
from gridgov.store.bulk import bulk_window, take_tables
from gridgov.store.copying import EPOCH_2000, HEAD, TAIL, array, driver
from gridgov.store.database import frame, run, statement
from gridgov.store.following import ACCEPTED, FACT, NEW, OVERRULED, ROW_LAST, ROW_REPORT, STANDS, follow_facts
from gridgov.store.runs import Run
from gridgov.store.tables import SCHEMA
from gridgov.vocabulary import STATES, TRACKS

CONTENT = tuple(name for name in CASE_EVENTS if name != "row_no")
"""The columns that make an event's content; two rows that agree in them say the same."""

_GROWING = ["case_event"]
_RETOLD = """
  SELECT DISTINCT a.case_id
  FROM arrived AS a
  LEFT JOIN fate AS f ON f.row_no = a.row_no
  WHERE a.case_id IS NOT NULL AND (f.row_no IS NULL OR f.is_in)
  UNION
  SELECT case_id FROM dropped
  UNION
  SELECT o.case_id FROM restored AS r JOIN overruled AS o ON o.row_no = r.row_no
"""
"""The cases of which a file tells something new."""

_CODES = {"events": list(EVENTS), "states": list(STATES), "tracks": list(TRACKS)}
_MOVES = [event.number for event in EVENTS.values() if not event.is_side]
_BY_NUMBER = {"event": pa.int16(), "unit_word": pa.int32()}
"""Columns that are staged as numbers."""


def events_stage() -> pa.Schema:
    """A staged event: CASE_EVENTS with numbers for event and unit, its fingerprints, and of a row tried again its load."""
    schema = pa.schema([field for field in arrow_schema(CASE_EVENTS) if field.name not in ("event", "unit")])
    added = {
        **_BY_NUMBER, "key_hash": pa.int64(), "row_hash": pa.int64(), "may_repeat": pa.bool_(), "told_in": pa.int32(),
    }  # fmt: skip
    return pa.schema([*schema, *(pa.field(name, kind) for name, kind in added.items())])


@dataclass
class Merged:
    """What a merge of events did.

    counted  event (number), outcome, n, newest_at; one row a kind and outcome
    refused  row_no, outcome (IMPOSSIBLE, CONFLICT, or null: nobody knows the case), event, track, before, clash_event
             (numbers), clash_at; one row an event, by row_no
    gave_way case_no, event (number), at: what stood and gave way to a longer course; one row an event
    n_cases  cases that the file tells of
    """

    counted: pd.DataFrame
    refused: pd.DataFrame
    gave_way: pd.DataFrame
    n_cases: int


def merge_events(connection: Connection, load: Run, zone: str, stage: str, words: str) -> Merged:
    """Merge a staged file of events into the ledger. Runs inside `runs.merging`."""
    values = {
        **_CODES,
        "moves": _MOVES,
        "zone": zone,
        "source_id": load.source_id,
        "run_id": load.id,
        "town_id": load.town.id,
    }
    connection.exec_driver_sql("SET LOCAL work_mem = '256MB'")  # merges take turns: the joins of one may stay in memory
    connection.exec_driver_sql(f"ANALYZE {SCHEMA}.{stage} (row_no, case_no)")
    n_staged = run(connection, "load/incidents/staged", stage=stage).scalar_one()
    is_large = take_tables(connection, [*_GROWING, *rollups.TABLES, *links.TABLES, *tiles.TABLES], n_staged)
    run(connection, "load/incidents/units", values, words=words)
    units = run(connection, "load/incidents/words", values, words=words).one_or_none()
    values["unit_ids"] = units.ids if units else []
    run(connection, "load/events/arrive", values, stage=stage)
    connection.exec_driver_sql("ANALYZE arrived (row_no, case_id, at, event, event_no, key_hash, may_repeat)")
    run(connection, "load/events/touch_arrived", values)
    _stand(connection, values)
    run(connection, "load/events/overruled", values)
    run(connection, "load/events/classify", values)
    connection.exec_driver_sql("ANALYZE verdict")
    _follow(connection, values, with_new=True)
    run(connection, "load/events/refuse_mates")
    run(connection, "load/events/decide")
    connection.exec_driver_sql("ANALYZE fate")
    with bulk_window(connection, _GROWING, n_staged) if is_large else nullcontext():
        run(connection, "load/events/replace", values)
        run(connection, "load/events/restore", values)
        run(connection, "load/events/overrule", values)
        run(connection, "load/events/row_facts", values)
        run(connection, "load/events/insert", values)
    for derived in (rollups, links):
        derived.refresh(connection, load.town.id, _RETOLD, {}, has_tables=is_large)
    counted = frame(connection, "load/events/count")
    n_cases = connection.exec_driver_sql("SELECT count(*) FROM touched").scalar_one()
    refused, gave_way = (frame(connection, f"load/events/{name}") for name in ("refused", "gave_way"))
    return Merged(counted, refused, gave_way, n_cases)


def has_cases(connection: Connection, source_id: int) -> bool:
    """Whether a source has brought a case yet."""
    c = tables.case_record.c
    return connection.execute(sa.select(sa.exists().where(c.source_id == source_id))).scalar_one()


def tell_anew(connection: Connection, load: Run, cases: str) -> None:
    """The short ledgers of cases whose flat row changed, told anew beside what is delivered of them.

    cases  a fragment: the changed cases, as a table with case_id
    """
    values = {**_CODES, "run_id": load.id}
    run(connection, "load/events/touch_changed", values, cases=cases)
    _stand(connection, values)
    _follow(connection, values, with_new=False)
    run(connection, "load/events/row_facts", values)


def _stand(connection: Connection, values: dict[str, Any]) -> None:
    """What stands of the cases touched, as a temporary table."""
    connection.exec_driver_sql("ANALYZE touched")
    run(connection, "load/events/stand", values)
    connection.exec_driver_sql("ANALYZE standing")


# --- there and back -------------------------------------------------------------------------------------------------

_ARRAYS = (">i8", ">i8", ">f4", ">i4", ">i8")
"""What history.sql gives; instants go through as PostgreSQL counts them, microseconds from 2000 on."""

_FACTS_OF_CASE = 8
"""About so many facts a case: parts of cases are made so that a part has about as many facts as a batch has rows."""

_ANSWERS = {  # table: column: what of a fact, and how it is sent
    "refused": {
        "row_no": ("row", ">i8"), "outcome": ("outcome", ">i2"), "event": ("what", ">i2"), "track": ("track", ">i2"),
        "before": ("before", ">i2"), "clash_event": ("clash_what", ">i2"), "clash_at": ("clash_at", ">i8"),
    },
    "numbered": {"row_no": ("row", ">i8"), "at": ("at", ">i8"), "seq": ("seq", ">f4")},
    "restored": {"row_no": ("row", ">i8"), "at": ("at", ">i8"), "seq": ("seq", ">f4")},
    "dropped": {"case_id": ("case", ">i8"), "at": ("was_at", ">i8"), "seq": ("was_seq", ">f4"), "event": ("what", ">i2")},
    "moved": {
        "case_id": ("case", ">i8"), "was_at": ("was_at", ">i8"), "was_seq": ("was_seq", ">f4"), "event": ("what", ">i2"),
        "at": ("at", ">i8"), "seq": ("seq", ">f4"),
    },
    "room": {"case_id": ("case", ">i8"), "seq": ("seq", ">f4")},
}  # fmt: skip
"""New events that are refused, and why; instant and order of those that share an instant, or were given another of their day;
what stands again; what stood and gave way, or takes another place of its day; the facts of flat rows that stand."""

_TYPES = {">i8": "bigint", ">i2": "smallint", ">f4": "real"}
_TOLD = (
    "case", "at", "kind", "what", "track", "row", "seq", "outcome", "before", "has_room", "has_moved", "was_at", "was_seq",
)  # fmt: skip
_ANSWER = np.dtype(
    [
        *((name, FACT[name]) for name in _TOLD),
        ("clash_what", np.int16), ("clash_at", np.int64),
    ]
)  # fmt: skip


def _follow(connection: Connection, values: dict[str, Any], *, with_new: bool) -> None:
    """Follow the facts of the cases touched that have a history; the answers are temporary tables."""
    answers = [np.zeros(0, _ANSWER)]
    zone = values["zone"] if with_new else ""
    for facts in _histories(connection, values, with_new=with_new):
        _until_midnight(facts, zone)
        follow_facts(facts)
        answers.append(_answer(facts))
    found = np.concatenate(answers)
    kind, is_bad = found["kind"], found["outcome"] != ACCEPTED
    sent = {
        "refused": (kind == NEW) & is_bad, "numbered": (kind == NEW) & ~is_bad, "restored": kind == OVERRULED,
        "dropped": kind == STANDS, "moved": (kind == STANDS) & ~is_bad,
        "room": (kind == ROW_REPORT) | (kind == ROW_LAST),
    }  # fmt: skip
    for table, rows in sent.items():
        _send(connection, table, found[rows])
    run(connection, "load/events/keep_room")
    connection.exec_driver_sql("ANALYZE now_told")


def _answer(facts: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Of followed facts those that must be told, see _ANSWERS."""
    kind, is_bad = facts["kind"], facts["outcome"] != ACCEPTED
    is_told = {
        NEW: is_bad | (facts["seq"] != 1) | (facts["at"] != facts["was_at"]),
        OVERRULED: ~is_bad, STANDS: is_bad | facts["has_moved"],
        ROW_REPORT: facts["has_room"], ROW_LAST: facts["has_room"],
    }  # fmt: skip
    told = facts[np.logical_or.reduce([(kind == which) & is_so for which, is_so in is_told.items()])]
    clash = facts[told["clash"]]
    answer = np.zeros(len(told), _ANSWER)
    for name in _ANSWER.names or ():
        answer[name] = clash[name.removeprefix("clash_")] if name.startswith("clash_") else told[name]
    return answer


def _copied(kinds: Iterable[tuple[str, str]]) -> np.dtype[Any]:
    """A row of a binary COPY in which every column has a fixed length and none is null."""
    columns = [part for name, kind in kinds for part in ((f"{name}_bytes", ">i4"), (name, kind))]
    return np.dtype([("n_columns", ">i2"), *columns])


def _histories(connection: Connection, values: dict[str, Any], *, with_new: bool) -> Iterator[npt.NDArray[Any]]:
    """The facts (FACT) of whole cases, about settings().batch_rows at a time."""
    n_cases = max(1, settings().batch_rows // _FACTS_OF_CASE)
    query = statement("load/events/history", with_new=with_new, n_cases=n_cases)
    connection.execute(sa.text(f"DECLARE histories NO SCROLL CURSOR FOR {query}"), values)
    with driver(connection).cursor(binary=True) as cursor:
        while cursor.execute("FETCH 1 FROM histories").rowcount:
            assert cursor.pgresult is not None  # noqa: S101  it gave a row
            yield _facts(*(array(cursor.pgresult.get_value(0, k) or b"", kind) for k, kind in enumerate(_ARRAYS)))
        cursor.execute("CLOSE histories")


def _facts(
    case: npt.NDArray[Any], at: npt.NDArray[Any], seq: npt.NDArray[Any], code: npt.NDArray[Any], row: npt.NDArray[Any]
) -> npt.NDArray[Any]:
    kind, row = code & 7, row.astype(np.int64)
    # By line, after what stands and before what a flat row says last; exact for a billion lines.
    place = np.where(kind == NEW, 9000 + row * 1e-9, np.where(kind == OVERRULED, 9000 + seq * 1e-9, seq))
    order = np.lexsort((place, at, case))
    facts = np.zeros(len(case), FACT)
    named = {
        "case": case,
        "at": at,
        "seq": seq,
        "row": row,
        "kind": kind,
        "track": code >> 3 & 7,
        "what": (code >> 6 & 1023) - 1,
        "until": code >> 16,
    }
    for name, column in named.items():
        facts[name] = column[order]
    return facts


def _until_midnight(facts: npt.NDArray[Any], zone: str) -> None:
    """Of facts of which only the day is known (until = 1) the last instant of that day, which is one of the file's zone."""
    days = np.flatnonzero(facts["until"])
    if len(days) and zone:
        local = pd.to_datetime(facts["at"][days] + EPOCH_2000 * 1_000_000, unit="us", utc=True).tz_convert(zone)
        after = (local.tz_localize(None).normalize() + pd.Timedelta(days=1)).tz_localize(
            zone, ambiguous=np.ones(len(days), bool), nonexistent="shift_forward"
        )
        end = after.tz_convert("UTC").tz_localize(None).as_unit("us").asi8
        facts["until"][days] = end - EPOCH_2000 * 1_000_000 - 1


def _send(connection: Connection, table: str, found: npt.NDArray[Any]) -> None:
    """Make the temporary table of some answers and fill it."""
    columns = dict.fromkeys(("at", "was_at", "clash_at"), "timestamptz")
    kinds = {name: kind for name, (_, kind) in _ANSWERS[table].items()}
    named = ", ".join(f"{name} {columns.get(name, _TYPES[kind])}" for name, kind in kinds.items())
    run(connection, "load/events/answer", table=table, columns=named)
    rows = np.zeros(len(found), _copied(kinds.items()))
    rows["n_columns"] = len(kinds)
    for name, (of, kind) in _ANSWERS[table].items():
        rows[f"{name}_bytes"], rows[name] = np.dtype(kind).itemsize, found[of]
    with driver(connection).cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(HEAD + rows.tobytes() + TAIL)
    connection.exec_driver_sql(f"ANALYZE {table}")
