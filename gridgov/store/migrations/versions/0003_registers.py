"""Registers: where units, lines and items come from, catalogues by condition, and the roster of posts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    register = "The load whose register last said so; null = a word of cases, in no register yet."
    for table in ("unit", "line"):
        op.add_column(table, sa.Column("load_run_id", sa.Integer(), nullable=True, comment=register), schema="gridgov")
        op.create_foreign_key(
            op.f(f"{table}_load_run_id_fkey"), table, "load_run", ["load_run_id"], ["id"],
            source_schema="gridgov", referent_schema="gridgov",
        )  # fmt: skip
    op.add_column(
        "unit",
        sa.Column(
            "territory",
            sa.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Codes of grids of the base layer; empty = the town.",
        ),
        schema="gridgov",
    )
    for column in (
        sa.Column(
            "condition",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="When the limit applies: one item may have a row for each of several conditions.",
        ),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column(
            "owner_text", sa.Text(), nullable=True, comment="As written: a unit, or a class of units such as 'village'."
        ),
        sa.Column("line_text", sa.Text(), nullable=True),
        sa.Column(
            "limit_text", sa.Text(), nullable=True, comment="As written; without limit_value where it cannot be read."
        ),
        sa.Column("row_hash", sa.BigInteger(), nullable=True),
        sa.Column(
            "load_run_id", sa.Integer(), nullable=True, comment="The load that last changed it; null = 'observed'."
        ),
    ):
        op.add_column("item", column, schema="gridgov")
    op.create_foreign_key(
        op.f("item_load_run_id_fkey"), "item", "load_run", ["load_run_id"], ["id"],
        source_schema="gridgov", referent_schema="gridgov",
    )  # fmt: skip
    op.drop_constraint(op.f("item_town_id_scope_version_code_key"), "item", schema="gridgov", type_="unique")
    op.create_unique_constraint(
        op.f("item_town_id_scope_version_code_condition_key"), "item",
        ["town_id", "scope", "version", "code", "condition"], schema="gridgov",
    )  # fmt: skip
    op.create_check_constraint(
        op.f("item_kind_check"), "item", "kind IN ('service', 'social', 'enforcement')", schema="gridgov"
    )
    op.create_table(
        "roster_day",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("layer_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("load_run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["layer_id"], ["gridgov.layer.id"], name=op.f("roster_day_layer_id_fkey")),
        sa.ForeignKeyConstraint(["load_run_id"], ["gridgov.load_run.id"], name=op.f("roster_day_load_run_id_fkey")),
        sa.ForeignKeyConstraint(["source_id"], ["gridgov.source.id"], name=op.f("roster_day_source_id_fkey")),
        sa.PrimaryKeyConstraint("source_id", "layer_id", "held_on", name=op.f("roster_day_pkey")),
        schema="gridgov",
        comment="A day of which a source's roster of a layer is known, completely.",
    )
    op.create_table(
        "roster",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("layer_id", sa.Integer(), nullable=False),
        sa.Column("grid_code", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column(
            "person", sa.Text(), nullable=True, comment="Pseudonym, never a name; null = nobody, or not to be known."
        ),
        sa.Column("is_vacant", sa.Boolean(), nullable=False),
        sa.Column("unit_text", sa.Text(), nullable=True, comment="The holder's unit as written."),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("since_on", sa.Date(), nullable=True, comment="First local day as the roster says it."),
        sa.Column("until_on", sa.Date(), nullable=True, comment="Last local day as the roster says it."),
        sa.Column("valid_from", sa.Date(), nullable=False, comment="Day of the first roster that says so."),
        sa.Column(
            "valid_to",
            sa.Date(),
            nullable=True,
            comment="Day of the first roster after it that does not; null = it stands.",
        ),
        sa.Column("load_run_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "role IN ('grid_leader', 'grid_worker', 'inspector', 'informant', 'liaison', 'patroller')",
            name=op.f("roster_role_check"),
        ),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("roster_order_check")),
        sa.CheckConstraint("NOT (is_vacant AND person IS NOT NULL)", name=op.f("roster_vacant_check")),
        sa.ForeignKeyConstraint(["layer_id"], ["gridgov.layer.id"], name=op.f("roster_layer_id_fkey")),
        sa.ForeignKeyConstraint(["load_run_id"], ["gridgov.load_run.id"], name=op.f("roster_load_run_id_fkey")),
        sa.ForeignKeyConstraint(["source_id"], ["gridgov.source.id"], name=op.f("roster_source_id_fkey")),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name=op.f("roster_town_id_fkey")),
        sa.ForeignKeyConstraint(["unit_id"], ["gridgov.unit.id"], name=op.f("roster_unit_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("roster_pkey")),
        schema="gridgov",
        comment="A post of a grid and who holds it, or that nobody does, between two rosters. Keyed by code, as exposure is.",
    )
    op.create_index(op.f("roster_layer_id_grid_code_idx"), "roster", ["layer_id", "grid_code"], schema="gridgov")
    op.create_index(
        op.f("roster_source_id_layer_id_valid_from_idx"),
        "roster",
        ["source_id", "layer_id", "valid_from"],
        schema="gridgov",
    )
