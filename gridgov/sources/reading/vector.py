"""GeoJSON, GeoPackage and Shapefile, as Arrow streams from GDAL.

GDAL opens by content, and some contents send it elsewhere: a VRT or a pipeline named .geojson reads other files, even
from the network. So the first bytes are checked before, GeoJSON is tied to its driver by a prefix, and the driver that
answered is checked after.
"""

import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyogrio.raw import open_arrow

from gridgov.errors import SourceError
from gridgov.settings import settings
from gridgov.sources.reading.base import Broken, RawBatch, Request, Source, plain, require_columns
from gridgov.sources.reading.text import TextStream

MAX_UNPACKED = 4_000_000_000  # bytes of a zipped Shapefile; its own format ends there
MAX_PARTS = 1000  # files in a zip archive
PIECE = 50_000

_DRIVERS = {"geojson": "GeoJSON", "gpkg": "GPKG", "shp": "ESRI Shapefile"}
_GDAL_ERRORS = (DataSourceError, DataLayerError, RuntimeError, ValueError, pa.ArrowException, OSError)

# Reading a .gz would else leave a .properties file beside it.
pyogrio.set_gdal_config_options({"CPL_VSIL_GZIP_WRITE_PROPERTIES": "NO", "GDAL_HTTP_MAX_RETRY": "0"})


