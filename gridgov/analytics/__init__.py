"""Arithmetic on frames: pure functions, frame in, frame out. No database, no figure, no clock."""
