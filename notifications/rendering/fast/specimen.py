"""What WeasyPrint made of a document, page by page: the one place that knows inner names of WeasyPrint and pydyf.

Both are pinned; tests/letters/test_fast.py compares what is set from this with a whole layout, so that an upgrade that
moves something says so.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from pydyf import PDF
from pydyf import _to_bytes as to_bytes
from weasyprint.document import Document, Page
from weasyprint.formatting_structure import boxes

from notifications.rendering.engine import LAYOUT, Laid, written
from notifications.rendering.fast.file import text_string
from notifications.rendering.fast.tags import Node, unwrapped
from notifications.rendering.fast.typesetting import Face, Ink, Place

START = re.compile(rb"1 0 0 -1 0 [\d.]+ cm\nq\n0\.75 0 0 0\.75 0 0 cm\n")
MARK = re.compile(rb"/\w+\n<</MCID (\d+)>>\nBDC\n(.*?)EMC\n", re.DOTALL)
COLOR = re.compile(rb"^[\d. ]+ rg\n", re.MULTILINE)
TEXT = re.compile(rb"BT\n(?=1 0 0 -1 (\S+) (\S+) Tm\n)(.*)ET\n", re.DOTALL)
FONT = re.compile(rb"^/(\S+) (\S+) Tf$", re.MULTILINE)
SHARES = {"center": 0.5, "right": 1.0, "end": 1.0}


@dataclass(frozen=True, slots=True)
class Varying:
    """A text of its own on each page, in `place`; or, where that is None, `fixed`: drawn as it is with its group."""

    mark: int
    group: str
    slot: str = ""
    repeats: bool = False
    place: Place | None = None
    fixed: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """A page: the operators that all pages of this layout share, the marks in them, what varies, and its tags."""

    name: str
    shared: bytes
    marks: Sequence[int]
    varying: Sequence[Varying]
    tree: Node

    @property
    def slots(self) -> list[Varying]:
        return [each for each in self.varying if each.place]


@dataclass(frozen=True, slots=True)
class Painted:
    """A document written: its layouts, its PDF objects, and its fonts as they were before they were subset."""

    layouts: Sequence[Layout]
    objects: Sequence[Any]
    resources: int
    metadata: int
    faces: Mapping[str, Face]
    fonts: Mapping[Any, Any]


def painted(laid: Laid) -> Painted:
    """The specimen's pages, taken apart. The last shows, in each weight, the font for letters that the others lack."""
    return _painted(laid.document, laid.root, {}, len(laid.document.pages))


def painted_anew(specimen: Laid, before: Painted, ink: Ink, title: str, wholes: Laid | None) -> Painted:
    """The specimen written with the glyphs that `ink` used, and after its pages `wholes`, which vary in nothing."""
    pages, root = list(specimen.document.pages), specimen.root
    if wholes:
        pages, root = [*pages, *wholes.document.pages], wholes.root
    document = specimen.document.copy(pages)
    document.metadata = copy(document.metadata)
    document.metadata.title = title
    document.fonts = {key: _inked(font, before.faces[font.hash], ink) for key, font in before.fonts.items()}
    return _painted(document, root, before.faces, 0, skip=len(specimen.document.pages))


def _inked(font: Any, face: Face, ink: Ink) -> Any:
    """A copy of WeasyPrint's font that keeps these glyphs too, with their widths and letters."""
    inked = copy(font)
    inked.widths, inked.to_unicode = dict(font.widths), dict(font.to_unicode)
    for letter in sorted(ink.letters.get(face.name, ())):
        glyph = face.glyphs[letter]
        inked.widths[glyph] = face.widths[glyph]
        inked.to_unicode.setdefault(glyph, letter)
    return inked


def _painted(document: Document, root: Any, faces: Mapping[str, Face], varying: int, skip: int = 0) -> Painted:
    """`document` written. Pages after the first `varying` vary in nothing; the first `skip` are not taken apart."""
    marked: dict[int, tuple[bytes, dict[int, Any]]] = {}
    fonts: dict[Any, Any] = {}

    def paint(number: int, page: Page, stream: Any, scale: float = 1) -> None:
        Page.paint(page, stream, scale)
        content = b"\n".join(map(to_bytes, stream.stream)) + b"\n"
        marked[number] = content, {told["mcid"]: box for box, told in stream._tags.items()}
        fonts.update({key: copy(font) for key, font in document.fonts.items()})

    kept: list[PDF] = []
    with LAYOUT:
        for number, page in enumerate(document.pages):
            page.paint = partial(paint, number, page)
        written(document, lambda _, pdf: kept.append(pdf))
    faces = faces or {font.hash: _face(font.hash, font.weight, font.file_content) for font in fonts.values()}
    parents = {child: parent for parent in root.iter() for child in parent}
    shown = FONT.findall(marked[varying - 1][0]) if varying else []
    last = [faces[name.decode()] for name, _ in shown]
    layouts = []
    for number, page in list(enumerate(document.pages))[skip:]:
        content, found = marked[number]
        marks = _Marks(found, parents, faces, {face.weight: face for face in last}, dict(_lines(page._page_box, None)))
        layouts.append(_layout(marks, content, _tree(kept[0], number, marks), varies=number < varying))
    (pdf,) = kept
    resources = _object(pdf, pdf.page_references[0])["Resources"]
    return Painted(layouts, pdf.objects, _number(resources), _number(pdf.catalog["Metadata"]), faces, fonts)


@lru_cache(maxsize=32)
def _face(name: str, weight: int, content: bytes) -> Face:
    """The same for all documents, so that a pair of letters is shaped once a process."""
    return Face(name, weight, content)


