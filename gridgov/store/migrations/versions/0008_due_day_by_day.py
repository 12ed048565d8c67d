"""What becomes of the due is counted as it stood at the end of each day; a handover says what its case can be asked by.

The first is derived: `gridgov db upgrade` counts it after this step where there are cases already.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_PARTS = ("on_time", "late", "exempt", "open", "suspended", "put_off")


def upgrade() -> None:
    for name in _PARTS:
        op.drop_column("marginal", f"due_{name}", schema="gridgov")
    op.create_table(
        "due_day",
        sa.Column("town_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), autoincrement=False, nullable=False, comment="As in marginal."),
        sa.Column("due_on", sa.Date(), nullable=False, comment="The statistical day of the deadline."),
        sa.Column("told_on", sa.Date(), nullable=False, comment="The day on which it changed; not before due_on."),
        sa.Column("member", sa.Integer(), autoincrement=False, nullable=False, comment="As in marginal."),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _PARTS),
        sa.PrimaryKeyConstraint("town_id", "kind", "due_on", "told_on", "member", name="due_day_pkey"),
        schema="gridgov",
        comment="What changed on a day among the cases due on a day (应结案): what became of them by a day's end is the sum of all "
        "days told until it.",
    )
    op.create_index(
        "case_span_due_ended_due_at_idx", "case_span", ["town_id", "due_at"], schema="gridgov",
        postgresql_where=sa.text("ended IS NOT NULL AND may_be_due"),
        postgresql_include=[
            "case_id", "to_at", "next_at", "ended", "exempt_at", "unit_id", "grid_id", "is_located", "facet_id",
        ],
    )  # fmt: skip
    for column in (
        sa.Column(
            "is_aba",
            sa.Boolean(),
            comment="It gave the case back to the unit that had just handed it on (A to B, and B to A), in one round.",
        ),
        sa.Column("reported_at", sa.DateTime(timezone=True), comment="Of the case, as the ledger has it."),
        sa.Column("grid_id", sa.Integer(), comment="Of the case, in the base layer."),
        sa.Column("is_located", sa.Boolean(), comment="The case has coordinates."),
        sa.Column("facet_id", sa.Integer(), comment="What the case can be asked by."),
    ):
        op.add_column("handover", column, schema="gridgov")
    op.execute(
        """
        UPDATE gridgov.handover AS h
        SET
          reported_at = s.reported_at, grid_id = s.grid_id, is_located = s.is_located, facet_id = s.facet_id,
          is_aba = EXISTS (
            SELECT FROM gridgov.handover AS b
            WHERE
              b.case_id = h.case_id AND b.at < h.at AND b.from_unit_id = h.to_unit_id AND b.to_unit_id = h.from_unit_id
              AND NOT EXISTS (
                SELECT FROM gridgov.handover AS m WHERE m.case_id = h.case_id AND m.at > b.at AND m.at < h.at
              )
              AND NOT EXISTS (
                SELECT FROM gridgov.case_span AS g
                WHERE g.case_id = h.case_id AND g.ended IS NOT NULL AND g.to_at >= b.at AND g.to_at <= h.at
              )
          )
        FROM gridgov.case_span AS s
        WHERE s.case_id = h.case_id AND s.next_at IS NULL
        """
    )
    for name in ("is_aba", "reported_at", "is_located", "facet_id"):
        op.alter_column("handover", name, nullable=False, schema="gridgov")
