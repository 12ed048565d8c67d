"""A folium map in one piece: Leaflet, its style and its pictures are within the page, so that it opens with the network off."""

import re
from base64 import b64encode
from functools import lru_cache
from pathlib import Path
from typing import Any

import folium
from branca.element import Element

from gridgov.resources import resource
from gridgov.whole import whole


class OneFile(folium.Map):
    """A map without tiles that fetches nothing. `.save("x.html")` writes the whole of it; layers are added as to any folium map.

    Of what folium links to elsewhere (jQuery, Bootstrap, icon fonts) nothing is kept: markers are Leaflet's own.
    """

    default_js = []  # noqa: RUF012  as folium declares them
    default_css = []  # noqa: RUF012

    def __init__(self, **more: Any) -> None:
        super().__init__(tiles=None, control_scale=True, zoom_snap=0.25, **more)
        root: Any = self.get_root()
        root.header.add_child(Element(_verbatim(_head())), name="leaflet")

    def save(self, outfile: Any, *how: Any, **more: Any) -> None:
        """Write the page, whole or not at all, to a path or an open file. Raises DeliveryError."""
        if not isinstance(outfile, str | Path):
            super().save(outfile, *how, **more)
            return
        with whole(Path(outfile)) as made:
            super().save(str(made), *how, **more)


def _verbatim(text: str) -> str:
    """As branca's templates take what is no template."""
    return "{% raw %}" + text + "{% endraw %}"


@lru_cache(maxsize=1)
def _head() -> str:
    """Script and style of Leaflet with all pictures in them."""
    style = re.sub(r"url\(images/([\w-]+\.png)\)", lambda found: f"url({_picture(found[1])})", _read("leaflet.css"))
    icons = ", ".join(
        f'{option}: "{_picture(name)}"'
        for option, name in {"iconUrl": "marker-icon.png", "iconRetinaUrl": "marker-icon-2x.png",
                             "shadowUrl": "marker-shadow.png"}.items()
    )  # fmt: skip
    ours = (
        f'L.Icon.Default.imagePath = ""; L.Icon.Default.mergeOptions({{{icons}}});'
        ' L.Control.Attribution.mergeOptions({prefix: "Leaflet"});'
    )
    return f"<style>{style}</style><script>{_read('leaflet.js')}</script><script>{ours}</script>"


def _read(name: str) -> str:
    return resource("data", "leaflet", name).read_text("utf-8")


def _picture(name: str) -> str:
    return f"data:image/png;base64,{b64encode(resource('data', 'leaflet', name).read_bytes()).decode()}"
