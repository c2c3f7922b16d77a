"""The documents of a run, as PDF/UA-1. Pages are cut here, never by the layout: no pupil's data flows on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile

import segno
from django.template.loader import render_to_string

from notifications.rendering.sheets import Batch, ClassListContext, LetterContext, PersonT, by_class

LARGEST = 100
"""Pages of one document. The layout keeps about a megabyte for each, the time for tags grows with their square:
100 letters keep the process under 200 MB, 1,200 would pass a gigabyte."""

SLIPS_A_PAGE = (8, 24)
LINES_A_LIST = 30


class TooLargeError(ValueError):
    """More than LARGEST pages for one document: ask for the archive, one document a class."""


def letters_pdf(context: LetterContext, *, covers: bool = True) -> bytes:
    """One A4 page a pupil in the order given; with `covers`, a cover sheet before each class with its count.

    Raises ValueError without pupils, TooLargeError.
    """
    batches = list(by_class(context.holders))
    return _pdf(
        "letters",
        title=_title("Courriers aux élèves", batches),
        pages=len(context.holders) + (len(batches) if covers else 0),
        images={"activation.png": _qr_code(context.activation_url)},
        content={"context": context, "batches": batches, "covers": covers},
    )


def slips_pdf(context: LetterContext, *, per_page: int = 8) -> bytes:
    """Slips to cut out, 8 or 24 to the A4 page. Each class begins a page; its name heads each of its pages.

    Raises ValueError for another number or without pupils, TooLargeError.
    """
    if per_page not in SLIPS_A_PAGE:
        raise ValueError(f"{per_page} slips a page: {SLIPS_A_PAGE} are drawn")
    batches = list(by_class(context.holders, per_page))
    return _pdf(
        "slips",
        title=_title("Étiquettes des élèves", batches),
        pages=len(batches),
        content={"context": context, "batches": batches, "per_page": per_page},
    )


def class_list_pdf(context: ClassListContext) -> bytes:
    """A table a class with room to sign on receipt, and no password.

    Raises ValueError without pupils, TooLargeError.
    """
    batches = list(by_class(context.pupils, LINES_A_LIST))
    return _pdf(
        "class_list",
        title=_title("Liste de classe", batches),
        pages=len(batches),
        content={"context": context, "batches": batches},
    )


def letters_archive(context: LetterContext, *, covers: bool = True) -> Iterator[bytes]:
    """A zip of letters, one PDF a class, in pieces as each is ready. It has no limit of pages."""
    batches = by_class(context.holders, LARGEST - 1)
    return _archive("lettres", batches, lambda people: letters_pdf(replace(context, holders=people), covers=covers))


def slips_archive(context: LetterContext, *, per_page: int = 8) -> Iterator[bytes]:
    """A zip of slips, one PDF a class, in pieces as each is ready."""
    batches = by_class(context.holders, LARGEST * per_page)
    return _archive(
        "etiquettes", batches, lambda people: slips_pdf(replace(context, holders=people), per_page=per_page)
    )


def class_list_archive(context: ClassListContext) -> Iterator[bytes]:
    """A zip of class lists, one PDF a class, in pieces as each is ready."""
    batches = by_class(context.pupils, LARGEST * LINES_A_LIST)
    return _archive("liste", batches, lambda people: class_list_pdf(replace(context, pupils=people)))


def _pdf(
    template: str,
    *,
    title: str,
    pages: int,
    content: Mapping[str, object],
    images: Mapping[str, bytes] | None = None,
) -> bytes:
    if not pages:
        raise ValueError("no pupil, no document")
    if pages > LARGEST:
        raise TooLargeError(f"{pages} pages, at most {LARGEST} in one document")
    # Imported late, so that a process that renders nothing never loads WeasyPrint.
    from notifications.rendering.engine import tagged_pdf

    html = render_to_string(f"letters/{template}.html", {"title": title, **content})
    return tagged_pdf(html, styles=("base.css", f"{template}.css"), images=images or {}, pages=pages)


def _title(subject: str, batches: Sequence[Batch[PersonT]]) -> str:
    classes = {batch.slug for batch in batches}
    return f"{subject}, {classes.pop()}" if len(classes) == 1 else subject


@lru_cache(maxsize=16)
def _qr_code(url: str) -> bytes:
    """`url` alone as a PNG with its quiet zone. 8 pixels a module: sharp whatever a viewer does to images."""
    image = BytesIO()
    segno.make(url, error="m", micro=False).save(image, kind="png", scale=8)
    return image.getvalue()


class _Outlet:
    """A file for ZipFile that cannot seek, emptied as it fills."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def write(self, piece: bytes, /) -> int:
        self._kept += piece
        return len(piece)

    def flush(self) -> None:
        """ZipFile asks for it; nothing is held back."""

    def close(self) -> None:
        """As `flush`."""

    def taken(self) -> bytes:
        piece = bytes(self._kept)
        self._kept.clear()
        return piece


def _archive(
    kind: str, batches: Iterator[Batch[PersonT]], document: Callable[[Sequence[PersonT]], bytes]
) -> Iterator[bytes]:
    outlet = _Outlet()
    with ZipFile(outlet, "w", ZIP_STORED) as archive:
        for number, batch in enumerate(batches, start=1):
            archive.writestr(f"{number:02}-{kind}-{batch.slug}.pdf", document(batch.people))
            yield outlet.taken()
    yield outlet.taken()
