"""Computing the days of a town's patrols from the lake: what a load does for the days it touches, and a rebuild for all.

A day of a device is a function of the fixes in the lake on that day and in a margin around it, of the grids valid that day and
of the rules kept with the town's patrols. So whatever order files come in, the same rows stand in the end. Its cost is that
of reading the day's files and of the devices computed; nothing grows with what is known of other days.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gridgov.analytics.patrol.cells import NO_CELLS, of_owners
from gridgov.analytics.patrol.cleaning import FILTERS, Cleaned, Filters, clean
from gridgov.analytics.patrol.days import (
    OUTSIDE,
    figures,
    main_grids,
    margin_s,
    sessions_of_day,
    swept_by,
    ways,
)
from gridgov.analytics.patrol.fixes import SECOND, WAYS, Fixes
from gridgov.analytics.patrol.integrity import Limits, findings, shapes
from gridgov.analytics.patrol.sessions import CUTS, Sessions
from gridgov.analytics.periods import Cycle, begin_of
from gridgov.crs import from_wgs84, parse_datum
from gridgov.errors import StoreError
from gridgov.pipelines.patrol_ground import Ground, ground_of
from gridgov.rules import Rules
from gridgov.sources.fingerprint import fingerprints
from gridgov.sources.personal import secret_numbers
from gridgov.store import findings as found_store
from gridgov.store import lake, patrols
from gridgov.store.database import Connection
from gridgov.store.devices import holders
from gridgov.store.lake import LakeFile
from gridgov.store.patrols import SessionRows
from gridgov.store.runs import Town

_AHEAD_S = 3_600
"""A clock may be so far ahead of the load that brings its fixes; one that is farther tells of the future."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Window:
    """The fixes of a day and of the margin around it, an array a column.

    tracker, worker  as in the store
    rank             number of the device in an order that does not hang on the store
    key              fingerprint of the fix
    """

    run: Longs
    tracker: Longs
    rank: Longs
    worker: Longs
    at: Longs
    lon: Floats
    lat: Floats
    accuracy_m: Floats
    mode: npt.NDArray[np.int8]
    delivered: Longs
    gap_s: Floats
    key: Longs

    def take(self, rows: npt.NDArray[Any]) -> "_Window":
        return _Window(**{name: column[rows] for name, column in vars(self).items()})


_KINDS = dict.fromkeys(("run", "tracker", "worker", "at", "delivered", "key"), np.int64)
_KINDS |= dict.fromkeys(("lon", "lat", "accuracy_m", "gap_s"), np.float64) | {"mode": np.int8}  # type: ignore[arg-type]
"""Columns of a window as they are read."""


