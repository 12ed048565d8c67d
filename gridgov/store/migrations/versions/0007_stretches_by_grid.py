"""Stretches of cases are found by the grid of the case, and what is kept day by day lies in the order of its key:
what is asked of a small part of a town, or of a few days, costs what that has.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "case_span_town_id_grid_id_from_at_idx", "case_span", ["town_id", "grid_id", "from_at"], schema="gridgov"
    )
    op.execute("CLUSTER gridgov.marginal USING marginal_pkey")
