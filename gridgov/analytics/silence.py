"""How long a system that delivers is usually silent, and whether it is silent for longer than that now."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

Standing = Literal["fresh", "late", "stopped", "few"]


def usual(moments: Iterable[datetime], least: int) -> timedelta | None:
    """The usual silence: the shortest that nine in ten silences between the moments do not exceed; None below `least` silences.

    moments  when something was told of, in any order; the same moment again is no silence

    >>> days = [datetime(2026, 3, day) for day in (2, 3, 4, 5, 6, 9, 10)]
    >>> usual(days, 5), usual(days[:3], 5)
    (datetime.timedelta(days=3), None)
    """
    told = sorted(set(moments))
    gaps = sorted(after - before for before, after in pairwise(told))
    return gaps[-(-len(gaps) * 9 // 10) - 1] if len(gaps) >= max(least, 1) else None


def standing(silent: timedelta | None, usually: timedelta | None, late: float, stopped: float) -> Standing:
    """What a silence of now says: `late` and `stopped` are how many times the usual one it is longer than.

    If reports come by chance at a steady rate, one silence in ten is longer than the usual one, one in a hundred longer than
    twice and one in a thousand longer than three times it: the chance that none comes for a time falls exponentially.

    >>> standing(timedelta(days=4), timedelta(days=1), 1.5, 3), standing(timedelta(days=4), None, 1.5, 3)
    ('stopped', 'few')
    """
    if silent is None or usually is None:
        return "few"
    if silent > stopped * usually:
        return "stopped"
    return "late" if silent > late * usually else "fresh"
