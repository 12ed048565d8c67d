"""The export menu of a panel: what is seen as CSV, Excel, GeoJSON and PDF (plain links) and its figure as PNG (in the browser).

head(title, lang=lang, definition=answer.definition,
     export=export_menu("backlog", state, {"by": "village"}, graph_id=ID.MAP))
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from dash import html

from dash_app.asking import asks, trees
from dash_app.asking.state import State
from gridgov.questions import definition_of
from gridgov.vocabulary import label

FORMATS: Final = {"xlsx": "Excel", "csv": "CSV", "geojson": "GeoJSON", "pdf": "PDF"}
"""What an answer is written as, with what the menu calls it."""


def export_menu(
    question: str,
    state: State,
    arguments: Mapping[str, Any] | None = None,
    *,
    graph_id: str | None = None,
    of_period: bool = False,
    without: Sequence[str] = (),
) -> html.Details:
    """The menu of the downloads of one panel; it needs no callback and no id.

    question   id of the question the panel shows
    state      what the reader looks at: the same as was given to `asks.ask`
    arguments  what was given to `asks.ask` beside the state: by, where, days, compared, role, purpose ...
               `limit` and `offset` are left out of the files: they hold all rows
    graph_id   id of the panel's `dcc.Graph`: adds the entry PNG, and puts the picture into the PDF
    of_period  the panel asks by `asks.of_period` instead of `asks.ask`
    without    formats that are not offered
    """
    shown = _shown(question, state, graph_id) if graph_id else {}
    links: list[Any] = [
        html.A(
            name,
            className="menu-item",
            href=export_href(question, form, state, arguments, of_period=of_period),
            target="_blank",  # a download opens no page; an error is a sentence in a page of its own
            **(_of_picture(shown) if form == "pdf" and shown else {}),
        )
        for form, name in FORMATS.items()
        if form not in without
    ]
    if graph_id:
        told: dict[str, Any] = {**shown, "data-export": "png"}
        links.append(html.Button("PNG", className="menu-item", type="button", **told))
    # Not a menu of Mantine: a popover for each panel would be part of what Dash goes through at every answer.
    return html.Details(
        [html.Summary(label("export", state.lang), className="jump export"), html.Div(links, className="menu")],
        className="menu-of",
    )


def _of_picture(shown: dict[str, str]) -> dict[str, Any]:
    return {**shown, "data-export": "pdf"}


def _shown(question: str, state: State, graph_id: str) -> dict[str, str]:
    """What the browser prints with the picture beside the panel's title and note: the place, and which definition."""
    definition, here = definition_of(question), trees.tree(state).at(state.scope)
    place = here.name if here is not None and state.scope else asks.towns(state.lang)[asks.town_of(state).code]
    return {
        "data-graph": graph_id,
        "data-title": definition.title.said(state.lang),
        "data-note": f"{place} · {definition.id} v{definition.version}",
        "data-said": label("as_of", state.lang),
        "data-as-of": (state.as_of or asks.latest(state))[:16],
        "data-place": place,
    }


def export_href(
    question: str, form: str, state: State, arguments: Mapping[str, Any] | None = None, *, of_period: bool = False
) -> str:
    """The address of one file: that of the page, and as `ask` the question's own arguments as JSON."""
    own = {
        name: value
        for name, value in (arguments or {}).items()
        if name not in ("limit", "offset") and value is not None
    }
    more = (
        {"ask": json.dumps(own, default=str, ensure_ascii=False, sort_keys=True, separators=(",", ":"))} if own else {}
    )
    more |= {"of": "period"} if of_period else {}
    return state.href(f"/export/{question}.{form}") + ("&" + urlencode(more) if more else "")
