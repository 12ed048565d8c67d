"""What the words of a filter mean: codes or labels of the field, names and codes of the town's own; any other is refused."""

from collections.abc import Mapping
from typing import Final

from gridgov.analytics.course import ENDS
from gridgov.errors import QuestionError
from gridgov.store.database import Connection, run
from gridgov.store.lasting import lasting
from gridgov.store.runs import Town
from gridgov.text import nearest
from gridgov.vocabulary import DUE_PARTS, ENDED, LIGHTS, NODES, PLACE_STATUS, STATES, TRACKS, Term

_CODED: Final[Mapping[str, Mapping[str, Term]]] = {
    "state": STATES, "stage": NODES, "light": LIGHTS, "track": TRACKS, "place_status": PLACE_STATUS,
    "part": DUE_PARTS,
}  # fmt: skip
_REGISTERED: Final = ("unit", "to_unit", "line", "channel", "source", "category", "subcategory")


def meant(connection: Connection, town: Town, name: str, texts: list[str]) -> list[str]:
    """The values that a dimension has where a filter says `texts`; QuestionError for a word that nothing there is called.

    A word of the field may be said by its code or its label, in zh or en; a red light is also a deep red one.
    """
    if name in _CODED:
        codes = [_code(name, text) for text in texts]
        return [*codes, "deep_red"] if name == "light" and "red" in codes else codes
    if name in _REGISTERED and texts:
        about = (town.id, name)
        # A load names its source before it merges, even if it fails then.
        known = _words(connection, *about) if name == "source" else lasting(connection, town, _words, *about)
        for text in texts:
            if text not in known:
                raise QuestionError(f"This town has no {name} '{text}'{nearest(text, known)}.")
    return texts


def _words(connection: Connection, town_id: int, name: str) -> set[str]:
    return set(run(connection, "questions/words_of", {"town_id": town_id}, dimension=name).scalars())


def _code(name: str, text: str) -> str:
    words = {word: code for code, term in _CODED[name].items() for word in (code, term.zh, term.en)}
    if text not in words:
        what = "state of a case" if name == "state" else name.replace("_", " ")
        raise QuestionError(f"'{text}' is no {what}{nearest(text, words)}. There are: {', '.join(_CODED[name])}.")
    if name == "state" and words[text] in ENDED and words[text] not in ENDS:
        raise QuestionError(
            f"'{text}' is noted of a case that has ended; its state is how it ended: {', '.join(ENDS)}."
        )
    return words[text]
