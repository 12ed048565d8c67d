"""Briefings are kept: what was said, who reviewed and signed it, and the paper that was signed."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "briefing",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False, comment="Code of the town, a village or a unit."),
        sa.Column("period_on", sa.Date(), nullable=False, comment="First day of its statistical period."),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False, comment="1, and one more each time its numbers became others."),
        sa.Column("status", sa.Text(), nullable=False, server_default="draft"),
        sa.Column("said", sa.JSON(), nullable=False, comment="The briefing as it was made: its numbers are locked."),
        sa.Column("words", sa.JSON(), nullable=False, server_default="{}", comment="Sentences that were edited, by id."),
        sa.Column("as_of", sa.Text(), nullable=False),
        sa.Column("data_version", sa.BigInteger(), nullable=False),
        sa.Column("made_at", instant, nullable=False, server_default=sa.text("now()"), comment="It knows the loads until then."),
        sa.Column("reviewed_by", sa.Text()),
        sa.Column("reviewed_at", instant),
        sa.Column("signed_by", sa.Text()),
        sa.Column("signed_at", instant),
        sa.Column("sha256", sa.Text(), comment="Of the PDF that was signed."),
        sa.Column("pdf", sa.LargeBinary(), comment="The PDF that was signed."),
        sa.PrimaryKeyConstraint("id", name="briefing_pkey"),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name="briefing_town_id_fkey"),
        sa.UniqueConstraint(
            "town_id", "kind", "scope", "period_on", "lang", "edition", name="briefing_town_id_kind_scope_period_on_lang_edition_key"
        ),
        sa.CheckConstraint("status IN ('draft', 'reviewed', 'signed')", name="briefing_status_check"),
        sa.CheckConstraint(
            "(status = 'draft') = (reviewed_by IS NULL) AND (status = 'signed') = (signed_by IS NOT NULL)"
            " AND (status = 'signed') = (pdf IS NOT NULL AND sha256 IS NOT NULL)",
            name="briefing_signed_check",
        ),
        schema="gridgov",
        comment="A briefing: one edition of what a town, a village or a unit is told of a period.",
    )  # fmt: skip
