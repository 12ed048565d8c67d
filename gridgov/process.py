"""The life of a case as data: which events there are, from which state each may happen, and what state it leads to.

Read once, as the package is first used, from the file that GRIDGOV_PROCESS names (data/process/case.toml unless it is set): it
holds for the whole installation. An event that leads to a state is a move; one that leaves the state as it is, a side
event (an urging, a card, a photo). Events and states go by number in arrays: the number of an event is its place in the
file, that of a state its place in `vocabulary.STATES`, that of a track its place in `vocabulary.TRACKS`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from gridgov.errors import SettingsError
from gridgov.settings import settings
from gridgov.text import nearest
from gridgov.tomlfile import own_or_shipped
from gridgov.vocabulary import ACTORS, ENDED, STATES, TRACKS, Lang

ANY_OPEN = "*"
"""In `from`: any state of a case that is open."""

NEEDS = ("unit", "reason", "due")
"""What an event may have to carry."""

UNKNOWN_TRACK = len(TRACKS)
"""The row of MOVES for cases whose track nobody told: they may take the moves of any."""


@dataclass(frozen=True, slots=True)
class Event:
    """A kind of event.

    number   its place in the file
    from_    the states in which it may happen, by track; no state = only as the first event of a case
    to       the state after it; None = a side event, the state stays
    by       who may make it, of vocabulary.ACTORS
    needs    what it must carry, of NEEDS
    """

    code: str
    zh: str
    en: str
    number: int
    from_: Mapping[str, tuple[str, ...]]
    to: str | None
    by: tuple[str, ...]
    needs: tuple[str, ...]

    @property
    def tracks(self) -> tuple[str, ...]:
        """The tracks it belongs to."""
        return tuple(self.from_)

    @property
    def is_side(self) -> bool:
        """True when it leaves the state as it is."""
        return self.to is None

    def label(self, lang: Lang) -> str:
        """The word in a language."""
        return self.zh if lang == "zh" else self.en


def parse_process(text: str) -> dict[str, Event]:
    """The events of a process file, by code; raises SettingsError with every fault in one message."""
    try:
        rows = tomllib.loads(text).get("event", [])
    except tomllib.TOMLDecodeError as err:
        raise SettingsError(f"The process of a case is not valid TOML: {err}.") from err
    faults: list[str] = []
    events: dict[str, Event] = {}
    for number, row in enumerate(rows):
        event = _event(number, row, faults)
        if event.code in events:
            faults.append(f"'{event.code}' stands there twice")
        events[event.code] = event
    if not any(event.to and not any(event.from_.values()) for event in events.values()):
        faults.append("no event can be the first of a case: one needs from = [] and a `to`")
    if faults:
        raise SettingsError(f"The process of a case cannot be followed: {'; '.join(faults)}.")
    return events


def _event(number: int, row: dict[str, Any], faults: list[str]) -> Event:
    code = str(row.get("code", f"event {number + 1}"))
    absent = [key for key in ("code", "zh", "en", "from", "by") if key not in row]
    faults += [f"'{code}' has no `{key}`" for key in absent]
    allowed = ("code", "zh", "en", "from", "to", "tracks", "by", "needs", "evidence")
    faults += [f"'{code}' has an unknown key `{key}`{nearest(key, allowed)}" for key in row if key not in allowed]
    given = row.get("from", [])
    if isinstance(given, dict) and "tracks" in row:
        faults.append(f"'{code}' names its tracks twice: in `from` and in `tracks`")
    by_track = given if isinstance(given, dict) else dict.fromkeys(row.get("tracks", TRACKS), given)
    _known(code, "a track", by_track, TRACKS, faults)
    for states in by_track.values():
        _known(code, "a state", states, (*STATES, ANY_OPEN), faults)
    _known(code, "a state", [row["to"]] if "to" in row else [], STATES, faults)
    _known(code, "an actor", row.get("by", []), ACTORS, faults)
    _known(code, "a need", row.get("needs", []), NEEDS, faults)
    return Event(
        code, str(row.get("zh")), str(row.get("en")), number,
        {track: _spelt_out(states) for track, states in by_track.items()},
        row.get("to"), tuple(row.get("by", [])), tuple(row.get("needs", [])),
    )  # fmt: skip


def _known(code: str, what: str, given: Any, known: Any, faults: list[str]) -> None:
    faults += [
        f"'{code}' names {what} '{word}' that there is not{nearest(str(word), known)}"
        for word in given
        if word not in known
    ]


def _spelt_out(states: Any) -> tuple[str, ...]:
    wanted = {*states, *(state for state in STATES if ANY_OPEN in states and state not in ENDED)}
    return tuple(state for state in STATES if state in wanted)


def moves(events: Mapping[str, Event]) -> npt.NDArray[np.int8]:
    """[track, state + 1, event] -> the state after it, -1 = impossible; state + 1 = 0 is a case before its first event.

    The last row of tracks is for cases whose track is unknown: what any track allows.
    """
    states = list(STATES)
    table = np.full((len(TRACKS) + 1, len(states) + 1, len(events)), -1, np.int8)
    for track, event in ((track, event) for track in TRACKS for event in events.values() if track in event.tracks):
        for at in [states.index(state) + 1 for state in event.from_[track]] or [0]:
            after = at - 1 if event.to is None else states.index(event.to)
            table[list(TRACKS).index(track), at, event.number] = after
            table[UNKNOWN_TRACK, at, event.number] = after
    return table


def read_process(name: str | Path = "case") -> dict[str, Event]:
    """The events of a process file, or of those shipped in data/process by their bare name; raises SettingsError.

    A process of one's own names what it likes, but the clocks and the questions know these events by their codes: NEEDED.
    """
    path = own_or_shipped(name, "process", "process")
    events = parse_process(path.read_text("utf-8-sig"))
    absent = [code for code in NEEDED if code not in events]
    if absent:
        raise SettingsError(
            f"The process in {path.name} has no event {', '.join(absent)}; the clocks of cases know these by their codes. "
            "Copy data/process/case.toml and change the moves, the labels and who may make them; keep the codes."
        )
    return events


NEEDED = (
    "reported", "accepted", "registered", "voided", "dispatched", "signed", "returned", "handled", "checked", "rework",
    "suspended", "deferred", "resumed", "closed", "forced_closed", "reopened", "extension_asked", "extended", "urged",
    "yellow_card", "red_card", "instructed", "appeal_upheld", "evaluated", "prereviewed", "reviewed",
)  # fmt: skip
"""Events that every process must have, see data/rules and analytics.course."""

EVENTS = read_process(settings().process)
"""The events by code, in the order of the file."""

MOVES = moves(EVENTS)
"""See `moves`. Handed to compiled code as an argument: as a constant it would outlive a change of the file in its cache."""


def follow(
    case: npt.NDArray[np.int64], event: npt.NDArray[np.integer], track: npt.NDArray[np.integer]
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.bool_]]:
    """Follow events, sorted by case and then by time, each from the state that the one before it left.

    track    of each event's case; -1 = unknown
    returns  the state after each event (-1 = none yet), and whether it was refused: a refused event leaves the state

    >>> numbers = [EVENTS[code].number for code in ("reported", "handled", "urged", "closed")]
    >>> state, refused = follow(np.zeros(4, np.int64), np.array(numbers), np.ones(4, int))
    >>> [list(STATES)[i] for i in state], refused.tolist()
    (['reported', 'reported', 'reported', 'reported'], [False, True, False, True])
    """
    return _follow(MOVES, case, event.astype(np.int16), np.where(track < 0, UNKNOWN_TRACK, track).astype(np.int16))


@numba.njit(cache=True, nogil=True)
def _follow(
    moves: npt.NDArray[np.int8],
    case: npt.NDArray[np.int64],
    event: npt.NDArray[np.int16],
    track: npt.NDArray[np.int16],
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.bool_]]:  # pragma: no cover  compiled
    state = np.full(len(case), -1, np.int8)
    refused = np.zeros(len(case), np.bool_)
    for i in range(len(case)):
        before = state[i - 1] if i > 0 and case[i] == case[i - 1] else -1
        after = moves[track[i], before + 1, event[i]]
        refused[i] = after < 0
        state[i] = before if after < 0 else after
    return state, refused
