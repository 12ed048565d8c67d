"""The Dash object: shell, pages, geometry, headers. Importing it reads no data and no clock; see wsgi.py for the server."""

import dash
from flask import Response, abort, request

from dash_app.frame import errors, shell
from dash_app.serving import basemap, exports, shapes, tiles, uploads
from gridgov.settings import settings

CONTENT_SECURITY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline'",  # Dash writes its start into the page
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "frame-ancestors 'self'",
    )
)

app = dash.Dash(
    "dash_app",
    title="gridgov",
    update_title="",
    use_pages=True,
    pages_folder="",
    assets_folder="assets",
    serve_locally=True,
    compress=True,
    suppress_callback_exceptions=True,  # an answer that comes when its page has been left goes nowhere, without a fault
    on_error=errors.on_error,
)
app.layout, app.index_string = shell.layout, shell.index(app.index_string)
for part in (shapes, basemap, tiles, exports):
    app.server.register_blueprint(part.blueprint)


@app.server.before_request
def refuse() -> None:
    """Pages served under a name that is none of ours ask nothing here."""
    if not settings().is_ours(request.host):
        abort(403, "This name is not known here: see GRIDGOV_NAMES.")


@app.server.before_request
def limit() -> None:
    """No request is larger than what it may bring."""
    request.max_content_length = uploads.max_request(request.path)


@app.server.after_request
def guard(response: Response) -> Response:
    """Nothing may be fetched from elsewhere, nor this app be framed elsewhere."""
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    return response


from dash_app import pages  # noqa: E402, F401  they register with the Dash object
