"""Tracks as terminals publish them: the workers' app (Parquet), the squads' terminals (CSV), volunteers (GPX)."""

import gzip
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq

from gridgov.simulate.patrols.people import People
from gridgov.simulate.patrols.receiving import Fixes
from gridgov.simulate.patrols.sessions import DayTracks
from gridgov.simulate.scenario import day_of

Floats = npt.NDArray[np.float64]

_WORD = pa.dictionary(pa.int32(), pa.string())
_APP = pa.schema(
    {
        "user_code": _WORD, "device_code": _WORD, "mode": pa.dictionary(pa.int8(), pa.string()),
        "loc_time": pa.timestamp("ms"), "lng": pa.float64(), "lat": pa.float64(), "speed": pa.float32(),
        "accuracy": pa.float32(), "satellites": pa.int16(),
    }
)  # fmt: skip
_MODES = ("步行", "电动车", "汽车")
"""How one moves, as the app lets one choose it at the begin of a shift."""
_UPLOAD_S = 600
"""Terminals send what they have every ten minutes; some have no network then and send it an hour or more later."""
_LATE_SHARE = 0.12


@dataclass(frozen=True)
class Written:
    """A day as it goes into the files, and what is told about it."""

    day: int
    app: pa.Table
    terminals: bytes
    gpx: dict[str, bytes]
    n_sessions: int
    n_fixes: int
    km: float
    hours: float


def written(tracks: DayTracks, people: People, day: int, utc_offset_s: int) -> Written:
    """Everything of one day in the form of the files."""
    shifts, fixes = tracks.shifts, tracks.fixes
    squad, ranger = shifts["squad"].to_numpy(), shifts["ranger"].to_numpy()
    n_app, n_squad = int(((squad < 0) & (ranger < 0)).sum()), int((squad >= 0).sum())
    a, b = int(fixes.first[n_app]), int(fixes.first[n_app + n_squad])
    counts = np.diff(fixes.first)
    worker, device, kind = (
        np.repeat(shifts[name].to_numpy().astype(kind), counts)
        for name, kind in (("worker", np.int32), ("device", np.int32), ("kind", np.int8))
    )
    gpx = {}
    for k in range(n_app + n_squad, len(shifts)):
        name, text = _gpx(
            fixes, int(fixes.first[k]), int(fixes.first[k + 1]), people.code[shifts["worker"].iat[k]], utc_offset_s
        )
        if name:
            gpx[name] = text
    return Written(
        day=day,
        app=_app(fixes, slice(0, a), worker, device, kind, people),
        terminals=_terminals(fixes, slice(a, b), device, people, utc_offset_s),
        gpx=gpx,
        n_sessions=len(shifts),
        n_fixes=int(fixes.first[-1]),
        km=float(tracks.metres.sum()) / 1000,
        hours=float((shifts["end"] - shifts["start"]).sum()) / 3600,
    )


def _app(
    fixes: Fixes, rows: slice, worker: np.ndarray, device: np.ndarray, kind: np.ndarray, people: People
) -> pa.Table:
    """Fixes of the workers' app, person by person."""
    satellites = fixes.satellites[rows]
    speed = fixes.speed[rows]
    columns = [
        pa.DictionaryArray.from_arrays(worker[rows], pa.array(people.code)),
        pa.DictionaryArray.from_arrays(device[rows], pa.array(people.device)),
        pa.DictionaryArray.from_arrays(kind[rows], pa.array(_MODES)),
        pa.array(fixes.at[rows].view("datetime64[ms]")), pa.array(fixes.lon[rows]), pa.array(fixes.lat[rows]),
        pa.array(speed, mask=np.isnan(speed)), pa.array(fixes.accuracy[rows]), pa.array(satellites, mask=satellites < 0),
    ]  # fmt: skip
    return pa.Table.from_arrays(columns, schema=_APP)


