"""Geometry and pictures over HTTP, apart from the figures: named by its content, so a browser fetches it once and keeps it."""

from flask import Blueprint, Response, abort, request

from dash_app.asking import published

blueprint = Blueprint("shapes", __name__)
_YEAR_S = 31_536_000


@blueprint.get("/shapes/<name>.json")
def shapes(name: str) -> Response:
    """The GeoJSON that `published.shapes` made; 404 for any other name."""
    if request.if_none_match.contains(name):
        return Response(status=304, headers={"ETag": f'"{name}"'})
    return _kept(name, published.shapes_text(name), "application/json")


@blueprint.get("/pictures/<name>.png")
def pictures(name: str) -> Response:
    """The PNG that `published.picture` made; 404 for any other name."""
    return _kept(name, published.picture_content(name), "image/png")


def _kept(name: str, content: str | bytes | None, mimetype: str) -> Response:
    """What never changes under its name, for the browser to keep; 404 where there is nothing."""
    if content is None:
        abort(404)
    response = Response(content, mimetype=mimetype)
    response.headers["Cache-Control"] = f"private, max-age={_YEAR_S}, immutable"
    response.set_etag(name)
    return response
