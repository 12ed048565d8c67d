"""Briefings that were sent back: by whom and when, and who had reviewed them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "briefing",
        sa.Column(
            "sent_back",
            sa.JSON(),
            nullable=False,
            server_default="[]",
            comment="By whom and when, and who had reviewed it.",
        ),
        schema="gridgov",
    )
