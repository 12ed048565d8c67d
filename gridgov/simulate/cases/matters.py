"""The matters that cases are about: data/scenarios/<name>/matters.csv, and the numbers their handling depends on."""

import re
from typing import Any

import numpy as np
import pandas as pd

from gridgov.calendars import UNIT_NO
from gridgov.errors import SettingsError
from gridgov.simulate.cases.records import MATTER, Records
from gridgov.simulate.scenario import Scenario
from gridgov.vocabulary import LIMIT_UNITS

_LIMIT = re.compile(r"([\d.]+)(.+)")
_UNIT_OF = {term.zh: UNIT_NO[code] for code, term in LIMIT_UNITS.items()}
_WORKING = {0: 3_600.0, 1: 3_600.0, 2: 8 * 3_600.0, 3: 8 * 3_600.0 * 5 / 7}
"""Working seconds that one of a limit's unit amounts to, for planning only."""


def read_matters(scenario: Scenario) -> pd.DataFrame:
    """The matters in the order of the file; `matter` in the cases is the row.

    category, name, kind (social, enforcement), unit (a code, village, squad, cleaning, "" = nobody), line, limit,
    share (of all cases, percent), self_share (of a worker's reports that are handled on the spot), spot (kinds of spots),
    hours and season (names in cases.toml), texts (separated by |), limit_value, limit_unit (number of UNIT_NO)
    """
    matters = pd.read_csv(scenario.folder / "matters.csv", keep_default_na=False)
    limits = [parse_limit(text) for text in matters["limit"]]
    return matters.assign(limit_value=[value for value, _ in limits], limit_unit=[unit for _, unit in limits])


def parse_limit(text: str) -> tuple[float, int]:
    """A limit such as 4工作时 or 2紧急工作时: its length and the number of its unit. Raises SettingsError.

    >>> parse_limit("4工作时")
    (4.0, 1)
    """
    match = _LIMIT.fullmatch(text.strip())
    if not match or match[2] not in _UNIT_OF:
        raise SettingsError(f"'{text}' is no time limit: expected a number and one of {', '.join(_UNIT_OF)}.")
    return float(match[1]), _UNIT_OF[match[2]]


def working_seconds(value: float, unit: int) -> float:
    """About how much working time a limit gives."""
    return value * _WORKING[unit]


def by_matter(table: dict[str, Any], matters: pd.DataFrame, default: float) -> np.ndarray:
    """A number for each matter: its own in a table, else that of its category, else the default."""
    own = matters["name"].map(table)
    return own.fillna(matters["category"].map(table)).fillna(default).to_numpy(float)


def matter_records(matters: pd.DataFrame, p: dict[str, Any]) -> Records:
    """The matters for compiled code, by cases.toml."""
    table = np.zeros(len(matters), MATTER)
    table["limit"], table["limit_unit"] = matters["limit_value"], matters["limit_unit"]
    table["work_s"] = [
        working_seconds(v, u) for v, u in zip(matters["limit_value"], matters["limit_unit"], strict=True)
    ]
    table["accuracy"] = by_matter(p["accuracy"], matters, 1.0)
    table["suspend"] = by_matter(p["suspend"], matters, 0.0)
    table["defer"] = by_matter(p["defer"], matters, 0.0)
    outdoor = {name: mm for name, mm in p["outdoor"].items() if name not in ("units", "mm")}
    outside = matters["unit"].isin(p["outdoor"]["units"])
    own = matters["name"].map(outdoor)
    table["mm"] = own.fillna(outside.map({True: p["outdoor"]["mm"], False: np.inf}))
    table["is_approval"] = matters["category"].isin(p["approval"]["categories"])
    table["is_urgent"] = matters["limit_unit"] == UNIT_NO["urgent_hour"]
    table["is_consult"] = matters["name"].isin(p["limits"]["consults"])
    table["n_texts"] = [len(texts.split("|")) for texts in matters["texts"]]
    return table
