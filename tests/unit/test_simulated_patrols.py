"""The patrols of the demo town, on a small network of our own; the shares of the users' page on the town itself."""

import filecmp
import gzip
import io
import tomllib
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from gridgov import crs
from gridgov.simulate.days import make_days
from gridgov.simulate.land import make_land
from gridgov.simulate.model import Land, Network, Organisation
from gridgov.simulate.organisation import make_organisation
from gridgov.simulate.patrols import Patrols, shifts, write_patrols
from gridgov.simulate.patrols.beats import longest_piece, make_beats
from gridgov.simulate.patrols.planted import edge_shapes
from gridgov.simulate.patrols.receiving import fit_degrees
from gridgov.simulate.scenario import Scenario, read_scenario

CRS = "EPSG:4549"
COLS, ROWS, PER, STEP = 6, 5, 6, 80.0  # 6 x 5 grids, each 6 x 6 blocks of 80 m
ORIGIN = np.array([533_000.0, 3_516_000.0])
DAY = 86_400


def small_land() -> Land:
    """Thirty square grids with roads between their blocks, a village in the middle of each and a river along one row."""
    nx, ny = COLS * PER + 1, ROWS * PER + 1
    nodes = np.array([(i * STEP, j * STEP) for j in range(ny) for i in range(nx)]) + ORIGIN
    rng = np.random.default_rng(11)
    inner = np.array([i % PER != 0 and j % PER != 0 for j in range(ny) for i in range(nx)])
    nodes[inner] += rng.uniform(-15, 15, (inner.sum(), 2))

    def grid_at(x: float, y: float) -> int:
        i, j = int(np.floor(x / STEP / PER)), int(np.floor(y / STEP / PER))
        return j * COLS + i if 0 <= i < COLS and 0 <= j < ROWS else -1

    edges = []
    for j in range(ny):
        for i in range(nx):
            x, y = i * STEP, j * STEP
            for other, middle, side in (
                ((i + 1, j), (x + STEP / 2, y), (0, 1)),
                ((i, j + 1), (x, y + STEP / 2), (-1, 0)),
            ):
                if other[0] >= nx or other[1] >= ny:
                    continue
                left = grid_at(middle[0] + side[0], middle[1] + side[1])
                right = grid_at(middle[0] - side[0], middle[1] - side[1])
                on_border = (j if side[1] else i) % PER == 0
                central = all(1.5 <= (m / STEP) % PER <= 4.5 for m in middle)
                kind = (0 if (j if side[1] else i) % (2 * PER) == 0 else 1) if on_border else 2 if central else 3
                edges.append((j * nx + i, other[1] * nx + other[0], kind, left, right))
    a, b, kind, left, right = np.array(edges).T
    bow = np.where(left == right, 6.0, 0.0)[:, None] * rng.uniform(-1, 1, (len(a), 2))
    shapes = np.stack([nodes[a], (nodes[a] + nodes[b]) / 2 + bow, nodes[b]], axis=1)
    length = np.hypot(*np.diff(shapes, axis=1).transpose(2, 0, 1)).sum(axis=1)
    network = Network(
        nodes, a.astype(np.int32), b.astype(np.int32), length, kind.astype(np.int8), left.astype(np.int32),
        right.astype(np.int32), shapes.reshape(-1, 2), np.arange(len(a) + 1) * 3,
    )  # fmt: skip
    size = PER * STEP
    corner = np.array([(i * size, j * size) for j in range(ROWS) for i in range(COLS)]) + ORIGIN
    boxes = shapely.box(*corner.T, *(corner + size).T)
    village = np.repeat(np.arange(ROWS), COLS)
    codes = [f"99990210420{v}{g % COLS + 1:03}" for g, v in enumerate(village)]
    grids = gpd.GeoDataFrame(
        {"code": codes, "name": [f"{c[-4:]}网格" for c in codes], "village": village,
         "kind": np.where(village < 2, "urban", "rural")}, geometry=boxes, crs=CRS,
    )  # fmt: skip
    villages = gpd.GeoDataFrame(
        {"code": [f"99990210420{v}" for v in range(ROWS)], "squad": np.minimum(np.arange(ROWS), 2)},
        geometry=[shapely.union_all(boxes[village == v]) for v in range(ROWS)], crs=CRS,
    )  # fmt: skip
    built = shapely.box(*(corner + 1.6 * STEP).T, *(corner + 4.4 * STEP).T)
    river = shapely.LineString(np.array([(0, 3.2), (COLS, 3.2)]) * size + ORIGIN)
    spots = pd.DataFrame(ORIGIN + rng.uniform(0, (COLS * size, ROWS * size), (1500, 2)), columns=["x", "y"])
    spots["grid"] = [grid_at(x, y) for x, y in spots[["x", "y"]].to_numpy() - ORIGIN]
    spots = spots.assign(
        kind=rng.choice(["home", "street", "market"], 1500), weight=rng.lognormal(0, 1.5, 1500), road="桥路"
    )
    return Land(
        crs=CRS, code="999902104000", name="枕霞镇", outline=shapely.union_all(boxes), villages=villages, grids=grids,
        grids_before=grids, changed=[], dedicated=grids.iloc[:0],
        roads=gpd.GeoDataFrame({"name": [], "kind": []}, geometry=[], crs=CRS),
        waters=gpd.GeoDataFrame({"name": ["河"], "kind": ["river"]}, geometry=[river], crs=CRS),
        built_up=gpd.GeoDataFrame({"village": village}, geometry=built, crs=CRS), places=pd.DataFrame(), network=network,
        spots=spots.sort_values("grid", kind="stable").reset_index(drop=True),
    )  # fmt: skip


