"""Cases and events as the systems that know of them publish them: one file of cases, one of events, each its own way.

The mapping of each file stands in data/scenarios/<name>/mappings and is followed backwards, see `publish`. What the
systems do wrong unknowingly (a datum that is not the declared one) is in the scenario's planted.toml.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gridgov.process import EVENTS
from gridgov.simulate.model import CHANNELS, SOURCES, Chunk, Land, Organisation
from gridgov.simulate.publish import Frame, Published
from gridgov.simulate.scenario import Scenario
from gridgov.simulate.seeds import stream
from gridgov.simulate.writing import clock_text
from gridgov.sources.mapping import EventMapping, IncidentMapping, read_mapping
from gridgov.vocabulary import STATES, TRACKS

FILES = {  # source: file of cases, its mapping, file of events, its mapping
    "platform": ("platform_cases.parquet", "platform_cases", "platform_events.parquet", "platform_events"),
    "hotline": ("hotline_orders.csv", "hotline_orders", "hotline_events.csv", "hotline_events"),
    "visits": ("visits.xlsx", "visits", None, None),
    "information": ("information.csv", "information", None, None),
    "disputes": ("disputes.csv", "disputes", None, None),
    "sentiment": ("sentiment.jsonl", "sentiment", None, None),
    "window": ("window_matters.csv", "window_matters", "window_events.csv", "window_events"),
}
PREFIX = {
    "platform": "AJ", "hotline": "RX", "visits": "ZF", "information": "XX", "disputes": "JF", "sentiment": "YQ",
    "window": "BJ",
}  # fmt: skip
RATINGS = ("", "不满意", "基本满意", "满意", "非常满意")
SIDES = ("", "路口附近", "中段", "北侧", "南侧", "公交站旁", "桥头", "停车场旁", "对面")
_DAY = 86_400


class Feeds:
    """The open files of all systems; chunks go in, rows come out. Use as a context manager.

    matters  data/scenarios/<name>/matters.csv; reasons: texts by number
    """

    def __init__(
        self,
        scenario: Scenario,
        land: Land,
        organisation: Organisation,
        matters: pd.DataFrame,
        reasons: list[str],
        out: Path,
    ) -> None:
        self._land, self._organisation = land, organisation
        self._stack = ExitStack()
        self._cases: dict[str, Published] = {}
        self._events: dict[str, Published] = {}
        really = {row["source"]: row["datum"] for row in scenario.read("planted.toml").get("wrong_datum", [])}
        zone, folder = scenario.town["time_zone"], scenario.folder / "mappings"
        for source, (case_file, case_mapping, event_file, event_mapping) in FILES.items():
            mapping = read_mapping(folder / f"{case_mapping}.toml")
            assert isinstance(mapping, IncidentMapping)  # noqa: S101
            self._cases[source] = Published(mapping, out / case_file, land.crs, zone, really.get(source))
            if event_file:
                told = read_mapping(folder / f"{event_mapping}.toml")
                assert isinstance(told, EventMapping)  # noqa: S101
                self._events[source] = Published(told, out / event_file, land.crs, zone)
        self._words = _Words(scenario, land, organisation, matters, reasons)

    def __enter__(self) -> "Feeds":
        for file in [*self._cases.values(), *self._events.values()]:
            self._stack.enter_context(file)
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def append(self, chunk: Chunk) -> None:
        """Write what a chunk holds, each case to the file of its system."""
        for source, part in _by_source(chunk.cases):
            self._cases[source].append(self._words.case_frame(source, part))
        for source, part in _by_source(chunk.events):
            if source in self._events:
                self._events[source].append(self._words.event_frame(source, part))


def _by_source(rows: dict[str, np.ndarray]) -> Iterator[tuple[str, dict[str, np.ndarray]]]:
    source = rows["key"] >> 52
    for number in np.unique(source):
        here = source == number
        yield SOURCES[number], {name: values[here] for name, values in rows.items()}


class _Words:
    """Numbers of the simulation turned into the words that systems write."""

    def __init__(
        self, scenario: Scenario, land: Land, organisation: Organisation, matters: pd.DataFrame, reasons: list[str]
    ) -> None:
        self._seed = scenario.seed
        self._matters = matters
        texts = [str(row).split("|") for row in matters["texts"]]
        self._text_first = np.cumsum([0, *map(len, texts)])
        self._texts = _dictionary([text for some in texts for text in some])
        self._categories, self._names = _dictionary(matters["category"]), _dictionary(matters["name"])
        lines = organisation.lines.set_index("code")["name"]
        self._matter_lines = _dictionary([lines[code] for code in matters["line"]])
        self._units = _dictionary(organisation.units["name"])
        self._windows = _dictionary(organisation.windows["name"])
        self._staff = _dictionary(organisation.staff["person"])
        self._items = _dictionary(organisation.items["name"])
        self._item_lines = _dictionary(organisation.lines["name"].to_numpy()[organisation.items["line"].to_numpy()])
        self._reasons, self._ratings = _dictionary(reasons), _dictionary(RATINGS)
        self._states = _dictionary(STATES)
        self._tracks, self._channels = _dictionary(TRACKS), _dictionary(CHANNELS)
        self._events = _dictionary(EVENTS)
        self._grids = _dictionary(land.grids["code"])
        self._villages = _dictionary(land.villages["name"])
        self._village_of = land.grids["village"].to_numpy()
        roads = sorted(set(land.spots["road"]))
        self._roads = len(roads)
        self._road_of = pd.Categorical(land.spots["road"], roads).codes
        self._places = _dictionary([road + side for side in SIDES for road in roads])

    def case_frame(self, source: str, rows: dict[str, np.ndarray]) -> Frame:
        """Cases of one system, with our columns."""
        matter, spot, grid, unit = rows["matter"], rows["spot"], rows["grid"], rows["unit"]
        n = len(matter)
        has_place = spot >= 0
        side = stream(self._seed, "addresses", source, int(rows["key"].min())).integers(0, len(SIDES), n)
        village = np.where(grid >= 0, self._village_of[grid], -1)
        is_window = source == "window"
        frame: Frame = {
            "case_no": case_numbers(source, rows["key"]),
            **{f"{name}_at": pa.array(rows[name]) for name in ("reported", "closed", "due", "updated")},
            "status": _taken(self._states, rows["state"]),
            "track": _taken(self._tracks, rows["track"]),
            "category": _taken(self._categories, matter),
            "subcategory": _taken(self._items, rows["text"]) if is_window else _taken(self._names, matter),
            "unit": _taken(self._windows if is_window else self._units, unit),
            "line": _taken(self._item_lines, rows["text"]) if is_window else _taken(self._matter_lines, matter),
            "channel": _taken(self._channels, rows["channel"]),
            "reporter": _taken(self._staff, rows["reporter"]),
            "description": pa.nulls(n, pa.string())
            if is_window
            else _taken(self._texts, np.where(matter >= 0, self._text_first[matter] + rows["text"], -1)),
            "address": _taken(self._places, np.where(has_place, side * self._roads + self._road_of[spot], -1)),
            "place": _taken(self._villages, village),
            "grid": _taken(self._grids, np.where(np.isnan(rows["x"]), -1, grid)),
            "urgent": _yes_no(rows["is_urgent"]),
            "duplicate": _yes_no(rows["is_repeat"]),
            "rating": _taken(self._ratings, np.where(rows["rating"] > 0, rows["rating"], -1)),
            "pushed_at": clock_text(_pushed(rows["reported"]), "%Y-%m-%d %H:%M:%S"),
            "x": pa.array(rows["x"]),
            "y": pa.array(rows["y"]),
        }
        return frame

    def event_frame(self, source: str, rows: dict[str, np.ndarray]) -> Frame:
        """Events of one system, with our columns."""
        units = self._windows if source == "window" else self._units
        rating = rows.get("rating", np.full(len(rows["key"]), -1))
        return {
            "case_no": case_numbers(source, rows["key"]),
            "at": pa.array(rows["at"]),
            "event": _taken(self._events, rows["event"]),
            "unit": _taken(units, rows["unit"]),
            "actor": _taken(self._staff, rows["actor"]),
            "reason": _taken(self._reasons, rows["reason"]),
            "due_at": pa.array(rows["due"]),
            "rating": _taken(self._ratings, np.where(rating > 0, rating, -1)),
        }


def case_numbers(source: str, key: np.ndarray) -> pa.Array:
    """The number a system gives a case: letters, the day, a serial number of that day."""
    day = clock_text(((key >> 28) & 0xFFFFFF) * _DAY, PREFIX[source] + "%Y%m%d")
    serial = pc.utf8_lpad(pa.array(key & 0xFFFFFFF).cast(pa.string()), 6, "0")
    return pc.binary_join_element_wise(day, serial, "")


def _dictionary(words: Iterable[Any]) -> pa.Array:
    return pa.array([str(word) for word in words], pa.string())


def _taken(words: pa.Array, numbers: np.ndarray) -> pa.Array:
    """Words by number; -1 = null. A dictionary array: each word is kept once."""
    indices = pa.array(numbers.astype(np.int32), mask=numbers < 0)
    return pa.DictionaryArray.from_arrays(indices, words)


def _yes_no(truth: np.ndarray) -> pa.Array:
    return _taken(pa.array(["否", "是"]), truth.astype(np.int32))


def _pushed(reported: np.ndarray) -> np.ndarray:
    """The hotline sends its orders on at the next full quarter of an hour, at night in the morning."""
    at = (reported // 900 + 1) * 900
    second = at % _DAY
    return np.where(second < 7 * 3600, at - second + 7 * 3600, at)
