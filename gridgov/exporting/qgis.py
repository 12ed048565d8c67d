"""A QGIS project of a town: what is live comes from the database, what is counted from the questions, coloured as in the app.

The project (.qgz) reads the database in the role that only reads, and holds no password. Numbers stand in a GeoPackage beside it,
each layer as of when its name says: they are answers, with their definitions, and not counted anew by QGIS.
"""

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import pyproj

from gridgov.crs import STORE_CRS, transform_bounds
from gridgov.errors import QuestionError
from gridgov.exporting.geofiles import gpkg_to
from gridgov.figures.maps import in_classes
from gridgov.figures.style import COLOURS
from gridgov.figures.text import column_name
from gridgov.questions.answer import Answer
from gridgov.questions.town import Town
from gridgov.schema import heading
from gridgov.store.database import READER
from gridgov.store.desk import address
from gridgov.store.grids import BASE
from gridgov.vocabulary import LIGHTS, Lang, label
from gridgov.whole import require_place, whole

_WRITTEN_BY: Final = "3.22.16-Białowieża"
"""The version whose form of project this is: later ones read it."""
_C = COLOURS["light"]
_OF_CASES: Final = ("case_no", "reported_at", "due_at", "state", "stage", "unit", "light", "category", "subcategory", "channel",
                    "description", "address", "place_status")  # fmt: skip
Classes = list[tuple[float, float, str, str]]
"""Lower and upper bound, colour and words of each class."""
_Answers = list[tuple[tuple[str, str], Answer, list[str]]]


@dataclass(frozen=True)
class _Layer:
    """A layer: what it is called, where it comes from, how it is drawn, what its columns are called."""

    id: str
    name: str
    source: str
    provider: str
    geometry: str
    renderer: ET.Element
    aliases: Mapping[str, str] = field(default_factory=dict)
    is_on: bool = True


def qgis_project(town: Town, path: Path, lang: Lang = "zh") -> Path:
    """Write x.qgz, and x.gpkg with the numbers beside it; gives the path of the project.

    Layers, the first on top: open cases by their light, checkpoints, the grids of each level as lines, these from the database;
    overdue and open cases by level, coverage of the month, days that nobody came, blind spots, these as asked now.
    Both are there at the end, or what was there before.
    raises  QuestionError when the file does not end in .qgz or the town has no grids; DeliveryError, StoreError
    """
    if path.suffix != ".qgz":
        raise QuestionError(f"A QGIS project ends in .qgz; found '{path.name}'.")
    require_place(path)
    about, levels = town.about(), town.levels()
    if levels.empty:
        raise QuestionError(f"'{town.code}' has no grids to draw yet: load them first.")
    name = (about.name_zh if lang == "zh" else None) or about.name
    names = levels.set_index("code")["name_zh" if lang == "zh" else "name"].to_dict()
    answers = _asked(town, list(names))
    bounds = town.ask("hierarchy").frame.total_bounds
    live = _live(town.code, levels.to_dict("records"), lang)
    with whole(path) as made:
        counted = _counted(answers, names, made.with_suffix(".gpkg"), lang)
        project = _project(name, [*live, *counted], about.crs or STORE_CRS.to_string(), bounds)
        text = (
            f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{ET.tostring(project, encoding='unicode')}\n"
        )
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr(f"{path.stem}.qgs", text)
    return path


def _live(town: str, levels: Sequence[Mapping[str, Any]], lang: Lang) -> list[_Layer]:
    """What the database says whenever it is looked at."""
    lights = [(code, _C.lights[code][0], term.label(lang)) for code, term in LIGHTS.items()]
    of = f"town = '{town}'"
    cases, checkpoints = (_table(view, "Point", of) for view in ("case_open", "checkpoint_current"))
    by_light, dots = _categorised("light", lights), _single(_marker(_C.patrol, 2.0))
    called = label("open_points", lang), column_name("checkpoint_name", lang)
    told = _aliases(_OF_CASES, lang), _aliases(("grid_code", "visits_a_week"), lang)
    made = [
        _Layer("gridgov_case_open", called[0], cases, "postgres", "Point", by_light, told[0]),
        _Layer("gridgov_checkpoint", called[1], checkpoints, "postgres", "Point", dots, told[1], is_on=False),
    ]
    outlined = _aliases(("area_m2", "parent_code"), lang)
    for row in levels:
        named = f"{(row['name_zh'] if lang == 'zh' else None) or row['name']} · {label('grid_lines', lang)}"
        line = _single(_fill(None, _C.text, max(0.9 - 0.3 * int(row["level"]), 0.2)))
        source = _table("grid_current", "MultiPolygon", f"{of} AND layer = '{BASE}' AND level = {int(row['level'])}")
        made.append(_Layer(f"gridgov_grid_{row['code']}", named, source, "postgres", "Polygon", line, outlined))
    return made


