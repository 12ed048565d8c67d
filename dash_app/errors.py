"""The edge where errors become notices. A GridgovError is a sentence for the reader; anything else is a bug and is logged."""

import logging
from typing import Any
from zlib import crc32

from dash import set_props

from dash_app.asks import NoTown
from dash_app.ids import ID
from gridgov.errors import GridgovError, StoreError
from gridgov.vocabulary import Lang, label

log = logging.getLogger("dash_app")


DOWN = "database-down"
"""The id of the notice that the database does not answer; it goes when the database comes back."""


def notice(message: str, *, title: str, colour: str = "orange", stays_as: str | None = None) -> dict[str, Any]:
    """A notice in the corner; the same sentence is shown once, however many parts of a page stumble over it."""
    return {
        "action": "show", "id": stays_as or f"notice-{crc32(message.encode())}", "title": title, "message": message,
        "color": colour, "autoClose": False if stays_as else 9_000, "withBorder": True,
    }  # fmt: skip


def say(error: Exception, lang: Lang = "en") -> None:
    """Show an error of the reader's own as a notice."""
    is_down = isinstance(error, StoreError)
    title = label("database_down" if is_down else "not_possible", lang)
    words = notice(str(error), title=title, stays_as=DOWN if is_down else None)
    set_props(ID.NOTICES, {"sendNotifications": [words]})


def no_longer_down() -> None:
    """Take the notice away that the database does not answer."""
    set_props(ID.NOTICES, {"hideNotifications": [DOWN]})


def on_error(error: Exception) -> None:
    """Dash calls this for whatever a callback raises; what is on the screen stays, and the page goes on."""
    if isinstance(error, NoTown):
        return
    if isinstance(error, GridgovError):
        say(error)
        return
    log.error("A callback failed.", exc_info=error)
    words = "Something went wrong here; it has been logged. / 程序出错，已记录。"
    set_props(ID.NOTICES, {"sendNotifications": [notice(words, title=type(error).__name__, colour="red")]})
