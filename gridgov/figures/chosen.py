"""The figure that suits an answer."""

import pandas as pd
import plotly.graph_objects as go

from gridgov.figures.charts import bars, flow, loads
from gridgov.figures.maps import choropleth, points
from gridgov.figures.style import Scheme, message
from gridgov.figures.text import column_name
from gridgov.vocabulary import Lang, label

_FIRST = ("n_open", "n_reported", "n_cases")


def figure_of(
    frame: pd.DataFrame, question: str, title: str | None = None, lang: Lang = "en", scheme: Scheme = "light"
) -> go.Figure:
    """A map where rows are grids or cases, bars over periods, what became of the rows of loads; else bars by the first key."""
    counts = [c for c in frame.columns if c.startswith("n_")]
    if frame.empty:
        return message(label("no_data", lang), scheme, title)
    if question == "loads":
        return loads(frame, lang=lang, scheme=scheme, title=title)
    if question == "cases" and "geom" in frame and frame["geom"].notna().any():
        return points(frame, lang=lang, scheme=scheme, title=title)
    if "period_on" in frame:
        periods = frame.groupby("period_on", as_index=False)[counts].sum()
        if "n_reported" in periods:
            return flow(periods, lang=lang, scheme=scheme, title=title)
        return bars(periods, "period_on", counts[0], lang=lang, scheme=scheme, title=title)
    if question == "cases":
        tally = frame.groupby("category", dropna=False, as_index=False).size().rename(columns={"size": "n_cases"})
        return bars(tally, "category", "n_cases", lang=lang, scheme=scheme, title=title)
    measure = next((c for c in _FIRST if c in frame), counts[0])
    if "geom" in frame and frame["geom"].notna().any():
        grids = frame[frame["level"] == frame["level"].max()] if "level" in frame else frame
        return choropleth(grids, measure, lang=lang, scheme=scheme, title=title)
    keys = [c for c in frame.columns if c not in counts and not c.endswith("_at")]
    if keys:
        return bars(frame, keys[0], measure, lang=lang, scheme=scheme, title=title)
    totals = pd.DataFrame({"name": [column_name(c, lang) for c in counts], "n": [frame[c].sum() for c in counts]})
    return bars(totals, "name", "n", lang=lang, scheme=scheme, title=title)
