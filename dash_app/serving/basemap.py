"""The tiles of the configured base map over HTTP: `/basemap/{layer}/{z}/{x}/{y}.png`.

The browser asks only us; we ask the configured server, keep what it gives on disk, and put GCJ-02 tiles in their place. While it
does not answer, tiles are empty, nobody waits for it, and a notice says so; everything else goes on.
"""

import threading
import time
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort
from flask_caching.backends import FileSystemCache

from gridgov.basemap import Layer, TileMap, fetched, image_type, pieces, put_together, tile_map
from gridgov.errors import BaseMapError, SettingsError
from gridgov.settings import settings

blueprint = Blueprint("basemap", __name__)
_DAY_S: Final = 86_400
_KEPT_S: Final = 30 * _DAY_S
_REST_S: Final = 30
"""Seconds for which a server that failed is not asked again."""
_MAX_TILES: Final = 20_000
_AT_ONCE = threading.BoundedSemaphore(3)
"""So many requests of a worker may wait for the server; the other threads are left to the pages."""


@blueprint.get("/basemap/<layer>/<int:z>/<int:x>/<int:y>.png")
def tile(layer: str, z: int, x: int, y: int) -> Response:
    """A tile in WGS84; empty where there is none or its server does not answer; 404 for what is not configured."""
    tiles = _configured()
    found = tiles.layer(layer) if tiles else None
    if tiles is None or found is None or z > tiles.max_zoom or not (0 <= x < 2**z and 0 <= y < 2**z):
        abort(404)
    try:
        if not tiles.is_shifted:
            return _answer(_kept(found, z, x, y))
        cut = pieces(z, x, y)
        parts = {(piece.x, piece.y): _kept(found, z, piece.x, piece.y) for piece in cut.pieces}
        return _answer(put_together(cut, parts) if any(parts.values()) else b"")
    except BaseMapError:
        return _answer(b"", max_age=_REST_S // 2)


def trouble() -> str | None:
    """Why the base map's server gives no tiles at present; None when it does, or was not asked of late."""
    path = _trouble_file()
    if settings().basemap_url is None:
        return None
    try:
        return path.read_text("utf-8") if time.time() - path.stat().st_mtime < 2 * _REST_S else None
    except OSError:
        return None


def _configured() -> TileMap | None:
    try:
        return tile_map()
    except SettingsError:  # said by the doctor and where the map is drawn
        return None


def _answer(content: bytes, max_age: int = _DAY_S) -> Response:
    response = Response(content or _empty(), mimetype=image_type(content) if content else "image/png")
    response.headers["Cache-Control"] = f"private, max-age={max_age}"
    return response


@lru_cache(maxsize=1)
def _empty() -> bytes:
    from PIL import Image

    out = BytesIO()
    Image.new("LA", (256, 256)).save(out, "PNG", optimize=True)
    return out.getvalue()


@lru_cache(maxsize=4)
def _store(folder: Path) -> FileSystemCache:
    return FileSystemCache(str(folder), threshold=_MAX_TILES, default_timeout=_KEPT_S)


def _kept(layer: Layer, z: int, x: int, y: int) -> bytes:
    """A tile as its server gives it, from disk where it was asked before. Raises BaseMapError."""
    store, name = _store(settings().state / "cache" / "basemap"), f"{layer.name}/{z}/{x}/{y}"
    content: bytes | None = store.get(name)
    if content is None:
        content = _asked(layer, z, x, y)
        store.set(name, content, timeout=_KEPT_S if content else _DAY_S)
    return content


def _asked(layer: Layer, z: int, x: int, y: int) -> bytes:
    """A tile from its server, unless that failed a moment ago; what went wrong is noted for all workers."""
    path = _trouble_file()
    if not _AT_ONCE.acquire(timeout=2):
        raise BaseMapError("The base map's server is slow; there are too many requests already.")
    try:
        if path.exists() and time.time() - path.stat().st_mtime < _REST_S:
            raise BaseMapError("The base map's server failed a moment ago.")
        try:
            content = fetched(layer, z, x, y)
        except BaseMapError as error:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(str(error), "utf-8")
            raise
        path.unlink(missing_ok=True)
        return content
    finally:
        _AT_ONCE.release()


def _trouble_file() -> Path:
    return settings().state / "cache" / "basemap.down"
