"""What is served under an address made of its content: geometry, pictures, texts for a browser; and what lies under the grids."""

import hashlib
from collections.abc import Callable
from typing import Any

import geopandas as gpd

from dash_app.asking.asks import data_version, town_of
from dash_app.asking.cache import recalled, remembered
from dash_app.asking.state import State
from gridgov.basemap import tile_map
from gridgov.figures import Base, base_geojson, fingerprint, screen_geojson
from gridgov.questions import Answer, Town
from gridgov.settings import settings
from gridgov.vocabulary import label


def shapes(rows: gpd.GeoDataFrame) -> str:
    """The address that serves the geometry of these grids; it stays the same as long as the geometry does."""
    name = fingerprint(rows)
    remembered(["shapes", name], lambda: screen_geojson(rows))
    return f"/shapes/{name}.json"


def base(state: State) -> Base | None:
    """What lies under the grids: the town's own map, and the tiles that are configured; None where there is neither."""
    tiles, shapes = tile_map(), _own_map(state)
    credit = [tiles.attribution, _approved(tiles.approval, state)] if tiles else []
    said = " · ".join(dict.fromkeys(filter(None, [*credit, _approved(settings().map_approval, state)])))
    if shapes is None and tiles is None and not said:
        return None
    addresses = [f"/basemap/{layer.name}/{{z}}/{{x}}/{{y}}.png" for layer in tiles.layers] if tiles else []
    return Base(shapes, tuple(addresses), tiles.max_zoom if tiles else 18, said)


def _approved(number: str, state: State) -> str:
    return label("approval", state.lang).format(number=number) if number else ""


def _own_map(state: State) -> str | None:
    """The address that serves the town's own map; None where none is loaded."""
    town = town_of(state)

    def made() -> str:
        features = town.base_map()
        return base_geojson(features) if len(features) else ""

    text = remembered(["base", town.code, data_version(town)], made)
    return _address(text) if text else None


def served(state: State, about: list[Any], make: Callable[[], str]) -> str:
    """The address that serves a JSON text, made once; `about` tells texts of one town apart."""
    town = town_of(state)
    return remembered(["served", town.code, data_version(town), about], lambda: _address(make()))


def _address(text: str) -> str:
    """The address that serves this text, named by its content."""
    name = hashlib.sha256(text.encode()).hexdigest()[:32]
    remembered(["shapes", name], lambda: text)
    return f"/shapes/{name}.json"


def shapes_text(name: str) -> str | None:
    """GeoJSON made by `shapes`; None when there is none of that name."""
    return recalled(["shapes", name])[1]


def picture(answer: Answer, kind: str, make: Callable[[], bytes]) -> str:
    """The address that serves a picture of an answer, made once; `kind` keeps two pictures of one answer apart."""
    made_of = [
        answer.town,
        data_version(Town(answer.town)),
        answer.definition.id,
        answer.definition.version,
        answer.as_of,
        answer.scope,
    ]
    content = remembered(["picture", *made_of, kind], make)
    name = hashlib.sha256(content).hexdigest()[:32]
    remembered(["picture", name], lambda: content)
    return f"/pictures/{name}.png"


def picture_content(name: str) -> bytes | None:
    """The PNG made by `picture`; None when there is none of that name."""
    found: bytes | None = recalled(["picture", name])[1]
    return found
