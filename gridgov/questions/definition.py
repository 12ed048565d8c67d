"""What a number means: the definition of each question, in both languages, versioned."""

import re
import tomllib
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from gridgov.errors import QuestionError
from gridgov.resources import resource
from gridgov.schema import COLUMNS
from gridgov.text import cells, folded, nearest
from gridgov.vocabulary import Lang

_WIDTH = 110
"""Columns of a terminal that a definition is written in."""


class Both(BaseModel):
    """A text in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    zh: str
    en: str

    def said(self, lang: Lang) -> str:
        """The text in one of them."""
        return self.zh if lang == "zh" else self.en


class Definition(BaseModel):
    """The definition of a question: everything an argument about a number needs.

    about   cases, or patrols: what may be asked by, how far the data reaches and where its history begins
    kind    instant (as things stood at as_of), period (what happened, or was due, between since and until), list
    takes   the arguments of `ask` it takes; what every question of its kind takes is added: `during` where it has a time,
            `compare` where it has counts or rates, `per` where it has counts by grids
    keys    columns that tell its rows apart, besides what is asked by
    sums    what adds up: columns (or sums of columns, `n_a + n_b`, `-n_c`) and last the whole they make, in every row
    overlap counts of which one thing may be in several groups: over groups they do not add up to the whole
    rates   columns 0..1 with their part and their whole, in the same writing: null where the whole is 0
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    version: int
    about: Literal["cases", "patrols"] = "cases"
    kind: Literal["instant", "period", "list"]
    takes: tuple[str, ...]
    columns: tuple[str, ...]
    keys: tuple[str, ...] = ()
    sums: tuple[tuple[str, ...], ...] = ()
    rates: tuple[tuple[str, str, str], ...] = ()
    overlap: tuple[str, ...] = ()
    title: Both
    formula: Both
    numerator: Both
    denominator: Both
    basis: Both
    exclusions: Both
    zero: Both
    adds_up: Both

    @model_validator(mode="before")
    @classmethod
    def _takes(cls, data: dict[str, Any]) -> dict[str, Any]:
        """What a question takes because of its kind."""
        takes, kind = list(data.get("takes", ())), data.get("kind")
        if {"since", "until"} <= set(takes) or (kind == "instant" and "as_of" in takes):
            takes += ["during"]
        if kind != "list" and any(
            COLUMNS[name].unit in ("count", "0..1") for name in data["columns"] if name in COLUMNS
        ):
            takes += ["compare"]
        if kind != "list" and "by" in takes and any(name.startswith("n_") for name in data["columns"]):
            takes += ["per"]
        return {**data, "takes": tuple(dict.fromkeys(takes))}

    def statements(self, lang: Lang) -> dict[str, str]:
        """What the definition says, by what it is about."""
        heads = {
            "formula": ("公式", "Formula"),
            "numerator": ("分子", "Numerator"),
            "denominator": ("分母", "Denominator"),
            "basis": ("时间口径", "Basis in time"),
            "exclusions": ("剔除", "Left out"),
            "zero": ("零与空", "Zero and null"),
            "adds_up": ("勾稽", "Adds up"),
        }
        return {head[lang == "en"]: getattr(self, part).said(lang) for part, head in heads.items()}

    def explained(self, lang: Lang = "en") -> str:
        """The definition as text for people, a statement a line."""
        parts = self.statements(lang)
        parts["可用参数" if lang == "zh" else "Takes"] = ", ".join(self.takes)
        indent = 2 + max(cells(head) for head in parts) + 2
        lines = [f"{self.title.said(lang)} ({self.id}, v{self.version})"]
        for head, text in parts.items():
            told = [line for item in re.split(r"(?<=；)|(?<=;) *", text) for line in folded(item, _WIDTH - indent)]
            lines.append("  " + head + " " * (indent - 2 - cells(head)) + told[0])
            lines += [" " * indent + line for line in told[1:]]
        return "\n".join(lines)


@lru_cache(maxsize=1)
def definitions() -> dict[str, Definition]:
    """All questions there are, by id."""
    files = sorted(resource("sql", "questions").glob("*/question.toml"))
    read = [Definition.model_validate(tomllib.loads(path.read_text("utf-8"))) for path in files]
    return {definition.id: definition for definition in read}


def definition_of(question: str) -> Definition:
    """The definition of a question; raises QuestionError naming those there are."""
    try:
        return definitions()[question]
    except KeyError:
        like = nearest(question, definitions())
        raise QuestionError(
            f"There is no question '{question}'{like}. There are: {', '.join(definitions())}."
        ) from None
