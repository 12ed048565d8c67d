"""What the compiled code has to know of a session: one row each, as plain numbers."""

from typing import Any, TypeAlias

import numpy as np

Rows: TypeAlias = Any
"""An array of SESSION or MEETING; the type checker does not know the fields of one."""

SESSION = np.dtype(
    [
        ("key", "i8"),          # of all chance in the session
        ("jitter_key", "i8"),   # of the little that differs when a track is written again
        ("start", "i8"),        # seconds of local wall time
        ("first_target", "i8"), ("n_targets", "i8"),
        ("first_meeting", "i8"), ("n_meetings", "i8"),
        ("beat", "i8"), ("home", "i8"),  # local node where it begins
        ("seconds", "f8"), ("step", "f8"), ("pace", "f8"),  # pace in m/s while moving
        ("error", "f8"),        # m, one standard deviation on each axis in open land
        ("stop_every", "f8"),   # seconds of moving, on average
        ("checkpoint_share", "f8"),
        ("gap_from", "f8"), ("gap_until", "f8"),  # seconds since the start
        ("jump_share", "f8"), ("jitter", "f8"),
        ("clock", "f8"),        # seconds the device's clock is ahead
        ("is_shifted", "i8"),   # 1 = in the second of the two datums
        ("tells_speed", "i8"), ("tells_satellites", "i8"),
    ],
    align=True,
)  # fmt: skip
"""One row a session; what the compiled code has to know of it."""

MEETING = np.dtype(
    [("at", "f8"), ("edge", "i8"), ("part", "i8"), ("share", "f8"), ("along", "f8"), ("stay", "f8")], align=True
)
"""Where one has to be when: seconds since the session's start; local edge, segment of its shape, share of that segment,
metres along the whole edge from its end a; seconds to stay."""