class PatrolDays:
    """Computes days of a town's patrols, inside a merge. `rules` are those kept with its patrols."""

    def __init__(self, connection: Connection, town: Town, rules: Rules) -> None:
        if town.crs is None:
            raise StoreError(f"The town '{town.code}' has tracks but no metric CRS. Load its tracks again.")
        self._connection, self._town, self._rules = connection, town, rules
        self._filters, self._cycle, self._limits = Filters.of(rules), Cycle.of(rules), Limits.of(rules)
        self._grounds: dict[int, Ground] = {}
        gaps = patrols.gaps(connection, town.id)
        self._gaps = {source: float(rules.patrol.gap_s if gap is None else gap) for source, gap in gaps.items()}
        self._trackers: dict[int, dict[str, int]] = {}
        self._workers: dict[str, int] = {}

    def margin(self, source_id: int) -> timedelta:
        """How far around a day fixes of a source are looked at with it."""
        return timedelta(seconds=margin_s(self._filters, self._gaps[source_id]))

    def bounds(self, on: date) -> tuple[datetime, datetime]:
        """The first instant of a statistical day and that of the next, in UTC."""
        zone, start = self._town.time_zone, self._cycle.day_start
        return begin_of(on, zone, start), begin_of(on + timedelta(1), zone, start)

    def compute(self, on: date, touched: set[int] | None = None) -> tuple[dict[int, bytes], dict[int, Counter[str]]]:
        """Make a day anew for some trackers, and for all whose workers they share; None = for all.

        returns  the blocks in which anybody came near other cells than was known, with what was known; what became of the
                 day's fixes, by load and filter
        """
        begin, end = self.bounds(on)
        window = self._window(on, begin, end)
        told = set(window.tracker.tolist())
        chosen = told if touched is None else touched
        workers = patrols.workers_of(self._connection, self._town.id, on, chosen)
        workers |= set(window.worker[np.isin(window.tracker, list(chosen))].tolist())
        if not workers:
            return {}, {}
        # Who carried one of them may have carried another too: what he came near is counted from all.
        also = np.isin(window.worker, list(workers)) | np.isin(window.tracker, list(chosen))
        window = window.take(np.isin(window.tracker, np.unique(window.tracker[also])))
        window = window.take(np.argsort(window.key, kind="stable"))  # ties are settled alike whatever came first
        return self._write(on, begin, end, window, chosen, workers)

    def _write(
        self, on: date, begin: datetime, end: datetime, window: _Window, chosen: set[int], workers: set[int]
    ) -> tuple[dict[int, bytes], dict[int, Counter[str]]]:
        patrol, (first, after) = self._rules.patrol, (_micros(begin), _micros(end))
        x, y = from_wgs84(window.lon, window.lat, parse_datum(self._town.crs))
        fixes = Fixes(
            window.rank.astype(np.int32),
            window.worker.astype(np.int32),
            window.at,
            x,
            y,
            window.accuracy_m,
            window.mode,
        )
        cleaned = clean(fixes, self._filters, known_at=window.delivered + _AHEAD_S * SECOND)
        ground = self._ground(on)
        grid = None if ground is None else ground.grids(window.lon, window.lat)
        sessions = sessions_of_day(
            fixes, cleaned, first, after, gap_s=window.gap_s, stop_m=patrol.stop_m, stop_s=patrol.stop_s, grid=grid
        )
        gap_s = float(window.gap_s.max(initial=0)) or patrol.gap_s
        cells = of_owners(swept_by(sessions, sessions.person, radius_m=patrol.radius_m, gap_s=gap_s), list(workers))
        grids = np.full(len(fixes), OUTSIDE) if grid is None else grid
        table = figures(
            sessions, sessions.person, grids, first, cells,
            NO_CELLS if ground is None else ground.cells, None if ground is None else ground.due,
        )  # fmt: skip
        table = table[table["owner"].isin(workers)].rename(columns={"owner": "worker_id", "grid": "grid_id"})
        rows = self._session_rows(sessions, window, grids, chosen)
        changed = patrols.replace_day(
            self._connection, self._town.id, on, sorted(chosen), sorted(workers), rows, cells, table
        )
        is_today = (window.at >= first) & (window.at < after)
        today = replace(cleaned, order=cleaned.order[is_today[cleaned.order]])
        self._write_findings(on, window, fixes, today, sessions, chosen)
        return changed, _counted(window.run[is_today], cleaned.code[is_today])

    def _session_rows(self, found: Sessions, window: _Window, grid: Longs, chosen: set[int]) -> SessionRows:
        """The sessions of the chosen trackers as they are written."""
        heads = found.fix[found.first[:-1]]
        mode = ways(found, window.mode)
        source_of = {tracker: source for source, known in self._trackers.items() for tracker in known.values()}
        frame = pd.DataFrame(
            {
                "source_id": [source_of[tracker] for tracker in window.tracker[heads].tolist()],
                "tracker_id": window.tracker[heads],
                "worker_id": found.person,
                "mode": pd.Categorical.from_codes(mode, WAYS),
                "cut": pd.Categorical.from_codes(found.cut, CUTS),
                "grid_id": main_grids(found, grid),
                **{
                    name: getattr(found, name)
                    for name in (
                        "begin_at", "end_at", "n_fixes", "metres", "effective_m", "minutes", "stop_min", "n_stops",
                        "gap_s", "longest_step_s", "outside_share",
                    )
                },
            }
        )  # fmt: skip
        is_chosen = np.isin(frame["tracker_id"], list(chosen))
        lines = patrols.lines_of(window.lon[found.fix], window.lat[found.fix], found.t, found.first)
        return SessionRows(frame[is_chosen], [lines[k] for k in np.flatnonzero(is_chosen)])

    def _write_findings(
        self, on: date, window: _Window, fixes: Fixes, today: Cleaned, sessions: Sessions, chosen: set[int]
    ) -> None:
        """What the chosen trackers show of the day that asks for a look."""
        tracker = np.zeros(int(window.rank.max(initial=-1)) + 1, np.int64)
        tracker[window.rank] = window.tracker
        found = findings(fixes, today, sessions, self._limits)
        found = found.assign(tracker_id=tracker[found["device"]]).rename(
            columns={"person": "worker_id", "other": "other_id"}
        )
        found = found[found["tracker_id"].isin(chosen)]
        known = shapes(sessions, key=secret_numbers())
        of = known.session
        drawn = pd.DataFrame(
            {
                "tracker_id": tracker[sessions.device[of]], "worker_id": sessions.person[of],
                "begin_at": sessions.begin_at[of], "end_at": sessions.end_at[of],
            }
        )  # fmt: skip
        is_chosen = drawn["tracker_id"].isin(chosen).to_numpy()
        found_store.replace_findings(
            self._connection, self._town.id, on, sorted(chosen), found, drawn[is_chosen], known.places[is_chosen]
        )

    # ---- what a day is computed from ---------------------------------------------------------------------------------

    def _window(self, on: date, begin: datetime, end: datetime) -> _Window:
        widest = max(map(self.margin, self._gaps), default=timedelta())
        carried = holders(self._connection, self._town.id, on)
        parts = [
            self._read(file, _micros(begin - margin), _micros(end + margin), carried)
            for file in lake.files(self._connection, self._town.id, begin - widest, end + widest)
            if file.begin_at < end + (margin := self.margin(file.source_id)) and file.end_at >= begin - margin
        ]
        held = {
            name: np.concatenate([np.empty(0, kind), *(part[name] for part in parts)]) for name, kind in _KINDS.items()
        }
        order = {
            tracker: (device, source) for source, known in self._trackers.items() for device, tracker in known.items()
        }
        there = np.unique(held["tracker"])
        by_name = sorted(there.tolist(), key=lambda tracker: order[tracker])
        rank = np.empty(len(there), np.int64)
        rank[np.searchsorted(there, np.array(by_name, np.int64))] = np.arange(len(there))
        return _Window(rank=rank[np.searchsorted(there, held["tracker"])], **held)

    def _read(self, file: LakeFile, since: int, until: int, holders: Any) -> dict[str, npt.NDArray[Any]]:
        """The fixes of a file that lie in the window, by column of `_Window`."""
        table = lake.read(file)
        at = table["at"].cast(pa.int64()).to_numpy()
        inside = (at >= since) & (at < until)
        if not inside.all():
            table, at = table.filter(pa.array(inside)), at[inside]
        device, devices = _numbered(table["device"])
        person, persons = _numbered(table["person"])
        mode, modes = _numbered(table["mode"])
        n = len(at)
        return {
            "run": np.full(n, file.run_id),
            "tracker": self.trackers(file.source_id, devices)[device] if n else np.empty(0, np.int64),
            "worker": self._worker_ids(device, devices, person, persons, holders),
            "at": at,
            "lon": table["lon"].to_numpy(),
            "lat": table["lat"].to_numpy(),
            "accuracy_m": table["accuracy_m"].to_numpy().astype(np.float64),
            "mode": np.array([WAYS.index(word) for word in modes] + [-1], np.int8)[mode],
            "delivered": np.full(n, _micros(file.delivered_at)),
            "gap_s": np.full(n, self._gaps[file.source_id]),
            "key": keys_of(table),
        }

    def trackers(self, source_id: int, devices: list[str]) -> Longs:
        """The trackers of some devices."""
        known = self._trackers.get(source_id, {})
        if not known.keys() >= set(devices):
            known = self._trackers[source_id] = patrols.trackers(
                self._connection, self._town.id, source_id, set(devices) - known.keys()
            )
        return np.array([known[device] for device in devices], np.int64)

    def _worker_ids(self, device: Longs, devices: list[str], person: Longs, persons: list[str], holders: Any) -> Longs:
        """Who carried the device: whom the fix names, else its holder by the register, else nobody but the device."""
        pair = device * (len(persons) + 1) + person + 1
        pairs, back = np.unique(pair, return_inverse=True)
        codes = []
        for number in pairs.tolist():
            of, by = devices[number // (len(persons) + 1)], number % (len(persons) + 1) - 1
            codes.append(persons[by] if by >= 0 else holders.get(of) or f"device:{of}")
        if not self._workers.keys() >= set(codes):
            self._workers = patrols.workers(self._connection, self._town.id, set(codes) - self._workers.keys())
        return np.array([self._workers[code] for code in codes], np.int64)[back]

    def _ground(self, on: date) -> Ground | None:
        return ground_of(self._connection, self._town, on, self._grounds)


def keys_of(fixes: pa.Table) -> Longs:
    """A fingerprint of each fix: of all that it tells but its row in its file. Equal fixes are one."""
    columns: dict[str, Any] = {}
    for name in ("device", "person", "mode"):
        number, words = _numbered(fixes[name])
        told = np.append(fingerprints(pa.table({"word": pa.array(words, pa.string())}), ("word",)), 0)
        columns[name] = pa.array(told[number])
    columns |= {name: fixes[name] for name in ("at", "lon", "lat", "accuracy_m", "speed_mps", "n_satellites")}
    return fingerprints(pa.table(columns), tuple(columns))


def _numbered(column: pa.ChunkedArray) -> tuple[Longs, list[str]]:
    """A column of words as numbers, -1 where there is none, and the words."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    one = column.unify_dictionaries().combine_chunks()
    if isinstance(one, pa.ChunkedArray):
        one = one.chunk(0) if one.num_chunks else pa.array([], column.type)
    return pc.fill_null(one.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64), one.dictionary.to_pylist()


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def _counted(run: Longs, code: npt.NDArray[np.uint8]) -> dict[int, Counter[str]]:
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for number, n in zip(*np.unique(run * len(FILTERS) + code, return_counts=True), strict=True):
        counts[int(number) // len(FILTERS)][FILTERS[int(number) % len(FILTERS)]] += int(n)
    return dict(counts)
