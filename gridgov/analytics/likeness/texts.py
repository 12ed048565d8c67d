"""How alike texts are: the pairs of neighbouring characters that two of them share."""

# mypy: disable-error-code="no-untyped-def"

import unicodedata
from collections.abc import Sequence

import numba
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def alike(texts: Sequence[str | None], left: Ints, right: Ints) -> npt.NDArray[np.float64]:
    """Jaccard's index of the sets of character pairs of two texts: shared / in either of them, 0..1, for pairs of places.

    Letters and digits count, in one form and case (NFKC, lower); signs and blanks do not. NaN where one of the two has
    fewer than two characters: nothing was told.

    >>> alike(["路灯不亮", "路灯不亮了!", None], np.array([0, 0]), np.array([1, 2])).round(2)
    array([0.75,  nan])
    """
    known: dict[str | None, int] = {}
    place = np.array([known.setdefault(text, len(known)) for text in texts], np.int64)
    grams, begin = _pairs_of([_plain(text or "") for text in known])
    found = np.empty(len(left))
    _jaccard(grams, begin, place[left], place[right], found)
    return found


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).lower()))


def _pairs_of(texts: list[str]) -> tuple[Ints, Ints]:
    """The distinct pairs of each text, sorted, one text after the other; and where those of each begin."""
    code = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32).astype(np.int64)
    text = np.repeat(np.arange(len(texts)), [len(t) for t in texts])
    is_pair = text[:-1] == text[1:]
    pair = (code[:-1] << 21 | code[1:])[is_pair]
    text = text[:-1][is_pair]
    order = np.lexsort((pair, text))
    text, pair = text[order], pair[order]
    is_new = np.ones(len(pair), bool)
    is_new[1:] = (text[1:] != text[:-1]) | (pair[1:] != pair[:-1])
    return pair[is_new], np.searchsorted(text[is_new], np.arange(len(texts) + 1))


@numba.njit(cache=True, nogil=True)
def _jaccard(grams, begin, left, right, found):  # pragma: no cover  compiled
    for k in range(len(left)):
        a, a_end, b, b_end = begin[left[k]], begin[left[k] + 1], begin[right[k]], begin[right[k] + 1]
        if a == a_end or b == b_end:
            found[k] = np.nan
            continue
        n_either, n_both = a_end - a + b_end - b, 0
        while a < a_end and b < b_end:
            if grams[a] == grams[b]:
                n_both += 1
                a += 1
                b += 1
            elif grams[a] < grams[b]:
                a += 1
            else:
                b += 1
        found[k] = n_both / (n_either - n_both)
