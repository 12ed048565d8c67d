"""Tracks: every row accounted for, the same rows whatever order files come in, the same from the lake, and right."""

import hashlib
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from gridgov.analytics.patrol.cells import SIDE
from gridgov.analytics.patrol.cleaning import clean
from gridgov.analytics.patrol.recency import NEVER, days_at
from gridgov.analytics.patrol.seen import marked
from gridgov.analytics.patrol.sessions import sessions_of
from gridgov.errors import LoadError
from gridgov.pipelines import patrol_upkeep
from gridgov.pipelines.kinds import load
from gridgov.pipelines.quarantine import retry_rows
from gridgov.sources.mapping import parse_mapping, read_mapping
from gridgov.store import grids, ground, lake, runs
from gridgov.store.database import reading, writing
from gridgov.store.seen import last_seen
from gridgov.store.visits import last_visits_of, swept_between
from tests.real_tracks import CABS, GEOLIFE, PLOUGHS, RANGERS, real_tracks
from tests.support import METRIC, examples, follow_rules, gridgov, load_city, new_code, query
from tests.support_tracks import PATROLS, TRACKS, Fix, days_since_1970, load_fixes, local, n_cells, patrols, walk

MONDAY = date(2026, 3, 30)


def after(n: int) -> date:
    return MONDAY + timedelta(n)


