"""How much of what happens on which day, at which hour, and how much of it is handled on the spot."""

from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.simulate.cases.matters import by_matter
from gridgov.simulate.model import CHANNELS, Days
from gridgov.simulate.scenario import EPOCH, Scenario

Floats = npt.NDArray[np.float64]
SIX = CHANNELS[:6]
"""The channels of ordinary cases: all but the service windows."""


def shares(matters: pd.DataFrame, p: dict[str, Any]) -> Floats:
    """(matters, channels): share of all cases, so that both the shares of matters and those of channels hold.

    Iterative proportional fitting (Deming and Stephan 1940) from what each channel sees more of than others.
    """
    of_matter = matters["share"].to_numpy(float) / 100
    of_channel = np.array([p["channels"][channel] for channel in SIX]) / 100
    table = np.empty((len(matters), len(SIX)))
    for k, channel in enumerate(SIX):
        table[:, k] = of_matter * by_matter(p["taste"].get(channel, {}), matters, 1.0)
    for channel, names in p["only"].items():
        table[np.ix_(matters["name"].isin(names), [c != channel for c in SIX])] = 0
    for _ in range(200):
        table *= (of_matter / np.maximum(table.sum(1), 1e-300))[:, None]
        table *= of_channel / table.sum(0)
    return table


def self_handled(matters: pd.DataFrame, share: Floats, p: dict[str, Any]) -> Floats:
    """(matters, channels): chance that a case is handled on the spot; the workers' part is tuned to the wanted total."""
    wanted = p["self_handled"]["share"]
    factor = np.array([p["self_handled"].get(channel, 1.0) for channel in SIX])
    chance = np.clip(matters["self_share"].to_numpy(float), 0, 0.999)[:, None] * factor
    odds = chance[:, 0] / (1 - chance[:, 0])
    rest = (chance[:, 1:] * share[:, 1:]).sum()
    low, high = 1e-3, 1e3
    for _ in range(60):
        k = np.sqrt(low * high)
        chance[:, 0] = k * odds / (1 + k * odds)
        low, high = (k, high) if rest + (chance[:, 0] * share[:, 0]).sum() < wanted else (low, k)
    return chance


def seasons(days: Days, names: set[str]) -> dict[str, Floats]:
    """How strongly each season is felt on each day, 0 to 1; days from days.first on."""
    n = len(days.rain_mm)
    month = np.array([(EPOCH + timedelta(days.first + k)).month for k in range(n)])
    yesterday = np.concatenate([[0.0], days.rain_mm[:-1]])
    week = np.convolve(days.rain_mm, np.ones(6))[:n]
    felt = {
        "rain": np.clip(np.maximum(days.rain_mm, 0.5 * yesterday) / 25, 0, 1),
        "plum": days.is_plum_rain, "typhoon": days.is_typhoon, "holiday": days.is_holiday,
        "wind": np.clip((days.wind - 8) / 8, 0, 1), "heat": np.clip((days.heat - 28) / 8, 0, 1),
        "cold": np.clip((10 - days.heat) / 8, 0, 1), "dry": week < 1,
        "inspection": days.is_inspection, "burning": days.is_burning_ban, "festival": days.is_before_festival,
        "school": np.isin(month, (6, 7, 8, 9)), "growth": (month >= 4) & (month <= 10), "autumn": (month >= 9) & (month <= 11),
    }  # fmt: skip
    return {name: felt[name].astype(float) for name in sorted(names)}


def day_rates(
    scenario: Scenario, days: Days, matters: pd.DataFrame, share: Floats, p: dict[str, Any]
) -> tuple[Floats, Floats]:
    """Expected cases a day are the product of the two: (matters, days) by season, (matters, channels, days) by channel.

    The mean over the days of the period is the wanted volume, whatever its seasons.
    """
    felt = seasons(days, {name for text in matters["season"] for name in text.split("|") if name})
    season = np.ones((len(matters), len(days.rain_mm)))
    for row, text in enumerate(matters["season"]):
        for name in filter(None, text.split("|")):
            season[row] *= 1 + p["season"][name] * felt[name]
    weekly = np.array([np.where(days.is_workday, 1.0, p["weekend"][channel]) for channel in SIX])
    weekly[0] *= 1 - 0.3 * np.clip(days.rain_mm / 30, 0, 1)  # rain keeps workers in
    period = slice(scenario.begin_day - days.first, scenario.end_day - days.first)
    echo = np.array([1 + 0.85 * p["echo"].get(channel, {}).get("share", 0.0) for channel in SIX])
    total = season[:, period] @ weekly[:, period].T
    n_days = period.stop - period.start
    level = p["volume"]["a_day"] * scenario.scale * share * n_days / total / echo
    return season, level[:, :, None] * weekly[None]


def hour_tables(matters: pd.DataFrame, p: dict[str, Any]) -> Floats:
    """(channels, profiles of matters, 25): running shares of the hours of a day; profiles in the order of `happens`."""
    tables = np.empty((len(SIX), len(p["happens"]), 25))
    for row, spans in enumerate(p["happens"].values()):
        factor = np.ones(24)
        for first, last, times in spans:
            factor[first:last] *= times
        for k, channel in enumerate(SIX):
            weight = np.array(p["hours"][channel]) * factor
            tables[k, row] = np.concatenate([[0], np.cumsum(weight / weight.sum())])
    return tables


def clock_times(rng: np.random.Generator, tables: Floats, channel: np.ndarray, profile: np.ndarray) -> np.ndarray:
    """A second of the day for each case by its channel and profile."""
    u, seconds = rng.random(len(channel)), np.empty(len(channel), np.int64)
    which = channel * tables.shape[1] + profile
    flat = tables.reshape(-1, 25)
    for row in np.unique(which):
        here = which == row
        seconds[here] = np.interp(u[here], flat[row], np.arange(25) * 3_600.0).astype(np.int64)
    return np.minimum(seconds, 86_399)
