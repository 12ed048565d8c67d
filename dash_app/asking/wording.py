"""Errors in the language of the reader: what is wrong and what to do, in words of the catalogues.

The package speaks English, to those who call it and on the command line. What a reader of the app can meet is told by the kind
of the error and, where a name belongs into the sentence, by the begin of its text; the English sentence stands below as detail.
"""

import re
from typing import Any, Final

from gridgov.errors import GridgovError, MappingError, QuestionError, StoreError, UnknownScope
from gridgov.vocabulary import Lang, label

_KNOWN: Final[tuple[tuple[type[GridgovError], str, str], ...]] = (
    (UnknownScope, r"There is no grid '(?P<what>.*?)'", "error_grid"),
    (UnknownScope, r"The town '.*?' has no layer '(?P<what>.*?)'", "error_layer"),
    (UnknownScope, r"There is no town '(?P<what>.*?)'", "error_town"),
    (QuestionError, r"This town has no (?P<name>\w+) '(?P<what>.*?)'", "error_value"),
    (QuestionError, r"'(?P<what>.*?)' is nothing to (?:ask|filter) by", "error_field"),
    (QuestionError, r"There is no question '(?P<what>.*?)'", "error_question"),
    (QuestionError, r"'.*?' has (?P<n>[\d,]+) rows here; (?P<what>\w+) holds (?P<most>[\d,]+)", "error_rows"),
    (QuestionError, r"'(?P<what>.*?)' is (?:neither|not) a day", "error_day"),
    (QuestionError, "", "error_asked"),
    (StoreError, "", "error_store"),
    (MappingError, "", "error_mapping"),
    (GridgovError, "", "error_other"),
)
"""Kind of error, begin of its text, word of the catalogues; the first that fits is taken."""


class Refused(GridgovError):
    """What the app itself refuses: a word of the catalogues, with what stands in its places; the text is the English one."""

    def __init__(self, word: str, **values: Any) -> None:
        """Take the code of the word and its values; or a sentence that is in the reader's language already."""
        self.word, self.values = word, values
        super().__init__(self.said("en"))

    def said(self, lang: Lang) -> str:
        """The sentence in a language."""
        sentence = label(self.word, lang)
        return sentence.format(**self.values) if self.values else sentence


def said(error: GridgovError, lang: Lang) -> tuple[str, str | None]:
    """What is wrong and what to do, in the reader's language; and the English text where that is another."""
    if isinstance(error, Refused):
        return error.said(lang), None
    if lang == "en":
        return str(error), None
    for kind, begin, word in _KNOWN:
        found = re.match(begin, str(error)) if isinstance(error, kind) else None
        if found is not None:
            values = found.groupdict()
            named = {"name": label(values["name"], lang)} if "name" in values else {}
            return label(word, lang).format(**{**values, **named}), str(error)
    raise AssertionError("every error of the package is told")
