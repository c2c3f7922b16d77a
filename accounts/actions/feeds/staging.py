"""A delivery read once, record by record, into temporary tables of the transaction."""

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection

from accounts.actions.feeds.result import Hindrance, NotApplied, RefusedLine
from accounts.actions.feeds.rows import (
    COLUMNS_OF_GUARDIAN,
    COLUMNS_OF_STUDENT,
    guardian_row,
    removal_row,
    student_row,
)
from accounts.feeds import families
from accounts.feeds.academies import academy_of
from accounts.feeds.delivery import Delivery
from accounts.feeds.keys import UAI
from accounts.feeds.records import Removal, SchoolRecord, StudentRecord
from accounts.feeds.report import LINES_PER_REASON, Issue, Place, Reason, Report
from accounts.feeds.terms import Kind
from accounts.models import School

ROWS_A_COPY = 5000

# What is read; what came of it; and, of the school at hand, its part: small tables, whatever the planner makes of them.
# Indexes come before the rows: one made after an update of this transaction would not be used in it.
# `told`: what a change tells, NULL for all. `ties` and `seats`: the entries whose relations and places count.
# The walls make statements look costly: compiling one anew for each school would take longer than running it.
TABLES = """
    SET LOCAL jit = off;
    CREATE TEMPORARY TABLE feed_student (
        entry integer, file text, line integer, key text, told text[], is_removal boolean, called text, root text,
        first_name text, last_name text, family_name text, birth_date date, ine text, email text, local_id text,
        mef text, sort_key text, family_key text, search_name text, homonym_key text, ties integer, seats integer,
        id uuid, home text, username text, is_new boolean DEFAULT false
    ) ON COMMIT DROP;
    CREATE TEMPORARY TABLE feed_guardian (
        entry integer, file text, line integer, key text, told text[], is_removal boolean, called text, root text,
        first_name text, last_name text, family_name text, title text, email text, mobile text, address text,
        sort_key text, homonym_key text,
        id uuid, home text, username text, is_new boolean DEFAULT false, has_account boolean DEFAULT false
    ) ON COMMIT DROP;
    CREATE TEMPORARY TABLE feed_place (
        entry integer, key text, uai text, class_key text, student_id uuid
    ) ON COMMIT DROP;
    CREATE INDEX ON feed_student (id);
    CREATE INDEX ON feed_student (id) WHERE is_removal;
    CREATE INDEX ON feed_guardian (id);
    CREATE INDEX ON feed_guardian (id) WHERE is_removal;
    CREATE INDEX ON feed_place (uai);
    CREATE TEMPORARY TABLE feed_relation (
        entry integer, guardian text, relation text, link text, rank integer, raw text
    ) ON COMMIT DROP;
    CREATE TEMPORARY TABLE feed_known (
        key text, uai text, student_id uuid, guardian_id uuid
    ) ON COMMIT DROP;
    CREATE TEMPORARY TABLE feed_tie (
        uai text, student_id uuid, guardian_id uuid, relation text, link text, rank integer
    ) ON COMMIT DROP;
    CREATE TEMPORARY TABLE feed_username (id uuid, username text) ON COMMIT DROP;
    CREATE TEMPORARY TABLE feed_redirected (key text, is_removal boolean) ON COMMIT DROP;
    CREATE TEMPORARY TABLE feed_change (id uuid, what text) ON COMMIT DROP;
    CREATE TEMPORARY TABLE feed_leaving (uai text, student_id uuid) ON COMMIT DROP;
    CREATE TEMPORARY TABLE feed_ended (tie_id uuid) ON COMMIT DROP;
    CREATE TEMPORARY TABLE here_student (LIKE feed_student, class_key text) ON COMMIT DROP;
    CREATE TEMPORARY TABLE here_guardian (LIKE feed_guardian) ON COMMIT DROP;
    CREATE TEMPORARY TABLE here_tie (LIKE feed_tie) ON COMMIT DROP;
"""
CLEAR = """
    DROP TABLE feed_student, feed_guardian, feed_place, feed_relation, feed_known, feed_tie, feed_change, feed_leaving,
               feed_redirected, feed_username, feed_ended, here_student, here_guardian, here_tie
"""

