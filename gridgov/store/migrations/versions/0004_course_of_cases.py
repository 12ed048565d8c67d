"""The course of cases: stretches, facts, steps, handovers, what changed day by day, duplicates and repeats; the rules they follow.

All of it is derived from the ledger: `gridgov db upgrade` makes it after this step where there are cases already.
"""

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
        sa.Column("told_until", sa.DateTime(timezone=True), comment="No stretch of the town begins or ends after it."),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name="rule_set_town_id_fkey"),
        sa.PrimaryKeyConstraint("town_id", name="rule_set_pkey"),
        schema="gridgov",
        comment="The rules of the clocks that a town's spans, facts and handovers follow; loads go on by them until a rebuild.",
    )
    op.create_table(
        "facet",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("item_id", sa.Integer()),
        sa.Column("line_id", sa.Integer()),
        sa.Column("channel_id", sa.Integer()),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("track", sa.Text()),
        sa.Column("is_urgent", sa.Boolean()),
        sa.Column("is_duplicate", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["gridgov.channel.id"], name="facet_channel_id_fkey"),
        sa.ForeignKeyConstraint(["item_id"], ["gridgov.item.id"], name="facet_item_id_fkey"),
        sa.ForeignKeyConstraint(["line_id"], ["gridgov.line.id"], name="facet_line_id_fkey"),
        sa.ForeignKeyConstraint(["source_id"], ["gridgov.source.id"], name="facet_source_id_fkey"),
        sa.ForeignKeyConstraint(["town_id"], ["gridgov.town.id"], name="facet_town_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="facet_pkey"),
        schema="gridgov",
        comment="What cases can be asked by, place and unit apart: each combination that occurs, once. There are thousands where there are millions of cases, so that a filter costs what a small table costs.",
    )
    op.create_index("facet_town_id_idx", "facet", ["town_id"], schema="gridgov")
    op.create_table(
        "case_fact",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="As the ledger has it now."),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
        sa.Column("registered_at", sa.DateTime(timezone=True)),
        sa.Column("dispatched_at", sa.DateTime(timezone=True)),
        sa.Column("signed_at", sa.DateTime(timezone=True)),
        sa.Column("handled_at", sa.DateTime(timezone=True), comment="The last."),
        sa.Column("checked_at", sa.DateTime(timezone=True), comment="The last."),
        sa.Column("ended_at", sa.DateTime(timezone=True), comment="The end that stands; null = open."),
        sa.Column("ended", sa.Text(), comment="closed, forced_closed, voided"),
        sa.Column("due_at", sa.DateTime(timezone=True), comment="The deadline that held last."),
        sa.Column("first_due_at", sa.DateTime(timezone=True)),
        sa.Column("due_basis", sa.Text(), comment="source = delivered, rule = computed or moved by the rules"),
        sa.Column("unit_id", sa.Integer(), comment="The last that answered."),
        sa.Column("first_unit_id", sa.Integer(), comment="The first that answered."),
        sa.Column("limit_value", sa.Double(), comment="Of the catalogue, where the source delivers no deadline."),
        sa.Column("limit_unit", sa.Text()),
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
            comment="The last asking for an extension; negative = after the deadline.",
        ),
        sa.Column("handled_before_due_s", sa.BigInteger(), comment="The last handling, likewise."),
        sa.Column("is_flat", sa.Boolean(), nullable=False, comment="Only a flat row tells of it."),
        sa.Column("is_late", sa.Boolean(), nullable=False, comment="Ended after its deadline, exempt or not."),
        sa.Column("is_exempt", sa.Boolean(), nullable=False, comment="An appeal was upheld."),
        sa.Column(
            "is_self_closed", sa.Boolean(), nullable=False, comment="Who handled it also found it right or closed it."
        ),
        sa.PrimaryKeyConstraint("case_id", name="case_fact_pkey"),
        schema="gridgov",
        comment="What became of a case, one row each: columns of analytics.course.Course.facts. Derived from the ledger.",
    )
    op.create_index("case_fact_town_id_idx", "case_fact", ["town_id"], schema="gridgov")
    op.create_table(
        "case_span",
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False, comment="First second of the stretch."),
        sa.Column("to_at", sa.DateTime(timezone=True), comment="First second no longer in it; null = it still runs."),
        sa.Column(
            "next_at",
            sa.DateTime(timezone=True),
            comment="When the next stretch of the case begins (later than to_at where it was reopened); null = none does.",
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="Of vocabulary.STATES."),
        sa.Column("stage", sa.Text(), nullable=False, comment="The node it waits in (环节), of rules.STAGES."),
        sa.Column("unit_id", sa.Integer(), comment="Who answers; null = nobody yet: it is with the centre."),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            comment="The deadline in force; null = none. While it is paused, the one before.",
        ),
        sa.Column(
            "yellow_at",
            sa.DateTime(timezone=True),
            comment="From when the light is yellow; null = grey, as the two below.",
        ),
        sa.Column(
            "risk_at", sa.DateTime(timezone=True), comment="From when the case is at risk (80 % of its time used)."
        ),
        sa.Column("black_at", sa.DateTime(timezone=True), comment="From when the light is deep red."),
        sa.Column("stage_due_at", sa.DateTime(timezone=True), comment="When the limit of the node ends."),
        sa.Column("is_paused", sa.Boolean(), nullable=False, comment="The clock stands (挂账, 缓办)."),
        sa.Column("is_put_off", sa.Boolean(), nullable=False, comment="Not among the due until it is resumed (缓办)."),
        sa.Column(
            "ended", sa.Text(), comment="How the case ended with it: closed, forced_closed, voided; null = it went on."
        ),
        sa.Column(
            "exempt_at",
            sa.DateTime(timezone=True),
            comment="When an appeal was upheld against the lateness of that end.",
        ),
        sa.Column(
            "reported_at", sa.DateTime(timezone=True), nullable=False, comment="Of the case, as the ledger has it."
        ),
        sa.Column("grid_id", sa.Integer(), comment="Of the case, in the base layer."),
        sa.Column("is_located", sa.Boolean(), nullable=False, comment="The case has coordinates."),
        sa.Column("facet_id", sa.Integer(), nullable=False, comment="What the case can be asked by."),
        sa.Column(
            "length_class",
            sa.SmallInteger(),
            nullable=False,
            comment="How long it is, see store.tables.LENGTHS: what ran at an instant began so long before it at most.",
        ),
        sa.Column(
            "may_be_due",
            sa.Boolean(),
            nullable=False,
            comment="The case is on a track that is due (流转件), not self-handled (即办件) nor a service matter.",
        ),
        sa.Column(
            "waits",
            sa.ARRAY(sa.Integer()),
            comment="Of the end of a case whose way was plain: seconds and working seconds at each of "
            "store.tables.PLAIN_NODES. Plain: dispatched at most once, never sent back, paused or reopened. "
            "null = the stretches tell.",
        ),
        schema="gridgov",
        comment="A stretch of time in which a case was open and its state, holder and deadline stayed the same, as analytics.course makes it of the ledger. One without time stands for an end that no other tells of.",
    )
    op.create_index("case_span_case_id_idx", "case_span", ["case_id"], schema="gridgov")
    op.create_index(
        "case_span_ended_due_at_idx",
        "case_span",
        ["town_id", "due_at"],
        schema="gridgov",
        postgresql_where=sa.text("ended IS NOT NULL"),
    )
    for column in ("reported_at", "to_at"):
        op.create_index(
            f"case_span_due_ended_{column}_idx",
            "case_span",
            ["town_id", column],
            schema="gridgov",
            postgresql_where=sa.text("ended IS NOT NULL AND may_be_due"),
        )
    op.create_index(
        "case_span_ended_reported_at_idx",
        "case_span",
        ["town_id", "reported_at"],
        schema="gridgov",
        postgresql_where=sa.text("ended IS NOT NULL"),
    )
    op.create_index(
        "case_span_ended_to_at_idx",
        "case_span",
        ["town_id", "to_at"],
        schema="gridgov",
        postgresql_where=sa.text("ended IS NOT NULL"),
    )
    op.create_index(
        "case_span_town_id_length_class_from_at_to_at_idx",
        "case_span",
        ["town_id", "length_class", "from_at", "to_at"],
        schema="gridgov",
    )
    op.create_table(
        "case_step",
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.Text(), nullable=False, comment="Of the process; those of store.courses.STEPS."),
        sa.Column("unit_id", sa.Integer(), comment="Who answered just before it; after the end, who answered last."),
        sa.Column("reason", sa.Text()),
        sa.Column("rating", sa.Text()),
        sa.Column(
            "reported_at", sa.DateTime(timezone=True), nullable=False, comment="Of the case, as the ledger has it."
        ),
        sa.Column("grid_id", sa.Integer(), comment="Of the case, in the base layer."),
        sa.Column("is_located", sa.Boolean(), nullable=False, comment="The case has coordinates."),
        sa.Column("facet_id", sa.Integer(), nullable=False, comment="What the case can be asked by."),
        schema="gridgov",
        comment="What happened to cases beside their plain way: returns, rework, extensions, urgings, ratings ... From the ledger.",
    )
    op.create_index("case_step_case_id_idx", "case_step", ["case_id"], schema="gridgov")
    op.create_index("case_step_town_id_event_at_idx", "case_step", ["town_id", "event", "at"], schema="gridgov")
    op.create_table(
        "handover",
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_unit_id", sa.Integer(), nullable=False),
        sa.Column("to_unit_id", sa.Integer(), nullable=False),
        sa.Column("lost_s", sa.BigInteger(), nullable=False, comment="Seconds since the dispatch before."),
        sa.Column("lost_work_s", sa.BigInteger(), nullable=False, comment="The same in working time."),
        sa.Column("reason", sa.Text(), comment="Of the return or rework in between, as delivered."),
        schema="gridgov",
        comment="A dispatch of a case to another unit than the one before. Derived from the ledger.",
    )
    op.create_index("handover_case_id_idx", "handover", ["case_id"], schema="gridgov")
    op.create_index("handover_town_id_at_idx", "handover", ["town_id", "at"], schema="gridgov")
    op.create_table(
        "marginal",
        sa.Column("town_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "kind", sa.SmallInteger(), autoincrement=False, nullable=False, comment="1 = grid, 2 = unit, 3 = facet."
        ),
        sa.Column(
            "grain", sa.SmallInteger(), autoincrement=False, nullable=False, comment="1 = a day, 2 = a calendar month."
        ),
        sa.Column("day_on", sa.Date(), nullable=False, comment="The statistical day, or the first of the month."),
        sa.Column(
            "member",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="The grid (-1 = outside, -2 = unlocated), unit (-1 = the centre) or facet.",
        ),
        sa.Column("open", sa.Integer(), nullable=False),
        sa.Column("with_deadline", sa.Integer(), nullable=False),
        sa.Column("red", sa.Integer(), nullable=False),
        sa.Column("yellow", sa.Integer(), nullable=False),
        sa.Column("at_risk", sa.Integer(), nullable=False),
        sa.Column("grey", sa.Integer(), nullable=False),
        sa.Column("reported", sa.Integer(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("voided", sa.Integer(), nullable=False),
        sa.Column("due_on_time", sa.Integer(), nullable=False),
        sa.Column("due_late", sa.Integer(), nullable=False),
        sa.Column("due_exempt", sa.Integer(), nullable=False),
        sa.Column("due_open", sa.Integer(), nullable=False),
        sa.Column("due_suspended", sa.Integer(), nullable=False),
        sa.Column("due_put_off", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "kind", "grain", "day_on", "member", name="marginal_pkey"),
        schema="gridgov",
        comment="What changed on a day, by one thing at a time: the open cases of a day's end are the sum of all days until it.",
    )
    op.create_table(
        "duplicate",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False, comment="Of the case."),
        sa.Column(
            "known_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Since when: its own report, or one that tied two problems.",
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
    op.create_index("duplicate_head_id_idx", "duplicate", ["head_id"], schema="gridgov")
    op.create_index("duplicate_town_id_reported_at_idx", "duplicate", ["town_id", "reported_at"], schema="gridgov")
    op.create_table(
        "closing",
        sa.Column("town_id", sa.SmallInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), comment="null = it stands."),
        sa.Column("item_id", sa.Integer(), nullable=False, comment="What the case is about."),
        sa.Column("place", sa.BigInteger(), nullable=False, comment="Roughly where, see PLACE."),
        sa.Column(
            "next_id", sa.BigInteger(), comment="The first report of the same trouble after it, within 90 days (反复)."
        ),
        sa.Column("again_at", sa.DateTime(timezone=True), comment="When that was reported."),
        sa.Column("metres", sa.REAL(), comment="From one place to the other; null = they share an address."),
        schema="gridgov",
        comment="A closing of a case whose trouble would be known again, by what it is about and where, and when it came back.",
    )
    op.create_index(
        "closing_again_idx",
        "closing",
        ["town_id", "item_id", "place", "again_at"],
        schema="gridgov",
        postgresql_where=sa.text("next_id IS NOT NULL"),
    )
    op.create_index("closing_case_id_idx", "closing", ["case_id"], schema="gridgov")
    op.create_index(
        "closing_next_id_idx", "closing", ["next_id"], schema="gridgov", postgresql_where=sa.text("next_id IS NOT NULL")
    )
    op.create_index(
        "closing_quiet_idx",
        "closing",
        ["town_id", "item_id", "place", "closed_at"],
        schema="gridgov",
        postgresql_where=sa.text("next_id IS NULL"),
    )
    op.create_index(
        "closing_town_id_again_at_idx",
        "closing",
        ["town_id", "again_at"],
        schema="gridgov",
        postgresql_where=sa.text("next_id IS NOT NULL"),
    )
    op.create_index("closing_town_id_closed_at_idx", "closing", ["town_id", "closed_at"], schema="gridgov")
    op.create_index(
        "case_record_load_run_id_idx", "case_record", ["load_run_id"], schema="gridgov", postgresql_using="brin"
    )
    op.create_index(
        "case_record_place_idx",
        "case_record",
        [
            "town_id",
            "item_id",
            sa.text(
                "(coalesce(floor((ST_X(geom) + 180) * 1000)::bigint * 1000000 + floor((ST_Y(geom) + 90) * 1000)::bigint, -1 - (hashtextextended(address, 0) & 4611686018427387903)))"
            ),
            "reported_at",
        ],
        schema="gridgov",
    )
    op.create_index(
        "case_event_load_run_id_idx", "case_event", ["load_run_id"], schema="gridgov", postgresql_using="brin"
    )
    op.create_index(
        "case_event_retired_run_id_idx",
        "case_event",
        ["retired_run_id"],
        schema="gridgov",
        postgresql_where=sa.text("retired_run_id IS NOT NULL"),
    )
