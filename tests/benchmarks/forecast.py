"""Next week's cases: ours against statsforecast and hierarchicalforecast, on the same weeks, in one run.

    python -m tests.benchmarks.forecast [--weeks 26] [--models ses ets theta]

Takes the daily counts of the town of the current state folder (`make demo` first) by grid, village and town, as the question
`forecast` reads them, and forecasts each of the last weeks from what was known before it: ours; and the libraries' models on
the weekly counts, reconciled from the bottom up and by MinTrace (structural weights), with bounds of 80 % in the normal
manner. The models are tried on counts as they are, and on counts from which the days' factors were taken (ours: Saturdays,
Sundays, holidays), given back to the forecast. Prints for each level the mean absolute error as a ratio to the seasonal naive
forecast, the share of weeks within the bounds, and processor seconds; the imports apart. Exits with 1 if ours is more than a
twentieth worse than the best of them at any level.
"""

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np
import numpy.typing as npt
import pandas as pd

import gridgov as gg
from gridgov.analytics.forecasting import WEEK, YEAR, day_factors, next_week, summed
from gridgov.questions import forecast as question

FloatArray = npt.NDArray[np.float64]
_BOUNDS = ("-lo-80", "-hi-80")


def main() -> int:
    """Forecast the same weeks in each way and print how far off they were."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--weeks", type=int, default=26)
    parser.add_argument("--models", nargs="*", choices=("ses", "ets", "theta"), default=["ses"])
    asked = parser.parse_args()
    with mock.patch.object(question, "next_week", wraps=next_week) as taken:
        gg.open().ask("forecast", by="grid")
    counts, ups, kinds = taken.call_args.args
    n_weeks = counts.shape[1] // WEEK
    weekly = summed(counts[:, -n_weeks * WEEK :].reshape(len(counts), n_weeks, WEEK).sum(axis=2), ups)
    n_tested = min(asked.weeks, n_weeks // 2)
    came, naive = ([known[:, n_weeks - n_tested - lag : n_weeks - lag] for known in weekly] for lag in (0, 1))
    naive_error = [float(np.abs(a - b).mean()) for a, b in zip(came, naive, strict=True)]
    print(f"{n_weeks} weeks of {' + '.join(str(len(known)) for known in weekly)} parts, {n_tested} of them forecast")

    began = time.process_time()
    found = next_week(counts, ups, kinds)
    assert found is not None, "the town is too short"
    ours = [each.error / each.naive_error for each in found[1]]
    _say("ours", ours, [each.covered for each in found[1]])
    print(f"  {time.process_time() - began:.1f} s, the forecast and its test of {found[1][0].n_weeks} weeks")

    began = time.process_time()
    from statsforecast.models import AutoETS, DynamicOptimizedTheta, SimpleExponentialSmoothingOptimized

    models = {
        "ses": (SimpleExponentialSmoothingOptimized(), False),
        "ets": (AutoETS(season_length=1), True),
        "theta": (DynamicOptimizedTheta(season_length=1), True),
    }
    reconcile = _reconciler(ups, len(counts))
    print(f"  {time.process_time() - began:.1f} s, the libraries' imports")
    factors = [_factors(counts, kinds, week) for week in range(n_weeks - n_tested, n_weeks)]
    best = [float("inf")] * len(weekly)
    for name in asked.models:
        for days in (False, True):
            began = time.process_time()
            told = [
                reconcile(*models[name], known, held if days else np.ones(len(held)), coming if days else 1.0)
                for known, (held, coming) in (
                    (np.concatenate([each[:, : n_weeks - n_tested + k] for each in weekly]), factors[k])
                    for k in range(n_tested)
                )
            ]
            took = time.process_time() - began
            for way in (column for column in told[0] if not column.endswith(_BOUNDS)):
                errors, covered = _compared(told, way, came, naive_error)
                best = [min(pair) for pair in zip(best, errors, strict=True)]
                _say(f"{way}{', days taken out' if days else ''}", errors, covered)
            print(f"  {took:.1f} s for {n_tested} weeks")
    print("ours / the best: " + "  ".join(f"{a / b:.3f}" for a, b in zip(ours, best, strict=True)))
    return int(any(a > 1.05 * b for a, b in zip(ours, best, strict=True)))


def _say(name: str, errors: list[float], covered: list[float]) -> None:
    told = "  ".join(f"{error:.3f} ({share:.0%})" if share == share else f"{error:.3f}" for error, share in
                     zip(errors, covered, strict=True))  # fmt: skip
    print(f"{name[:70]:70} {told}", flush=True)


def _factors(counts: FloatArray, kinds: npt.NDArray[np.int64], week: int) -> tuple[FloatArray, float]:
    """What the days made of each week before one, and what they will make of it, 1 = an ordinary week."""
    spare = counts.shape[1] % WEEK
    total, kinds, until = counts[:, spare:].sum(axis=0), kinds[spare:], week * WEEK
    of_days = day_factors(total[max(0, until - YEAR) : until], kinds[max(0, until - YEAR) : until])[kinds] / WEEK
    return of_days[:until].reshape(week, WEEK).sum(axis=1), float(of_days[until : until + WEEK].sum())


def _reconciler(ups: Any, n_parts: int) -> Callable[..., pd.DataFrame]:
    """What makes a coherent forecast of all levels with the libraries, one row a part of each."""
    from hierarchicalforecast.core import HierarchicalReconciliation
    from hierarchicalforecast.methods import BottomUp, MinTrace
    from statsforecast import StatsForecast

    sums = summed(np.eye(n_parts), ups)
    ids = [f"{level}-{part:06}" for level, rows in enumerate(sums) for part in range(len(rows))]
    made_of = pd.DataFrame(np.concatenate(sums), columns=ids[-n_parts:])
    made_of.insert(0, "unique_id", ids)
    tags = {str(level): np.array([each for each in ids if each.startswith(f"{level}-")]) for level in range(len(sums))}

    def reconcile(model: Any, bounded: bool, known: FloatArray, held: FloatArray, coming: float) -> pd.DataFrame:
        weeks = known.shape[1]
        rows = pd.DataFrame(
            {"unique_id": np.repeat(ids, weeks), "ds": np.tile(np.arange(weeks), len(ids)), "y": (known / held).ravel()}
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            maker = StatsForecast(models=[model], freq=1)
            base = maker.forecast(df=rows, h=1, level=[80] if bounded else None, fitted=bounded)
            given = {"Y_df": maker.forecast_fitted_values(), "level": [80]} if bounded else {}
            agreed = HierarchicalReconciliation([BottomUp(), MinTrace("wls_struct")]).reconcile(
                Y_hat_df=base, S_df=made_of, tags=tags, **given
            )
        return agreed.set_index("unique_id").loc[ids].drop(columns="ds") * coming

    return reconcile


def _compared(
    told: list[pd.DataFrame], way: str, came: list[FloatArray], naive_error: list[float]
) -> tuple[list[float], list[float]]:
    """By level: the error beside the naive one, and the share of counts within the bounds (NaN without any)."""
    expected = np.stack([week[way] for week in told], axis=1)
    low, high = (
        np.stack([week[way + end] if way + end in week else np.full(len(week), np.nan) for week in told], axis=1)
        for end in _BOUNDS
    )
    errors, covered, first = [], [], 0
    for counts, naive in zip(came, naive_error, strict=True):
        own = slice(first, first := first + len(counts))
        errors.append(float(np.abs(expected[own] - counts).mean()) / naive)
        is_in = ((low[own] <= counts) & (counts <= high[own])).mean()
        covered.append(float("nan") if np.isnan(low[own]).all() else float(is_in))
    return errors, covered


if __name__ == "__main__":
    sys.exit(main())
