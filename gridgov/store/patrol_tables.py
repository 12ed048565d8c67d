"""The tables of patrols: which raw positions the lake holds, and what is derived from them. See `store.tables` for the habits.

Everything but the lake's list, trackers and workers is derived: a function of the fixes in the lake, of the grids and of the
rules kept here. What was derived of days whose fixes are no longer kept stays as it is.
"""

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from gridgov.store.tables import INSTANT, SCHEMA, metadata


def _to(table: str) -> Column:
    return Column(f"{table}_id", ForeignKey(f"{SCHEMA}.{table}.id"), nullable=False)


lake_file = Table(
    "lake_file",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _to("town"),
    _to("source"),
    _to("load_run"),
    Column("day_on", Date, nullable=False, comment="Statistical day of its fixes, as the town cut its days then."),
    Column("path", Text, nullable=False, unique=True, comment="Within the lake."),
    Column("sha256", Text, nullable=False),
    Column("n_rows", Integer, nullable=False),
    Column("n_bytes", BigInteger, nullable=False),
    Column("begin_at", INSTANT, nullable=False, comment="First fix."),
    Column("end_at", INSTANT, nullable=False, comment="Last fix."),
    Column("removed_at", INSTANT, comment="When retention took it away; null = it is there."),
    Index(None, "town_id", "day_on"),
    comment="A file of raw fixes in the lake: those that one load brought of one day.",
)

patrol_rules = Table(
    "patrol_rules",
    metadata,
    Column("town_id", ForeignKey(f"{SCHEMA}.town.id"), primary_key=True, autoincrement=False),
    Column("version", Text, nullable=False),
    Column("sha256", Text, nullable=False, comment="Of the text."),
    Column("text", Text, nullable=False),
    Column("made_at", INSTANT, nullable=False, server_default=text("now()")),
    comment="The rules that what is derived of a town's patrols follows; loads go on by them until a rebuild.",
)

patrol_source = Table(
    "patrol_source",
    metadata,
    Column("source_id", ForeignKey(f"{SCHEMA}.source.id"), primary_key=True, autoincrement=False),
    Column("gap_s", Integer, comment="A longer silence ends a session; null = as the rules say."),
    comment="A source of tracks, and how its sessions are cut.",
)

tracker = Table(
    "tracker",
    metadata,
    Column("id", Integer, Identity(always=True), primary_key=True),
    _to("town"),
    _to("source"),
    Column("device", Text, nullable=False, comment="Pseudonym."),
    UniqueConstraint("source_id", "device"),
    comment="A device that told of positions.",
)

worker = Table(
    "worker",
    metadata,
    Column("id", Integer, Identity(always=True), primary_key=True),
    _to("town"),
    Column("code", Text, nullable=False, comment="Pseudonym; 'device:' and the device where nobody tells who had it."),
    UniqueConstraint("town_id", "code"),
    comment="Somebody who was on the way, never by name.",
)

patrol_session = Table(
    "patrol_session",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("town_id", SmallInteger, nullable=False),
    Column("source_id", Integer, nullable=False),
    Column("tracker_id", Integer, nullable=False),
    Column("worker_id", Integer, nullable=False),
    Column("day_on", Date, nullable=False, comment="Statistical day; one that goes on over its end is two sessions."),
    Column("begin_at", INSTANT, nullable=False, comment="First fix; where cut = 'day' the last of the day before."),
    Column("end_at", INSTANT, nullable=False, comment="Last fix."),
    Column("n_fixes", Integer, nullable=False, comment="Usable fixes of the day."),
    Column("metres", Double, nullable=False),
    Column("effective_m", Double, nullable=False, comment="Of them outside stops and inside a grid."),
    Column("minutes", Double, nullable=False),
    Column("stop_min", Double, nullable=False, comment="Of them in stops."),
    Column("n_stops", Integer, nullable=False),
    Column("gap_s", Double, comment="Silence since the device's session before; null = its first."),
    Column("longest_step_s", Double, nullable=False),
    Column("cut", Text, nullable=False, comment="Why it begins: analytics.patrol.sessions.CUTS."),
    Column("outside_share", Double, comment="0..1 of its minutes outside the grids; null = no time, or no grids."),
    Column("mode", Text, comment="The way to move that most of its fixes tell."),
    Column("grid_id", Integer, comment="Finest grid of the base layer with most of its time; null = in none."),
    Column("is_line_kept", Boolean, nullable=False, comment="false = its raw fixes are no longer kept, nor its line."),
    Column("geom", Geometry("LINESTRINGM", srid=4326, dimension=3, spatial_index=False)),
    Index(None, "town_id", "day_on"),
    Index(None, "town_id", "begin_at", "id"),
    Index(None, "worker_id", "begin_at"),
    Index(None, "tracker_id", "begin_at"),
    Index("patrol_session_when_where_idx", text("tstzrange(begin_at, end_at, '[]')"), "geom", postgresql_using="gist"),
    comment="A stretch of one day in which a device kept telling where it was. M = seconds since 1970 UTC; a session of one fix "
    "has no line.",
)

