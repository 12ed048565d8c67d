"""Helpers of the tests of pages: a town with ledgers of all kinds, numbers on a screen, and where they lead."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from dash import dcc
from dash.development.base_component import Component

from dash_app.asking.state import State, parse
from tests.support import load_city, load_rows, new_code, point
from tests.support_ledgers import BEGIN, ledger_of, load_events

AT = (BEGIN + timedelta(days=20)).strftime("%Y-%m-%dT%H:%M")
"""An instant in the midst of what happens in the town of `ledger_town`."""


def ledger_town(folder: Path, n: int = 130, seed: int = 4) -> State:
    """A town with grids and ledgers of all kinds, loaded, and seen in the middle of them."""
    code, lives = new_code(), ledger_of(n, seed)
    load_city(folder, code)
    rows = []
    for k, (no, life) in enumerate(lives.items()):
        x, y = point(0.1 + k % 29 / 10, 0.1 + k % 27 / 10)
        what = {"what": ["road", "tree"][k % 2], "x": repr(x), "y": repr(y)}
        rows.append({"no": no, "at": life[0]["at"], "state": "open", **what})
    load_rows(folder, code, rows)
    load_events(folder, code, [row for life in lives.values() for row in life])
    return State(town=code, as_of=AT, only_open=False, lang="zh")


def view(state: State) -> dict[str, Any]:
    """What the browser says of a state."""
    return {"search": state.query(), "lang": state.lang, "scheme": state.scheme}


def parts(shown: Any) -> Iterator[Component]:
    """All components within components."""
    if isinstance(shown, list | tuple):
        for one in shown:
            yield from parts(one)
    elif isinstance(shown, Component):
        yield shown
        yield from parts(getattr(shown, "children", None))


def links(shown: Any) -> list[tuple[str, State]]:
    """The links within components: what they say, and the state they lead to."""
    return [
        (str(one.children).strip(), parse(one.href.partition("?")[2]))
        for one in parts(shown)
        if isinstance(one, dcc.Link)
    ]


def clicked(figure: Any, trace: int, point: int) -> dict[str, Any]:
    """What the browser tells of a click on a bar."""
    return {"points": [{"customdata": figure.data[trace].customdata[point]}]}