def small_organisation() -> Organisation:
    """A worker and an informant (the worker next door) for each grid, one grid without a worker, 10 in each squad."""
    n = COLS * ROWS
    units = pd.DataFrame({"code": ["S1", "S2", "S3", "V"], "kind": ["squad"] * 3 + ["village"]})
    staff = pd.DataFrame({"person": [f"P{k + 1:04}" for k in range(n + 40)], "unit": [3] * (n + 10) + [0, 1, 2] * 10})
    staff["has_terminal"] = (np.arange(len(staff)) < n) | (staff["unit"] < 3)
    workers = np.arange(n)
    roster = pd.DataFrame(
        {"grid": np.r_[workers, workers, -1], "role": ["grid_worker"] * n + ["informant"] * n + ["grid_leader"],
         "person": np.r_[np.where(workers == 7, -1, workers), np.roll(workers, 1), n + 2], "since": 0}
    )  # fmt: skip
    none = pd.DataFrame()
    return Organisation(units, none, staff, roster, none, none, none)


def of(scenario: Scenario, name: str) -> dict:
    return scenario.read("patrol.toml")[name]


@pytest.fixture(scope="module")
def town():
    scenario = read_scenario("xiake", months=4, seed=5)
    return scenario, small_land(), small_organisation(), make_days(scenario)


@pytest.fixture(scope="module")
def patrols(town) -> Patrols:
    scenario, land, organisation, days = town
    return Patrols(scenario, land, organisation, days)


@pytest.fixture(scope="module")
def written(town, tmp_path_factory):
    scenario, land, organisation, days = town
    out = tmp_path_factory.mktemp("patrols")
    return out, write_patrols(scenario, land, organisation, days, out, last_days=75)


@pytest.fixture(scope="module")
def app(written) -> pd.DataFrame:
    out, _ = written
    table = pd.concat([pq.read_table(p).to_pandas() for p in sorted((out / "tracks").glob("workers_*.parquet"))])
    for column in ("user_code", "device_code", "mode"):
        table[column] = table[column].astype(str)
    lon, lat = crs.to_wgs84(table["lng"], table["lat"], crs.GCJ02)
    table["x"], table["y"] = crs.from_wgs84(lon, lat, crs.parse_datum(CRS))
    table["day"] = table["loc_time"].dt.date.astype(str)
    return table.reset_index(drop=True)


def metres(patrols: Patrols, tracks) -> tuple[np.ndarray, np.ndarray]:
    """Where the fixes of a day lie, in metres."""
    is_app = np.repeat(tracks.shifts["grid"].to_numpy() >= 0, np.diff(tracks.fixes.first))
    lon, lat = tracks.fixes.lon.copy(), tracks.fixes.lat.copy()
    lon[is_app], lat[is_app] = crs.to_wgs84(lon[is_app], lat[is_app], crs.GCJ02)
    return crs.from_wgs84(lon, lat, crs.parse_datum(patrols.land.crs))


