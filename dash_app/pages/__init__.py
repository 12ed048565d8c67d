"""The pages of the app, one a file; importing them registers them with the Dash object."""

from dash_app.pages import backlog, case, cases, hierarchy, loads, patrol, situation, supervision, units, wall

__all__ = ["backlog", "case", "cases", "hierarchy", "loads", "patrol", "situation", "supervision", "units", "wall"]
