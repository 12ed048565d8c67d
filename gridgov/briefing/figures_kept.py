"""Words may be edited, numbers may not: the figures of an edited sentence are those of the sentence that was made."""

import re
import unicodedata
from typing import Final

from gridgov.errors import QuestionError

_MEASURED: Final = "件|起|个|次|天|日|倍|处|格|人|成|家|名|条|项|周|月|年|时|小时|分|元|公里|百分点|个工作日|%|％"
_FIGURE: Final = re.compile(
    rf"[-+−]?\d[\d,]*(?:\.\d+)?%?|百分之[〇零一二两三四五六七八九十百千万点]+|[〇零一二两三四五六七八九十百千万亿半几]+(?=余?(?:{_MEASURED}))"
)


def figures(text: str) -> list[str]:
    """The figures of a sentence in their order: digits with sign and percent, and Chinese numerals before a measure word.

    Full-width digits are digits, and thousands may be separated or not.

    >>> figures("上报1,386件（环比-6.3%），超期27件"), figures("超期二十七件，一中队"), figures("１３８６")
    (['1386', '-6.3%', '27'], ['二十七'], ['1386'])
    """
    plain = unicodedata.normalize("NFKC", text).replace("−", "-")
    return [found.replace(",", "") for found in _FIGURE.findall(plain)]


def require_same_figures(made: str, edited: str) -> None:
    """Raise QuestionError, naming them, unless both sentences have the same figures in the same order."""
    here, there = figures(made), figures(edited)
    if here == there:
        return
    raise QuestionError(
        f"Numbers are locked. The sentence has the figures {_said(here)}; the edited one has {_said(there)}. "
        "Edit the words, and leave its figures as they are, in their order."
    )


def _said(found: list[str]) -> str:
    return ", ".join(found) or "(none)"