def ordinary_day(patrols: Patrols, town) -> int:
    """A dry working day."""
    scenario, _, _, days = town
    day = scenario.end_day - 55
    while not (days.is_workday[day - days.first] and days.rain_mm[day - days.first] < 1):
        day += 1
    return day


# --- Ways ------------------------------------------------------------------------------------------------------------


def test_the_shortest_ways_of_a_beat_are_those_of_a_plain_search():
    land = small_land()
    net = land.network
    edges = np.flatnonzero((net.left == 8) | (net.right == 8))
    beats = make_beats(net, [edges, edges[:5]])
    n = int(beats.node_first[1])
    table = beats.metres[: n * n].reshape(n, n)
    exact = np.full((n, n), np.inf)
    np.fill_diagonal(exact, 0)
    length = net.length[beats.edges(0)]
    a, b = (end[: len(length)] for end in (beats.a, beats.b))
    np.minimum.at(exact, (a, b), length)
    np.minimum.at(exact, (b, a), length)
    for k in range(n):
        exact = np.minimum(exact, exact[:, [k]] + exact[[k]])
    assert np.allclose(table, exact, rtol=1e-5)
    hop = beats.hop[: n * n].reshape(n, n)
    i, j = np.nonzero(hop >= 0)
    other = a[hop[i, j]] + b[hop[i, j]] - i
    assert np.allclose(length[hop[i, j]] + table[other, j], table[i, j], rtol=1e-4)


def test_of_edges_that_fall_apart_the_longest_piece_is_kept():
    net = small_land().network
    near = np.flatnonzero((net.left == 0) & (net.right == 0))
    far = np.flatnonzero((net.left == 29) & (net.right == 29))[:6]
    assert set(longest_piece(net, np.r_[far, near])) <= set(near)


def test_degrees_by_polynomial_are_those_of_the_library():
    land = small_land()
    fit = fit_degrees(land)
    xy = np.random.default_rng(1).uniform(
        land.grids.total_bounds[:2] - 2500, land.grids.total_bounds[2:] + 2500, (500, 2)
    )
    wgs84 = crs.to_wgs84(*xy.T, crs.parse_datum(CRS))
    u, v = (xy - [fit.x, fit.y]).T / fit.reach
    for datum, exact in enumerate([wgs84, crs.from_wgs84(*wgs84, crs.GCJ02)]):
        for axis in range(2):
            found = np.polynomial.polynomial.polyval2d(u, v, fit.c[datum, axis])
            assert np.abs(found - exact[axis]).max() < 2e-8  # 2 mm


# --- Shifts ----------------------------------------------------------------------------------------------------------


