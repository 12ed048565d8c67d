"""Playing one session: the cases reported on the way stand where somebody was at that moment, others do not."""

from datetime import date, timedelta
from pathlib import Path

import gridgov as gg
from tests.support import load_city, load_rows, new_code, point
from tests.support_tracks import METRE, load_fixes, local, walk

DAY = date(2026, 3, 2)


def test_a_case_is_on_the_way_when_somebody_was_near_it_at_that_moment(database: str, tmp_path: Path) -> None:
    town, begin = new_code(), local(DAY, 9)
    load_city(tmp_path, town)
    load_fixes(tmp_path, town, walk("a", begin, 60, start=(0.2, 0.5), step=(10, 0), person="a"))
    x, y = point(0.2, 0.5)

    def case(no: str, minutes: float, metres: float) -> dict[str, str]:
        at = begin + timedelta(minutes=minutes)
        return {
            "no": no,
            "at": at.isoformat(),
            "state": "open",
            "x": f"{x + metres * METRE:.7f}",
            "y": f"{y + 40 * METRE:.7f}",
        }

    # A minute is six steps of 10 m: at 3 minutes one is 180 m on.
    load_rows(tmp_path, town, [case("near", 3, 180), case("elsewhere", 3, 500), case("later", 30, 180)])
    asked = gg.open(town)
    session = int(asked.ask("patrol_sessions", role="person", purpose="a test").frame["session"].iloc[0])
    found = asked.ask("playback", session=session, role="person", purpose="a test").frame
    cases = found[found["what"] == "case"]
    assert cases["case_no"].tolist() == ["near"]
    assert cases["track"].tolist() == [1]
