"""The filters of tracks: every fix has one code, no order of rows and no direction of time is preferred, outliers go alone."""

from itertools import pairwise, product

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gridgov.analytics.patrol.cleaning import (
    ACCURACY,
    CLOCK,
    DUPLICATE,
    FILTERS,
    JUMP,
    SPEED,
    UNPLACED,
    USABLE,
    YEAR_2000,
    Cleaned,
    Filters,
    clean,
)
from gridgov.analytics.patrol.fixes import SECOND, Fixes, fixes_of
from gridgov.errors import DatumError
from gridgov.schema import FIXES, arrow_schema
from tests.real_tracks import CABS, GEOLIFE, PLOUGHS, RANGERS, real_tracks

BEGIN = 1_700_000_000 * SECOND
WALK, EBIKE, CAR = range(3)


def fixes(at_s, x, y=None, device=None, accuracy=None, mode=WALK, person=None) -> Fixes:
    """Fixes of one walker unless said otherwise; seconds after BEGIN, metres."""
    n = len(at_s)

    def column(values, default, kind):
        return np.full(n, default, kind) if values is None else np.array(values, kind)

    return Fixes(
        device=column(device, 0, np.int32),
        person=column(person, -1, np.int32),
        at=BEGIN + np.round(np.array(at_s, float) * SECOND).astype(np.int64),
        x=np.array(x, float),
        y=column(y, 0.0, float),
        accuracy_m=column(accuracy, np.nan, float),
        mode=np.full(n, mode, np.int8) if np.isscalar(mode) else np.array(mode, np.int8),
    )


def codes(found: Fixes, **filters) -> list[int]:
    return clean(found, Filters(**filters)).code.tolist()


def walked(n, step_s=10.0, pace=1.2) -> tuple[np.ndarray, np.ndarray]:
    at = np.arange(n) * step_s
    return at, at * pace


# -------------------------------------------------------------------------------------------------- filter by filter


def test_a_good_walk_is_left_alone():
    found = clean(fixes(*walked(50)))
    assert found.counts() == {"usable": 50} | dict.fromkeys(FILTERS[1:], 0)
    assert not found.is_torn.any()


def test_a_clock_that_lost_its_date_and_one_ahead_of_its_time():
    at, x = walked(5)
    found = fixes(at, x)
    found.at[1] = YEAR_2000 - 1
    found.at[3] = BEGIN + 3600 * SECOND
    assert clean(found, known_at=BEGIN + 60 * SECOND).code.tolist() == [0, CLOCK, 0, CLOCK, 0]
    assert clean(found).code.tolist() == [0, CLOCK, 0, 0, 0], "without knowing when they came, nothing is of the future"
    at_the_edge = fixes([0], [0])
    at_the_edge.at[0] = YEAR_2000
    assert clean(at_the_edge, known_at=YEAR_2000).code.tolist() == [USABLE]


def test_no_place_in_the_metric_crs():
    assert codes(fixes([0, 10, 20], [0, np.nan, 20], [0, 0, np.inf])) == [USABLE, UNPLACED, UNPLACED]


def test_of_one_instant_the_most_accurate_fix_stands():
    at, x = [0, 10, 10, 10, 10, 20], [0, 10, 11, 12, 13, 20]
    assert codes(fixes(at, x, accuracy=[5, 9, 4, np.nan, -1, 5])) == [0, DUPLICATE, 0, DUPLICATE, DUPLICATE, 0]
    assert codes(fixes(at, x)) == [0, 0, DUPLICATE, DUPLICATE, DUPLICATE, 0], "else the one farthest west"
    assert codes(fixes([0, 0], [0, 0], device=[1, 2])) == [USABLE, USABLE], "two devices may tell at once"


def test_accuracy():
    found = fixes(*walked(5), accuracy=[50, 50.1, -1, np.nan, 0])
    assert codes(found) == [USABLE, ACCURACY, ACCURACY, USABLE, USABLE]
    assert codes(found, max_accuracy_m=100) == [USABLE, USABLE, ACCURACY, USABLE, USABLE]
    assert codes(found, off=frozenset({"accuracy"})) == [USABLE] * 5


