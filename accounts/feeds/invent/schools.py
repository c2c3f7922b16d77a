"""Invented schools: their levels, classes and seats."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from string import ascii_uppercase

from accounts.feeds.levels import LEVELS as PRIMARY_LEVELS


class SchoolKind(StrEnum):
    ECOLE = "ECOLE ELEMENTAIRE"
    COLLEGE = "COLLEGE"
    LYCEE = "LYCEE"


@dataclass(frozen=True, slots=True)
class Level:
    """A year of school. `age` is the age that most pupils reach in the civil year the school year ends in."""

    name: str
    age: int
    mef: str
    mef_label: str
    track: str
    class_name: str


LEVELS = {
    SchoolKind.ECOLE: (
        Level("CP", 7, PRIMARY_LEVELS["CP"], "CP", "CYCLE II", "CP {letter}"),
        Level("CE1", 8, PRIMARY_LEVELS["CE1"], "CE1", "CYCLE II", "CE1 {letter}"),
        Level("CE2", 9, PRIMARY_LEVELS["CE2"], "CE2", "CYCLE II", "CE2 {letter}"),
        Level("CM1", 10, PRIMARY_LEVELS["CM1"], "CM1", "CYCLE III", "CM1 {letter}"),
        Level("CM2", 11, PRIMARY_LEVELS["CM2"], "CM2", "CYCLE III", "CM2 {letter}"),
    ),
    SchoolKind.COLLEGE: (
        Level("6EME", 12, "10090001110", "6EME", "COLLEGE", "6EME {letter}"),
        Level("5EME", 13, "10190001110", "5EME", "COLLEGE", "5EME {letter}"),
        Level("4EME", 14, "10290001110", "4EME", "COLLEGE", "4EME {letter}"),
        Level("3EME", 15, "10390001110", "3EME", "COLLEGE", "3EME {letter}"),
    ),
    SchoolKind.LYCEE: (
        Level("2NDE", 16, "20090001110", "2NDE GENERALE ET TECHNOLOGIQUE", "LYCEE GENERAL", "2NDE {number:02}"),
        Level("1RE", 17, "20190002110", "1RE GENERALE", "LYCEE GENERAL", "1RE G{number}"),
        Level("TERMINALE", 18, "20290002110", "TERMINALE GENERALE", "LYCEE GENERAL", "TLE G{number}"),
    ),
}

PUPILS_A_CLASS = {SchoolKind.ECOLE: 24, SchoolKind.COLLEGE: 25, SchoolKind.LYCEE: 32}
TYPE_CODES = {SchoolKind.ECOLE: "151", SchoolKind.COLLEGE: "340", SchoolKind.LYCEE: "300"}
FIRST_SCHOOL_ID = 9001


@dataclass(frozen=True, slots=True)
class SchoolPlan:
    """What to invent. `name` is "CLG DES ÉTOILES", the initials first; `old_links` writes the codes of before 2018."""

    uai: str
    name: str
    kind: SchoolKind
    pupils: int
    city: str = "BELLE-ÉTOILE"
    old_links: bool = False

    @property
    def classes_a_level(self) -> int:
        levels = LEVELS[self.kind]
        return min(max(1, round(self.pupils / PUPILS_A_CLASS[self.kind] / len(levels))), len(ascii_uppercase))

    def class_name(self, level: Level, index: int) -> str:
        return level.class_name.format(letter=ascii_uppercase[index], number=index + 1)

    def classes(self) -> Iterator[tuple[Level, str]]:
        """Every class with its level."""
        for level in LEVELS[self.kind]:
            for index in range(self.classes_a_level):
                yield level, self.class_name(level, index)


@dataclass(frozen=True, slots=True)
class Seat:
    """A pupil's place: school, class, level."""

    school_id: str
    plan: SchoolPlan
    level: Level
    class_name: str


def seats(school_id: str, plan: SchoolPlan) -> list[Seat]:
    """As many seats as pupils, spread evenly over the classes."""
    places = [Seat(school_id, plan, level, name) for level, name in plan.classes()]
    return [places[number % len(places)] for number in range(plan.pupils)]
