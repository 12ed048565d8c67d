"""The edge where errors become notices. A GridgovError is a sentence for the reader; anything else is a bug and is logged.

In which words a reader is told stands in dash_app.asking.wording.
"""

import logging
from typing import Any
from zlib import crc32

from dash import ctx, set_props
from dash.exceptions import MissingCallbackContextException

from dash_app.asking import state as states
from dash_app.asking import wording
from dash_app.asking.asks import NoTown
from dash_app.frame.ids import ID
from gridgov.errors import GridgovError, StoreError
from gridgov.vocabulary import Lang, label

log = logging.getLogger("dash_app")


DOWN = "database-down"
"""The id of the notice that the database does not answer; it goes when the database comes back."""
NO_BASE_MAP = "basemap-down"
"""The id of the notice that the configured base map is missing."""


def notice(
    message: str, *, title: str, detail: str | None = None, colour: str = "orange", stays_as: str | None = None
) -> dict[str, Any]:
    """A notice in the corner; the same sentence is shown once, however many parts of a page stumble over it.

    detail  below it
    """
    shown = message if detail is None else f"{message}\n{detail}"
    return {
        "action": "show", "id": stays_as or f"notice-{crc32(message.encode())}", "title": title, "message": shown,
        "color": colour, "autoClose": False if stays_as else 9_000, "withBorder": True,
    }  # fmt: skip


def say(error: GridgovError, lang: Lang) -> None:
    """Show an error of the reader's own as a notice."""
    is_down = isinstance(error, StoreError)
    title = label("database_down" if is_down else "not_possible", lang)
    sentence, detail = wording.said(error, lang)
    words = notice(sentence, title=title, detail=detail, stays_as=DOWN if is_down else None)
    set_props(ID.NOTICES, {"sendNotifications": [words]})


def no_longer_down() -> None:
    """Take the notice away that the database does not answer."""
    set_props(ID.NOTICES, {"hideNotifications": [DOWN]})


def say_base_map(trouble: str | None, lang: Lang) -> None:
    """Show why the configured base map is missing, while it is; None takes the notice away."""
    if trouble is None:
        set_props(ID.NOTICES, {"hideNotifications": [NO_BASE_MAP]})
        return
    title, words = label("layer_base_map", lang), f"{trouble} {label('basemap_down', lang)}"
    set_props(ID.NOTICES, {"sendNotifications": [notice(words, title=title, stays_as=NO_BASE_MAP)]})


def said(error: Exception, lang: Lang) -> str:
    """An error in words for the place it left empty."""
    if isinstance(error, GridgovError):
        return f"{label('not_possible', lang)}: {wording.said(error, lang)[0]}"
    return label("went_wrong", lang)


def on_error(error: Exception, lang: Lang | None = None) -> None:
    """Dash calls this for whatever a callback raises; what is on the screen stays, and the page goes on.

    lang  None = that of the view the callback was given
    """
    if isinstance(error, NoTown):
        return
    if isinstance(error, GridgovError):
        say(error, lang or _spoken())
        return
    log.error("A callback failed.", exc_info=error)
    words = f"{label('went_wrong', 'en')} / {label('went_wrong', 'zh')}"
    set_props(ID.NOTICES, {"sendNotifications": [notice(words, title=type(error).__name__, colour="red")]})


def _spoken() -> Lang:
    """The language of the view that the callback at work was given."""
    try:
        given = {**ctx.inputs, **ctx.states}
        view = given.get(f"{ID.VIEW}.data") or given.get(f"{ID.PAGE_VIEW}.data")
    except MissingCallbackContextException:
        view = None
    return states.of(view).lang
