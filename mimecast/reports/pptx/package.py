"""The package of a PowerPoint file, reduced to its masters and layouts.

A PowerPoint file is a zip archive of parts that are connected by relationships (ECMA-376, part 2). The text of a slide
is in many of them besides the slide: notes, comments, the history of changes, the names of sections and custom shows,
the titles in the file's properties, the thumbnail. So a template's parts are copied only where they are known to be
needed for the look of slides, and nothing else is.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from lxml import etree

from mimecast.problem import Problem

DECK_TYPE: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
"""Content type of the main part of a .pptx file, the only one that python-pptx opens."""

TEMPLATE_TYPES: Final = frozenset(
    {
        DECK_TYPE,
        "application/vnd.openxmlformats-officedocument.presentationml.template.main+xml",
        "application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml",
        "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
        "application/vnd.ms-powerpoint.template.macroEnabled.main+xml",
        "application/vnd.ms-powerpoint.slideshow.macroEnabled.main+xml",
    }
)
"""Content types of the main part of .pptx, .potx, .ppsx, .pptm, .potm and .ppsm files. Macros are left out."""

MAX_EXPANDED_BYTES: Final = 300_000_000
"""Of all parts together. Templates have a few megabytes; a file of a few kilobytes can expand to any size."""

MAX_PARTS: Final = 10_000

OLE_SIGNATURE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""First bytes of .ppt files, and of .pptx files that are encrypted with a password."""

ZIP_ERRORS: Final = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, UnicodeError)
"""What `zipfile` raises for an archive that is damaged, encrypted or compressed in a way that it does not know."""

CUSTOM_SHOW_ACTION: Final = "ppaction://customshow"
"""How the action of a link to a custom show begins."""

CONTENT_TYPES_PART: Final = "/[Content_Types].xml"
CONTENT_TYPES: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}"
RELATIONSHIPS: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}"
OFFICE_RELATIONSHIPS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONSHIPS: Final = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PRESENTATION: Final = "{http://schemas.openxmlformats.org/presentationml/2006/main}"

PRESENTATION_CHILDREN: Final = tuple(
    PRESENTATION + name
    for name in ("sldMasterIdLst", "sldSz", "notesSz", "embeddedFontLst", "kinsoku", "defaultTextStyle")
)
"""Elements of the presentation that are kept, in the order of the schema. The others name slides, shows or sections."""

PRESENTATION_RELATIONSHIPS: Final = frozenset({"slideMaster", "theme", "tableStyles", "font"})
"""Last words of the types of relationships that are kept of the presentation itself."""

MASTER_RELATIONSHIPS: Final = frozenset(
    {
        *("slideMaster", "slideLayout", "theme", "themeOverride", "image", "hdphoto", "hyperlink"),
        *("audio", "video", "media", "package", "oleObject", "vmlDrawing"),
        *("chart", "chartUserShapes", "chartStyle", "chartColorStyle"),
        *("diagramData", "diagramLayout", "diagramQuickStyle", "diagramColors", "diagramDrawing"),
    }
)
"""Those that are kept of masters, layouts and themes, and of what these refer to."""

REQUIRED_RELATIONSHIPS: Final = frozenset({"slideMaster", "slideLayout", "theme"})
"""Those whose part must exist. PowerPoint opens a file without another part, for example a picture."""


class TemplateUnusable(Problem):
    """`[dashboard] pptx_template` names a file that slides cannot be made from."""

    title = "The template for slides cannot be used"
    remedy = "Save it in PowerPoint as .pptx or .potx, or remove pptx_template from [dashboard]."


class _Relationship(NamedTuple):
    """A relationship of a part. The target is the name of another part or, where it is external, a URL."""

    id: str
    type: str
    target: str
    is_external: bool

    @property
    def kind(self) -> str:
        """The last word of the type, which is the same in every version of the standard."""
        return self.type.rpartition("/")[2]


class _Part(NamedTuple):
    """A part to keep."""

    content_type: str
    content: bytes
    relationships: list[_Relationship]


