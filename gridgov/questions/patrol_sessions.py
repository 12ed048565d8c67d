"""patrol_sessions: the sessions of a window, the latest first, with their lines; who it was only for the role and a purpose."""

from typing import Any, Final

import geopandas as gpd
import shapely

from gridgov.analytics.rates import share
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.patrolled import in_order, take_days
from gridgov.questions.persons import require_person, sees_persons
from gridgov.store.database import with_geometry

LIMIT: Final = 200


def read(asked: Asked) -> gpd.GeoDataFrame:
    """One row a session whose day lies in the window, the latest first; meta `n_total` counts those beyond the limit too.

    In a scope: the sessions that spent most of their time there. Without the role `session`, `worker`, `begin_at` and `end_at`
    are null, and geom is the way without its times. geom is null where the line is no longer kept, and of a single fix.
    Raises QuestionError.
    """
    if asked.worker is not None:
        require_person(asked, "A worker's list of sessions")
    if asked.session is not None:
        require_person(asked, "A single session")
    since, until = take_days(asked)
    limit = LIMIT if asked.limit is None else asked.limit
    if limit < 0 or asked.offset < 0:
        raise QuestionError("limit and offset are 0 or more.")
    values: dict[str, Any] = {
        "town_id": asked.town.id, "since_on": since, "until_on": until, "scope_ids": asked.values.get("scope_ids"),
        "worker": asked.worker, "session": asked.session, "limit": limit, "offset": asked.offset,
    }  # fmt: skip
    asked.values |= values
    asked.meta["n_total"] = int(asked.read("patrol_sessions", counted=True, crossing=False)["n"].iloc[0])
    rows = with_geometry(asked.read("patrol_sessions", counted=False, crossing=False))
    if not sees_persons(asked):
        # When somebody began and ended, and where exactly he was when, is about him: the line stays, without its times.
        rows[["session", "worker", "begin_at", "end_at"]] = None
        rows = rows.set_geometry(shapely.force_2d(rows.geometry))
    rows["stop_share"] = share(rows["stop_min"], rows["minutes"])
    return in_order(asked, rows)
