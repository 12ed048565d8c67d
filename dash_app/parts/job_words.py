"""What a job found or did, in words: a look at a file, the report of a load."""

from typing import Any

from dash import html

from dash_app.asking import asks
from dash_app.asking.state import State
from dash_app.serving.uploads import Action, Progress
from gridgov.figures.reasons import noticed_said, reason_said
from gridgov.figures.text import NOTHING, column_name, moment, number
from gridgov.vocabulary import LOAD_KINDS, OUTCOMES, Lang, label


def said(state: State, action: Action, far: Progress) -> Any:
    """The state of a job, for people."""
    lang = state.lang
    if far.state == "running":
        return html.Div(
            [html.Span(className="turning"), label(f"job_{action}", lang), " ", html.Span(far.line, className="mono")]
        )
    if far.state == "failed":
        return html.Div([html.B(label("job_failed", lang)), " ", far.error], className="late-text", role="alert")
    if far.state == "gone":
        return None
    zone = asks.zone(state)
    return _look(far.report, lang, zone) if action == "look" else _report(far.report, lang)


def _look(found: dict[str, Any], lang: Lang, zone: str) -> Any:
    rows = label("rows_unknown", lang) if found["rows"] is None else number(found["rows"])
    facts = {
        label("file_name", lang): found["file_name"],
        label("kind", lang): f"{label(found['kind'], lang, LOAD_KINDS)} · {found['town']} · {found['source']}",
        label("look_rows", lang): f"{rows} · {label('look_columns', lang).format(n=len(found['columns']))}",
        label("look_datum", lang): _datum(found, lang),
        label("look_times", lang): " — ".join(moment(found[name], zone) for name in ("begin_at", "end_at")),
        label("look_faulty", lang): label("look_of", lang).format(
            n=number(found["faulty"]), of=number(found["looked"])
        ),
    }
    listed = [html.Dt(name) if part == 0 else html.Dd(value) for name, value in facts.items() for part in (0, 1)]
    return [html.Dl(listed, className="facts job-facts"), *_counts(found, lang), _sample(found["sample"])]


def _datum(found: dict[str, Any], lang: Lang) -> str:
    return f"{found['datum'] or NOTHING}" + (f" · {label('look_crs', lang)} {found['crs']}" if found["crs"] else "")


def _sample(rows: list[dict[str, Any]]) -> Any:
    """The first rows as they came, personal cells replaced."""
    if not rows:
        return None
    names = list(rows[0])
    cells = [html.Tr([html.Td(row.get(name) or NOTHING) for name in names]) for row in rows]
    return html.Div(
        html.Table([html.Thead(html.Tr([html.Th(name) for name in names])), html.Tbody(cells)], className="rows"),
        className="sample", tabIndex="0",
    )  # fmt: skip


def _report(found: dict[str, Any], lang: Lang) -> Any:
    """read = loaded + updated + ..., why rows were set aside, what was noticed."""
    parts = [f"{label(name, lang, OUTCOMES)} {number(found[name])}" for name in OUTCOMES if found[name]]
    total = f"{column_name('n_read', lang)} {number(found['read'])} = {' + '.join(parts) or '0'}"
    head = f"{found['file_name']} · {label(found['kind'], lang, LOAD_KINDS)} · {found['town']} · {found['source']}"
    notes = [html.Details([html.Summary(label("job_notes", lang)), *[html.Div(note) for note in found["notes"]]])]
    return [
        html.Div([html.B(label("job_done", lang)), " ", head]), html.Div(total, className="strong"), *_counts(found, lang),
        *(notes if found["notes"] else []),
    ]  # fmt: skip


def _counts(found: dict[str, Any], lang: Lang) -> list[Any]:
    lines = [f"{label('set_aside', lang)} {number(n)}:{reason_said(why, lang)}" for why, n in found["reasons"].items()]
    lines += [
        f"{label('noticed', lang)} {number(n)}:{noticed_said(what, lang)}" for what, n in found["noticed"].items()
    ]
    return [html.Div(line, className="job-line") for line in lines]
