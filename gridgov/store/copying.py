"""Columns of numpy straight into a table, by binary COPY in the transaction of a merge: no Python object per value.

ADBC has a connection of its own, which cannot see what a merge has not committed; psycopg's own COPY takes a row at a time.
Here a whole batch is laid out as rows of one length, and the bytes of what is absent are left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridgov.store.database import identifier, statement
from gridgov.store.tables import SCHEMA

HEAD, TAIL = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
"""What a binary COPY of PostgreSQL begins and ends with."""

EPOCH_2000 = 946_684_800
"""PostgreSQL counts instants in microseconds from 2000 on."""

_INTEGER = 23
"""The number by which PostgreSQL knows the type integer."""

_ARRAYS_SENT = {17: None, 1005: "i2", 1007: "i4", 1016: "i8", 1022: "f8"}
"""What PostgreSQL calls bytea, and arrays of smallint, integer, bigint and double precision."""
NEVER_SENT = np.iinfo(np.int64).min
"""-infinity, as PostgreSQL sends it: what queries make of an instant that is null."""


@dataclass(frozen=True)
class Field:
    """A column as it is sent: big-endian values of one width, and how many bytes of each count (-1 = null)."""

    values: npt.NDArray[Any]
    n_bytes: npt.NDArray[np.int32]


def number(values: npt.ArrayLike, kind: str, is_null: npt.ArrayLike | None = None) -> Field:
    """Numbers (`i8`, `i4`, `i2`, `f8`) or truth values (`i1`)."""
    found = np.ascontiguousarray(values).astype(f">{kind}")
    width = found.dtype.itemsize
    n_bytes = np.full(len(found), width, np.int32)
    if is_null is not None:
        n_bytes[np.asarray(is_null)] = -1
    return Field(found, n_bytes)


def binary(values: npt.NDArray[Any]) -> Field:
    """Bytes, as many of each: those of the rows of an array of two dimensions."""
    found = np.ascontiguousarray(values)
    width = found.dtype.itemsize * found.shape[1]
    return Field(found.view(f"V{width}").reshape(-1), np.full(len(found), width, np.int32))


def instant(seconds: npt.NDArray[np.int64], micros: npt.NDArray[np.int64] | int = 0) -> Field:
    """Instants, in seconds UTC since 1970 and microseconds; -1 = null."""
    return number((seconds - EPOCH_2000) * 1_000_000 + micros, "i8", seconds == -1)


def word(places: npt.NDArray[Any], words: list[str]) -> Field:
    """Texts, each by its place in a list; -1 = null."""
    sent = [text.encode() for text in words] + [b""]
    table = np.array(sent, f"S{max(map(len, sent), default=1) or 1}")
    lengths = np.array([*map(len, sent[:-1]), -1], np.int32)
    return Field(table[places], lengths[places])


def block(values: npt.NDArray[Any]) -> Field:
    """Bytes of one length: a row of a two-dimensional array each, as it lies in memory."""
    found = np.ascontiguousarray(values)
    width = found.itemsize * found.shape[1]
    return Field(found.view(f"V{width}").reshape(-1), np.full(len(found), width, np.int32))


def day(days: npt.ArrayLike) -> Field:
    """Dates, in days since 1970-01-01."""
    return number(np.asarray(days, np.int64) - EPOCH_2000 // 86_400, "i4")


def integers(rows: npt.NDArray[np.int64], is_null: npt.NDArray[np.bool_]) -> Field:
    """Arrays of integers, one a row of a matrix."""
    n, width = rows.shape
    head = [("dimensions", ">i4"), ("flags", ">i4"), ("kind", ">i4"), ("width", ">i4"), ("first", ">i4")]
    sent = np.zeros(n, [*head, ("elements", [("n_bytes", ">i4"), ("value", ">i4")], width)])
    sent["dimensions"], sent["kind"], sent["width"], sent["first"] = 1, _INTEGER, width, 1
    sent["elements"]["n_bytes"], sent["elements"]["value"] = 4, rows
    return Field(sent.view(f"V{sent.dtype.itemsize}"), np.where(is_null, -1, sent.dtype.itemsize).astype(np.int32))


def seconds_of(micros: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Instants as PostgreSQL sends them (microseconds from 2000 on) in whole seconds since 1970; -infinity is -1."""
    found = micros.astype(np.int64)
    return np.where(found == NEVER_SENT, np.int64(-1), found // 1_000_000 + EPOCH_2000)


def copy_rows(
    connection: Connection,
    table: str,
    fields: Mapping[str, Field],
    schema: str = SCHEMA,
    last: tuple[str, list[bytes | None]] | None = None,
) -> None:
    """Append rows to a table of ours, in the transaction of the connection.

    last  the name and the values of a column whose bytes differ widely in length, such as geometries (EWKB)
    """
    _copy(connection, f"{identifier(schema)}.{identifier(table)}", fields, last)


def copy_temporary(connection: Connection, table: str, fields: Mapping[str, Field]) -> None:
    """Make a temporary table of some columns of numbers, in place of the one of that name, and fill it."""
    kinds = {"i8": "bigint", "i4": "integer", "i2": "smallint", "f8": "double precision"}
    columns = ", ".join(f'"{identifier(name)}" {kinds[field.values.dtype.str[1:]]}' for name, field in fields.items())
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS pg_temp.{identifier(table)}")
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {identifier(table)} ({columns}) ON COMMIT DROP")
    _copy(connection, f"pg_temp.{identifier(table)}", fields)
    connection.exec_driver_sql(f"ANALYZE {identifier(table)}")


def _copy(
    connection: Connection,
    table: str,
    fields: Mapping[str, Field],
    last: tuple[str, list[bytes | None]] | None = None,
) -> None:
    n = len(next(iter(fields.values())).values)
    if not n:
        return
    named = [*fields, *([last[0]] if last else [])]
    kinds = [("n_columns", ">i2")]
    for name, field in fields.items():
        kinds += [(f"{name}_bytes", ">i4"), (name, field.values.dtype.str)]
    rows = np.zeros(n, np.dtype(kinds))
    rows["n_columns"] = len(named)
    is_sent = np.ones((n, rows.dtype.itemsize), bool)
    for name, field in fields.items():
        rows[name], rows[f"{name}_bytes"] = field.values, field.n_bytes
        width = field.values.dtype.itemsize
        if (field.n_bytes < width).any():
            at = rows.dtype.fields[name][1]  # type: ignore[index]
            is_sent[:, at : at + width] = np.arange(width) < field.n_bytes[:, None]
    columns = ", ".join(f'"{identifier(name)}"' for name in named)
    statement = f"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)"
    sent = rows.view(np.uint8).reshape(n, -1)[is_sent].tobytes()
    if last:
        ends = np.cumsum(is_sent.sum(axis=1)).tolist()
        sent = b"".join(_with_last(sent, ends, last[1]))
    with driver(connection).cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(HEAD + sent + TAIL)


def _with_last(rows: bytes, ends: list[int], values: list[bytes | None]) -> Iterator[bytes]:
    """Rows that end at some places, each followed by the length of a value and the value."""
    begin = 0
    for end, value in zip(ends, values, strict=True):
        yield rows[begin:end]
        yield (-1 if value is None else len(value)).to_bytes(4, "big", signed=True)
        yield value or b""
        begin = end


def read_rows(connection: Connection, table: str, kinds: Mapping[str, str], order: str) -> npt.NDArray[Any]:
    """The rows of a temporary table without nulls, as one structured array, sorted by one or more of its columns.

    kinds  its columns: `i8` (also instants: microseconds from 2000 on, infinity the largest), `i4`, `f8`, `i1` (truth values)
    """
    sent = np.dtype(
        [
            ("n_columns", ">i2"),
            *(one for name, kind in kinds.items() for one in ((f"{name}_n", ">i4"), (name, f">{kind}"))),
        ]
    )
    columns = ", ".join(f'"{identifier(name)}"' for name in kinds)
    query = f"COPY (SELECT {columns} FROM {identifier(table)} ORDER BY {order}) TO STDOUT (FORMAT BINARY)"  # noqa: S608  names of ours
    with driver(connection).cursor() as cursor, cursor.copy(query) as copy:
        data = b"".join(bytes(part) for part in copy)
    rows = np.frombuffer(data, sent, offset=len(HEAD), count=(len(data) - len(HEAD) - len(TAIL)) // sent.itemsize)
    found = np.empty(len(rows), [(name, kind) for name, kind in kinds.items()])
    for name in kinds:
        found[name] = rows[name]
    return found


def packed_row(connection: Connection, name: str, values: Mapping[str, Any], **names: Any) -> tuple[Any, ...]:
    """The one row of a query that packs what it finds into few values, fetched in binary: far quicker than row by row.

    returns  arrays of numbers (integer, bigint, double precision; without nulls) as numpy's, empty where the query says null;
             bytea as bytes, none where it says null
    """
    compiled = sa.text(statement(name, **names)).bindparams(**values).compile(dialect=connection.dialect)
    with driver(connection).cursor(binary=True) as cursor:
        cursor.execute(compiled.string, compiled.params)
        sent = cursor.pgresult
        assert sent is not None and sent.ntuples == 1  # noqa: S101  such queries aggregate
        found = [(_ARRAYS_SENT[sent.ftype(k)], sent.get_value(0, k)) for k in range(sent.nfields)]
    return tuple((value or b"") if kind is None else array(value, f">{kind}").astype(kind) for kind, value in found)


def array(sent: bytes | None, kind: str) -> npt.NDArray[Any]:
    """The elements of a PostgreSQL array of one dimension without nulls, as sent in binary: 20 bytes, then length and value."""
    return np.frombuffer(sent or bytes(20), [("n_bytes", ">i4"), ("value", kind)], offset=20)["value"]


def matrix(sent: bytes | None, n_columns: int) -> npt.NDArray[np.int64]:
    """A PostgreSQL array of integers of two dimensions without nulls, as sent in binary; no rows where there is none."""
    found = np.frombuffer(sent or bytes(28), [("n_bytes", ">i4"), ("value", ">i4")], offset=28)["value"]
    return found.reshape(-1, n_columns).astype(np.int64)


def driver(connection: Connection) -> psycopg.Connection[Any]:
    """The driver's own connection, in the same transaction."""
    found = connection.connection.driver_connection
    assert isinstance(found, psycopg.Connection)  # noqa: S101  the engine is made with it
    return found
