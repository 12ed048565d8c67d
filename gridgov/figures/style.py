"""How figures look: fonts, colours for light and dark, the shared template. Ramps are safe for colour-blind eyes."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

import plotly.graph_objects as go

Scheme = Literal["light", "dark"]

FONT: Final = (
    '"Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, "PingFang SC", "Microsoft YaHei", '
    '"Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif'
)
"""Fonts of the reader's own machine, Latin first, then Chinese; nothing is fetched."""

FAMILIES: Final = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei", "PingFang SC",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Noto Serif CJK SC", "SimHei", "SimSun",
)  # fmt: skip
"""Fonts of the machine that hold Latin and Chinese, for what is drawn or set here: the first that is there is taken."""


@dataclass(frozen=True)
class Colours:
    """The colours of one scheme.

    lights  the light of a case: its colour, and the colour of a word upon it
    """

    text: str
    muted: str
    line: str
    surface: str
    map_ground: str
    map_line: str
    map_built_up: str
    map_water: str
    map_road: str
    veil: str
    zero: str
    no_data: str
    reported: str
    closed: str
    net: str
    overdue: str
    open: str
    patrol: str
    blind: str
    outcomes: dict[str, str]
    lights: dict[str, tuple[str, str]]
    ramps: dict[str, tuple[str, ...]]


COLOURS: Final[dict[Scheme, Colours]] = {
    "light": Colours(
        text="#1f2933", muted="#66727e", line="#e4e8ec", surface="#ffffff", map_ground="#ffffff",
        map_line="#aab4be", map_built_up="#ece8e1", map_water="#c3d9e8", map_road="#bcb4a6", veil="rgba(255,255,255,0.86)",
        zero="#f3f5f7", no_data="#c9cdd2", reported="#2f6f9f", closed="#9dbfb4", net="#c2571a", overdue="#c2571a",
        open="#2f6f9f", patrol="#1f4fd1", blind="#a3195b",
        outcomes={
            "loaded": "#2f6f9f", "updated": "#7aa6c8", "unchanged": "#c3cfd9", "duplicate": "#dcd3b8",
            "superseded": "#b7a98a", "quarantined": "#c2571a",
        },
        lights={
            "deep_red": ("#7a1f12", "#ffffff"), "red": ("#c2431a", "#ffffff"), "yellow": ("#f0b93a", "#1f2933"),
            "green": ("#1f7f6d", "#ffffff"), "grey": ("#d5dade", "#39434d"),
        },
        ramps={
            "n_open": ("#d6e6f1", "#a8cbe2", "#6fa8cd", "#3a7cac", "#154a77"),
            "n_overdue": ("#fde6c8", "#fac184", "#ee9248", "#cd611d", "#8f380a"),
            "open_per_1k": ("#e4e0f1", "#c5bae0", "#9d8bc9", "#7459aa", "#482a82"),
            "n_open_more": ("#2c7c8c", "#a9d0d3", "#f3f5f7", "#f2c79f", "#c2571a"),
            "covered_share": ("#e3efe6", "#bfdcc9", "#92c3ae", "#5fa394", "#31807a", "#135a5c"),
            "idle_mean_days": ("#fbe3b0", "#f6c06a", "#e8913f", "#c75f23", "#83300f"),
        },
    ),
    "dark": Colours(
        text="#e3e7eb", muted="#97a2ad", line="#323a43", surface="#1d2329", map_ground="#1d2329",
        map_line="#5a6570", map_built_up="#2c3035", map_water="#26495f", map_road="#5b5850", veil="rgba(29,35,41,0.86)",
        zero="#272e35", no_data="#4b5158", reported="#5f9fcf", closed="#5d8577", net="#f0975a", overdue="#f0975a",
        open="#5f9fcf", patrol="#8fb4ff", blind="#ff8fc0",
        outcomes={
            "loaded": "#5f9fcf", "updated": "#3f6f95", "unchanged": "#4a5560", "duplicate": "#8a8062",
            "superseded": "#6b6149", "quarantined": "#f0975a",
        },
        lights={
            "deep_red": ("#a8321f", "#ffffff"), "red": ("#f0875a", "#14181c"), "yellow": ("#f5d06a", "#14181c"),
            "green": ("#3f9c88", "#0b1513"), "grey": ("#4b5560", "#e3e7eb"),
        },
        ramps={
            "n_open": ("#1f3d55", "#275a80", "#3b80b0", "#74aed3", "#c4e1f3"),
            "n_overdue": ("#4a2c17", "#7d4216", "#b8621f", "#ec9650", "#fdd3a3"),
            "open_per_1k": ("#332b4d", "#51427d", "#7a66b0", "#a896d6", "#ddd3f3"),
            "n_open_more": ("#5cb6c4", "#2f6670", "#272e35", "#7d4f28", "#f0975a"),
            "covered_share": ("#203a3a", "#28504d", "#326e67", "#479488", "#79bfab", "#c6ead9"),
            "idle_mean_days": ("#54401c", "#80561c", "#b3701f", "#e2933d", "#ffd596"),
        },
    ),
}  # fmt: skip


@lru_cache(maxsize=2)
def template(scheme: Scheme) -> go.layout.Template:
    """What all figures share."""
    c = COLOURS[scheme]
    axis: dict[str, Any] = {
        "gridcolor": c.line, "linecolor": c.line, "zerolinecolor": c.line, "automargin": True, "ticks": "",
        "title": {"font": {"size": 12, "color": c.muted}, "standoff": 6}, "tickfont": {"size": 12, "color": c.muted},
    }  # fmt: skip
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 13, "color": c.text},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "title": {"font": {"size": 15}, "x": 0, "xref": "paper", "pad": {"b": 8}},
            "xaxis": axis,
            "yaxis": axis,
            "colorway": [c.reported, c.closed, c.net, "#8a7bb8", "#7d8790", "#b09a5b"],
            "hoverlabel": {
                "bgcolor": c.surface, "bordercolor": c.muted, "align": "left",
                "font": {"family": FONT, "size": 13, "color": c.text},
            },
            "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "font": {"size": 12, "color": c.muted}},
            "bargap": 0.25,
        }
    )  # fmt: skip


def blank(scheme: Scheme, title: str | None = None) -> go.Figure:
    """An empty figure in our style."""
    figure = go.Figure(layout={"template": template(scheme)})
    if title:
        figure.update_layout(title_text=title, margin_t=48)
    return figure


def message(words: str, scheme: Scheme = "light", title: str | None = None) -> go.Figure:
    """A figure that says why there is nothing to see."""
    figure = blank(scheme, title)
    figure.add_annotation(
        text=words, showarrow=False, x=0.5, y=0.5, xref="paper", yref="paper", font_color=COLOURS[scheme].muted
    )
    return figure.update_layout(xaxis_visible=False, yaxis_visible=False)