def test_a_grid_is_patrolled_twice_on_working_days_and_nobody_is_in_two_places(town):
    scenario, land, organisation, days = town
    found = shifts(scenario, organisation, land, days)
    own = found[(found["grid"] >= 0) & ~found["is_extra"]]
    assert days.is_workday[own["day"].unique() - days.first].all()
    n_workdays = days.is_workday[scenario.begin_day - days.first : scenario.end_day - days.first].sum()
    assert 0.85 < len(own) / (len(land.grids) * n_workdays * 2) <= 1
    hours = (own["end"] - own["start"]) / 3600
    assert hours.max() < 1.2
    assert 0.85 < hours.mean() < 1.05
    clock = own["start"] % DAY / 3600
    assert ((clock > 8.3) & (clock < 11)).mean() + ((clock > 13.8) & (clock < 16.3)).mean() == 1
    assert (found["start"] // DAY == found["day"]).all()
    assert (found["day"] >= scenario.begin_day).all()
    assert (found["day"] < scenario.end_day).all()
    for _, rows in found[found["person"] >= 0].sort_values("start").groupby("person"):
        assert (rows["start"].to_numpy()[1:] >= rows["end"].to_numpy()[:-1]).all()
    assert found["start"].is_monotonic_increasing


def test_squads_work_five_hours_and_only_terminals_patrol(town):
    scenario, land, organisation, days = town
    found = shifts(scenario, organisation, land, days)
    squads = found[found["squad"] >= 0]
    assert squads.groupby("squad")["person"].nunique().tolist() == [10, 10, 10]
    hours = (squads["end"] - squads["start"]).groupby([squads["person"], squads["day"]]).sum() / 3600
    assert 4.4 < hours.median() <= 5
    a_year = len(hours) / 30 / (scenario.end_day - scenario.begin_day) * 365
    assert 280 < a_year < 310
    assert organisation.staff["has_terminal"].to_numpy()[found.loc[found["person"] >= 0, "person"]].all()
    assert set(found["kind"]) == {"walk", "ebike", "car"}
    assert (found.loc[found["grid"] >= 0, "kind"] != "car").all()


def test_scale_brings_more_people_to_every_grid(town):
    scenario, land, organisation, days = town
    one, three = (len(shifts(replace(scenario, scale=s), organisation, land, days).query("grid >= 0")) for s in (1, 3))
    assert 2.7 < three / one < 3.4
    assert one == len(shifts(replace(scenario, scale=0.2), organisation, land, days).query("grid >= 0"))


def test_one_grid_has_three_times_the_patrols_and_another_none_for_twelve_days(town, written):
    scenario, land, organisation, days = town
    _, truth = written
    found = shifts(scenario, organisation, land, days)
    row = land.grids["code"].tolist().index
    extra = found[found["is_extra"]]
    assert set(extra["grid"]) == {row(truth["extra_patrol"]["grid"])}
    since = extra["day"].min()
    a_day = found[found["day"] >= since].groupby("grid").size() / days.is_workday[since - days.first :][:42].sum()
    assert a_day[row(truth["extra_patrol"]["grid"])] / a_day[a_day.index >= 0].median() == pytest.approx(3, abs=0.6)
    silent = found[found["grid"] == row(truth["unpatrolled"]["grid"])]["day"]
    workdays = np.flatnonzero(days.is_workday) + days.first
    workdays = workdays[(workdays >= scenario.begin_day) & (workdays < scenario.end_day)]
    visited = np.isin(workdays, silent)
    runs = np.diff(np.flatnonzero(np.r_[True, visited, True])) - 1
    assert runs.max() >= 12
    assert truth["unpatrolled"]["workdays"] == 12


# --- Tracks ----------------------------------------------------------------------------------------------------------


def test_fixes_lie_near_the_roads_and_within_their_shifts(town, patrols):
    tracks = patrols.tracks(ordinary_day(patrols, town))
    x, y = metres(patrols, tracks)
    session = np.repeat(np.arange(len(tracks.shifts)), np.diff(tracks.fixes.first))
    worker = tracks.shifts["worker"].to_numpy()[session]
    honest = worker != patrols.planted.jumping_device.worker
    tree = shapely.STRtree(edge_shapes(patrols.land, np.arange(len(patrols.land.network.length))))
    where, far = tree.query_nearest(shapely.points(x[honest], y[honest]), return_distance=True, all_matches=False)
    assert len(where[0]) == honest.sum()
    assert far.max() < 45
    assert np.median(far) < 8
    at = tracks.fixes.at / 1000
    in_time = worker != patrols.planted.wrong_clock.worker
    assert (at >= tracks.shifts["start"].to_numpy()[session])[in_time].all()
    assert (at <= tracks.shifts["end"].to_numpy()[session])[in_time].all()


def test_devices_write_at_their_own_step_and_have_gaps(town, patrols):
    tracks = patrols.tracks(ordinary_day(patrols, town))
    first, step = tracks.fixes.first, patrols.devices["step_s"][tracks.shifts["worker"].to_numpy()]
    n_gaps = 0
    for k in range(len(tracks.shifts)):
        gaps = np.diff(tracks.fixes.at[first[k] : first[k + 1]]) / 1000
        if len(gaps):
            assert np.median(gaps) == step[k]
            assert (gaps > 0).all()
            n_gaps += (gaps > 90).sum()
    assert 0.05 < n_gaps / len(tracks.shifts) < 0.4
    assert set(step) <= set(of(town[0], "devices")["step_s"])


def test_how_far_and_how_fast(town, patrols):
    day = ordinary_day(patrols, town)
    km = {"walk": [], "ebike": [], "car": []}
    for when in range(day, day + 7):
        tracks = patrols.tracks(when)
        hours = (tracks.shifts["end"] - tracks.shifts["start"]).to_numpy() / 3600
        fakes = [getattr(patrols.planted, name).worker for name in ("drive_through", "standing_still", "replay")]
        whole = ~np.isin(tracks.shifts["worker"], fakes) & (hours > 0.8)
        for k in np.flatnonzero(whole):
            km[("walk", "ebike", "car")[tracks.shifts["kind"].iat[k]]].append(tracks.metres[k] / 1000 / hours[k])
    assert 2.5 < np.mean(km["walk"]) < 4.5
    assert 5 < np.mean(km["ebike"]) < 8
    assert 12 < np.mean(km["car"]) < 28


def test_a_day_is_the_same_whatever_was_made_before(town, patrols):
    scenario, land, organisation, days = town
    day = scenario.end_day - 20
    one, other = patrols.tracks(day), Patrols(scenario, land, organisation, days).tracks(day)
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one.fixes, other.fixes, strict=True))


