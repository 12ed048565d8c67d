"""What gunicorn serves: `gunicorn dash_app.wsgi:server`, see `gridgov serve`."""

from dash_app.app import app

server = app.server
