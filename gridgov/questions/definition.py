"""What a number means: the definition of each question, in both languages, versioned."""

import tomllib
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from gridgov.errors import QuestionError
from gridgov.resources import resource
from gridgov.text import nearest
from gridgov.vocabulary import Lang


class Both(BaseModel):
    """A text in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    zh: str
    en: str

    def said(self, lang: Lang) -> str:
        """The text in one of them."""
        return self.zh if lang == "zh" else self.en


class Definition(BaseModel):
    """The definition of a question: everything an argument about a number needs."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    version: int
    kind: Literal["instant", "period", "list"]
    takes: tuple[str, ...]
    columns: tuple[str, ...]
    title: Both
    formula: Both
    numerator: Both
    denominator: Both
    basis: Both
    exclusions: Both
    zero: Both
    adds_up: Both

    def explained(self, lang: Lang = "en") -> str:
        """The definition as text for people."""
        heads = {
            "formula": ("公式", "Formula"),
            "numerator": ("分子", "Numerator"),
            "denominator": ("分母", "Denominator"),
            "basis": ("时间口径", "Basis in time"),
            "exclusions": ("剔除", "Left out"),
            "zero": ("零与空", "Zero and null"),
            "adds_up": ("勾稽", "Adds up"),
        }
        lines = [f"{self.title.said(lang)} ({self.id}, v{self.version})"]
        lines += [f"  {head[lang == 'en']}: {getattr(self, part).said(lang)}" for part, head in heads.items()]
        lines.append(f"  {'可用参数' if lang == 'zh' else 'Takes'}: {', '.join(self.takes)}")
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