class SpecimenError(Exception):
    """A slot stands where it cannot, or WeasyPrint draws otherwise than it did."""


@dataclass(frozen=True, slots=True)
class _Marks:
    """The marked texts and pictures of a page, each with its box, and the way up from its element in the HTML."""

    found: Mapping[int, Any]
    parents: Mapping[Any, Any]
    faces: Mapping[str, Face]
    fallbacks: Mapping[int, Face]
    lines: Mapping[Any, tuple[Any, Any]]

    def attribute(self, mark: int, name: str) -> str | None:
        """The attribute of the nearest element around the mark that has it."""
        element = self.found[mark].element
        while element is not None and element.get(name) is None:
            element = self.parents.get(element)
        return None if element is None else str(element.get(name))


def _layout(marks: _Marks, content: bytes, tree: Node, *, varies: bool) -> Layout:
    static: list[int] = []
    varying: list[Varying] = []

    def taken(found: re.Match[bytes]) -> bytes:
        mark, operators = int(found[1]), found[2]
        slot, group = marks.attribute(mark, "data-slot"), marks.attribute(mark, "data-group") or ""
        if not varies or not (slot or group):
            static.append(mark)
            return b"/P <</MCID %d>>BDC\n%bEMC\n" % (len(static) - 1, operators)
        text = TEXT.search(operators)
        if not text or not START.match(content) or b" cm\n" in operators:
            raise SpecimenError(f"not a plain text: {slot or group}")
        # The last colour chosen is the one in force: WeasyPrint chooses anew after each `Q`.
        color = COLOR.findall(content, 0, found.end())[-1].decode()
        if slot:
            place = _place(marks, mark, color, text)
            varying.append(Varying(mark, group, slot, marks.attribute(mark, "data-repeats") is not None, place))
        else:
            varying.append(Varying(mark, group, fixed=color + text[3].decode()))
        # What chooses colours for the texts after it stays.
        return TEXT.sub(b"", operators)

    # A string a letter, as WeasyPrint writes them, takes a printer longer.
    shared = MARK.sub(taken, content).replace(b">0<", b"")
    return Layout(marks.attribute(min(marks.found), "data-layout") or "", shared, static, varying, tree)


def _place(marks: _Marks, mark: int, color: str, text: re.Match[bytes]) -> Place:
    box = marks.found[mark]
    line, block = marks.lines[box]
    last = line.children[-1]
    if box is not last and box not in last.children[-1:]:
        raise SpecimenError(f"not the last on its line: {marks.attribute(mark, 'data-slot')}")
    if box.style["letter_spacing"] not in ("normal", 0) or box.style["text_transform"] != "none":
        raise SpecimenError(f"not set letter by letter: {marks.attribute(mark, 'data-slot')}")
    ((font, size),) = FONT.findall(text[0])
    face = marks.faces[font.decode()]
    share = SHARES.get(block.style["text_align_all"], 0)
    left = block.content_box_x() if share else float(text[1])
    return Place(
        color=color,
        faces=(face, marks.fallbacks[face.weight]),
        size=float(size),
        left=left,
        top=line.position_y,
        baseline=float(text[2]),
        width=block.content_box_x() + block.width - left,
        line_height=line.height,
        lines=float(marks.attribute(mark, "data-lines") or block.height / line.height),
        rise=float(marks.attribute(mark, "data-rise") or 0),
        smallest=float(marks.attribute(mark, "data-smallest") or 1),
        share=share,
    )


def _lines(box: Any, block: Any) -> Iterator[tuple[Any, tuple[Any, Any]]]:
    """Each text box with its line and its block."""
    box = getattr(box, "_box", box)
    if isinstance(box, boxes.LineBox):
        for text in box.descendants():
            if isinstance(text, boxes.TextBox):
                yield text, (box, block)
    for child in getattr(box, "children", ()):
        yield from _lines(child, box)


def _tree(pdf: PDF, number: int, marks: _Marks) -> Node:
    """The structure of a page, without wrappers, with the language of each part and the scope of each heading cell."""

    def node(element: Any) -> Node:
        kids = [kid if isinstance(kid, int) else node(_object(pdf, kid)) for kid in element["K"]]
        kind = str(element["S"]).removeprefix("/")
        attributes = f"/Alt {element['Alt'].data.decode()}" if "Alt" in element else ""
        first = next((kid for kid in kids if isinstance(kid, int)), None)
        if first is not None and (language := marks.attribute(first, "lang")) != pdf.catalog["Lang"].string:
            attributes += f"/Lang({language})"
        found = unwrapped(kind, attributes, kids)
        within = next(found.marks(), None)
        if kind == "TH" and within is not None:
            scope = "Row" if marks.attribute(within, "scope") == "row" else "Column"
            return Node(kind, f"/A<</O/Table/Scope/{scope}>>{attributes}", found.kids)
        if kind == "P" and within is not None and (alternative := marks.attribute(within, "data-alt")):
            return Node("Figure", f"/Alt {text_string(alternative).decode()}{attributes}", found.kids)
        return found

    page = pdf.page_references[number]
    root = _object(pdf, _object(pdf, pdf.catalog["StructTreeRoot"])["K"][0])
    kids = [node(element) for kid in root["K"] if (element := _object(pdf, kid))["Pg"] == page]
    return kids[0] if len(kids) == 1 else unwrapped("Sect", "", kids)


def _object(pdf: PDF, reference: bytes) -> Any:
    return pdf.objects[_number(reference)]


def _number(reference: bytes) -> int:
    return int(reference.split()[0])
