"""Helpers of the tests: small towns made by hand, files and mappings for them, and the tables as they stand."""

import csv
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import psycopg
import pyarrow as pa
import pytest
import shapely
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings

from gridgov import cli
from gridgov.crs import STORE_CRS
from gridgov.pipelines.hierarchy import build_hierarchy
from gridgov.pipelines.kinds import load
from gridgov.pipelines.report import LoadReport
from gridgov.resources import resource
from gridgov.settings import settings
from gridgov.sources.mapping import Mapping, parse_mapping, read_mapping
from gridgov.sources.reading import Broken, RawBatch
from gridgov.store import cluster

ROOT = Path(__file__).parents[1]
WEST, SOUTH, STEP = 120.30, 31.70, 0.01
"""The corner and the side, in degrees, of the squares that a town made by hand has for grids."""

COLUMNS = {
    "no": "case_no", "at": "reported_at", "closed": "closed_at", "due": "due_at", "version": "updated_at", "state": "status",
    "track": "track", "what": "category", "which": "subcategory", "unit": "unit", "line": "line", "channel": "channel",
    "urgent": "urgent", "twice": "duplicate", "place": "place", "address": "address", "says": "description",
    "x": "lon", "y": "lat", "who": "reporter",
}  # fmt: skip
"""What the columns of a file of cases mean."""

STATES = """
[values.status]
"reported" = "reported"
"open" = "reported"
"out" = "dispatched"
"closed" = "closed"
"done" = "closed"
"twice" = { state = "closed", duplicate = true }
"""
EXPOSURE = {"grid": "grid_code", "on": "counted_on", "people": "residents", "firms": "firms", "road": "road_km"}
"""What the columns of a file of counts mean."""

GRIDS = """
kind = "grids"
town = "{town}"
source = "{source}"
datum = "WGS84"
layer = "{layer}"
levels = [{levels}]

[about]
time_zone = "{zone}"

[columns]
code = "code"
name = "name"
{columns}

[hierarchy]
{rule}
"""

HEADER = ("no", "at", "closed", "due", "version", "state", "what", "unit", "place", "x", "y")
PREFIX = 'rule = "prefix"\nlengths = [1, 2]\nroot = {{ code = "{root}" }}'
FLAT = 'rule = "flat"\nroot = {{ code = "{root}" }}'
METRIC = "EPSG:4549"
"""In metres, and made for where the towns made by hand lie."""

DEFAULT_RULES = resource("data", "rules", "default.toml").read_text("utf-8")
SMALL_TOWN = resource("data", "small_town")
SMALL_TOWN_FILES = {
    "grids": ("grids", "grids.geojson"),
    "dedicated": ("grids", "dedicated.geojson"),
    "places": ("places", "villages.csv"),
    "exposure": ("exposure", "exposure.csv"),
    "incidents": ("incidents", "incidents.csv.gz"),
}
_numbers = itertools.count(1)


def new_code() -> str:
    """A code for a town that no other test has."""
    return f"t{next(_numbers)}"


