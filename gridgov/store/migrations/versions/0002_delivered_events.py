"""Delivered events beside what flat rows tell: the basis of a fact, and what an event carries."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DETAIL = "note, evidence, rating, lon, lat (WGS84) and further columns kept as delivered."


def upgrade() -> None:
    for column in (
        # What is in the ledger until now was inferred from flat rows.
        sa.Column(
            "basis",
            sa.Text(),
            nullable=False,
            server_default="row",
            comment="'event' = delivered, 'row' = inferred from a flat row.",
        ),
        sa.Column("event_no", sa.Text(), comment="The source's own number of the event."),
        sa.Column("actor", sa.Text(), comment="Pseudonym, never a name."),
        sa.Column("reason", sa.Text()),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            comment="The deadline it sets; one given as a date ends with that day.",
        ),
        sa.Column(
            "row_hash", sa.BigInteger(), comment="sources.fingerprint of the event as delivered; null = of a flat row."
        ),
    ):
        op.add_column("case_event", column, schema="gridgov")
    op.alter_column("case_event", "basis", server_default=None, schema="gridgov")
    op.create_check_constraint(
        op.f("case_event_basis_check"), "case_event", "basis IN ('row', 'event')", schema="gridgov"
    )
    # What a flat row says of the report comes before, what it says last after all that is delivered of the same instant.
    op.alter_column(
        "case_event", "seq", type_=sa.REAL(), schema="gridgov",
        postgresql_using="CASE seq WHEN 1 THEN 0 WHEN 2 THEN 9998 ELSE 9999 END",
        comment="Order among the facts of one instant; see store.following.",
    )  # fmt: skip
    op.alter_column(
        "case_event", "event", comment="Of the process, see data/process; of a flat row, a state.", schema="gridgov"
    )
    op.alter_column("case_event", "detail", comment=DETAIL, schema="gridgov")
