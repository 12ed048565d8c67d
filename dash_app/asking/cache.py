"""What has been made, remembered on disk for all workers: answers, trees, shapes, tiles. Whatever a key says decides.

Keys hold the data version of a town, so a load makes all of it new at once and nothing has to be cleared.
"""

import fcntl
import hashlib
import json
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

from flask import g, has_app_context
from flask_caching.backends import FileSystemCache

from gridgov.settings import settings

_DAY_S: Final = 86_400
_T = TypeVar("_T")
_KINDS: Final = (
    "answer", "tree", "shapes", "layers", "levels", "base", "picture", "tile", "found", "served", "now", "choices", "names",
)  # fmt: skip
_MOST: Final = {"answer": 20_000, "tile": 40_000}
"""How many of a kind are kept; each kind lies in a folder of its own, since a full folder is looked through at every write."""
_PLAIN: Final = {"choices", "layers", "levels", "names", "now", "tree"}
"""Kinds that nobody changes once they are made: a request that asks again is given the same, not another copy from the disk."""
_STRIPES: Final = 256
_locks = {kind: [threading.Lock() for _ in range(_STRIPES)] for kind in _KINDS}
"""So that a thing is made by one thread only. A tree asks for an answer while it is made, so each kind has its own."""


@lru_cache(maxsize=64)
def _store(folder: Path, kind: str) -> FileSystemCache:
    return FileSystemCache(str(folder / kind), threshold=_MOST.get(kind, 2_000), default_timeout=_DAY_S)


def once(about: Hashable, make: Callable[[], _T]) -> _T:
    """What is made at most once in a request, for what its parts ask for again and again; nobody may change it."""
    kept: dict[Hashable, _T] = g.setdefault("once", {}) if has_app_context() else {}
    if about not in kept:
        kept[about] = make()
    return kept[about]


def recalled(key: list[Any]) -> tuple[str, Any]:
    """The name a key is kept under, and what was made before, by whichever worker; None when nothing was.

    key  the kind, then what it depends on
    """
    name = _name(key)
    return name, _store(settings().state / "cache", key[0]).get(name)


def _name(key: list[Any]) -> str:
    said = json.dumps([settings().database_url, *key], default=str, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def remembered(key: list[Any], make: Callable[[], _T]) -> _T:
    """What was made before under this key; made now, by one thread of one worker only, when it was not."""
    return once(_name(key), lambda: _made(key, make)) if key[0] in _PLAIN else _made(key, make)


def _made(key: list[Any], make: Callable[[], _T]) -> _T:
    name, found = recalled(key)
    if found is None:
        with _alone(key[0], int(name[:4], 16) % _STRIPES):
            found = recalled(key)[1]
            if found is None:
                found = make()
                _store(settings().state / "cache", key[0]).set(name, found)
    return found


@contextmanager
def _alone(kind: str, stripe: int) -> Iterator[None]:
    """No other thread makes what falls to this stripe, nor another worker: the parts of a page ask the same at once."""
    folder = settings().state / "cache" / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with _locks[kind][stripe], (folder / f"{kind}-{stripe}").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # until the file is closed
        yield
