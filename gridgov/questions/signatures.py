"""How a question is asked by its name: signature and docstring, made from its definition and from those of `ask`.

`python -m gridgov.questions.signatures` writes methods.pyi, which editors and type checkers read; a test compares them.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from gridgov.questions.asking import plain_dimensions
from gridgov.questions.definition import Definition, definitions
from gridgov.schema import COLUMNS
from gridgov.text import folded

_WIDTH: Final = 118
_MODULE: Final = r"\b(collections\.abc|datetime|typing)\."
_STUB_HEAD: Final = '''"""Made by `python -m gridgov.questions.signatures`: what each question takes and gives."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from gridgov.questions.rows import Places, Rows

class Questions:
    """The questions as methods."""
'''


def methods(of: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Each question's name and the method that asks it, for a class with an `ask`."""
    plain = inspect.signature(of.ask)  # type: ignore[attr-defined]
    said = arguments(of.ask.__doc__ or "")  # type: ignore[attr-defined]
    for definition in definitions().values():
        yield definition.id, _method(definition, plain, said)


def _method(definition: Definition, plain: inspect.Signature, said: dict[str, str]) -> Callable[..., Any]:
    signature = _signature(definition, plain)

    def method(self: Any, **given: Any) -> Any:
        return self.ask(definition.id, **given).table()

    method.__name__, method.__qualname__ = definition.id, f"Town.{definition.id}"
    method.__doc__ = docstring(definition, said)
    method.__signature__ = signature  # type: ignore[attr-defined]
    return method


def _signature(definition: Definition, plain: inspect.Signature) -> inspect.Signature:
    """That of `ask`, without the question and what this one does not take."""
    kept = [p for name, p in plain.parameters.items() if name == "self" or name in definition.takes]
    return plain.replace(parameters=kept, return_annotation="Rows | Places")


def arguments(doc: str) -> dict[str, str]:
    r"""What the docstring of `ask` says of each argument: lines `name, name  text`, continued by lines further in.

    >>> arguments("Ask.\n\n    by      count by\n            this\n    since, until  days\n    raises  never")
    {'by': 'count by this', 'since': 'days', 'until': 'days'}
    """
    found: dict[str, str] = {}
    names: list[str] = []
    for line in inspect.cleandoc(doc).splitlines():
        head = re.match(r"(\w+(?:, \w+)*) {2,}(.+)", line)
        if head:
            names = head[1].split(", ")
            found |= dict.fromkeys(names, head[2])
        elif line.startswith(" ") and names:
            found |= {name: f"{found[name]} {line.strip()}" for name in names}
        else:
            names = []
    found.pop("raises", None)
    return found


def docstring(definition: Definition, said: dict[str, str]) -> str:
    """What `help()` tells: title and formula in both languages, arguments, columns with units, CRS, what the frame carries."""
    title, formula = definition.title, definition.formula
    lines = [f"{title.zh} · {title.en} ({definition.id}, v{definition.version}).", ""]
    lines += [*folded(formula.zh, _WIDTH - 8), "", *folded(formula.en, _WIDTH - 8), ""]
    width = max(map(len, definition.takes)) + 2
    for name in definition.takes:
        lines += _entry(name, said.get(name, ""), width)
    if "by" in definition.takes:
        plain = plain_dimensions(definition.id) if definition.about == "cases" else ()
        periods = ("day", "week", "month", "quarter", "year") if definition.kind == "period" else ()
        lines += _entry("", f"(by: {', '.join(['levels of grids', *plain, *periods])})", width)
    lines += ["", "Gives one row a group" if definition.kind != "list" else "Gives a list"]
    lines[-1] += ", with these columns besides those asked by:"
    width = max(map(len, definition.columns)) + 2
    for name in definition.columns:
        column = COLUMNS[name]
        lines += _entry(name, f"[{column.unit or '-'}] {column.zh} · {column.en}", width)
    zero = definition.zero
    lines += ["", *folded(f"{zero.zh} · {zero.en}", _WIDTH - 8)]
    lines += [
        "",
        "A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),",
        ".explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.",
        "Raises QuestionError, UnknownScope, StoreError.",
    ]
    return "\n".join(lines)


def _entry(head: str, text: str, width: int) -> list[str]:
    told = folded(text, _WIDTH - 12 - width) or [""]
    return [f"    {head:<{width}}{told[0]}".rstrip(), *(f"    {'':<{width}}{line}" for line in told[1:])]


def stub(of: type) -> str:
    """The text of methods.pyi."""
    parts = [_STUB_HEAD]
    for name, method in methods(of):
        took = [f"        {re.sub(_MODULE, '', str(one))}," for one in inspect.signature(method).parameters.values()][
            1:
        ]
        star = ["        *,"] if took else []
        doc = (method.__doc__ or "").replace("\n", "\n        ").replace("        \n", "\n")
        parts.append("\n".join([f"    def {name}(", "        self,", *star, *took, "    ) -> Rows | Places:",
                                f'        """{doc}', '        """', ""]))  # fmt: skip
    return "\n".join(parts)


if __name__ == "__main__":
    from gridgov.questions.town import Town

    Path(__file__).with_name("methods.pyi").write_text(stub(Town), "utf-8")
