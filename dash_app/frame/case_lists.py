"""Lists of cases that are read as one scrolls: their columns, their rows, and the callbacks of one such list."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from dash import ClientsideFunction, Input, Output, callback, clientside_callback, ctx, dcc, no_update
from dash import State as Held

from dash_app.asking import asks, trees
from dash_app.asking.state import State
from dash_app.frame.components import Part, column, goes, number_column, shows, table
from dash_app.frame.ids import ID
from gridgov.figures.style import COLOURS
from gridgov.figures.text import NOTHING, column_name, known, moment, tenths
from gridgov.questions import Answer
from gridgov.questions.cases import MORE_SORTS, SORTS
from gridgov.schema import worded
from gridgov.vocabulary import LIGHTS, PLACE_STATUS, PROMPTS, REPLIES, STATES, TRACKS, Lang, label

PAGE: Final = 100
"""So many rows are asked for at a time."""

WIDTHS: Final = {
    "case_no": 150, "happened_at": 132, "light": 88, "left": 112, "due_at": 132, "next_step": 136, "next_by": 116, "unit": 122,
    "stage": 108, "matter": 166, "where": 166, "village": 130, "description": 150, "reported_at": 132, "closed_at": 132,
    "channel": 92, "track": 80, "n_returned": 64, "n_rework": 64, "n_prompted": 64, "paused_at": 132, "paused_days": 92,
    "reply": 112, "given": 190, "given_at": 132, "last_given_at": 132, "given_work_days": 96, "given_unit": 122,
}  # fmt: skip
"""What a list can show, and how wide."""

ALL: Final = (
    "case_no", "light", "left", "reported_at", "channel", "matter", "description", "where", "village", "stage", "unit",
    "due_at", "n_returned", "n_rework", "n_prompted",
)  # fmt: skip
"""What a list shows unless it says otherwise."""

_SORTED_BY: Final = {"left": "due_at", "matter": "category", "where": "address", "village": "grid_code"}
"""Columns made of others, and what they are sorted by."""
_SORTS: Final = {*SORTS, *(name for names in MORE_SORTS.values() for name in names)}
_REPLY_LIGHTS: Final = {"overdue": "red", "waiting": "yellow", "cleared": "green", "after_end": "grey"}
_COUNTS: Final = ("n_returned", "n_rework", "n_prompted")
_DAY_BIT: Final = {"reported_at": 1, "closed_at": 2, "due_at": 4}

Asked = Callable[..., Answer]
"""asked(state, sort=..., limit=..., offset=...): a page of the list."""


class CaseList:
    """One endless list of cases, made once as a page is imported: the database sorts it and gives it page by page.

    asked    a page of the list for a State; its answer is one of the list questions (cases, overdue, at_risk ...)
    columns  names of WIDTHS, in order; or what says them for a State
    page     rows that are fetched at a time
    """

    def __init__(
        self, list_id: str, asked: Asked, columns: Sequence[str] | Callable[[State], Sequence[str]] = ALL, page: int = PAGE
    ):  # fmt: skip
        self.id, self.asked, self.page = list_id, asked, page
        self._columns = columns if callable(columns) else lambda _: columns
        shows(Output(list_id, "columnDefs"), of=ID.PAGE_VIEW if callable(columns) else ID.WORDS)(self.heads)
        callback(
            Output(list_id, "getRowsResponse"),
            Input(list_id, "getRowsRequest"), Input(ID.PAGE_VIEW, "data"), Input(list_id, "columnDefs"),
        )(self._answer)  # fmt: skip
        clientside_callback(
            ClientsideFunction("gridgov", "refresh"), Output(list_id, "className"), Input(ID.PAGE_VIEW, "data"),
            Held(list_id, "id"),
        )  # fmt: skip
        clientside_callback(
            ClientsideFunction("gridgov", "sorted"), Output(self.sorted, "data"), Input(list_id, "getRowsRequest"),
            Held(self.sorted, "data"),
        )  # fmt: skip
        goes(Input(list_id, "cellClicked"))(open_case)

    @property
    def sorted(self) -> str:
        """The id of the store that holds what the reader sorts it by, as `order` takes it."""
        return f"{self.id}-sorted"

    def table(self) -> list[Part]:
        """The table, empty, and what it is sorted by."""
        endless = {
            "rowBuffer": 0, "cacheBlockSize": self.page, "maxBlocksInCache": 20, "infiniteInitialRowCount": 1,
            # A request that is overtaken is never answered, and by default two such keep all others waiting for good.
            "maxConcurrentDatasourceRequests": -1,
        }  # fmt: skip
        grid = table(self.id, rowModelType="infinite", options=endless, getRowId="params.data.row_id")
        return [grid, dcc.Store(id=self.sorted)]

    def heads(self, state: State) -> list[dict[str, Any]]:
        """The columns, in the words and colours of the reader."""
        return [_column(name, state) for name in self._columns(state)]

    def _answer(self, request: dict[str, Any] | None, view: dict[str, Any] | None, _: Any) -> Any:
        """As `give`. When another state is looked at, or new columns have come, the list begins anew (see `refresh` in
        gridgov.js): its request may be the very same as before, which Dash does not send again, so the first rows are given
        without being asked for.
        """
        if request is not None and ctx.triggered_prop_ids.keys() != {f"{self.id}.getRowsRequest"}:
            request = {**request, "startRow": 0, "endRow": self.page}
        return self.give(request, view)

    def give(self, request: dict[str, Any] | None, view: dict[str, Any] | None) -> Any:
        """The rows that have come into sight, and how many there are; no answer before anything is looked at."""
        if request is None or view is None:
            return no_update
        state, first = asks.looked_at(view), int(request["startRow"])
        by, n = order(request.get("sortModel")), int(request["endRow"]) - first
        answer = self.asked(state, sort=by, limit=n, offset=first)
        grids, zone = trees.tree(state).grids, answer.meta["zone"]
        rows = [_row(row, grids, zone, state) for row in answer.rows()]
        return {"rowData": rows, "rowCount": answer.meta["n_total"]}


def order(sorted_by: list[dict[str, str]] | None) -> list[str] | None:
    """What a list is sorted by as `ask` takes it, of what its table says of its columns; None = as it comes.

    >>> order([{"colId": "left", "sort": "desc"}])
    ['-due_at']
    """
    return [
        ("-" if by["sort"] == "desc" else "") + _SORTED_BY.get(by["colId"], by["colId"]) for by in sorted_by or []
    ] or None


def open_case(cell: dict[str, Any] | None, state: State) -> State | None:
    """A row opens its case."""
    return state.but(case=cell["rowId"].split("\n")[1]) if cell and cell.get("rowId") else None


def _column(name: str, state: State) -> dict[str, Any]:
    said, width = column_name(name, state.lang), WIDTHS[name]
    more: dict[str, Any] = {"sortable": _SORTED_BY.get(name, name) in _SORTS}
    if name in _COUNTS:
        return number_column(name, said, width, **more)
    if name == "case_no":
        more |= {"cellRenderer": "gridgovOpen", "pinned": "left"}
    if name == "left":
        more |= {"cellClassRules": {"late-text": "params.data && params.data.is_overdue"}}
    if name in ("light", "reply"):
        words = {code: term.label(state.lang) for code, term in (LIGHTS if name == "light" else REPLIES).items()}
        lights = COLOURS[state.scheme].lights
        colours = lights if name == "light" else {reply: lights[light] for reply, light in _REPLY_LIGHTS.items()}
        params = {"words": words, "colours": colours}
        more |= {"cellRenderer": "gridgovBadge", "cellRendererParams": params, "tooltipField": None}
    return column(name, said, width, **more)


def _row(row: dict[str, Any], grids: dict[str, trees.Grid], zone: str, state: State) -> dict[str, Any]:
    """A row as it is shown; `row_id` names the case, and the time where it may stand in the list more than once."""
    lang, days = state.lang, int(row["day_only"] or 0)
    times = {name: moment(row[name], zone, bool(days & bit)) for name, bit in _DAY_BIT.items()}
    happened = moment(row.get("happened_at"), zone)
    codes = {name: worded(name, row.get(name), lang) for name in ("channel", "next_step", "next_by")}
    village = grids.get(row["parent_code"] or "")
    said = {
        "case_no": row["case_no"], "unit": row["unit"], "description": row["description"], **times, **codes,
        "matter": " / ".join(text for text in (row["category"], row["subcategory"]) if text),
        "where": row["address"] or row["place_name"],
        "village": _place(village, row["grid_name"]) or label(row["place_status"], lang, PLACE_STATUS),
        "stage": worded("stage", row["stage"], lang) or label(row["state"] or "", lang, STATES),
        "track": label(row["track"] or "", lang, TRACKS),
        "left": left(row, state),
        "happened_at": happened,
        "paused_at": moment(row["paused_at"], zone),
        "paused_days": tenths(row.get("paused_days")),
    }  # fmt: skip
    said |= _supervised(row, zone, lang) if "reply" in row else {}
    shown = {name: text or NOTHING for name, text in said.items()} | {name: row[name] for name in _COUNTS}
    more = {"light": row["light"], "is_overdue": row["is_overdue"]}
    return shown | more | {"row_id": "\n".join((row["source"], row["case_no"], row.get("happened_at") or ""))}


def _supervised(row: dict[str, Any], zone: str, lang: Lang) -> dict[str, Any]:
    """What is told of a supervised case beside what every case tells."""
    times = {kind: row[f"n_{kind}"] for kind in PROMPTS}
    given = " · ".join(f"{label(kind, lang, PROMPTS)} {n}" for kind, n in times.items() if n)
    told = {
        "reply": row["reply"],
        "given": given,
        "given_work_days": tenths(row["given_work_days"]),
        "given_unit": row["given_unit"],
    }
    return told | {name: moment(row[name], zone) for name in ("given_at", "last_given_at")}


def _place(village: trees.Grid | None, grid: str | None) -> str | None:
    """The village and the grid in it, the village once."""
    if grid is None or village is None or village.parent is None or grid.startswith(village.name):
        return grid
    return f"{village.name} · {grid}"


def left(row: dict[str, Any], state: State) -> str | None:
    """What is left until the deadline in working hours, or how far past it a case is; None where no clock runs."""
    if known(row.get("late_work_days")):
        return label("days_over", state.lang).format(n=tenths(row["late_work_days"]))
    if not known(row.get("left_work_h")):
        return None
    said = label("hours_over" if row["is_overdue"] else "hours_left", state.lang)
    return said.format(n=tenths(abs(row["left_work_h"])))
