"""The questions as methods of a town. What each takes and gives its definition says; methods.pyi tells editors."""

from typing import Any

from gridgov.questions import signatures


class Questions:
    """Gets a method for each question there is, as soon as a class with an `ask` is made of it."""

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        for name, method in signatures.methods(cls):
            setattr(cls, name, method)
