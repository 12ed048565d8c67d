"""Personal values become keyed pseudonyms, or nothing, before anything is stored: in the quarantine too."""

import contextlib
import hashlib
import hmac
import os
import re
import secrets
import tempfile
from functools import lru_cache
from pathlib import Path

import pyarrow as pa

from gridgov.errors import SettingsError
from gridgov.settings import settings

_PSEUDONYM = re.compile(r"p:[0-9a-f]{32}")


def _key() -> bytes:
    """The key of this installation: from the settings, else made once and kept in the state folder (mode 0600)."""
    if (given := settings().pseudonym_key) is not None:
        return given.get_secret_value().encode()
    return _kept_key(settings().state / "pseudonym.key")


@lru_cache(maxsize=4)
def _kept_key(path: Path) -> bytes:
    if not path.exists():
        _make_key(path)
    key = path.read_bytes()
    if not key:
        raise SettingsError(f"The key of the pseudonyms, {path}, is empty. Bring it back from a backup, or remove it.")
    return key


def _make_key(path: Path) -> None:
    """Write a new key beside its place and link it there: it is whole or not there, and the first of several wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, made = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_hex(32).encode())
        with contextlib.suppress(FileExistsError):
            os.link(made, path)
    finally:
        Path(made).unlink()


def pseudonym(value: str) -> str:
    """A stable pseudonym (HMAC-SHA-256, 128 bits); a pseudonym stays what it is, so that a retry changes nothing."""
    if _PSEUDONYM.fullmatch(value):
        return value
    return "p:" + hmac.new(_key(), value.encode(), hashlib.sha256).hexdigest()[:32]


def secret_numbers() -> tuple[int, int]:
    """Two numbers of 64 bits that only this installation knows: what they are mixed into tells nobody else anything."""
    digest = hmac.new(_key(), b"numbers", hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:16], "little")


def hide(text: pa.Array, how: str) -> pa.Array:
    """A column of text with every value dropped or replaced by its pseudonym."""
    if how == "drop":
        return pa.nulls(len(text), pa.string())
    encoded = text.dictionary_encode()
    hidden = pa.array([pseudonym(word) for word in encoded.dictionary.to_pylist()], pa.string())
    return pa.DictionaryArray.from_arrays(encoded.indices, hidden).dictionary_decode()
