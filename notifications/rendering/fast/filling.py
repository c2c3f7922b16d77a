"""A file of many pages from a specimen: what they share is written once, what is a page's own is set into it.

In the specimen's HTML each page says its `data-layout`, and what varies stands in elements with `data-slot`: one text,
the last on its line. `data-repeats` marks a slot whose text comes again and again. A slot without text is not drawn; a
`data-group` none of whose slots has one is not drawn at all. The last page shows, in each weight, the fallback font.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from notifications.rendering.engine import Source, laid_out
from notifications.rendering.fast.file import PdfFile, text_string
from notifications.rendering.fast.specimen import Layout, painted, painted_anew
from notifications.rendering.fast.tags import Tags
from notifications.rendering.fast.typesetting import Ink, Place, UnsetError
from notifications.rendering.sheets import Sheet

GROUP = 16
"""Pages whose objects are packed together: what a reader unpacks to show one of them."""

MOST_WHOLE = 50
"""Pages laid out whole, each of which keeps a megabyte; after so many, long texts shrink on one line instead."""

CATALOG, INFO, PAGES, TAGS, DOCUMENT, PARENTS, OUTLINES, RESOURCES, METADATA = range(1, 10)


def filled(
    specimen: Source, sheets: Iterable[Sheet], *, title: str, whole: Callable[[Sequence[Sheet]], Source]
) -> Iterator[bytes]:
    """The tagged PDF of `sheets`, in pieces as they are ready.

    Sheets with a text that does not go into its place are laid out by `whole`, a page each, and stand in their order.
    """
    filling = _Filling(_compiled(specimen))
    pages = enumerate(sheets)
    while group := list(islice(pages, GROUP)):
        filling.add(group)
        yield filling.file.taken()
    filling.finish(title, whole)
    yield filling.file.taken()


class _Variant:
    """A layout with these of its slots: `content` takes their texts, `tags` the numbers of its objects."""

    def __init__(self, layout: Layout, present: Sequence[bool]) -> None:
        there = {slot.mark for slot, is_there in zip(layout.slots, present, strict=True) if is_there}
        groups = {each.group for each in layout.slots if each.mark in there}
        drawn = [each for each in layout.varying if each.mark in there or (each.fixed and each.group in groups)]
        marks = {mark: number for number, mark in enumerate([*layout.marks, *(each.mark for each in drawn)])}
        shown = "".join(f"/P <</MCID {marks[each.mark]}>>BDC\n{each.fixed or '%s'}EMC\n" for each in drawn)
        # Pixels, four to three points, from the top: the shared content before it turned the page over already.
        self.content = f"0.75 0 0 0.75 0 0 cm BT\n{shown}ET"
        self.tags = Tags(layout.tree, marks, DOCUMENT)


class _Pattern:
    """A layout with those of its variants that were needed."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.slots = [(slot.slot, slot.place, slot.repeats) for slot in layout.slots if slot.place]
        self._variants: dict[tuple[bool, ...], _Variant] = {}

    def variant(self, present: tuple[bool, ...]) -> _Variant:
        if present not in self._variants:
            self._variants[present] = _Variant(self.layout, present)
        return self._variants[present]


class _Compiled:
    """A specimen laid out and taken apart; kept, it serves every file of the process."""

    def __init__(self, source: Source) -> None:
        self.laid = laid_out(source)
        self.painted = painted(self.laid)
        self.patterns = {layout.name: _Pattern(layout) for layout in self.painted.layouts[:-1]}


_compiled = lru_cache(maxsize=16)(_Compiled)


