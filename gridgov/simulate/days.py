"""What each day of the town was like: official working days, the weather of the Yangtze delta, seasons of the work.

Working days are the State Council's, as the `holidays` package knows them; the weather is drawn. A year is drawn as a
whole and from its own stream, so that a day has the same weather however many months are simulated.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import reduce
from typing import Any

import holidays
import numpy as np
import numpy.typing as npt

from gridgov.calendars import workdays
from gridgov.simulate.model import Days
from gridgov.simulate.scenario import Scenario, day_of
from gridgov.simulate.seeds import stream

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]


def make_days(scenario: Scenario) -> Days:
    """The days of the period with its run-up and run-out, by days.toml.

    A public holiday is every day of an unbroken run of days off in which an official holiday falls: the weekend that
    joins it is part of it. Raises CalendarError for a country whose holidays are not known.
    """
    p = scenario.read("days.toml")
    first, last = scenario.begin_day - p["run_up"], scenario.end_day + p["run_out"] - 1
    on = [day_of(n) for n in range(first, last + 1)]
    is_workday = workdays(p["country"], on[0], on[-1])
    years = {year: _year(scenario.seed, year, p) for year in range(on[0].year, on[-1].year + 1)}

    def drawn(name: str) -> Any:
        return np.array([years[day.year][name][day.timetuple().tm_yday - 1] for day in on])

    return Days(
        first=first,
        is_workday=is_workday,
        is_holiday=_holidays(p["country"], on, is_workday),
        rain_mm=drawn("rain_mm"),
        heat=drawn("heat"),
        wind=drawn("wind"),
        is_typhoon=drawn("is_typhoon"),
        is_plum_rain=drawn("is_plum_rain"),
        is_inspection=drawn("is_inspection"),
        is_burning_ban=drawn("is_burning_ban"),
        is_before_festival=_before_festival(p["country"], on, p["festival"]),
    )


def _holidays(country: str, on: list[date], is_workday: Flags) -> Flags:
    official = holidays.country_holidays(country, years=range(on[0].year, on[-1].year + 1))
    named = np.array([day in official for day in on]) & ~is_workday
    run = np.cumsum(np.diff(is_workday.astype(np.int8), prepend=0) != 0)
    return ~is_workday & np.isin(run, run[named])


def _before_festival(country: str, on: list[date], p: dict[str, Any]) -> Flags:
    """The days before the first day of the festival, by its name in the country's own language."""
    years = range(on[0].year, on[-1].year + 2)
    official = holidays.country_holidays(country, years=years, language="zh_CN")
    begins = [min(day for day in official if day.year == year and official[day] == p["name"]) for year in years]
    return np.array([any(0 < (begin - day).days <= p["before"] for begin in begins) for day in on])


def _year(seed: int, year: int, p: dict[str, Any]) -> dict[str, Any]:
    """All days of a calendar year: what is drawn for them."""
    rng = stream(seed, "days", year)
    n = date(year + 1, 1, 1).toordinal() - date(year, 1, 1).toordinal()
    on = [date(year, 1, 1) + timedelta(i) for i in range(n)]
    month = np.array([day.month - 1 for day in on])
    plum = _plum_rain(rng, year, n, p["plum_rain"])
    rain = _rain(rng, month, plum, p["rain"], p["plum_rain"])
    heat = _heat(rng, year, month, rain > 0, p["heat"])
    wind = rng.gamma(p["wind"]["shape"], np.array(p["wind"]["mean"])[month] / p["wind"]["shape"])
    typhoon = np.zeros(n, bool)
    for begin, strength in _typhoons(rng, year, p["typhoon"]):
        days = slice(begin, begin + len(strength))
        typhoon[days] = True
        rain[days] = np.maximum(rain[days], strength * rng.uniform(*p["typhoon"]["mm"]))
        wind[days] = np.maximum(wind[days], strength * rng.uniform(*p["typhoon"]["wind"]))
    return {
        "rain_mm": rain.round(1),
        "heat": heat.round(1),
        "wind": wind.round(1),
        "is_typhoon": typhoon,
        "is_plum_rain": plum,
        "is_inspection": _inspections(rng, year, n, p["inspection"]),
        "is_burning_ban": _seasons(year, n, p["burning_ban"]["seasons"]),
    }