def busy(drawn: random.Random) -> list[Fix]:
    """Several devices and people over five days around the end of a month: over midnight, torn, inaccurate, far away, twice."""
    rows: list[Fix] = []
    for device, person in (("a", "P1"), ("b", "P2"), ("c", ""), ("d", "P1")):
        for day in range(4):
            if drawn.random() < 0.2:
                continue
            hour = drawn.choice([8.0, 14.5, 23.8])
            start = (drawn.uniform(-0.2, 2.5), drawn.uniform(0, 2.5))
            step = (drawn.uniform(-12, 12), drawn.uniform(-12, 12))
            rows += walk(
                device, local(after(day), hour), drawn.randint(1, 160), start=start, step=step, person=person,
                mode=drawn.choice(["walk", "ebike", ""]), accuracy=drawn.choice([5, 12, 80, ""]),
            )  # fmt: skip
    for row in drawn.sample(rows, len(rows) // 25):
        row["x"] = round(row["x"] + drawn.choice([0.004, 0.02]), 7)  # an impossible jump
    rows += [{**row, "accuracy": 3} for row in drawn.sample(rows, len(rows) // 30)]  # the same instant told twice
    rows += drawn.sample(rows, len(rows) // 20)
    drawn.shuffle(rows)
    return rows


# ---- a load ----------------------------------------------------------------------------------------------------------


def test_every_row_is_accounted_for(database: str, tmp_path: Path) -> None:
    town = new_code()
    load_city(tmp_path, town)
    rows = walk("a", local(MONDAY, 9), 30, person="P1", mode="walk")
    bad = [{**rows[0], "device": ""}, {**rows[1], "at": "yesterday"}, {**rows[2], "x": "", "y": ""}]
    first = load_fixes(tmp_path, town, [*rows[:20], *rows[10:15], *bad])
    assert (first.read, first.loaded, first.duplicate, first.quarantined) == (28, 20, 5, 3)
    assert first.reasons == {"no device": 1, "bad date in at": 1, "no place": 1}
    assert first.facts["cleaning"]["usable"] == 20
    assert query("SELECT count(*) AS n FROM gridgov.quarantine")["n"][0] == 3
    again = load_fixes(tmp_path, town, rows)
    assert (again.read, again.loaded, again.unchanged) == (30, 10, 20)
    whole = patrols()
    same = load_fixes(tmp_path, town, rows)
    assert (same.read, same.unchanged) == (30, 30)
    assert patrols() == whole


def test_what_each_filter_caught_is_told_and_nothing_is_deleted(database: str, tmp_path: Path) -> None:
    town = new_code()
    rows = walk("a", local(MONDAY, 9), 40, person="P1", mode="walk", accuracy=5)
    rows[7]["x"] += 0.01
    rows[20]["accuracy"] = 400
    rows.append({**rows[0], "at": "1999-01-01 00:00:00"})
    rows.append({**rows[0], "at": "2199-01-01 00:00:00"})
    rows.append({**rows[3], "accuracy": 9})
    report = load_fixes(tmp_path, town, rows)
    expected = {"usable": 38, "clock": 2, "unplaced": 0, "duplicate": 1, "accuracy": 1, "speed": 1, "jump": 0}
    assert report.facts["cleaning"] == expected
    told = query("SELECT filter, n FROM gridgov.clean_report")
    assert dict(zip(told["filter"], told["n"], strict=True)) == expected
    assert query("SELECT sum(n_rows) AS n FROM gridgov.lake_file")["n"][0] == 43


def test_a_walk_by_hand(database: str, tmp_path: Path) -> None:
    town = new_code()
    load_city(tmp_path, town)
    # From the middle of one square eastward into the next; 101 fixes of about 10 m.
    load_fixes(tmp_path, town, walk("a", local(MONDAY, 9), 101, start=(0.5, 0.5), person="P1", mode="ebike"))
    session = query(
        "SELECT p.*, ST_AsEWKB(geom) AS wkb, ST_AsBinary(ST_Transform(geom, 4549)) AS metric FROM gridgov.patrol_session p"
    ).iloc[0]
    line = shapely.from_wkb(bytes(session["metric"]))
    assert session["metres"] == pytest.approx(line.length, abs=1e-3)
    assert session["metres"] == pytest.approx(1_000, rel=0.15)
    assert session["minutes"] == pytest.approx(1_000 / 60)
    assert (session["cut"], session["n_fixes"], session["mode"], session["outside_share"]) == ("first", 101, "ebike", 0)
    m = shapely.get_coordinates(shapely.from_wkb(bytes(session["wkb"])), include_m=True)[:, 2]
    assert m[0] == local(MONDAY, 9).timestamp()
    assert (np.diff(m) == 10).all()
    cells = n_cells(query("SELECT bits FROM gridgov.swept")["bits"]) * 25
    assert cells == pytest.approx(line.buffer(30).area, rel=0.01)
    days = query(
        "SELECT g.code, p.* FROM gridgov.patrol_day p JOIN gridgov.grid g ON g.id = p.grid_id ORDER BY g.code"
    ).set_index("code")
    assert list(days.index) == ["11", "12"]
    assert days["metres"].sum() == pytest.approx(session["metres"])
    assert days["n_cells"].sum() * 25 == cells
    assert days["n_fixes"].sum() == 101


def test_a_night_is_cut_where_the_day_ends_and_nothing_is_lost(database: str, tmp_path: Path) -> None:
    town = new_code()
    load_city(tmp_path, town)
    load_fixes(tmp_path, town, walk("a", local(MONDAY, 23.9), 120, person="P1", mode="walk"))
    found = query("SELECT * FROM gridgov.patrol_session ORDER BY begin_at")
    assert list(found["cut"]) == ["first", "day"]
    assert list(found["day_on"]) == [MONDAY, after(1)]
    assert found["begin_at"][1] == found["end_at"][0] < local(after(1), 0)
    assert list(found["n_fixes"]) == [36, 84]
    assert found["minutes"].sum() == pytest.approx(119 / 6)
    assert found["gap_s"][1] == 0
    sums = query(
        "SELECT day_on, sum(metres) AS metres, sum(n_fixes) AS n FROM gridgov.patrol_day GROUP BY 1 ORDER BY 1"
    )
    assert sums["metres"].to_list() == pytest.approx(found["metres"].to_list())
    assert sums["n"].to_list() == [36, 84]


def test_sessions_tell_how_long_the_device_was_silent_whatever_came_first(database: str, tmp_path: Path) -> None:
    town = new_code()
    for hour in (15, 9, 12):
        load_fixes(tmp_path, town, walk("a", local(MONDAY, hour), 7, person="P1"), name=f"at_{hour}")
    found = query("SELECT cut, gap_s FROM gridgov.patrol_session ORDER BY begin_at")
    assert list(found["cut"]) == ["first", "silence", "silence"]
    assert found["gap_s"].to_list()[1:] == [3 * 3_600 - 60] * 2
    load_fixes(tmp_path, town, walk("a", local(after(-9), 9), 7, person="P2"), name="before")
    found = query("SELECT cut, gap_s FROM gridgov.patrol_session ORDER BY begin_at")
    assert list(found["cut"]) == ["first", "person", "silence", "silence"]
    assert found["gap_s"].to_list()[1] == 9 * 86_400 - 60


def test_a_source_is_cut_alike_in_all_its_loads(database: str, tmp_path: Path) -> None:
    town = new_code()
    rows = walk("a", local(MONDAY, 9), 30, every_s=200)
    load_fixes(tmp_path, town, rows, more="gap_s = 120")
    assert query("SELECT count(*) AS n FROM gridgov.patrol_session")["n"][0] == 30
    with pytest.raises(LoadError, match="end as the rules say of silence by this mapping, but after 120 s"):
        load_fixes(tmp_path, town, rows)
    load_fixes(tmp_path, town, rows, source="others")
    assert query("SELECT count(*) AS n FROM gridgov.patrol_session")["n"][0] == 31


# ---- laws ------------------------------------------------------------------------------------------------------------


@example(seed=127717, n_files=5)
@given(seed=st.integers(0, 10**6), n_files=st.integers(2, 6))
@examples(5)
def test_the_same_rows_whatever_order_files_come_in(database: str, tmp_path: Path, seed: int, n_files: int) -> None:
    _empty()
    drawn = random.Random(seed)
    rows = busy(drawn)
    town = new_code()
    load_city(tmp_path, town)
    load_fixes(tmp_path, town, rows)
    whole = patrols()
    assert all(whole[name] for name in ("session", "swept", "patrol_day"))

    _empty()
    town = new_code()
    late_grids = drawn.random() < 0.5
    if not late_grids:
        load_city(tmp_path, town)
    files = [drawn.sample(rows, drawn.randint(1, len(rows))) for _ in range(n_files)]
    told = {tuple(sorted(row.items(), key=str)) for file in files for row in file}
    files.append([row for row in rows if tuple(sorted(row.items(), key=str)) not in told])
    drawn.shuffle(files)
    for number, file in enumerate(files):
        if file:
            load_fixes(tmp_path, town, file, name=f"part_{number}")
    if late_grids:
        load_city(tmp_path, town)
    assert patrols() == whole

    patrol_upkeep.rebuild([town])
    assert patrols() == whole
    _conserved()


def _empty() -> None:
    with writing() as connection:
        names = "session patrol_day swept swept_day last_visit lake_file tracker worker clean_report patrol_source patrol_rules"
        names += " patrol_finding patrol_shape grid_day grid_month seen_day seen_month route_walk checkpoint_visit case_track"
        for name in names.replace("session", "patrol_session").split():
            connection.exec_driver_sql(f"DELETE FROM gridgov.{name}")


def _conserved() -> None:
    """The union of the workers is the day; what was done in grids adds up to the sessions."""
    days = query("SELECT DISTINCT day_on FROM gridgov.swept")["day_on"]
    assert set(days) == set(query("SELECT DISTINCT day_on FROM gridgov.swept_day")["day_on"])
    for day in days:
        parts: dict[tuple[int, int], int] = {}
        for row in query("SELECT block_row, block_col, bits FROM gridgov.swept WHERE day_on = %s", day).itertuples():
            place = (row.block_row, row.block_col)
            parts[place] = parts.get(place, 0) | int.from_bytes(row.bits, "little")
        union = query("SELECT block_row, block_col, bits FROM gridgov.swept_day WHERE day_on = %s", day)
        assert parts == {(r.block_row, r.block_col): int.from_bytes(r.bits, "little") for r in union.itertuples()}
    keys = "worker_id, day_on"
    sums = "sum(metres) AS metres, sum(minutes) AS minutes, sum(stop_min) AS stop_min, sum(n_fixes) AS n_fixes"
    sessions = query(f"SELECT {keys}, {sums} FROM gridgov.patrol_session GROUP BY {keys} ORDER BY {keys}")
    grids = query(f"SELECT {keys}, {sums} FROM gridgov.patrol_day GROUP BY {keys} ORDER BY {keys}")
    for name in ("metres", "minutes", "stop_min", "n_fixes"):
        assert grids[name].astype(float).to_list() == pytest.approx(sessions[name].astype(float).to_list())
    cells = query(f"SELECT {keys}, sum(bit_count(bits)) AS n FROM gridgov.swept GROUP BY {keys} ORDER BY {keys}")
    in_grids = query(f"SELECT {keys}, sum(n_cells) AS n FROM gridgov.patrol_day GROUP BY {keys} ORDER BY {keys}")
    assert in_grids["n"].astype(int).to_list() == cells["n"].astype(int).to_list()
    usable = query("SELECT sum(n) AS n FROM gridgov.clean_report WHERE filter = 'usable'")["n"][0]
    assert usable == query("SELECT sum(n_fixes) AS n FROM gridgov.patrol_session")["n"][0]


def test_the_last_visits_of_any_day_are_those_of_all_days_before_it(database: str, tmp_path: Path) -> None:
    town = new_code()
    days = [0, 1, 2, 3, 40, 41, 130]
    for day in (40, 2, 130, 0, 41, 3, 1):
        rows = walk("a", local(after(day), 9), 60, start=(0.5 + day % 3 / 10, 0.5), step=(8, day % 5), person="P1")
        load_fixes(tmp_path, town, rows, name=f"day_{day}")
    months = query("SELECT DISTINCT month_on FROM gridgov.last_visit ORDER BY 1")["month_on"]
    assert list(months) == [date(2026, 4, 1), date(2026, 5, 1), date(2026, 8, 1)]
    with reading() as connection:
        town_id = runs.town_of(connection, town).id
        for as_of in (after(-1), *(after(day + later) for day in days for later in (0, 1, 20)), date(2027, 1, 1)):
            found = last_visits_of(connection, town_id, as_of)
            swept = swept_between(connection, town_id, after(0), as_of + timedelta(1))
            slow: dict[tuple[int, int], int] = {}
            for owner, block, bits in zip(swept.owner, swept.block, swept.bits, strict=True):
                for place in np.flatnonzero(np.unpackbits(bits.astype("<u8").view(np.uint8), bitorder="little")):
                    slow[(int(block), int(place))] = max(slow.get((int(block), int(place)), -1), int(owner))
            flat = found.day.reshape(len(found.block), SIDE * SIDE)
            there = {
                (int(found.block[k]), int(c)): int(flat[k, c]) for k, c in zip(*np.nonzero(flat != NEVER), strict=True)
            }
            assert there == slow
            assert not slow or max(slow.values()) <= days_since_1970(as_of)


def test_the_revisits_of_days_tell_the_last_visits_of_each_grid(database: str, tmp_path: Path) -> None:
    town = new_code()
    load_city(tmp_path, town)
    days = [0, 1, 2, 3, 40, 41, 130]
    for day in (40, 2, 130, 0, 41, 3, 1):
        rows = walk("a", local(after(day), 9), 60, start=(0.5 + day % 3 / 10, 0.5), step=(8, day % 5), person="P1")
        load_fixes(tmp_path, town, rows, name=f"day_{day}")
    with reading() as connection:
        of = runs.town_of(connection, town)
        (version,) = grids.grid_sets(connection, of.id, grids.BASE)
        land = marked(ground.land(connection, version.id), None)
        for day in (*days, 35, 200):
            visits = last_visits_of(connection, of.id, after(day))
            last = days_at(land.block, visits)
            there = (land.grid >= 0) & (last != NEVER)
            pairs = np.column_stack([last[there], land.ids[land.grid[there]]])
            every, n = np.unique(pairs, axis=0, return_counts=True)
            found = last_seen(connection, version.id, after(day))
            assert np.array_equal(np.column_stack([found.on, found.grid, found.n]), np.column_stack([every, n]))


def test_two_devices_of_one_person_are_one_worker(database: str, tmp_path: Path) -> None:
    town = new_code()
    load_city(tmp_path, town)
    one = walk("a", local(MONDAY, 9), 50, person="P1")
    other = walk("b", local(MONDAY, 9), 50, start=(0.5, 0.52), person="P1")
    load_fixes(tmp_path, town, one)
    before = n_cells(query("SELECT bits FROM gridgov.swept")["bits"])
    load_fixes(tmp_path, town, other, source="terminals")
    assert len(query("SELECT * FROM gridgov.worker")) == 1
    assert len(query("SELECT * FROM gridgov.tracker")) == 2
    assert n_cells(query("SELECT bits FROM gridgov.swept")["bits"]) > before * 1.3
    assert query("SELECT sum(n_fixes) AS n FROM gridgov.patrol_day")["n"][0] == 100


# ---- the lake --------------------------------------------------------------------------------------------------------


def test_the_lake_is_what_is_listed_and_others_can_read_it(database: str, tmp_path: Path) -> None:
    town = new_code()
    rows = [
        fix for day in range(3) for fix in walk("a", local(after(day), 9), 20, person="P1", accuracy=4, mode="walk")
    ]
    load_fixes(tmp_path, town, rows)
    listed = query("SELECT * FROM gridgov.lake_file ORDER BY day_on")
    assert list(listed["day_on"]) == [after(0), after(1), after(2)]
    for file in listed.itertuples():
        path = lake.folder() / file.path
        assert path.parent == lake.folder() / town / "fixes" / f"day_on={file.day_on}"
        assert hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256
        assert path.stat().st_size == file.n_bytes
        frame = gpd.read_parquet(path)
        assert len(frame) == file.n_rows == pq.read_metadata(path).num_rows == 20
        assert frame.crs.to_epsg() == 4326 or frame.crs.to_string() == "OGC:CRS84"
        assert not {"P1", "a"} & set(frame["person"]) | {"P1", "a"} & set(frame["device"])
        assert frame["at"].min() == file.begin_at
        assert frame.geometry.x.min() == pytest.approx(rows[0]["x"], abs=1e-9)


def test_what_a_dead_load_wrote_is_swept_by_the_next(database: str, tmp_path: Path) -> None:
    town = new_code()
    load_fixes(tmp_path, town, walk("a", local(MONDAY, 9), 20))
    kept = query("SELECT path FROM gridgov.lake_file")["path"].to_list()
    folder = lake.folder() / town
    dead = folder / "fixes" / f"day_on={MONDAY}" / "999-0.parquet"
    half = folder / "fixes" / f"day_on={MONDAY}" / ".999-1.parquet.new"
    for path in (dead, half):
        path.write_bytes(b"half")
    (folder / ".writing" / "999").touch()
    (folder / ".writing" / "1").touch()  # of a load that died after it had committed
    load_fixes(tmp_path, town, walk("b", local(after(1), 9), 20), name="next")
    listed = set(query("SELECT path FROM gridgov.lake_file")["path"])
    assert listed > set(kept)
    assert {p.relative_to(lake.folder()).as_posix() for p in folder.rglob("*") if p.is_file()} == listed


# ---- retention -------------------------------------------------------------------------------------------------------


def test_retention_takes_the_raw_positions_and_leaves_every_figure(database: str, tmp_path: Path) -> None:
    town = new_code()
    load_city(tmp_path, town)
    load_fixes(tmp_path, town, busy(random.Random(4)))
    names = tuple(name for name in PATROLS if name != "session")
    whole = patrols(*names)
    sessions = (
        "SELECT count(*) AS n, sum(metres) AS m, sum(minutes) AS t, sum(n_fixes) AS f FROM gridgov.patrol_session"
    )
    figures = query(sessions)
    now = local(after(2), 12).astimezone(UTC)

    trial = patrol_upkeep.retain(1, is_trial=True, now=now)
    assert [kept.before for kept in trial] == [after(1)]
    assert len(list((lake.folder() / town / "fixes").rglob("*.parquet"))) == len(
        query("SELECT id FROM gridgov.lake_file")
    )
    done = patrol_upkeep.retain(1, now=now)
    assert done == trial
    assert patrol_upkeep.retain(1, now=now) == []
    left = {p.relative_to(lake.folder()).as_posix() for p in (lake.folder() / town / "fixes").rglob("*.parquet")}
    assert left == set(query("SELECT path FROM gridgov.lake_file WHERE removed_at IS NULL")["path"])
    assert patrols(*names) == whole
    assert query(sessions).equals(figures)
    lines = query(
        "SELECT day_on <= %s AS is_old, bool_or(is_line_kept) AS kept, count(geom) AS n FROM gridgov.patrol_session GROUP BY 1",
        MONDAY,
    ).set_index("is_old")
    assert not lines["kept"][True]
    assert lines["n"][True] == 0
    assert lines["kept"][False]

    late = load_fixes(tmp_path, town, walk("a", local(after(0), 6), 5) + walk("a", local(after(3), 6), 5), name="late")
    assert (late.loaded, late.quarantined) == (5, 5)
    assert list(late.reasons) == ["its day is closed"]
    with_late = patrols(*names)
    assert gridgov("db", "rebuild-patrols").code == 0
    assert patrols(*names) == with_late
    closed = {row for row in whole["patrol_day"] if repr(MONDAY) in row or repr(after(1)) in row}
    assert closed <= set(with_late["patrol_day"])


def test_the_radius_is_fixed_once_raw_positions_are_gone(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = new_code()
    rows = [fix for day in range(3) for fix in walk("a", local(after(day), 9), 60)]
    load_fixes(tmp_path, town, rows)
    narrow = n_cells(query("SELECT bits FROM gridgov.swept")["bits"])
    follow_rules(tmp_path, monkeypatch, ("radius_m = 30", "radius_m = 50"))
    load_fixes(tmp_path, town, walk("a", local(after(3), 9), 60), name="more")
    assert n_cells(query("SELECT bits FROM gridgov.swept")["bits"]) == pytest.approx(narrow * 4 / 3, rel=0.01)
    patrol_upkeep.rebuild()
    assert n_cells(query("SELECT bits FROM gridgov.swept")["bits"]) > narrow * 4 / 3 * 1.4
    patrol_upkeep.retain(2, now=datetime(2026, 4, 3, 4, tzinfo=UTC))
    follow_rules(tmp_path, monkeypatch, ("raw_days = 90", "raw_days = 30"), ("radius_m = 30", "radius_m = 50"))
    patrol_upkeep.rebuild()
    before = patrols()
    follow_rules(tmp_path, monkeypatch)
    with pytest.raises(LoadError, match=r"no longer kept.*follows other rules"):
        patrol_upkeep.rebuild()
    assert patrols() == before


def test_a_file_of_a_closed_time_is_refused(database: str, tmp_path: Path) -> None:
    town = new_code()
    load_fixes(tmp_path, town, walk("a", local(MONDAY, 9), 30))
    patrol_upkeep.retain(1, now=datetime(2026, 4, 20, tzinfo=UTC))
    before = patrols()
    old = walk("a", local(after(-20), 0), 11_000)
    with pytest.raises(LoadError, match=rf"many positions of {after(1)} or earlier"):
        load_fixes(tmp_path, town, old, name="old")
    assert patrols() == before


def test_quarantined_positions_are_tried_again(database: str, tmp_path: Path) -> None:
    town = new_code()
    rows = walk("a", local(MONDAY, 9), 10, person="P1")
    rows[4]["at"] = "30/03/2026 09:00:40"
    first = load_fixes(tmp_path, town, rows)
    assert (first.loaded, first.quarantined) == (9, 1)
    columns = 'at = { from = "at", format = ["%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S"] }'
    mended = parse_mapping(TRACKS.format(town=town, source="phones", more="", crs=METRIC).replace('at = "at"', columns))
    again = retry_rows(mended)
    assert (again.read, again.loaded) == (1, 1)
    whole = patrols()
    assert load_fixes(tmp_path, town, [{**rows[4], "at": "2026-03-30 09:00:40"}]).unchanged == 1
    assert patrols() == whole
    assert query("SELECT n_fixes FROM gridgov.patrol_session")["n_fixes"].to_list() == [10]


# ---- published tracks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name, files", [RANGERS, GEOLIFE, PLOUGHS, CABS])
def test_the_real_sets_load(database: str, realdata: Path, name: str, files: str) -> None:
    """Every fix becomes what cleaning a whole track at once makes of it, though days are computed one by one."""
    mapping = read_mapping(name)
    reports = [load("tracks", path, mapping) for path in sorted(realdata.glob(files))]
    assert all(report.read == report.loaded + report.duplicate + report.quarantined for report in reports)
    caught = Counter[str]()
    for report in reports:
        caught.update(report.facts["cleaning"])
    fixes = real_tracks(realdata, name, files)
    whole = clean(fixes)
    duplicates = sum(report.duplicate for report in reports)
    assert sum(caught.values()) == len(fixes) - duplicates
    assert caught["usable"] == pytest.approx(whole.counts()["usable"], abs=5)
    lengths = query("SELECT sum(metres) AS m, sum(n_fixes) AS n FROM gridgov.patrol_session")
    assert lengths["m"][0] == pytest.approx(sessions_of(fixes, whole).metres.sum(), rel=1e-3)
    assert lengths["n"][0] == caught["usable"]
    _conserved()
