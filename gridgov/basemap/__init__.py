"""A base map of tiles that the user configured: where they are, how they are fetched, and GCJ-02 tiles put in their place.

Nothing here is asked for unless GRIDGOV_BASEMAP_URL is set; then only its hosts are.
"""

from gridgov.basemap.fetching import fetched, image_type
from gridgov.basemap.shifted import Piece, pieces, put_together
from gridgov.basemap.tiles import Layer, TileMap, tile_map

__all__ = ["Layer", "Piece", "TileMap", "fetched", "image_type", "pieces", "put_together", "tile_map"]
