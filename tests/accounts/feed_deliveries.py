"""Deliveries in memory, as the readers hand them over: two schools of one académie, and whom a test puts there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from accounts.actions.feeds import FeedResult, Plan, apply_delivery
from accounts.actions.journal import SYSTEM
from accounts.feeds.delivery import read_delivery
from accounts.feeds.links import Link, Relation
from accounts.feeds.records import (
    ClassRecord,
    GuardianRecord,
    MefRecord,
    RelationRecord,
    Removal,
    SchoolRecord,
    StudentRecord,
)
from accounts.feeds.report import Place, Report
from accounts.feeds.terms import AAF_2D, Kind, System, Terms

COLLEGE, LYCEE = "0510001Z", "0511234P"
ACADEMY = 19
DAY = date(2026, 11, 16)
STRUCTURES = {"9001": (COLLEGE, "CLG DES ÉTOILES"), "9002": (LYCEE, "LYC DE LA FORÊT-D'ALBIREO")}
SAMPLES = Path(__file__).parents[3] / "shared" / "samples"


@dataclass(frozen=True)
class Told:
    """What a reader would tell of a delivery."""

    day: date
    kind: Kind
    records: dict[str, tuple[Any, ...]]
    system: System = System.AAF
    terms: Terms = AAF_2D
    academy: int | None = ACADEMY
    uai: str = ""
    year: int | None = None
    first: str = "Eleve"
    missing: frozenset[str] = frozenset()

    def schools(self, report: Report) -> Iterator[SchoolRecord]:
        return iter(self.records["schools"])

    def mefs(self, report: Report) -> Iterator[MefRecord]:
        return iter(())

    def students(self, report: Report) -> Iterator[StudentRecord]:
        return iter(self.records["students"])

    def guardians(self, report: Report) -> Iterator[GuardianRecord]:
        return iter(self.records["guardians"])


def school(structure: str) -> SchoolRecord:
    uai, name = STRUCTURES[structure]
    place = ("2 avenue des Étoiles", "51099", "BELLE-ÉTOILE")
    return SchoolRecord(structure, Place("Etab", 1), uai, name, "", ACADEMY, *place, "+33353019001", "", ())


def pupil(ident: int, name: str = "AUBE", first_name: str = "Électre", **told: Any) -> StudentRecord:
    """A pupil of 5EME A of the collège; `ties` are (guardian's id, relation)."""
    structure, room = told.get("school", "9001"), told.get("room", "5EME A")
    ties = told.get("ties", ())
    return StudentRecord(
        id=str(ident),
        place=Place("Eleve", ident),
        local_id=f"17{ident}",
        school=structure,
        ine=told.get("ine", ""),
        birth_date=told.get("birth_date", date(2014, 3, 14)),
        family_name=told.get("family_name", name),
        name=name,
        first_name=first_name,
        title="Mme",
        classes=(ClassRecord(structure, room),) if room else (),
        mef="10190001110",
        mef_label="5EME",
        level="5EME",
        mail=told.get("mail", ""),
        relations=tuple(RelationRecord(str(other), relation, Link.MOTHER, 0, "") for other, relation in ties),
    )


def person(ident: int, name: str = "AUBE", first_name: str = "Ondine", **told: Any) -> GuardianRecord:
    reach = {"mail": "", "mail_given": "", "mobile": "", "mobiles_given": (), "phone": ""}
    home = {"address": ("3 rue Grande",), "postal_code": "51099", "city": "BELLE-ÉTOILE", "country": "FRANCE"}
    names = {"family_name": name, "name": name, "first_name": first_name, "title": "Mme"}
    return GuardianRecord(str(ident), Place("Pers", ident), **{**names, **reach, **home, **told})


def is_removal(one: object, file: str) -> bool:
    return isinstance(one, Removal) and one.place.file == file


def told(*people: StudentRecord | GuardianRecord | Removal, day: date = DAY, kind: Kind = Kind.COMPLETE) -> Told:
    """A delivery of both schools with these people."""
    records = {
        "schools": tuple(map(school, STRUCTURES)),
        "students": tuple(one for one in people if isinstance(one, StudentRecord) or is_removal(one, "Eleve")),
        "guardians": tuple(one for one in people if isinstance(one, GuardianRecord) or is_removal(one, "Pers")),
    }
    return Told(day, kind, records)


def deliver(
    *people: StudentRecord | GuardianRecord | Removal, day: date = DAY, kind: Kind = Kind.COMPLETE, **options: Any
) -> FeedResult:
    """Apply a delivery on its own day, whatever the guard thinks of such small ones."""
    plan = Plan(day, **{"confirmed": True, **options})
    return apply_delivery(actor=SYSTEM, delivery=told(*people, day=day, kind=kind), plan=plan)


def sample(name: str) -> Path:
    """A sample delivery's path; the test is skipped where the samples are not beside the project."""
    if not SAMPLES.is_dir():
        pytest.skip("the sample deliveries (../shared/samples) are not beside the project")
    return SAMPLES / name


def deliver_sample(name: str, as_of: date, uai: str = "") -> FeedResult:
    return apply_delivery(actor=SYSTEM, delivery=read_delivery(sample(name), uai), plan=Plan(as_of, uai))


LEGAL, IN_CHARGE, CONTACT, SELF = Relation.LEGAL, Relation.IN_CHARGE, Relation.CONTACT, Relation.SELF