COPIES = {
    "feed_student": """
        COPY feed_student (entry, file, line, key, told, is_removal, called, root, first_name, last_name, family_name,
            birth_date, ine, email, local_id, mef, sort_key, family_key, search_name, homonym_key, ties, seats)
            FROM STDIN
    """,
    "feed_guardian": """
        COPY feed_guardian (entry, file, line, key, told, is_removal, called, root, first_name, last_name, family_name,
            title, email, mobile, address, sort_key, homonym_key) FROM STDIN
    """,
    "feed_place": "COPY feed_place (entry, key, uai, class_key) FROM STDIN",
    "feed_relation": "COPY feed_relation (entry, guardian, relation, link, rank, raw) FROM STDIN",
}


class Copier:
    """Rows on their way into the temporary tables, a few thousand at a time."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Sequence[Any]]] = defaultdict(list)

    def add(self, table: str, row: Sequence[Any]) -> None:
        rows = self._waiting[table]
        rows.append(row)
        if len(rows) >= ROWS_A_COPY:
            self._send(table)

    def end(self) -> None:
        for table in COPIES:
            self._send(table)

    def _send(self, table: str) -> None:
        with connection.cursor() as cursor, cursor.copy(COPIES[table]) as copy:
            for row in self._waiting[table]:
                copy.write_row(row)
        self._waiting[table].clear()


@dataclass(slots=True)
class Staged:
    """What stands beside the temporary tables.

    `structures`: the delivery's schools by their id in the source, `classes` those of each UAI by key, `mefs` the
    labels of the codes that pupils name. `spared`: the keys of people whose line was refused; they have not
    disappeared. `elsewhere`: lines of other schools than the wanted one, or of nobody it knows.
    """

    only: str
    structures: dict[str, SchoolRecord] = field(default_factory=dict)
    classes: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    mefs: dict[str, str] = field(default_factory=dict)
    guardians: Container[str] = field(default_factory=set)
    contact_issues: dict[str, list[Issue]] = field(default_factory=dict)
    spared: set[str] = field(default_factory=set)
    refused: list[RefusedLine] = field(default_factory=list)
    students_refused: int = 0
    guardians_refused: int = 0
    elsewhere: int = 0

    def school_of(self, structure: str) -> SchoolRecord | None:
        """The school, if its UAI can be one and it is wanted."""
        school = self.structures.get(structure)
        return school if school and UAI.fullmatch(school.uai) and self.only in ("", school.uai) else None

    def academy(self, told: int | None) -> int:
        """The one académie of the delivery: what its head tells, else what its schools are of."""
        codes = {told} if told else {s.academy or academy_of(s.uai) for s in self.structures.values()}
        found = codes.pop() if len(codes) == 1 else None
        if found is None:
            raise NotApplied(Hindrance.ACADEMY_UNKNOWN)
        return found

    def refuse(self, place: Place, ident: str, name: str, reason: str) -> None:
        """Tell a line that is left out; the first of them word for word."""
        if len(self.refused) < LINES_PER_REASON:
            self.refused.append(RefusedLine(place.file, f"line {place.line}, {ident}", name, reason))


class Everyone:
    """In a delta a relation may name a person whom only the base knows."""

    def __contains__(self, key: object) -> bool:
        return True


def stage(delivery: Delivery, report: Report, only: str) -> Staged:
    """Read the whole delivery. `only`: a UAI whose pupils alone are wanted, or ""."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
    staged, copier = Staged(only), Copier()
    _stage_schools(delivery, report, staged)
    rejected = len(report.rejected)
    _stage_guardians(delivery, report, staged, copier)
    staged.guardians_refused = len(report.rejected) - rejected
    rejected = len(report.rejected)
    _stage_students(delivery, report, staged, copier)
    staged.students_refused += len(report.rejected) - rejected
    copier.end()
    for mef in delivery.mefs(report):
        if mef.code in staged.mefs and mef.label:
            staged.mefs[mef.code] = mef.label
    staged.spared |= report.rejected
    return staged