def examples(n: int) -> hypothesis_settings:
    """So many examples of a law: one database and one folder serve all; none is shrunk, which would load hundreds of files."""
    return hypothesis_settings(
        max_examples=n,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


# ---------------------------------------------------------------------------------------------------------------------
# Files and mappings


def square(column: float, row: float, width: float = 1, height: float = 1) -> shapely.Polygon:
    """A rectangle in units of STEP from the corner of the town."""
    return shapely.box(*point(column, row), *point(column + width, row + height))


def city(n: int = 3, start: int = 1) -> dict[str, shapely.Polygon]:
    """n x n squares by code: the row is the first digit, the column the second. They tile without gap or overlap."""
    return {f"{r + start}{c + start}": square(c, r) for r in range(n) for c in range(n)}


def point(column: float, row: float) -> tuple[float, float]:
    """Longitude and latitude of a place in units of STEP from the corner."""
    return round(WEST + column * STEP, 7), round(SOUTH + row * STEP, 7)


def write_polygons(path: Path, shapes: dict[str, Any], **columns: dict[str, str]) -> Path:
    """A GeoJSON of polygons by code; further columns by name and code. A list gives one code several rows."""
    rows = [(code, one) for code, shape in shapes.items() for one in (shape if isinstance(shape, list) else [shape])]
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": f"Grid {code}", **{k: v.get(code) for k, v in columns.items()}},
            "geometry": shapely.geometry.mapping(shape),
        }
        for code, shape in rows
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def write_rows(path: Path, rows: Iterable[dict[str, Any]], header: Sequence[str] = HEADER) -> Path:
    """A CSV; a column that a row does not have is empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def mapping_text(
    kind: str, town: str, columns: dict[str, str], *, source: str = "", above: str = "", below: str = ""
) -> str:
    """A mapping by our columns and a file's; what else it says stands above and below them."""
    named = "\n".join(f'{ours} = "{theirs}"' for ours, theirs in columns.items())
    return f'kind = "{kind}"\ntown = "{town}"\nsource = "{source or kind}"\n{above}\n[columns]\n{named}\n{below}'


def raw_batch(
    rows: Sequence[dict[str, str | None]],
    columns: Iterable[str],
    *,
    geometry: Any = None,
    broken: Iterable[Broken] = (),
) -> RawBatch:
    """Rows as a reader gives them, from line 2 on."""
    table = pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in columns})
    return RawBatch(table, np.arange(2, len(rows) + 2), geometry, list(broken))


def grid_frame(shapes: dict[str, Any], **columns: dict[str, str]) -> gpd.GeoDataFrame:
    """Polygons by code as a reader gives them; a list gives one code several rows."""
    listed = [(code, s) for code, shape in shapes.items() for s in (shape if isinstance(shape, list) else [shape])]
    codes = [code for code, _ in listed]
    data = {"code": codes, **{c: [columns.get(c, {}).get(code) for code in codes] for c in ("name", "parent", "kind")}}
    return gpd.GeoDataFrame(data, geometry=[s for _, s in listed], crs=STORE_CRS).rename_geometry("geom")


def build_tree(shapes: dict[str, Any], rule: str | None = None, **columns: dict[str, str]) -> tuple[Any, Any]:
    """The hierarchy of such polygons, and what was mended; by prefix unless a rule is given."""
    needed = 'parent = "up"' if rule and '"parent"' in rule else ""
    mapping = grid_mapping("t", rule=rule or PREFIX.format(root="T"), columns=needed)
    return build_hierarchy(grid_frame(shapes, **columns), mapping, "Town", METRIC)


def incident_text(
    town: str,
    head: Sequence[str] = HEADER,
    *,
    source: str = "cases",
    zone: str = "Asia/Shanghai",
    versioned: bool = True,
    more: str = "",
) -> str:
    """A mapping for files of cases with these columns; without versions it does not read that of the version."""
    columns = {COLUMNS[name]: name for name in head if versioned or name != "version"}
    placed = 'datum = "WGS84"\n' if "x" in head else ""
    above = f'time_zone = "{zone}"\n{placed}\n[about]\ntime_zone = "{zone}"\n'
    personal = '[personal]\nreporter = "pseudonym"\n' if "who" in head else ""
    below = f"{STATES}{more}\n{personal}"
    return mapping_text("incidents", town, columns, source=source, above=above, below=below)


def incident_mapping(town: str, head: Sequence[str] = HEADER, **how: Any) -> Mapping:
    """The same, parsed."""
    return parse_mapping(incident_text(town, head, **how))


def grid_text(
    town: str,
    *,
    layer: str = "base",
    levels: Sequence[str] = ("town", "district", "grid"),
    rule: str | None = None,
    columns: str = "",
    zone: str = "Asia/Shanghai",
) -> str:
    """A mapping for polygons with code and name; the first digit of a code is its district unless a rule is given."""
    return GRIDS.format(
        town=town, source=f"grids_{layer}", layer=layer, zone=zone, columns=columns,
        levels=", ".join(f'"{level}"' for level in levels), rule=rule or PREFIX.format(root=town),
    )  # fmt: skip


