"""The configured base map without a network: what settings are refused, addresses, GCJ-02 tiles in their place."""

from io import BytesIO
from math import asinh, pi, radians, tan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gridgov.basemap import image_type, pieces, put_together, tile_map
from gridgov.crs import GCJ02, from_wgs84
from gridgov.errors import BaseMapError, SettingsError
from gridgov.settings import Settings
from tests.support_tiles import png

KVP = "https://t0.tianditu.gov.cn/vec_w/wmts?SERVICE=WMTS&TILEMATRIX={TileMatrix}&TILEROW={TileRow}&TILECOL={TileCol}&tk={key}"


def configured(url: str, **more: object):
    return tile_map(Settings(basemap_url=url, **{f"basemap_{name}": value for name, value in more.items()}))


def test_addresses_of_xyz_wmts_and_tms() -> None:
    tiles = configured(f"{KVP} http://map.town/cva/{{z}}/{{x}}/{{-y}}.png", key="se&cret", datum="CGCS2000")
    assert [layer.address(5, 26, 12) for layer in tiles.layers] == [
        "https://t0.tianditu.gov.cn/vec_w/wmts?SERVICE=WMTS&TILEMATRIX=5&TILEROW=12&TILECOL=26&tk=se&cret",
        "http://map.town/cva/5/26/19.png",
    ]
    assert [layer.host for layer in tiles.layers] == ["t0.tianditu.gov.cn", "map.town"]
    assert not tiles.is_shifted and "se&cret" not in repr(tiles)
    assert tile_map(Settings()) is None


@pytest.mark.parametrize(
    ("url", "more", "said"),
    [
        ("ftp://h/{z}/{x}/{y}", {}, "http"),
        ("file:///etc/{z}/{x}/{y}", {}, "http"),
        ("https://{z}.evil/{x}/{y}", {}, "host"),
        ("https://user:pw@h/{z}/{x}/{y}", {}, "password"),
        ("https://h/{z}/{x}", {}, "{y} is missing"),
        ("https://h/{z}/{x}/{y}?{token}", {}, "{token}"),
        ("https://h/{z}/{x}/{y", {}, "brace"),
        (KVP, {}, "GRIDGOV_BASEMAP_KEY"),
        (KVP.replace("vec_w", "vec_c"), {"key": "k"}, "vec_w"),
        ("https://h/{z}/{x}/{y}", {"datum": "bd09"}, "BD-09"),
        ("https://h/{z}/{x}/{y}", {"datum": "martian"}, "martian"),
        ("https://h/{z}/{x}/{y}", {"max_zoom": 40}, "MAX_ZOOM"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(url: str, more: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError, match=said.replace("{", r"\{").replace("}", r"\}")):
        configured(url, **more)


def test_only_pictures_of_the_size_of_tiles_are_tiles() -> None:
    assert image_type(png(Image.new("RGB", (256, 256)))) == "image/png"
    for content in (b"<html>quota exceeded</html>", b"\x89PNG\r\n\x1a\n", png(Image.new("RGB", (256, 100)))):
        with pytest.raises(BaseMapError):
            image_type(content)


# ---------------------------------------------------------------------------------------------------------------------
# GCJ-02


def pixel(lon: float, lat: float, z: int) -> tuple[float, float]:
    """Where a place stands in the Web Mercator map of a zoom, by the textbook."""
    world = 256 * 2**z
    return (lon + 180) / 360 * world, (1 - asinh(tan(radians(lat))) / pi) / 2 * world


@given(lon=st.floats(75, 133), lat=st.floats(18.5, 53), z=st.integers(3, 18))
def test_a_mark_in_gcj_tiles_lands_on_its_place_in_wgs84(lon: float, lat: float, z: int) -> None:
    x, y = pixel(lon, lat, z)
    tile = int(x // 256), int(y // 256)
    gcj_lon, gcj_lat = from_wgs84([lon], [lat], GCJ02)
    at = pixel(float(gcj_lon[0]), float(gcj_lat[0]), z)
    cut = pieces(z, *tile)
    assert len(cut.pieces) <= 9 and any(piece.x == at[0] // 256 and piece.y == at[1] // 256 for piece in cut.pieces)

    def drawn(column: int, row: int) -> bytes:  # a soft spot, so that its middle can be measured below a pixel
        across, down = np.arange(256) + 0.5 + column * 256 - at[0], np.arange(256) + 0.5 + row * 256 - at[1]
        spot = 255 * np.exp(-(across[None, :] ** 2 + down[:, None] ** 2) / 18)
        return png(Image.fromarray(spot.round().astype(np.uint8)))

    made = put_together(cut, {(piece.x, piece.y): drawn(piece.x, piece.y) for piece in cut.pieces})
    seen = np.asarray(Image.open(BytesIO(made)).convert("RGBA")).astype(float)
    assert (seen[..., 3] == 255).all()  # no gap between pieces, none at the edges
    edge = 12  # a spot cut by the edge of the tile has its middle elsewhere
    if edge < x % 256 < 256 - edge and edge < y % 256 < 256 - edge:
        weight = seen[..., 0]
        middle = [(weight.sum(axis=axis) * (np.arange(256) + 0.5)).sum() / weight.sum() for axis in (0, 1)]
        assert np.hypot(middle[0] - x % 256, middle[1] - y % 256) < 0.6


def test_outside_china_tiles_stay_where_they_are() -> None:
    cut = pieces(12, 1050, 1520)  # Chicago
    tiles = {(p.x, p.y): png(Image.effect_noise((256, 256), 90)) for p in cut.pieces}
    made = Image.open(BytesIO(put_together(cut, tiles))).convert("L")
    assert (
        np.abs(np.asarray(made).astype(int) - np.asarray(Image.open(BytesIO(tiles[1050, 1520]))).astype(int)).max() <= 1
    )
