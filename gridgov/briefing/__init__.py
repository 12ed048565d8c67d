"""Briefings: a town, a village or a unit in one to four pages, by day, week and month. Every number is asked."""

from gridgov.briefing.making import Briefing, make
from gridgov.briefing.paper import paper

__all__ = ["Briefing", "make", "paper"]