def grid_mapping(town: str, **how: Any) -> Mapping:
    """The same, parsed."""
    return parse_mapping(grid_text(town, **how))


def register_mapping(kind: str, town: str, columns: dict[str, str], *, source: str = "", more: str = "") -> Mapping:
    """A mapping for units, lines, a catalogue or a roster, by our columns and the file's."""
    register = 'register = "lines"\n' if kind == "lines" else ""
    above = f'{register}{more}\n[about]\ntime_zone = "Asia/Shanghai"\n'
    of = "units" if kind == "lines" else kind
    return parse_mapping(mapping_text(of, town, columns, source=source or kind, above=above))


def follow_rules(folder: Path, monkeypatch: pytest.MonkeyPatch, *changes: tuple[str, str]) -> None:
    """From now on towns follow the default rules with changes: what stands there, and what shall."""
    text = DEFAULT_RULES
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / f"rules_{next(_numbers)}.toml"
    path.write_text(text, "utf-8")
    monkeypatch.setenv("GRIDGOV_RULES", str(path))
    settings.cache_clear()


def load_city(folder: Path, town: str, shapes: dict[str, Any] | None = None, **how: Any) -> LoadReport:
    """Load polygons as a town's grids: 3 x 3 squares unless others are given."""
    path = write_polygons(folder / f"{town}_{next(_numbers)}.geojson", shapes or city())
    when = {name: how.pop(name) for name in ("valid_from", "replace") if name in how}
    return load("grids", path, grid_mapping(town, **how), **when)


def load_rows(
    folder: Path, town: str, rows: Iterable[dict[str, Any]], head: Sequence[str] = HEADER, **how: Any
) -> LoadReport:
    """Load rows as a town's incidents."""
    path = write_rows(folder / f"{town}_{next(_numbers)}.csv", rows, head)
    return load("incidents", path, incident_mapping(town, head, **how))


def load_exposure(folder: Path, town: str, rows: Iterable[dict[str, Any]], head: Sequence[str]) -> LoadReport:
    """Load counts of what the grids of a town hold, with some of the columns of EXPOSURE."""
    path = write_rows(folder / f"{town}_{next(_numbers)}.csv", rows, head)
    return load(
        "exposure", path, parse_mapping(mapping_text("exposure", town, {EXPOSURE[name]: name for name in head}))
    )


def load_small_town(*names: str) -> dict[str, LoadReport]:
    """Load the town that ships with gridgov, or some of its files."""
    return {
        name: load(kind, SMALL_TOWN / file, read_mapping(SMALL_TOWN / f"{name}.toml"))
        for name, (kind, file) in SMALL_TOWN_FILES.items()
        if not names or name in names
    }


# ---------------------------------------------------------------------------------------------------------------------
# The tables as they stand


def query(statement: str, *values: Any) -> pd.DataFrame:
    """What a statement gives."""
    with psycopg.connect(cluster.database_url()) as connection:
        return _read(connection, statement, values)


def _read(connection: psycopg.Connection[Any], statement: str, values: Sequence[Any] = ()) -> pd.DataFrame:
    cursor = connection.execute(statement, values or None)  # type: ignore[arg-type]
    return pd.DataFrame(cursor.fetchall(), columns=[c.name for c in cursor.description or []])


def counts() -> dict[str, int]:
    """Rows by table, staging tables included: asked in one session and two statements, a session a table is a second."""
    with psycopg.connect(cluster.database_url()) as connection:
        names = _read(connection, "SELECT tablename FROM pg_tables WHERE schemaname = 'gridgov' ORDER BY 1")
        each = [f"SELECT '{name}' AS name, count(*) AS n FROM gridgov.\"{name}\"" for name in names["tablename"]]
        told = _read(connection, " UNION ALL ".join(each))
    return {name: int(n) for name, n in zip(told["name"], told["n"], strict=True)}


