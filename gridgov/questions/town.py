"""A town to ask: `gridgov.open("xiake").ask("backlog", by="village", as_of="2026-11-20")`."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import geopandas as gpd
import pandas as pd

from gridgov import calendars
from gridgov.analytics.periods import Cycle, day_at
from gridgov.errors import UnknownScope
from gridgov.questions import (
    about_case,
    ageing,
    attendance,
    backlog,
    backlog_trend,
    blind_spots,
    bulletin,
    cases,
    checkpoints,
    closure_level,
    course,
    coverage,
    data_availability,
    due_cases,
    duplicates,
    effort,
    emerging,
    exposure,
    extensions,
    flow,
    forecast,
    growth,
    handed,
    handover,
    hierarchy,
    hot_issues,
    hotline,
    hotspots,
    idle_surface,
    integrity,
    lights,
    loads,
    mileage,
    missed,
    nobodys,
    node_times,
    on_time,
    overlaps,
    patrol_integrity,
    patrol_sessions,
    plan_adherence,
    playback,
    quarantine,
    recency,
    repeats,
    revisits,
    roster,
    session_tiles,
    squads,
    standing,
    standouts,
    steps,
    supervision,
    systems,
    tiles,
    time_to_close,
    unlisted,
    unpatrolled,
    visits,
    waiting,
)
from gridgov.questions.answer import Answer
from gridgov.questions.asking import Asked, followed, instant, plain_dimensions, understand
from gridgov.questions.begins import first_report
from gridgov.questions.comparing import compared
from gridgov.questions.definition import definition_of
from gridgov.questions.exposure import per_exposure
from gridgov.questions.methods import Questions
from gridgov.questions.moments import During
from gridgov.store import grids, known, maps, registers, runs
from gridgov.store.database import Connection, reading
from gridgov.store.lasting import lasting

_READ: Mapping[str, Callable[[Asked], pd.DataFrame]] = {
    "ageing": ageing.read,
    "at_risk": standing.at_risk,
    "backlog": backlog.read,
    "backlog_trend": backlog_trend.read,
    "bounces": handover.read_bounces,
    "bulletin": bulletin.read,
    "cases": cases.read,
    "closed_rate": on_time.read_closed_rate,
    "closing_curve": time_to_close.read_curve,
    "closure_level": closure_level.read,
    "course": course.read,
    "due": lights.due,
    "due_cases": due_cases.read,
    "duplicate_clusters": duplicates.read_clusters,
    "duplicates": duplicates.read,
    "effort": effort.read_effort,
    "emerging": emerging.read,
    "exposure": exposure.read,
    "extensions": extensions.read,
    "flow": flow.read,
    "forecast": forecast.read,
    "growth": growth.read,
    "handed": handed.read,
    "handover": handover.read,
    "hierarchy": hierarchy.read,
    "hot_issues": hot_issues.read,
    "hotline": hotline.read,
    "hotspots": hotspots.read,
    "integrity": integrity.read,
    "lights": lights.read,
    "loads": loads.read,
    "missed": missed.read,
    "need_gap": effort.read_need_gap,
    "nobodys": nobodys.read,
    "node_times": node_times.read,
    "on_time": on_time.read,
    "on_time_jinhua": on_time.read_jinhua,
    "on_time_of_closed": on_time.read_of_closed,
    "overdue": standing.overdue,
    "overlaps": overlaps.read,
    "passed_by": about_case.read_passed,
    "place_history": about_case.read_place,
    "patrol_integrity": patrol_integrity.read,
    "quarantined": quarantine.read_rows,
    "refusals": quarantine.read_refusals,
    "registered_rate": steps.read,
    "responsible": about_case.read_responsible,
    "repeat_places": repeats.read_places,
    "repeats": repeats.read,
    "returned": steps.read,
    "revisits": revisits.read,
    "reopened": steps.read,
    "rework": steps.read,
    "rework_of_due": steps.read,
    "rework_of_handled": steps.read,
    "roster": roster.read,
    "squads": squads.read,
    "supervised": supervision.read_supervised,
    "standouts": standouts.read,
    "supervision": supervision.read,
    "suspended": standing.suspended,
    "systems": systems.read,
    "time_to_close": time_to_close.read,
    "waiting": waiting.read,
    "unlisted": unlisted.read,
    # patrols: where people were
    "attendance": attendance.read,
    "blind_spots": blind_spots.read,
    "checkpoints": checkpoints.read,
    "checkpoints_missed": checkpoints.read_missed,
    "coverage": coverage.read,
    "data_availability": data_availability.read,
    "idle_surface": idle_surface.read,
    "mileage": mileage.read,
    "patrol_sessions": patrol_sessions.read,
    "plan_adherence": plan_adherence.read,
    "playback": playback.read,
    "recency": recency.read,
    "unpatrolled": unpatrolled.read,
    "visits": visits.read,
}


@dataclass(frozen=True)
class Town(Questions):
    """A loaded town. Ask it questions, by `ask` or by their names; it holds no connection and no data."""

    code: str

    def ask(
        self,
        question: str,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: During | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
        case: str | None = None,
        behind: str | None = None,
        days: int | None = None,
        step_s: float | None = None,
        session: int | None = None,
        worker: str | None = None,
        role: str | None = None,
        purpose: str | None = None,
        search: str | None = None,
        sort: str | Sequence[str] | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Answer:
        """Ask a question of this town.

        question  id of a question, see `gridgov ask --list`
        by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day, week, month
        scope     code of a grid: it and all below; None = the whole town
        as_of     a statistical day (its end) or an instant; None = the last day the data tells of
        known_at  likewise: the answer as the loads finished by then would give it; None = all loads
        since, until  statistical days, both inclusive
        during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that holds the
                  day; day, week, month, quarter, year. A question of an instant is asked at its end
        compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and rate
        per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so much of it
        where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
        layer     layer of grids; None = the base layer, or the one that has the level asked by
        recast    place every case in the version of the grids valid at as_of, whatever was valid when it was reported
        case      number of the one case that is spoken of
        behind    of the list of cases: the figure whose cases are meant, such as "on_time.n_late_closed"; as many rows as it says
        days      of blind spots: idle for so many days at least; of systems: loads of the last so many days
        step_s    of playback: a position every so many seconds
        session, worker   the one session (its id), the one person (pseudonym) that is spoken of
        role, purpose     who asks and what for: answers about single persons need role="person" and a purpose in words
        search, sort, limit, offset   of lists; sort "-due_at" is downwards
        raises    QuestionError, UnknownScope, StoreError
        """
        definition = definition_of(question)
        with self._reading(scope, known_at) as connection:
            town = runs.town_of(connection, self.code)
            given: dict[str, Any] = {
                "by": by, "scope": scope, "as_of": as_of, "since": since, "until": until, "during": during, "where": where,
                "layer": layer, "recast": recast, "search": search, "sort": sort, "limit": limit, "offset": offset,
                "known_at": known_at, "case": case, "days": days, "step_s": step_s, "session": session, "worker": worker,
                "role": role, "purpose": purpose, "behind": behind,
            }  # fmt: skip

            def answered(**other: Any) -> tuple[Asked, pd.DataFrame]:
                asked = understand(connection, definition, town, **{**given, **other})
                return asked, _READ[question](asked)

            if compare is None:
                asked, rows = answered()
            else:
                asked, rows = compared(definition, compare, answered)
            if per is not None:
                rows = per_exposure(definition, asked, rows, per)
        by_what = [key.name for key in asked.keys] or None
        kept = {"where": dict(where) if where else None, "search": search}
        meta = {"zone": town.time_zone, "layer": asked.layer, "by": by_what, **kept, **asked.meta}
        return Answer(rows, definition, town.code, asked.scope, asked.when.said, town.data_version, meta)

    def found(
        self,
        kind: tiles.Kind,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: During | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
        search: str | None = None,
    ) -> tiles.Found:
        """The cases of a map, found once for all its tiles: what `ask` counts. See questions.tiles.

        kind      "open": the cases open at as_of; "reported": those reported in a period, the month until as_of unless said
        the rest  as `ask` takes it of the question tiles.QUESTION[kind]
        raises    QuestionError (TooMuch where it would take too long), UnknownScope, StoreError
        """
        definition = definition_of(tiles.QUESTION[kind])
        given: dict[str, Any] = {"scope": scope, "as_of": as_of, "since": since, "until": until, "during": during, "layer": layer,
                 "recast": recast, "search": search}  # fmt: skip
        given["where"] = {**(where or {}), **({"open": True} if kind == "open" else {})}
        given |= {"by": None, "sort": None, "limit": None, "offset": 0}
        with reading(scope) as connection:
            town = runs.town_of(connection, self.code)
            return tiles.find(understand(connection, definition, town, **given), kind)

    @staticmethod
    def tile_of(found: tiles.Found, z: int, x: int, y: int) -> tiles.Tile:
        """A vector tile of the cases found: zoom, column and row of the web map. Raises QuestionError, StoreError."""
        with reading() as connection:
            return tiles.read(connection, found, z, x, y)

    def tile(self, kind: tiles.Kind, z: int, x: int, y: int, **asked: Any) -> tiles.Tile:
        """A single vector tile of cases: `tile_of` what `found` gives for the same arguments."""
        return self.tile_of(self.found(kind, **asked), z, x, y)

    def session_tile(
        self,
        z: int,
        x: int,
        y: int,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        layer: str | None = None,
    ) -> tiles.Tile:
        """A vector tile of the lines of sessions, asked as `patrol_sessions`. See questions.session_tiles.

        raises  QuestionError (TooMuch where it would take too long), UnknownScope, StoreError
        """
        given: dict[str, Any] = {"scope": scope, "as_of": as_of, "since": since, "until": until, "layer": layer,
                 "during": None, "where": None, "recast": False, "search": None, "by": None, "sort": None, "limit": None,
                 "offset": 0}  # fmt: skip
        with reading(scope) as connection:
            town = runs.town_of(connection, self.code)
            return session_tiles.read(understand(connection, definition_of("patrol_sessions"), town, **given), z, x, y)

    def _reading(self, scope: str | None, known_at: date | datetime | str | None) -> AbstractContextManager[Connection]:
        if known_at is None:
            return reading(scope)
        with reading() as connection:
            town = runs.town_of(connection, self.code)
            cycle = Cycle.of(followed(connection, town))
        return known.knowing(town.id, instant(known_at, town.time_zone, cycle.day_start).at, scope)

    def about(self) -> runs.Town:
        """The town's names, time zone, metric CRS and data version."""
        with reading() as connection:
            return runs.town_of(connection, self.code)

    def first_report(self) -> date | None:
        """The statistical day of the first report that is known; None = no cases."""
        with reading() as connection:
            town = runs.town_of(connection, self.code)
            at, cycle = lasting(connection, town, first_report, town.id), Cycle.of(followed(connection, town))
        return None if at is None else day_at(at, town.time_zone, cycle.day_start)

    def cycle(self) -> Cycle:
        """How its weeks, months and days begin, by the rules that its numbers are made by."""
        with reading() as connection:
            return Cycle.of(followed(connection, runs.town_of(connection, self.code)))

    def workdays(self, first: date, last: date) -> list[date]:
        """The working days from first to last (both inclusive), by the calendar of the rules that its numbers are made by."""
        with reading() as connection:
            working = followed(connection, runs.town_of(connection, self.code)).working
        works = calendars.workdays(working.country, first, last, working.days)
        return [first + timedelta(n) for n in range(len(works)) if works[n]]

    def units(self) -> pd.DataFrame:
        """The responsible units of the town by code: code, name, kind (body, squad ...; None = known from cases only)."""
        with reading() as connection:
            return registers.units(connection, runs.town_of(connection, self.code).id)

    def levels(self, layer: str = grids.BASE) -> pd.DataFrame:
        """The levels of a layer from the root down: level, code, name, name_zh. Empty when the town has no such layer."""
        with reading() as connection:
            sets = grids.grid_sets(connection, runs.town_of(connection, self.code).id, layer)
            return grids.levels(connection, sets[0].layer_id if sets else -1)

    def layers(self) -> list[str]:
        """The layers of grids of this town, base first."""
        with reading() as connection:
            sets = grids.grid_sets(connection, runs.town_of(connection, self.code).id)
        return sorted({s.layer for s in sets}, key=lambda code: (code != grids.BASE, code))

    def base_map(self) -> gpd.GeoDataFrame:
        """Roads, waters and built-up land of the town's own map: theme, width_m (NaN = not known), geom (EPSG:4326)."""
        with reading() as connection:
            return maps.base_map(connection, runs.town_of(connection, self.code).id)

    def dimensions(self) -> list[str]:
        """What can be asked by in this town, levels of its base layer included."""
        return [*self.levels()["code"], *plain_dimensions()]


def town_codes() -> list[str]:
    """The codes of all loaded towns."""
    with reading() as connection:
        return [town.code for town in runs.towns(connection)]


def open_town(code: str | None = None) -> Town:
    """The town of a code; without one, the only town there is. Raises UnknownScope, naming those there are."""
    with reading() as connection:
        known = [town.code for town in runs.towns(connection)]
        if code is None and len(known) == 1:
            return Town(known[0])
        if code is None and known:
            raise UnknownScope(
                f"{len(known)} towns are loaded ({', '.join(known)}); say which (--town on the command line)."
            )
        if code is None:
            raise UnknownScope(
                "No town is loaded yet. Load grids and reports first: `gridgov load`, or `gridgov demo`."
            )
        return Town(runs.town_of(connection, code).code)
