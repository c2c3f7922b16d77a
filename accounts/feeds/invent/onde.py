"""An invented extraction of ONDE for one primary school, of the generation with INE (B): pupils, and guardians.

Telephones are written in every way, labels of classes differ between the two tables, rows are ragged: the dirt of
formats.md 5. The school stands in neither.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from random import Random

from accounts.feeds.invent.families import families_of
from accounts.feeds.invent.people import Family, Guardian, Student
from accounts.feeds.invent.schools import SchoolPlan
from accounts.feeds.invent.spelling import telephone
from accounts.feeds.links import Relation

CHILDREN_A_ROW = 3
FIRST_CLASS_ID = 771_001
STUDENT_HEADINGS = (
    *("Nom élève", "Nom d'usage élève", "Prénom élève", "Date naissance", "Sexe", "INE"),
    *("Adresse1", "Cp1", "Commune1", "Pays1", " Cycle", "Niveau", "Libellé classe", "Identifiant classe"),
)
GUARDIAN_HEADINGS = (
    *("Civilité Responsable", "Nom usage responsable", "Nom responsable", "Prénom responsable"),
    *("Adresse responsable", "CP responsable", "Commune responsable", "Pays", "Courriel"),
    *("Téléphone domicile", "Téléphone travail", "Téléphone portable"),
)
CHILD_HEADINGS = ("Nom d'usage enfant", "Nom de famille enfant", "Prénom enfant", "Classes enfants")


def write_onde(folder: Path, plan: SchoolPlan, day: date, seed: int) -> tuple[Path, ...]:
    """Write the two tables of a school's extraction. Raises ValueError as `families_of`."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = Random(seed)  # noqa: S311 - invented people, no secret
    families = list(families_of(plan, day, rng))
    idents = {name: str(FIRST_CLASS_ID + place) for place, (_, name) in enumerate(plan.classes())}
    students = (_student(student, family, idents) for family in families for student in family.students)
    return (
        _write(folder / "CSVExtraction-eleves.csv", STUDENT_HEADINGS, students),
        _write(
            folder / "CSVExtraction-responsables.csv",
            (*GUARDIAN_HEADINGS, *CHILD_HEADINGS * CHILDREN_A_ROW),
            _guardians(families, rng),
        ),
    )


def _write(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file, delimiter=";", lineterminator="\r\n")
        table.writerow(headings)
        table.writerows(rows)
    return path


def _student(student: Student, family: Family, idents: dict[str, str]) -> Sequence[str]:
    room = student.seat.class_name if student.has_class else ""
    return (
        student.family_name.upper(),
        student.name.upper() if student.name != student.family_name else "",
        student.first_name,
        f"{student.birth_date:%d/%m/%Y}",
        "F" if student.title == "Mme" else "M",
        student.ine,
        family.address,
        family.postal_code,
        family.city,
        "FRANCE",
        student.seat.level.track,
        student.seat.level.name,
        room,
        idents[room] if room else "",
    )


def _guardians(families: Sequence[Family], rng: Random) -> Iterator[Sequence[str]]:
    """Legal guardians alone: ONDE knows no others. The children that a row has no room for go on in the next."""
    for family in families:
        for guardian in family.guardians:
            if guardian.relation is Relation.LEGAL:
                for start in range(0, len(family.students), CHILDREN_A_ROW):
                    children = family.students[start : start + CHILDREN_A_ROW]
                    yield (*_guardian(guardian, family, rng), *(cell for child in children for cell in _child(child)))


def _guardian(guardian: Guardian, family: Family, rng: Random) -> Sequence[str]:
    return (
        guardian.title,
        "",
        guardian.name.upper(),
        guardian.first_name,
        family.address,
        family.postal_code,
        family.city,
        "FRANCE",
        guardian.mail,
        telephone(guardian.landline, rng),
        "",
        telephone(guardian.mobile, rng),
    )


def _child(child: Student) -> Sequence[str]:
    return ("", child.family_name.upper(), child.first_name, f"CLASSE  {child.seat.level.name}")
