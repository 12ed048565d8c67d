"""What tracks tell of cases (store.told), kept by loads of tracks for the days they change and by loads of cases for theirs."""

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np

from gridgov.analytics.patrol.told import Reports, last_passes, reporters
from gridgov.analytics.patrol.tracks import Tracks
from gridgov.analytics.periods import Cycle, begin_of
from gridgov.crs import from_wgs84, parse_datum
from gridgov.pipelines.loading import Progress, silent
from gridgov.rules import Rules
from gridgov.store import lake, rulebook, told, walks
from gridgov.store.database import Connection
from gridgov.store.runs import Run, Town

_ONE = timedelta(1)


def follow(
    connection: Connection, town: Town, rules: Rules, changed: Iterable[date], progress: Progress = silent
) -> None:
    """After the sessions of some days changed: what they tell of the cases reported on them and on the days after.

    A day's cases are held against the sessions of it and of the day before. Closed days stay as they are.
    """
    given = set(changed)
    _keep_all(connection, town, rules, given | {on + _ONE for on in given}, progress)


def follow_cases(connection: Connection, run: Run, progress: Progress = silent) -> None:
    """After a load brought cases or changed them: what tracks tell of the cases of their days.

    On closed days, whose tracks are no longer all kept, nothing is told of a case that is new, moved or put to another time.
    """
    rules = rulebook.patrol_rules_of(connection, run.town.id)
    told.drop_changed(connection, run.town.id, run.id)
    days = told.days_of_load(connection, run.town, run.id, Cycle.of(rules).day_start)
    _keep_all(connection, run.town, rules, days, progress)


def _keep_all(connection: Connection, town: Town, rules: Rules, days: Iterable[date], progress: Progress) -> None:
    if town.crs is None:
        return
    closed = lake.closed_until(connection, town.id)
    chosen = sorted(on for on in set(days) if closed is None or on > closed)
    lines: dict[date, tuple[Tracks, walks.Carried]] = {}
    for n, on in enumerate(chosen):
        progress("cases", n, len(chosen))
        lines = {day: held for day, held in lines.items() if day >= on - _ONE}
        for day in (on - _ONE, on):
            if day not in lines:
                lines[day] = walks.carried_of_day(connection, town.id, day, town.crs)
        _keep(connection, town, rules, on, [lines[on - _ONE], lines[on]])


def _keep(connection: Connection, town: Town, rules: Rules, on: date, held: list[tuple[Tracks, walks.Carried]]) -> None:
    assert town.crs is not None  # noqa: S101  _keep_all has looked
    start = Cycle.of(rules).day_start
    begin, end = (begin_of(day, town.time_zone, start) for day in (on, on + _ONE))
    told.clear(connection, town.id, begin, end)
    tracks = walks.together(held[0][0], held[1][0])
    if len(tracks.first) == 1:
        return
    cases = told.cases_between(connection, town.id, begin, end)
    if cases.empty:
        return
    x, y = from_wgs84(cases["lon"], cases["lat"], parse_datum(town.crs))
    reports = Reports(x, y, cases["at"].to_numpy(np.float64))
    passed = last_passes(tracks, reports, radius_m=rules.patrol.radius_m)
    worker, tracker = (np.concatenate(pair) for pair in zip(held[0][1], held[1][1], strict=True))
    track, metres = reporters(tracks, worker, reports, cases["worker_id"].to_numpy(np.int64))
    told.write(connection, cases["id"].to_numpy(np.int64), passed, np.where(track < 0, -1, worker[track]),
               np.where(track < 0, -1, tracker[track]), metres)  # fmt: skip
