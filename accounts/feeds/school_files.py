"""Deliveries of one school: the files of SIECLE, the tables of ONDE."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from accounts.feeds import onde
from accounts.feeds.academies import academy_of
from accounts.feeds.names import clean
from accounts.feeds.onde import OF_GUARDIANS, OF_STUDENTS, OndeReader
from accounts.feeds.records import ClassRecord, GuardianRecord, MefRecord, SchoolRecord, StudentRecord
from accounts.feeds.report import Place, Refusal, Refused, Report
from accounts.feeds.siecle import SiecleReader
from accounts.feeds.siecle_files import GUARDIANS, STUDENTS, SiecleFile, read_parameters
from accounts.feeds.tables import Table, read_header, read_table
from accounts.feeds.terms import ONDE, SIECLE, Kind, System, Terms
from accounts.feeds.xml import Chunks

NAMED_STUDENTS = re.compile(r"(?i)(?:^|[^a-z])(?:eleves?|élèves?)")
NAMED_GUARDIANS = re.compile(r"(?i)responsables?")


class Reader(Protocol):
    """What a format's own reader gives."""

    def students(self, report: Report) -> Iterator[StudentRecord]: ...

    def guardians(self, report: Report) -> Iterator[GuardianRecord]: ...


@dataclass(frozen=True)
class SchoolDelivery:
    """As `delivery.Delivery`. Without the pupils' file it is a change: it ends nobody's schooling."""

    system: System
    terms: Terms
    kind: Kind
    uai: str
    year: int | None
    day: date | None
    first: str
    reader: Reader
    missing: frozenset[str] = frozenset()

    @property
    def academy(self) -> int | None:
        return academy_of(self.uai)

    def schools(self, report: Report) -> Iterator[SchoolRecord]:
        classes: tuple[ClassRecord, ...] = ()
        if isinstance(self.reader, SiecleReader):
            classes = self.reader.classes()
        place = Place(self.first, 1)
        nothing = frozenset[str]()
        yield SchoolRecord(self.uai, place, self.uai, "", "", self.academy, "", "", "", "", "", classes, nothing)

    def mefs(self, report: Report) -> Iterator[MefRecord]:
        if isinstance(self.reader, SiecleReader):
            yield from self.reader.mefs(report)

    def students(self, report: Report) -> Iterator[StudentRecord]:
        return self.reader.students(report)

    def guardians(self, report: Report) -> Iterator[GuardianRecord]:
        return self.reader.guardians(report)


def read_siecle(found: Sequence[tuple[str, Chunks, str]], uai: str) -> SchoolDelivery:
    """The delivery of these files of SIECLE. `uai`: the school that is meant, or ""."""
    files: dict[str, SiecleFile] = {}
    for name, chunks, root in found:
        file = read_parameters(chunks, name, root)
        if file.root in files:
            raise Refusal(Refused.TWICE, name, None, f"two files of {file.root}, the other is {files[file.root].name}")
        _check_slot(name, file.root == STUDENTS, file.root == GUARDIANS, file.root)
        files[file.root] = file
    told = [file for file in files.values() if file.uai]
    for file in told[1:]:
        if (file.uai, file.year) != (told[0].uai, told[0].year):
            raise Refusal(Refused.MIXED, file.name, None, f"{file.uai} {file.year}, {told[0].uai} {told[0].year}")
    if not files.keys() & {STUDENTS, GUARDIANS}:
        raise Refusal(Refused.NOTHING, found[0][0], None, "neither pupils nor guardians")
    school = told[0].uai if told else uai
    first = files.get(STUDENTS) or files[GUARDIANS]
    if uai and school != uai:
        raise Refusal(Refused.OTHER_SCHOOL, first.name, None, f"the file is of {school}, and {uai} was meant")
    if not school:
        raise Refusal(Refused.SCHOOL_NOT_TOLD, first.name)
    kind = Kind.COMPLETE if STUDENTS in files else Kind.DELTA
    reader = SiecleReader(files, school, first.day)
    return SchoolDelivery(System.SIECLE, SIECLE, kind, school, first.year, first.day, first.name, reader)


def read_onde(found: Sequence[tuple[str, Chunks]], uai: str) -> SchoolDelivery:
    """The delivery of these tables of ONDE, for the school that is meant."""
    tables: dict[bool, Table] = {}
    for name, chunks in found:
        header = set(read_header(chunks, name))
        is_pupils = is_of_students(header)
        if is_pupils in tables:
            raise Refusal(Refused.TWICE, name, None, f"the other is {tables[is_pupils].name}")
        if not is_pupils and NAMED_STUDENTS.search(clean(name)) and not NAMED_GUARDIANS.search(name):
            raise onde.refuse_guardians_alone(name)
        tables[is_pupils] = read_table(chunks, name)
    if True not in tables:
        raise onde.refuse_guardians_alone(found[0][0])
    if not uai:
        raise Refusal(Refused.SCHOOL_NOT_TOLD, found[0][0])
    reader = OndeReader(tables[True], tables.get(False), uai)
    return SchoolDelivery(System.ONDE, ONDE, Kind.COMPLETE, uai, None, None, tables[True].name, reader)


def is_of_students(header: Collection[str]) -> bool:
    return set(header) >= OF_STUDENTS


def is_of_guardians(header: Collection[str]) -> bool:
    return set(header) >= OF_GUARDIANS


def _check_slot(name: str, is_students: bool, is_guardians: bool, root: str) -> None:
    """A file named as one of pupils that holds guardians was put in the wrong place, and the reverse."""
    own = name.rpartition("!")[2].rpartition("/")[2]
    if is_guardians and NAMED_STUDENTS.search(own) and not NAMED_GUARDIANS.search(own):
        raise Refusal(Refused.WRONG_SLOT, name, None, f"a file of guardians (root {root})")
    if is_students and NAMED_GUARDIANS.search(own) and not NAMED_STUDENTS.search(own):
        raise Refusal(Refused.WRONG_SLOT, name, None, f"a file of pupils (root {root})")
