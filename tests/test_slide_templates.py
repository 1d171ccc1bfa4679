"""Slides on a company's template: what they keep of it, and which files are refused."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.util import Inches, Pt

from mimecast.charts.text_width import BOLD, wrap
from mimecast.reports.pptx.package import (
    DECK_TYPE,
    OLE_SIGNATURE,
    STRICT_RELATIONSHIPS,
    TEMPLATE_TYPES,
    TemplateUnusable,
)
from mimecast.reports.pptx.slides import render_pptx
from mimecast.store.store import Store
from tests.support.processes import unprivileged
from tests.support.reports import (
    demo_report,
    longest_report,
    smallest_report,
)
from tests.support.slides import opened, titles

SECRET = "Project Nightfall"
"""Text of the template's slides that must be nowhere in a report."""

KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """Return a company's template: 16:9, its own font, a wide title, and two confidential slides, one with notes."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    deck.slide_master.name = "Contoso master"
    for layout in (deck.slide_master, *deck.slide_layouts):
        for placeholder in layout.placeholders:
            if placeholder.placeholder_format.type == PP_PLACEHOLDER.TITLE:
                placeholder.left, placeholder.top = Inches(1), Inches(0.5)
                placeholder.width, placeholder.height = Inches(11), Inches(1)
    for number in (1, 2):
        slide = deck.slides.add_slide(deck.slide_layouts[0])
        slide.shapes.title.text = f"{SECRET}, {number}"
    deck.slides[0].notes_slide.notes_text_frame.text = f"Speak about {SECRET}"
    deck.core_properties.title = deck.core_properties.comments = deck.core_properties.author = SECRET
    deck.save(str(tmp_path / "plain.pptx"))
    file = tmp_path / "template.pptx"
    fonts = {'<a:latin typeface="Calibri"/>': '<a:latin typeface="Contoso Sans"/>'}
    return rewrite(tmp_path / "plain.pptx", file, {"ppt/theme/": fonts})


Changes = dict[str, dict[str, str]]
"""Texts to replace in the parts of a package whose name begins so."""


def rewrite(
    source: Path, target: Path, changes: Changes, *, without: str = "", extra: dict[str, str] | None = None
) -> Path:
    """Copy a package with changes; leave out the part named `without`, and add or replace those of `extra`."""
    parts = package_parts(source.read_bytes(), nested=False)
    for name in parts:
        for beginning, texts in changes.items():
            if name.startswith(beginning):
                for old, new in texts.items():
                    parts[name] = parts[name].replace(old.encode(), new.encode())
    parts |= {name: text.encode() for name, text in (extra or {}).items()}
    with zipfile.ZipFile(target, "w") as package:
        for name, content in parts.items():
            if name != without:
                package.writestr(name, content)
    return target


def package_parts(content: bytes, *, nested: bool = True) -> dict[str, bytes]:
    """Return the parts of a package and, if `nested`, those of the workbooks that are embedded in it."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert len(package.namelist()) == len(set(package.namelist()))
        parts = {name: package.read(name) for name in package.namelist()}
    for name, part in list(parts.items()):
        if nested and name.endswith(".xlsx"):
            parts |= {f"{name}/{inner}": content for inner, content in package_parts(part).items()}
    return parts


def test_a_template_keeps_its_master_and_fonts_and_loses_its_slides(store: Store, template: Path) -> None:
    content = render_pptx(demo_report(store), template=template)
    deck = Presentation(io.BytesIO(content))
    assert deck.slide_master.name == "Contoso master"
    assert titles(deck)[0] == "10.5% of users are at risk, down from 14.0% on 24 Nov 2025"
    assert len(deck.slides) == 6
    parts = package_parts(content)
    assert any(b"Contoso Sans" in part for name, part in parts.items() if name.startswith("ppt/theme/"))
    assert [name for name, part in parts.items() if SECRET.encode() in part] == []
    assert sum(name.startswith("ppt/slides/slide") for name in parts) == 6
    for slide in deck.slides:
        assert slide.slide_layout.slide_master.name == "Contoso master"
        for shape in slide.shapes:
            if not shape.is_placeholder:
                assert shape.left >= Inches(0.9)


@pytest.mark.parametrize("on_template", [False, True])
def test_every_title_fits_into_its_place(store: Store, template: Path, on_template: bool) -> None:
    """The template's titles have 44 points, which is too large for a sentence."""
    deck = opened(longest_report(store), template if on_template else None)
    sizes = set()
    for slide in deck.slides:
        title = slide.shapes.title
        size = (title.text_frame.paragraphs[0].runs[0].font.size or Pt(44 if on_template else 26)).pt
        lines = wrap(title.text, (title.width - Inches(0.2)) / Pt(size) / BOLD)
        assert len(lines) * size * 1.2 <= (title.height - Inches(0.1)) / Pt(1)
        sizes.add(size)
    assert min(sizes) >= 20


