"""What the settings say of the base map: its layers, the addresses of their tiles, their datum, what must be printed."""

import hashlib
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from gridgov.crs import GCJ02, Datum, parse_datum
from gridgov.errors import DatumError, SettingsError
from gridgov.settings import Settings, settings

_PLACES: Final = {
    "z": "z",
    "x": "x",
    "y": "y",
    "TileMatrix": "z",
    "TileCol": "x",
    "TileRow": "y",
    "-y": "-y",
    "key": "key",
}
"""What may stand in braces in an address, and what it means; the long names are those of WMTS."""


@dataclass(frozen=True)
class Layer:
    """One layer of tiles in Web Mercator (EPSG:3857): its name in our own addresses, and the template of its server's."""

    name: str
    template: str
    key: SecretStr | None = None

    @property
    def host(self) -> str:
        """The one host that may be asked for it."""
        return urlsplit(self.template).netloc

    def address(self, z: int, x: int, y: int) -> str:
        """Where a tile is; holds the key."""
        key = self.key.get_secret_value() if self.key else ""
        values = {"z": str(z), "x": str(x), "y": str(y), "-y": str(2**z - 1 - y), "key": key}
        return re.sub(r"\{([^{}]+)\}", lambda found: values[_PLACES[found[1]]], self.template)


@dataclass(frozen=True)
class TileMap:
    """The configured base map; the first layer is the lowest.

    is_shifted   its tiles are in GCJ-02
    attribution  whose map it is, as its owner wants it printed; "" = nothing
    approval     the number of its approval (审图号); "" = none given
    max_zoom     the finest zoom its server has
    """

    layers: tuple[Layer, ...]
    is_shifted: bool
    attribution: str
    approval: str
    max_zoom: int

    def layer(self, name: str) -> Layer | None:
        """The layer of a name."""
        return next((layer for layer in self.layers if layer.name == name), None)


def tile_map(here: Settings | None = None) -> TileMap | None:
    """The base map that is configured, None when there is none. Raises SettingsError when it cannot be as it is said."""
    here = here or settings()
    templates = (here.basemap_url or "").split()
    if not templates:
        return None
    if not 1 <= here.basemap_max_zoom <= 22:
        raise SettingsError(f"GRIDGOV_BASEMAP_MAX_ZOOM is 1 to 22, not {here.basemap_max_zoom}.")
    is_shifted = _datum(here.basemap_datum) == GCJ02
    layers = tuple(_layer(template, is_shifted, here.basemap_key) for template in templates)
    return TileMap(layers, is_shifted, here.basemap_attribution, here.basemap_approval, here.basemap_max_zoom)


def _datum(said: str) -> Datum:
    try:
        datum = parse_datum(said)
    except DatumError as error:
        raise SettingsError(f"GRIDGOV_BASEMAP_DATUM: {error}") from error
    if not (datum.is_identity or datum == GCJ02):
        raise SettingsError(
            f"GRIDGOV_BASEMAP_DATUM is {datum.label}; tiles are understood in wgs84, cgcs2000 or gcj02. Tiles in BD-09 are "
            "cut by another scheme than XYZ and cannot be put under the grids: choose another server."
        )
    return datum


def _layer(template: str, is_shifted: bool, key: SecretStr | None) -> Layer:
    parts = urlsplit(template)
    said = f"GRIDGOV_BASEMAP_URL names '{parts.scheme}://{parts.netloc}{parts.path}'"
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or "{" in parts.netloc:
        raise SettingsError(f"{said}; a base map is an address http(s)://host/..., its host and no password in it.")
    if "{" in re.sub(r"\{[^{}]+\}", "", template):
        raise SettingsError(f"{said}, in which a brace is not closed.")
    named = re.findall(r"\{([^{}]+)\}", template)
    unknown = [name for name in named if name not in _PLACES]
    lacking = {"z", "x", "y"} - {_PLACES[name].removeprefix("-") for name in named if name in _PLACES}
    if unknown or lacking:
        wrong = f"nobody knows {{{unknown[0]}}} in it" if unknown else f"{{{min(lacking)}}} is missing in it"
        raise SettingsError(
            f"{said}; {wrong}. It needs {{z}}, {{x}}, {{y}} (WMTS: {{TileMatrix}}, {{TileCol}}, {{TileRow}})."
        )
    if "key" in named and key is None:
        raise SettingsError(f"{said} with {{key}}, but GRIDGOV_BASEMAP_KEY is not set.")
    if re.search(r"_c/wmts|TILEMATRIXSET=c(&|$)", template, re.IGNORECASE):
        raise SettingsError(
            f"{said}, whose tiles are cut in degrees; take those in Web Mercator (of Tianditu vec_w, not vec_c)."
        )
    name = hashlib.sha256(f"{template} {is_shifted}".encode()).hexdigest()[:12]
    return Layer(name, template, key if "key" in named else None)
