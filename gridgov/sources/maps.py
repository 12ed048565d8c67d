"""A town's own map as published -> features: read, brought to WGS84, checked; every fault of a feature is named."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gridgov.crs import parse_datum, to_wgs84
from gridgov.sources import values
from gridgov.sources.fingerprint import fingerprints
from gridgov.sources.mapping import MapMapping
from gridgov.sources.points import declared_datum
from gridgov.sources.reading import RawBatch
from gridgov.sources.rows import Faulty, Reasons, is_null, text_of
from gridgov.vocabulary import MAP_THEMES

CONTENT = ("theme", "kind", "name", "width_m", "geom")
"""What a feature says: one that says the same again is the same."""


@dataclass
class MapBatch:
    """Some features of a file, the faulty ones beside them, and what was noticed.

    good  row_no, theme, kind, name, width_m (float64, null = not known), geom (WKB, EPSG:4326), row_hash
    x, y  a vertex of each feature as written, to judge the declared datum by; NaN where there is none
    """

    good: pa.Table
    faulty: list[Faulty]
    x: np.ndarray
    y: np.ndarray
    noticed: Counter[str] = field(default_factory=Counter)


def read_features(batch: RawBatch, mapping: MapMapping, declared_crs: str | None) -> MapBatch:
    """One batch of raw features, in the order of the file.

    A width is that of the file, else the one that the mapping says is usual for the kind. A feature is faulty when it has no
    geometry, an invalid one or one that lies nowhere on earth, a width that is no number, or a theme that nobody knows.
    Raises SourceError when the file was to declare a datum and does not.
    """
    n, raw = len(batch), batch.table
    reasons, noticed = Reasons(n), Counter[str]()
    texts = {
        name: values.column_text(raw, mapping.columns[name], mapping.nulls)
        if name in mapping.columns
        else pa.nulls(n, pa.string())
        for name in ("theme", "kind", "name")
    }
    theme = _themes(texts["theme"], mapping, reasons)
    kind = pc.coalesce(values.lookup(texts["kind"], mapping.values.get("kind", {})), texts["kind"])
    width = _widths(raw, texts["kind"], mapping, reasons)
    unknown = pc.value_counts(kind.filter(pa.array(np.isnan(width)) if len(width) else pa.array([], pa.bool_())))
    for entry in unknown.to_pylist() if mapping.theme == "road" else []:
        noticed[f"width: not known of {entry['values'] or 'roads of no kind'}"] += entry["counts"]
    shapes, x, y = _shapes(batch, declared_datum(mapping, declared_crs), reasons)
    good = pa.table(
        {
            "row_no": pa.array(batch.row_no, pa.int64()),
            "theme": theme,
            "kind": kind,
            "name": texts["name"],
            "width_m": pa.array(width, from_pandas=True),
            "geom": pa.array(shapely.to_wkb(shapes, byte_order=1, include_srid=False), pa.binary()),
        }
    )
    faulty = reasons.faulty(batch, mapping)
    if reasons.any.any():
        good = good.filter(pa.array(~reasons.any))
    good = good.append_column("row_hash", pa.array(fingerprints(good, CONTENT)))
    return MapBatch(good, faulty, x, y, +noticed)


def _themes(text: pa.Array, mapping: MapMapping, reasons: Reasons) -> pa.Array:
    """The theme of each feature: that of its word, else that of the file."""
    words = {word: code for code, term in MAP_THEMES.items() for word in (code, term.zh, term.en)}
    theme = values.lookup(text, words | mapping.values.get("theme", {}))
    if mapping.theme is not None:
        return pc.coalesce(theme, pa.scalar(mapping.theme))
    reasons.add(is_null(theme), "unknown theme", lambda: text)
    return theme


def _widths(raw: pa.Table, kind: pa.Array, mapping: MapMapping, reasons: Reasons) -> np.ndarray:
    usual = pa.array([*mapping.widths.values(), None], pa.float64())
    place = pc.fill_null(pc.index_in(kind, value_set=pa.array(list(mapping.widths), pa.string())), len(mapping.widths))
    width = usual.take(place).to_numpy(zero_copy_only=False)
    if "width" not in mapping.columns:
        return width
    told, bad = values.column_numbers(raw, mapping.columns["width"], mapping.nulls)
    with np.errstate(invalid="ignore"):
        bad = bad | (told < 0)
    reasons.add(bad, "bad width", text_of(raw, mapping, "width"))
    return np.where(np.isnan(told) | (told == 0), width, told)


def _shapes(batch: RawBatch, datum: str, reasons: Reasons) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The geometries in EPSG:4326 without heights, None where one cannot be; and a vertex of each as written."""
    given = batch.geometry.copy() if batch.geometry is not None else np.full(len(batch), None)
    empty = shapely.is_missing(given) | shapely.is_empty(given)
    reasons.add(empty, "no geometry")
    given[empty] = None
    shapes = shapely.force_2d(given)
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    lon, lat = to_wgs84(xy[:, 0], xy[:, 1], parse_datum(datum))
    with np.errstate(invalid="ignore"):
        lost = ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90))
    nowhere = np.zeros(len(shapes), bool)
    nowhere[owner[lost]] = True
    reasons.add(nowhere, "impossible coordinates", lambda: pa.array([_short(shape) for shape in shapes], pa.string()))
    shapes = shapely.set_coordinates(shapes, np.column_stack([np.where(lost, 0.0, lon), np.where(lost, 0.0, lat)]))
    invalid = ~empty & ~nowhere & ~shapely.is_valid(shapes)
    reasons.add(invalid, "invalid geometry", lambda: pa.array(shapely.is_valid_reason(shapes), pa.string()))
    shapes[empty | nowhere | invalid] = None
    first = np.searchsorted(owner, np.arange(len(shapes)))
    has = ~empty
    x, y = np.full(len(shapes), np.nan), np.full(len(shapes), np.nan)
    x[has], y[has] = xy[first[has]].T
    return shapes, x, y


def _short(shape: shapely.Geometry | None) -> str | None:
    return None if shape is None else shapely.to_wkt(shape, rounding_precision=5)[:60]
