"""The truth in numbers, counted from the simulation's own arrays as it goes: nothing is asked of the files."""

from typing import Any

import numpy as np
import numpy.typing as npt

from gridgov.simulate.cases import codes as c
from gridgov.simulate.cases.records import Records
from gridgov.simulate.model import CHANNELS, SOURCES
from gridgov.simulate.scenario import EPOCH, Scenario, day_of
from gridgov.vocabulary import TRACKS

DAY = 86_400
_ENDED = (c.CLOSED, c.FORCED_CLOSED, c.EVALUATED, c.ARCHIVED, c.VOIDED, c.COLLECTED)
_PARTS = ("on_time", "late_closed", "overdue_open", "suspended", "exempt")
RULES = {
    "month": "A case counts in the local month in which it is reported, an event in that in which it happens.",
    "open": "Reported before the end of the month and not ended then; service windows apart. By the village in which a "
    "case truly lies, whether its coordinates are told or not.",
    "due": "Dispatched cases (流转件) whose last deadline lies in the month; those put off (缓办) left out. on_time: closed "
    "not after the deadline; late_closed: closed after it; exempt: closed after it and an appeal was upheld; "
    "suspended: suspended (挂账); overdue_open: the rest. due is the sum of the five. An extension moves a case to the "
    "month of its new deadline, a suspension moves it on by its length, a reopened case counts by its new deadline.",
    "due_at_month_end": "As it stood at the end of that month.",
    "due_at_end": "As it stands at the end of the period.",
    "flat": "visits, information, disputes and sentiment tell the beginning and the end of a case and no deadline.",
}


