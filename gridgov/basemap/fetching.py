"""Fetching one tile from the configured server: in time, small enough, a picture, and from nobody else."""

import time
import urllib.error
import urllib.request
from http.client import HTTPException
from io import BytesIO
from typing import IO, Any, Final
from urllib.parse import urlsplit

from gridgov.basemap.tiles import Layer
from gridgov.errors import BaseMapError

TIMEOUT_S: Final = 4.0
MAX_BYTES: Final = 1_000_000
SIDES: Final = (256, 512)
"""Pixels along the side of a tile."""
_TYPES: Final = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}


def fetched(layer: Layer, z: int, x: int, y: int) -> bytes:
    """A tile as its server gives it, a picture; b"" where the server says that there is none (404, 204).

    raises  BaseMapError: not reached in time, refused, sent elsewhere, too large, no picture. It never says the key.
    """
    host = layer.host
    request = urllib.request.Request(layer.address(z, x, y), headers={"User-Agent": "gridgov", "Accept": "image/*"})  # noqa: S310  http(s), checked
    until = time.monotonic() + 2 * TIMEOUT_S
    try:
        with urllib.request.build_opener(_StaysThere).open(request, timeout=TIMEOUT_S) as answer:
            content = _read(answer, until)
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return b""
        raise BaseMapError(f"The base map's server {host} answered {error.code} ({error.reason}).") from None
    except (OSError, HTTPException, ValueError) as error:
        why = getattr(error, "reason", error)
        said = "no answer in time" if isinstance(why, TimeoutError) else type(why).__name__
        raise BaseMapError(f"The base map's server {host} cannot be reached ({said}).") from None
    if content:
        image_type(content)
    return content


def _read(answer: IO[bytes], until: float) -> bytes:
    parts, size = [], 0
    while part := answer.read1(65_536):  # type: ignore[attr-defined]
        parts.append(part)
        size += len(part)
        if size > MAX_BYTES:
            raise BaseMapError(f"The base map's server sent a tile of more than {MAX_BYTES / 1e6:.0f} MB.")
        if time.monotonic() > until:
            raise TimeoutError
    return b"".join(parts)


def image_type(content: bytes) -> str:
    """The media type of a tile's picture. Raises BaseMapError when it is none, or not as large as tiles are."""
    from PIL import Image

    try:
        with Image.open(BytesIO(content), formats=tuple(_TYPES)) as image:
            kind, size = str(image.format), image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise BaseMapError("The base map's server sent something that is no picture; is the key right?") from None
    if size[0] != size[1] or size[0] not in SIDES:
        raise BaseMapError(
            f"The base map's server sent a picture of {size[0]} x {size[1]}; a tile has 256 or 512 pixels a side."
        )
    return _TYPES[kind]


class _StaysThere(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to the same host, and never from https to http."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        here, there = urlsplit(req.full_url), urlsplit(newurl)
        if there.netloc != here.netloc or there.scheme not in ("https", here.scheme):
            raise BaseMapError(
                f"The base map's server {here.netloc} sends to another, {there.netloc}; that is not followed."
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)