@pytest.mark.parametrize("where", [0, 1, 20, 48, 49])
def test_a_single_outlier_goes_and_its_neighbours_stay(where):
    at, x = walked(50)
    x[where] += 500
    expected = [USABLE] * 50
    expected[where] = SPEED
    assert codes(fixes(at, x)) == expected


@pytest.mark.parametrize(("first", "last"), [(0, 3), (20, 24), (46, 49)])
def test_a_short_displaced_stretch_is_a_jump(first, last):
    at, x = walked(50)
    x[first : last + 1] += 800
    expected = [USABLE] * 50
    expected[first : last + 1] = [JUMP] * (last - first + 1)
    assert codes(fixes(at, x)) == expected
    assert codes(fixes(at, x), off=frozenset({"jump"})) == [USABLE] * 50


def test_outliers_that_take_turns_with_good_fixes_go_alone():
    """A plain test of the speed to both neighbours would take the good fixes between them."""
    at, x = walked(60)
    x[[20, 22, 24]] += 700
    expected = [USABLE] * 60
    expected[20] = expected[22] = expected[24] = SPEED
    assert codes(fixes(at, x)) == expected


def test_two_long_stretches_that_contradict_each_other_stand_and_the_track_is_torn():
    at, x = walked(60)
    x[30:] += 5000
    found = clean(fixes(at, x))
    assert found.counts()["usable"] == 60
    assert np.flatnonzero(found.is_torn).tolist() == [30]


def test_of_two_fixes_that_contradict_each_other_none_is_known_to_be_right():
    assert codes(fixes([0, 10], [0, 900])) == [SPEED, SPEED]
    assert codes(fixes([0, 10, 20], [0, 900, 0])) == [USABLE, SPEED, USABLE]


def test_across_a_silence_nothing_is_held_against_a_fix():
    assert codes(fixes([0, 301], [0, 90_000])) == [USABLE, USABLE]
    assert codes(fixes([0, 300], [0, 90_000])) == [SPEED, SPEED]
    assert codes(fixes([0, 300], [0, 90_000]), silence_s=299) == [USABLE, USABLE]


@pytest.mark.parametrize(("mode", "limit"), [(WALK, 3.0), (EBIKE, 12.0), (CAR, 33.0), (-1, 33.0)])
def test_each_way_to_move_has_its_limit(mode, limit):
    at = np.arange(40) * 100.0
    for pace, is_fine in ((limit + 0.19, True), (limit + 0.21, False)):  # 20 m in 100 s for what positions are off by
        found = codes(fixes(at, at * pace, mode=mode))
        assert (found == [USABLE] * 40) == is_fine


def test_what_the_device_says_of_itself_is_believed():
    at, x = walked(40)
    x[20] += 85
    assert codes(fixes(at, x))[20] == SPEED
    assert codes(fixes(at, x, accuracy=[45.0] * 40))[20] == USABLE


def test_whoever_drives_while_saying_to_walk_is_not_believed():
    at, x = walked(40, pace=9.0)
    assert clean(fixes(at, x)).counts()["usable"] <= 1
    assert clean(fixes(at, x, mode=EBIKE)).counts()["usable"] == 40


def test_a_clock_set_back_within_a_track_shows_as_impossible_steps():
    at, x = walked(100)
    at[60:] -= 200  # tells instants a second time
    at[60:] += 3
    found = clean(fixes(at, x))
    assert found.counts()["speed"] + found.counts()["jump"] > 0


def test_no_fixes_and_wrong_settings():
    assert clean(fixes([], [])).counts() == dict.fromkeys(FILTERS, 0)
    with pytest.raises(ValueError, match="speeds"):
        Filters(off=frozenset({"speeds"}))
    with pytest.raises(ValueError, match="horse"):
        Filters(max_speed_mps={"walk": 3, "ebike": 12, "car": 33, "horse": 15})
    with pytest.raises(ValueError, match="differ in length"):
        Fixes(*(np.zeros(n) for n in (1, 1, 1, 1, 1, 1, 2)))  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------------------- laws

_SPOT = st.sampled_from([0.0, 10.0, 25.0, 200.0, 900.0])


