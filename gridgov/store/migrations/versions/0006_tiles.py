"""Where cases are, for maps: a pixel a case, and the cells of tiles by month.

Both are derived: `gridgov db upgrade` makes them after this step where there are cases already.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_pixel",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False, comment="As the ledger has it."),
        sa.Column(
            "pixel",
            sa.BigInteger(),
            nullable=False,
            comment="Of the web map cut 28 times into quarters: two bits a cut, so that a tile of any zoom is one range of pixels.",
        ),
        sa.Column("grid_id", sa.Integer(), comment="Of the case, in the base layer."),
        sa.Column("facet_id", sa.Integer(), nullable=False, comment="What the case can be asked by."),
        sa.PrimaryKeyConstraint("case_id", name="case_pixel_pkey"),
        schema="gridgov",
        comment="A case that has coordinates, as maps count it. Derived from the case and its course.",
    )
    op.create_index("case_pixel_town_id_reported_at_idx", "case_pixel", ["town_id", "reported_at"], schema="gridgov")
    op.create_index(
        "case_pixel_town_id_pixel_idx",
        "case_pixel",
        ["town_id", "pixel"],
        schema="gridgov",
        postgresql_include=["case_id", "reported_at", "grid_id", "facet_id"],
    )
    op.create_table(
        "tile_month",
        sa.Column("town_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("zoom", sa.SmallInteger(), autoincrement=False, nullable=False, comment="Of store.tiles.ZOOMS."),
        sa.Column(
            "tile", sa.BigInteger(), autoincrement=False, nullable=False, comment="The first bits of the pixels in it."
        ),
        sa.Column(
            "month_on",
            sa.Date(),
            nullable=False,
            comment="The first of the calendar month of the statistical days.",
        ),
        sa.Column("grid_id", sa.Integer(), autoincrement=False, nullable=False, comment="-1 = outside all grids."),
        sa.Column(
            "cells",
            sa.ARRAY(sa.SmallInteger()),
            nullable=False,
            comment="The cells of the tile, of 128 x 128, that hold any.",
        ),
        sa.Column("counts", sa.ARRAY(sa.Integer()), nullable=False, comment="Cases in each of them."),
        sa.PrimaryKeyConstraint("town_id", "zoom", "tile", "month_on", "grid_id", name="tile_month_pkey"),
        schema="gridgov",
        comment="The cases of a grid that were reported in a month, counted in the cells of a tile: the sum of case_pixel.",
    )
