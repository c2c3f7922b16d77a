"""A delivery read once, record by record, into temporary tables of the transaction."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from accounts.actions.feeds.naming import username_root
from accounts.actions.feeds.result import Hindrance, NotApplied, RefusedLine
from accounts.feeds import families
from accounts.feeds.academies import academy_of
from accounts.feeds.delivery import Delivery
from accounts.feeds.keys import UAI
from accounts.feeds.records import GuardianRecord, SchoolRecord, StudentRecord
from accounts.feeds.report import LINES_PER_REASON, Issue, Report
from educonnect_admin.toolkit.text import fold

ROWS_A_COPY = 5000
TITLES = {"m.": "M.", "m": "M.", "mme": "Mme", "mlle": "Mme"}

# What is read; what came of it; and, of the school at hand, its part: small tables, whatever the planner makes of them.
TABLES = """
    CREATE TEMPORARY TABLE feed_student (
        entry integer, file text, line integer, aaf_id text, root text, first_name text, last_name text,
        family_name text, birth_date date, ine text, email text, sort_key text, search_name text, homonym_key text,
        id uuid, home text, username text, is_new boolean DEFAULT false
    ) ON COMMIT DROP;
    CREATE TEMPORARY TABLE feed_guardian (
        entry integer, file text, line integer, aaf_id text, root text, first_name text, last_name text,
        family_name text, title text, email text, mobile text, address text, sort_key text, homonym_key text,
        id uuid, home text, username text, is_new boolean DEFAULT false, has_account boolean DEFAULT false
    ) ON COMMIT DROP;
    CREATE TEMPORARY TABLE feed_place (
        entry integer, aaf_id text, uai text, local_id text, class_code text, mef text, student_id uuid
    ) ON COMMIT DROP;
    CREATE TEMPORARY TABLE feed_relation (
        entry integer, guardian text, relation text, link text, rank integer
    ) ON COMMIT DROP;
    CREATE TEMPORARY TABLE feed_tie (
        uai text, student_id uuid, guardian_id uuid, relation text, link text, rank integer
    ) ON COMMIT DROP;
    CREATE TEMPORARY TABLE feed_change (id uuid, what text) ON COMMIT DROP;
    CREATE TEMPORARY TABLE feed_leaving (uai text, student_id uuid) ON COMMIT DROP;
    CREATE TEMPORARY TABLE feed_ended (tie_id uuid) ON COMMIT DROP;
    CREATE TEMPORARY TABLE here_student (LIKE feed_student, local_id text, class_code text, mef text) ON COMMIT DROP;
    CREATE TEMPORARY TABLE here_guardian (LIKE feed_guardian) ON COMMIT DROP;
    CREATE TEMPORARY TABLE here_tie (LIKE feed_tie) ON COMMIT DROP;
"""
CLEAR = """
    DROP TABLE feed_student, feed_guardian, feed_place, feed_relation, feed_tie, feed_change, feed_leaving,
               feed_ended, here_student, here_guardian, here_tie
"""

COPIES = {
    "feed_student": """
        COPY feed_student (entry, file, line, aaf_id, root, first_name, last_name, family_name, birth_date, ine, email,
            sort_key, search_name, homonym_key) FROM STDIN
    """,
    "feed_guardian": """
        COPY feed_guardian (entry, file, line, aaf_id, root, first_name, last_name, family_name, title, email, mobile,
            address, sort_key, homonym_key) FROM STDIN
    """,
    "feed_place": "COPY feed_place (entry, aaf_id, uai, local_id, class_code, mef) FROM STDIN",
    "feed_relation": "COPY feed_relation (entry, guardian, relation, link, rank) FROM STDIN",
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

    `structures`: the delivery's schools by their id in AAF, `classes` the codes of each UAI, `mefs` the labels of the
    codes that pupils name. `spared`: the AAF identifiers of people whose line was refused; they have not disappeared.
    """

    only: str
    structures: dict[str, SchoolRecord] = field(default_factory=dict)
    classes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    mefs: dict[str, str] = field(default_factory=dict)
    guardians: set[str] = field(default_factory=set)
    contact_issues: dict[str, list[Issue]] = field(default_factory=dict)
    spared: set[str] = field(default_factory=set)
    refused: list[RefusedLine] = field(default_factory=list)
    students_refused: int = 0
    guardians_refused: int = 0

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