swept = Table(
    "swept",
    metadata,
    Column("town_id", SmallInteger, primary_key=True, autoincrement=False),
    Column("day_on", Date, primary_key=True),
    Column("worker_id", Integer, primary_key=True, autoincrement=False),
    Column("block_row", Integer, primary_key=True, autoincrement=False),
    Column("block_col", Integer, primary_key=True, autoincrement=False),
    Column("bits", LargeBinary, nullable=False, comment="64 words of 64 bits, see analytics.patrol.cells.to_table."),
    comment="Cells of 5 m that a worker came near on a day, in blocks of 64 x 64.",
)

swept_day = Table(
    "swept_day",
    metadata,
    Column("town_id", SmallInteger, primary_key=True, autoincrement=False),
    Column("day_on", Date, primary_key=True),
    Column("block_row", Integer, primary_key=True, autoincrement=False),
    Column("block_col", Integer, primary_key=True, autoincrement=False),
    Column("bits", LargeBinary, nullable=False),
    comment="Cells of 5 m that anybody came near on a day: the union of `swept`.",
)

patrol_day = Table(
    "patrol_day",
    metadata,
    Column("town_id", SmallInteger, primary_key=True, autoincrement=False),
    Column("day_on", Date, primary_key=True),
    Column(
        "grid_id", Integer, primary_key=True, autoincrement=False,
        comment="Finest grid of the base layer valid that day; -1 = outside all.",
    ),
    Column("worker_id", Integer, primary_key=True, autoincrement=False),
    Column("n_sessions", Integer, nullable=False, comment="With a fix in it: one may count in several grids."),
    Column("minutes", Double, nullable=False),
    Column("stop_min", Double, nullable=False),
    Column("metres", Double, nullable=False),
    Column("effective_m", Double, nullable=False, comment="Of them outside stops and inside a grid."),
    Column("n_fixes", Integer, nullable=False),
    Column("n_cells", Integer, comment="Cells of the grid that the worker came near; null = its cells are not kept."),
    Column("n_due_cells", Integer, comment="Of them land to patrol; null = not known."),
    Index(None, "town_id", "grid_id", "day_on"),
    comment="What a worker did in a grid on a day. A step from one grid to another counts half in each.",
)  # fmt: skip

grid_day = Table(
    "grid_day",
    metadata,
    Column("town_id", SmallInteger, primary_key=True, autoincrement=False),
    Column("day_on", Date, primary_key=True),
    Column("grid_id", Integer, primary_key=True, autoincrement=False, comment="As in patrol_day."),
    Column("n_sessions", Integer, nullable=False, comment="With a fix in it: one may count in several grids."),
    Column("minutes", Double, nullable=False),
    Column("stop_min", Double, nullable=False),
    Column("metres", Double, nullable=False),
    Column("effective_m", Double, nullable=False),
    comment="What all workers together did in a grid on a day: the sums of patrol_day.",
)

grid_month = Table(
    "grid_month",
    metadata,
    Column("town_id", SmallInteger, primary_key=True, autoincrement=False),
    Column("month_on", Date, primary_key=True, comment="First of a calendar month."),
    Column("grid_id", Integer, primary_key=True, autoincrement=False, comment="As in patrol_day."),
    Column(
        "days",
        Integer,
        nullable=False,
        comment="Bit d - 1 is set where it was patrolled on day d, for patrolled_min minutes.",
    ),
    Column("n_sessions", Integer, nullable=False),
    Column("minutes", Double, nullable=False),
    Column("stop_min", Double, nullable=False),
    Column("metres", Double, nullable=False),
    Column("effective_m", Double, nullable=False),
    Index(None, "town_id", "grid_id", "month_on"),
    comment="What all workers together did in a grid in a month: the sums of grid_day.",
)

route_walk = Table(
    "route_walk",
    metadata,
    Column("town_id", SmallInteger, primary_key=True, autoincrement=False),
    Column("day_on", Date, primary_key=True),
    Column(
        "route",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        comment="Key of its geometry and times: sql/load/plan.",
    ),
    Column("n_seen", Integer, nullable=False, comment="Cells of 5 m along it that anybody came near, in its times."),
    comment="A route that was planned for a day, as far as it was seen on it; a route of which nothing was seen has no row.",
)

checkpoint_visit = Table(
    "checkpoint_visit",
    metadata,
    Column("town_id", SmallInteger, primary_key=True, autoincrement=False),
    Column("day_on", Date, primary_key=True),
    Column("checkpoint", BigInteger, primary_key=True, autoincrement=False, comment="Key of its place: sql/load/plan."),
    Column("n", Integer, nullable=False),
    Column("last_at", INSTANT, nullable=False, comment="When the last of them left."),
    comment="The visits of a checkpoint on a day: 60 s within 30 m.",
)