class _Filling:
    """A file in the making."""

    def __init__(self, compiled: _Compiled) -> None:
        self.file = PdfFile()
        self.file.reserve(METADATA)
        self._compiled, self._ink = compiled, Ink()
        self._repeated: dict[tuple[Place, str], str] = {}
        self._shared = {name: self.file.reserve() for name in compiled.patterns}
        self._pages: list[int] = []
        self._nodes: list[int] = []
        self._bookmarks: list[tuple[str, int]] = []
        self._late: list[tuple[int, int, int, Sheet]] = []

    def add(self, group: Sequence[tuple[int, Sheet]]) -> None:
        """Sixteen pages in one packed stream, their tags in another, each under a node of its tree.

        Who prints never unpacks the tags: they are ten times as many.
        """
        done = [self._set(sheet) for _, sheet in group]
        contents = self.file.reserve(len(group))
        counts = [variant.tags.count - 2 for variant, is_set in done if is_set]
        first, rest = self.file.reserve(2 + 3 * len(counts)), self.file.reserve(sum(counts))
        bodies, tags, kids = ["", ""], list[str](), []
        for content, (index, sheet), (variant, text) in zip(range(contents, first), group, done, strict=True):
            if text:
                page = first + len(bodies)
                shared = self._shared[sheet.layout]
                told = variant.tags.bodies(page, rest + len(tags))
                bodies += [_page(first, index, f"{shared} 0 R {content} 0 R"), *told[:2]]
                tags += told[2:]
                self.file.write_stream(content, text.encode("ascii"))
            else:
                page = self.file.reserve(3)
                self._late.append((page, first, index, sheet))
            kids.append(page)
            if sheet.bookmark:
                self._bookmarks.append((sheet.bookmark, page))
        last = group[-1][0]
        references = " ".join(f"{page} 0 R" for page in kids)
        marks = " ".join(f"{index} {page + 1} 0 R" for (index, _), page in zip(group, kids, strict=True))
        bodies[0] = f"<</Type/Pages/Parent {PAGES} 0 R/Count {len(kids)}/Kids[{references}]>>"
        bodies[1] = f"<</Limits[{group[0][0]} {last}]/Nums[{marks}]>>"
        self.file.write_packed(first, bodies)
        if tags:
            self.file.write_packed(rest, tags)
        self._nodes.append(first)
        self._pages += kids

    def _set(self, sheet: Sheet) -> tuple[_Variant, str]:
        """The page's own content; empty where a text does not go into its place."""
        pattern = self._compiled.patterns[sheet.layout]
        shown, present, is_set = [], [], True
        crowd = len(self._late) >= MOST_WHOLE
        for name, place, repeats in pattern.slots:
            text = sheet.texts.get(name, "")
            present.append(text != "")
            if text and is_set:
                try:
                    shown.append(self._repeated.get((place, text)) or self._ink.set_in(place, text, at_any_size=crowd))
                except UnsetError:
                    is_set = False
                else:
                    if repeats:
                        self._repeated[place, text] = shown[-1]
        variant = pattern.variant(tuple(present))
        return variant, variant.content % tuple(shown) if is_set else ""

    def finish(self, title: str, whole: Callable[[Sequence[Sheet]], Source]) -> None:
        """What all pages share, pages laid out whole, fonts with the glyphs that were used, and the trees' roots."""
        wholes = laid_out(whole([sheet for *_, sheet in self._late])) if self._late else None
        last = painted_anew(self._compiled.laid, self._compiled.painted, self._ink, title, wholes)
        for name, number in self._shared.items():
            self.file.write_stream(number, self._compiled.patterns[name].layout.shared, deflate=True)
        for (page, node, index, _), layout in zip(self._late, last.layouts, strict=True):
            content = self.file.reserve()
            self.file.write_stream(content, layout.shared, deflate=True)
            tags = Tags(layout.tree, {mark: number for number, mark in enumerate(layout.marks)}, DOCUMENT)
            rest = self.file.reserve(tags.count - 2)
            bodies = [_page(node, index, f"{content} 0 R"), *tags.bodies(page, rest)]
            for number, body in zip([page, page + 1, page + 2, *range(rest, rest + tags.count)], bodies, strict=False):
                self.file.write(number, body.encode("ascii"))
        self.file.adopt(last.objects, last.resources, RESOURCES)
        self.file.adopt(last.objects, last.metadata, METADATA)
        self._write_roots(text_string(title))

    def _write_roots(self, title: bytes) -> None:
        write, pages = self.file.write, self._pages
        elements = b" ".join(b"%d 0 R" % (page + 2) for page in pages)
        nodes, marks = (b" ".join(b"%d 0 R" % (node + after) for node in self._nodes) for after in (0, 1))
        write(
            PAGES,
            b"<</Type/Pages/Count %d/Kids[%b]/MediaBox[0 0 595.275591 841.889764]/Resources %d 0 R>>"
            % (len(pages), nodes, RESOURCES),
        )
        write(TAGS, b"<</Type/StructTreeRoot/K[%d 0 R]/ParentTree %d 0 R>>" % (DOCUMENT, PARENTS))
        write(DOCUMENT, b"<</Type/StructElem/S/Document/P %d 0 R/K[%b]>>" % (TAGS, elements))
        write(PARENTS, b"<</Kids[%b]>>" % marks)
        self._write_outlines()
        write(
            CATALOG,
            b"<</Type/Catalog/Pages %d 0 R/Outlines %d 0 R/StructTreeRoot %d 0 R/Metadata %d 0 R/Lang(fr)"
            b"/MarkInfo<</Marked true>>/ViewerPreferences<</DisplayDocTitle true>>>>"
            % (PAGES, OUTLINES, TAGS, METADATA),
        )
        write(INFO, b"<</Title %b/Producer(WeasyPrint)>>" % title)
        self.file.close(CATALOG, INFO)

    def _write_outlines(self) -> None:
        count = len(self._bookmarks)
        first = self.file.reserve(count)
        ends = b"/First %d 0 R/Last %d 0 R" % (first, first + count - 1) if count else b""
        self.file.write(OUTLINES, b"<</Type/Outlines/Count %d%b>>" % (count, ends))
        for number, (label, page) in enumerate(self._bookmarks, start=first):
            around = b"/Prev %d 0 R" % (number - 1) if number > first else b""
            around += b"/Next %d 0 R" % (number + 1) if number < first + count - 1 else b""
            place = (text_string(label), OUTLINES, around, page)
            self.file.write(number, b"<</Title %b/Parent %d 0 R%b/Dest[%d 0 R/XYZ 0 842 0]>>" % place)


def _page(node: int, index: int, contents: str) -> str:
    return f"<</Type/Page/Parent {node} 0 R/Contents[{contents}]/Tabs/S/StructParents {index}>>"
