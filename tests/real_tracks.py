"""The published tracks of the real data folder as arrays, through their shipped mappings."""

from pathlib import Path

import pyarrow as pa

from gridgov.analytics.patrol.fixes import Fixes, fixes_of
from gridgov.sources.mapping import TrackMapping, read_mapping
from gridgov.sources.reading import open_source
from gridgov.sources.tracks import read_fixes

RANGERS = ("ranger_patrol", "tracks/ranger_patrol.gpx")
GEOLIFE = ("geolife_demo", "tracks/geolife_demo.gpkg")
PLOUGHS = ("syracuse_ploughs", "tracks/syracuse_plow_points.geojson")
CABS = ("san_francisco_vehicles", "san_francisco/vehicle_tracks/*.txt")


def real_tracks(realdata: Path, name: str, files: str) -> Fixes:
    """All files of a set, in the metric CRS of its town."""
    mapping = read_mapping(name)
    assert isinstance(mapping, TrackMapping)
    tables = []
    for path in sorted(realdata.glob(files)):
        with open_source(path, mapping.file, mapping.source_columns(), geometry=mapping.has_shapes) as source:
            tables += [read_fixes(b, mapping, source.declared_crs, path.name).good for b in source.batches(100_000)]
    return fixes_of(pa.concat_tables(tables), str(mapping.about.crs))[0]
