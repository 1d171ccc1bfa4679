"""Checks of Office files by the rules of their container, with nothing but a ZIP and an XML reader.

The rules are those of ECMA-376, part 2 (packages), and of part 1 for ids that have to be unique and indices that have
to exist. Programs that are stricter than python-pptx and openpyxl refuse or repair files that break them.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from lxml import etree

CONTENT_TYPES = "[Content_Types].xml"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAX_SHEET_NAME_CHARS = 31
LEAST_SLIDE_ID = 256
LEAST_MASTER_ID = 2**31

Parts = dict[str, bytes]


def check_package(content: bytes) -> Parts:
    """Check a .pptx or .xlsx file and the workbooks embedded in it, and return its parts by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.testzip() is None
        assert duplicates(name.lower() for name in package.namelist()) == []
        parts = {name: package.read(name) for name in package.namelist()}
    assert not [name for name in parts if name.startswith("/") or "\\" in name or ".." in name.split("/")]
    trees = {name: parse(name, part) for name, part in parts.items() if name.endswith((".xml", ".rels"))}
    check_content_types(parts, trees[CONTENT_TYPES])
    reached = check_relationships(parts, trees)
    assert set(parts) - reached - {CONTENT_TYPES} == set(), "parts that nothing refers to"
    for name, tree in trees.items():
        check_ids(name, tree)
    if "xl/workbook.xml" in trees:
        check_workbook(trees)
    for name, part in parts.items():
        if name.endswith(".xlsx"):
            check_package(part)
    return parts


def duplicates(values: Iterable[Any]) -> list[Any]:
    """Return the values that occur more than once."""
    return [value for value, count in Counter(values).items() if count > 1]


def parse(name: str, part: bytes) -> Any:
    """Return the root of a part that is well-formed XML and has no document type."""
    root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))
    assert root.getroottree().docinfo.doctype == "", name
    return root


def local(element: Any) -> str:
    """Return the name of an element without its namespace."""
    return str(etree.QName(element).localname)


def check_content_types(parts: Parts, root: Any) -> None:
    """Check that every part has exactly one content type, and that no type is of a part that does not exist."""
    defaults = [element.get("Extension").lower() for element in root if local(element) == "Default"]
    overrides = [element.get("PartName").removeprefix("/") for element in root if local(element) == "Override"]
    assert duplicates(defaults) == []
    assert duplicates(overrides) == []
    assert set(overrides) - set(parts) == set()
    for name in set(parts) - {CONTENT_TYPES} - set(overrides):
        assert name.rpartition(".")[2].lower() in defaults, name
    assert all(element.get("ContentType") for element in root)
    assert not [name for name in parts if name.endswith(".xml") and name not in {*overrides, CONTENT_TYPES}]


def check_relationships(parts: Parts, trees: dict[str, Any]) -> set[str]:
    """Check every relationship and every reference to one; return the parts that are reached from the package."""
    targets: dict[str, set[str]] = {}
    for name, root in trees.items():
        if not name.endswith(".rels"):
            continue
        folder, _, file = name.rpartition("_rels/")
        source = folder + file.removesuffix(".rels")
        assert source == "" or source in parts, name
        ids = [element.get("Id") for element in root]
        assert duplicates(ids) == [], name
        assert all(element.get("Type") for element in root), name
        assert not [element.get("Target") for element in root if element.get("TargetMode") == "External"], name
        targets_by_id = {element.get("Id"): target_of(folder, unquote(element.get("Target"))) for element in root}
        for target in targets_by_id.values():
            assert target in parts, f"{name} refers to {target}"
        targets[source] = set(targets_by_id.values()) | {name}
        if source in trees:
            check_references(source, trees[source], set(ids))
    for name, root in trees.items():
        if name not in targets and not name.endswith(".rels"):
            check_references(name, root, set())
    reached, waiting = set[str](), [""]
    while waiting:
        for target in targets.get(waiting.pop(), set()) - reached:
            reached.add(target)
            waiting.append(target)
    return reached


def target_of(folder: str, target: str) -> str:
    """Return the part that a relationship of a part in a folder refers to."""
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def check_references(name: str, root: Any, ids: set[str]) -> None:
    """Check that every relationship that a part names is one of its own."""
    for element in root.iter(etree.Element):
        for attribute, value in element.attrib.items():
            if etree.QName(attribute).namespace == RELATIONSHIPS and value:
                assert value in ids, f"{name}: {value}"


def check_ids(name: str, root: Any) -> None:
    """Check the ids of shapes on a slide, of slides and masters, and of the series and axes of a chart."""
    for kinds in (("cNvPr",), ("sldId",), ("sldMasterId", "sldLayoutId")):
        ids = [element.get("id") for kind in kinds for element in root.iter(f"{{*}}{kind}")]
        assert duplicates(ids) == [], f"{name}: {kinds}"
    assert all(int(element.get("id")) >= LEAST_SLIDE_ID for element in root.iter("{*}sldId"))
    for kind in ("sldMasterId", "sldLayoutId"):
        assert all(int(element.get("id")) >= LEAST_MASTER_ID for element in root.iter(f"{{*}}{kind}"))
    if local(root) != "chartSpace":
        return
    series = list(root.iter("{*}ser"))
    for kind in ("idx", "order"):
        assert duplicates(each.find(f"{{*}}{kind}").get("val") for each in series) == [], name
    (plot,) = root.iter("{*}plotArea")
    axes = {element.find("{*}axId").get("val") for element in plot if local(element) in ("catAx", "valAx", "dateAx")}
    used = {axis.get("val") for chart in plot if local(chart).endswith("Chart") for axis in chart.findall("{*}axId")}
    assert used == axes, name
    assert all(axis.isdigit() for axis in axes), "an id is an unsigned number"
    assert {element.get("val") for element in root.iter("{*}crossAx")} == axes, name
    for each in series:
        points = [point.get("idx") for point in each.findall("{*}val//{*}pt")]
        assert duplicates(points) == [], name
        for labels in each.findall("{*}dLbls"):
            assert duplicates(label.find("{*}idx").get("val") for label in labels.findall("{*}dLbl")) == [], name


def check_workbook(trees: dict[str, Any]) -> None:
    """Check the names of sheets, and that every text and every style that a cell refers to exists."""
    sheets = list(trees["xl/workbook.xml"].iter("{*}sheet"))
    names = [sheet.get("name") for sheet in sheets]
    assert duplicates(name.lower() for name in names) == []
    assert all(0 < len(name) <= MAX_SHEET_NAME_CHARS for name in names)
    assert duplicates(sheet.get("sheetId") for sheet in sheets) == []
    texts = len(trees["xl/sharedStrings.xml"].findall("{*}si")) if "xl/sharedStrings.xml" in trees else 0
    (styles,) = trees["xl/styles.xml"].iter("{*}cellXfs")
    for name, root in trees.items():
        if not name.startswith("xl/worksheets/sheet"):
            continue
        cells = list(root.iter("{*}c"))
        assert duplicates(cell.get("r") for cell in cells) == [], name
        for cell in cells:
            assert int(cell.get("s", 0)) < len(styles), f"{name} {cell.get('r')}"
            if cell.get("t") == "s":
                assert int(cell.find("{*}v").text) < texts, f"{name} {cell.get('r')}"
