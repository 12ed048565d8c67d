"""What the town's catalogue says: service items, matters of social management and of enforcement, by line of business.

The matters that cases are about (matters.csv) are items; word lists in catalogue/ fill up to the published numbers. The
squads have a catalogue of their own: other items, codes, wording and limits, as real towns publish two that disagree.
"""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from gridgov.errors import SettingsError
from gridgov.simulate.scenario import Scenario
from gridgov.vocabulary import LIMIT_UNITS

OWNER_CLASSES = ("village", "squad", "cleaning", "")
"""Owners that are no unit: the village or squad a case lies in, the cleaning lot of the village, nobody."""

_COLUMNS = ["code", "kind", "category", "name", "unit", "line", "limit_value", "limit_unit"]
_GOLDEN = (5**0.5 - 1) / 2
_LIMIT = re.compile(rf"(\d+)({'|'.join(term.zh for term in LIMIT_UNITS.values())})")
_UNIT_OF = {term.zh: code for code, term in LIMIT_UNITS.items()}


def read_lines(scenario: Scenario) -> pd.DataFrame:
    """Lines of business: code, name, and the town's body that answers to the department."""
    return _read(scenario, "catalogue/lines.csv")


def make_items(scenario: Scenario, lines: pd.DataFrame, units: set[str]) -> pd.DataFrame:
    """The town's catalogue, by kind and category: the columns of Organisation.items.

    units  codes of the units that may own an item
    Raises SettingsError when the lists hold too few items, or an item whose owner, line or limit nobody knows.
    """
    p = scenario.read("organisation.toml")["catalogue"]
    matters = _read(scenario, "matters.csv")[["category", "name", "kind", "unit", "line", "limit"]]
    further = {"service": _services(scenario, lines), "social": _read(scenario, "catalogue/social.csv"),
               "enforcement": _offences(scenario, "对{subject}{act}的处罚")}  # fmt: skip
    kinds = []
    for kind, others in further.items():
        own = matters[matters["kind"] == kind]
        others = others[~others["name"].isin(own["name"])].assign(kind=kind)
        items = pd.concat([own, _thinned(others, p[kind] - len(own), kind)], ignore_index=True)
        items = items.sort_values("category", key=_first_seen, kind="stable", ignore_index=True)
        kinds.append(items.assign(code=[f"{p['prefix'][kind]}{n:03}" for n in range(1, len(items) + 1)]))
    return _checked(pd.concat(kinds, ignore_index=True), lines, units)


def make_squad_items(scenario: Scenario, lines: pd.DataFrame) -> pd.DataFrame:
    """The squads' own catalogue: the columns of Organisation.items. They count days on the calendar, not working days."""
    p = scenario.read("organisation.toml")["squad_catalogue"]
    offences = _offences(scenario, "{subject}{act}行为查处")
    items = _thinned(offences[offences["line"].isin(p["lines"])], p["total"], "squad", offset=0.5)
    items = items.sort_values(["line", "category"], key=_first_seen, kind="stable", ignore_index=True)
    serial = items.groupby("line").cumcount() + 1
    items["code"] = [f"{p['prefix']}{line[1:]}{n:03}" for line, n in zip(items["line"], serial, strict=True)]
    items = _checked(items.assign(kind="enforcement", unit="squad"), lines, set())
    in_days = items["limit_unit"] == "work_day"
    items["limit_value"] = items["limit_value"].where(~in_days, np.ceil(items["limit_value"] * 7 / 5).astype(np.int64))
    return items.assign(limit_unit=items["limit_unit"].where(~in_days, "natural_day"))


def limit_text(value: int, unit: str) -> str:
    """A limit as people write it.

    >>> limit_text(4, "work_hour")
    '4工作时'
    """
    return f"{value}{LIMIT_UNITS[unit].zh}"


def _read(scenario: Scenario, name: str) -> pd.DataFrame:
    return pd.read_csv(scenario.folder / name, dtype=str, keep_default_na=False)


def _services(scenario: Scenario, lines: pd.DataFrame) -> pd.DataFrame:
    """One item for each thing and what is done with it; the body of the department answers."""
    written = _read(scenario, "catalogue/service.csv")
    written["unit"] = written["line"].map(lines.set_index("code")["body"])
    items = written.assign(act=written["acts"].str.split("|")).explode("act", ignore_index=True)
    return items.assign(name=items["thing"] + items["act"])[["category", "name", "unit", "line", "limit"]]


def _offences(scenario: Scenario, wording: str) -> pd.DataFrame:
    """One item for each kind of offender and what it may do wrong."""

    def items() -> Iterator[dict[str, Any]]:
        for row in _read(scenario, "catalogue/enforcement.csv").to_dict("records"):
            for subject in row["subjects"].split("|"):
                for act in row["acts"].split("|"):
                    yield row | {"name": wording.format(subject=subject, act=act)}

    return pd.DataFrame(items())[["category", "name", "unit", "line", "limit"]]


def _thinned(items: pd.DataFrame, n: int, what: str, offset: float = 0.0) -> pd.DataFrame:
    """n of the items, of each line the same share spread evenly over its list (multiples of the golden ratio)."""
    if not 0 <= n <= len(items):
        raise SettingsError(
            f"The word lists of the catalogue give {len(items)} further '{what}' items where {n} are needed."
        )
    place = items.groupby("line").cumcount().to_numpy()
    kept = np.argsort((place * _GOLDEN + offset) % 1, kind="stable")[:n]
    return items.iloc[np.sort(kept)]


def _first_seen(words: pd.Series) -> pd.Series:
    """A key that sorts words by where they first appear, so that equal ones stand together."""
    return pd.Series(pd.factorize(words)[0], index=words.index)


def _checked(items: pd.DataFrame, lines: pd.DataFrame, units: set[str]) -> pd.DataFrame:
    """Limits as numbers, lines as rows; every owner, line and limit known, every name once in its kind and category."""
    faults = {
        "a line that lines.csv does not have": ~items["line"].isin(lines["code"]),
        "an owner that is no unit": ~items["unit"].isin([*units, *OWNER_CLASSES]),
        "a limit that cannot be read": ~items["limit"].str.fullmatch(_LIMIT),
        "the name of another item of its category": items.duplicated(["kind", "category", "name"]),
    }
    for what, wrong in faults.items():
        if wrong.any():
            row = items[wrong].iloc[0]
            raise SettingsError(
                f"The item '{row['name']}' ({row['category']}) of the catalogue has {what}: "
                f"owner '{row['unit']}', line '{row['line']}', limit '{row['limit']}'."
            )
    parts = items["limit"].str.extract(_LIMIT.pattern)
    rows = lines.reset_index().set_index("code")["index"]
    items = items.assign(
        line=items["line"].map(rows), limit_value=parts[0].astype(np.int64), limit_unit=parts[1].map(_UNIT_OF)
    )
    return items[_COLUMNS]