def test_where_a_report_is_made_somebody_stands(town):
    scenario, land, organisation, days = town
    found = shifts(scenario, organisation, land, days)
    whole = found[
        (found["grid"] >= 0) & (found["end"] - found["start"] > 3000) & (found["day"] > scenario.end_day - 60)
    ]
    rng = np.random.default_rng(3)
    made = whole.sample(150, random_state=1)
    spots = land.spots
    spot = [rng.choice(np.flatnonzero(spots["grid"] == grid)) for grid in made["grid"]]
    places = pd.DataFrame(
        {"person": made["person"].to_numpy(), "at": (made["start"] + 1500).to_numpy(), "x": spots["x"].to_numpy()[spot],
         "y": spots["y"].to_numpy()[spot]}
    )  # fmt: skip
    patrols = Patrols(scenario, land, organisation, days, places)
    workers = {
        getattr(patrols.planted, name).worker
        for name in ("drive_through", "standing_still", "replay", "wrong_clock", "jumping_device")
    }
    far = []
    for day in np.unique(made["day"]):
        tracks = patrols.tracks(int(day))
        x, y = metres(patrols, tracks)
        person = patrols.people.person[tracks.shifts["worker"].to_numpy()]
        for place in places[places["at"] // DAY == day].itertuples():
            for k in np.flatnonzero(person == place.person):
                rows = slice(tracks.fixes.first[k], tracks.fixes.first[k + 1])
                late = np.abs(tracks.fixes.at[rows] / 1000 - place.at)
                if len(late) and late.min() < 30 and tracks.shifts["worker"].iat[k] not in workers:
                    j = rows.start + late.argmin()
                    far.append(np.hypot(x[j] - place.x, y[j] - place.y))
    assert len(far) > 90
    assert np.quantile(far, 0.9) < 80  # half a block and the noise
    assert np.median(far) < 40


# --- What is planted -------------------------------------------------------------------------------------------------


def test_the_replayed_track_comes_back_to_the_decimetre(app, written):
    _, truth = written
    own = app[app["user_code"] == truth["replay"]["person"]]
    own = own[own["loc_time"].dt.hour < 12]
    starts = own.groupby("day").apply(lambda rows: rows[["x", "y"]].to_numpy()[:120], include_groups=False)
    since = truth["replay"]["first_day"]
    latest = [xy for day, xy in starts.items() if day >= since and len(xy) == 120]
    # The other days are honest: the same roads, but never the same fixes.
    same = [np.mean([np.abs(a - b).max() < 1 for b in latest]) for a in latest]
    assert 0.4 < np.max(same) < 0.8
    for fake in truth["replay"]["honest_neighbours"]:
        theirs = app[app["user_code"] == fake["person"]]
        tracks = [rows[["x", "y"]].to_numpy()[:120] for _, rows in theirs.groupby("day") if len(rows) >= 120]
        assert all(np.abs(tracks[0] - other).max() > 20 for other in tracks[1:])


def test_the_one_who_drives_through_says_otherwise(app, written, patrols):
    _, truth = written
    own = app[
        (app["user_code"] == truth["drive_through"]["person"]) & (app["day"] >= truth["drive_through"]["first_day"])
    ]
    assert set(own["mode"]) <= {"步行", "电动车"}
    minutes = own.groupby(["day", own["loc_time"].dt.hour < 12])["loc_time"].agg(
        lambda at: (at.max() - at.min()).seconds / 60
    )
    fast = minutes[minutes < 16]
    assert 0.7 < len(fast) / len(minutes) < 1
    worker = patrols.people.code.index(truth["drive_through"]["person"])
    day = (pd.Timestamp(fast.index[0][0]) - pd.Timestamp(0)).days
    tracks = patrols.tracks(day)
    k = np.flatnonzero((tracks.shifts["worker"] == worker) & (tracks.shifts["slot"] == (0 if fast.index[0][1] else 1)))[
        0
    ]
    kmh = tracks.metres[k] / fast.iloc[0] / 60 * 3.6
    assert 24 < kmh < 46
    x, y = metres(patrols, tracks)
    rows = slice(tracks.fixes.first[k], tracks.fixes.first[k + 1])
    net = patrols.land.network
    main = shapely.union_all(edge_shapes(patrols.land, np.flatnonzero(net.kind < 2)))
    assert shapely.distance(shapely.points(x[rows], y[rows]), main).max() < 45


def test_the_device_on_the_desk_stands_still(app, written):
    _, truth = written
    reach = {}
    for who, rows in app[app["day"] >= truth["standing_still"]["first_day"]].groupby("user_code"):
        box = rows.groupby(["day", rows["loc_time"].dt.hour < 12])[["x", "y"]].agg(["min", "max"])
        reach[who] = np.hypot(*(box.xs("max", axis=1, level=1) - box.xs("min", axis=1, level=1)).to_numpy().T)
    person = truth["standing_still"]["person"]
    assert 0.65 < (reach[person] < 80).mean() < 0.95
    others = np.concatenate([r for who, r in reach.items() if who not in (person, truth["drive_through"]["person"])])
    assert (others < 80).mean() < 0.03


def test_the_wrong_clock_is_slow_and_drifts(app, written):
    _, truth = written
    own = app[app["user_code"] == truth["wrong_clock"]["person"]]
    others = app[~app["user_code"].isin([truth["wrong_clock"]["person"], truth["drive_through"]["person"]])]

    def earliest(rows: pd.DataFrame) -> float:
        at = rows["loc_time"].dt.hour * 60 + rows["loc_time"].dt.minute
        return float(at.groupby(rows["day"]).min().median())

    offset = earliest(own) - others.groupby("user_code").apply(earliest, include_groups=False).median()
    assert -85 < offset < -5  # 37 minutes, and habits differ by as much as 48
    assert truth["wrong_clock"]["strength"]["offset_s"] == -2220


def test_one_device_serves_two_people_for_a_week(app, written):
    _, truth = written
    shared = truth["shared_device"]
    users = app[app["device_code"] == shared["device"]].groupby("user_code")["day"].agg(["min", "max"])
    assert sorted(users.index) == sorted(shared["persons"])
    second = users.loc[shared["persons"][1]]
    assert shared["first_day"] <= second["min"] <= second["max"] <= shared["last_day"]
    per_device = app[app["device_code"] != shared["device"]].groupby("device_code")["user_code"].nunique()
    assert per_device.max() == 1


def test_the_bad_device_jumps_and_its_neighbours_do_not(app, written):
    _, truth = written

    def jumps(person: str) -> int:
        rows = app[app["user_code"] == person]
        step = np.hypot(rows["x"].diff(), rows["y"].diff()) / rows["loc_time"].diff().dt.total_seconds().clip(lower=1)
        return int((step[rows["loc_time"].diff().dt.total_seconds() < 70] > 15).sum())

    assert jumps(truth["jumping_device"]["person"]) > 30
    assert all(jumps(n["person"]) == 0 for n in truth["jumping_device"]["honest_neighbours"])


def test_nobody_comes_to_the_blind_spot(app, written):
    _, truth = written
    spot = shapely.transform(
        shapely.from_wkt(truth["blind_spot"]["wkt"]),
        lambda ll: np.column_stack(crs.from_wgs84(ll[:, 0], ll[:, 1], crs.parse_datum(CRS))),
    )
    honest = app[app["user_code"] != truth["jumping_device"]["person"]]
    assert spot.area > 5_000
    assert shapely.contains_xy(spot, honest["x"], honest["y"]).mean() < 1e-5


def test_nothing_in_the_files_names_what_is_planted(written):
    out, truth = written
    columns = set(pq.read_schema(next((out / "tracks").glob("*.parquet"))).names)
    columns |= set(pd.read_csv(out / "devices.csv").columns)
    columns |= {
        str(f)
        for layer in ("checkpoints", "planned_routes")
        for f in pyogrio.read_info(out / "patrol_plan.gpkg", layer=layer)["fields"]
    }
    for word in ("fake", "replay", "extra", "planted", "offset", "clock", "error", "honest", "still"):
        assert not any(word in column.lower() for column in columns)
    persons = [
        truth[name]["person"] for name in ("replay", "drive_through", "standing_still", "wrong_clock", "jumping_device")
    ]
    near = [n["person"] for name in ("replay", "drive_through") for n in truth[name]["honest_neighbours"]]
    assert len(set(persons + near)) == len(persons) + len(near)


# --- Files -----------------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes(town, tmp_path):
    scenario, land, organisation, days = town
    one, two, other = tmp_path / "one", tmp_path / "two", tmp_path / "other"
    truth = write_patrols(scenario, land, organisation, days, one, last_days=8)
    assert write_patrols(scenario, land, organisation, days, two, last_days=8) == truth
    write_patrols(replace(scenario, seed=6), land, organisation, days, other, last_days=8)
    names = sorted(str(p.relative_to(one)) for p in one.rglob("*") if p.is_file() and p.suffix != ".gpkg")
    assert len(names) >= 4
    assert filecmp.cmpfiles(one, two, names, shallow=False) == (names, [], [])
    same, _, _ = filecmp.cmpfiles(one, other, names, shallow=False)
    assert same == []
    for layer in ("checkpoints", "planned_routes"):
        plans = [gpd.read_file(folder / "patrol_plan.gpkg", layer=layer) for folder in (one, two)]
        assert plans[0].equals(plans[1])


def test_row_groups_are_days_and_the_counts_are_true(written):
    out, truth = written
    n = 0
    for path in sorted((out / "tracks").glob("workers_*.parquet")):
        file = pq.ParquetFile(path)
        for group in range(file.num_row_groups):
            at = file.read_row_group(group, columns=["loc_time"])["loc_time"].to_numpy()
            assert len(np.unique(at.astype("datetime64[D]"))) == 1
        n += file.metadata.num_rows
    squads = [terminals(path) for path in sorted((out / "tracks").glob("squads_*.csv.gz"))]
    n += sum(len(table) for table in squads)
    n += sum(len(pyogrio.read_dataframe(p, layer="track_points")) for p in (out / "tracks" / "rivers").glob("*.gpx"))
    assert 0 <= truth["fixes"] - n <= 3  # sessions of a single fix make no GPX
    assert sum(day["fixes"] for day in truth["days"]) == truth["fixes"]
    assert len(truth["days"]) == 75


def terminals(path: Path) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(gzip.decompress(path.read_bytes())))


