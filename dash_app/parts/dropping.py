"""Dropping a file: choose its mapping, look, load it in a process of its own, and read what became of its rows."""

from datetime import date
from typing import Any, Final

import dash_mantine_components as dmc
from dash import Input, Output, callback, ctx, dcc, html, no_update
from dash import State as Held

from dash_app.asking import asks
from dash_app.asking import state as states
from dash_app.asking.state import State
from dash_app.frame.components import Part, head, named, panel, shows
from dash_app.frame.ids import ID
from dash_app.parts.job_words import said
from dash_app.serving import uploads
from gridgov.settings import settings
from gridgov.sources.mapping import Mapping, parse_mapping
from gridgov.vocabulary import LOAD_KINDS, Lang, label

POLL_MS: Final = 1_000
_NO_JOB: Final[dict[str, Any]] = {}


def part() -> Part:
    """The panel without words, with what it remembers of the file, its mapping and the process."""
    return panel(
        ID.DROP_HEAD,
        html.Div(id=ID.DROP_OFF, className="drop-body control-note"),
        html.Div(
            [html.Label(dcc.Upload(id=ID.DROP_FILE, className="drop-field")), _controls()],
            id=ID.DROP_BODY,
            className="drop-body",
        ),
        html.Div(id=ID.JOB_SAID, className="job-said", role="status"),
        dcc.Store(id=ID.DROPPED),
        dcc.Store(id=ID.DROPPED_MAPPING),
        dcc.Store(id=ID.JOB),
        dcc.Interval(id=ID.JOB_TICK, interval=POLL_MS, disabled=True),
        class_name="drop-panel",
    )


def _controls() -> Part:
    chosen = dmc.Select(
        id=ID.DROP_CHOSEN, data=[], searchable=True, size="xs", w=210, clearable=True, comboboxProps={"withinPortal": True},
        **named("映射 Mapping"),
    )  # fmt: skip
    given = html.Label(dcc.Upload(id=ID.DROP_MAPPING, className="crumb drop-mapping", accept=".toml"))
    valid_from = dmc.DatePickerInput(
        id=ID.DROP_FROM, valueFormat="YYYY-MM-DD", size="xs", w=132, clearable=True, **named("生效日 Holds from")
    )
    buttons = [
        html.Button(id=ID.DROP_LOOK, className="chip jump", type="button"),
        html.Button(id=ID.DROP_LOAD, className="button", type="button"),
        html.Button(id=ID.DROP_CLEAR, className="jump crumb", type="button"),
    ]
    return html.Div([chosen, given, valid_from, *buttons], className="drop-controls")


@shows(
    Output(ID.DROP_HEAD, "children"), Output(ID.DROP_OFF, "children"), Output(ID.DROP_BODY, "hidden"),
    Output(ID.DROP_CHOSEN, "data"),
    Output(ID.DROP_FROM, "placeholder"), Output(ID.DROP_MAPPING, "children"), Output(ID.DROP_LOOK, "children"),
    Output(ID.DROP_LOAD, "children"), Output(ID.DROP_CLEAR, "children"),
)  # fmt: skip
def show_drop(state: State) -> tuple[Any, ...]:
    """The words of the panel and the mappings to choose from; or why no files are taken."""
    lang, is_on = state.lang, uploads.are_taken()
    mappings, faults = uploads.mappings() if is_on else ({}, [])
    limits = [label("drop_limits", lang).format(mb=settings().upload_max_mb)] if is_on else []
    words = [label(word, lang) for word in ("drop_mapping", "drop_look", "drop_load", "drop_clear")]
    title = head(label("drop", lang), lang=lang, note=" · ".join([*limits, *faults]) or None)
    return (
        title, None if is_on else label("drop_off", lang), not is_on,
        _choices(mappings, lang), label("valid_from", lang), *words,
    )  # fmt: skip


@shows(Output(ID.DROP_FILE, "children"), Input(ID.DROPPED, "data"))
def show_dropped(state: State, token: str | None) -> str:
    """The name of the file that is here, or where to drop one."""
    name = uploads.file_of(token)
    return label("drop_has", state.lang).format(name=name) if name else label("drop_file", state.lang)


@shows(Output(ID.DROP_CHOSEN, "placeholder"), Input(ID.DROPPED_MAPPING, "data"))
def show_mapping(state: State, text: str | None) -> str:
    """What the dropped mapping is for, or that one is to be chosen."""
    if not text:
        return label("mapping", state.lang)
    mapping = parse_mapping(text)
    kind = label(mapping.kind, state.lang, LOAD_KINDS)
    return label("mapping_has", state.lang).format(kind=kind, source=mapping.source, town=mapping.town)


def _choices(mappings: dict[str, Mapping], lang: Lang) -> list[dict[str, Any]]:
    """The mappings there are, by kind of file."""
    by_kind: dict[str, list[dict[str, str]]] = {}
    for name, mapping in mappings.items():
        by_kind.setdefault(mapping.kind, []).append({"value": name, "label": f"{name} ({mapping.town})"})
    return [{"group": label(kind, lang, LOAD_KINDS), "items": items} for kind, items in by_kind.items()]


