"""What of a town only its loads change: looked up once for each state of its data, then remembered in the process.

A load, a rebuild, new rules, another lattice: whatever changes such a thing raises the town's data version in the same
transaction (runs.exclusively). A question reads the row of its town in the snapshot in which it reads all else, so what was
read under the same row still stands. The row's stamp is part of it: after a restore an old version may mean other data.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Final, TypeVar

from sqlalchemy.engine import Connection

from gridgov.store.database import is_reading
from gridgov.store.runs import Town

_T = TypeVar("_T")
_MOST: Final = 2_048
"""So many are remembered; rules and levels of a few towns, and the ids of the grids looked at. What was used last stays."""
_known: OrderedDict[Hashable, Any] = OrderedDict()
_lock = Lock()


def lasting(connection: Connection, town: Town, read: Callable[..., _T], *about: Hashable) -> _T:
    """What `read(connection, *about)` gives, read once for a state of the town's data; nobody may change what is given.

    read  looks only at what a merge writes (not at sources, which a load names before its merge), for one town
    town  as it was read through the same connection

    Only in `reading` is anything remembered: a transaction that writes sees what may never be, and one that goes back in
    time (store.known) what no other sees.
    """
    if not is_reading(connection):
        return read(connection, *about)
    key = (connection.engine, town, read, about)
    with _lock:
        if key in _known:
            _known.move_to_end(key)
            return _known[key]
    found = read(connection, *about)
    with _lock:
        _known[key] = found
        while len(_known) > _MOST:
            _known.popitem(last=False)
    return found
