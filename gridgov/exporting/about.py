"""What is told of an answer besides its rows: what was asked, as of when, and what the numbers mean."""

import re
from typing import Any

from gridgov.figures.text import column_name
from gridgov.questions.answer import Answer
from gridgov.schema import worded
from gridgov.store.grids import BASE
from gridgov.vocabulary import Lang

Told = list[tuple[str, str]]
"""Statements about an answer: what it is about, and the statement."""


def compared(answer: Answer, lang: Lang) -> list[str]:
    """What the numbers stand beside, and whether the data reaches back there."""
    zh, names = lang == "zh", {"previous": ("上期", "previous"), "year_before": ("去年同期", "year before")}
    said = []
    for which, told in answer.meta.get("compared_with", {}).items():
        span = f"{told['since']} – {told['until']}" if "since" in told else told["as_of"]
        unknown = " (部分或全部早于数据起始日)" if zh else " (reaches before the first day of data)"
        said.append(f"{names[which][not zh]} {span}{'' if told['is_known'] else unknown}")
    return said


def asked(answer: Answer, lang: Lang, place: str | None = None) -> Told:
    """What was asked, as of when, of which data; what does not apply is left out."""
    zh, meta = lang == "zh", answer.meta
    note = meta.get("note")
    told = {
        "范围" if zh else "Scope": f"{place} ({answer.scope or answer.town})" if place else answer.scope or answer.town,
        "数据截至" if zh else "As of": answer.moment(lang),
        "统计周期" if zh else "Period": answer.period(lang),
        "对比" if zh else "Beside": "; ".join(compared(answer, lang)),
        "分组" if zh else "By": ", ".join(column_name(name, lang) for name in meta.get("by") or []),
        "筛选" if zh else "Filters": "; ".join(_filters(answer, lang)),
        "网格层" if zh else "Layer": "" if meta.get("layer") == BASE else meta.get("layer") or "",
        "当时所知" if zh else "As known at": meta.get("known_at") or "",
        "用途" if zh else "Purpose": meta.get("purpose") or "",
        "说明" if zh else "Note": note[lang] if isinstance(note, dict) else "",
        "行数" if zh else "Rows": f"{len(answer.frame):,}",
        "时区" if zh else "Time zone": meta["zone"],
        "计时规则" if zh else "Rules of the clocks": meta.get("rules") or "",
        "数据版本" if zh else "Data version": str(answer.data_version),
    }
    return [(head, text) for head, text in told.items() if text]


def meaning(answer: Answer, lang: Lang) -> Told:
    """The definition: formula, numerator, denominator, basis in time, what is left out, what zero and null mean."""
    definition = answer.definition
    return [
        (
            "口径" if lang == "zh" else "Definition",
            f"{definition.title.said(lang)} ({definition.id}, v{definition.version})",
        ),
        *definition.statements(lang).items(),
    ]


def file_stem(answer: Answer, lang: Lang, place: str | None = None) -> str:
    """The name of a file without its ending: question, scope, as-of; only what every system takes in a name."""
    said = f"{answer.definition.title.said(lang)}_{place or answer.scope or answer.town}_{answer.as_of[:16]}"
    return re.sub(r"[^\w.-]+", "-", said).strip("-.")[:120]


def _filters(answer: Answer, lang: Lang) -> list[str]:
    """What rows were kept: a dimension and its values, and the words searched for."""
    said = [
        f"{column_name(name, lang)}: {_values(name, value, lang)}"
        for name, value in (answer.meta.get("where") or {}).items()
    ]
    words = answer.meta.get("search")
    return [*said, f"{'含' if lang == 'zh' else 'contains'} “{words}”"] if words else said


def _values(name: str, value: Any, lang: Lang) -> str:
    listed = value if isinstance(value, list | tuple) else [value]
    none = "未填" if lang == "zh" else "not given"
    return (" / " if lang == "en" else "、").join(
        none if item is None else str(worded(name, item, lang)) for item in listed
    )
