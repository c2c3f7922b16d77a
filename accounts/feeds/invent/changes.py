"""The days after a complete delivery: an invented delta of it."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from accounts.feeds.delivery import Delivery, read_delivery
from accounts.feeds.envelope import Category
from accounts.feeds.invent.pieces import Pieces
from accounts.feeds.records import GuardianRecord, StudentRecord
from accounts.feeds.report import Report
from accounts.feeds.terms import Kind

REIMS = 19
CHANGED = ("class", "class", "mail", "relations", "leaves")
"""What a pupil's change is about, as often as it stands here."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What was written: the files, and how many requests on pupils and persons."""

    files: tuple[Path, ...]
    students: int
    guardians: int


def write_delta(folder: Path, complete: Path, day: date, seed: int, share: float = 0.01) -> Changes:
    """Write the delta of a complete AAF delivery that touches `share` of its pupils and as many of its persons.

    Pupils change class, mail or relations, or leave; persons change their mobile. Nothing of the complete delivery is
    kept in memory but its schools.
    """
    delivery = read_delivery(complete)
    folder.mkdir(parents=True, exist_ok=True)
    rng, academy = Random(seed), delivery.academy or REIMS  # noqa: S311 - invented people, no secret
    classes = {
        school.id: [room.code for room in school.classes]
        for school in delivery.schools(Report())
        if hasattr(school, "classes")
    }
    counts = {Category.STUDENTS: 0, Category.GUARDIANS: 0}
    with ExitStack() as stack:
        out = {c: stack.enter_context(Pieces(folder, day, academy, c, Kind.DELTA)) for c in counts}
        for student in _chosen_students(delivery, rng, share):
            counts[Category.STUDENTS] += 1
            _change(student, classes, out[Category.STUDENTS], rng)
        for person in _chosen_guardians(delivery, rng, share):
            counts[Category.GUARDIANS] += 1
            mobile = f"06 39 98 {rng.randrange(100):02} {rng.randrange(100):02}"
            out[Category.GUARDIANS].write_change(person.id, {"mobile": mobile, "ENTPersonMobileSMS": mobile})
    files = tuple(path for pieces in out.values() for path in pieces.files)
    return Changes(files, counts[Category.STUDENTS], counts[Category.GUARDIANS])


def _chosen_students(delivery: Delivery, rng: Random, share: float) -> Iterator[StudentRecord]:
    for student in delivery.students(Report()):
        if rng.random() < share and isinstance(student, StudentRecord):
            yield student


def _chosen_guardians(delivery: Delivery, rng: Random, share: float) -> Iterator[GuardianRecord]:
    for person in delivery.guardians(Report()):
        if rng.random() < share and isinstance(person, GuardianRecord):
            yield person


def _change(student: StudentRecord, classes: dict[str, list[str]], pieces: Pieces, rng: Random) -> None:
    match rng.choice(CHANGED):
        case "class" if rooms := classes.get(student.school):
            pieces.write_change(student.id, {"ENTEleveClasses": f"{student.school}${rng.choice(rooms)}"})
        case "relations" if student.relations:
            kept = [relation.raw for relation in student.relations[:1]]
            pieces.write_change(student.id, {"ENTElevePersRelEleve": kept})
        case "leaves":
            pieces.write_removal(student.id)
        case _:
            pieces.write_change(student.id, {"mail": f"eleve{student.id}@example.org"})
