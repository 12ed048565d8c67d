"""What a change of staff means: hours of work for each of them, from counts and from assumptions that are said."""

from collections.abc import Mapping

import pandas as pd

WORK_HOURS = 250 * 8.0
"""Hours that one person works in a year: 250 days of 8."""
_YEAR = 365


def work_hours(
    counts: Mapping[str, float], minutes: Mapping[str, float], hours: float = 0, *, days: float = _YEAR
) -> float:
    """Hours of work of a year, in counts of things of which each takes so many minutes, and in hours that are known as such.

    days  that both counts and hours are of; of fewer than a year they are taken for the usual of all its days

    >>> work_hours({"self_handled": 60, "dispatched": 10}, {"self_handled": 15, "dispatched": 90}, hours=5)
    35.0
    >>> work_hours({"self_handled": 60}, {"self_handled": 15}, hours=5, days=73)
    100.0
    """
    return (sum(counts[name] * minutes[name] for name in counts) / 60 + hours) * _YEAR / days


def staffed(
    work_h: float, people: Mapping[str, float], *, hours_each: float = WORK_HOURS, posts: float | None = None
) -> pd.DataFrame:
    """How the same work weighs on different staffs: a row a staff, in the order given, the first the one compared with.

    work_h      hours of work of a year, as counted and assumed
    people      by name of the staff how many they are
    hours_each  hours that one person works in a year
    posts       posts to be held (of a year); None = not told
    returns     people, work_h_each (hours of that work for one person), busy_share (of hours_each; above 1 = more than there
                is time for), times_first (work for one person, times that of the first staff), less_work_share (share of
                the work that must fall away or be done by machines for it to weigh as on the first), hats (posts a person)

    >>> staffed(720_000, {"before": 720, "after": 454}).round(3)["times_first"].tolist()
    [1.0, 1.586]
    """
    rows = pd.DataFrame({"people": pd.Series(people, dtype="float64")})
    rows["work_h_each"] = work_h / rows["people"]
    rows["busy_share"] = rows["work_h_each"] / hours_each
    rows["times_first"] = rows["people"].iloc[0] / rows["people"]
    rows["less_work_share"] = 1 - 1 / rows["times_first"]
    if posts is not None:
        rows["hats"] = posts / rows["people"]
    return rows