def _asked(town: Town, levels: Sequence[str]) -> _Answers:
    """What stands in the GeoPackage: question and level, the answer, and the measures of it that are drawn."""
    finest = levels[-1]
    wanted = [("backlog", "n_overdue", level) for level in reversed(levels[1:])]
    wanted += [
        ("backlog", "n_open", finest),
        ("coverage", "covered_share", finest),
        ("recency", "idle_mean_days", finest),
    ]
    drawn: dict[tuple[str, str], list[str]] = {}
    for question, measure, by in wanted:
        drawn.setdefault((question, by), []).append(measure)
    asked = [(key, town.ask(key[0], by=key[1]), measures) for key, measures in drawn.items()]
    return [*asked, (("blind_spots", ""), town.ask("blind_spots", limit=2_000), ["m2"])]


def _counted(answers: _Answers, names: Mapping[str, str | None], numbers: Path, lang: Lang) -> list[_Layer]:
    """Answers, each a table of the GeoPackage, in classes as the app has them; what has no places is left out.

    names  of the levels, by their codes
    """
    made: list[_Layer] = []
    for (question, by), answer, measures in answers:
        if not answer.frame.geometry.notna().any():
            continue
        table = f"{question}_{by}".rstrip("_")
        gpkg_to(answer, numbers, None, lang, table=table)
        for measure in measures:
            steps = _bounds(answer, measure, lang)
            if not steps:  # nothing is known of it anywhere
                continue
            source = f"./{numbers.name}|layername={table}"
            named = _aliases((name for name in answer.frame if name != "geom"), lang)
            called = _called(answer, measure, names.get(by), lang)
            drawn = _graduated(measure, steps)
            key = f"gridgov_{table}_{measure}"
            made.append(_Layer(key, called, source, "ogr", "Polygon", drawn, named, is_on=not made))
    return made


def _called(answer: Answer, measure: str, level: str | None, lang: Lang) -> str:
    parts = [answer.definition.title.said(lang), level, column_name(measure, lang), answer.as_of]
    return " · ".join(str(part) for part in parts if part)


def _bounds(answer: Answer, measure: str, lang: Lang) -> Classes:
    """The classes of a measure as bounds. What is in none of them, because it is not known, QGIS does not draw."""
    values = answer.frame[measure].astype("float64")
    found, steps = in_classes(answer.frame, measure, values.isna() & False, lang)
    return [
        (float(values[found == step].min()), float(values[found == step].max()), colour, said)
        for step, colour, said in steps
        if step >= 0 and bool((found == step).any())
    ]


# ------------------------------------------------------------------------------------------------------------ the file


def _project(name: str, layers: Sequence[_Layer], crs: str, bounds: Iterable[float]) -> ET.Element:
    root = ET.Element("qgis", version=_WRITTEN_BY, projectname=name)
    ET.SubElement(root, "title").text = name
    ET.SubElement(root, "projectCrs").append(_srs(crs))
    tree = ET.SubElement(root, "layer-tree-group")
    order = ET.Element("layerorder")
    held = ET.Element("projectlayers")
    for layer in layers:
        shown = (
            {"checked": "Qt::Checked", "expanded": "1"}
            if layer.is_on
            else {"checked": "Qt::Unchecked", "expanded": "0"}
        )
        told = {"id": layer.id, "name": layer.name, "source": layer.source, "providerKey": layer.provider}
        ET.SubElement(tree, "layer-tree-layer", told | shown)
        ET.SubElement(order, "layer", id=layer.id)
        held.append(_maplayer(layer))
    canvas = ET.SubElement(root, "mapcanvas", name="theMapCanvas", annotationsVisible="1")
    west, south, east, north = transform_bounds([*bounds], crs)
    ET.SubElement(canvas, "units").text = "meters"
    extent = ET.SubElement(canvas, "extent")
    for key, value in (("xmin", west), ("ymin", south), ("xmax", east), ("ymax", north)):
        ET.SubElement(extent, key).text = f"{value:.3f}"
    ET.SubElement(canvas, "destinationsrs").append(_srs(crs))
    root.extend([held, order])
    reference = ET.SubElement(ET.SubElement(root, "properties"), "SpatialRefSys")
    ET.SubElement(reference, "ProjectionsEnabled", type="int").text = "1"
    return root


def _maplayer(layer: _Layer) -> ET.Element:
    made = ET.Element("maplayer", type="vector", geometry=layer.geometry, readOnly="1", autoRefreshEnabled="0")
    for tag, text in (("id", layer.id), ("datasource", layer.source), ("layername", layer.name)):
        ET.SubElement(made, tag).text = text
    ET.SubElement(made, "srs").append(_srs(STORE_CRS.to_string()))
    ET.SubElement(made, "provider", encoding="UTF-8").text = layer.provider
    ET.SubElement(made, "flags").extend(_flags())
    aliases = ET.SubElement(made, "aliases")
    for index, (name, said) in enumerate(layer.aliases.items()):
        ET.SubElement(aliases, "alias", index=str(index), field=name, name=said)
    made.append(layer.renderer)
    return made


