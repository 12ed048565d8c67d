"""The Dash object: shell, pages, geometry, headers. Importing it reads no data and no clock; see wsgi.py for the server."""

import dash
from flask import Response

from dash_app import errors, shapes, shell

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
    on_error=errors.on_error,
)
app.layout = shell.layout
app.server.register_blueprint(shapes.blueprint)


@app.server.after_request
def guard(response: Response) -> Response:
    """Nothing may be fetched from elsewhere, nor this app be framed elsewhere."""
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    return response


from dash_app.pages import cases, hierarchy, loads, patrol, situation  # noqa: E402, F401  pages register with the Dash object
