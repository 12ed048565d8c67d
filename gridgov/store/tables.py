"""The tables, as SQLAlchemy metadata with GeoAlchemy2 geometry. One class-less `Table` each; what a row is stands in its comment.

Everything lives in the schema `gridgov`; views and functions live in `gridgov_api` (see sql/) and are made anew by every
upgrade. Stored geometry is EPSG:4326 (column `geom`). Timestamps are timestamptz (`_at`), local days are dates (`_on`).
Constraints are named by convention so that a migration can find them.
"""

from geoalchemy2 import Geometry
from sqlalchemy import (
    ARRAY,
    JSON,
    REAL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

SCHEMA = "gridgov"
NAMING = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}
metadata = MetaData(schema=SCHEMA, naming_convention=NAMING)
INSTANT = DateTime(timezone=True)


def _id(kind: type = Integer) -> Column:
    return Column("id", kind, Identity(always=True), primary_key=True)


def _to(table: str, *, null: bool = False, name: str | None = None, ondelete: str | None = None) -> Column:
    target = ForeignKey(f"{SCHEMA}.{table}.id", ondelete=ondelete)
    return Column(name or f"{table}_id", target, nullable=null)


town = Table(
    "town",
    metadata,
    _id(SmallInteger),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("name_zh", Text),
    Column("time_zone", Text, nullable=False),
    Column(
        "crs",
        Text,
        comment="Metric CRS of areas, lengths and the lattice, such as EPSG:4549; set with the first grids.",
    ),
    Column("data_version", BigInteger, nullable=False, server_default=text("0"), comment="Raised by every merge."),
    comment="A town: the root of one hierarchy of grids.",
)

source = Table(
    "source",
    metadata,
    _id(),
    _to("town"),
    Column("code", Text, nullable=False),
    Column("name", Text),
    Column("name_zh", Text),
    Column("time_zone", Text),
    Column("datum", Text),
    UniqueConstraint("town_id", "code"),
    comment="A connected system (one of the N) that files come from.",
)

load_run = Table(
    "load_run",
    metadata,
    _id(),
    _to("town"),
    _to("source"),
    Column("kind", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("file_sha256", Text, nullable=False),
    Column("file_bytes", BigInteger, nullable=False),
    Column("mapping_sha256", Text, nullable=False),
    Column("started_at", INSTANT, nullable=False, server_default=text("now()")),
    Column("finished_at", INSTANT),
    Column("status", Text, nullable=False, server_default="running"),
    *(
        Column(f"n_{name}", BigInteger, nullable=False, server_default=text("0"))
        for name in ("read", "loaded", "updated", "unchanged", "duplicate", "superseded", "quarantined")
    ),
    Column("newest_at", INSTANT, comment="Latest instant told of in the file: how fresh the source is."),
    Column("report", JSONB),
    CheckConstraint("status IN ('running', 'done', 'failed')", name="status"),
    CheckConstraint(
        "status <> 'done' OR n_read = n_loaded + n_updated + n_unchanged + n_duplicate + n_superseded + n_quarantined",
        name="adds_up",
    ),
    Index(None, "town_id", "started_at"),
    comment="One load of one file; when done, what was read equals the sum of the outcomes.",
)

layer = Table(
    "layer",
    metadata,
    _id(),
    _to("town"),
    Column("code", Text, nullable=False),
    UniqueConstraint("town_id", "code"),
    comment="A layer of grids; 'base' is the one cases belong to, a dedicated layer (schools, markets) stands beside it.",
)

grid_level = Table(
    "grid_level",
    metadata,
    Column("layer_id", ForeignKey(f"{SCHEMA}.layer.id"), primary_key=True),
    Column("level", SmallInteger, primary_key=True),
    Column("code", Text, nullable=False),
    Column("name", Text),
    Column("name_zh", Text),
    UniqueConstraint("layer_id", "code"),
    comment="The name of a level of a layer, 0 = the root.",
)

grid_set = Table(
    "grid_set",
    metadata,
    _id(),
    _to("town"),
    _to("layer"),
    _to("load_run", null=True),
    Column("valid_from", Date, comment="First local day; null = since ever."),
    Column("valid_to", Date, comment="First local day no longer valid; null = until further notice."),
    Column("fingerprint", Text, nullable=False, comment="sha256 of the content: the same file again changes nothing."),
    UniqueConstraint(
        "layer_id", "valid_from", postgresql_nulls_not_distinct=True, deferrable=True, initially="DEFERRED"
    ),
    CheckConstraint("valid_from < valid_to", name="order"),
    comment="One version of a layer, complete.",
)

grid = Table(
    "grid",
    metadata,
    Column("id", Integer, Identity(always=False), primary_key=True),
    _to("grid_set", name="set_id"),
    _to("town"),
    _to("layer"),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("kind", Text, nullable=False, server_default="basic"),
    _to("grid", null=True, name="parent_id"),
    Column("path", ARRAY(Integer), nullable=False, comment="Ids from the root down to this grid itself."),
    Column("is_given", Boolean, nullable=False, comment="False = built by dissolving its children."),
    Column("area_m2", Double, nullable=False),
    Column("geom", Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=False),
    UniqueConstraint("set_id", "code"),
    Index(None, "town_id", "code"),
    Index(None, "geom", postgresql_using="gist"),
    comment="A grid of one version of a layer.",
)

exposure = Table(
    "exposure",
    metadata,
    _to("town"),
    _to("layer"),
    Column("grid_code", Text, nullable=False),
    Column("counted_on", Date, nullable=False),
    Column("residents", Integer),
    Column("households", Integer),
    Column("firms", Integer),
    Column("road_km", Double),
    Column("built_up_m2", Double),
    Column("patrollable_m2", Double),
    Column("row_hash", BigInteger, nullable=False),
    _to("load_run"),
    comment="What a grid held on a day: people, firms, roads, area to patrol. Keyed by code, so it outlives a version.",
)
exposure.append_constraint(
    UniqueConstraint("layer_id", "grid_code", "counted_on"),
)


def _register() -> Column:
    return Column(
        "load_run_id",
        ForeignKey(f"{SCHEMA}.load_run.id"),
        comment="The load whose register last said so; null = a word of cases, in no register yet.",
    )


unit = Table(
    "unit",
    metadata,
    _id(),
    _to("town"),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text),
    Column(
        "territory",
        ARRAY(Text),
        nullable=False,
        server_default=text("'{}'"),
        comment="Codes of grids of the base layer; empty = the town.",
    ),
    _register(),
    UniqueConstraint("town_id", "code"),
    comment="A responsible unit (责任单位): body, squad, stationed unit, village or contractor. Who answers for a case.",
)

