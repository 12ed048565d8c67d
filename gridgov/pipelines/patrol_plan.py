"""What was done of the plan on days of patrols (store.walks), kept by loads of tracks and of plans for the days they change."""

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np

from gridgov.analytics.patrol.plan import cells_of_routes, planned_on, seen_of_routes, times_of, visits_of
from gridgov.analytics.patrol.tracks import Tracks
from gridgov.analytics.periods import Cycle, begin_of
from gridgov.pipelines.loading import Progress, silent
from gridgov.rules import Rules
from gridgov.store import lake, walks
from gridgov.store.database import Connection
from gridgov.store.runs import Town

_DAY_S = 86_400


def follow(
    connection: Connection, town: Town, rules: Rules, changed: Iterable[date], progress: Progress = silent
) -> None:
    """After the sessions of some days changed, or what was planned for them: what was done of the plan on them.

    A route's time after midnight lies on the next day: the day before each is looked at too. Closed days stay as they are.
    """
    if town.crs is None:
        return
    closed = lake.closed_until(connection, town.id)
    given = set(changed)
    days = sorted(day for day in given | {on - timedelta(1) for on in given} if closed is None or day > closed)
    tracks: dict[date, Tracks] = {}
    for n, on in enumerate(days):
        progress("plan", n, len(days))
        for day in (on, on + timedelta(1)):
            if day not in tracks:
                tracks[day] = walks.lines_of_day(connection, town.id, day, town.crs)
        _keep(connection, town, rules, on, tracks[on], tracks[on + timedelta(1)])
        del tracks[on]


def _keep(connection: Connection, town: Town, rules: Rules, on: date, today: Tracks, after: Tracks) -> None:
    assert town.crs is not None  # noqa: S101  follow has looked
    routes, checkpoints = walks.plan_of(connection, town.id, on)
    if len(routes):
        routes = routes[planned_on(routes, [on])[:, 0]].drop_duplicates("key")
    n_seen = np.zeros(len(routes), np.int64)
    start = Cycle.of(rules).day_start
    goes_on = any(until > start + _DAY_S for spans in routes["windows"] for _, until in times_of(spans, start))
    both = walks.together(today, after) if goes_on else today
    if len(routes) and len(both.at):
        later = np.repeat([0, 1], [len(today.first) - 1, len(both.first) - len(today.first)])
        midnight = begin_of(on, town.time_zone, start).timestamp() - start
        cells = cells_of_routes(routes["geom"].to_numpy(object), town.crs)
        n_seen = seen_of_routes(cells, list(routes["windows"]), both, later, midnight, rules.patrol.radius_m, start)
    keys = routes["key"].to_numpy(np.int64)
    walks.replace_walks(connection, town.id, on, keys[n_seen > 0], n_seen[n_seen > 0])
    visits = visits_of(today, checkpoints["lon"], checkpoints["lat"], town.crs)
    keys = checkpoints["key"].to_numpy(np.int64)[visits["checkpoint"].to_numpy(np.int64)]
    walks.replace_visits(connection, town.id, on, keys, visits["n"], visits["last_at"])
