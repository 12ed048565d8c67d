"""Personal values become keyed pseudonyms, or nothing, before anything is stored: in the quarantine too."""

import hashlib
import hmac
import os
import re
import secrets
from functools import lru_cache

import pyarrow as pa

from gridgov.settings import settings

_PSEUDONYM = re.compile(r"p:[0-9a-f]{32}")


@lru_cache(maxsize=1)
def _key() -> bytes:
    """The key of this installation: from the settings, else made once and kept in the state folder (mode 0600)."""
    if (given := settings().pseudonym_key) is not None:
        return given.get_secret_value().encode()
    path = settings().state / "pseudonym.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_hex(32).encode())
    return path.read_bytes()


def pseudonym(value: str) -> str:
    """A stable pseudonym (HMAC-SHA-256, 128 bits); a pseudonym stays what it is, so that a retry changes nothing."""
    if _PSEUDONYM.fullmatch(value):
        return value
    return "p:" + hmac.new(_key(), value.encode(), hashlib.sha256).hexdigest()[:32]


def hide(text: pa.Array, how: str) -> pa.Array:
    """A column of text with every value dropped or replaced by its pseudonym."""
    if how == "drop":
        return pa.nulls(len(text), pa.string())
    encoded = text.dictionary_encode()
    hidden = pa.array([pseudonym(word) for word in encoded.dictionary.to_pylist()], pa.string())
    return pa.DictionaryArray.from_arrays(encoded.indices, hidden).dictionary_decode()
