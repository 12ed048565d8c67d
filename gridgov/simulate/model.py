"""What a made-up town consists of. The makers fill these; arrivals, lives, patrols and writers read them.

Geometry is in metres of the scenario's CRS (`Land.crs`); it becomes degrees only when a file is written. Instants inside
the simulation are whole seconds of local wall time since 1970-01-01 (the scenario's zone has no summer time), days are
whole days since 1970-01-01. Rows are addressed by position: a `grid` is a row of `Land.grids`, a `unit` of
`Organisation.units`, and so on; -1 = none.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

VILLAGE_KINDS = ("urban", "rural")
ROAD_KINDS = ("trunk", "street", "lane", "path")
"""Trunk roads and streets carry cars; lanes run inside villages and blocks; paths through fields and along water."""
SPOT_KINDS = ("street", "market", "home", "field", "river", "park", "site", "school", "office")
UNIT_KINDS = ("body", "squad", "stationed", "village", "contractor")
ROLES = ("grid_leader", "grid_worker", "inspector", "informant", "liaison", "patroller")
"""一长五员: 网格长, 网格员, 督查员, 信息员, 联络员, 巡查员."""


@dataclass(frozen=True)
class Network:
    """Roads, lanes and paths as a graph, connected within every grid: what a patrol can walk or ride.

    nodes        float64 (n, 2), metres
    a, b         int32 (m,), end nodes of each edge
    length       float64 (m,), metres along the edge
    kind         int8 (m,), position in ROAD_KINDS
    left, right  int32 (m,), grids on both sides; equal when the edge lies inside a grid, -1 beyond the town
    points       float64 (p, 2), the shapes of all edges one after the other, from a to b, both ends included
    first        int64 (m + 1,), where the points of each edge begin
    """

    nodes: np.ndarray
    a: np.ndarray
    b: np.ndarray
    length: np.ndarray
    kind: np.ndarray
    left: np.ndarray
    right: np.ndarray
    points: np.ndarray
    first: np.ndarray


@dataclass(frozen=True)
class Land:
    """The land of the town.

    crs           metric CRS of all geometry
    code, name    of the town
    outline       Polygon
    villages      code (12 digits), name, kind (VILLAGE_KINDS), squad (0..2), residents, geometry; sorted by code
    grids         code (15), name, village (row of villages), kind, residents, households, firms, road_km, built_up_m2,
                  patrollable_m2, geometry; sorted by code. The division valid now; it tiles the outline exactly.
    grids_before  the same columns: the division before the boundary change
    changed       codes of the grids whose outline differs between the two
    dedicated     code, name, subkind (school, park, market), geometry
    roads         name, kind (ROAD_KINDS), geometry (LineString)
    waters        name, kind (river, canal, pond), geometry
    built_up      village, geometry: what is built up; with the roads it is the land to patrol
    places        code, name, kind, x, y: the town hall, village seats, schools, markets, stations ...
    network       Network
    spots         x, y, kind (SPOT_KINDS), weight, grid (row), road (name of the nearest named road or water, for
                  addresses): tens of thousands of points where things happen, with very uneven weights; sorted by grid
    """

    crs: str
    code: str
    name: str
    outline: shapely.Polygon
    villages: gpd.GeoDataFrame
    grids: gpd.GeoDataFrame
    grids_before: gpd.GeoDataFrame
    changed: list[str]
    dedicated: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    waters: gpd.GeoDataFrame
    built_up: gpd.GeoDataFrame
    places: pd.DataFrame
    network: Network
    spots: pd.DataFrame


@dataclass(frozen=True)
class Organisation:
    """Who answers, who works, who wears which hat.

    units     code, name, kind (UNIT_KINDS), villages (tuple of rows of Land.villages: its territory, empty = the town);
              bodies 9, squads 3, stationed, villages 21 (in the order of Land.villages), contractors; sorted by kind as in
              UNIT_KINDS, then code
    lines     code, name: the 38 departments
    staff     person (code such as P0001), unit (row), has_terminal: the 454
    roster    grid (row of Land.grids, -1 = a dedicated grid), grid_code, role (ROLES), person (row of staff, -1 = vacant),
              since (day): 179 x 6 posts of the base layer and those of the dedicated grids
    windows   code, name: the 14 service windows
    items     code, kind (service, social, enforcement), category, name, unit (code of the owner, a kind of unit such as
              "village" or "squad", or "" = nobody), line (row), limit_value, limit_unit (urgent_hour, work_hour, work_day,
              natural_day): 228 + 86 + 647
    squad_items  the same columns: the 787 of the squads' own catalogue
    """

    units: pd.DataFrame
    lines: pd.DataFrame
    staff: pd.DataFrame
    roster: pd.DataFrame
    windows: pd.DataFrame
    items: pd.DataFrame
    squad_items: pd.DataFrame


@dataclass(frozen=True)
class Days:
    """What each day was like; arrays over days, from `first` on (day number), some weeks of run-up included.

    is_workday   bool: official working days, make-up days included
    is_holiday   bool: official public holidays (not plain weekends)
    rain_mm      float, heat float (daily maximum in degrees C), wind float (m/s, daily maximum)
    is_typhoon, is_plum_rain, is_inspection, is_burning_ban, is_before_festival   bool
    """

    first: int
    is_workday: np.ndarray
    is_holiday: np.ndarray
    rain_mm: np.ndarray
    heat: np.ndarray
    wind: np.ndarray
    is_typhoon: np.ndarray
    is_plum_rain: np.ndarray
    is_inspection: np.ndarray
    is_burning_ban: np.ndarray
    is_before_festival: np.ndarray


SOURCES = ("platform", "hotline", "visits", "information", "disputes", "sentiment", "window")
"""The systems that know of cases: the grid platform, the five connected systems (12345, 大走访, 信息管理, 矛盾纠纷, 舆情监测),
and the service windows."""

CHANNELS = ("worker", "hotline", "app", "camera", "superior", "department", "window")


def case_key(source: np.ndarray, day: np.ndarray, serial: np.ndarray) -> np.ndarray:
    """One number for a case: its source (row of SOURCES), the day it was reported, its serial number of that day from 1."""
    return (source.astype(np.int64) << 52) | (day.astype(np.int64) << 28) | serial.astype(np.int64)


@dataclass(frozen=True)
class Chunk:
    """Some cases that are finished (or stand as they are at the end), and some events in the order they happened.

    cases   arrays of one length:
            key (case_key), reported, closed, due, updated (seconds, -1 = none), state (position in vocabulary.STATES),
            track (0 self-handled, 1 dispatched, 2 service), matter (row of the matters), unit (row of units, who answers
            last), channel (row of CHANNELS), reporter (row of staff, -1), x, y (metres, NaN = no coordinates), grid (row of
            Land.grids where it truly lies), spot (row of Land.spots), text (which of the matter's texts), is_urgent,
            arrives (seconds: the true instant of the report, which a wrong clock hides; never published),
            is_repeat (the source says it was reported before), rating (0 none, 1 不满意, 2 基本满意, 3 满意, 4 非常满意)
    events  arrays of one length, ordered by at, key, seq:
            key, at (seconds), seq (1, 2 ... within the case), event (position in process.EVENTS), unit (row, the unit that
            acts or receives; -1), actor (row of staff, -1), reason (row of the reasons, -1), due (seconds, -1)
    """

    cases: dict[str, np.ndarray]
    events: dict[str, np.ndarray]
