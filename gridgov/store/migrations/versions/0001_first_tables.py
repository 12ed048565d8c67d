"""The first tables: town, grids, exposure, cases and their ledger, runs, quarantine; PostGIS; the reader's role."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA public")
    # Roles belong to the whole server: another database of ours may have made it, even at this very moment.
    op.execute(
        """
        DO $$ BEGIN
          CREATE ROLE gridgov_reader NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END $$
        """
    )
    op.execute("DO $$ BEGIN EXECUTE format('GRANT gridgov_reader TO %I', current_user); END $$")
    op.create_table(
        "index_to_make",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("index_to_make_pkey")),
        schema="gridgov",
        comment="An index that a large load dropped and that is still to be made again, see store.bulk.",
    )
    op.create_table(
        "town",
        sa.Column("id", sa.SmallInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column(
            "crs",
            sa.Text(),
            nullable=True,
            comment="Metric CRS of areas, lengths and the lattice, such as EPSG:4549; set with the first grids.",
        ),
        sa.Column(
            "data_version",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Raised by every merge.",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("town_pkey")),
        sa.UniqueConstraint("code", name=op.f("town_code_key")),
        schema="gridgov",
        comment="A town: the root of one hierarchy of grids.",
    )
    op.create_table(
        "channel",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name=op.f("channel_town_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("channel_pkey")),
        sa.UniqueConstraint("town_id", "code", name=op.f("channel_town_id_code_key")),
        schema="gridgov",
        comment="Where a report came from (来源): grid worker, hotline, camera ...",
    )
    op.create_table(
        "layer",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name=op.f("layer_town_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("layer_pkey")),
        sa.UniqueConstraint("town_id", "code", name=op.f("layer_town_id_code_key")),
        schema="gridgov",
        comment="A layer of grids; 'base' is the one cases belong to, a dedicated layer (schools, markets) stands beside it.",
    )
    op.create_table(
        "line",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name=op.f("line_town_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("line_pkey")),
        sa.UniqueConstraint("town_id", "code", name=op.f("line_town_id_code_key")),
        schema="gridgov",
        comment="A line of business (业务条线, department): whose item it is, which is not who answers.",
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("name_zh", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("datum", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name=op.f("source_town_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("source_pkey")),
        sa.UniqueConstraint("town_id", "code", name=op.f("source_town_id_code_key")),
        schema="gridgov",
        comment="A connected system (one of the N) that files come from.",
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name=op.f("unit_town_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("unit_pkey")),
        sa.UniqueConstraint("town_id", "code", name=op.f("unit_town_id_code_key")),
        schema="gridgov",
        comment="A responsible unit (责任单位): body, squad, stationed unit, village or contractor. Who answers for a case.",
    )
    op.create_table(
        "grid_level",
        sa.Column("layer_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("name_zh", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["layer_id"], ["gridgov.layer.id"], name=op.f("grid_level_layer_id_fkey")),
        sa.PrimaryKeyConstraint("layer_id", "level", name=op.f("grid_level_pkey")),
        sa.UniqueConstraint("layer_id", "code", name=op.f("grid_level_layer_id_code_key")),
        schema="gridgov",
        comment="The name of a level of a layer, 0 = the root.",
    )
    op.create_table(
        "item",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column(
            "scope",
            sa.Text(),
            nullable=False,
            comment="Whose catalogue: 'observed' = words met in loads, owned by nobody yet.",
        ),
        sa.Column("version", sa.Text(), server_default="", nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True, comment="大类"),
        sa.Column("name", sa.Text(), nullable=True, comment="小类; null where a source tells the category only."),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("limit_value", sa.Double(), nullable=True),
        sa.Column("limit_unit", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "limit_unit IN ('urgent_hour', 'work_hour', 'work_day', 'natural_day')", name=op.f("item_limit_unit_check")
        ),
        sa.ForeignKeyConstraint(["line_id"], ["gridgov.line.id"], name=op.f("item_line_id_fkey")),
        sa.ForeignKeyConstraint(["owner_id"], ["gridgov.unit.id"], name=op.f("item_owner_id_fkey")),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name=op.f("item_town_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("item_pkey")),
        sa.UniqueConstraint("town_id", "scope", "version", "code", name=op.f("item_town_id_scope_version_code_key")),
        schema="gridgov",
        comment="A catalogue item: what a case can be about, who owns it, how long it may take.",
    )
    op.create_table(
        "load_run",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("file_bytes", sa.BigInteger(), nullable=False),
        sa.Column("mapping_sha256", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Text(), server_default="running", nullable=False),
        sa.Column("n_read", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("n_loaded", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("n_updated", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("n_unchanged", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("n_duplicate", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("n_superseded", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("n_quarantined", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "newest_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Latest instant told of in the file: how fresh the source is.",
        ),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "status <> 'done' OR n_read = n_loaded + n_updated + n_unchanged + n_duplicate + n_superseded + n_quarantined",
            name=op.f("load_run_adds_up_check"),
        ),
        sa.CheckConstraint("status IN ('running', 'done', 'failed')", name=op.f("load_run_status_check")),
        sa.ForeignKeyConstraint(["source_id"], ["gridgov.source.id"], name=op.f("load_run_source_id_fkey")),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name=op.f("load_run_town_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("load_run_pkey")),
        schema="gridgov",
        comment="One load of one file; when done, what was read equals the sum of the outcomes.",
    )
    op.create_index(
        op.f("load_run_town_id_started_at_idx"), "load_run", ["town_id", "started_at"], unique=False, schema="gridgov"
    )
    op.create_table(
        "exposure",
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("layer_id", sa.Integer(), nullable=False),
        sa.Column("grid_code", sa.Text(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("residents", sa.Integer(), nullable=True),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("firms", sa.Integer(), nullable=True),
        sa.Column("road_km", sa.Double(), nullable=True),
        sa.Column("built_up_m2", sa.Double(), nullable=True),
        sa.Column("patrollable_m2", sa.Double(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("load_run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["layer_id"], ["gridgov.layer.id"], name=op.f("exposure_layer_id_fkey")),
        sa.ForeignKeyConstraint(["load_run_id"], ["gridgov.load_run.id"], name=op.f("exposure_load_run_id_fkey")),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name=op.f("exposure_town_id_fkey")),
        sa.UniqueConstraint(
            "layer_id", "grid_code", "counted_on", name=op.f("exposure_layer_id_grid_code_counted_on_key")
        ),
        schema="gridgov",
        comment="What a grid held on a day: people, firms, roads, area to patrol. Keyed by code, so it outlives a version.",
    )
    op.create_table(
        "grid_set",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("layer_id", sa.Integer(), nullable=False),
        sa.Column("load_run_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True, comment="First local day; null = since ever."),
        sa.Column(
            "valid_to",
            sa.Date(),
            nullable=True,
            comment="First local day no longer valid; null = until further notice.",
        ),
        sa.Column(
            "fingerprint",
            sa.Text(),
            nullable=False,
            comment="sha256 of the content: the same file again changes nothing.",
        ),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("grid_set_order_check")),
        sa.ForeignKeyConstraint(["layer_id"], ["gridgov.layer.id"], name=op.f("grid_set_layer_id_fkey")),
        sa.ForeignKeyConstraint(["load_run_id"], ["gridgov.load_run.id"], name=op.f("grid_set_load_run_id_fkey")),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name=op.f("grid_set_town_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("grid_set_pkey")),
        sa.UniqueConstraint(
            "layer_id",
            "valid_from",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("grid_set_layer_id_valid_from_key"),
            postgresql_nulls_not_distinct=True,
        ),
        schema="gridgov",
        comment="One version of a layer, complete.",
    )
    op.create_table(
        "quarantine",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("first_run_id", sa.Integer(), nullable=False),
        sa.Column("last_run_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "row_key", sa.UUID(), nullable=False, comment="Hash of the row: the same row again is the same entry."
        ),
        sa.Column("row_no", sa.BigInteger(), nullable=True),
        sa.Column("reasons", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "raw",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="The mapped columns as text, personal ones replaced; null when they cannot be split.",
        ),
        sa.Column("quarantined_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("resolved_run_id", sa.Integer(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["first_run_id"], ["gridgov.load_run.id"], name=op.f("quarantine_first_run_id_fkey")),
        sa.ForeignKeyConstraint(["last_run_id"], ["gridgov.load_run.id"], name=op.f("quarantine_last_run_id_fkey")),
        sa.ForeignKeyConstraint(
            ["resolved_run_id"], ["gridgov.load_run.id"], name=op.f("quarantine_resolved_run_id_fkey")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["gridgov.source.id"], name=op.f("quarantine_source_id_fkey")),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name=op.f("quarantine_town_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("quarantine_pkey")),
        sa.UniqueConstraint("source_id", "kind", "row_key", name=op.f("quarantine_source_id_kind_row_key_key")),
        schema="gridgov",
        comment="A row that could not be loaded, with all its reasons.",
    )
    op.create_geospatial_table(
        "grid",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("layer_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="basic", nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column(
            "path", sa.ARRAY(sa.Integer()), nullable=False, comment="Ids from the root down to this grid itself."
        ),
        sa.Column("is_given", sa.Boolean(), nullable=False, comment="False = built by dissolving its children."),
        sa.Column("area_m2", sa.Double(), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["layer_id"], ["gridgov.layer.id"], name=op.f("grid_layer_id_fkey")),
        sa.ForeignKeyConstraint(["parent_id"], ["gridgov.grid.id"], name=op.f("grid_parent_id_fkey")),
        sa.ForeignKeyConstraint(["set_id"], ["gridgov.grid_set.id"], name=op.f("grid_set_id_fkey")),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name=op.f("grid_town_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("grid_pkey")),
        sa.UniqueConstraint("set_id", "code", name=op.f("grid_set_id_code_key")),
        schema="gridgov",
    )
    op.create_geospatial_index(
        op.f("grid_geom_idx"),
        "grid",
        ["geom"],
        unique=False,
        schema="gridgov",
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index(op.f("grid_town_id_code_idx"), "grid", ["town_id", "code"], unique=False, schema="gridgov")
    op.create_geospatial_table(
        "case_record",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=1000), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Version of the row, when the source delivers one.",
        ),
        sa.Column(
            "day_only",
            sa.SmallInteger(),
            nullable=False,
            comment="Bits: 1 reported, 2 closed, 4 due came as a date only.",
        ),
        sa.Column("due_basis", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False, comment="As last delivered."),
        sa.Column("status_text", sa.Text(), nullable=True, comment="The source's own word."),
        sa.Column("track", sa.Text(), nullable=True),
        sa.Column("is_urgent", sa.Boolean(), nullable=True),
        sa.Column("is_duplicate", sa.Boolean(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("channel_id", sa.Integer(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("place_name", sa.Text(), nullable=True),
        sa.Column("reporter", sa.Text(), nullable=True, comment="Pseudonym, never a name."),
        sa.Column("place_status", sa.Text(), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("grid_id", sa.Integer(), nullable=True),
        sa.Column(
            "recorded",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="Grid codes the source recorded itself, by level.",
        ),
        sa.Column(
            "extra",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="Further columns kept as delivered.",
        ),
        sa.Column("row_hash", sa.BigInteger(), nullable=False, comment="sources.fingerprint of the row as delivered."),
        sa.Column(
            "load_run_id",
            sa.Integer(),
            nullable=False,
            comment="The load that last changed the case; loads are never deleted.",
        ),
        sa.CheckConstraint("(place_status = 'located') = (grid_id IS NOT NULL)", name=op.f("case_record_grid_check")),
        sa.CheckConstraint("(place_status = 'unlocated') = (geom IS NULL)", name=op.f("case_record_geom_check")),
        sa.CheckConstraint(
            "place_status IN ('located', 'outside', 'unlocated')", name=op.f("case_record_place_status_check")
        ),
        sa.ForeignKeyConstraint(["channel_id"], ["gridgov.channel.id"], name=op.f("case_record_channel_id_fkey")),
        sa.ForeignKeyConstraint(["grid_id"], ["gridgov.grid.id"], name=op.f("case_record_grid_id_fkey")),
        sa.ForeignKeyConstraint(["item_id"], ["gridgov.item.id"], name=op.f("case_record_item_id_fkey")),
        sa.ForeignKeyConstraint(["line_id"], ["gridgov.line.id"], name=op.f("case_record_line_id_fkey")),
        sa.ForeignKeyConstraint(["source_id"], ["gridgov.source.id"], name=op.f("case_record_source_id_fkey")),
        sa.ForeignKeyConstraint(["unit_id"], ["gridgov.unit.id"], name=op.f("case_record_unit_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("case_record_pkey")),
        sa.UniqueConstraint("source_id", "case_no", name=op.f("case_record_source_id_case_no_key")),
        schema="gridgov",
    )
    op.create_geospatial_index(
        op.f("case_record_geom_idx"),
        "case_record",
        ["geom"],
        unique=False,
        schema="gridgov",
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index(op.f("case_record_grid_id_idx"), "case_record", ["grid_id"], unique=False, schema="gridgov")
    op.create_index(
        "case_record_open_idx",
        "case_record",
        ["town_id", "reported_at"],
        unique=False,
        schema="gridgov",
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        op.f("case_record_town_id_closed_at_idx"),
        "case_record",
        ["town_id", "closed_at"],
        unique=False,
        schema="gridgov",
    )
    op.create_index(
        op.f("case_record_town_id_reported_at_closed_at_idx"),
        "case_record",
        ["town_id", "reported_at", "closed_at"],
        unique=False,
        schema="gridgov",
    )
    op.create_geospatial_table(
        "place",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("grid_id", sa.Integer(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("load_run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["grid_id"], ["gridgov.grid.id"], name=op.f("place_grid_id_fkey")),
        sa.ForeignKeyConstraint(["load_run_id"], ["gridgov.load_run.id"], name=op.f("place_load_run_id_fkey")),
        sa.ForeignKeyConstraint(["source_id"], ["gridgov.source.id"], name=op.f("place_source_id_fkey")),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name=op.f("place_town_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("place_pkey")),
        sa.UniqueConstraint("source_id", "code", name=op.f("place_source_id_code_key")),
        schema="gridgov",
    )
    op.create_geospatial_index(
        op.f("place_geom_idx"),
        "place",
        ["geom"],
        unique=False,
        schema="gridgov",
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_table(
        "case_event",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "seq", sa.SmallInteger(), nullable=False, comment="Order of events at the same instant, as delivered."
        ),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("day_only", sa.Boolean(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "load_run_id", sa.Integer(), nullable=False, comment="The load that said so; loads are never deleted."
        ),
        sa.Column(
            "retired_run_id", sa.Integer(), nullable=True, comment="The load that replaced this fact; null = it stands."
        ),
        sa.ForeignKeyConstraint(["case_id"], ["gridgov.case_record.id"], name=op.f("case_event_case_id_fkey")),
        sa.ForeignKeyConstraint(["unit_id"], ["gridgov.unit.id"], name=op.f("case_event_unit_id_fkey")),
        schema="gridgov",
        comment="The ledger: what happened to a case, when, and which load said so. Never edited, never deleted.",
    )
    op.create_index(op.f("case_event_case_id_at_idx"), "case_event", ["case_id", "at"], unique=False, schema="gridgov")
    op.create_table(
        "case_grid",
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["gridgov.case_record.id"], name=op.f("case_grid_case_id_fkey")),
        sa.ForeignKeyConstraint(["grid_id"], ["gridgov.grid.id"], name=op.f("case_grid_grid_id_fkey")),
        sa.ForeignKeyConstraint(["set_id"], ["gridgov.grid_set.id"], name=op.f("case_grid_set_id_fkey")),
        sa.PrimaryKeyConstraint("set_id", "case_id", name=op.f("case_grid_pkey")),
        schema="gridgov",
        comment="The grid of a case in other layers, and in every version where the base layer has several; outside = no row.",
    )
    op.create_index(op.f("case_grid_case_id_idx"), "case_grid", ["case_id"], unique=False, schema="gridgov")
    op.create_table(
        "case_revision",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("load_run_id", sa.Integer(), nullable=False),
        sa.Column("replaced", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["gridgov.case_record.id"], name=op.f("case_revision_case_id_fkey")),
        sa.ForeignKeyConstraint(["load_run_id"], ["gridgov.load_run.id"], name=op.f("case_revision_load_run_id_fkey")),
        schema="gridgov",
        comment="A version of a case's row that a later one replaced, and the load that replaced it.",
    )
    op.create_index(op.f("case_revision_case_id_idx"), "case_revision", ["case_id"], unique=False, schema="gridgov")
    # GeoAlchemy2 makes tables with geometry without their comments.
    op.create_table_comment("grid", "A grid of one version of a layer.", schema="gridgov")
    op.create_table_comment("place", "A named place, with or without coordinates.", schema="gridgov")
    op.create_table_comment(
        "case_record",
        "A case as it stands: the last version delivered. Its history is in case_event, its earlier rows in case_revision.",
        schema="gridgov",
    )
