"""The town's registers as files: units, lines of business, both catalogues, the roster, the service windows.

Workbooks look like those that offices send round: Chinese headers, a title above them, a category only on the first row of
its block. Their date of creation is a constant, so the same registers are the same bytes.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from gridgov.simulate.catalogue import limit_text
from gridgov.simulate.model import Land, Organisation
from gridgov.simulate.scenario import Scenario, day_of
from gridgov.simulate.writing import write_table
from gridgov.vocabulary import ITEM_KINDS, ROLES, UNIT_KINDS

CLASSES = {"village": "属地村（社区）", "squad": "属地执法中队", "cleaning": "属地保洁单位", "": ""}
"""Owners that are no unit, as the catalogue writes them."""

_CREATED = datetime(2024, 1, 1)
_WIDTH = {
    "责任村社": 60,
    "事项名称": 48,
    "网格编码": 18,
    "网格名称": 16,
    "大类": 16,
    "单位名称": 20,
    "责任单位": 20,
    "单位": 20,
}


def write_registers(scenario: Scenario, land: Land, organisation: Organisation, out: Path) -> None:
    """Write units.xlsx, lines.csv, catalogue.xlsx, catalogue_squads.xlsx, roster.xlsx and windows.csv into a folder.

    The roster has two sheets: 基础网格 with the six posts of every grid, 专属网格 with the leaders of dedicated grids.
    """
    town = scenario.town["name_zh"]
    units = _units(land, organisation)
    write_table(organisation.lines.set_axis(["条线代码", "部门名称"], axis=1), out / "lines.csv", "gb18030")
    write_table(organisation.windows.set_axis(["窗口编码", "窗口名称"], axis=1), out / "windows.csv")
    _write_book(out / "units.xlsx", {"责任单位": units}, f"{town}责任单位名录")
    _write_book(
        out / "catalogue.xlsx",
        {"事项清单": _items(organisation, organisation.items)},
        f"{town}网格化管理事项清单",
        blocks=["类别", "大类"],
    )
    squad_items = _items(organisation, organisation.squad_items).drop(columns=["类别", "责任单位"])
    squad_items = squad_items.rename(
        columns={"事项编码": "编号", "大类": "领域", "业务条线": "部门", "办理时限": "时限"}
    )
    order = ["部门", "领域", "编号", "事项名称", "时限"]
    _write_book(
        out / "catalogue_squads.xlsx", {"处罚事项": squad_items[order]}, f"{town}综合执法处罚事项目录", blocks=order[:2]
    )
    _write_book(
        out / "roster.xlsx", _rosters(land, organisation), f"{town}一长五员花名册", blocks=["网格编码", "网格名称"]
    )


def _units(land: Land, organisation: Organisation) -> pd.DataFrame:
    units, villages = organisation.units, land.villages["code"].tolist()
    return pd.DataFrame(
        {
            "单位代码": units["code"],
            "单位名称": units["name"],
            "类别": units["kind"].map({code: term.zh for code, term in UNIT_KINDS.items()}),
            "责任村社": ["、".join(villages[row] for row in territory) for territory in units["villages"]],
        }
    )


def _items(organisation: Organisation, items: pd.DataFrame) -> pd.DataFrame:
    owners = CLASSES | dict(zip(organisation.units["code"], organisation.units["name"], strict=True))
    return pd.DataFrame(
        {
            "类别": items["kind"].map({code: term.zh for code, term in ITEM_KINDS.items()}),
            "大类": items["category"],
            "事项编码": items["code"],
            "事项名称": items["name"],
            "责任单位": items["unit"].map(owners),
            "业务条线": organisation.lines["name"].to_numpy()[items["line"]],
            "办理时限": [limit_text(*limit) for limit in zip(items["limit_value"], items["limit_unit"], strict=True)],
        }
    )


def _rosters(land: Land, organisation: Organisation) -> dict[str, pd.DataFrame]:
    roster, staff = organisation.roster, organisation.staff
    names = dict(zip(land.grids["code"], land.grids["name"], strict=True))
    names |= dict(zip(land.dedicated["code"], land.dedicated["name"], strict=True))
    unit_of = organisation.units["name"].to_numpy()[staff["unit"]]
    held = roster["person"] >= 0
    written = pd.DataFrame(
        {
            "网格编码": roster["grid_code"],
            "网格名称": roster["grid_code"].map(names),
            "角色": roster["role"].map({code: term.zh for code, term in ROLES.items()}),
            "人员编号": staff["person"].to_numpy()[roster["person"]],
            "单位": unit_of[roster["person"]],
            "任职日期": [day_of(day).isoformat() for day in roster["since"]],
        }
    )
    written.loc[~held, ["人员编号", "单位", "任职日期"]] = ""
    dedicated = roster["grid"] < 0
    return {"基础网格": written[~dedicated], "专属网格": written[dedicated]}


def _write_book(path: Path, sheets: dict[str, pd.DataFrame], title: str, blocks: Sequence[str] = ()) -> None:
    """A workbook of text cells: a title over all columns, the header, rows; of `blocks` only what differs from above."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_numbers": False}) as book:
        book.set_properties({"created": _CREATED, "title": title})
        large, bold = (
            book.add_format({"bold": True, "font_size": 16, "align": "center"}),
            book.add_format({"bold": True}),
        )
        for name, frame in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.merge_range(0, 0, 0, frame.shape[1] - 1, title, large)
            sheet.freeze_panes(2, 0)
            for column, header in enumerate(frame):
                sheet.set_column(column, column, _WIDTH.get(str(header), 12))
                sheet.write_string(1, column, str(header), bold)
            shown = _first_of_blocks(frame, blocks)
            for row, cells in enumerate(shown.itertuples(index=False), 2):
                for column, cell in enumerate(cells):
                    if cell:
                        sheet.write_string(row, column, cell)


def _first_of_blocks(frame: pd.DataFrame, blocks: Sequence[str]) -> pd.DataFrame:
    """The frame with the cells of the block columns emptied where all block columns so far say the same as the row above."""
    shown = frame.copy()
    for depth, name in enumerate(blocks, 1):
        above: Any = frame[list(blocks[:depth])]
        shown[name] = shown[name].mask((above == above.shift()).all(axis=1), "")
    return shown
