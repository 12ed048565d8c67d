"""Silences: the usual one by its meaning, and what a silence of now says."""

from datetime import datetime, timedelta

import hypothesis.strategies as st
from hypothesis import given

from gridgov.analytics.silence import standing, usual

BEGIN = datetime(2026, 3, 1)
moments = st.lists(st.integers(0, 5_000), max_size=60).map(lambda hours: [BEGIN + timedelta(hours=h) for h in hours])


@given(moments, st.integers(1, 8))
def test_the_usual_silence_is_the_shortest_that_nine_in_ten_do_not_exceed(told, least):
    gaps = [b - a for a, b in zip(sorted(set(told)), sorted(set(told))[1:], strict=False)]
    found = usual(told, least)
    assert (found is None) == (len(gaps) < least)
    if found is not None:
        assert found in gaps
        assert 10 * sum(gap <= found for gap in gaps) >= 9 * len(gaps)
        assert all(10 * sum(gap <= shorter for gap in gaps) < 9 * len(gaps) for shorter in gaps if shorter < found)


@given(moments, st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)), st.floats(1, 3), st.floats(0, 3))
def test_who_is_silent_for_longer_never_stands_better(told, silent, late, more):
    order = ["fresh", "late", "stopped"]
    usually = usual(told, 1)
    now, later = (standing(length, usually, late, late + more) for length in (silent, silent + timedelta(hours=1)))
    if usually is None:
        assert now == later == "few"
    else:
        assert order.index(now) <= order.index(later)
        assert (now == "fresh") == (silent <= late * usually)


def test_a_weekend_is_usual_and_a_fortnight_is_not():
    weekdays = [BEGIN + timedelta(days=d) for d in range(60) if (BEGIN + timedelta(days=d)).weekday() < 5]
    usually = usual(weekdays, 5)
    assert usually == timedelta(days=3)
    assert standing(timedelta(days=3), usually, 1.5, 3) == "fresh"
    assert standing(timedelta(days=5), usually, 1.5, 3) == "late"
    assert standing(timedelta(days=14), usually, 1.5, 3) == "stopped"
    assert standing(None, usually, 1.5, 3) == standing(timedelta(1), None, 1.5, 3) == "few"
