"""A delivery: the files that make one whole, in a folder, an archive or a list, known by what they hold."""

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TypeVar

from accounts.feeds import aaf2d, envelope
from accounts.feeds.academies import academy_code
from accounts.feeds.archives import PIECE, read_archive
from accounts.feeds.envelope import Category, Entry, Operation
from accounts.feeds.records import GuardianRecord, MefRecord, SchoolRecord, StudentRecord
from accounts.feeds.report import Refusal, Refused, Report
from accounts.feeds.xml import Chunks, read_head

ZIP_MAGIC = b"PK"
KIND_IN_NAME = re.compile(r"(?:^|[_.-])(complet|delta)(?=[_.-])", re.IGNORECASE)
DATE_IN_NAME = re.compile(r"(?<![0-9])(20[0-9]{6})(?![0-9])")

WHOLE = {Category.SCHOOLS, Category.STUDENTS, Category.GUARDIANS}

Record = TypeVar("Record")


class Degree(StrEnum):
    FIRST = "1D"
    SECOND = "2D"


class Kind(StrEnum):
    """Complete: the state of the perimeter, whoever is absent has gone. Delta: what changed."""

    COMPLETE = "complete"
    DELTA = "delta"


KINDS_IN_NAMES = {"complet": Kind.COMPLETE, "delta": Kind.DELTA}


@dataclass(frozen=True, slots=True)
class Header:
    """What the files say of themselves. `academy` is a code (see `academies`), `version` AAF's own."""

    academy: int | None
    version: str
    date: date | None
    degree: Degree


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of the delivery: one category of entries. Its name is as a person would write it."""

    name: str
    chunks: Chunks
    header: Header
    category: str
    kind: Kind | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery that can be read as often as wanted; nothing of it is kept in memory.

    Each reading tells its issues to the report it is given, and raises `Refusal` where the whole cannot be
    trusted, be it in the last line: apply what was read in one transaction.
    """

    header: Header
    kind: Kind
    pieces: tuple[Piece, ...]

    def schools(self, report: Report) -> Iterator[SchoolRecord]:
        return self._records(Category.SCHOOLS, aaf2d.read_school, report)

    def mefs(self, report: Report) -> Iterator[MefRecord]:
        return self._records(Category.MEFS, aaf2d.read_mef, report)

    def students(self, report: Report) -> Iterator[StudentRecord]:
        return self._records(Category.STUDENTS, aaf2d.read_student, report, aaf2d.STUDENT_UNREAD)

    def guardians(self, report: Report) -> Iterator[GuardianRecord]:
        return self._records(Category.GUARDIANS, aaf2d.read_guardian, report, aaf2d.GUARDIAN_UNREAD)

    def entries(self, category: Category, unread: frozenset[str] = frozenset()) -> Iterator[Entry]:
        """The requests of a category as they stand, file by file."""
        for piece in self.pieces:
            if piece.category == category:
                yield from self._entries_of(piece, unread)

    def _entries_of(self, piece: Piece, unread: frozenset[str]) -> Iterator[Entry]:
        for entry in envelope.entries(piece.chunks, piece.name, unread):
            if entry.category != piece.category:
                raise Refusal(Refused.OUT_OF_PLACE, piece.name, entry.place.line, entry.category)
            if entry.operation is not Operation.ADD and self.kind is Kind.COMPLETE:
                raise Refusal(Refused.DELTA_REQUEST, piece.name, entry.place.line, entry.operation)
            yield entry

    def _records(
        self,
        category: Category,
        read: Callable[[Entry, Report], Record | None],
        report: Report,
        unread: frozenset[str] = frozenset(),
    ) -> Iterator[Record]:
        for entry in self.entries(category, unread):
            if entry.operation is not Operation.ADD:
                raise Refusal(Refused.NOT_SUPPORTED, entry.place.file, entry.place.line, entry.operation)
            record = read(entry, report)
            if record is not None:
                yield record