def stage(delivery: Delivery, report: Report, only: str) -> Staged:
    """Read the whole delivery. `only`: a UAI whose pupils alone are wanted, or ""."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
    staged, copier = Staged(only), Copier()
    for school in delivery.schools(report):
        staged.structures[school.id] = school
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


def _stage_guardians(delivery: Delivery, report: Report, staged: Staged, copier: Copier) -> None:
    for entry, guardian in enumerate(delivery.guardians(report)):
        staged.guardians.add(guardian.id)
        if issues := list(families.contact_issues(guardian)):
            staged.contact_issues[guardian.id] = issues
        copier.add("feed_guardian", (entry, *_guardian_row(guardian)))


def _stage_students(delivery: Delivery, report: Report, staged: Staged, copier: Copier) -> None:
    for entry, student in enumerate(delivery.students(report)):
        places = _places(student, staged)
        if not places:
            _refuse_place(student, staged)
            continue
        family = families.settle(student, staged.guardians)
        report.extend(family.issues)
        copier.add("feed_student", (entry, *_student_row(student)))
        for uai, code in places.items():
            copier.add("feed_place", (entry, student.id, uai, student.local_id, code, student.mef))
        for tie in family.relations:
            row = (entry, tie.guardian, tie.relation.value, tie.link.value, tie.rank)
            copier.add("feed_relation", row)
        if student.mef and not staged.mefs.get(student.mef):
            staged.mefs[student.mef] = student.mef_label


def _places(student: StudentRecord, staged: Staged) -> dict[str, str]:
    """The pupil's schools, by UAI, with the first class in each: the school of attachment, and those of classes."""
    places: dict[str, str] = {}
    if school := staged.school_of(student.school):
        places[school.uai] = ""
    for classroom in student.classes:
        if school := staged.school_of(classroom.school):
            places[school.uai] = places.get(school.uai) or classroom.code
            staged.classes[school.uai].add(classroom.code)
    return places


def _refuse_place(student: StudentRecord, staged: Staged) -> None:
    """Leave out a pupil whose school cannot be told. Those of other schools than the wanted one are passed over."""
    if staged.only and student.school in staged.structures:
        return
    staged.spared.add(student.id)
    staged.students_refused += 1
    if len(staged.refused) < LINES_PER_REASON:
        where = f"line {student.place.line}, {student.id}"
        reason = str(Hindrance.SCHOOL_UNKNOWN)
        staged.refused.append(RefusedLine(student.place.file, where, "ENTPersonStructRattach", reason))


def _student_row(student: StudentRecord) -> tuple[Any, ...]:
    sort_key, family = fold(f"{student.name} {student.first_name}"), fold(student.family_name)
    search = sort_key if family == fold(student.name) else f"{sort_key} {family}"
    return (
        student.place.file,
        student.place.line,
        student.id,
        username_root(student.first_name, student.name),
        student.first_name,
        student.name,
        student.family_name,
        student.birth_date,
        student.ine,
        student.mail,
        sort_key[:220],
        search[:320],
        _homonym_key(student.name, student.first_name),
    )


def _guardian_row(guardian: GuardianRecord) -> tuple[Any, ...]:
    town = f"{guardian.postal_code} {guardian.city}".strip()
    country = guardian.country if guardian.country.upper() != "FRANCE" else ""
    return (
        guardian.place.file,
        guardian.place.line,
        guardian.id,
        username_root(guardian.first_name, guardian.name),
        guardian.first_name,
        guardian.name,
        guardian.family_name,
        TITLES.get(guardian.title.lower(), ""),
        guardian.mail,
        guardian.mobile,
        "\n".join(filter(None, (*guardian.address, town, country)))[:300],
        fold(f"{guardian.name} {guardian.first_name}")[:220],
        _homonym_key(guardian.name, guardian.first_name),
    )


def _homonym_key(*names: str) -> str:
    """Equal for homonyms: same names without accents, case, blanks and punctuation."""
    return "|".join(fold(name).replace(" ", "") for name in names)


def codes_by_school(staged: Staged, uais: Iterable[str]) -> dict[str, set[str]]:
    """The classes of each of these schools: those it lists, and those that pupils name."""
    found = {uai: set(staged.classes[uai]) for uai in uais}
    for school in staged.structures.values():
        if school.uai in found:
            found[school.uai].update(classroom.code for classroom in school.classes)
    return found
