"""The base map over HTTP, with a real tile server behind it: kept on disk, the key never told, failing well."""

from collections.abc import Iterator
from typing import Any

import pytest

from gridgov.settings import settings
from tests.support_tiles import TileServer, numbered, tile_server


@pytest.fixture
def upstream(monkeypatch: pytest.MonkeyPatch) -> Iterator[TileServer]:
    with tile_server() as here:
        configure(monkeypatch, url=here.address + "/{z}/{x}/{y}.png?tk={key}", key="topsecret")
        yield here


def configure(monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    for name, value in more.items():
        monkeypatch.setenv(f"GRIDGOV_BASEMAP_{name.upper()}", value)
    settings.cache_clear()


def get(path: str) -> Any:
    from dash_app.wsgi import server

    return server.test_client().get(path)


def path_of(z: int, x: int, y: int) -> str:
    from gridgov.basemap import tile_map

    tiles = tile_map()
    assert tiles is not None
    return f"/basemap/{tiles.layers[0].name}/{z}/{x}/{y}.png"


def is_empty(answer: Any) -> bool:
    from io import BytesIO

    from PIL import Image

    return Image.open(BytesIO(answer.data)).convert("RGBA").getextrema()[3] == (0, 0)


def test_a_tile_is_fetched_once_and_kept(upstream: TileServer) -> None:
    for _ in range(2):
        answer = get(path_of(10, 854, 414))
        assert answer.status_code == 200 and answer.mimetype == "image/png" and answer.data == numbered(10, 854, 414)
        assert "max-age=86400" in answer.headers["Cache-Control"]
    assert upstream.asked == ["/10/854/414.png?tk=topsecret"]
    assert "topsecret" not in path_of(10, 854, 414) + str(answer.headers)


def test_what_is_not_configured_is_not_there(upstream: TileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    good = path_of(10, 854, 414)
    name = good.split("/")[2]
    for path in (f"/basemap/other/{10}/1/1.png", f"/basemap/{name}/3/8/0.png", f"/basemap/{name}/19/0/0.png"):
        assert get(path).status_code == 404
    monkeypatch.delenv("GRIDGOV_BASEMAP_URL")
    settings.cache_clear()
    assert get(good).status_code == 404 and upstream.asked == []


@pytest.mark.parametrize("fault", ["status", "html", "huge", "redirect"])
def test_a_server_that_fails_leaves_an_empty_tile_and_a_reason(upstream: TileServer, fault: str) -> None:
    from dash_app.serving import basemap

    with tile_server() as elsewhere:
        match fault:
            case "status":
                upstream.status = 500
            case "html":
                upstream.body = b"<html>wrong key topsecret</html>"
            case "huge":
                upstream.body = b"\x89PNG" + b"0" * 2_000_000
            case "redirect":
                upstream.redirect = elsewhere.address + "/10/854/414.png"
        for x in (854, 855):
            answer = get(path_of(10, x, 414))
            assert answer.status_code == 200 and is_empty(answer) and "max-age=15" in answer.headers["Cache-Control"]
        assert elsewhere.asked == []
    assert len(upstream.asked) == 1  # it is left alone for a while
    why = basemap.trouble()
    assert why and "127.0.0.1" in why + upstream.address and "topsecret" not in why

    # It is asked again after a while, and all is well then.
    upstream.status, upstream.body, upstream.redirect = 200, None, None
    (settings().state / "cache" / "basemap.down").unlink()
    assert get(path_of(10, 855, 414)).data == numbered(10, 855, 414) and basemap.trouble() is None


def test_a_server_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    from dash_app.serving import basemap

    configure(monkeypatch, url="http://127.0.0.1:9/{z}/{x}/{y}.png")
    assert is_empty(get(path_of(10, 854, 414)))
    assert "127.0.0.1:9 cannot be reached" in str(basemap.trouble())


def test_where_its_server_has_no_tile_it_is_empty_and_nothing_is_wrong(upstream: TileServer) -> None:
    from dash_app.serving import basemap

    upstream.status = 404
    assert is_empty(get(path_of(10, 1, 1))) and basemap.trouble() is None
    assert is_empty(get(path_of(10, 1, 1))) and len(upstream.asked) == 1


def test_gcj_tiles_are_put_together(upstream: TileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, datum="gcj02")
    answer = get(path_of(15, 27334, 13265))
    assert answer.status_code == 200 and not is_empty(answer) and answer.data != numbered(15, 27334, 13265)
    assert 2 <= len(upstream.asked) <= 9
    upstream.asked.clear()
    get(path_of(15, 27335, 13265))
    assert 0 < len(upstream.asked) <= 6  # those that both lie over are asked for once


def test_the_doctor_tells_of_the_base_map(upstream: TileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from gridgov.store.doctor import _base_map

    assert _base_map().ok is None and "approval" in _base_map().found
    configure(monkeypatch, approval="GS(2026)0001")
    assert _base_map().ok is True and "GS(2026)0001" in _base_map().found
    upstream.status = 403
    assert _base_map().ok is False and "403" in _base_map().found
    configure(monkeypatch, datum="bd09")
    assert _base_map().ok is False and "BD-09" in _base_map().found
    monkeypatch.delenv("GRIDGOV_BASEMAP_URL")
    settings.cache_clear()
    assert _base_map().ok is True
