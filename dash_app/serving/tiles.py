"""Tiles of cases and of patrols over HTTP: the address of a page with another path, so that a map shows what its page says.

    /tiles/open/12/3408/1662.mvt?scope=X01&as_of=2026-11-20      the cases open then, within the scope and the filters
    /tiles/reported/...                                          those reported in the period
    /tiles/sessions/...                                          the lines of the patrols of the period, nobody's

A browser keeps a tile and asks whether it still holds: the answer is 304 as long as neither the town's data nor the question
has another version. Workers share what was made (see asks). What cannot be answered says so in a sentence: 400 for what is asked
wrongly, 503 where the database is away or a tile would take too long.
"""

import gzip
import hashlib
import json
from dataclasses import replace

from flask import Blueprint, Response, request

from dash_app.asking import asks
from dash_app.asking.asks import TILED, MapKind
from dash_app.asking.state import State, parse
from gridgov.errors import GridgovError, StoreError
from gridgov.store.tiles import TooMuch

blueprint = Blueprint("tiles", __name__)
_MVT = "application/vnd.mapbox-vector-tile"


def address(state: State, kind: MapKind) -> str:
    """The address of the tiles of what a reader looks at, with {z}, {x} and {y} in it.

    It begins with the path: by which name and whether by TLS the page was fetched only the browser knows, and completes it
    (map.js), for the worker of a map that loads tiles has no page to be relative to.
    """
    said = replace(state, town=asks.town_of(state).code)  # so that nobody has to look up which towns there are
    return f"/tiles/{kind}/{{z}}/{{x}}/{{y}}.mvt{said.query()}"


@blueprint.get("/tiles/<any(" + ",".join(TILED) + "):kind>/<int:z>/<int:x>/<int:y>.mvt")
def tile(kind: MapKind, z: int, x: int, y: int) -> Response:
    """A tile, gzipped; 304 where the browser has it."""
    state = parse(request.query_string.decode())
    try:
        key = asks.tile_key(state, kind, z, x, y)
        etag = hashlib.sha256(json.dumps(key, default=str, sort_keys=True).encode()).hexdigest()[:32]
        if request.if_none_match.contains(etag):
            return _kept(Response(status=304), etag)
        content = asks.tile(key)
    except GridgovError as error:
        is_ours = isinstance(error, StoreError | TooMuch)
        return Response(str(error), status=503 if is_ours else 400, mimetype="text/plain")
    can_gzip = request.accept_encodings["gzip"] > 0
    response = Response(content if can_gzip else gzip.decompress(content), mimetype=_MVT)
    if can_gzip:
        response.headers["Content-Encoding"] = "gzip"
    return _kept(response, etag)


def _kept(response: Response, etag: str) -> Response:
    """For this reader to keep, but to ask before it is shown again."""
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Accept-Encoding"
    response.set_etag(etag)
    return response