def _row(year: int, written: str) -> int:
    """Row of a day written MM-DD in its year."""
    return date.fromisoformat(f"{year}-{written}").timetuple().tm_yday - 1


def _seasons(year: int, n: int, seasons: list[list[str]]) -> Flags:
    rows = np.arange(n)
    inside = [(rows >= _row(year, begin)) & (rows <= _row(year, end)) for begin, end in seasons]
    return reduce(np.logical_or, inside)


def _within(rng: np.random.Generator, bounds: Iterable[int]) -> int:
    """A whole number between two, both possible."""
    low, high = bounds
    return int(rng.integers(low, high, endpoint=True))


def _plum_rain(rng: np.random.Generator, year: int, n: int, p: dict[str, Any]) -> Flags:
    begin = _within(rng, (_row(year, day) for day in p["first"]))
    rows = np.arange(n)
    return (rows >= begin) & (rows < begin + _within(rng, p["length"]))


def _rain(rng: np.random.Generator, month: Any, plum: Flags, p: dict[str, Any], q: dict[str, Any]) -> Numbers:
    begins = np.where(plum, q["begins"], np.array(p["begins"])[month])
    lasts = np.where(plum, q["lasts"], np.array(p["lasts"])[month])
    drawn = rng.random(len(month))
    wet = np.zeros(len(month), bool)
    before = False
    for i in range(len(month)):
        before = wet[i] = drawn[i] < (lasts[i] if before else begins[i])
    mm = np.where(plum, q["mm"], np.array(p["mm"])[month])
    return np.where(wet, np.maximum(rng.gamma(p["shape"], mm / p["shape"]), 0.1), 0.0)


def _heat(rng: np.random.Generator, year: int, month: Any, wet: Flags, p: dict[str, Any]) -> Numbers:
    """A yearly wave, and departures from it that last: AR(1) with the month's standard deviation."""
    since = np.arange(len(month)) - _row(year, p["hottest"])
    normal = p["mean"] + p["swing"] * np.cos(2 * np.pi * since / 365.25)
    departure, drawn = np.empty(len(month)), rng.standard_normal(len(month))
    departure[0] = drawn[0]
    for i in range(1, len(month)):
        departure[i] = p["lasting"] * departure[i - 1] + np.sqrt(1 - p["lasting"] ** 2) * drawn[i]
    return normal + departure * np.array(p["departure"])[month] + p["when_wet"] * wet


def _typhoons(rng: np.random.Generator, year: int, p: dict[str, Any]) -> list[tuple[int, Numbers]]:
    """Row of the first day of each passage, and how strong it is on each of its days, 1 on the worst."""
    begins: list[int] = []
    n = _within(rng, p["a_year"])
    while len(begins) < n:
        begin = _within(rng, (_row(year, day) for day in p["first"]))
        if all(abs(begin - other) >= p["apart"] for other in begins):
            begins.append(begin)
    passages = []
    for begin in sorted(begins):
        low, high = p["fringe"]
        strength = rng.uniform(low, high, _within(rng, p["length"]))
        strength[rng.integers(len(strength))] = 1.0
        passages.append((begin, strength))
    return passages


def _inspections(rng: np.random.Generator, year: int, n: int, p: dict[str, Any]) -> Flags:
    """Whole weeks from a Monday, each in another season."""
    found = np.zeros(n, bool)
    for season in sorted(rng.choice(len(p["seasons"]), _within(rng, p["a_year"]), replace=False)):
        begin, end = (_row(year, day) for day in p["seasons"][season])
        begin = _within(rng, (begin, end - 6))
        begin += -(date(year, 1, 1) + timedelta(begin)).weekday() % 7
        found[begin : begin + 7] = True
    return found
