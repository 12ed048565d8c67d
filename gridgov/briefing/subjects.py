"""Whom a briefing is about: the town, one of its villages, or a responsible unit, by code."""

from dataclasses import dataclass
from typing import Final, Literal

from gridgov.errors import UnknownScope
from gridgov.questions import Town
from gridgov.text import nearest

Of = Literal["town", "village", "unit"]

BRIEFED: Final = ("body", "squad")
"""Kinds of units that get a briefing of their own without being asked for."""


@dataclass(frozen=True)
class Subject:
    """Whom a briefing is about.

    level   of a village: the level of grids that it is one of
    kind    of a unit: body, squad, stationed ...; None = not known
    """

    code: str
    name: str
    of: Of
    level: str | None = None
    kind: str | None = None


def subjects(town: Town) -> list[Subject]:
    """The town, then the grids right below it, then its bodies and squads: all that get briefings."""
    units = [each for each in _units(town) if each.kind in BRIEFED]
    order = {kind: k for k, kind in enumerate(BRIEFED)}
    return [_whole(town), *_villages(town), *sorted(units, key=lambda each: (order[each.kind or ""], each.code))]


def subject(town: Town, code: str | None) -> Subject:
    """The one of a code; None = the town. A unit whose code is a village's is `unit-` and its code.

    Raises UnknownScope, naming what there is.
    """
    whole, villages, units = _whole(town), _villages(town), _units(town)
    if code is None or code in (town.code, _root(town)):
        return whole
    known = {each.code: each for each in [*villages, *units]}
    if code in known:
        return known[code]
    named = next((f" ('{each.code}' is {each.name})" for each in known.values() if each.name == code), "")
    raise UnknownScope(
        f"There is no village and no unit with the code '{code}' in '{town.code}'{named or nearest(code, known)}. "
        f"A briefing is of the town ({town.code}), of a village such as {_example(villages)}, or of a unit such as "
        f"{_example([each for each in units if each.kind in BRIEFED] or units)}."
    )


def _example(known: list[Subject]) -> str:
    return f"{known[0].code} {known[0].name}" if known else "(none is loaded)"


def _whole(town: Town) -> Subject:
    about = town.about()
    return Subject(town.code, about.name_zh or about.name, "town")


def _root(town: Town) -> str | None:
    found = town.ask("hierarchy").frame
    return None if found.empty else str(found["grid_code"].iloc[0])


def _villages(town: Town) -> list[Subject]:
    found = town.ask("hierarchy").frame
    below = found[found["level"] == 1]
    return [
        Subject(row.grid_code, row.grid_name, "village", level=row.level_code)
        for row in below.itertuples()
        if isinstance(row.grid_name, str)
    ]


def _units(town: Town) -> list[Subject]:
    """The units; one that shares its code with a village, or with the town, gets another, so that their papers have two names."""
    taken = {town.code, _root(town), *(each.code for each in _villages(town))}
    return [
        Subject(f"unit-{row.code}" if row.code in taken else row.code, row.name, "unit", kind=row.kind)
        for row in town.units().itertuples()
    ]