def master_package(content: bytes, file: str) -> bytes:
    """Return a .pptx file with the masters, layouts and themes of a PowerPoint file, without its slides.

    Nothing that belongs to slides, to the file's properties or to its authors is left. `file` is the name for messages.
    Raises TemplateUnusable.
    """
    if content.startswith(OLE_SIGNATURE):
        raise TemplateUnusable(f"The template {file} is protected by a password, or has the format of PowerPoint 2003.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            source = _Package(archive, file)
            main = source.find_main_part()
            parts: dict[str, _Part] = {}
            to_read = [main]
            while to_read:
                name = to_read.pop()
                if name not in parts:
                    parts[name] = source.read_part(name, is_main=name == main)
                    to_read += [each.target for each in parts[name].relationships if not each.is_external]
    except etree.XMLSyntaxError:
        raise TemplateUnusable(f"The template {file} is damaged: one of its parts is not valid XML.") from None
    except ZIP_ERRORS:
        raise TemplateUnusable(f"The template {file} is not a PowerPoint file, or is damaged.") from None
    parts[main] = parts[main]._replace(content_type=DECK_TYPE)
    return _write(main, parts)


class _Package:
    """The parts of a zip archive by name, whose case does not matter (ECMA-376, part 2)."""

    def __init__(self, archive: zipfile.ZipFile, file: str) -> None:
        self._archive, self._file = archive, file
        entries = archive.infolist()
        if sum(entry.file_size for entry in entries) > MAX_EXPANDED_BYTES or len(entries) > MAX_PARTS:
            raise TemplateUnusable(
                f"The template {file} is too large: its parts expand to more than {MAX_EXPANDED_BYTES // 10**6} MB, or "
                f"it has more than {MAX_PARTS:,} parts.",
                remedy="Remove pictures and slides from it that the report does not need.",
            )
        self._entries = {f"/{entry.filename}".casefold(): entry for entry in entries}
        if CONTENT_TYPES_PART.casefold() not in self._entries:
            raise TemplateUnusable(f"The template {file} is not a PowerPoint file.")
        types = _parse(self._read(CONTENT_TYPES_PART))
        self._overrides = {
            each.get("PartName", "").casefold(): each.get("ContentType", "")
            for each in types.iter(f"{CONTENT_TYPES}Override")
        }
        self._defaults = {
            each.get("Extension", "").casefold(): each.get("ContentType", "")
            for each in types.iter(f"{CONTENT_TYPES}Default")
        }

    def find_main_part(self) -> str:
        """Return the name of the presentation's part. Raises TemplateUnusable."""
        for relationship in self._relationships("/"):
            if relationship.type == f"{STRICT_RELATIONSHIPS}/officeDocument":
                raise TemplateUnusable(
                    f"The template {self._file} has the format “Strict Open XML”.",
                    remedy="Save it in PowerPoint as “PowerPoint Presentation (*.pptx)”.",
                )
            target = relationship.target
            if relationship.kind == "officeDocument" and self._content_type(target) in TEMPLATE_TYPES:
                return self._existing(target)
        raise TemplateUnusable(f"The template {self._file} is not a PowerPoint file.")

    def read_part(self, name: str, *, is_main: bool) -> _Part:
        """Return a part with the relationships to keep, and without elements that use the others.

        Raises TemplateUnusable.
        """
        content, content_type = self._read(name), self._content_type(name)
        if content_type is None:
            raise self._damaged(f"{name.lstrip('/')} has no content type")
        kept: list[_Relationship] = []
        dropped: set[str] = set()
        for relationship in self._relationships(name):
            if self._is_kept(relationship, is_main=is_main):
                kept.append(relationship)
            else:
                dropped.add(relationship.id)
        if is_main or dropped or CUSTOM_SHOW_ACTION.encode() in content:
            content = _without(content, dropped, is_main=is_main)
        return _Part(content_type, content, kept)

    def _is_kept(self, relationship: _Relationship, *, is_main: bool) -> bool:
        kind = relationship.kind
        if relationship.is_external:
            return kind in MASTER_RELATIONSHIPS and not is_main
        if kind in REQUIRED_RELATIONSHIPS:
            self._existing(relationship.target)
        kinds = PRESENTATION_RELATIONSHIPS if is_main else MASTER_RELATIONSHIPS
        return kind in kinds and relationship.target.casefold() in self._entries

    def _existing(self, name: str) -> str:
        if name.casefold() not in self._entries:
            raise self._damaged(f"it lacks {name.lstrip('/')}")
        return name

    def _damaged(self, reason: str) -> TemplateUnusable:
        return TemplateUnusable(
            f"The template {self._file} is damaged: {reason}.",
            remedy="Open it in PowerPoint, let PowerPoint repair it, and save it again.",
        )

    def _read(self, name: str) -> bytes:
        return self._archive.read(self._entries[name.casefold()])

    def _content_type(self, name: str) -> str | None:
        extension = posixpath.splitext(name)[1].removeprefix(".").casefold()
        return self._overrides.get(name.casefold()) or self._defaults.get(extension)

    def _relationships(self, name: str) -> Iterator[_Relationship]:
        """Yield the relationships of a part, or those of the package for `/`."""
        folder, base = posixpath.split(name)
        part = posixpath.join(folder, "_rels", f"{base}.rels")
        if part.casefold() not in self._entries:
            return
        for each in _parse(self._read(part)).iter(f"{RELATIONSHIPS}Relationship"):
            target, is_external = each.get("Target", ""), each.get("TargetMode") == "External"
            if not is_external:
                target = posixpath.normpath(posixpath.join(folder, target))
                entry = self._entries.get(target.casefold())
                target = f"/{entry.filename}" if entry else target
            yield _Relationship(each.get("Id", ""), each.get("Type", ""), target, is_external)


def _without(content: bytes, dropped: Iterable[str], *, is_main: bool) -> bytes:
    """Return XML without the elements that use a relationship of `dropped`, and without links to custom shows.

    Of the presentation itself, only the children of `PRESENTATION_CHILDREN` are left.
    """
    root, ids = _parse(content), set(dropped)
    if is_main:
        for child in list(root):
            if child.tag not in PRESENTATION_CHILDREN:
                root.remove(child)
        if root.find(f"{PRESENTATION}notesSz") is None:  # required by the schema
            before = [child for child in root if child.tag in PRESENTATION_CHILDREN[:2]]
            root.insert(len(before), etree.Element(f"{PRESENTATION}notesSz", {"cx": "6858000", "cy": "9144000"}))
    for element in list(root.iter(etree.Element)):
        uses = {value for name, value in element.items() if name.startswith(f"{{{OFFICE_RELATIONSHIPS}}}")}
        if uses & ids or element.get("action", "").startswith(CUSTOM_SHOW_ACTION):
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)
                if parent.tag == f"{PRESENTATION}custDataLst" and not len(parent):
                    parent.getparent().remove(parent)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _write(main: str, parts: dict[str, _Part]) -> bytes:
    types = etree.Element(f"{CONTENT_TYPES}Types", nsmap={None: CONTENT_TYPES.strip("{}")})
    relationships_type = "application/vnd.openxmlformats-package.relationships+xml"
    etree.SubElement(types, f"{CONTENT_TYPES}Default", {"Extension": "rels", "ContentType": relationships_type})
    for name, part in parts.items():
        etree.SubElement(types, f"{CONTENT_TYPES}Override", {"PartName": name, "ContentType": part.content_type})
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(CONTENT_TYPES_PART.lstrip("/"), etree.tostring(types))
        root = _Relationship("rId1", f"{OFFICE_RELATIONSHIPS}/officeDocument", main, is_external=False)
        archive.writestr("_rels/.rels", _relationships_xml([root]))
        for name, part in parts.items():
            archive.writestr(name.lstrip("/"), part.content)
            if part.relationships:
                folder, file = posixpath.split(name)
                archive.writestr(f"{folder}/_rels/{file}.rels".lstrip("/"), _relationships_xml(part.relationships))
    return package.getvalue()


def _relationships_xml(relationships: Iterable[_Relationship]) -> bytes:
    root = etree.Element(f"{RELATIONSHIPS}Relationships", nsmap={None: RELATIONSHIPS.strip("{}")})
    for each in relationships:
        attributes = {"Id": each.id, "Type": each.type, "Target": each.target}
        if each.is_external:
            attributes["TargetMode"] = "External"
        etree.SubElement(root, f"{RELATIONSHIPS}Relationship", attributes)
    return bytes(etree.tostring(root))


def _parse(content: bytes) -> etree._Element:
    """Parse XML without loading or expanding entities."""
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
