"""Which reports tell of one trouble: alike in place, time, kind and text. Pure: arrays in, arrays out.

pairs    reports of one kind, near each other in place and time, while the earlier was open (重复); and for each closing the
         first report of the same trouble after it (反复). Candidates come from blocks of one kind and about the size of
         the radius, so that the work grows with the neighbours, not with the square of the cases.
texts    how alike two texts are, by the pairs of neighbouring characters they share: Chinese has no spaces to cut at
chains   which reports are one problem, and since when each of them was known to be
"""

from gridgov.analytics.likeness.chains import Joined, chains, join
from gridgov.analytics.likeness.pairs import Ends, Reports, first_returns, metres_between, open_pairs
from gridgov.analytics.likeness.texts import alike

__all__ = [
    "Ends",
    "Joined",
    "Reports",
    "alike",
    "chains",
    "first_returns",
    "join",
    "metres_between",
    "open_pairs",
]