def _stage_schools(delivery: Delivery, report: Report, staged: Staged) -> None:
    """The schools of the delivery; a delta knows those of former deliveries too, a removal is no school's end."""
    if delivery.kind is Kind.DELTA and delivery.academy:
        for school in School.objects.filter(academy_code=delivery.academy).exclude(aaf_id=""):
            staged.structures[school.aaf_id] = nameless_school(school.aaf_id, school.pk, delivery.academy)
    for record in delivery.schools(report):
        if isinstance(record, Removal):
            continue
        known = staged.structures.get(record.id)
        if record.told is not None and not record.uai:
            if known is None:
                staged.refuse(record.place, record.id, "", str(Reason.MODIFIED_UNKNOWN))
                continue
            record = replace(record, uai=known.uai, academy=known.academy)
        staged.structures[record.id] = record


def nameless_school(structure: str, uai: str, academy: int | None) -> SchoolRecord:
    """A school of which a delivery tells nothing new."""
    return SchoolRecord(structure, Place("", 0), uai, "", "", academy, "", "", "", "", "", (), frozenset())


def _stage_guardians(delivery: Delivery, report: Report, staged: Staged, copier: Copier) -> None:
    seen: set[str] = set()
    for entry, guardian in enumerate(delivery.guardians(report)):
        if isinstance(guardian, Removal):
            copier.add("feed_guardian", removal_row(entry, guardian, COLUMNS_OF_GUARDIAN))
            continue
        seen.add(guardian.id)
        if issues := list(families.contact_issues(guardian, delivery.terms)):
            staged.contact_issues[guardian.id] = issues
        copier.add("feed_guardian", guardian_row(entry, guardian))
    staged.guardians = Everyone() if delivery.kind is Kind.DELTA else seen


def _stage_students(delivery: Delivery, report: Report, staged: Staged, copier: Copier) -> None:
    for entry, student in enumerate(delivery.students(report)):
        if isinstance(student, Removal):
            copier.add("feed_student", removal_row(entry, student, COLUMNS_OF_STUDENT))
            continue
        places = _places(student, staged)
        if not places and (student.told is None or "school" in student.told):
            _refuse_place(student, staged)
            continue
        family = families.settle(student, staged.guardians, delivery.terms)
        report.extend(family.issues)
        copier.add("feed_student", student_row(entry, student))
        for uai, class_key in places.items():
            copier.add("feed_place", (entry, student.id, uai, class_key))
        for tie in family.relations:
            row = (entry, tie.guardian, tie.relation.value, tie.link.value, tie.rank, tie.raw)
            copier.add("feed_relation", row)
        if student.mef and not staged.mefs.get(student.mef):
            staged.mefs[student.mef] = student.mef_label


def _places(student: StudentRecord, staged: Staged) -> dict[str, str | None]:
    """The pupil's schools, by UAI, with the first class in each: the school of attachment, and those of classes.

    None: the class is not told, and stays.
    """
    tells_classes = student.told is None or "classes" in student.told
    places: dict[str, str | None] = {}
    if school := staged.school_of(student.school):
        places[school.uai] = "" if tells_classes else None
    for classroom in student.classes:
        if school := staged.school_of(classroom.school):
            places[school.uai] = places.get(school.uai) or classroom.key
            staged.classes[school.uai][classroom.key] = classroom.code
    return places


def _refuse_place(student: StudentRecord, staged: Staged) -> None:
    """Leave out a pupil whose school cannot be told. Those of other schools than the wanted one are passed over."""
    if staged.only and student.school in staged.structures:
        staged.elsewhere += 1
        return
    staged.spared.add(student.id)
    staged.students_refused += 1
    staged.refuse(student.place, student.id, "ENTPersonStructRattach", str(Hindrance.SCHOOL_UNKNOWN))


def classes_by_school(staged: Staged, uais: Iterable[str]) -> dict[str, dict[str, str]]:
    """The classes of each of these schools, by key: those it lists, and those that pupils name."""
    found = {uai: dict(staged.classes[uai]) for uai in uais}
    for school in staged.structures.values():
        if school.uai in found:
            found[school.uai].update((classroom.key, classroom.code) for classroom in school.classes)
    return found
