"""What was known when: the ledger and what is derived from it as they stood after the loads finished by an instant.

`knowing` is a door beside `database.reading`. In its transaction temporary views stand in front of the tables of cases, so
that a question reads as it always does: the rows of cases that no later load told of come from the tables kept, those of the
others are derived anew from the ledger as it was. So it is exact, and costs what came in since.

A load counts once it was finished. Grids and registers are those there are now; the clocks are those of the rules the town
follows now. A catalogue loaded later under its own edition is not known; one that was changed in place has no memory.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.engine import Connection

from gridgov.store import rollups, tables
from gridgov.store.copying import copy_rows
from gridgov.store.database import as_reader, engine, run, statement, told
from gridgov.store.tables import SCHEMA

_LEDGER = {"case_record": "id", "case_event": "case_id"}
"""The tables of the ledger, and the column of each that names the case."""


@contextmanager
def knowing(town_id: int, known_at: datetime, scope: str | None = None) -> Iterator[Connection]:
    """As `database.reading`, with the cases of a town as its loads finished at or before `known_at` told of them."""
    with told(), engine().connect() as connection:
        as_reader(connection, scope)
        run(connection, "known/later", {"town_id": town_id, "known_at": known_at})
        if connection.exec_driver_sql("SELECT EXISTS (SELECT FROM later_run)").scalar_one():
            _go_back(connection, town_id)
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        yield connection
        connection.rollback()  # the views are of this transaction only


def _go_back(connection: Connection, town_id: int) -> None:
    connection.exec_driver_sql("ANALYZE later_run")
    run(connection, "known/items", columns=_columns("item"))
    run(connection, "known/retold", {"town_id": town_id})
    if connection.exec_driver_sql("SELECT EXISTS (SELECT FROM later_run WHERE kind = 'catalogue')").scalar_one():
        limits = statement("load/rollups/other_limits")
        values = {"town_id": town_id, "only_fills": rollups.only_fills(connection, town_id)}
        run(connection, "known/limits", values, cases=limits)
    connection.exec_driver_sql("CREATE UNIQUE INDEX ON retold (case_id)")
    connection.exec_driver_sql("ANALYZE retold")
    for name in (*_LEDGER, *rollups.TABLES):
        run(connection, "known/blank", table=name)
    run(connection, "known/records", columns=_columns("case_record"))
    run(connection, "known/rehome")
    run(connection, "known/events")
    for name, case in _LEDGER.items():
        run(connection, "known/shadow", table=name, columns=_columns(name), case=case)
    _facets(connection, town_id)
    for rows in rollups.derived(connection, town_id, "SELECT id AS case_id FROM known_case_record", {}):
        for name, fields in rows.fields.items():
            copy_rows(connection, f"known_{name}", fields, schema="pg_temp")
    for name in rollups.TABLES:
        run(connection, "known/shadow", table=name, columns=_columns(name), case="case_id")
    run(connection, "known/loads", columns=_columns("load_run"))


def _facets(connection: Connection, town_id: int) -> None:
    """Facets of cases as they were are those there are; should one be lacking, it can be added to a copy of them."""
    run(connection, "known/facets", {"town_id": town_id}, columns=_columns("facet"))
    run(connection, "known/number_facets")
    run(connection, "known/next_facet")


def _columns(table: str) -> str:
    return ", ".join(column.name for column in tables.metadata.tables[f"{SCHEMA}.{table}"].columns)
