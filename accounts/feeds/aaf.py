"""A delivery of AAF, of either degree and either kind, out of its pieces."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from types import ModuleType
from typing import TypeVar

from accounts.feeds import aaf1d, aaf2d, envelope
from accounts.feeds.academies import academy_code
from accounts.feeds.envelope import Category, Entry, Operation
from accounts.feeds.records import GuardianRecord, MefRecord, Removal, SchoolRecord, StudentRecord
from accounts.feeds.report import Refusal, Refused, Report
from accounts.feeds.terms import AAF_1D, AAF_2D, Kind, System, Terms
from accounts.feeds.xml import Chunks, read_head

KIND_IN_NAME = re.compile(r"(?:^|[_.-])(complet|delta)(?=[_.-])", re.IGNORECASE)
DATE_IN_NAME = re.compile(r"(?<![0-9])(20[0-9]{6})(?![0-9])")
WHOLE = {Category.SCHOOLS, Category.STUDENTS, Category.GUARDIANS}
KINDS_IN_NAMES = {"complet": Kind.COMPLETE, "delta": Kind.DELTA}

Record = TypeVar("Record")


class Degree(StrEnum):
    FIRST = "1D"
    SECOND = "2D"


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
class AafDelivery:
    """As `delivery.Delivery`."""

    header: Header
    kind: Kind
    pieces: tuple[Piece, ...]
    system: System = System.AAF
    uai: str = ""
    year: int | None = None

    @property
    def terms(self) -> Terms:
        return AAF_1D if self.header.degree is Degree.FIRST else AAF_2D

    @property
    def academy(self) -> int | None:
        return self.header.academy

    @property
    def day(self) -> date | None:
        return self.header.date

    @property
    def first(self) -> str:
        return self.pieces[0].name

    @property
    def missing(self) -> frozenset[str]:
        """The categories without which a complete delivery is none."""
        return (
            frozenset(WHOLE - {piece.category for piece in self.pieces}) if self.kind is Kind.COMPLETE else frozenset()
        )

    @property
    def _dialect(self) -> ModuleType:
        return aaf1d if self.header.degree is Degree.FIRST else aaf2d

    def schools(self, report: Report) -> Iterator[SchoolRecord | Removal]:
        return self._records(Category.SCHOOLS, self._dialect.read_school, report)

    def mefs(self, report: Report) -> Iterator[MefRecord]:
        for mef in self._records(Category.MEFS, aaf2d.read_mef, report):
            if isinstance(mef, MefRecord):
                yield mef

    def students(self, report: Report) -> Iterator[StudentRecord | Removal]:
        dialect = self._dialect
        return self._records(Category.STUDENTS, dialect.read_student, report, dialect.STUDENT_UNREAD)

    def guardians(self, report: Report) -> Iterator[GuardianRecord | Removal]:
        dialect = self._dialect
        return self._records(Category.GUARDIANS, dialect.read_guardian, report, dialect.GUARDIAN_UNREAD)

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
    ) -> Iterator[Record | Removal]:
        for entry in self.entries(category, unread):
            if entry.operation is Operation.DELETE:
                yield Removal(entry.id, entry.place)
                continue
            record = read(entry, report)
            if record is not None:
                yield record


def read_pieces(found: Sequence[tuple[str, Chunks]]) -> AafDelivery:
    """The delivery of these files. Raises `Refusal` where they are not of one."""
    pieces = [_piece(name, chunks) for name, chunks in found]
    for piece in pieces[1:]:
        if piece.header != pieces[0].header:
            raise Refusal(Refused.MIXED, piece.name, None, f"not of one delivery with {pieces[0].name}")
    return AafDelivery(pieces[0].header, _kind_of_all(pieces), tuple(pieces))


def _piece(name: str, chunks: Chunks) -> Piece:
    head = read_head(chunks, name)
    first = next(islice(envelope.entries(chunks, name), 1), None)
    header = Header(
        academy=academy_code(head.told.get("codeAcademieExport", "")),
        version=head.told.get("versionAF", ""),
        date=_date(head.told.get("dateGenerationExport", ""), name),
        degree=Degree.FIRST if head.told.get("degre", "").upper() == Degree.FIRST else Degree.SECOND,
    )
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
