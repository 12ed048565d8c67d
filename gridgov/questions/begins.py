"""When what is known of a town begins: its first report, the first day of its tracks."""

from datetime import date, datetime

from gridgov.store.database import Connection, run


def first_report(connection: Connection, town_id: int) -> datetime | None:
    """The instant of the first report; None when there are no cases."""
    return run(connection, "questions/first", {"town_id": town_id}).scalar_one()


def first_patrol(connection: Connection, town_id: int) -> date | None:
    """The first statistical day of the tracks; None when nobody patrolled."""
    return run(connection, "questions/first_patrol", {"town_id": town_id}).scalar_one()
