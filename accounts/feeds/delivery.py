"""A delivery: the files that make one whole, in a folder, an archive or a list, known by what they hold."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Protocol

from accounts.feeds.records import GuardianRecord, MefRecord, Removal, SchoolRecord, StudentRecord
from accounts.feeds.report import Report
from accounts.feeds.terms import Kind, System, Terms


class Delivery(Protocol):
    """A delivery that can be read as often as wanted; nothing of an académie's is kept in memory.

    Each reading tells its issues to the report it is given, and raises `Refusal` where the whole cannot be trusted, be
    it in the last line: apply what was read in one transaction. `uai` and `year` are of a school's own files; `first`
    is the name of the first file.
    """

    @property
    def system(self) -> System: ...

    @property
    def terms(self) -> Terms: ...

    @property
    def kind(self) -> Kind: ...

    @property
    def academy(self) -> int | None: ...

    @property
    def day(self) -> date | None: ...

    @property
    def uai(self) -> str: ...

    @property
    def year(self) -> int | None: ...

    @property
    def first(self) -> str: ...

    @property
    def missing(self) -> frozenset[str]: ...

    def schools(self, report: Report) -> Iterator[SchoolRecord | Removal]: ...

    def mefs(self, report: Report) -> Iterator[MefRecord]: ...

    def students(self, report: Report) -> Iterator[StudentRecord | Removal]: ...

    def guardians(self, report: Report) -> Iterator[GuardianRecord | Removal]: ...


def read_delivery(paths: Path | Iterable[Path], uai: str = "") -> Delivery:
    """The delivery that these folders, archives and files make together. Of most only the beginning is read.

    `uai`: the school that is meant, where the files do not say it (ONDE). Raises `Refusal` where a file is empty,
    unsafe, malformed at its head, of no known feed, or of another delivery.
    """
    # A web process receives deliveries and reads none: the readers, and lxml with them, are loaded by who reads.
    from accounts.feeds.recognition import recognise

    return recognise(paths, uai)
