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
"""What stands for the versions of the data while the database does not answer, and the id of the notice that says so."""
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
    """Show an error of the reader's own as a notice; what the database did not answer is asked again when it is back."""
    set_props(ID.NOTICES, {"sendNotifications": [_of_error(error, lang)]})
    if isinstance(error, StoreError):
        set_props(ID.VERSION, {"data": DOWN})


def _of_error(error: GridgovError, lang: Lang) -> dict[str, Any]:
    is_down = isinstance(error, StoreError)
    title = label("database_down" if is_down else "not_possible", lang)
    sentence, detail = wording.said(error, lang)
    return notice(sentence, title=title, detail=detail, stays_as=DOWN if is_down else None)


def stand(database: StoreError | None, base_map: str | None, lang: Lang) -> None:
    """Show what is down while it is, and take away the notices of what is well.

    Said anew each time: an answer that was under way when the database came back may say that it is down after that was
    taken away, and a second list of notices set before the first was drawn takes its place.
    """
    shown, well = [], []
    if database is None:
        well.append(DOWN)
    else:
        shown.append(_of_error(database, lang))
    if base_map is None:
        well.append(NO_BASE_MAP)
    else:
        title, words = label("layer_base_map", lang), f"{base_map} {label('basemap_down', lang)}"
        shown.append(notice(words, title=title, stays_as=NO_BASE_MAP))
    set_props(ID.NOTICES, {"sendNotifications": shown, "hideNotifications": well})


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
