"""Patrols: the raw positions that the lake holds, and what is derived from them.

Then the town's own map, the plan of the patrols, devices, and the ground that patrols are measured by.
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _tracks()
    _map()
    _plans()
    _devices()
    _ground()
    _seen()
    _findings()
    _told()


# ---- tracks: gridgov.store.patrol_tables -----------------------------------------------------------------------------


def _tracks() -> None:
    op.create_table(
        "lake_file",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("load_run_id", sa.Integer(), nullable=False),
        sa.Column(
            "day_on", sa.Date(), nullable=False, comment="Statistical day of its fixes, as the town cut its days then."
        ),
        sa.Column("path", sa.Text(), nullable=False, comment="Within the lake."),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("n_rows", sa.Integer(), nullable=False),
        sa.Column("n_bytes", sa.BigInteger(), nullable=False),
        sa.Column("begin_at", sa.DateTime(timezone=True), nullable=False, comment="First fix."),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=False, comment="Last fix."),
        sa.Column("removed_at", sa.DateTime(timezone=True), comment="When retention took it away; null = it is there."),
        sa.ForeignKeyConstraint(["load_run_id"], ["gridgov.load_run.id"], name=op.f("lake_file_load_run_id_fkey")),
        sa.ForeignKeyConstraint(["source_id"], ["gridgov.source.id"], name=op.f("lake_file_source_id_fkey")),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name=op.f("lake_file_town_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("lake_file_pkey")),
        sa.UniqueConstraint("path", name=op.f("lake_file_path_key")),
        schema="gridgov",
        comment="A file of raw fixes in the lake: those that one load brought of one day.",
    )
    op.create_index(
        op.f("lake_file_town_id_day_on_idx"), "lake_file", ["town_id", "day_on"], unique=False, schema="gridgov"
    )
    op.create_table(
        "patrol_rules",
        sa.Column("town_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False, comment="Of the text."),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name=op.f("patrol_rules_town_id_fkey")),
        sa.PrimaryKeyConstraint("town_id", name=op.f("patrol_rules_pkey")),
        schema="gridgov",
        comment="The rules that what is derived of a town's patrols follows; loads go on by them until a rebuild.",
    )
    op.create_table(
        "patrol_source",
        sa.Column("source_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("gap_s", sa.Integer(), comment="A longer silence ends a session; null = as the rules say."),
        sa.ForeignKeyConstraint(["source_id"], ["gridgov.source.id"], name=op.f("patrol_source_source_id_fkey")),
        sa.PrimaryKeyConstraint("source_id", name=op.f("patrol_source_pkey")),
        schema="gridgov",
        comment="A source of tracks, and how its sessions are cut.",
    )
    op.create_table(
        "tracker",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False, comment="Pseudonym."),
        sa.ForeignKeyConstraint(["source_id"], ["gridgov.source.id"], name=op.f("tracker_source_id_fkey")),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name=op.f("tracker_town_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("tracker_pkey")),
        sa.UniqueConstraint("source_id", "device", name=op.f("tracker_source_id_device_key")),
        schema="gridgov",
        comment="A device that told of positions.",
    )
    op.create_table(
        "worker",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column(
            "code",
            sa.Text(),
            nullable=False,
            comment="Pseudonym; 'device:' and the device where nobody tells who had it.",
        ),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name=op.f("worker_town_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("worker_pkey")),
        sa.UniqueConstraint("town_id", "code", name=op.f("worker_town_id_code_key")),
        schema="gridgov",
        comment="Somebody who was on the way, never by name.",
    )
    op.create_table(
        "patrol_session",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("tracker_id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column(
            "day_on",
            sa.Date(),
            nullable=False,
            comment="Statistical day; one that goes on over its end is two sessions.",
        ),
        sa.Column(
            "begin_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="First fix; where cut = 'day' the last of the day before.",
        ),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=False, comment="Last fix."),
        sa.Column("n_fixes", sa.Integer(), nullable=False, comment="Usable fixes of the day."),
        sa.Column("metres", sa.Double(), nullable=False),
        sa.Column("effective_m", sa.Double(), nullable=False, comment="Of them outside stops and inside a grid."),
        sa.Column("minutes", sa.Double(), nullable=False),
        sa.Column("stop_min", sa.Double(), nullable=False, comment="Of them in stops."),
        sa.Column("n_stops", sa.Integer(), nullable=False),
        sa.Column("gap_s", sa.Double(), comment="Silence since the device's session before; null = its first."),
        sa.Column("longest_step_s", sa.Double(), nullable=False),
        sa.Column("cut", sa.Text(), nullable=False, comment="Why it begins: analytics.patrol.sessions.CUTS."),
        sa.Column(
            "outside_share", sa.Double(), comment="0..1 of its minutes outside the grids; null = no time, or no grids."
        ),
        sa.Column("mode", sa.Text(), comment="The way to move that most of its fixes tell."),
        sa.Column(
            "grid_id", sa.Integer(), comment="Finest grid of the base layer with most of its time; null = in none."
        ),
        sa.Column(
            "is_line_kept",
            sa.Boolean(),
            nullable=False,
            comment="false = its raw fixes are no longer kept, nor its line.",
        ),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="LINESTRINGM",
                srid=4326,
                dimension=3,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("patrol_session_pkey")),
        schema="gridgov",
        comment="A stretch of one day in which a device kept telling where it was. M = seconds since 1970 UTC; a session of one fix has no line.",
    )
    op.create_index(
        op.f("patrol_session_town_id_day_on_idx"),
        "patrol_session",
        ["town_id", "day_on"],
        unique=False,
        schema="gridgov",
    )
    op.create_index(
        op.f("patrol_session_town_id_begin_at_id_idx"),
        "patrol_session",
        ["town_id", "begin_at", "id"],
        unique=False,
        schema="gridgov",
    )
    op.create_index(
        op.f("patrol_session_tracker_id_begin_at_idx"),
        "patrol_session",
        ["tracker_id", "begin_at"],
        unique=False,
        schema="gridgov",
    )
    op.create_index(
        op.f("patrol_session_worker_id_begin_at_idx"),
        "patrol_session",
        ["worker_id", "begin_at"],
        unique=False,
        schema="gridgov",
    )
    op.create_index(
        "patrol_session_when_where_idx",
        "patrol_session",
        [sa.text("tstzrange(begin_at, end_at, '[]')"), "geom"],
        unique=False,
        schema="gridgov",
        postgresql_using="gist",
    )
    op.create_table(
        "swept",
        sa.Column("town_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("worker_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("block_row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("block_col", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "bits",
            sa.LargeBinary(),
            nullable=False,
            comment="64 words of 64 bits, see analytics.patrol.cells.to_table.",
        ),
        sa.PrimaryKeyConstraint("town_id", "day_on", "worker_id", "block_row", "block_col", name=op.f("swept_pkey")),
        schema="gridgov",
        comment="Cells of 5 m that a worker came near on a day, in blocks of 64 x 64.",
    )
    op.create_table(
        "swept_day",
        sa.Column("town_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("block_row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("block_col", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bits", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "day_on", "block_row", "block_col", name=op.f("swept_day_pkey")),
        schema="gridgov",
        comment="Cells of 5 m that anybody came near on a day: the union of `swept`.",
    )
    op.create_table(
        "patrol_day",
        sa.Column("town_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column(
            "grid_id",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Finest grid of the base layer valid that day; -1 = outside all.",
        ),
        sa.Column("worker_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "n_sessions", sa.Integer(), nullable=False, comment="With a fix in it: one may count in several grids."
        ),
        sa.Column("minutes", sa.Double(), nullable=False),
        sa.Column("stop_min", sa.Double(), nullable=False),
        sa.Column("metres", sa.Double(), nullable=False),
        sa.Column("effective_m", sa.Double(), nullable=False, comment="Of them outside stops and inside a grid."),
        sa.Column("n_fixes", sa.Integer(), nullable=False),
        sa.Column(
            "n_cells",
            sa.Integer(),
            comment="Cells of the grid that the worker came near; null = its cells are not kept.",
        ),
        sa.Column("n_due_cells", sa.Integer(), comment="Of them land to patrol; null = not known."),
        sa.PrimaryKeyConstraint("town_id", "day_on", "grid_id", "worker_id", name=op.f("patrol_day_pkey")),
        schema="gridgov",
        comment="What a worker did in a grid on a day. A step from one grid to another counts half in each.",
    )
    op.create_index(
        op.f("patrol_day_town_id_grid_id_day_on_idx"),
        "patrol_day",
        ["town_id", "grid_id", "day_on"],
        unique=False,
        schema="gridgov",
    )
    op.create_table(
        "grid_day",
        sa.Column("town_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("grid_id", sa.Integer(), autoincrement=False, nullable=False, comment="As in patrol_day."),
        sa.Column(
            "n_sessions", sa.Integer(), nullable=False, comment="With a fix in it: one may count in several grids."
        ),
        sa.Column("minutes", sa.Double(), nullable=False),
        sa.Column("stop_min", sa.Double(), nullable=False),
        sa.Column("metres", sa.Double(), nullable=False),
        sa.Column("effective_m", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "day_on", "grid_id", name=op.f("grid_day_pkey")),
        schema="gridgov",
        comment="What all workers together did in a grid on a day: the sums of patrol_day.",
    )
    op.create_table(
        "grid_month",
        sa.Column("town_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False, comment="First of a calendar month."),
        sa.Column("grid_id", sa.Integer(), autoincrement=False, nullable=False, comment="As in patrol_day."),
        sa.Column(
            "days",
            sa.Integer(),
            nullable=False,
            comment="Bit d - 1 is set where it was patrolled on day d, for patrolled_min minutes.",
        ),
        sa.Column("n_sessions", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Double(), nullable=False),
        sa.Column("stop_min", sa.Double(), nullable=False),
        sa.Column("metres", sa.Double(), nullable=False),
        sa.Column("effective_m", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "month_on", "grid_id", name=op.f("grid_month_pkey")),
        schema="gridgov",
        comment="What all workers together did in a grid in a month: the sums of grid_day.",
    )
    op.create_index(
        op.f("grid_month_town_id_grid_id_month_on_idx"),
        "grid_month",
        ["town_id", "grid_id", "month_on"],
        unique=False,
        schema="gridgov",
    )
    op.create_table(
        "last_visit",
        sa.Column("town_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False, comment="First of a calendar month."),
        sa.Column("block_row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("block_col", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "days_ago",
            sa.LargeBinary(),
            nullable=False,
            comment="64 x 64 uint16, little-endian, rows from the south: days from the last visit to the month; 0 = never.",
        ),
        sa.PrimaryKeyConstraint("town_id", "month_on", "block_row", "block_col", name=op.f("last_visit_pkey")),
        schema="gridgov",
        comment="Last day before a month on which anybody came near each cell. A month in which nobody patrolled has no rows: the month before holds, with its days. Blocks never seen have no row.",
    )
    op.create_table(
        "clean_report",
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("load_run_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "filter", sa.Text(), nullable=False, comment="Of analytics.patrol.cleaning.FILTERS; 'usable' = none."
        ),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["load_run_id"], ["gridgov.load_run.id"], name=op.f("clean_report_load_run_id_fkey")),
        sa.PrimaryKeyConstraint("load_run_id", "filter", name=op.f("clean_report_pkey")),
        schema="gridgov",
        comment="What became of the fixes that a load brought when it brought them: they add up to those it loaded.",
    )

    # Bits and doubles do not become shorter by compressing; trying costs more than writing them.
    op.execute("ALTER TABLE gridgov.swept ALTER COLUMN bits SET STORAGE EXTERNAL")
    op.execute("ALTER TABLE gridgov.swept_day ALTER COLUMN bits SET STORAGE EXTERNAL")
    op.execute("ALTER TABLE gridgov.last_visit ALTER COLUMN days_ago SET STORAGE EXTERNAL")
    op.execute("ALTER TABLE gridgov.patrol_session ALTER COLUMN geom SET STORAGE EXTERNAL")


# ---- map, plan, devices, ground: gridgov.store.tables ------------------------------------------------------------


def _map() -> None:
    op.create_table(
        "map_feature",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column(
            "layer", sa.Text(), nullable=False, comment="The part of the source's map that one file holds completely."
        ),
        sa.Column("theme", sa.Text(), nullable=False, comment="Of vocabulary.MAP_THEMES."),
        sa.Column("kind", sa.Text(), comment="As delivered: street, lane, river ..."),
        sa.Column("name", sa.Text()),
        sa.Column("width_m", sa.REAL(), comment="As delivered, or usual for its kind; null = not known."),
        sa.Column("geom", Geometry(srid=4326, spatial_index=False), nullable=False),
        sa.Column(
            "row_hash", sa.BigInteger(), nullable=False, comment="sources.fingerprint of the feature as delivered."
        ),
        sa.Column("load_run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["load_run_id"], ["gridgov.load_run.id"], name="map_feature_load_run_id_fkey"),
        sa.ForeignKeyConstraint(["source_id"], ["gridgov.source.id"], name="map_feature_source_id_fkey"),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name="map_feature_town_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="map_feature_pkey"),
        sa.UniqueConstraint("source_id", "layer", "row_hash", name="map_feature_source_id_layer_row_hash_key"),
        schema="gridgov",
        comment="A feature of the town's own map: a road, a water, built-up land ...",
    )
    op.create_index("map_feature_geom_idx", "map_feature", ["geom"], schema="gridgov", postgresql_using="gist")
    op.create_index("map_feature_town_id_theme_idx", "map_feature", ["town_id", "theme"], schema="gridgov")


def _plans() -> None:
    op.create_table(
        "list_day",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("list", sa.Text(), nullable=False, comment="checkpoints, routes or devices"),
        sa.Column("held_on", sa.Date(), nullable=False, comment="0001-01-01 = a list that holds since ever."),
        sa.Column("load_run_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("list IN ('checkpoints', 'routes', 'devices')", name="list_day_list_check"),
        sa.ForeignKeyConstraint(["load_run_id"], ["gridgov.load_run.id"], name="list_day_load_run_id_fkey"),
        sa.ForeignKeyConstraint(["source_id"], ["gridgov.source.id"], name="list_day_source_id_fkey"),
        sa.PrimaryKeyConstraint("source_id", "list", "held_on", name="list_day_pkey"),
        schema="gridgov",
        comment="A day of which a source's list of checkpoints, routes or devices is known, completely.",
    )
    op.create_table(
        "checkpoint",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("grid_code", sa.Text(), comment="Of the base layer, as the plan says it; null = not said."),
        sa.Column("visits_a_week", sa.Double(), comment="How often it is to be visited; null = not said."),
        sa.Column("geom", Geometry(geometry_type="POINT", srid=4326, spatial_index=False), nullable=False),
        sa.Column("valid_from", sa.Date(), comment="Day of the first list that says so; null = since ever."),
        sa.Column("valid_to", sa.Date(), comment="Day of the first list after it that does not; null = it stands."),
        sa.Column("load_run_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("valid_from < valid_to", name="checkpoint_order_check"),
        sa.ForeignKeyConstraint(["load_run_id"], ["gridgov.load_run.id"], name="checkpoint_load_run_id_fkey"),
        sa.ForeignKeyConstraint(["source_id"], ["gridgov.source.id"], name="checkpoint_source_id_fkey"),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name="checkpoint_town_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="checkpoint_pkey"),
        schema="gridgov",
        comment="A place that must be visited (必巡点), between two plans. Keyed by code, as the roster is.",
    )
    op.create_table(
        "route_walk",
        sa.Column("town_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column(
            "route",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Key of its geometry and times: sql/load/plan.",
        ),
        sa.Column(
            "n_seen",
            sa.Integer(),
            nullable=False,
            comment="Cells of 5 m along it that anybody came near, in its times.",
        ),
        sa.PrimaryKeyConstraint("town_id", "day_on", "route", name="route_walk_pkey"),
        schema="gridgov",
        comment="A route that was planned for a day, as far as it was seen on it; a route of which nothing was seen has no row.",
    )
    op.create_table(
        "checkpoint_visit",
        sa.Column("town_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column(
            "checkpoint",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Key of its place: sql/load/plan.",
        ),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False, comment="When the last of them left."),
        sa.PrimaryKeyConstraint("town_id", "day_on", "checkpoint", name="checkpoint_visit_pkey"),
        schema="gridgov",
        comment="The visits of a checkpoint on a day: 60 s within 30 m.",
    )
    op.create_index("checkpoint_town_id_code_idx", "checkpoint", ["town_id", "code"], schema="gridgov")
    op.create_table(
        "planned_route",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("grid_code", sa.Text(), comment="Of the base layer, as the plan says it; null = not said."),
        sa.Column(
            "weekdays", sa.ARRAY(sa.SmallInteger()), comment="1 = Monday ... 7 = Sunday, ascending; null = any day."
        ),
        sa.Column(
            "windows",
            sa.ARRAY(sa.Text()),
            comment="Local times in which it is to be walked, 08:30-10:30, ascending; one may end on the next day (22:00-02:00). null = any time.",
        ),
        sa.Column("geom", Geometry(geometry_type="LINESTRING", srid=4326, spatial_index=False), nullable=False),
        sa.Column("valid_from", sa.Date(), comment="Day of the first list that says so; null = since ever."),
        sa.Column("valid_to", sa.Date(), comment="Day of the first list after it that does not; null = it stands."),
        sa.Column("load_run_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("valid_from < valid_to", name="planned_route_order_check"),
        sa.ForeignKeyConstraint(["load_run_id"], ["gridgov.load_run.id"], name="planned_route_load_run_id_fkey"),
        sa.ForeignKeyConstraint(["source_id"], ["gridgov.source.id"], name="planned_route_source_id_fkey"),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name="planned_route_town_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="planned_route_pkey"),
        schema="gridgov",
        comment="A way that is to be patrolled, between two plans. Keyed by code, as the roster is.",
    )
    op.create_index("planned_route_town_id_code_idx", "planned_route", ["town_id", "code"], schema="gridgov")


def _devices() -> None:
    op.create_table(
        "device",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False, comment="Pseudonym, as tracks have it."),
        sa.Column(
            "holder",
            sa.Text(),
            comment="Pseudonym of the person who carries it, as roster and tracks have it; null = nobody.",
        ),
        sa.Column("model", sa.Text()),
        sa.Column("step_s", sa.Double(), comment="Seconds between two fixes, as it is set."),
        sa.Column("valid_from", sa.Date(), comment="Day of the first list that says so; null = since ever."),
        sa.Column("valid_to", sa.Date(), comment="Day of the first list after it that does not; null = it stands."),
        sa.Column("load_run_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("valid_from < valid_to", name="device_order_check"),
        sa.ForeignKeyConstraint(["load_run_id"], ["gridgov.load_run.id"], name="device_load_run_id_fkey"),
        sa.ForeignKeyConstraint(["source_id"], ["gridgov.source.id"], name="device_source_id_fkey"),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name="device_town_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="device_pkey"),
        schema="gridgov",
        comment="A device and who carries it, between two lists of devices.",
    )
    op.create_index("device_town_id_device_idx", "device", ["town_id", "device"], schema="gridgov")


def _ground() -> None:
    op.create_table(
        "ground",
        sa.Column("set_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column(
            "map",
            sa.Text(),
            comment="Which roads and built-up land the land to patrol was made of; null = there was no map.",
        ),
        sa.Column("why", sa.Text(), comment="Why no cells are kept of this version; null = they are."),
        sa.ForeignKeyConstraint(["set_id"], ["gridgov.grid_set.id"], name="ground_set_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("set_id", name="ground_pkey"),
        schema="gridgov",
        comment="A version of a layer of grids whose cells are kept, and what they were made of.",
    )
    op.create_index("ground_town_id_idx", "ground", ["town_id"], schema="gridgov")
    op.create_table(
        "land_cells",
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("set_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("grid_id", sa.Integer(), autoincrement=False, nullable=False, comment="The finest grid there."),
        sa.Column(
            "block_row", sa.Integer(), autoincrement=False, nullable=False, comment="Of 64 x 64 cells, from the south."
        ),
        sa.Column("block_col", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "bits",
            sa.LargeBinary(),
            nullable=False,
            comment="64 words of 64 bits, little-endian: analytics.patrol.cells.",
        ),
        sa.ForeignKeyConstraint(["set_id"], ["gridgov.grid_set.id"], name="land_cells_set_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("set_id", "grid_id", "block_row", "block_col", name="land_cells_pkey"),
        schema="gridgov",
        comment="The cells of a grid in one block: those whose centre it would be given.",
    )
    op.create_table(
        "due_cells",
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("set_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("grid_id", sa.Integer(), autoincrement=False, nullable=False, comment="The finest grid there."),
        sa.Column(
            "block_row", sa.Integer(), autoincrement=False, nullable=False, comment="Of 64 x 64 cells, from the south."
        ),
        sa.Column("block_col", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "bits",
            sa.LargeBinary(),
            nullable=False,
            comment="64 words of 64 bits, little-endian: analytics.patrol.cells.",
        ),
        sa.ForeignKeyConstraint(["set_id"], ["gridgov.grid_set.id"], name="due_cells_set_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("set_id", "grid_id", "block_row", "block_col", name="due_cells_pkey"),
        schema="gridgov",
        comment="The cells of a grid in one block that are land to patrol (应巡面积): built-up land, and roads as wide as they are.",
    )
    op.create_table(
        "grid_ground",
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("land_m2", sa.Double(), nullable=False, comment="Of its cells."),
        sa.Column("due_m2", sa.Double(), comment="Of its cells that are land to patrol; null = no map is loaded."),
        sa.Column("n_cells", sa.Integer(), nullable=False),
        sa.Column("n_due_cells", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["set_id"], ["gridgov.grid_set.id"], name="grid_ground_set_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("grid_id", name="grid_ground_pkey"),
        schema="gridgov",
        comment="What the shares of coverage of a grid divide by.",
    )
    op.create_index("grid_ground_set_id_idx", "grid_ground", ["set_id"], schema="gridgov")


# ---- what was seen of the ground: gridgov.store.patrol_tables --------------------------------------------------------


def _seen() -> None:
    for name, key, of, counts, comment in (
        (
            "seen_day",
            "day_on",
            "Statistical day.",
            "For each grid and day of the visit before: grid_id, that day (days since 1970-01-01; -2147483648 = never), cells, cells of the land to patrol; int32, little-endian, ascending.",
            "How many cells of the grids of a version anybody came near on a day, by when anybody was there before.",
        ),
        (
            "seen_month",
            "month_on",
            "First of a calendar month.",
            "For each grid and day of the last visit: grid_id, that day, cells, cells of the land to patrol, as in seen_day.",
            "How many cells of the grids of a version were last visited when, as of the beginning of a month.",
        ),
    ):
        op.create_table(
            name,
            sa.Column("town_id", sa.SmallInteger(), nullable=False),
            sa.Column("set_id", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column(key, sa.Date(), nullable=False, comment=of),
            sa.Column("counts", sa.LargeBinary(), nullable=False, comment=counts),
            sa.ForeignKeyConstraint(
                ["set_id"], ["gridgov.grid_set.id"], name=f"{name}_set_id_fkey", ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("set_id", key, name=f"{name}_pkey"),
            schema="gridgov",
            comment=comment,
        )
        op.execute(f"ALTER TABLE gridgov.{name} ALTER COLUMN counts SET STORAGE EXTERNAL")


# ---- what asks for a look: gridgov.store.patrol_tables -----------------------------------------------------------


def _findings() -> None:
    for name, comment, columns in (
        (
            "patrol_finding",
            "What the raw fixes of a device on a day show that asks for a look; never a verdict.",
            [
                sa.Column(
                    "kind",
                    sa.Text(),
                    nullable=False,
                    comment="Of analytics.patrol.integrity.KINDS; what its measure is stands there.",
                ),
                sa.Column("other_id", sa.Integer(), comment="Of shared the worker who had the device before."),
                sa.Column(
                    "earlier_at",
                    sa.DateTime(timezone=True),
                    comment="Of replay the begin of the session that it is most like.",
                ),
                sa.Column("begin_at", sa.DateTime(timezone=True), nullable=False),
                sa.Column("end_at", sa.DateTime(timezone=True), nullable=False),
                sa.Column("measure", sa.Double(), nullable=False),
                sa.Column("n", sa.Integer(), nullable=False, comment="Fixes, steps, minutes or places that show it."),
                sa.Column("n_of", sa.Integer(), nullable=False, comment="Of so many looked at."),
            ],
        ),
        (
            "patrol_shape",
            "The sketch of a session's shape, by which a track that was written before is known again. It gives no place away.",
            [
                sa.Column("begin_at", sa.DateTime(timezone=True), nullable=False),
                sa.Column("end_at", sa.DateTime(timezone=True), nullable=False),
                sa.Column(
                    "places",
                    sa.LargeBinary(),
                    nullable=False,
                    comment="64 numbers of 64 bits: analytics.patrol.integrity.Shapes.",
                ),
            ],
        ),
    ):
        op.create_table(
            name,
            sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
            sa.Column("town_id", sa.SmallInteger(), nullable=False),
            sa.Column("day_on", sa.Date(), nullable=False),
            sa.Column("tracker_id", sa.Integer(), nullable=False),
            sa.Column("worker_id", sa.Integer(), nullable=False),
            *columns,
            sa.PrimaryKeyConstraint("id", name=f"{name}_pkey"),
            schema="gridgov",
            comment=comment,
        )
        op.create_index(f"{name}_town_id_day_on_idx", name, ["town_id", "day_on"], unique=False, schema="gridgov")
    op.execute("ALTER TABLE gridgov.patrol_shape ALTER COLUMN places SET STORAGE EXTERNAL")


# ---- what tracks tell of cases: gridgov.store.patrol_tables ----------------------------------------------------------


def _told() -> None:
    op.create_table(
        "case_track",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column(
            "reported_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Of the case, as it was held against the tracks.",
        ),
        sa.Column(
            "geom",
            Geometry(geometry_type="POINT", srid=4326, spatial_index=False),
            nullable=False,
            comment="Likewise.",
        ),
        sa.Column(
            "passed_at",
            sa.DateTime(timezone=True),
            comment="When somebody last came by in the 24 hours before; null = nobody did.",
        ),
        sa.Column("worker_id", sa.Integer(), comment="Who reported it, if a track of his ran at that instant."),
        sa.Column("tracker_id", sa.Integer(), comment="The device of that track; of several the nearest."),
        sa.Column("apart_m", sa.Double(), comment="Metres from where the device was at that instant to the case."),
        sa.PrimaryKeyConstraint("case_id", name="case_track_pkey"),
        schema="gridgov",
        comment="What the tracks of its day and of the day before tell of a case. A case of which they could tell nothing (no place, no tracks kept when it was looked at) has no row.",
    )
    op.create_index("case_track_town_id_reported_at_idx", "case_track", ["town_id", "reported_at"], schema="gridgov")
