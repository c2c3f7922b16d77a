"""Writing an invented delivery, entry by entry, in files of a bounded size."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from accounts.feeds.academies import academy_name, academy_of
from accounts.feeds.envelope import Category
from accounts.feeds.invent.entries import (
    guardian_entry,
    mef_entry,
    school_entry,
    student_entry,
    subject_entry,
)
from accounts.feeds.invent.families import check_numbers
from accounts.feeds.invent.people import Inventor
from accounts.feeds.invent.pieces import KINDS_OF_CATEGORY, Pieces
from accounts.feeds.invent.schools import FIRST_SCHOOL_ID, LEVELS, SchoolPlan, seats
from accounts.feeds.invent.words import SUBJECTS

REIMS = 19


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the files, and how many of each."""

    files: tuple[Path, ...]
    schools: int
    students: int
    guardians: int


def write_delivery(folder: Path, schools: Sequence[SchoolPlan], day: date, seed: int) -> Written:
    """Write a complete delivery of these schools, dated `day`, into a folder, which is made if need be.

    Raises ValueError as `check_numbers`.
    """
    check_numbers(sum(plan.pupils for plan in schools))
    folder.mkdir(parents=True, exist_ok=True)
    plans = {str(FIRST_SCHOOL_ID + index): plan for index, plan in enumerate(schools)}
    code = academy_of(schools[0].uai) or REIMS
    rng = Random(seed)  # noqa: S311 - invented people, no secret
    inventor = Inventor(rng, day)
    free = [seats(school_id, plan) for school_id, plan in plans.items()]
    for places in free:
        rng.shuffle(places)
    with ExitStack() as stack:
        out = {c: stack.enter_context(Pieces(folder, day, code, c)) for c in KINDS_OF_CATEGORY}
        out[Category.SCHOOLS].write_all(school_entry(i, plan, code, academy_name(code)) for i, plan in plans.items())
        out[Category.MEFS].write_all(
            mef_entry(level) for kind in dict.fromkeys(p.kind for p in schools) for level in LEVELS[kind]
        )
        out[Category.SUBJECTS].write_all(subject_entry(*subject) for subject in SUBJECTS)
        for family in inventor.families_for(free):
            out[Category.STUDENTS].write_all(student_entry(student, family, rng) for student in family.students)
            out[Category.GUARDIANS].write_all(guardian_entry(person, family) for person in family.guardians)
    files = tuple(path for pieces in out.values() for path in pieces.files)
    return Written(files, len(plans), inventor.students, inventor.guardians)