def _flags() -> list[ET.Element]:
    said = {"Identifiable": "1", "Removable": "1", "Searchable": "1"}
    made = []
    for tag, text in said.items():
        element = ET.Element(tag)
        element.text = text
        made.append(element)
    return made


def _srs(crs: str) -> ET.Element:
    found, made = pyproj.CRS.from_user_input(crs), ET.Element("spatialrefsys")
    told = {"wkt": found.to_wkt("WKT2_2019"), "authid": found.to_string(), "description": found.name,
            "geographicflag": str(found.is_geographic).lower()}  # fmt: skip
    for tag, text in told.items():
        ET.SubElement(made, tag).text = text
    return made


def _table(view: str, geometry: str, condition: str) -> str:
    """Where QGIS finds a view of ours: the database of the settings without its password, in the role that reads."""
    said = " ".join(f"{name}='{value}'" for name, value in address().items())
    where = f'table="gridgov_api"."{view}" (geom) sql={condition}'
    return f"{said} session_role='{READER}' key='id' srid=4326 type={geometry} {where}"


def _aliases(names: Iterable[str], lang: Lang) -> dict[str, str]:
    return {name: heading(name, lang) for name in names}


# ------------------------------------------------------------------------------------------------------------- styles


def _graduated(measure: str, steps: Classes) -> ET.Element:
    made = ET.Element("renderer-v2", type="graduatedSymbol", attr=measure, graduatedMethod="GraduatedColor", symbollevels="0",
                      enableorderby="0", forceraster="0")  # fmt: skip
    ranges, symbols = ET.SubElement(made, "ranges"), ET.SubElement(made, "symbols")
    for index, (low, high, colour, said) in enumerate(steps):
        ET.SubElement(ranges, "range", lower=repr(low), upper=repr(high), label=said, symbol=str(index), render="true")
        symbols.append(_named(_fill(colour, _C.map_line, 0.15), index))
    return made


def _categorised(column: str, values: Sequence[tuple[str, str, str]]) -> ET.Element:
    made = ET.Element(
        "renderer-v2", type="categorizedSymbol", attr=column, symbollevels="0", enableorderby="0", forceraster="0"
    )
    categories, symbols = ET.SubElement(made, "categories"), ET.SubElement(made, "symbols")
    for index, (value, colour, said) in enumerate(values):
        ET.SubElement(categories, "category", value=value, label=said, symbol=str(index), render="true")
        symbols.append(_named(_marker(colour, 2.4), index))
    return made


def _single(symbol: ET.Element) -> ET.Element:
    made = ET.Element("renderer-v2", type="singleSymbol", symbollevels="0", enableorderby="0", forceraster="0")
    ET.SubElement(made, "symbols").append(_named(symbol, 0))
    return made


def _named(symbol: ET.Element, index: int) -> ET.Element:
    symbol.set("name", str(index))
    return symbol


def _fill(colour: str | None, line: str, width_mm: float) -> ET.Element:
    """An area: filled, or its outline only."""
    return _symbol("fill", "SimpleFill", {
        "color": _rgba(colour or "#000000"), "style": "solid" if colour else "no", "outline_color": _rgba(line),
        "outline_style": "solid", "outline_width": f"{width_mm:.2f}", "outline_width_unit": "MM",
    }, 0.85 if colour else 1.0)  # fmt: skip


def _marker(colour: str, size_mm: float) -> ET.Element:
    return _symbol("marker", "SimpleMarker", {
        "name": "circle", "color": _rgba(colour), "outline_color": _rgba(_C.surface), "outline_width": "0.2",
        "size": f"{size_mm:.1f}", "size_unit": "MM",
    })  # fmt: skip


def _symbol(kind: str, drawn: str, options: Mapping[str, str], alpha: float = 1.0) -> ET.Element:
    made = ET.Element("symbol", type=kind, alpha=f"{alpha}", clip_to_extent="1", force_rhr="0")
    layer = ET.SubElement(made, "layer", {"class": drawn, "enabled": "1", "locked": "0", "pass": "0"})
    held = ET.SubElement(layer, "Option", type="Map")
    for name, value in options.items():
        ET.SubElement(held, "Option", type="QString", name=name, value=value)
        ET.SubElement(layer, "prop", k=name, v=value)  # as versions before 3.22 read it
    return made


def _rgba(colour: str) -> str:
    return ",".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5)) + ",255"