@callback(
    Output(ID.DROPPED, "data"), Output(ID.DROP_FILE, "contents"),
    Output(ID.JOB, "data", allow_duplicate=True),
    Input(ID.DROP_FILE, "contents"), Held(ID.DROP_FILE, "filename"), Held(ID.DROPPED, "data"), prevent_initial_call=True,
)  # fmt: skip
def take_file(contents: str | None, name: str | None, before: str | None) -> Any:
    """A file has been dropped: it is kept under a name of ours, and the one before is removed."""
    if not contents or not name:
        return no_update, no_update, no_update
    token = uploads.receive(name, contents)
    uploads.discard(before)
    return token, None, _NO_JOB


@callback(
    Output(ID.DROPPED_MAPPING, "data"), Output(ID.DROP_CHOSEN, "value"), Output(ID.DROP_MAPPING, "contents"),
    Input(ID.DROP_MAPPING, "contents"), prevent_initial_call=True,
)  # fmt: skip
def take_mapping(contents: str | None) -> Any:
    """A mapping has been dropped: it is checked, and used unless one of the list is chosen."""
    if not contents:
        return no_update, no_update, no_update
    return uploads.read_dropped(contents), None, None


@callback(
    Output(ID.JOB, "data", allow_duplicate=True),
    Input(ID.DROP_LOOK, "n_clicks"), Input(ID.DROP_LOAD, "n_clicks"), Input(ID.RETRY, "n_clicks"),
    Held(ID.DROPPED, "data"), Held(ID.DROP_CHOSEN, "value"), Held(ID.DROPPED_MAPPING, "data"), Held(ID.DROP_FROM, "value"),
    Held(ID.VIEW, "data"), prevent_initial_call=True,
)  # fmt: skip
def start(
    look: int | None, load: int | None, retry: int | None, token: str | None, chosen: str | None, dropped: str | None,
    valid_from: str | None, view: dict[str, Any] | None,
) -> Any:  # fmt: skip
    """A look, a load or a retry begins, with the mapping of the list, else the dropped one."""
    if not any((look, load, retry)):
        return no_update
    state, action = states.of(view), _ACTIONS[ctx.triggered_id]
    return begun(state, action, token, chosen, dropped, valid_from)


_ACTIONS: Final[dict[str, uploads.Action]] = {ID.DROP_LOOK: "look", ID.DROP_LOAD: "load", ID.RETRY: "retry"}


def begun(
    state: State,
    action: uploads.Action,
    token: str | None,
    chosen: str | None,
    dropped: str | None,
    valid_from: str | None,
) -> dict[str, Any]:
    """The job that has begun: its token and what it does. Raises UploadError, MappingError."""
    if not chosen and not dropped:
        raise uploads.UploadError("mapping_first")
    if action != "retry" and not token:
        raise uploads.UploadError("file_first")
    text = uploads.mapping_text(chosen) if chosen else dropped or ""
    if action == "retry":
        _require_same(state, text)
    day = date.fromisoformat(valid_from) if valid_from else None
    return {"token": uploads.begin(action, text, None if action == "retry" else token, day), "action": action}


def _require_same(state: State, text: str) -> None:
    """Rows are tried again with a mapping of their own town, system and kind of file."""
    mapping = parse_mapping(text)
    source, kind, _ = asks.refused_of(state)
    if (mapping.town, mapping.source, mapping.kind) != (asks.town_of(state).code, source, kind):
        raise uploads.UploadError("retry_other", source=source, kind=label(kind, state.lang, LOAD_KINDS))


@callback(
    Output(ID.JOB_SAID, "children"), Output(ID.JOB_TICK, "disabled"), Output(ID.VERSION, "data", allow_duplicate=True),
    Input(ID.JOB, "data"), Input(ID.JOB_TICK, "n_intervals"), Held(ID.VIEW, "data"), prevent_initial_call=True,
)  # fmt: skip
def follow(job: dict[str, Any] | None, _: int | None, view: dict[str, Any] | None) -> Any:
    """How far the process is, each second; when a load is done, all that is shown is asked anew."""
    if not job:
        return None, True, no_update
    state, far = states.of(view), uploads.progress(job["token"])
    is_new = far.state == "done" and job["action"] != "look"
    return said(state, job["action"], far), far.state != "running", asks.versions() if is_new else no_update


@callback(
    Output(ID.DROPPED, "data", allow_duplicate=True), Output(ID.JOB, "data", allow_duplicate=True),
    Input(ID.DROP_CLEAR, "n_clicks"), Held(ID.DROPPED, "data"), prevent_initial_call=True,
)  # fmt: skip
def clear(n_clicks: int | None, token: str | None) -> Any:
    """The file is removed."""
    if not n_clicks:
        return no_update, no_update
    uploads.discard(token)
    return None, _NO_JOB