class VectorSource(Source):
    """One layer of features. GeoJSON times stay the text they are; other typed columns keep their types."""

    def __init__(self, request: Request, fmt: str, zipped: bool) -> None:
        super().__init__(request)
        self.format = fmt  # type: ignore[misc]  # one class reads three formats
        self._options: dict[str, Any] = {}
        path = str(self.path)
        if fmt == "geojson":
            _check_geojson(request, zipped)
            # As text: GDAL would make instants of times whose zones differ, and lose how they were written.
            self._options["DATE_AS_STRING"] = True
            self._dataset = f"GeoJSON:/vsigzip/{path}" if zipped else f"GeoJSON:{path}"
        else:
            if set("!;?") & set(path):
                raise SourceError(
                    f"{path}: a path with '!', ';' or '?' cannot be read here. Rename the file or folder."
                )
            self._dataset = path
            if fmt == "shp":
                self._dataset, has_cpg = _check_shapefile(request)
                # The .cpg beside it says the encoding; what the mapping says outright goes before it.
                if not has_cpg or "encoding" in request.layout.model_fields_set:
                    self._options["encoding"] = request.layout.encoding.upper()
        self._layer = self._find_layer()
        info = self._asked(
            lambda: pyogrio.read_info(self._dataset, layer=self._layer, force_feature_count=True, **self._options)
        )
        if info["driver"] != _DRIVERS[fmt]:
            raise SourceError(
                f"{request.name} is read by GDAL as {info['driver']}, not as {_DRIVERS[fmt]}. It is refused."
            )
        self.columns = [str(name) for name in info["fields"]]
        self.geometry_type = _base_type(info["geometry_type"])
        self.declared_crs = info["crs"]
        self.n_rows = int(info["features"]) if info["features"] >= 0 else None
        require_columns(request, self.columns)
        if request.geometry and self.geometry_type is None:
            raise SourceError(
                f"{request.name} has no geometry{f' in {self._layer}' if self._layer else ''}. Load the file with the "
                "shapes, or say `table` under [file] in the mapping."
            )

    def _find_layer(self) -> str | None:
        if self.format != "gpkg":
            return None
        layers = [str(row[0]) for row in self._asked(lambda: pyogrio.list_layers(self._dataset))]
        asked, shown = self.request.layout.table, ", ".join(f"'{layer}'" for layer in layers)
        if asked is not None and asked not in layers:
            raise SourceError(
                f"{self.request.name} has no layer '{asked}'. It has {shown}. Correct `table` under [file] in the "
                "mapping."
            )
        if asked is None and len(layers) != 1:
            raise SourceError(
                f"{self.request.name} has {len(layers)} layers: {shown or 'none'}. Say which one to read: table = "
                "'...' under [file] in the mapping."
            )
        return asked or layers[0]

    def _asked(self, question: Callable[[], Any]) -> Any:
        """What GDAL answers; its errors as a SourceError, its warnings silenced (each geometry is checked later)."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)
                warnings.filterwarnings("ignore", "Measured", UserWarning)  # only the type's name loses its M
                return question()
        except UnicodeDecodeError as err:
            raise SourceError(
                f"{self.request.name}: the text is not {self.request.layout.encoding}. Say its encoding under [file] "
                "in the mapping, for example encoding = 'gb18030'."
            ) from err
        except _GDAL_ERRORS as err:
            raise SourceError(
                f"{self.request.name} cannot be read as {_DRIVERS[self.format]}: {str(err).rstrip('.')}. It may be cut "
                "off or damaged: fetch or export it again."
            ) from err

    def _pieces(self, rows: int) -> Iterator[RawBatch]:
        request, next_no = self.request, 1
        opened = open_arrow(
            self._dataset,
            layer=self._layer,
            # With neither column nor geometry GDAL would lose count: one column keeps it.
            columns=list(request.wanted) or ([] if request.geometry else self.columns[:1]),
            read_geometry=request.geometry,
            batch_size=min(rows, PIECE),
            use_pyarrow=True,
            **self._options,
        )
        meta, reader = self._asked(opened.__enter__)
        try:
            shape_column = meta["geometry_name"] or "wkb_geometry"
            while (batch := self._asked(lambda: next(reader, None))) is not None:
                numbers = np.arange(next_no, next_no + batch.num_rows, dtype=np.int64)
                next_no += batch.num_rows
                table = plain(pa.table(batch.select(list(request.wanted))), request.name)
                wkb = batch.column(shape_column) if request.geometry else None
                yield with_shapes(table, numbers, wkb)
        finally:
            opened.__exit__(None, None, None)


def with_shapes(table: pa.Table, numbers: np.ndarray, wkb: pa.Array | None) -> RawBatch:
    """The batch with its geometries; records whose geometry is malformed become Broken."""
    if wkb is None:
        return RawBatch(table, numbers)
    raw = wkb.to_numpy(zero_copy_only=False)
    shapes = shapely.from_wkb(raw, on_invalid="ignore")
    is_bad = shapely.is_missing(shapes) & ~wkb.is_null().to_numpy(zero_copy_only=False)
    if not is_bad.any():
        return RawBatch(table, numbers, shapes)
    broken = [
        Broken(int(n), "its geometry is malformed (a ring that is not closed, or too few points)")
        for n in numbers[is_bad]
    ]
    return RawBatch(table.filter(pa.array(~is_bad)), numbers[~is_bad], shapes[~is_bad], broken)


def _base_type(geometry_type: str | None) -> str | None:
    """The geometry type without its dimensions: 'Polygon Z' and '2.5D Polygon' are polygons."""
    if geometry_type is None:
        return None
    words = [w for w in geometry_type.removeprefix("2.5D ").removeprefix("3D ").split() if w not in ("Z", "M", "ZM")]
    return " ".join(words).removeprefix("Measured ")


def _check_geojson(request: Request, zipped: bool) -> None:
    """Refuse what is too large, no JSON object, or not UTF-8 (the one encoding GeoJSON may have)."""
    limit = settings().json_max_mb * 1_000_000
    text = TextStream(request.path, "utf-8", zipped)
    try:
        size, first = 0, b""
        while piece := text.read():
            first = first or piece.lstrip()
            size += len(piece)
            if size > limit:
                raise SourceError(
                    f"{request.name} is larger than {limit / 1e6:,.0f} MB, the most a GeoJSON file may hold. Export it "
                    "as GeoPackage or GeoParquet, or raise GRIDGOV_JSON_MAX_MB."
                )
    finally:
        text.close()
    if not first.startswith(b"{") or b'"type"' not in first:
        raise SourceError(
            f"{request.name} is not GeoJSON, which begins with '{{' and has a 'type'. Export it again, or say its "
            "format under [file] in the mapping."
        )


def _check_shapefile(request: Request) -> tuple[str, bool]:
    """The dataset's name for GDAL, and whether a .cpg says the encoding; parts missing or cut off are refused.

    GDAL reads a Shapefile that was cut off as far as it goes and is silent about the rest, so lengths are compared with
    what the headers promise.
    """
    path = request.path
    if path.suffix.lower() != ".zip":
        parts = {p.suffix.lower(): p for p in path.parent.glob("*") if p.stem == path.stem}
        heads = {}
        for suffix, sibling in parts.items():
            if suffix in (".shp", ".shx", ".dbf"):
                with sibling.open("rb") as file:
                    heads[suffix] = (file.read(100), sibling.stat().st_size)
        _check_parts(request, heads)
        return str(path), ".cpg" in parts
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        if len(infos) > MAX_PARTS or sum(info.file_size for info in infos) > MAX_UNPACKED:
            raise SourceError(
                f"{request.name} holds {len(infos):,} files of {sum(i.file_size for i in infos) / 1e6:,.0f} MB; at "
                f"most {MAX_PARTS:,} files of {MAX_UNPACKED / 1e6:,.0f} MB are read. Pack the one Shapefile alone."
            )
        for info in infos:
            where = PurePosixPath(info.filename.replace("\\", "/"))
            if where.is_absolute() or ".." in where.parts or ":" in where.parts[0]:
                raise SourceError(f"{request.name} holds a file outside its own folder. It is not opened.")
        inside = [i for i in infos if i.filename.lower().endswith(".shp") and not i.filename.startswith("__MACOSX/")]
        if len(inside) != 1:
            raise SourceError(
                f"{request.name} holds {len(inside)} Shapefiles; exactly one is expected. Pack the one to load alone."
            )
        stem = inside[0].filename[: -len(".shp")]
        siblings = {i.filename[len(stem) :].lower(): i for i in infos if i.filename.startswith(f"{stem}.")}
        heads = {}
        for suffix, info in siblings.items():
            if suffix in (".shp", ".shx", ".dbf"):
                with archive.open(info) as part:
                    heads[suffix] = (part.read(100), info.file_size)
        _check_parts(request, heads)
        return f"/vsizip/{path}/{inside[0].filename}", ".cpg" in siblings


def _check_parts(request: Request, heads: dict[str, tuple[bytes, int]]) -> None:
    missing = [suffix for suffix in (".shp", ".shx", ".dbf") if suffix not in heads]
    if missing:
        raise SourceError(
            f"{request.name} comes without its {' and '.join(missing)}: a Shapefile is several files of one name. Put "
            "them side by side, or in one zip archive."
        )
    for suffix, (first, size) in heads.items():
        if suffix == ".dbf":
            n_records, head_size, record_size = struct.unpack("<IHH", first[4:12].ljust(8, b"\0"))
            promised = head_size + n_records * record_size
        else:
            promised = 2 * struct.unpack(">I", first[24:28].ljust(4, b"\0"))[0]
        if size < max(promised, 33):
            raise SourceError(
                f"{request.name} is cut off: its {suffix} has {size:,} bytes where its header promises {promised:,}. "
                "Fetch or export it again."
            )
