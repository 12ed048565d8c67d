"""What fast answers read: facets, classes of length, steps, and what changed day by day.

What is derived is made anew by `gridgov db upgrade` after this step, since the rows kept so far lack the new columns.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_MEASURES = (
    "open", "with_deadline", "red", "yellow", "at_risk", "grey", "reported", "reopened", "taken", "passed", "closed", "voided",
    "due_on_time", "due_late", "due_exempt", "due_open", "due_suspended", "due_put_off",
)  # fmt: skip


def _of_case() -> list[sa.Column]:
    return [
        sa.Column("reported_at", _INSTANT, nullable=False, comment="Of the case, as the ledger has it."),
        sa.Column("grid_id", sa.Integer(), comment="Of the case, in the base layer."),
        sa.Column("is_located", sa.Boolean(), nullable=False, comment="The case has coordinates."),
        sa.Column("facet_id", sa.Integer(), nullable=False, comment="What the case can be asked by."),
    ]


def upgrade() -> None:
    for name in ("case_span", "case_fact", "handover"):
        op.execute(f"TRUNCATE gridgov.{name}")
    op.execute("DELETE FROM gridgov.rule_set")  # so that the upgrade knows what is lacking
    for table, column in (
        ("case_span", "unit_id"), ("case_fact", "unit_id"), ("case_fact", "first_unit_id"),
        ("handover", "from_unit_id"), ("handover", "to_unit_id"),
    ):  # fmt: skip
        op.drop_constraint(f"{table}_{column}_fkey", table, schema="gridgov")
    for name in ("case_span_town_id_from_at_idx", "case_span_long_idx", "case_span_town_id_due_at_idx"):
        op.drop_index(name, table_name="case_span", schema="gridgov")
    for name in ("track", "is_urgent"):
        op.drop_column("case_span", name, schema="gridgov")
    op.alter_column(
        "case_span", "reported_at", comment="Of the case, as the ledger has it.", schema="gridgov",
        existing_type=_INSTANT, existing_nullable=False,
    )  # fmt: skip
    op.alter_column(
        "case_span", "grid_id", comment="Of the case, in the base layer.", schema="gridgov", existing_type=sa.Integer()
    )
    op.alter_column(
        "case_span", "is_located", comment="The case has coordinates.", schema="gridgov", existing_type=sa.Boolean(),
        existing_nullable=False,
    )  # fmt: skip
    op.add_column(
        "case_span", sa.Column("facet_id", sa.Integer(), nullable=False, comment="What the case can be asked by."),
        schema="gridgov",
    )  # fmt: skip
    op.add_column(
        "case_span",
        sa.Column(
            "length_class", sa.SmallInteger(), nullable=False,
            comment="How long it is, see store.tables.LENGTHS: what ran at an instant began so long before it at most.",
        ),
        schema="gridgov",
    )  # fmt: skip
    op.create_index(
        "case_span_town_id_length_class_from_at_to_at_idx", "case_span", ["town_id", "length_class", "from_at", "to_at"],
        schema="gridgov",
    )  # fmt: skip
    for column in ("due_at", "reported_at", "to_at"):
        op.create_index(
            f"case_span_ended_{column}_idx", "case_span", ["town_id", column], schema="gridgov",
            postgresql_where=sa.text("ended IS NOT NULL"),
        )  # fmt: skip
    op.add_column(
        "rule_set",
        sa.Column("told_until", _INSTANT, comment="No stretch of the town begins or ends after it."),
        schema="gridgov",
    )
    op.create_table(
        "facet",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("item_id", sa.Integer()),
        sa.Column("line_id", sa.Integer()),
        sa.Column("channel_id", sa.Integer()),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("track", sa.Text()),
        sa.Column("is_urgent", sa.Boolean()),
        sa.Column("is_duplicate", sa.Boolean(), nullable=False),
        *(
            sa.ForeignKeyConstraint([f"{name}_id"], [f"gridgov.{name}.id"], name=f"facet_{name}_id_fkey")
            for name in ("town", "item", "line", "channel", "source")
        ),
        sa.PrimaryKeyConstraint("id", name="facet_pkey"),
        schema="gridgov",
        comment="What cases can be asked by, place and unit apart: each combination that occurs, once. There are thousands where "
        "there are millions of cases, so that a filter costs what a small table costs.",
    )
    op.create_index("facet_town_id_idx", "facet", ["town_id"], schema="gridgov")
    op.create_table(
        "case_step",
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("event", sa.Text(), nullable=False, comment="Of the process; those of store.courses.STEPS."),
        sa.Column("unit_id", sa.Integer(), comment="Who answered just before it; after the end, who answered last."),
        sa.Column("reason", sa.Text()),
        sa.Column("rating", sa.Text()),
        *_of_case(),
        schema="gridgov",
        comment="What happened to cases beside their plain way: returns, rework, extensions, urgings, ratings ... From the ledger.",
    )
    op.create_index("case_step_case_id_idx", "case_step", ["case_id"], schema="gridgov")
    op.create_index("case_step_town_id_event_at_idx", "case_step", ["town_id", "event", "at"], schema="gridgov")
    op.create_table(
        "marginal",
        sa.Column("town_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "kind", sa.SmallInteger(), autoincrement=False, nullable=False, comment="1 = grid, 2 = unit, 3 = facet."
        ),
        sa.Column(
            "grain", sa.SmallInteger(), autoincrement=False, nullable=False, comment="1 = a day, 2 = a calendar month."
        ),
        sa.Column("day_on", sa.Date(), nullable=False, comment="The statistical day, or the first of the month."),
        sa.Column(
            "member", sa.Integer(), autoincrement=False, nullable=False,
            comment="The grid (-1 = outside, -2 = unlocated), unit (-1 = the centre) or facet.",
        ),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _MEASURES),
        sa.PrimaryKeyConstraint("town_id", "kind", "grain", "day_on", "member", name="marginal_pkey"),
        schema="gridgov",
        comment="What changed on a day, by one thing at a time: the open cases of a day's end are the sum of all days until it.",
    )  # fmt: skip
