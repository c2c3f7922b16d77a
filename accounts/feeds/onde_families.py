"""Which child an ONDE guardian's row means, and which rows are one person's: by names, and never a guess."""

from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations

from accounts.feeds.names import fold
from accounts.feeds.records import GuardianRecord, StudentRecord
from accounts.feeds.report import Issue, Place, Reason, Report, Then

COMPARED = 100
"""Rows of one name that are compared with each other."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row as a person looks it up: by names, and where it stands."""

    id: str
    place: Place


@dataclass(slots=True)
class Person:
    """A guardian, of one row or of several that are one person's."""

    line: int
    record: GuardianRecord
    address_key: str
    children: list["Child"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Child:
    """A child as a guardian's row names it."""

    usual: str
    family: str
    first: str
    born: date | None
    given: str
    room: str
    where: Line

    @property
    def value(self) -> str:
        return " ".join(filter(None, (self.family, self.first, self.given, self.room)))


@dataclass(frozen=True, slots=True)
class Pupil:
    """A pupil's row, and what a guardian's row is compared with."""

    record: StudentRecord
    level: str

    def is_called(self, child: Child) -> bool:
        mine = {fold(self.record.name), fold(self.record.family_name)}
        return fold(self.record.first_name) == fold(child.first) and bool(
            mine & {fold(name) for name in (child.usual, child.family) if name}
        )


def join_child(child: Child, called_so: list[Pupil], report: Report) -> Pupil | None:
    """The one pupil that a guardian's row means: by names, then birth date, then class. Never a guess."""
    found = [pupil for pupil in called_so if pupil.is_called(child)]
    if len(found) > 1 and child.born:
        found = [pupil for pupil in found if pupil.record.birth_date == child.born]
    if len(found) > 1 and (room := fold(child.room)):
        level = room.removeprefix("classe")
        same = [p for p in found if room in {fold(c.code) for c in p.record.classes} or fold(p.level) == level]
        if len(same) == 1:
            report.add(Issue.at(child.where, "enfant", child.value, Reason.HOMONYMS_BY_CLASS, Then.JOINED))
            return same[0]
    if len(found) == 1:
        return found[0]
    if found:
        detail = f"{len(found)} pupils of these names"
        report.add(Issue.at(child.where, "enfant", child.value, Reason.AMBIGUOUS_CHILD, Then.NOT_JOINED, detail))
    else:
        report.add(Issue.at(child.where, "enfant", child.value, Reason.CHILD_ABSENT, Then.DROPPED))
    return None


def merge_people(same: list[Person], report: Report) -> list[Person]:
    """Of the rows of one name, those with the same address, mobile or mail are one person; the others may be."""
    boss = {person.line: person for person in same}
    maybe = []
    for one, two in combinations(same[:COMPARED], 2):
        where = Line(one.record.called, Place(two.record.place.file, two.line))
        lines = f"lines {one.line} and {two.line}"
        if _is_one(one, two):
            first, second = boss[one.line], boss[two.line]
            if first is not second:
                first.children += second.children
                first.record = _fuller(first.record, second.record)
                boss.update({line: first for line, person in boss.items() if person is second})
            report.add(Issue.at(where, "Responsable", lines, Reason.SAME_PERSON, Then.MERGED))
        else:
            maybe.append((one, two, where, lines))
    for one, two, where, lines in maybe:
        if boss[one.line] is not boss[two.line]:
            report.add(Issue.at(where, "Responsable", lines, Reason.POSSIBLE_DOUBLE, Then.NOT_MERGED))
    return list({person.line: person for person in boss.values()}.values())


def _is_one(one: Person, two: Person) -> bool:
    pairs = (
        (one.address_key, two.address_key),
        (one.record.mobile, two.record.mobile),
        (one.record.mail_given.lower(), two.record.mail_given.lower()),
    )
    return any(a == b != "" for a, b in pairs)


def _fuller(one: GuardianRecord, two: GuardianRecord) -> GuardianRecord:
    """The first row, with what only the second has."""
    return replace(
        one,
        mail=one.mail or two.mail,
        mail_given=one.mail_given or two.mail_given,
        mobile=one.mobile or two.mobile,
        mobiles_given=one.mobiles_given or two.mobiles_given,
        phone=one.phone or two.phone,
    )