case_track = Table(
    "case_track",
    metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("town_id", SmallInteger, nullable=False),
    Column("reported_at", INSTANT, nullable=False, comment="Of the case, as it was held against the tracks."),
    Column("geom", Geometry("POINT", srid=4326, spatial_index=False), nullable=False, comment="Likewise."),
    Column("passed_at", INSTANT, comment="When somebody last came by in the 24 hours before; null = nobody did."),
    Column("worker_id", Integer, comment="Who reported it, if a track of his ran at that instant."),
    Column("tracker_id", Integer, comment="The device of that track; of several the nearest."),
    Column("apart_m", Double, comment="Metres from where the device was at that instant to the case."),
    Index(None, "town_id", "reported_at"),
    comment="What the tracks of its day and of the day before tell of a case. A case of which they could tell nothing (no "
    "place, no tracks kept when it was looked at) has no row.",
)

last_visit = Table(
    "last_visit",
    metadata,
    Column("town_id", SmallInteger, primary_key=True, autoincrement=False),
    Column("month_on", Date, primary_key=True, comment="First of a calendar month."),
    Column("block_row", Integer, primary_key=True, autoincrement=False),
    Column("block_col", Integer, primary_key=True, autoincrement=False),
    Column(
        "days_ago", LargeBinary, nullable=False,
        comment="64 x 64 uint16, little-endian, rows from the south: days from the last visit to the month; 0 = never.",
    ),
    comment="Last day before a month on which anybody came near each cell. A month in which nobody patrolled has no rows: the "
    "month before holds, with its days. Blocks never seen have no row.",
)  # fmt: skip


def _seen(name: str, key: str, of: str, counts: str, comment: str) -> Table:
    return Table(
        name,
        metadata,
        Column("town_id", SmallInteger, nullable=False),
        Column(
            "set_id", ForeignKey(f"{SCHEMA}.grid_set.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        ),
        Column(key, Date, primary_key=True, comment=of),
        Column("counts", LargeBinary, nullable=False, comment=counts),
        comment=comment,
    )


seen_day = _seen(
    "seen_day", "day_on", "Statistical day.",
    "For each grid and day of the visit before: grid_id, that day (days since 1970-01-01; -2147483648 = never), cells, cells of "
    "the land to patrol; int32, little-endian, ascending.",
    "How many cells of the grids of a version anybody came near on a day, by when anybody was there before.",
)  # fmt: skip

seen_month = _seen(
    "seen_month", "month_on", "First of a calendar month.",
    "For each grid and day of the last visit: grid_id, that day, cells, cells of the land to patrol, as in seen_day.",
    "How many cells of the grids of a version were last visited when, as of the beginning of a month.",
)  # fmt: skip

patrol_finding = Table(
    "patrol_finding",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("town_id", SmallInteger, nullable=False),
    Column("day_on", Date, nullable=False),
    Column("tracker_id", Integer, nullable=False),
    Column("worker_id", Integer, nullable=False),
    Column(
        "kind", Text, nullable=False, comment="Of analytics.patrol.integrity.KINDS; what its measure is stands there."
    ),
    Column("other_id", Integer, comment="Of shared the worker who had the device before."),
    Column("earlier_at", INSTANT, comment="Of replay the begin of the session that it is most like."),
    Column("begin_at", INSTANT, nullable=False),
    Column("end_at", INSTANT, nullable=False),
    Column("measure", Double, nullable=False),
    Column("n", Integer, nullable=False, comment="Fixes, steps, minutes or places that show it."),
    Column("n_of", Integer, nullable=False, comment="Of so many looked at."),
    Index(None, "town_id", "day_on"),
    comment="What the raw fixes of a device on a day show that asks for a look; never a verdict.",
)

patrol_shape = Table(
    "patrol_shape",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("town_id", SmallInteger, nullable=False),
    Column("day_on", Date, nullable=False),
    Column("tracker_id", Integer, nullable=False),
    Column("worker_id", Integer, nullable=False),
    Column("begin_at", INSTANT, nullable=False),
    Column("end_at", INSTANT, nullable=False),
    Column("places", LargeBinary, nullable=False, comment="64 numbers of 64 bits: analytics.patrol.integrity.Shapes."),
    Index(None, "town_id", "day_on"),
    comment="The sketch of a session's shape, by which a track that was written before is known again. It gives no place away.",
)

clean_report = Table(
    "clean_report",
    metadata,
    Column("town_id", SmallInteger, nullable=False),
    Column("load_run_id", ForeignKey(f"{SCHEMA}.load_run.id"), primary_key=True, autoincrement=False),
    Column("filter", Text, primary_key=True, comment="Of analytics.patrol.cleaning.FILTERS; 'usable' = none."),
    Column("n", Integer, nullable=False),
    comment="What became of the fixes that a load brought when it brought them: they add up to those it loaded.",
)