def test_terminals_send_some_of_it_late(written):
    out, _ = written
    table = terminals(sorted((out / "tracks").glob("squads_*.csv.gz"))[-1])
    at = table["定位时间"].to_numpy()
    assert (np.diff(at) < 0).mean() > 0.001
    one = table[table["终端号"] == table["终端号"].iat[0]]["定位时间"].to_numpy()
    assert (np.diff(one) < 0).any()
    assert len(np.unique(one)) == len(one)
    assert table["速度"].max() < 60


def test_volunteers_tracks_are_gpx(written, town):
    out, _ = written
    _, land, _, _ = town
    files = sorted((out / "tracks" / "rivers").glob("*.gpx"))
    assert len(files) > 20
    points = pyogrio.read_dataframe(files[0], layer="track_points")
    assert points.crs == "EPSG:4326"
    assert str(points["time"].dt.tz) == "UTC"
    assert points["time"].is_monotonic_increasing
    assert pyogrio.read_dataframe(files[0], layer="tracks")["name"].iat[0] == files[0].name.split("_")[0]
    moved = points.to_crs(CRS).geometry
    assert moved.distance(land.waters.geometry.iat[0]).median() < 200


def test_the_plan_covers_every_grid(written, town):
    out, _ = written
    _, land, _, _ = town
    points, routes = (
        gpd.read_file(out / "patrol_plan.gpkg", layer=layer) for layer in ("checkpoints", "planned_routes")
    )
    assert points["code"].is_unique
    assert points.groupby("grid_code").size().between(3, 6).all()
    assert routes.groupby("grid_code").size().between(2, 3).all()
    assert set(points["grid_code"]) == set(routes["grid_code"]) == set(land.grids["code"])
    own = land.grids.set_index("code").geometry
    shapes = points.to_crs(CRS)
    assert max(shapely.distance(p, own[g]) for p, g in zip(shapes.geometry, shapes["grid_code"], strict=True)) < 12
    weekdays = routes.groupby("grid_code")["weekdays"].agg(lambda texts: sorted(",".join(texts).split(",")))
    assert (weekdays.map(len) == 5).all()


