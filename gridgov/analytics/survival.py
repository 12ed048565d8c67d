"""How long things take when some have not ended yet: the product-limit estimate of Kaplan and Meier (1958).

Open cases stay in: they count as at risk as long as they have been watched. Leaving them out, as the mean of the closed
ones does, makes a slow unit look quick.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """A survival curve: the share not yet ended after each time at which something ended.

    time      when at least one ended, ascending
    at_risk   still watched just before
    ended     that ended then
    survival  share not ended after it; low and high are its confidence band
    n, n_ended, longest   all durations, those that ended, the longest one watched
    open_at   how long each that has not ended was watched, ascending
    """

    time: FloatArray
    at_risk: npt.NDArray[np.int64]
    ended: npt.NDArray[np.int64]
    survival: FloatArray
    low: FloatArray
    high: FloatArray
    n: int
    n_ended: int
    longest: float
    open_at: FloatArray

    def n_watched(self, time: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """How many had not ended before a time, and were still watched then."""
        before = np.searchsorted(self.time, time, side="left")
        n_ended = np.concatenate([[0], np.cumsum(self.ended)])[before]
        return np.asarray(self.n - n_ended - np.searchsorted(self.open_at, time, side="left"), np.int64)

    def n_known(self, time: float) -> int:
        """Of how many it is known whether they had ended by a time: those that ended, and those watched so long."""
        return self.n - int(np.searchsorted(self.open_at, time, side="left"))

    def quantile(self, share: float) -> float:
        """The time by which a share has ended: 0.5 is the median. NaN when so many have not ended yet."""
        reached = np.flatnonzero(self.survival <= 1 - share + 1e-12)
        return float(self.time[reached[0]]) if len(reached) else float("nan")

    def quantile_band(self, share: float) -> tuple[float, float]:
        """Confidence limits of `quantile`: where the band crosses (Brookmeyer and Crowley 1982); NaN where it does not."""
        crossed = (np.flatnonzero(band <= 1 - share + 1e-12) for band in (self.low, self.high))
        low, high = (float(self.time[found[0]]) if len(found) else float("nan") for found in crossed)
        return low, high

    def ended_by(self, time: float) -> tuple[float, float, float]:
        """The share that has ended by a time (the time itself included) and its band; NaN beyond what was watched."""
        if not self.n or (time > self.longest and self.at_the_end() > 0):
            return float("nan"), float("nan"), float("nan")
        k = int(np.searchsorted(self.time, time, side="right")) - 1
        if k < 0:
            return 0.0, 0.0, 0.0
        return 1 - float(self.survival[k]), 1 - float(self.high[k]), 1 - float(self.low[k])

    def restricted_mean(self, horizon: float) -> float:
        """Mean duration when everything is cut at a horizon: the area under the curve. NaN beyond what was watched."""
        if not self.n or (horizon > self.longest and self.at_the_end() > 0):
            return float("nan")
        inside = self.time < horizon
        edges = np.concatenate([[0.0], self.time[inside], [horizon]])
        heights = np.concatenate([[1.0], self.survival[inside]])
        return float((np.diff(edges) * heights).sum())

    def at_the_end(self) -> float:
        """The share that had not ended after the last end seen."""
        return float(self.survival[-1]) if len(self.survival) else 1.0

    def frame(self) -> pd.DataFrame:
        """The curve as rows."""
        names = ("time", "at_risk", "ended", "survival", "low", "high")
        return pd.DataFrame({name: getattr(self, name) for name in names})


def kaplan_meier(duration: npt.ArrayLike, has_ended: npt.ArrayLike, level: float = 0.95) -> Curve:
    """The curve of durations of which some have not ended.

    duration   time from the beginning to the end, or to the last moment watched; 0 or more, any unit
    has_ended  False where the end has not been seen (censored); at equal times ends come before censoring
    level      of the band: Greenwood's variance on the log-log scale (Kalbfleisch and Prentice), as lifelines has it
    """
    time = np.asarray(duration, np.float64)
    ended = np.asarray(has_ended, bool)
    order = np.argsort(time, kind="stable")
    time, ended = time[order], ended[order]
    ends, n_ended = np.unique(time[ended], return_counts=True)
    at_risk = len(time) - np.searchsorted(time, ends, side="left")
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.exp(np.cumsum(np.log1p(-n_ended / at_risk)))
        variance = np.cumsum(n_ended / (at_risk * (at_risk - n_ended).astype(float)))
        spread = NormalDist().inv_cdf(0.5 + level / 2) * np.sqrt(variance) / np.log(survival)
        low, high = survival ** np.exp(-spread), survival ** np.exp(spread)
    low, high = (np.where(survival > 0, np.nan_to_num(band, nan=0.0), 0.0) for band in (low, high))
    n, longest = len(time), float(time[-1]) if len(time) else float("nan")
    return Curve(
        ends, at_risk.astype(np.int64), n_ended.astype(np.int64), survival, low, high, n, int(ended.sum()), longest,
        time[~ended],
    )  # fmt: skip