line = Table(
    "line",
    metadata,
    _id(),
    _to("town"),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    _register(),
    UniqueConstraint("town_id", "code"),
    comment="A line of business (业务条线, department): whose item it is, which is not who answers.",
)

channel = Table(
    "channel",
    metadata,
    _id(),
    _to("town"),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    UniqueConstraint("town_id", "code"),
    comment="Where a report came from (来源): grid worker, hotline, camera ...",
)

item = Table(
    "item",
    metadata,
    _id(),
    _to("town"),
    Column(
        "scope", Text, nullable=False, comment="Whose catalogue: 'observed' = words met in loads, owned by nobody yet."
    ),
    Column("version", Text, nullable=False, server_default=""),
    Column("code", Text, nullable=False),
    Column(
        "condition",
        Text,
        nullable=False,
        server_default="",
        comment="When the limit applies: one item may have a row for each of several conditions.",
    ),
    Column("category", Text, comment="大类"),
    Column("name", Text, comment="小类; null where a source tells the category only."),
    Column("kind", Text),
    Column("owner_text", Text, comment="As written: a unit, or a class of units such as 'village'."),
    _to("unit", null=True, name="owner_id"),
    Column("line_text", Text),
    _to("line", null=True),
    Column("limit_text", Text, comment="As written; without limit_value where it cannot be read."),
    Column("limit_value", Double),
    Column("limit_unit", Text),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("row_hash", BigInteger),
    Column(
        "load_run_id",
        ForeignKey(f"{SCHEMA}.load_run.id"),
        comment="The load that last changed it; null = 'observed'.",
    ),
    CheckConstraint("kind IN ('service', 'social', 'enforcement')", name="kind"),
    CheckConstraint("limit_unit IN ('urgent_hour', 'work_hour', 'work_day', 'natural_day')", name="limit_unit"),
    UniqueConstraint("town_id", "scope", "version", "code", "condition"),
    comment="A catalogue item: what a case can be about, who owns it, how long it may take.",
)

roster_day = Table(
    "roster_day",
    metadata,
    Column("source_id", ForeignKey(f"{SCHEMA}.source.id"), primary_key=True),
    Column("layer_id", ForeignKey(f"{SCHEMA}.layer.id"), primary_key=True),
    Column("held_on", Date, primary_key=True),
    _to("load_run"),
    comment="A day of which a source's roster of a layer is known, completely.",
)

roster = Table(
    "roster",
    metadata,
    _id(),
    _to("town"),
    _to("source"),
    _to("layer"),
    Column("grid_code", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("person", Text, comment="Pseudonym, never a name; null = nobody, or not to be known."),
    Column("is_vacant", Boolean, nullable=False),
    Column("unit_text", Text, comment="The holder's unit as written."),
    _to("unit", null=True),
    Column("since_on", Date, comment="First local day as the roster says it."),
    Column("until_on", Date, comment="Last local day as the roster says it."),
    Column("valid_from", Date, nullable=False, comment="Day of the first roster that says so."),
    Column("valid_to", Date, comment="Day of the first roster after it that does not; null = it stands."),
    _to("load_run"),
    CheckConstraint(
        "role IN ('grid_leader', 'grid_worker', 'inspector', 'informant', 'liaison', 'patroller')", name="role"
    ),
    CheckConstraint("valid_from < valid_to", name="order"),
    CheckConstraint("NOT (is_vacant AND person IS NOT NULL)", name="vacant"),
    Index(None, "layer_id", "grid_code"),
    Index(None, "source_id", "layer_id", "valid_from"),
    comment="A post of a grid and who holds it, or that nobody does, between two rosters. Keyed by code, as exposure is.",
)

place = Table(
    "place",
    metadata,
    _id(),
    _to("town"),
    _to("source"),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text),
    Column("geom", Geometry("POINT", srid=4326, spatial_index=False)),
    _to("grid", null=True),
    Column("row_hash", BigInteger, nullable=False),
    _to("load_run"),
    UniqueConstraint("source_id", "code"),
    Index(None, "geom", postgresql_using="gist"),
    comment="A named place, with or without coordinates.",
)

