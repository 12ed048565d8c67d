"""TOML files that a user writes: where one is, and what is wrong in it, in sentences."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from gridgov.errors import GridgovError, SettingsError
from gridgov.resources import resource
from gridgov.text import nearest

COMPUTED = "sha256"
"""The key of a model that is computed from the text, never written."""


def own_or_shipped(name: str | Path, folder: str, what: str, error: type[GridgovError] = SettingsError) -> Path:
    """A file of the user's, or one shipped in data/<folder>, by its bare name; raises `error` naming those that are.

    what  what the file holds, as the message says it: "mapping"
    """
    path = Path(name)
    if path.is_file():
        return path
    shipped = {file.stem: file for file in sorted(resource("data", folder).glob("*.toml"))}
    if path.name.removesuffix(".toml") not in shipped:
        raise error(
            f"There is no {what} file {name}, nor a shipped {what} of that name{nearest(path.stem, shipped)}; "
            f"shipped are: {', '.join(shipped)}."
        )
    return shipped[path.name.removesuffix(".toml")]


def faults(error: ValidationError, model: type[BaseModel]) -> str:
    """All that is wrong with what was to be a `model`; keys by their place in the file, an unknown one with what was meant."""
    return "; ".join(_sentence(fault, model) for fault in error.errors())


def _sentence(fault: Mapping[str, Any], model: type[BaseModel]) -> str:
    loc = [str(part) for part in fault["loc"] if part != "[key]" and not str(part).startswith("function-")]
    where = ".".join(loc)
    if fault["type"] == "extra_forbidden":
        return f"unknown key `{where}`{nearest(loc[-1], _keys(model, loc[:-1]))}"
    if fault["type"] == "missing":
        return f"the key `{where}` is missing"
    told = fault["msg"].removeprefix("Value error, ").removesuffix(".")
    return f"`{where}`: {told}" if where else told


def _keys(model: type[BaseModel], loc: Sequence[str]) -> list[str]:
    """The keys that are known at a place of the file; parts of it that are no key (a row's number, a name) are passed over."""
    at = model
    for part in loc:
        field = next((field for name, field in at.model_fields.items() if part in (name, field.alias)), None)
        at = next(_models(field.annotation), at) if field else at
    return [field.alias or name for name, field in at.model_fields.items() if name != COMPUTED]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that stand in an annotation: in a tuple, a dict, beside None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