CONTENT = {
    "town": "SELECT code, name, name_zh, time_zone, crs FROM gridgov.town",
    "source": """
        SELECT t.code AS town, s.code, s.name, s.time_zone, s.datum
        FROM gridgov.source s JOIN gridgov.town t ON t.id = s.town_id""",
    "grid": """
        SELECT t.code AS town, ly.code AS layer, gs.valid_from, gs.valid_to, g.code, g.name, g.level, g.kind, g.is_given,
          up.code AS parent, round(g.area_m2::numeric, 3) AS area, ST_AsEWKB(g.geom)
        FROM gridgov.grid g JOIN gridgov.grid_set gs ON gs.id = g.set_id JOIN gridgov.layer ly ON ly.id = gs.layer_id
        JOIN gridgov.town t ON t.id = g.town_id LEFT JOIN gridgov.grid up ON up.id = g.parent_id""",
    "place": """
        SELECT s.code AS source, p.code, p.name, p.kind, ST_AsEWKB(p.geom), g.code AS grid
        FROM gridgov.place p JOIN gridgov.source s ON s.id = p.source_id LEFT JOIN gridgov.grid g ON g.id = p.grid_id""",
    "exposure": """
        SELECT layer_id, grid_code, counted_on, residents, households, firms, road_km, built_up_m2, patrollable_m2
        FROM gridgov.exposure""",
    "unit": """
        SELECT t.code AS town, u.code, u.name, u.kind, u.territory::text, u.load_run_id IS NOT NULL AS registered
        FROM gridgov.unit u JOIN gridgov.town t ON t.id = u.town_id""",
    "line": """
        SELECT t.code AS town, l.code, l.name, l.load_run_id IS NOT NULL AS registered
        FROM gridgov.line l JOIN gridgov.town t ON t.id = l.town_id""",
    "item": """
        SELECT t.code AS town, i.scope, i.version, i.code, i.condition, i.category, i.name, i.kind, i.owner_text,
          u.code AS owner, i.line_text, l.code AS line, i.limit_text, i.limit_value, i.limit_unit, i.valid_from, i.valid_to
        FROM gridgov.item i JOIN gridgov.town t ON t.id = i.town_id LEFT JOIN gridgov.unit u ON u.id = i.owner_id
        LEFT JOIN gridgov.line l ON l.id = i.line_id""",
    "roster": """
        SELECT t.code AS town, s.code AS source, ly.code AS layer, p.grid_code, p.role, p.person, p.is_vacant, p.unit_text,
          u.code AS unit, p.since_on, p.until_on, p.valid_from, p.valid_to
        FROM gridgov.roster p JOIN gridgov.town t ON t.id = p.town_id JOIN gridgov.source s ON s.id = p.source_id
        JOIN gridgov.layer ly ON ly.id = p.layer_id LEFT JOIN gridgov.unit u ON u.id = p.unit_id""",
    "case_record": """
        SELECT t.code AS town, s.code AS source, c.case_no, c.reported_at, c.closed_at, c.due_at, c.updated_at, c.day_only,
          c.due_basis, c.state, c.status_text, c.track, c.is_urgent, c.is_duplicate, i.code AS item, u.code AS unit,
          l.code AS line, ch.code AS channel, c.description, c.address, c.place_name, c.reporter, c.place_status,
          ST_AsEWKB(c.geom), gs.valid_from, g.code AS grid, c.recorded::text, c.extra::text, c.row_hash
        FROM gridgov.case_record c JOIN gridgov.town t ON t.id = c.town_id JOIN gridgov.source s ON s.id = c.source_id
        LEFT JOIN gridgov.item i ON i.id = c.item_id LEFT JOIN gridgov.unit u ON u.id = c.unit_id
        LEFT JOIN gridgov.line l ON l.id = c.line_id LEFT JOIN gridgov.channel ch ON ch.id = c.channel_id
        LEFT JOIN gridgov.grid g ON g.id = c.grid_id LEFT JOIN gridgov.grid_set gs ON gs.id = g.set_id""",
    "case_event": """
        SELECT s.code AS source, c.case_no, e.at, e.seq, e.event, e.day_only, e.basis, u.code AS unit, e.event_no, e.actor,
          e.reason, e.due_at, e.detail::text, e.row_hash, e.retired_run_id IS NULL AS stands
        FROM gridgov.case_event e JOIN gridgov.case_record c ON c.id = e.case_id
        LEFT JOIN gridgov.unit u ON u.id = e.unit_id
        JOIN gridgov.source s ON s.id = c.source_id""",
    "case_grid": """
        SELECT s.code AS source, c.case_no, ly.code AS layer, gs.valid_from, g.code AS grid
        FROM gridgov.case_grid cg JOIN gridgov.case_record c ON c.id = cg.case_id JOIN gridgov.grid g ON g.id = cg.grid_id
        JOIN gridgov.grid_set gs ON gs.id = cg.set_id JOIN gridgov.layer ly ON ly.id = gs.layer_id
        JOIN gridgov.source s ON s.id = c.source_id""",
    "case_revision": """
        SELECT s.code AS source, c.case_no, r.replaced->>'row_hash' AS hash, r.replaced->>'updated_at' AS version,
          r.replaced->>'state' AS state, r.replaced->>'closed_at' AS closed
        FROM gridgov.case_revision r JOIN gridgov.case_record c ON c.id = r.case_id
        JOIN gridgov.source s ON s.id = c.source_id""",
    "quarantine": """
        SELECT s.code AS source, q.kind, q.row_key, q.row_no, q.reasons::text, q.raw::text, q.resolved_at IS NULL AS waits
        FROM gridgov.quarantine q JOIN gridgov.source s ON s.id = q.source_id""",
}
"""What each table says, without surrogate ids, run ids and clocks."""