@st.composite
def tracks(draw, max_size=12) -> Fixes:
    """Few devices, few places, small gaps: everything collides with everything."""
    n = draw(st.integers(0, max_size))

    def column(values):
        return draw(st.lists(values, min_size=n, max_size=n))

    return fixes(
        column(st.sampled_from([0, 5, 10, 15, 20, 30, 100, 140, 290, 500, 900])),
        column(_SPOT),
        column(_SPOT),
        device=column(st.integers(0, 1)),
        accuracy=column(st.sampled_from([np.nan, -1.0, 3.0, 49.0, 80.0])),
        mode=column(st.sampled_from([-1, WALK, EBIKE])),
    )


def told(found: Fixes, cleaned: Cleaned) -> list[tuple]:
    """What became of each fix, without the order of the rows."""
    columns = (found.device, found.at, found.x, found.y, np.nan_to_num(found.accuracy_m, nan=-9), found.mode)
    return sorted(zip(*(c.tolist() for c in columns), cleaned.code.tolist(), cleaned.is_torn.tolist(), strict=True))


@settings(deadline=None, max_examples=150)
@given(tracks(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(found, random):
    assume(not _tied(found))
    shuffled = list(range(len(found)))
    random.shuffle(shuffled)
    again = found.take(np.array(shuffled, np.int64))
    assert told(found, clean(found)) == told(again, clean(again))


def _tied(found: Fixes) -> bool:
    """Fixes that only their way to move tells apart: which of them is the duplicate is open."""
    trust = np.nan_to_num(found.accuracy_m, nan=-9)
    keys = list(zip(found.device, found.at, found.x, found.y, trust, strict=True))
    return len(set(keys)) < len(keys)


@settings(deadline=None, max_examples=150)
@given(tracks())
def test_every_fix_has_one_code_and_the_counts_add_up(found):
    cleaned = clean(found)
    assert cleaned.code.max(initial=0) < len(FILTERS)
    assert sum(cleaned.counts().values()) == len(found)
    assert sorted(cleaned.order.tolist()) == list(range(len(found)))
    assert not (cleaned.is_torn & (cleaned.code != USABLE)).any()
    keys = [(found.device[row], found.at[row], row) for row in cleaned.order]
    assert keys == sorted(keys)


@settings(deadline=None, max_examples=200)
@given(tracks())
def test_time_reversed_takes_the_same_fixes(found):
    back = Fixes(**{**vars(found), "at": 2 * BEGIN - found.at})
    there, again = clean(found), clean(back)
    assert there.code.tolist() == again.code.tolist()
    assert there.is_torn.sum() == again.is_torn.sum()


@settings(deadline=None, max_examples=100)
@given(tracks())
def test_devices_do_not_know_each_other(found):
    whole = clean(found).code
    for device in (0, 1):
        own = found.device == device
        assert clean(found.take(own)).code.tolist() == whole[own].tolist()


@settings(deadline=None, max_examples=200)
@given(tracks(max_size=9))
def test_outliers_are_those_that_a_slow_search_finds(found):
    """All sets of short pieces are tried; what stands in every largest possible one stands."""
    settings = Filters()
    cleaned = clean(found, settings)
    for device in (0, 1):
        candidates = [
            row for row in cleaned.order if found.device[row] == device and cleaned.code[row] in (USABLE, SPEED, JUMP)
        ]
        expected = slow_outliers(found, candidates, settings)
        assert {row: int(cleaned.code[row]) for row in candidates} == expected


def slow_outliers(found: Fixes, rows: list[int], rules: Filters) -> dict[int, int]:
    def possible(i: int, j: int) -> bool:
        passed = (found.at[j] - found.at[i]) / SECOND
        if passed > rules.silence_s:
            return True
        limits = [*rules.max_speed_mps.values(), max(rules.max_speed_mps.values())]
        off = sum(max(found.accuracy_m[k], 0) if found.accuracy_m[k] >= 0 else 0 for k in (i, j))
        reach = max(limits[found.mode[i]], limits[found.mode[j]]) * passed + max(rules.noise_m, off)
        return bool(np.hypot(found.x[j] - found.x[i], found.y[j] - found.y[i]) <= reach)

    pieces: list[list[int]] = []
    for row in rows:
        last = pieces[-1][-1] if pieces else None
        is_near = last is not None and found.at[row] - found.at[last] <= rules.silence_s * SECOND
        if is_near and possible(last, row):
            pieces[-1].append(row)
        else:
            pieces.append([row])
    is_long = [found.at[p[-1]] - found.at[p[0]] > rules.jump_s * SECOND for p in pieces]
    code = {}
    begin = 0
    while begin < len(pieces):
        if is_long[begin]:
            code |= dict.fromkeys(pieces[begin], USABLE)
            begin += 1
            continue
        end = begin
        while end < len(pieces) and not is_long[end]:
            end += 1
        before = pieces[begin - 1 : begin] if begin else []
        after = pieces[end : end + 1]
        best, answers = 0, []
        for choice in product([False, True], repeat=end - begin):
            chosen = [piece for piece, is_in in zip(pieces[begin:end], choice, strict=True) if is_in]
            row = [*before, *chosen, *after] if chosen else []
            if all(possible(p[-1], q[0]) for p, q in pairwise(row)):
                size = sum(map(len, chosen))
                if size > best:
                    best, answers = size, []
                if size == best:
                    answers.append(choice)
        for k, piece in enumerate(pieces[begin:end]):
            stands = all(answer[k] for answer in answers)
            code |= dict.fromkeys(piece, USABLE if stands else SPEED if len(piece) == 1 else JUMP)
        begin = end
    return code


# ------------------------------------------------------------------------------------------------- frames, real sets


def test_a_frame_becomes_arrays():
    table = pa.table(
        {
            "row_no": [1, 2], "device": ["a", "b"], "person": [None, "p"], "at": [BEGIN, BEGIN + 1],
            "lon": [120.0, 120.0], "lat": [31.0, 32.0], "accuracy_m": [None, 7.0], "speed_mps": [None, None],
            "n_satellites": [None, None], "mode": [None, "ebike"],
        }
    ).cast(arrow_schema(FIXES))  # fmt: skip
    found, devices, persons = fixes_of(pa.concat_tables([table, table]), "EPSG:4549")
    assert devices.take(pa.array(found.device)).to_pylist() == ["a", "b"] * 2
    assert found.person.tolist() == [-1, 0] * 2
    assert persons.to_pylist() == ["p"]
    assert found.mode.tolist() == [-1, EBIKE] * 2
    assert found.x == pytest.approx(500_000, abs=1e-3)
    assert np.diff(found.y)[0] == pytest.approx(110_870, abs=100)
    assert found.at.tolist() == [BEGIN, BEGIN + 1] * 2
    with pytest.raises(DatumError):
        fixes_of(table, "EPSG:4326")
    assert len(fixes_of(table.slice(0, 0), "EPSG:4549")[0]) == 0


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        # flown, at times faster than a car may be
        (RANGERS, {"usable": 616, "speed": 2, "jump": 24}),
        # the first seconds after the receiver was switched on, three times
        (GEOLIFE, {"usable": 5881, "jump": 27}),
        (PLOUGHS, {"usable": 1407, "duplicate": 980}),
        (CABS, {"usable": 109_560, "speed": 340, "jump": 814}),
    ],
)
def test_the_real_sets_lose_what_they_should(realdata, files, expected):
    found = real_tracks(realdata, *files)
    cleaned = clean(found)
    assert {filter_: n for filter_, n in cleaned.counts().items() if n} == expected
    back = Fixes(**{**vars(found), "at": 2 * BEGIN - found.at})
    assert (clean(back).code == cleaned.code).all()
    kept = found.take(cleaned.usable)
    passed, metres = np.diff(kept.at) / SECOND, np.hypot(np.diff(kept.x), np.diff(kept.y))
    is_step = (np.diff(kept.device) == 0) & (passed <= 300) & ~cleaned.is_torn[cleaned.usable][1:]
    assert (metres[is_step] <= 33 * passed[is_step] + 20 + 1e-6).all()


def test_rangers_who_fly_need_another_limit(realdata):
    """Once the limit is that of a small aircraft, only what no aircraft does is left to take."""
    found = real_tracks(realdata, *RANGERS)
    assert clean(found, Filters(max_speed_mps={"walk": 3, "ebike": 12, "car": 60})).counts()["usable"] == 634


def test_the_ploughs_duplicates_are_repeated_rows(realdata):
    """The export repeats positions of a truck: its 2,387 rows tell of 1,407 instants."""
    found = real_tracks(realdata, *PLOUGHS)
    assert len(set(zip(found.device.tolist(), found.at.tolist(), strict=True))) == 1407
