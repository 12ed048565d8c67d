"""Patrols: tracks, what they covered, when each place was last seen, what was visited and what was planned."""