def contents(*names: str) -> dict[str, list[str]]:
    """The content of the tables, row by row, in an order of its own: equal contents mean equal databases."""
    with psycopg.connect(cluster.database_url()) as connection:
        return {
            name: sorted(map(repr, _read(connection, CONTENT[name]).itertuples(index=False)))
            for name in names or CONTENT
        }


def digests(*names: str) -> dict[str, tuple[int, str | None]]:
    """The same as `contents`, rows counted and hashed by the database: for large tables."""
    found = {}
    with psycopg.connect(cluster.database_url()) as connection:
        for name in names or CONTENT:
            statement = (
                "SELECT count(*) AS n, md5(string_agg(line, E'\\n' ORDER BY line)) AS digest"
                f" FROM (SELECT CAST(t AS text) AS line FROM ({CONTENT[name]}) AS t) AS lines"
            )
            row = _read(connection, statement).iloc[0]
            found[name] = (int(row["n"]), row["digest"])
    return found


def structure() -> list[str]:
    """Indexes and constraints, as they are defined."""
    indexes = query("SELECT indexdef AS made FROM pg_indexes WHERE schemaname = 'gridgov'")
    constraints = query(
        "SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || convalidated AS made"
        " FROM pg_constraint WHERE connamespace = 'gridgov'::regnamespace"
    )
    invalid = query("SELECT indexrelid::regclass || ' is invalid' AS made FROM pg_index WHERE NOT indisvalid")
    return sorted([*indexes["made"], *constraints["made"], *invalid["made"]])


def stages() -> list[str]:
    """Staging tables that are left."""
    return list(query("SELECT relname FROM pg_class WHERE relname LIKE 'stage\\_%'")["relname"])


# ---------------------------------------------------------------------------------------------------------------------
# The command line


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


def gridgov(*words: str | Path) -> Said:
    """`gridgov ...` in a process of its own, with the settings of the test that calls it."""
    done = subprocess.run(
        [sys.executable, "-m", "gridgov.cli", *map(str, words)], capture_output=True, text=True, cwd=ROOT, check=False
    )
    return Said(done.returncode, done.stdout, done.stderr)


def run_command(words: Sequence[str], environment: dict[str, str], log: Path) -> None:
    """The body of a process that runs `gridgov ...`: what it says goes to a file."""
    os.environ.update(environment)
    settings.cache_clear()
    with log.open("w", buffering=1) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.argv = ["gridgov", *words]
    cli.main()