list_day = Table(
    "list_day",
    metadata,
    Column("source_id", ForeignKey(f"{SCHEMA}.source.id"), primary_key=True),
    Column("list", Text, primary_key=True, comment="checkpoints, routes or devices"),
    Column("held_on", Date, primary_key=True, comment="0001-01-01 = a list that holds since ever."),
    _to("load_run"),
    CheckConstraint("list IN ('checkpoints', 'routes', 'devices')", name="list"),
    comment="A day of which a source's list of checkpoints, routes or devices is known, completely.",
)


def _spell() -> list[Column | CheckConstraint]:
    return [
        Column("valid_from", Date, comment="Day of the first list that says so; null = since ever."),
        Column("valid_to", Date, comment="Day of the first list after it that does not; null = it stands."),
        _to("load_run"),
        CheckConstraint("valid_from < valid_to", name="order"),
    ]


checkpoint = Table(
    "checkpoint",
    metadata,
    _id(),
    _to("town"),
    _to("source"),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("grid_code", Text, comment="Of the base layer, as the plan says it; null = not said."),
    Column("visits_a_week", Double, comment="How often it is to be visited; null = not said."),
    Column("geom", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
    *_spell(),
    Index(None, "town_id", "code"),
    comment="A place that must be visited (必巡点), between two plans. Keyed by code, as the roster is.",
)

planned_route = Table(
    "planned_route",
    metadata,
    _id(),
    _to("town"),
    _to("source"),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("grid_code", Text, comment="Of the base layer, as the plan says it; null = not said."),
    Column("weekdays", ARRAY(SmallInteger), comment="1 = Monday ... 7 = Sunday, ascending; null = any day."),
    Column(
        "windows", ARRAY(Text),
        comment="Local times in which it is to be walked, 08:30-10:30, ascending; one may end on the next day (22:00-02:00). "
        "null = any time.",
    ),
    Column("geom", Geometry("LINESTRING", srid=4326, spatial_index=False), nullable=False),
    *_spell(),
    Index(None, "town_id", "code"),
    comment="A way that is to be patrolled, between two plans. Keyed by code, as the roster is.",
)  # fmt: skip

device = Table(
    "device",
    metadata,
    _id(),
    _to("town"),
    _to("source"),
    Column("device", Text, nullable=False, comment="Pseudonym, as tracks have it."),
    Column(
        "holder", Text, comment="Pseudonym of the person who carries it, as roster and tracks have it; null = nobody."
    ),
    Column("model", Text),
    Column("step_s", Double, comment="Seconds between two fixes, as it is set."),
    *_spell(),
    Index(None, "town_id", "device"),
    comment="A device and who carries it, between two lists of devices.",
)

map_feature = Table(
    "map_feature",
    metadata,
    _id(BigInteger),
    _to("town"),
    _to("source"),
    Column("layer", Text, nullable=False, comment="The part of the source's map that one file holds completely."),
    Column("theme", Text, nullable=False, comment="Of vocabulary.MAP_THEMES."),
    Column("kind", Text, comment="As delivered: street, lane, river ..."),
    Column("name", Text),
    Column("width_m", REAL, comment="As delivered, or usual for its kind; null = not known."),
    Column("geom", Geometry("GEOMETRY", srid=4326, spatial_index=False), nullable=False),
    Column("row_hash", BigInteger, nullable=False, comment="sources.fingerprint of the feature as delivered."),
    _to("load_run"),
    UniqueConstraint("source_id", "layer", "row_hash"),
    Index(None, "town_id", "theme"),
    Index(None, "geom", postgresql_using="gist"),
    comment="A feature of the town's own map: a road, a water, built-up land ...",
)

PLACE = (
    "(coalesce(floor((ST_X(geom) + 180) * 1000)::bigint * 1000000 + floor((ST_Y(geom) + 90) * 1000)::bigint,"
    " -1 - (hashtextextended(address, 0) & 4611686018427387903)))"
)
"""Where a case is, roughly, as a number to look for its neighbours by: the thousandth of a degree in which it lies; the
address where it has no coordinates; null where it has neither. As in sql/load/links/_places.sql."""

case_record = Table(
    "case_record",
    metadata,
    Column("id", BigInteger, Identity(always=False, cache=1000), primary_key=True),
    # The source's town, repeated for the indexes. A key here would cost a pass over all rows at every large load.
    Column("town_id", SmallInteger, nullable=False),
    _to("source"),
    Column("case_no", Text, nullable=False),
    Column("reported_at", INSTANT, nullable=False),
    Column("closed_at", INSTANT),
    Column("due_at", INSTANT),
    Column("updated_at", INSTANT, comment="Version of the row, when the source delivers one."),
    Column("day_only", SmallInteger, nullable=False, comment="Bits: 1 reported, 2 closed, 4 due came as a date only."),
    Column("due_basis", Text),
    Column("state", Text, nullable=False, comment="As last delivered."),
    Column("status_text", Text, comment="The source's own word."),
    Column("track", Text),
    Column("is_urgent", Boolean),
    Column("is_duplicate", Boolean, nullable=False),
    _to("item", null=True),
    _to("unit", null=True),
    _to("line", null=True),
    _to("channel", null=True),
    Column("description", Text),
    Column("address", Text),
    Column("place_name", Text),
    Column("reporter", Text, comment="Pseudonym, never a name."),
    Column("place_status", Text, nullable=False),
    Column("geom", Geometry("POINT", srid=4326, spatial_index=False)),
    _to("grid", null=True),
    Column("recorded", JSONB, comment="Grid codes the source recorded itself, by level."),
    Column("extra", JSONB, comment="Further columns kept as delivered."),
    Column("row_hash", BigInteger, nullable=False, comment="sources.fingerprint of the row as delivered."),
    Column(
        "load_run_id", Integer, nullable=False, comment="The load that last changed the case; loads are never deleted."
    ),
    UniqueConstraint("source_id", "case_no"),
    CheckConstraint("place_status IN ('located', 'outside', 'unlocated')", name="place_status"),
    CheckConstraint("(place_status = 'unlocated') = (geom IS NULL)", name="geom"),
    CheckConstraint("(place_status = 'located') = (grid_id IS NOT NULL)", name="grid"),
    Index(None, "town_id", "reported_at", "closed_at"),
    Index("case_record_open_idx", "town_id", "reported_at", postgresql_where=text("closed_at IS NULL")),
    Index(None, "town_id", "closed_at"),
    Index(None, "grid_id"),
    Index(None, "load_run_id", postgresql_using="brin"),
    Index(None, "geom", postgresql_using="gist"),
    Index("case_record_place_idx", "town_id", "item_id", text(PLACE), "reported_at"),
    comment="A case as it stands: the last version delivered. Its history is in case_event, its earlier rows in case_revision.",
)

case_event = Table(
    "case_event",
    metadata,
    Column("case_id", ForeignKey(f"{SCHEMA}.case_record.id"), nullable=False),
    Column("at", INSTANT, nullable=False),
    Column("seq", REAL, nullable=False, comment="Order among the facts of one instant; see store.following."),
    Column("event", Text, nullable=False, comment="Of the process, see data/process; of a flat row, a state."),
    Column("day_only", Boolean, nullable=False),
    Column("basis", Text, nullable=False, comment="'event' = delivered, 'row' = inferred from a flat row."),
    _to("unit", null=True),
    Column("event_no", Text, comment="The source's own number of the event."),
    Column("actor", Text, comment="Pseudonym, never a name."),
    Column("reason", Text),
    Column("due_at", INSTANT, comment="The deadline it sets; one given as a date ends with that day."),
    Column("detail", JSONB, comment="note, evidence, rating, lon, lat (WGS84) and further columns kept as delivered."),
    Column("row_hash", BigInteger, comment="sources.fingerprint of the event as delivered; null = of a flat row."),
    Column("load_run_id", Integer, nullable=False, comment="The load that said so; loads are never deleted."),
    Column("retired_run_id", Integer, comment="The load that replaced this fact; null = it stands."),
    CheckConstraint("basis IN ('row', 'event')", name="basis"),
    Index(None, "case_id", "at"),
    Index(None, "load_run_id", postgresql_using="brin"),
    Index(None, "retired_run_id", postgresql_where=text("retired_run_id IS NOT NULL")),
    comment="The ledger: what happened to a case, when, and which load said so. Never edited, never deleted.",
)

case_grid = Table(
    "case_grid",
    metadata,
    Column("set_id", ForeignKey(f"{SCHEMA}.grid_set.id"), primary_key=True),
    Column("case_id", ForeignKey(f"{SCHEMA}.case_record.id"), primary_key=True),
    _to("grid"),
    Index(None, "case_id"),
    comment="The grid of a case in other layers, and in every version where the base layer has several; outside = no row.",
)

case_revision = Table(
    "case_revision",
    metadata,
    Column("case_id", ForeignKey(f"{SCHEMA}.case_record.id"), nullable=False),
    _to("load_run"),
    Column("replaced", JSONB, nullable=False),
    Index(None, "case_id"),
    comment="A version of a case's row that a later one replaced, and the load that replaced it.",
)

quarantine = Table(
    "quarantine",
    metadata,
    _id(BigInteger),
    _to("town"),
    _to("source"),
    _to("load_run", name="first_run_id"),
    _to("load_run", name="last_run_id"),
    Column("kind", Text, nullable=False),
    Column("row_key", UUID, nullable=False, comment="Hash of the row: the same row again is the same entry."),
    Column("row_no", BigInteger),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("raw", JSONB, comment="The mapped columns as text, personal ones replaced; null when they cannot be split."),
    Column("quarantined_at", INSTANT, nullable=False, server_default=text("now()")),
    Column("resolved_run_id", ForeignKey(f"{SCHEMA}.load_run.id")),
    Column("resolved_at", INSTANT),
    UniqueConstraint("source_id", "kind", "row_key"),
    comment="A row that could not be loaded, with all its reasons.",
)

index_to_make = Table(
    "index_to_make",
    metadata,
    _id(),
    Column("definition", Text, nullable=False),
    comment="An index that a large load dropped and that is still to be made again, see store.bulk.",
)


facet = Table(
    "facet",
    metadata,
    _id(),
    _to("town"),
    _to("item", null=True),
    _to("line", null=True),
    _to("channel", null=True),
    _to("source"),
    Column("track", Text),
    Column("is_urgent", Boolean),
    Column("is_duplicate", Boolean, nullable=False),
    Index(None, "town_id"),
    comment="What cases can be asked by, place and unit apart: each combination that occurs, once. There are thousands where "
    "there are millions of cases, so that a filter costs what a small table costs.",
)


def _of_case() -> list[Column]:
    """What is repeated of the case, so that counting it needs no join."""
    return [
        Column("reported_at", INSTANT, nullable=False, comment="Of the case, as the ledger has it."),
        Column("grid_id", Integer, comment="Of the case, in the base layer."),
        Column("is_located", Boolean, nullable=False, comment="The case has coordinates."),
        Column("facet_id", Integer, nullable=False, comment="What the case can be asked by."),
    ]


LENGTHS = (900, 7_200, 57_600, 460_800, 3_686_400, 29_491_200)
"""Longest stretches of the classes 1, 2, ... of case_span.length_class, in seconds; the class after them has no bound, and 0
is of those that still run. Eight times from one to the next: of what is looked at for an instant, an eighth or more ran."""

PLAIN_NODES = ("intake", "verify", "dispatch", "sign", "handle", "check", "close")
"""The nodes (rules.STAGES) of a plain way: see case_span.waits."""

# No keys from what is derived: the load that writes these rows reads what they name, and a check of each would cost more
# than writing it. Where two units turn out to be one, store.rollups makes the rows of their cases anew.
case_span = Table(
    "case_span",
    metadata,
    Column("town_id", SmallInteger, nullable=False),
    Column("case_id", BigInteger, nullable=False),
    Column("from_at", INSTANT, nullable=False, comment="First second of the stretch."),
    Column("to_at", INSTANT, comment="First second no longer in it; null = it still runs."),
    Column(
        "next_at", INSTANT,
        comment="When the next stretch of the case begins (later than to_at where it was reopened); null = none does.",
    ),
    Column("state", Text, nullable=False, comment="Of vocabulary.STATES."),
    Column("stage", Text, nullable=False, comment="The node it waits in (环节), of rules.STAGES."),
    Column("unit_id", Integer, comment="Who answers; null = nobody yet: it is with the centre."),
    Column("due_at", INSTANT, comment="The deadline in force; null = none. While it is paused, the one before."),
    Column("yellow_at", INSTANT, comment="From when the light is yellow; null = grey, as the two below."),
    Column("risk_at", INSTANT, comment="From when the case is at risk (80 % of its time used)."),
    Column("black_at", INSTANT, comment="From when the light is deep red."),
    Column("stage_due_at", INSTANT, comment="When the limit of the node ends."),
    Column("is_paused", Boolean, nullable=False, comment="The clock stands (挂账, 缓办)."),
    Column("is_put_off", Boolean, nullable=False, comment="Not among the due until it is resumed (缓办)."),
    Column("ended", Text, comment="How the case ended with it: closed, forced_closed, voided; null = it went on."),
    Column("exempt_at", INSTANT, comment="When an appeal was upheld against the lateness of that end."),
    *_of_case(),
    Column(
        "length_class", SmallInteger, nullable=False,
        comment="How long it is, see store.tables.LENGTHS: what ran at an instant began so long before it at most.",
    ),
    Column(
        "may_be_due", Boolean, nullable=False,
        comment="The case is on a track that is due (流转件), not self-handled (即办件) nor a service matter.",
    ),
    Column(
        "waits", ARRAY(Integer),
        comment="Of the end of a case whose way was plain: seconds and working seconds at each of store.tables.PLAIN_NODES. "
        "Plain: dispatched at most once, never sent back, paused or reopened. null = the stretches tell.",
    ),
    Index(None, "case_id"),
    Index(None, "town_id", "length_class", "from_at", "to_at"),
    Index(None, "town_id", "grid_id", "from_at"),
    *(
        Index(f"case_span_ended_{column}_idx", "town_id", column, postgresql_where=text("ended IS NOT NULL"))
        for column in ("due_at", "reported_at", "to_at")
    ),
    *(
        Index(f"case_span_due_ended_{column}_idx", "town_id", column, postgresql_where=text("ended IS NOT NULL AND may_be_due"))
        for column in ("reported_at", "to_at")
    ),
    Index(
        "case_span_due_ended_due_at_idx", "town_id", "due_at", postgresql_where=text("ended IS NOT NULL AND may_be_due"),
        postgresql_include=[
            "case_id", "to_at", "next_at", "ended", "exempt_at", "unit_id", "grid_id", "is_located", "facet_id",
        ],
    ),
    comment="A stretch of time in which a case was open and its state, holder and deadline stayed the same, as analytics.course "
    "makes it of the ledger. One without time stands for an end that no other tells of.",
)  # fmt: skip

_COUNTS = (
    "dispatched", "returned", "aba", "rework", "extended", "extension_asked", "suspended", "deferred", "reopened", "urged",
    "yellow", "red", "instructed",
)  # fmt: skip

case_fact = Table(
    "case_fact",
    metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("town_id", SmallInteger, nullable=False),
    Column("state", Text, nullable=False, comment="As the ledger has it now."),
    Column("opened_at", INSTANT, nullable=False),
    *(Column(f"{name}_at", INSTANT) for name in ("accepted", "registered", "dispatched", "signed")),
    *(Column(f"{name}_at", INSTANT, comment="The last.") for name in ("handled", "checked")),
    Column("ended_at", INSTANT, comment="The end that stands; null = open."),
    Column("ended", Text, comment="closed, forced_closed, voided"),
    Column("due_at", INSTANT, comment="The deadline that held last."),
    Column("first_due_at", INSTANT),
    Column("due_basis", Text, comment="source = delivered, rule = computed or moved by the rules"),
    Column("unit_id", Integer, comment="The last that answered."),
    Column("first_unit_id", Integer, comment="The first that answered."),
    Column("limit_value", Double, comment="Of the catalogue, where the source delivers no deadline."),
    Column("limit_unit", Text),
    Column("granted_s", BigInteger, nullable=False, comment="Seconds allowed in this round; working time if in_work."),
    Column("clock_s", BigInteger, nullable=False, comment="Seconds the unit's own clock ran; likewise."),
    Column("in_work", Boolean, nullable=False),
    *(Column(f"n_{name}", SmallInteger, nullable=False) for name in _COUNTS),
    *(
        Column(f"{stage}_{kind}", BigInteger, nullable=False)
        for stage in ("intake", "verify", "dispatch", "sign", "handle", "check", "close", "suspended", "deferred")
        for kind in ("s", "work_s")
    ),
    Column(
        "asked_before_due_s", BigInteger, comment="The last asking for an extension; negative = after the deadline."
    ),
    Column("handled_before_due_s", BigInteger, comment="The last handling, likewise."),
    Column("is_flat", Boolean, nullable=False, comment="Only a flat row tells of it."),
    Column("is_late", Boolean, nullable=False, comment="Ended after its deadline, exempt or not."),
    Column("is_exempt", Boolean, nullable=False, comment="An appeal was upheld."),
    Column("is_self_closed", Boolean, nullable=False, comment="Who handled it also found it right or closed it."),
    Index(None, "town_id"),
    comment="What became of a case, one row each: columns of analytics.course.Course.facts. Derived from the ledger.",
)

handover = Table(
    "handover",
    metadata,
    Column("town_id", SmallInteger, nullable=False),
    Column("case_id", BigInteger, nullable=False),
    Column("at", INSTANT, nullable=False),
    Column("from_unit_id", Integer, nullable=False),
    Column("to_unit_id", Integer, nullable=False),
    Column("lost_s", BigInteger, nullable=False, comment="Seconds since the dispatch before."),
    Column("lost_work_s", BigInteger, nullable=False, comment="The same in working time."),
    Column("reason", Text, comment="Of the return or rework in between, as delivered."),
    Column(
        "is_aba", Boolean, nullable=False,
        comment="It gave the case back to the unit that had just handed it on (A to B, and B to A), in one round.",
    ),
    *_of_case(),
    Index(None, "case_id"),
    Index(None, "town_id", "at"),
    comment="A dispatch of a case to another unit than the one before. Derived from the ledger.",
)  # fmt: skip

case_step = Table(
    "case_step",
    metadata,
    Column("town_id", SmallInteger, nullable=False),
    Column("case_id", BigInteger, nullable=False),
    Column("at", INSTANT, nullable=False),
    Column("event", Text, nullable=False, comment="Of the process; those of store.courses.STEPS."),
    Column("unit_id", Integer, comment="Who answered just before it; after the end, who answered last."),
    Column("reason", Text),
    Column("rating", Text),
    *_of_case(),
    Index(None, "case_id"),
    Index(None, "town_id", "event", "at"),
    comment="What happened to cases beside their plain way: returns, rework, extensions, urgings, ratings ... From the ledger.",
)

MEASURES = (
    "open", "with_deadline", "red", "yellow", "at_risk", "grey", "reported", "reopened", "taken", "passed", "closed", "voided",
)  # fmt: skip
"""What is counted day by day, see analytics.marginals."""

DUE_PARTS = ("on_time", "late", "exempt", "open", "suspended", "put_off")
"""What becomes of the due, see analytics.marginals.PARTS."""

marginal = Table(
    "marginal",
    metadata,
    Column("town_id", SmallInteger, primary_key=True, autoincrement=False),
    Column("kind", SmallInteger, primary_key=True, autoincrement=False, comment="1 = grid, 2 = unit, 3 = facet."),
    Column("grain", SmallInteger, primary_key=True, autoincrement=False, comment="1 = a day, 2 = a calendar month."),
    Column("day_on", Date, primary_key=True, comment="The statistical day, or the first of the month."),
    Column(
        "member", Integer, primary_key=True, autoincrement=False,
        comment="The grid (-1 = outside, -2 = unlocated), unit (-1 = the centre) or facet.",
    ),
    *(Column(name, Integer, nullable=False) for name in MEASURES),
    comment="What changed on a day, by one thing at a time: the open cases of a day's end are the sum of all days until it.",
)  # fmt: skip

due_day = Table(
    "due_day",
    metadata,
    Column("town_id", SmallInteger, primary_key=True, autoincrement=False),
    Column("kind", SmallInteger, primary_key=True, autoincrement=False, comment="As in marginal."),
    Column("due_on", Date, primary_key=True, comment="The statistical day of the deadline."),
    Column("told_on", Date, primary_key=True, comment="The day on which it changed; not before due_on."),
    Column("member", Integer, primary_key=True, autoincrement=False, comment="As in marginal."),
    *(Column(name, Integer, nullable=False) for name in DUE_PARTS),
    comment="What changed on a day among the cases due on a day (应结案): what became of them by a day's end is the sum of all "
    "days told until it.",
)  # fmt: skip

duplicate = Table(
    "duplicate",
    metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("town_id", SmallInteger, nullable=False),
    Column("reported_at", INSTANT, nullable=False, comment="Of the case."),
    Column("known_at", INSTANT, nullable=False, comment="Since when: its own report, or one that tied two problems."),
    Column("of_id", BigInteger, nullable=False, comment="The first report of the problem that it joined then."),
    Column("head_id", BigInteger, nullable=False, comment="The first report of the problem as all reports have it."),
    Column("like_id", BigInteger, nullable=False, comment="The report that it was found alike with."),
    Column("metres", REAL, comment="Between the two; null = they share an address."),
    Column("alike", REAL, comment="Of their texts, 0 to 1; null = there was none to compare."),
    Index(None, "town_id", "reported_at"),
    Index(None, "head_id"),
    comment="A report of a trouble that had been reported and was still open (重复): every report of a problem but the first.",
)

closing = Table(
    "closing",
    metadata,
    Column("town_id", SmallInteger, nullable=False),
    Column("case_id", BigInteger, nullable=False),
    Column("closed_at", INSTANT, nullable=False),
    Column("reopened_at", INSTANT, comment="null = it stands."),
    Column("item_id", Integer, nullable=False, comment="What the case is about."),
    Column("place", BigInteger, nullable=False, comment="Roughly where, see PLACE."),
    Column("next_id", BigInteger, comment="The first report of the same trouble after it, within 90 days (反复)."),
    Column("again_at", INSTANT, comment="When that was reported."),
    Column("metres", REAL, comment="From one place to the other; null = they share an address."),
    Index(None, "case_id"),
    Index(None, "town_id", "closed_at"),
    Index(None, "town_id", "again_at", postgresql_where=text("next_id IS NOT NULL")),
    Index(None, "next_id", postgresql_where=text("next_id IS NOT NULL")),
    Index("closing_quiet_idx", "town_id", "item_id", "place", "closed_at", postgresql_where=text("next_id IS NULL")),
    Index("closing_again_idx", "town_id", "item_id", "place", "again_at", postgresql_where=text("next_id IS NOT NULL")),
    comment="A closing of a case whose trouble would be known again, by what it is about and where, and when it came back.",
)

# Where cases are, for maps: gridgov.store.tiles.

case_pixel = Table(
    "case_pixel",
    metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("town_id", SmallInteger, nullable=False),
    Column("reported_at", INSTANT, nullable=False, comment="As the ledger has it."),
    Column(
        "pixel", BigInteger, nullable=False,
        comment="Of the web map cut 28 times into quarters: two bits a cut, so that a tile of any zoom is one range of pixels.",
    ),
    Column("grid_id", Integer, comment="Of the case, in the base layer."),
    Column("facet_id", Integer, nullable=False, comment="What the case can be asked by."),
    Index(None, "town_id", "reported_at"),
    Index(None, "town_id", "pixel", postgresql_include=["case_id", "reported_at", "grid_id", "facet_id"]),
    comment="A case that has coordinates, as maps count it. Derived from the case and its course.",
)  # fmt: skip

tile_month = Table(
    "tile_month",
    metadata,
    Column("town_id", SmallInteger, primary_key=True, autoincrement=False),
    Column("zoom", SmallInteger, primary_key=True, autoincrement=False, comment="Of store.tiles.ZOOMS."),
    Column("tile", BigInteger, primary_key=True, autoincrement=False, comment="The first bits of the pixels in it."),
    Column("month_on", Date, primary_key=True, comment="The first of the calendar month of the statistical days."),
    Column("grid_id", Integer, primary_key=True, autoincrement=False, comment="-1 = outside all grids."),
    Column("cells", ARRAY(SmallInteger), nullable=False, comment="The cells of the tile, of 128 x 128, that hold any."),
    Column("counts", ARRAY(Integer), nullable=False, comment="Cases in each of them."),
    comment="The cases of a grid that were reported in a month, counted in the cells of a tile: the sum of case_pixel.",
)

rule_set = Table(
    "rule_set",
    metadata,
    Column("town_id", ForeignKey(f"{SCHEMA}.town.id"), primary_key=True, autoincrement=False),
    Column("version", Text, nullable=False),
    Column("sha256", Text, nullable=False, comment="Of the text."),
    Column("text", Text, nullable=False),
    Column("made_at", INSTANT, nullable=False, server_default=text("now()")),
    Column("told_until", INSTANT, comment="No stretch of the town begins or ends after it."),
    comment="The rules of the clocks that a town's spans, facts and handovers follow; loads go on by them until a rebuild.",
)

# The ground: which cells of the coverage lattice (5 m, hung on the town's metric CRS, see analytics.patrol.cells) belong to
# which grid. Derived from grids and map by store.ground.

ground = Table(
    "ground",
    metadata,
    Column("set_id", ForeignKey(f"{SCHEMA}.grid_set.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("town_id", SmallInteger, nullable=False),
    Column(
        "map", Text, comment="Which roads and built-up land the land to patrol was made of; null = there was no map."
    ),
    Column("why", Text, comment="Why no cells are kept of this version; null = they are."),
    Index(None, "town_id"),
    comment="A version of a layer of grids whose cells are kept, and what they were made of.",
)


def _cells() -> list[Column]:
    return [
        Column("town_id", SmallInteger, nullable=False),
        Column(
            "set_id", ForeignKey(f"{SCHEMA}.grid_set.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        ),
        Column("grid_id", Integer, primary_key=True, autoincrement=False, comment="The finest grid there."),
        Column(
            "block_row", Integer, primary_key=True, autoincrement=False, comment="Of 64 x 64 cells, from the south."
        ),
        Column("block_col", Integer, primary_key=True, autoincrement=False),
        Column(
            "bits", LargeBinary, nullable=False, comment="64 words of 64 bits, little-endian: analytics.patrol.cells."
        ),
    ]


land_cells = Table(
    "land_cells", metadata, *_cells(), comment="The cells of a grid in one block: those whose centre it would be given."
)

due_cells = Table(
    "due_cells",
    metadata,
    *_cells(),
    comment="The cells of a grid in one block that are land to patrol (应巡面积): built-up land, and roads as wide as they are.",
)

grid_ground = Table(
    "grid_ground",
    metadata,
    Column("town_id", SmallInteger, nullable=False),
    Column("set_id", ForeignKey(f"{SCHEMA}.grid_set.id", ondelete="CASCADE"), nullable=False),
    Column("grid_id", Integer, primary_key=True, autoincrement=False),
    Column("land_m2", Double, nullable=False, comment="Of its cells."),
    Column("due_m2", Double, comment="Of its cells that are land to patrol; null = no map is loaded."),
    Column("n_cells", Integer, nullable=False),
    Column("n_due_cells", Integer),
    Index(None, "set_id"),
    comment="What the shares of coverage of a grid divide by.",
)

briefing = Table(
    "briefing",
    metadata,
    _id(),
    _to("town"),
    Column("kind", Text, nullable=False),
    Column("scope", Text, nullable=False, comment="Code of the town, a village or a unit."),
    Column("period_on", Date, nullable=False, comment="First day of its statistical period."),
    Column("lang", Text, nullable=False),
    Column("edition", Integer, nullable=False, comment="1, and one more each time its numbers became others."),
    Column("status", Text, nullable=False, server_default="draft"),
    Column("said", JSON, nullable=False, comment="The briefing as it was made: its numbers are locked."),
    Column("words", JSON, nullable=False, server_default="{}", comment="Sentences that were edited, by id."),
    Column(
        "sent_back", JSON, nullable=False, server_default="[]", comment="By whom and when, and who had reviewed it."
    ),
    Column("as_of", Text, nullable=False),
    Column("data_version", BigInteger, nullable=False),
    Column("made_at", INSTANT, nullable=False, server_default=text("now()"), comment="It knows the loads until then."),
    Column("reviewed_by", Text),
    Column("reviewed_at", INSTANT),
    Column("signed_by", Text),
    Column("signed_at", INSTANT),
    Column("sha256", Text, comment="Of the PDF that was signed."),
    Column("pdf", LargeBinary, comment="The PDF that was signed."),
    UniqueConstraint("town_id", "kind", "scope", "period_on", "lang", "edition"),
    CheckConstraint("status IN ('draft', 'reviewed', 'signed')", name="status"),
    CheckConstraint(
        "(status = 'draft') = (reviewed_by IS NULL) AND (status = 'signed') = (signed_by IS NOT NULL)"
        " AND (status = 'signed') = (pdf IS NOT NULL AND sha256 IS NOT NULL)",
        name="signed",
    ),
    comment="A briefing: one edition of what a town, a village or a unit is told of a period.",
)

issue = Table(
    "issue",
    metadata,
    Column("town_id", ForeignKey(f"{SCHEMA}.town.id"), primary_key=True),
    Column("series", Text, primary_key=True, comment="Its name in the plan."),
    Column("scope", Text, primary_key=True, comment="Code of the town, a village or a unit."),
    Column("lang", Text, primary_key=True),
    Column("period_on", Date, primary_key=True, comment="First day of its statistical period."),
    Column("due_at", INSTANT, nullable=False),
    Column("status", Text, nullable=False, server_default="due"),
    Column("briefing_id", ForeignKey(f"{SCHEMA}.briefing.id")),
    Column("reason", Text, comment="Why it is held."),
    Column("told", Text, comment="The reason that was told of last."),
    Column("made_at", INSTANT),
    Column("delivered_at", INSTANT),
    Column("sha256", Text, comment="Of the PDF that went out."),
    CheckConstraint("status IN ('due', 'held', 'made', 'delivered')", name="status"),
    CheckConstraint(
        "(status IN ('made', 'delivered')) = (briefing_id IS NOT NULL AND made_at IS NOT NULL)"
        " AND (status = 'delivered') = (delivered_at IS NOT NULL) AND (status = 'held') = (reason IS NOT NULL)",
        name="way",
    ),
    comment="An issue of a scheduled briefing: of one period, for one reader, in one language.",
)
