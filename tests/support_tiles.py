"""A real tile server on this machine that draws what it is asked for, and can be told to fail."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

from PIL import Image, ImageDraw

Draw = Callable[[int, int, int], bytes]
"""z, x, y -> the picture of a tile."""


def png(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def numbered(z: int, x: int, y: int) -> bytes:
    """A tile with a frame and its number."""
    image = Image.new("RGB", (256, 256), "#f3efe6")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 255, 255), outline="#c02020")
    draw.line((0, 128, 256, 128), fill="#7aa6c8", width=5)
    draw.text((20, 20), f"{z}/{x}/{y}", fill="black", font_size=30)
    return png(image)


@dataclass
class TileServer:
    """draw = what tiles look like; status, redirect, body = what is answered instead, while set; asked = paths so far."""

    draw: Draw = numbered
    status: int = 200
    redirect: str | None = None
    body: bytes | None = None
    asked: list[str] = field(default_factory=list)
    address: str = ""


@contextmanager
def tile_server(draw: Draw = numbered) -> Iterator[TileServer]:
    here = TileServer(draw)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here.asked.append(self.path)
            if here.redirect or here.status != 200:
                self.send_response(302 if here.redirect else here.status)
                self.send_header("Location", here.redirect or "")
                self.end_headers()
                return
            z, x, y = (int(part) for part in self.path.partition("?")[0].removesuffix(".png").split("/")[-3:])
            content = here.draw(z, x, y) if here.body is None else here.body
            self.send_response(200)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