def test_nothing_that_a_template_says_about_its_slides_is_in_a_report(
    store: Store, template: Path, tmp_path: Path
) -> None:
    """PowerPoint keeps names and texts of slides in all of these places."""
    kinds = ("tags", "commentAuthors", "changesInfo", "customXml", "presProps", "viewProps", "handoutMaster")
    linked = "".join(f'<Relationship Id="r{kind}" Type="{KINDS}/{kind}" Target="{kind}.xml"/>' for kind in kinds)
    show = f'<p:custShow name="{SECRET}" id="0"><p:sldLst><p:sld r:id="rId2"/></p:sldLst></p:custShow>'
    section = f'<p14:section xmlns:p14="p14" name="{SECRET}"><p14:sldId id="256"/></p14:section>'
    lists = f'<p:custShowLst>{show}</p:custShowLst><p:extLst><p:ext uri="{{1}}">{section}</p:ext></p:extLst>'
    to_slide = f'<Relationship Id="rSlide" Type="{KINDS}/slide" Target="../slides/slide1.xml"/>'
    to_tags = f'<Relationship Id="rTags" Type="{KINDS}/tags" Target="../tags.xml"/>'
    jump = f'<a:hlinkClick xmlns:r="{KINDS}" r:id="rSlide" action="ppaction://hlinksldjump"/>'
    play = f'<a:hlinkHover xmlns:r="{KINDS}" r:id="" action="ppaction://customshow?id=0"/>'
    title = '<p:cNvPr id="2" name="Title 1"'
    tagged = f'<p:custDataLst><p:tags xmlns:r="{KINDS}" r:id="rTags"/></p:custDataLst></p:cSld>'
    file = rewrite(
        template,
        tmp_path / "talkative.pptx",
        {
            "ppt/presentation.xml": {"</p:presentation>": f"{lists}</p:presentation>"},
            "ppt/_rels/presentation.xml.rels": {"</Relationships>": f"{linked}</Relationships>"},
            "ppt/slideLayouts/slideLayout6.xml": {
                f"{title}/>": f"{title}>{jump}{play}</p:cNvPr>",
                "</p:cSld>": tagged,
            },
            "ppt/slideLayouts/_rels/slideLayout6.xml.rels": {"</Rel": f"{to_slide}{to_tags}</Rel"},
        },
        extra={f"ppt/{kind}.xml": f"<x>{SECRET}</x>" for kind in kinds},
    )
    before = package_parts(file.read_bytes())
    assert sum(SECRET.encode() in part for part in before.values()) >= 10
    assert b"ppaction://customshow" in before["ppt/slideLayouts/slideLayout6.xml"]
    parts = package_parts(render_pptx(demo_report(store), template=file))
    for leaked in (SECRET, "ppaction", "custData", "custShow", "p14:section"):
        assert [name for name, part in parts.items() if leaked.encode() in part] == []
    assert sum(name.startswith("ppt/slides/slide") for name in parts) == 6
    assert {name.partition("/")[2] for name in parts if name.startswith("docProps")} == {"core.xml"}


@pytest.mark.parametrize("template_type", sorted(TEMPLATE_TYPES - {DECK_TYPE}))
def test_templates_shows_and_files_with_macros_are_templates_as_well(
    store: Store, template: Path, tmp_path: Path, template_type: str
) -> None:
    file = rewrite(template, tmp_path / "template.potx", {"[Content_Types].xml": {DECK_TYPE: template_type}})
    content = render_pptx(smallest_report(store), template=file)
    assert len(Presentation(io.BytesIO(content)).slides) == 3
    assert DECK_TYPE.encode() in package_parts(content)["[Content_Types].xml"]


def refuse(store: Store, template: Path, *messages: str) -> None:
    """Check that a template is refused in a sentence that names it and says this."""
    with pytest.raises(TemplateUnusable) as caught:
        render_pptx(smallest_report(store), template=template)
    for message in (str(template), *messages):
        assert message in str(caught.value)


def test_a_file_that_is_no_template_is_refused_by_name(store: Store, tmp_path: Path) -> None:
    (tmp_path / "letter.pptx").write_text("Dear all")
    refuse(store, tmp_path / "letter.pptx", "is not a PowerPoint file", "Save it in PowerPoint as .pptx or .potx")
    with zipfile.ZipFile(tmp_path / "other.pptx", "w") as package:
        package.writestr("letter.txt", "Dear all")
    refuse(store, tmp_path / "other.pptx", "is not a PowerPoint file")
    (tmp_path / "locked.pptx").write_bytes(OLE_SIGNATURE + bytes(1000))
    refuse(store, tmp_path / "locked.pptx", "is protected by a password, or has the format of PowerPoint 2003")
    refuse(store, tmp_path / "none.pptx", "cannot be read: No such file", "Check pptx_template")
    refuse(store, tmp_path, "cannot be read: Is a directory")


