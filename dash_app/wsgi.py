"""What gunicorn serves: `gunicorn dash_app.wsgi:server`, see `gridgov serve`."""

from dash_app.app import app

server = app.server

# Dash registers its scripts and pages during the first request, and answers 500 to whoever asks for them meanwhile in
# another thread. So each worker makes a first request of its own, to itself, before it takes any.
server.test_client().get("/_dash-dependencies")