class Count:
    """Counts; `add` what leaves with a chunk, `month_end` what stays, `finish` at the end."""

    def __init__(
        self, scenario: Scenario, village: npt.NDArray[np.int64], villages: list[str], units: list[str],
        categories: npt.NDArray[Any],
    ) -> None:  # fmt: skip
        self._village, self._villages = village, villages
        self._categories = list(dict.fromkeys(categories.tolist()))
        self._category_of = np.array([self._categories.index(name) for name in categories])
        self._edges = np.array(
            [(scenario.first_of_month(k + 1) - EPOCH).days * DAY for k in range(scenario.months + 1)], np.int64
        )
        self._months = [f"{day_of(int(edge // DAY)):%Y-%m}" for edge in self._edges[:-1]]
        n = scenario.months
        sorts = ("source", "channel", "track", "category")
        self._cases: dict[str, dict[str, int]] = {name: {} for name in sorts}
        self._events: dict[str, dict[str, int]] = {name: {} for name in sorts}
        self._cases_by_month, self._events_by_month = np.zeros(n, np.int64), np.zeros(n, np.int64)
        self._by_event = np.zeros(len(c.EVENT_NO), np.int64)
        self._open: dict[str, dict[str, Any]] = {}
        self._then = {name: np.zeros(n, np.int64) for name in _PARTS}
        self._final = {name: np.zeros(n, np.int64) for name in _PARTS}
        self._units = units
        self._by_unit = np.zeros((len(units), len(_PARTS)), np.int64)

    def add(self, month: int, cases: Records, events: Records) -> None:
        """What leaves with the chunk of a month (0 is the first): finished cases, and the events of the month."""
        self._tally(cases)
        self._events_by_month[month] += len(events)
        self._by_event += np.bincount(events["event"], minlength=len(self._by_event))
        self._place(self._final, cases, self._edges[-1])
        later = cases[(cases["due"] >= self._edges[month])]
        self._place(self._then, later, self._edges[-1])

    def month_end(self, month: int, cases: Records) -> None:
        """What is not finished at the end of a month."""
        end = self._edges[month + 1]
        mine = cases[cases["due"] >= self._edges[month]]
        self._place(self._then, mine[mine["due"] < end], end)
        is_open = ~np.isin(cases["state"], _ENDED) & (cases["life"] != c.WINDOW_LIFE)
        by_village = np.bincount(self._village[cases["grid"][is_open]], minlength=len(self._villages))
        self._open[f"{day_of(int(end // DAY) - 1)}"] = {
            "total": int(is_open.sum()),
            "by_village": dict(zip(self._villages, by_village.tolist(), strict=True)),
        }

    def finish(self, cases: Records) -> None:
        """What is not finished at the end of the period."""
        self._tally(cases)
        self._place(self._final, cases[cases["due"] < self._edges[-1]], self._edges[-1])

    def _tally(self, cases: Records) -> None:
        for name, (numbers, words) in self._sorts(cases).items():
            known = numbers >= 0
            n = np.bincount(numbers[known], minlength=len(words))
            m = np.bincount(numbers[known], cases["seq"][known], len(words))
            for k in np.flatnonzero(n):
                self._cases[name][words[k]] = self._cases[name].get(words[k], 0) + int(n[k])
                self._events[name][words[k]] = self._events[name].get(words[k], 0) + int(m[k])
        month = np.searchsorted(self._edges, cases["reported"], "right") - 1
        self._cases_by_month += np.bincount(month, minlength=len(self._months))

    def _sorts(self, cases: Records) -> dict[str, tuple[npt.NDArray[Any], list[str]]]:
        """Number of each case by each sort, and the words of the numbers; -1 = of none."""
        category = np.where(cases["matter"] >= 0, self._category_of[cases["matter"]], -1)
        return {
            "source": (cases["source"], list(SOURCES)), "channel": (cases["channel"], list(CHANNELS)),
            "track": (cases["track"], list(TRACKS)), "category": (category, self._categories),
        }  # fmt: skip

    def _place(self, parts: dict[str, npt.NDArray[np.int64]], cases: Records, end: int) -> None:
        """Sort cases into the cohorts of the months of their deadlines."""
        some = cases[(cases["track"] == 1) & (cases["due"] >= self._edges[0]) & (cases["due"] < self._edges[-1])]
        some = some[~np.isin(some["state"], (c.VOIDED, c.DEFERRED))]
        month = np.searchsorted(self._edges, some["due"], "right") - 1
        ended = np.isin(some["state"], _ENDED)
        late = ended & (some["closed"] > some["due"])
        kinds = {
            "on_time": ended & ~late, "exempt": late & (some["exempt"] == 1), "late_closed": late & (some["exempt"] == 0),
            "suspended": some["state"] == c.SUSPENDED, "overdue_open": ~ended & (some["state"] != c.SUSPENDED),
        }  # fmt: skip
        for name, here in kinds.items():
            parts[name] += np.bincount(month[here], minlength=len(self._months))
        if parts is self._final:
            for k, name in enumerate(_PARTS):
                self._by_unit[:, k] += np.bincount(some["unit"][kinds[name]], minlength=len(self._by_unit))

    def told(self) -> dict[str, Any]:
        """All of it, as plain numbers."""
        events = list(c.EVENT_CODES)
        return {
            "cases": {
                "total": int(self._cases_by_month.sum()), **self._cases,
                "month": dict(zip(self._months, self._cases_by_month.tolist(), strict=True)),
            },
            "events": {
                "total": int(self._events_by_month.sum()), **self._events,
                "month": dict(zip(self._months, self._events_by_month.tolist(), strict=True)),
                "event": {events[k]: int(n) for k, n in enumerate(self._by_event) if n},
            },
            "open": self._open,
            "due_at_month_end": self._cohorts(self._then),
            "due_at_end": self._cohorts(self._final),
            "due_at_end_by_unit": {
                unit: {"due": int(counts.sum()), **dict(zip(_PARTS, counts.tolist(), strict=True))}
                for unit, counts in zip(self._units, self._by_unit, strict=True)
                if counts.any()
            },
            "rules": RULES,
        }  # fmt: skip

    def _cohorts(self, parts: dict[str, npt.NDArray[np.int64]]) -> dict[str, dict[str, int]]:
        return {
            month: {
                "due": int(sum(parts[name][k] for name in _PARTS)),
                **{name: int(parts[name][k]) for name in _PARTS},
            }
            for k, month in enumerate(self._months)
        }