def test_a_template_that_may_not_be_read_says_who_has_to_allow_it(template: Path, project: Path) -> None:
    """The file of another user, and a folder that may not be opened."""
    script = (
        "import sys; from pathlib import Path; from mimecast.reports.pptx.template import TemplateUnusable, open_deck\n"
        "try:\n    open_deck(Path(sys.argv[1]))\nexcept TemplateUnusable as problem:\n    print(problem)"
    )
    folder = template.parent / "locked"
    folder.mkdir()
    inside = folder / "template.pptx"
    inside.write_bytes(template.read_bytes())
    template.chmod(0o000)
    folder.chmod(0o600)
    for file in (template, inside):
        command = unprivileged([sys.executable, "-c", script, str(file)])
        run = subprocess.run(command, capture_output=True, text=True, env={"PYTHONPATH": str(project)}, check=False)
        assert run.stderr == ""
        assert f"The template {file} cannot be read: permission denied." in run.stdout
        assert "Allow the user who runs the dashboard to read the file" in run.stdout
    folder.chmod(0o700)


def test_a_template_that_expands_without_end_is_refused_before_it_does(store: Store, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.pptx", "w", zipfile.ZIP_DEFLATED) as package:
        for number in range(4):
            package.writestr(f"ppt/media/image{number}.png", bytes(100_000_000))
    assert (tmp_path / "bomb.pptx").stat().st_size < 1_000_000
    refuse(store, tmp_path / "bomb.pptx", "is too large: its parts expand to more than 300 MB")


def test_entities_of_a_template_are_not_expanded(store: Store, template: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(SECRET)
    entity = f'<!DOCTYPE x [<!ENTITY leak SYSTEM "file://{tmp_path / "secret.txt"}">]><p:sldLayout '
    changes = {"<p:sldLayout ": entity, 'name="Title 1"': 'name="Title 1" descr="&leak;"'}
    file = rewrite(template, tmp_path / "entity.pptx", {"ppt/slideLayouts/slideLayout6.xml": changes})
    try:
        parts = package_parts(render_pptx(smallest_report(store), template=file))
    except TemplateUnusable:
        return
    assert [name for name, part in parts.items() if SECRET.encode() in part] == []


def test_a_template_without_a_size_or_a_place_for_titles_gets_them(
    store: Store, template: Path, tmp_path: Path
) -> None:
    size = {"ppt/presentation.xml": {"<p:sldSz ": "<p:x "}}
    deck = opened(smallest_report(store), rewrite(template, tmp_path / "size.pptx", size))
    assert (deck.slide_width, deck.slide_height) == (Inches(10), Inches(7.5))
    parts = package_parts(template.read_bytes())
    layouts = {
        name: part.decode() for name, part in parts.items() if re.match(r"ppt/slide(Layout|Master)s/slide", name)
    }
    nowhere = {name: re.sub(r"<a:xfrm>.*?</a:xfrm>", "", part, flags=re.DOTALL) for name, part in layouts.items()}
    deck = opened(smallest_report(store), rewrite(template, tmp_path / "nowhere.pptx", {}, extra=nowhere))
    for slide in deck.slides:
        title, *others = slide.shapes
        assert title.width > Inches(10)
        assert 0 < title.top + title.height <= min(shape.top for shape in others)


@pytest.mark.parametrize("part", ["slideLayouts/slideLayout6.xml", "slideMasters/slideMaster1.xml", "theme/theme1.xml"])
def test_a_template_that_lacks_a_part_is_refused_and_says_which(
    store: Store, template: Path, tmp_path: Path, part: str
) -> None:
    broken = rewrite(template, tmp_path / "broken.pptx", {}, without=f"ppt/{part}")
    refuse(store, broken, f"is damaged: it lacks ppt/{part}", "let PowerPoint repair it")


@pytest.mark.parametrize(
    ("part", "old", "new", "message"),
    [
        ("ppt/slideLayouts/", "<p:cSld", "<p:x", "is damaged"),
        ("ppt/slideLayouts/", "p:cSld", "p:x", "is damaged"),
        ("ppt/slideLayouts/", "p:spTree", "p:x", "is damaged"),
        ("ppt/slideLayouts/", "p:nvPr", "p:x", "has no layout with a title"),
        ("ppt/slideLayouts/", 'itle"', 'wide"', "is damaged"),
        ("ppt/slideMasters/_rels/", '/slideLayout"', '/other"', "has no layout with a title"),
        ("ppt/presentation.xml", "p:sldMasterId ", "p:x ", "has no layout with a title"),
        ("ppt/presentation.xml", 'cx="', 'cx="wide', "is damaged"),
        ("ppt/presentation.xml", 'cx="', 'cx="-', "is damaged"),
        ("ppt/slideLayouts/", 'idx="', 'idx="-', "is damaged"),
        ("[Content_Types].xml", "slideLayout+xml", "x+xml", "is damaged"),
        ("_rels/.rels", f"{KINDS}/officeDocument", f"{STRICT_RELATIONSHIPS}/officeDocument", "“Strict Open XML”"),
        ("_rels/.rels", '/officeDocument"', '/x"', "is not a PowerPoint file"),
    ],
)
def test_a_template_with_faults_is_refused_in_a_sentence(
    store: Store, template: Path, tmp_path: Path, part: str, old: str, new: str, message: str
) -> None:
    refuse(store, rewrite(template, tmp_path / "broken.pptx", {part: {old: new}}), message)
