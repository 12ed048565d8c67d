"""Words may be edited, numbers may not: the figures of an edited sentence are those of the sentence that was made."""

import re
import unicodedata
from typing import Final

from gridgov.errors import QuestionError

_MEASURED: Final = (
    "件|起|个|次|天|日|倍|处|格|人|成|家|名|条|项|周|月|年|时|小时|分|元|公里|百分点|个工作日|%"
    "|户|米|亩|辆|吨|公顷|平方|台|座|支|批|轮|多|余|来"
)
_ENGLISH: Final = (
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|half|twice|double|triple|hundred|thousand|"
    r"million|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
_FIGURE: Final = re.compile(
    r"[-+]?\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?(?:%|[kKmM]\b|[十百千万亿])?"
    r"|[-+]?\d+(?:\.\d+)?(?:%|[kKmM]\b|[十百千万亿])?"
    r"|百分之[〇零一二两三四五六七八九十百千万点]+"
    rf"|(?!百分点)[〇零一二两三四五六七八九十廿卅百千万亿半几数]+(?=(?:{_MEASURED}))"
    rf"|\b(?:{_ENGLISH})s?\b",
    re.IGNORECASE,
)
_PLAIN: Final = str.maketrans("０１２３４５６７８９％．－＋−", "0123456789%.-+-")


def figures(text: str) -> list[str]:
    """The figures of a sentence in their order: digits with sign, percent and what multiplies them, numerals in words.

    Full-width digits are digits, and thousands may be separated by a comma or not; a comma of a sentence parts two figures.
    Chinese numerals count before a measure word. Any other digit (²⁷, ②) stands for itself.

    >>> figures("上报1,386件（环比-6.3%），超期27件"), figures("超期二十七件，一中队"), figures("１３８６")
    (['1386', '-6.3%', '27'], ['二十七'], ['1386'])
    >>> figures("6，3件"), figures("27k, two hundred"), figures("２7百件②")
    (['6', '3'], ['27k', 'two', 'hundred'], ['27百', '②'])
    """
    plain = text.translate(_PLAIN)
    found = [(match.start(), match[0].replace(",", "").lower()) for match in _FIGURE.finditer(plain)]
    strange = [(at, sign) for at, sign in enumerate(plain) if not sign.isascii() and _is_digit(sign)]
    return [figure for _, figure in sorted([*found, *strange])]


def _is_digit(sign: str) -> bool:
    return unicodedata.category(sign) in ("Nd", "Nl", "No")


def require_same_figures(made: str, edited: str) -> None:
    """Raise QuestionError, naming them, unless both sentences have the same figures in the same order."""
    here, there = figures(made), figures(edited)
    if not edited.strip():
        raise QuestionError("The sentence is empty. Say it in other words; it cannot be left out.")
    if here == there:
        return
    raise QuestionError(
        f"Numbers are locked. The sentence has the figures {_said(here)}; the edited one has {_said(there)}. "
        "Edit the words, and leave its figures as they are, in their order."
    )


def _said(found: list[str]) -> str:
    return ", ".join(found) or "(none)"