@pytest.mark.parametrize("name", ["tracks_workers", "tracks_squads", "tracks_rivers"])
def test_the_mappings_name_columns_that_exist(name, written, town):
    out, _ = written
    mapping = tomllib.loads((town[0].folder / "mappings" / f"{name}.toml").read_text("utf-8"))
    assert mapping["kind"] == "tracks"
    crs.parse_datum(mapping["datum"])
    named = [spec if isinstance(spec, str) else spec["from"] for spec in mapping["columns"].values()]
    if name == "tracks_workers":
        found = pq.read_schema(next((out / "tracks").glob("workers_*.parquet"))).names
    elif name == "tracks_squads":
        found = list(terminals(next((out / "tracks").glob("squads_*.csv.gz"))).columns)
    else:
        found = ["trk.name", "time", "lon", "lat"]
    assert set(named) <= set(found)


# --- The town itself -------------------------------------------------------------------------------------------------


def test_as_much_of_the_town_is_covered_as_users_expect():
    """25-40 % of what is to be patrolled in a day, about 70 % in a week, 92 % in a month; by exact distance on a sample."""
    scenario = read_scenario("xiake", months=3)
    land, days = make_land(scenario), make_days(scenario)
    patrols = Patrols(scenario, land, make_organisation(scenario, land), days)
    rng = np.random.default_rng(2)
    sample = np.flatnonzero(land.grids["village"].isin([1, 8, 17]))
    around = land.grids.geometry.iloc[sample].buffer(60).union_all()
    shapely.prepare(around)
    width = {"trunk": 32, "street": 15, "lane": 6, "path": 3}
    strips = shapely.buffer(land.roads.geometry.to_numpy(), land.roads["kind"].map(width).to_numpy() / 2)
    cover = np.concatenate([strips, land.built_up.geometry.to_numpy()])
    tree = shapely.STRtree(cover)
    points, weight = [], []
    for grid in sample:
        shape = land.grids.geometry.iat[grid]
        land_there = shapely.intersection(shapely.union_all(cover[tree.query(shape, predicate="intersects")]), shape)
        x0, y0, x1, y1 = land_there.bounds
        xy = rng.uniform((x0, y0), (x1, y1), (12_000, 2))
        shapely.prepare(land_there)
        xy = xy[shapely.contains_xy(land_there, *xy.T)][:120]
        points.append(shapely.points(xy))
        weight.append(np.full(len(xy), land_there.area / len(xy)))
    where, w = np.concatenate(points), np.concatenate(weight)
    workdays = [d for d in range(scenario.end_day - 45, scenario.end_day) if days.is_workday[d - days.first]][:21]
    seen = np.zeros((21, len(where)), bool)
    for k, day in enumerate(workdays):
        tracks = patrols.tracks(day)
        n_app = int((tracks.shifts["grid"] >= 0).sum())
        end = tracks.fixes.first[n_app]
        x, y = (a[:end] for a in metres(patrols, tracks))
        at = tracks.fixes.at[:end]
        joined = (np.diff(at) <= 300_000) & (np.diff(at) > 0) & ~np.isin(np.arange(1, end), tracks.fixes.first)
        joined &= shapely.contains_xy(around, x[:-1], y[:-1])
        ends = np.stack([np.c_[x[:-1], y[:-1]], np.c_[x[1:], y[1:]]], axis=1)[joined]
        hit = shapely.STRtree(shapely.linestrings(ends)).query(where, predicate="dwithin", distance=30)[0]
        seen[k, np.unique(hit)] = True
    day_share = np.average(seen.mean(axis=0), weights=w)
    week = np.mean([np.average(seen[i : i + 5].any(axis=0), weights=w) for i in (0, 5, 10, 15)])
    month = np.average(seen.any(axis=0), weights=w)
    assert 0.25 <= day_share <= 0.42
    assert 0.62 <= week <= 0.80
    assert 0.86 <= month <= 0.97
