"""Indexes for what was known when: the facts and cases that later loads told of, or retired."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("case_event", "case_record"):
        op.create_index(
            f"{table}_load_run_id_idx", table, ["load_run_id"], schema="gridgov", postgresql_using="brin"
        )  # fmt: skip
    op.create_index(
        "case_event_retired_run_id_idx", "case_event", ["retired_run_id"], schema="gridgov",
        postgresql_where=sa.text("retired_run_id IS NOT NULL"),
    )  # fmt: skip
