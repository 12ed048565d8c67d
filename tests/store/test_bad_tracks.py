"""Files of tracks with something wrong: each ends quickly, with whole sentences that say what was found and what to look at."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from gridgov.crs import BD09, GCJ02, Datum, from_wgs84
from gridgov.errors import GridgovError
from gridgov.pipelines.kinds import load
from gridgov.pipelines.report import LoadReport
from gridgov.sources.mapping import parse_mapping
from tests.support import METRIC, load_city, new_code, query, write_rows
from tests.support_tracks import HEAD, TRACKS, ZONE, Fix, load_fixes, local, patrols, walk

DAY = date(2026, 3, 30)
GPX = '<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">{}</gpx>'
TIMED = '<trkpt lat="31.705" lon="120.305"><time>2026-03-30T01:00:0{k}Z</time></trkpt>'
BARE = '<trkpt lat="31.705" lon="120.305"/>'
OF_GPX = """
kind = "tracks"
town = "{town}"
source = "gpx"
time_zone = "UTC"
datum = "WGS84"
[columns]
device = "trk.name"
at = "time"
lon = "lon"
lat = "lat"
[personal]
device = "pseudonym"
"""


def good(n: int = 300, **more: Any) -> list[Fix]:
    return walk("a", local(DAY, 9), n, person="P", **more)


def changed(rows: list[Fix], **how: Any) -> list[Fix]:
    """The rows with some columns made of themselves."""
    return [{**row, **{name: make(row) for name, make in how.items()}} for row in rows]


def is_sentences(text: str) -> bool:
    return text.endswith((".", "?")) and "Traceback" not in text


REFUSED = {
    "nobody": ([], "holds no record"),
    "swapped": (
        changed(good(), x=lambda r: r["y"], y=lambda r: r["x"]),
        r"impossible coordinates: '31\.\d+, 120\.\d+'",
    ),
    "metres": (changed(good(), x=lambda _: 528_000, y=lambda _: 3_509_000), "impossible coordinates"),
    "zeros": (changed(good(), x=lambda _: 0, y=lambda _: 0), "no place"),
    "no time": (changed(good(), at=lambda _: ""), "no time"),
    "a date only": (changed(good(), at=lambda r: r["at"][:10]), "a date without a time"),
    "numbers": (changed(good(), at=lambda r: int(datetime.fromisoformat(r["at"]).timestamp())), "bad date in at"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_meant_is_refused(what: str, database: str, tmp_path: Path) -> None:
    rows, said = REFUSED[what]
    with pytest.raises(GridgovError, match=said) as caught:
        load_fixes(tmp_path, new_code(), rows)
    assert is_sentences(str(caught.value))
    assert not any(patrols().values())


TOLD = {
    "of 1970": (changed(good(), at=lambda r: r["at"].replace("2026-03-30", "1970-01-01")), 0, "before the first day"),
    "of the future": (changed(good(), at=lambda r: r["at"].replace("2026", "2099")), 0, "after this load"),
    "on the equator": (changed(good(), y=lambda _: 0), 300, "is it the right town?"),
    "of one device for two": (good() + changed(good(), x=lambda r: r["x"] + 0.05), 0, "of the same instant"),
    "accuracy in another unit": (good(accuracy=5_000), 0, "unit of `accuracy`"),
    "too fast": (good(step=(500, 0)), 0, "speed that the rules allow"),
    "one position": (good(1), 1, "taken by filters: none"),
    "GCJ-02 told as WGS84": (
        changed(good(step=(1, 0), start=(0.02, 0.02)), x=lambda r: r["x"] - 0.0047, y=lambda r: r["y"] + 0.0022), 300, "datum",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TOLD)
def test_what_may_be_wrong_is_told(what: str, database: str, tmp_path: Path) -> None:
    rows, n_usable, said = TOLD[what]
    town = new_code()
    load_city(tmp_path, town)
    report = load_fixes(tmp_path, town, rows)
    assert report.loaded == len(rows)
    assert (
        (report.facts["cleaning"]["usable"] <= len(rows) // 2)
        if n_usable == 0
        else (report.facts["cleaning"]["usable"] == n_usable)
    )
    assert all(map(is_sentences, report.notes))
    assert said in " ".join(report.notes)
    assert report.newest_at is None or report.newest_at.year < 2099
    assert sum(report.facts["cleaning"].values()) == report.loaded


def test_gpx_without_times_cut_off_or_with_entities(database: str, tmp_path: Path) -> None:
    def of(text: str) -> LoadReport:
        path = tmp_path / "a.gpx"
        path.write_text(text)
        return load("tracks", path, parse_mapping(OF_GPX.format(town="gpx") + f'[about]\ncrs = "{METRIC}"\n'))

    for text, said in (
        (GPX.format("<trk><name>a</name><trkseg>" + BARE * 200 + "</trkseg></trk>"), "no time"),
        (GPX.format("<trk><name>a</name><trkseg>" + TIMED)[:-30], "cut off or damaged"),
        (GPX.format("").replace("<gpx", '<!DOCTYPE x [<!ENTITY a "aaaa">]><gpx', 1), "document type"),
        (GPX.format('<wpt lat="1" lon="2"/>'), "holds no record"),
        ("", "is empty"),
    ):
        with pytest.raises(GridgovError, match=said) as caught:
            of(text)
        assert is_sentences(str(caught.value))


def test_a_million_times_the_same_position_is_one(database: str, tmp_path: Path) -> None:
    path = tmp_path / "same.csv"
    one = write_rows(path, good(1), HEAD).read_text().splitlines()
    path.write_text("\n".join([one[0], *[one[1]] * 1_000_000]))
    report = load("tracks", path, parse_mapping(TRACKS.format(town=new_code(), source="s", more="", crs=METRIC)))
    assert (report.read, report.loaded, report.duplicate) == (1_000_000, 1, 999_999)
    assert query("SELECT n_fixes, metres FROM gridgov.patrol_session").to_numpy().tolist() == [[1, 0]]


@pytest.mark.parametrize("datum", [GCJ02, BD09], ids=lambda d: d.label)
def test_a_position_of_a_shifted_datum_is_the_same_in_any_file(database: str, tmp_path: Path, datum: Datum) -> None:
    """Undoing a shift goes by steps: what comes out must not hang on the other rows of the file."""
    rows = good(200, start=(0.3, 0.4), step=(7, 3))
    for row in rows:
        row["x"], row["y"] = (round(float(v), 7) for v in from_wgs84(row["x"], row["y"], datum))
    far = {**rows[0], "device": "b", "x": 85.0, "y": 20.0}
    mapping = parse_mapping(
        TRACKS.format(town=new_code(), source="s", more="", crs=METRIC).replace("WGS84", datum.label)
    )
    load("tracks", write_rows(tmp_path / "whole.csv", rows, HEAD), mapping)
    whole = patrols()
    for k in range(0, 200, 40):
        again = load("tracks", write_rows(tmp_path / f"part_{k}.csv", [rows[k]], HEAD), mapping)
        assert again.unchanged == 1
    again = load("tracks", write_rows(tmp_path / "more.csv", [*rows, far], HEAD), mapping)
    assert (again.unchanged, again.loaded) == (200, 1)
    assert set(whole["session"]) <= set(patrols()["session"])


def test_times_without_a_zone_are_those_of_the_mapping_and_others_their_own(database: str, tmp_path: Path) -> None:
    rows = good(50)
    town = new_code()
    load_fixes(tmp_path, town, rows)
    zoned = changed(rows, at=lambda r: datetime.fromisoformat(r["at"]).replace(tzinfo=ZONE).isoformat())
    assert load_fixes(tmp_path, town, zoned, name="zoned").unchanged == 50
