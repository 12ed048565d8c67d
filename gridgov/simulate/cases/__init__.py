"""The cases of the demo town: what happens, when and where, and the whole life of each case.

Arrivals are drawn (arrivals, rates, places, windows), some things are hidden among them (planted), and each life is
simulated step by step (engine, and the steps in intake, handling, after, counters): delay comes from how units work
(ways). The truth is counted on the way (counting, telling).
"""

from gridgov.simulate.cases.codes import REASONS
from gridgov.simulate.cases.lives import Lives, live
from gridgov.simulate.cases.matters import read_matters

__all__ = ["REASONS", "Lives", "live", "read_matters"]
