"""Downloads over HTTP: `/export/<question>.<csv|xlsx|geojson|pdf>?<the page's query string>&ask=<own arguments>`.

The same question as the panel asks, through `asks`, with the same address; a list is written whole, not the page in sight.
A POST with a PNG as its body puts the picture into the PDF. What goes wrong is a sentence: 404 no such question or format, 400
an address that is not understood or a question that is refused (one about persons without role and purpose), 413, 503.
"""

import json
from io import BytesIO
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, request, send_file
from werkzeug.exceptions import RequestEntityTooLarge

from dash_app.asking import asks, trees, wording
from dash_app.asking import state as states
from gridgov.errors import GridgovError, QuestionError, StoreError
from gridgov.exporting import FORMATS, exported, file_name, require_room
from gridgov.questions import Answer, Definition, definition_of
from gridgov.text import nearest
from gridgov.vocabulary import Lang

blueprint = Blueprint("exports", __name__)
_MAX_PICTURE: Final = 12_000_000
_MAX_ASK: Final = 4_000
_KINDS: Final[dict[str, type | tuple[type, ...]]] = {
    "by": (str, list), "where": dict, "sort": (str, list), "days": int, "step_s": (int, float), "session": int,
    "recast": bool, "compared": bool,
}  # fmt: skip
"""Of what kind the question's own arguments are; those not named are texts."""


@blueprint.route("/export/<question>.<form>", methods=["GET", "POST"])
def export(question: str, form: str) -> Response:
    """One file."""
    lang = states.parse(request.query_string.decode()).lang
    if form not in FORMATS:
        wrong = QuestionError(f"There is no format '{form}'{nearest(form, FORMATS)}. There are: {', '.join(FORMATS)}.")
        return _said(404, wrong, lang)
    try:
        definition = definition_of(question)
    except QuestionError as error:
        return _said(404, error, lang)
    try:
        state, own, of_period = _understood(request.query_string.decode(), definition)
        picture = _picture() if request.method == "POST" else None
        answer = _asked(definition, form, state, own, of_period)
        place = _place(state, answer)
        content = exported(answer, form, state.lang, place=place, picture=picture)
    except StoreError as error:
        return _said(503, error, lang)
    except GridgovError as error:
        return _said(413 if isinstance(error, _TooLarge) else 400, error, lang)
    name = file_name(answer, form, state.lang, place)
    response = send_file(BytesIO(content), FORMATS[form].media_type, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


class _TooLarge(QuestionError):
    """A picture that nobody needs."""


def _understood(address: str, definition: Definition) -> tuple[states.State, dict[str, Any], bool]:
    """The state an address says, the question's own arguments, and whether the period of the bar counts. Raises QuestionError."""
    pairs = parse_qsl(address, keep_blank_values=True)
    state = states.parse(urlencode([(name, value) for name, value in pairs if name not in ("ask", "of")]))
    mine = {name: value for name, value in pairs if name in ("ask", "of")}
    if state.faults:
        raise wording.Refused(" ".join(state.faults))
    if mine.get("of", "period") != "period":
        raise QuestionError(f"The address says of = '{mine['of'][:40]}'; it can be period.")
    try:
        own = json.loads(mine.get("ask", "{}")) if len(mine.get("ask", "")) <= _MAX_ASK else None
    except (ValueError, RecursionError):
        own = None
    if not isinstance(own, dict):
        raise QuestionError(
            'The address says with ask what more is asked, as JSON such as {"by":"village"}; it cannot be read.'
        )
    known = {*definition.takes, "compared"} - {"limit", "offset"}
    for name, value in own.items():
        if name not in known:
            raise QuestionError(
                f"'{definition.id}' takes no '{name[:40]}'{nearest(name, known)}; see gridgov ask --explain."
            )
        if not isinstance(value, _KINDS.get(name, str)) or not all(map(_is_plain, _parts(value))):
            raise QuestionError(f"The address gives '{name}' a value of the wrong kind: {json.dumps(value)[:60]}.")
    return state, own, mine.get("of") == "period"


def _parts(value: Any) -> list[Any]:
    """The values a list or a filter holds, each list in it opened once."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [part for item in inner for part in (item if isinstance(item, list) else [item])]


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)


def _asked(definition: Definition, form: str, state: states.State, own: dict[str, Any], of_period: bool) -> Answer:
    """The whole answer, counted before it is read; it is not remembered, for lists may be long."""
    asked = asks.of_period if of_period else asks.ask
    if "limit" not in definition.takes:
        return asked(state, definition.id, keep=False, **own)
    counted = asked(state, definition.id, keep=False, **own, limit=0)
    require_room(counted, form, counted.meta.get("n_total", 0))
    return asked(state, definition.id, keep=False, **own, limit=FORMATS[form].max_rows)


def _place(state: states.State, answer: Answer) -> str | None:
    """What the scope is called, or the town."""
    if answer.scope is None:
        return asks.towns(state.lang).get(answer.town)
    grid = trees.tree(state).at(answer.scope)
    return grid.name if grid is not None else None


def _picture() -> bytes:
    """The PNG that was sent. Raises QuestionError when it is none, or too large."""
    from PIL import Image

    # A chunked request does not say its length: one byte more than may be is read of it.
    request.max_content_length = _MAX_PICTURE + 1
    try:
        content = request.get_data(cache=False)
    except RequestEntityTooLarge:
        content = None
    if content is None or len(content) > _MAX_PICTURE:
        raise _TooLarge(f"The picture is larger than {_MAX_PICTURE / 1e6:.0f} MB.")
    try:
        with Image.open(BytesIO(content), formats=("PNG",)) as image:
            image.verify()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise QuestionError("The picture sent with the question is no PNG.") from None
    return content


def _said(status: int, error: GridgovError, lang: Lang) -> Response:
    lines = [line for line in wording.said(error, lang) if line]
    return Response("\n\n".join(lines) + "\n", status, mimetype="text/plain")
