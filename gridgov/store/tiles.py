"""Where cases are, kept for maps: a pixel a case, and the pyramid: the cases reported in a month, counted in the cells of tiles.

What a map shows of a time is read from one of two places, see questions.tiles. Open cases are few at any instant, however
many there were: they are read from the stretches that run. Reports of years are many: whole months come from the pyramid,
whose rows hold the cells of one tile, month and grid as two arrays, so that a year of a town of ten million cases is some
thousand rows; days at either end, and filters the pyramid does not know, come from the pixels of the cases.

The pyramid reaches from ZOOMS[0], below which its cells are added up, to ZOOMS[-1], beyond which a tile holds few enough cases
to count them one by one. It is kept by grid, which costs nearly nothing since a grid lies in one place, and answers any scope.
"""

from contextlib import nullcontext
from datetime import date, datetime, timedelta
from typing import Any, Final

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridgov.analytics.periods import Cycle, begin_of, day_at
from gridgov.errors import QuestionError
from gridgov.store import rulebook, tables
from gridgov.store.bulk import bulk_window, take_tables
from gridgov.store.database import run

TABLES: Final = ["case_pixel", "tile_month"]
"""The tables kept here; a merge that opens a window takes them with its own."""

ZOOMS: Final = range(10, 16)
"""The zooms of the pyramid."""

PATIENCE_S: Final = 10
"""A tile that takes longer is given up."""

_LOOKED_AT: Final = 20_000
_TILES_LOOKED_AT: Final = 200
"""Cases and tiles of a town that `wrong` looks at."""


class TooMuch(QuestionError):
    """What is asked of a tile takes too long."""


def cut(connection: Connection, name: str, values: dict[str, Any], names: dict[str, Any]) -> tuple[bytes, int]:
    """The tile that sql/tiles/<name>.sql makes, and what is counted in it. Raises TooMuch after PATIENCE_S."""
    row = patiently(connection, name, values, names)
    return bytes(row.tile), int(row.n)


def patiently(connection: Connection, name: str, values: dict[str, Any], names: dict[str, Any]) -> sa.Row[Any]:
    """The one row of sql/tiles/<name>.sql. Raises TooMuch after PATIENCE_S."""
    # A map asks for many tiles at once: helpers would only take the machine from each other.
    settings = {"max_parallel_workers_per_gather": "0", "statement_timeout": f"{PATIENCE_S}s"}
    connection.execute(sa.select(*(sa.func.set_config(name, value, sa.true()) for name, value in settings.items())))
    try:
        return run(connection, f"tiles/{name}", values, **names).one()
    except sa.exc.OperationalError as err:
        if not isinstance(err.orig, psycopg.errors.QueryCanceled):
            raise
        raise TooMuch(
            f"The map of these cases took longer than {PATIENCE_S} s. Choose a shorter period, or take a filter away."
        ) from err


def refresh(connection: Connection, town_id: int, zone: str, *, has_tables: bool) -> None:
    """After the course of some cases was derived (temporary table followed): count them where they are now.

    has_tables  the merge has taken TABLES for itself, so that a window may be opened
    """
    connection.exec_driver_sql("DROP TABLE IF EXISTS pixel_changed")
    n_changed = run(connection, "load/tiles/changed").rowcount
    with bulk_window(connection, TABLES, n_changed) if has_tables else nullcontext():
        run(connection, "load/tiles/clear")
        run(connection, "load/tiles/insert")
        _add(connection, town_id, zone)


def rehome(connection: Connection, town_id: int, zone: str) -> None:
    """After cases were located anew: what is counted follows them into their grids."""
    if run(connection, "load/tiles/rehome", {"town_id": town_id}).rowcount:
        _recount(connection, town_id, zone)


def fill(connection: Connection, town_id: int, zone: str) -> None:
    """Count all cases of a town, in a database that was made before maps were."""
    connection.exec_driver_sql("SET LOCAL work_mem = '256MB'")  # as in a merge: it is alone
    connection.exec_driver_sql("DROP TABLE IF EXISTS followed")
    n_cases = run(connection, "load/tiles/all_cases", {"town_id": town_id}).rowcount
    connection.exec_driver_sql("ANALYZE followed")
    refresh(connection, town_id, zone, has_tables=take_tables(connection, TABLES, n_cases))


def unfilled(connection: Connection) -> list[int]:
    """Towns of whose placed cases maps do not count all."""
    return list(run(connection, "load/tiles/unfilled").scalars())


def wrong(connection: Connection) -> list[str]:
    """Codes of towns whose maps do not count what their cases say, as far as a look at some of them tells.

    Looked at are the cases that came last, the number of cases of each month, and tiles of the pyramid drawn by lot.
    """
    t, found = tables.town.c, set(unfilled(connection))
    towns = connection.execute(sa.select(t.id, t.code, t.time_zone).order_by(t.code)).all()
    for town in towns:
        of_town = {"town_id": town.id}
        if run(connection, "load/tiles/astray", {**of_town, "most": _LOOKED_AT}).scalar_one():
            found.add(town.id)
        span = run(connection, "load/tiles/span_of", of_town).one()
        months = _months(connection, town.id, town.time_zone, span) if span.first_at else {}
        values = {
            **of_town,
            "month_days": list(months),
            "month_begins": list(months.values()),
            "most": _TILES_LOOKED_AT,
        }
        if run(connection, "load/tiles/miscounted", values, zoom=ZOOMS[0]).scalar_one():
            found.add(town.id)
    return [town.code for town in towns if town.id in found]


def _months(connection: Connection, town_id: int, zone: str, span: sa.Row[Any]) -> dict[date, datetime]:
    return months_between(span.first_at, span.last_at, zone, Cycle.of(rulebook.rules_of(connection, town_id)))


def _recount(connection: Connection, town_id: int, zone: str) -> None:
    connection.execute(sa.delete(tables.tile_month).where(tables.tile_month.c.town_id == town_id))
    connection.exec_driver_sql("DROP TABLE IF EXISTS pixel_changed")
    run(connection, "load/tiles/every", {"town_id": town_id})
    _add(connection, town_id, zone)


def _add(connection: Connection, town_id: int, zone: str) -> None:
    """Add what changed to the pyramid, from its finest zoom to its coarsest."""
    span = run(connection, "load/tiles/span").one()
    if span.first_at is None:
        return
    months = _months(connection, town_id, zone, span)
    connection.exec_driver_sql("DROP TABLE IF EXISTS cell_changed")
    values = {"month_days": list(months), "month_begins": list(months.values())}
    run(connection, "load/tiles/finest", values, zoom=ZOOMS[-1])
    for zoom in reversed(ZOOMS[:-1]):
        run(connection, "load/tiles/coarser", zoom=zoom)
    connection.exec_driver_sql("ANALYZE cell_changed")
    run(connection, "load/tiles/add", {"town_id": town_id})


def months_between(first: datetime, last: datetime, zone: str, cycle: Cycle) -> dict[date, datetime]:
    """The calendar months of statistical days from that of one instant to that of another: first day -> first instant."""
    month, until = day_at(first, zone, cycle.day_start).replace(day=1), day_at(last, zone, cycle.day_start)
    found = {}
    while month <= until:
        found[month] = begin_of(month, zone, cycle.day_start)
        month = next_month(month)
    return found


def next_month(month: date) -> date:
    """The first of the month after that of a first."""
    return (month + timedelta(31)).replace(day=1)
