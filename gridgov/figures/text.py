"""Values as people read them; texts of strangers made harmless."""

from datetime import date, datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from gridgov.schema import column_of, heading
from gridgov.vocabulary import Lang, words

NOTHING = "–"


def column_name(name: str, lang: Lang) -> str:
    """What stands over a column on a screen: the short word, else the heading of the data dictionary.

    >>> column_name("n_overdue", "en"), column_name("households", "zh"), column_name("n_open_per_km_road", "en")
    ('Overdue', '户数', 'Open per km of road')
    """
    if name in words():
        return words()[name].label(lang)
    column = column_of(name)[0]
    return heading(
        name, lang, words()[column.name].label(lang) if column is not None and column.name in words() else None
    )


def known(value: Any) -> bool:
    """True unless the value is absent (None, NaN, NaT).

    >>> known(0), known(""), known(float("nan")), known(None)
    (True, True, False, False)
    """
    return value is not None and not (pd.api.types.is_scalar(value) and pd.isna(value))


def number(value: Any) -> str:
    """A count with thousands separated, a measure with one or two digits; absent is a dash.

    >>> number(74026), number(6.2994), number(float("nan")), number(0), number(123.4)
    ('74,026', '6.30', '–', '0', '123')
    """
    if not known(value):
        return NOTHING
    if float(value) == int(value):
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(value) < 10 else f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"


def tenths(value: Any) -> str:
    """A measure with one digit behind the point; absent is a dash.

    >>> tenths(9.914), tenths(1_250), tenths(None)
    ('9.9', '1,250.0', '–')
    """
    return f"{value:,.1f}" if known(value) else NOTHING


def measured(name: str, value: Any) -> str:
    """A value of a column in the unit people read it in: shares in percent, areas in hectares (km² from 1 km² on).

    >>> measured("covered_share", 0.7312), measured("m2", 25_300), measured("n_open", 4), measured("due_m2", None)
    ('73.1 %', '2.53 ha', '4', '–')
    """
    column = column_of(name)[0]
    unit = column.unit if column is not None and known(value) else ""
    if unit == "0..1":
        return f"{100 * value:.1f} %"
    if unit == "m2":
        return f"{number(value / 1e6)} km²" if value >= 1e6 else f"{number(value / 1e4)} ha"
    return number(value)


def safe(value: Any) -> str:
    """A text for hover boxes, which understand a little HTML; absent is a dash.

    >>> safe("<b>bold</b> & co")
    '&lt;b&gt;bold&lt;/b&gt; &amp; co'
    """
    return escape(str(value), quote=False) if known(value) else NOTHING


def moment(value: Any, zone: str, day_only: bool = False) -> str:
    """An instant in the town's own time; only the day when the source gave no more.

    >>> moment(pd.Timestamp("2013-06-08T05:00Z"), "America/Chicago", day_only=True)
    '2013-06-08'
    """
    if not known(value):
        return NOTHING
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    local = pd.Timestamp(value).tz_convert(ZoneInfo(zone))
    return local.strftime("%Y-%m-%d" if day_only else "%Y-%m-%d %H:%M")


def age(hours: Any, lang: Lang) -> str:
    """How old something is: hours below two days, then days, then years.

    >>> age(7.2, "en"), age(100, "zh"), age(104_223, "en")
    ('7 h', '4 天', '11.9 years')
    """
    if not known(hours):
        return NOTHING
    if abs(hours) < 48:
        return f"{hours:.0f} {'小时' if lang == 'zh' else 'h'}"
    if hours < 24 * 730:
        return f"{hours / 24:,.0f} {'天' if lang == 'zh' else 'days'}"
    return f"{hours / 24 / 365.25:,.1f} {'年' if lang == 'zh' else 'years'}"
