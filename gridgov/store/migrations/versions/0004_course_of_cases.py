"""The course of cases: spans, facts and handovers, derived from the ledger, and the rules they follow."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_set",
        sa.Column("town_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False, comment="Of the text."),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name=op.f("rule_set_town_id_fkey")),
        sa.PrimaryKeyConstraint("town_id", name=op.f("rule_set_pkey")),
        schema="gridgov",
        comment="The rules of the clocks that a town's spans, facts and handovers follow; loads go on by them until a rebuild.",
    )
    op.create_table(
        "case_fact",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="As the ledger has it now."),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True, comment="The last."),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True, comment="The last."),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True, comment="The end that stands; null = open."),
        sa.Column("ended", sa.Text(), nullable=True, comment="closed, forced_closed, voided"),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True, comment="The deadline that held last."),
        sa.Column("first_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "due_basis", sa.Text(), nullable=True, comment="source = delivered, rule = computed or moved by the rules"
        ),
        sa.Column("unit_id", sa.Integer(), nullable=True, comment="The last that answered."),
        sa.Column("first_unit_id", sa.Integer(), nullable=True, comment="The first that answered."),
        sa.Column(
            "limit_value",
            sa.Double(),
            nullable=True,
            comment="Of the catalogue, where the source delivers no deadline.",
        ),
        sa.Column("limit_unit", sa.Text(), nullable=True),
        sa.Column(
            "granted_s",
            sa.BigInteger(),
            nullable=False,
            comment="Seconds allowed in this round; working time if in_work.",
        ),
        sa.Column("clock_s", sa.BigInteger(), nullable=False, comment="Seconds the unit's own clock ran; likewise."),
        sa.Column("in_work", sa.Boolean(), nullable=False),
        sa.Column("n_dispatched", sa.SmallInteger(), nullable=False),
        sa.Column("n_returned", sa.SmallInteger(), nullable=False),
        sa.Column("n_aba", sa.SmallInteger(), nullable=False),
        sa.Column("n_rework", sa.SmallInteger(), nullable=False),
        sa.Column("n_extended", sa.SmallInteger(), nullable=False),
        sa.Column("n_extension_asked", sa.SmallInteger(), nullable=False),
        sa.Column("n_suspended", sa.SmallInteger(), nullable=False),
        sa.Column("n_deferred", sa.SmallInteger(), nullable=False),
        sa.Column("n_reopened", sa.SmallInteger(), nullable=False),
        sa.Column("n_urged", sa.SmallInteger(), nullable=False),
        sa.Column("n_yellow", sa.SmallInteger(), nullable=False),
        sa.Column("n_red", sa.SmallInteger(), nullable=False),
        sa.Column("n_instructed", sa.SmallInteger(), nullable=False),
        sa.Column("intake_s", sa.BigInteger(), nullable=False),
        sa.Column("intake_work_s", sa.BigInteger(), nullable=False),
        sa.Column("verify_s", sa.BigInteger(), nullable=False),
        sa.Column("verify_work_s", sa.BigInteger(), nullable=False),
        sa.Column("dispatch_s", sa.BigInteger(), nullable=False),
        sa.Column("dispatch_work_s", sa.BigInteger(), nullable=False),
        sa.Column("sign_s", sa.BigInteger(), nullable=False),
        sa.Column("sign_work_s", sa.BigInteger(), nullable=False),
        sa.Column("handle_s", sa.BigInteger(), nullable=False),
        sa.Column("handle_work_s", sa.BigInteger(), nullable=False),
        sa.Column("check_s", sa.BigInteger(), nullable=False),
        sa.Column("check_work_s", sa.BigInteger(), nullable=False),
        sa.Column("close_s", sa.BigInteger(), nullable=False),
        sa.Column("close_work_s", sa.BigInteger(), nullable=False),
        sa.Column("suspended_s", sa.BigInteger(), nullable=False),
        sa.Column("suspended_work_s", sa.BigInteger(), nullable=False),
        sa.Column("deferred_s", sa.BigInteger(), nullable=False),
        sa.Column("deferred_work_s", sa.BigInteger(), nullable=False),
        sa.Column(
            "asked_before_due_s",
            sa.BigInteger(),
            nullable=True,
            comment="The last asking for an extension; negative = after the deadline.",
        ),
        sa.Column("handled_before_due_s", sa.BigInteger(), nullable=True, comment="The last handling, likewise."),
        sa.Column("is_flat", sa.Boolean(), nullable=False, comment="Only a flat row tells of it."),
        sa.Column("is_late", sa.Boolean(), nullable=False, comment="Ended after its deadline, exempt or not."),
        sa.Column("is_exempt", sa.Boolean(), nullable=False, comment="An appeal was upheld."),
        sa.Column(
            "is_self_closed", sa.Boolean(), nullable=False, comment="Who handled it also found it right or closed it."
        ),
        sa.ForeignKeyConstraint(["first_unit_id"], ["gridgov.unit.id"], name=op.f("case_fact_first_unit_id_fkey")),
        sa.ForeignKeyConstraint(["unit_id"], ["gridgov.unit.id"], name=op.f("case_fact_unit_id_fkey")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("case_fact_pkey")),
        schema="gridgov",
        comment="What became of a case, one row each: columns of analytics.course.Course.facts. Derived from the ledger.",
    )
    op.create_index(op.f("case_fact_town_id_idx"), "case_fact", ["town_id"], unique=False, schema="gridgov")
    op.create_table(
        "case_span",
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False, comment="First second of the stretch."),
        sa.Column(
            "to_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="First second no longer in it; null = it still runs.",
        ),
        sa.Column(
            "next_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the next stretch of the case begins (later than to_at where it was reopened); null = none does.",
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="Of vocabulary.STATES."),
        sa.Column("stage", sa.Text(), nullable=False, comment="The node it waits in (环节), of rules.STAGES."),
        sa.Column(
            "unit_id", sa.Integer(), nullable=True, comment="Who answers; null = nobody yet: it is with the centre."
        ),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="The deadline in force; null = none. While it is paused, the one before.",
        ),
        sa.Column(
            "yellow_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="From when the light is yellow; null = grey, as the two below.",
        ),
        sa.Column(
            "risk_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="From when the case is at risk (80 % of its time used).",
        ),
        sa.Column("black_at", sa.DateTime(timezone=True), nullable=True, comment="From when the light is deep red."),
        sa.Column(
            "stage_due_at", sa.DateTime(timezone=True), nullable=True, comment="When the limit of the node ends."
        ),
        sa.Column("is_paused", sa.Boolean(), nullable=False, comment="The clock stands (挂账, 缓办)."),
        sa.Column("is_put_off", sa.Boolean(), nullable=False, comment="Not among the due until it is resumed (缓办)."),
        sa.Column(
            "ended",
            sa.Text(),
            nullable=True,
            comment="How the case ended with it: closed, forced_closed, voided; null = it went on.",
        ),
        sa.Column(
            "exempt_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When an appeal was upheld against the lateness of that end.",
        ),
        sa.Column(
            "reported_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Of the case, repeated here so that filters need no join.",
        ),
        sa.Column(
            "grid_id", sa.Integer(), nullable=True, comment="Of the case, repeated here so that filters need no join."
        ),
        sa.Column(
            "is_located",
            sa.Boolean(),
            nullable=False,
            comment="Of the case, repeated here so that filters need no join.",
        ),
        sa.Column(
            "track", sa.Text(), nullable=True, comment="Of the case, repeated here so that filters need no join."
        ),
        sa.Column(
            "is_urgent", sa.Boolean(), nullable=True, comment="Of the case, repeated here so that filters need no join."
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["gridgov.unit.id"], name=op.f("case_span_unit_id_fkey")),
        schema="gridgov",
        comment="A stretch of time in which a case was open and its state, holder and deadline stayed the same,"
        " as analytics.course makes it of the ledger. One without time stands for an end that no other tells of.",
    )
    op.create_index(op.f("case_span_case_id_idx"), "case_span", ["case_id"], unique=False, schema="gridgov")
    op.create_index(
        "case_span_long_idx",
        "case_span",
        ["town_id", "from_at"],
        unique=False,
        schema="gridgov",
        postgresql_include=["to_at", "due_at", "yellow_at", "risk_at", "is_paused", "grid_id", "unit_id", "track"],
        postgresql_where=sa.text("to_at IS NULL OR to_at - from_at > INTERVAL '30 days'"),
    )
    op.create_index(
        op.f("case_span_town_id_due_at_idx"),
        "case_span",
        ["town_id", "due_at"],
        unique=False,
        schema="gridgov",
        postgresql_include=[
            "from_at",
            "to_at",
            "next_at",
            "ended",
            "exempt_at",
            "is_paused",
            "is_put_off",
            "grid_id",
            "unit_id",
            "track",
        ],
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        op.f("case_span_town_id_from_at_idx"),
        "case_span",
        ["town_id", "from_at"],
        unique=False,
        schema="gridgov",
        postgresql_include=["to_at", "due_at", "yellow_at", "risk_at", "is_paused", "grid_id", "unit_id", "track"],
    )
    op.create_table(
        "handover",
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_unit_id", sa.Integer(), nullable=False),
        sa.Column("to_unit_id", sa.Integer(), nullable=False),
        sa.Column("lost_s", sa.BigInteger(), nullable=False, comment="Seconds since the dispatch before."),
        sa.Column("lost_work_s", sa.BigInteger(), nullable=False, comment="The same in working time."),
        sa.Column("reason", sa.Text(), nullable=True, comment="Of the return or rework in between, as delivered."),
        sa.ForeignKeyConstraint(["from_unit_id"], ["gridgov.unit.id"], name=op.f("handover_from_unit_id_fkey")),
        sa.ForeignKeyConstraint(["to_unit_id"], ["gridgov.unit.id"], name=op.f("handover_to_unit_id_fkey")),
        schema="gridgov",
        comment="A dispatch of a case to another unit than the one before. Derived from the ledger.",
    )
    op.create_index(op.f("handover_case_id_idx"), "handover", ["case_id"], unique=False, schema="gridgov")
    op.create_index(op.f("handover_town_id_at_idx"), "handover", ["town_id", "at"], unique=False, schema="gridgov")
