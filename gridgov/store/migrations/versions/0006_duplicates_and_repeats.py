"""Which reports tell of one trouble: duplicates, and closings with what came after.

They are made by `gridgov db upgrade` after this step, with all that is derived.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_PLACE = (
    "(coalesce(floor((ST_X(geom) + 180) * 1000)::bigint * 1000000 + floor((ST_Y(geom) + 90) * 1000)::bigint,"
    " -1 - (hashtextextended(address, 0) & 4611686018427387903)))"
)


def upgrade() -> None:
    op.execute("DELETE FROM gridgov.rule_set")  # so that the upgrade knows what is lacking
    op.create_index(
        "case_record_place_idx", "case_record", ["town_id", "item_id", sa.text(_PLACE), "reported_at"], schema="gridgov"
    )
    op.create_table(
        "duplicate",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("reported_at", _INSTANT, nullable=False, comment="Of the case."),
        sa.Column(
            "known_at", _INSTANT, nullable=False, comment="Since when: its own report, or one that tied two problems."
        ),
        sa.Column(
            "of_id", sa.BigInteger(), nullable=False, comment="The first report of the problem that it joined then."
        ),
        sa.Column(
            "head_id",
            sa.BigInteger(),
            nullable=False,
            comment="The first report of the problem as all reports have it.",
        ),
        sa.Column("like_id", sa.BigInteger(), nullable=False, comment="The report that it was found alike with."),
        sa.Column("metres", sa.REAL(), comment="Between the two; null = they share an address."),
        sa.Column("alike", sa.REAL(), comment="Of their texts, 0 to 1; null = there was none to compare."),
        sa.PrimaryKeyConstraint("case_id", name="duplicate_pkey"),
        schema="gridgov",
        comment="A report of a trouble that had been reported and was still open (重复): every report of a problem but the first.",
    )
    op.create_index("duplicate_town_id_reported_at_idx", "duplicate", ["town_id", "reported_at"], schema="gridgov")
    op.create_index("duplicate_head_id_idx", "duplicate", ["head_id"], schema="gridgov")
    op.create_table(
        "closing",
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", _INSTANT, nullable=False),
        sa.Column("reopened_at", _INSTANT, comment="null = it stands."),
        sa.Column("item_id", sa.Integer(), nullable=False, comment="What the case is about."),
        sa.Column("place", sa.BigInteger(), nullable=False, comment="Roughly where, see PLACE."),
        sa.Column(
            "next_id", sa.BigInteger(), comment="The first report of the same trouble after it, within 90 days (反复)."
        ),
        sa.Column("again_at", _INSTANT, comment="When that was reported."),
        sa.Column("metres", sa.REAL(), comment="From one place to the other; null = they share an address."),
        schema="gridgov",
        comment="A closing of a case whose trouble would be known again, by what it is about and where, and when it came back.",
    )
    again = sa.text("next_id IS NOT NULL")
    op.create_index("closing_case_id_idx", "closing", ["case_id"], schema="gridgov")
    op.create_index("closing_town_id_closed_at_idx", "closing", ["town_id", "closed_at"], schema="gridgov")
    op.create_index(
        "closing_town_id_again_at_idx", "closing", ["town_id", "again_at"], schema="gridgov", postgresql_where=again
    )
    op.create_index("closing_next_id_idx", "closing", ["next_id"], schema="gridgov", postgresql_where=again)
    op.create_index(
        "closing_quiet_idx", "closing", ["town_id", "item_id", "place", "closed_at"], schema="gridgov",
        postgresql_where=sa.text("next_id IS NULL"),
    )  # fmt: skip
    op.create_index(
        "closing_again_idx",
        "closing",
        ["town_id", "item_id", "place", "again_at"],
        schema="gridgov",
        postgresql_where=again,
    )