def _terminals(fixes: Fixes, rows: slice, device: np.ndarray, people: People, utc_offset_s: int) -> bytes:
    """Fixes of the squads' terminals as lines of CSV, in the order in which the server got them."""
    at = fixes.at[rows] // 1000 - utc_offset_s
    own = device[rows]
    batch = at // _UPLOAD_S
    # splitmix-like: the same batch of the same device is always as late
    mixed = (batch * 7919 + own.astype(np.int64) * 104_729) * 2_654_435_761 % 1_000_003 / 1_000_003
    late = np.where(mixed < _LATE_SHARE, 1 + np.floor(mixed / _LATE_SHARE * 14), 0)
    arrived = (batch + late - batch.min(initial=0)).astype(np.int64)
    order = np.argsort(
        (arrived << 40) | (own.astype(np.int64) << 20) | (at - at.min(initial=at[0] if len(at) else 0)), kind="stable"
    )
    satellites = fixes.satellites[rows][order]
    kmh = np.round(fixes.speed[rows][order].astype(np.float64) * 3.6, 1)
    table = pa.table(
        {
            "终端号": pa.DictionaryArray.from_arrays(own[order], pa.array(people.device)).cast(pa.string()),
            "定位时间": at[order], "经度": fixes.lon[rows][order], "纬度": fixes.lat[rows][order],
            "速度": pa.array(kmh, mask=np.isnan(kmh)),
            "精度": np.round(fixes.accuracy[rows][order].astype(np.float64), 1),
            "卫星数": pa.array(satellites, mask=satellites < 0),
        }
    )  # fmt: skip
    text = io.BytesIO()
    csv.write_csv(table, text, csv.WriteOptions(include_header=False, quoting_style="none", batch_size=65_536))
    return gzip.compress(text.getvalue(), 1, mtime=0)


_TERMINAL_HEADER = "终端号,定位时间,经度,纬度,速度,精度,卫星数\n"


def _gpx(fixes: Fixes, first: int, last: int, name: str, utc_offset_s: int) -> tuple[str, bytes]:
    """A session as GPX 1.1, its name and text; a new segment after five minutes without a fix."""
    if last - first < 2:
        return "", b""
    at = fixes.at[first:last] // 1000 - utc_offset_s
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="OutTrack" '
        f'xmlns="http://www.topografix.com/GPX/1/1">\n<trk><name>{name}</name><trkseg>\n'
    ]
    stamps = np.datetime_as_string(at.astype("datetime64[s]"), timezone="UTC")
    before = at[0]
    for lon, lat, stamp, t in zip(fixes.lon[first:last], fixes.lat[first:last], stamps, at, strict=True):
        if t - before > 300:
            lines.append("</trkseg><trkseg>\n")
        before = t
        lines.append(f'<trkpt lat="{lat:.6f}" lon="{lon:.6f}"><time>{stamp}</time></trkpt>\n')
    lines.append("</trkseg></trk>\n</gpx>\n")
    began = datetime.fromtimestamp(int(at[0]), UTC)
    return f"{name}_{began:%Y%m%dT%H%M%SZ}.gpx", "".join(lines).encode()


class TrackFiles:
    """The files of all days, one a month for app and terminals; days are appended in order."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "rivers").mkdir(parents=True, exist_ok=True)
        self._month = ""
        self._app: pq.ParquetWriter | None = None

    def append(self, day: Written) -> None:
        """Write a day."""
        month = f"{day_of(day.day):%Y-%m}"
        if month != self._month:
            self.close()
            self._month = month
            self._app = pq.ParquetWriter(
                self._folder / f"workers_{month}.parquet", _APP, compression="zstd", compression_level=1,
                store_schema=False, use_dictionary=["user_code", "device_code", "mode"],
                column_encoding={"loc_time": "DELTA_BINARY_PACKED", "lng": "BYTE_STREAM_SPLIT", "lat": "BYTE_STREAM_SPLIT"},
            )  # fmt: skip
            self._terminals.write_bytes(gzip.compress(_TERMINAL_HEADER.encode(), 2, mtime=0))
        if self._app is not None and day.app.num_rows:
            self._app.write_table(day.app, row_group_size=day.app.num_rows)
        with self._terminals.open("ab") as file:
            file.write(day.terminals)
        for name, text in day.gpx.items():
            (self._folder / "rivers" / name).write_bytes(text)

    @property
    def _terminals(self) -> Path:
        return self._folder / f"squads_{self._month}.csv.gz"

    def close(self) -> None:
        """Finish the files of a month."""
        if self._app is not None:
            self._app.close()
            self._app = None
