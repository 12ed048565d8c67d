"""Patrols: the town's own map, the plan of the patrols, devices, and the ground that patrols are measured by."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _map()
    _plans()
    _devices()
    _ground()


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