def read_delivery(paths: Path | Iterable[Path]) -> Delivery:
    """The delivery that these folders, archives and files make together. Only the beginning of each file is
    read.

    Raises `Refusal` where a file is empty, unsafe, malformed at its head, of no known feed, or of another
    delivery.
    """
    paths = [paths] if isinstance(paths, Path) else list(paths)
    found = sorted((file for path in paths for file in _files(path)), key=lambda file: file[0])
    if not found:
        raise Refusal(Refused.NOTHING, ", ".join(path.name for path in paths))
    pieces = [_piece(name, chunks) for name, chunks in found]
    for piece in pieces[1:]:
        if piece.header != pieces[0].header:
            raise Refusal(Refused.MIXED, piece.name, None, f"not of one delivery with {pieces[0].name}")
    return Delivery(pieces[0].header, _kind_of_all(pieces), tuple(pieces))


def _files(path: Path) -> Iterator[tuple[str, Chunks]]:
    """The XML files that a path stands for, with the name to cite. Links inside a folder are not followed."""
    try:
        if path.is_dir():
            inner = sorted(p for p in path.rglob("*") if p.suffix.lower() in (".xml", ".zip"))
            for file in inner:
                if file.is_file() and not file.is_symlink():
                    yield from _file(file, file.relative_to(path).as_posix())
        else:
            yield from _file(path, path.name)
    except OSError as error:
        raise Refusal(Refused.UNREADABLE, path.name, None, error.strerror or "") from None


def _file(path: Path, name: str) -> Iterator[tuple[str, Chunks]]:
    with path.open("rb") as file:
        is_archive = file.read(len(ZIP_MAGIC)) == ZIP_MAGIC
    if not is_archive:
        yield name, lambda: _chunks(path)
        return
    for member in read_archive(path):
        if member.name.lower().endswith(".xml"):
            yield member.name, member.chunks


def _chunks(path: Path) -> Generator[bytes, None, None]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _piece(name: str, chunks: Chunks) -> Piece:
    head = read_head(chunks, name)
    if head.root != envelope.ROOT:
        raise Refusal(Refused.NOT_A_DELIVERY, name, head.line, f"root {head.root}")
    first = next(islice(envelope.entries(chunks, name), 1), None)
    header = Header(
        academy=academy_code(head.told.get("codeAcademieExport", "")),
        version=head.told.get("versionAF", ""),
        date=_date(head.told.get("dateGenerationExport", ""), name),
        degree=Degree.FIRST if head.told.get("degre", "").upper() == Degree.FIRST else Degree.SECOND,
    )
    if header.degree is not Degree.SECOND:
        raise Refusal(Refused.NOT_SUPPORTED, name, None, f"AAF {header.degree}")
    return Piece(name, chunks, header, first.category if first else "", _kind(name, first))


def _kind(name: str, first: Entry | None) -> Kind | None:
    """By the first request if it changes or deletes, else by the name: an addition stands in both kinds."""
    if first and first.operation is not Operation.ADD:
        return Kind.DELTA
    words = KIND_IN_NAME.findall(name)
    return KINDS_IN_NAMES[words[-1].lower()] if words else None


def _kind_of_all(pieces: list[Piece]) -> Kind:
    """What the pieces agree on. Where none tells, schools, pupils and guardians together are complete."""
    kinds = {piece.kind for piece in pieces if piece.kind}
    if len(kinds) > 1:
        raise Refusal(Refused.MIXED, pieces[0].name, None, "complete and delta")
    if not kinds and not WHOLE.issubset(piece.category for piece in pieces):
        raise Refusal(Refused.KIND_UNKNOWN, pieces[0].name)
    return kinds.pop() if kinds else Kind.COMPLETE


def _date(told: str, name: str) -> date | None:
    """The day told in the file, else the one in its name."""
    in_name = DATE_IN_NAME.findall(name)
    for text, form in ((told, "%d/%m/%Y"), (in_name[-1] if in_name else "", "%Y%m%d")):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None
