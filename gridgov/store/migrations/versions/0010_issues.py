"""Scheduled briefings: each issue is written down once, from the moment it is due until it has gone out."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "issue",
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False, comment="Its name in the plan."),
        sa.Column("scope", sa.Text(), nullable=False, comment="Code of the town, a village or a unit."),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("period_on", sa.Date(), nullable=False, comment="First day of its statistical period."),
        sa.Column("due_at", instant, nullable=False),
        sa.Column("status", sa.Text(), nullable=False, server_default="due"),
        sa.Column("briefing_id", sa.Integer()),
        sa.Column("reason", sa.Text(), comment="Why it is held."),
        sa.Column("told", sa.Text(), comment="The reason that was told of last."),
        sa.Column("made_at", instant),
        sa.Column("delivered_at", instant),
        sa.Column("sha256", sa.Text(), comment="Of the PDF that went out."),
        sa.PrimaryKeyConstraint("town_id", "series", "scope", "lang", "period_on", name="issue_pkey"),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name="issue_town_id_fkey"),
        sa.ForeignKeyConstraint(["briefing_id"], ["gridgov.briefing.id"], name="issue_briefing_id_fkey"),
        sa.CheckConstraint("status IN ('due', 'held', 'made', 'delivered')", name="issue_status_check"),
        sa.CheckConstraint(
            "(status IN ('made', 'delivered')) = (briefing_id IS NOT NULL AND made_at IS NOT NULL)"
            " AND (status = 'delivered') = (delivered_at IS NOT NULL) AND (status = 'held') = (reason IS NOT NULL)",
            name="issue_way_check",
        ),
        schema="gridgov",
        comment="An issue of a scheduled briefing: of one period, for one reader, in one language.",
    )  # fmt: skip
