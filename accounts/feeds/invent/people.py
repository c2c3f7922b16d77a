"""Invented families: pupils, their guardians and the ties between them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from accounts.feeds.invent.schools import Seat
from accounts.feeds.invent.words import BOYS, GIRLS, PARTICLES, STREETS, SURNAMES, TOWNS
from accounts.feeds.keys import rnie_key
from accounts.feeds.links import OLD_CODES, Link, Relation
from accounts.feeds.names import fold

FIRST_STUDENT, FIRST_GUARDIAN, FIRST_LOCAL = 4_200_001, 4_500_001, 4_700_001
FIRST_INE, LAST_INE = 990_500_001, 990_899_999
FAMILIES_A_HOMONYM = 150
NUMBERS = 10_000
MAJORITY = 18
BETWEEN_BIRTHS = timedelta(days=300)
TRIES = 200

NEW_LEVELS = {Relation.LEGAL: "1", Relation.SELF: "1", Relation.IN_CHARGE: "2", Relation.CONTACT: "3"}
OLD_CODE_OF = {link: code for code, link in OLD_CODES.items()} | {Link.ASCENDANT: "4", Link.SIBLING: "4"}


@dataclass(slots=True)
class Guardian:
    id: int
    name: str
    first_name: str
    title: str
    link: Link
    relation: Relation
    mail: str
    mobile: str
    gets_messages: bool
    landline: str
    children: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Student:
    id: int
    local_id: int
    ine: str
    name: str
    family_name: str
    first_name: str
    title: str
    birth_date: date
    seat: Seat
    has_class: bool
    relations: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Family:
    students: list[Student]
    guardians: list[Guardian]
    address: str
    postal_code: str
    city: str


class Inventor:
    """Draws families until every seat is taken. Keeps counters only, and the mail addresses already given."""

    def __init__(self, rng: Random, day: date) -> None:
        self.rng = rng
        self.year_end = day.year + (day.month >= 8)
        self.day = day
        self.students = self.guardians = self.families = 0
        self.mails: Counter[str] = Counter()
        self.last = ("", "", "")

    def families_for(self, seats_of_schools: list[list[Seat]]) -> Iterator[Family]:
        """Families, school after school; some have a child in the school that comes next."""
        for index, here in enumerate(seats_of_schools):
            following = seats_of_schools[(index + 1) % len(seats_of_schools)]
            while here:
                yield self._family(self._take(here, following))

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def _take(self, here: list[Seat], following: list[Seat]) -> list[Seat]:
        taken = [here.pop()]
        for _ in range(self.rng.choices((0, 1, 2), (77, 19, 4))[0]):
            source = following if self.chance(0.4) else here
            if source and (source[-1].level not in {seat.level for seat in taken} or self.chance(0.15)):
                taken.append(source.pop())
        return taken

    def _family(self, seats: list[Seat]) -> Family:
        self.families += 1
        repeats = self.families % FAMILIES_A_HOMONYM == 0
        name = self.last[0] if repeats else self._surname()
        postal_code, city = self.rng.choice(TOWNS)
        students: list[Student] = []
        for seat in seats:
            students.append(self._student(seat, name, students, repeats and not students))
        self.last = (name, students[0].first_name, students[0].title)
        guardians = self._guardians(name)
        for student in students:
            self._tie(student, guardians)
        own = [guardian for student in students if (guardian := self._own_guardian(student))]
        address = f"{self.rng.randint(1, 90)} {self.rng.choice(STREETS)}"
        return Family(students, guardians + own, address, postal_code, city)

    def _student(self, seat: Seat, name: str, siblings: list[Student], repeats: bool) -> Student:
        self.students += 1
        title = self.rng.choice(("Mme", "M."))
        first_name = self.rng.choice(GIRLS if title == "Mme" else BOYS)
        while first_name in {sibling.first_name for sibling in siblings}:
            first_name = self.rng.choice(GIRLS if title == "Mme" else BOYS)
        if repeats:
            _, first_name, title = self.last
        digits = str(FIRST_INE + self.students - 1)
        return Student(
            id=FIRST_STUDENT + self.students - 1,
            local_id=FIRST_LOCAL + self.students - 1,
            ine="" if self.chance(0.005) else digits + rnie_key(digits),
            name=f"{name}-{self._simple_surname()}" if self.chance(0.03) else name,
            family_name=name,
            first_name=first_name,
            title=title if self.chance(0.985) else "",
            birth_date=self._birth_date(seat, siblings),
            seat=seat,
            has_class=not self.chance(0.01),
        )

    def _birth_date(self, seat: Seat, siblings: list[Student]) -> date:
        """Most pupils are of their level's age; siblings on one level are twins."""
        for sibling in siblings:
            if sibling.seat.level is seat.level:
                return sibling.birth_date
        for _ in range(TRIES):
            year = self.year_end - seat.level.age - self.rng.choices((0, 1, -1), (92, 6, 2))[0]
            born = date(year, 1, 1) + timedelta(days=self.rng.randrange(365))
            if all(abs(born - sibling.birth_date) > BETWEEN_BIRTHS for sibling in siblings):
                break
        return born

    def _guardians(self, name: str) -> list[Guardian]:
        """Nobody for some, one or two legal guardians for most, now and then someone else too."""
        if self.chance(0.025):
            return []
        if self.chance(0.02):
            found = [self._guardian(self._surname(), self.rng.choice((Link.TUTOR, Link.CHILD_WELFARE)))]
        else:
            parents = [Link.MOTHER, Link.FATHER] if self.chance(0.84) else [self.rng.choice((Link.MOTHER, Link.FATHER))]
            found = [self._parent(name, link) for link in parents]
        if self.chance(0.12):
            link = self.rng.choice((Link.ASCENDANT, Link.SIBLING, Link.OTHER, Link.CHILDMINDER))
            found.append(self._guardian(self._surname(), link, Relation.CONTACT))
        if self.chance(0.03):
            found.append(self._guardian(self._surname(), Link.FOSTER_CARER, Relation.IN_CHARGE))
        return found

    def _parent(self, name: str, link: Link) -> Guardian:
        bears_another = link is Link.MOTHER and self.chance(0.55)
        return self._guardian(self._surname() if bears_another else name, link)

    def _guardian(self, name: str, link: Link, relation: Relation = Relation.LEGAL) -> Guardian:
        self.guardians += 1
        is_woman = link is Link.MOTHER or (link is not Link.FATHER and self.chance(0.5))
        first_name = self.rng.choice(GIRLS if is_woman else BOYS)
        number = f"{self.guardians % NUMBERS:04}"
        digits = f"{number[:2]} {number[2:]}"
        return Guardian(
            id=FIRST_GUARDIAN + self.guardians - 1,
            name=name,
            first_name=first_name,
            title=("Mme" if is_woman else "M.") if self.chance(0.77) else "",
            link=link,
            relation=relation,
            mail=self._mail(first_name, name) if self.chance(0.92) else "",
            mobile=f"06 39 98 {digits}" if self.chance(0.94) else "",
            gets_messages=self.chance(0.9),
            landline=f"03 53 01 {digits}" if self.chance(0.4) else "",
        )

    def _own_guardian(self, student: Student) -> Guardian | None:
        """Half of the pupils who are of age answer for themselves; their parents are contacts from then on."""
        is_of_age = (self.day - student.birth_date).days > MAJORITY * 365.25
        if not (is_of_age and self.chance(0.5)):
            return None
        guardian = self._guardian(student.name, Link.SELF, Relation.SELF)
        guardian.first_name, guardian.title = student.first_name, student.title
        guardian.children.append(student.id)
        is_old = student.seat.plan.old_links
        contact = "0" if is_old else "3"
        parts = [relation.split("$") for relation in student.relations]
        student.relations = ["$".join([*p[:3], contact, *p[4:]]) for p in parts]
        student.relations.append(f"{guardian.id}${'7' if is_old else Link.SELF}$1$1$1$1")
        return guardian

    def _tie(self, student: Student, guardians: list[Guardian]) -> None:
        legal = 0
        for guardian in guardians:
            guardian.children.append(student.id)
            is_legal = guardian.relation is Relation.LEGAL
            legal += is_legal
            if student.seat.plan.old_links:
                code, level = OLD_CODE_OF.get(guardian.link, "6"), str(legal) if is_legal else "0"
            else:
                code, level = guardian.link, NEW_LEVELS[guardian.relation]
            pays = int(is_legal and legal == 1)
            student.relations.append(f"{guardian.id}${code}${pays}${level}$1${pays}")

    def _mail(self, first_name: str, name: str) -> str:
        local = f"{fold(first_name)}.{fold(name)}"
        self.mails[local] += 1
        again = self.mails[local]
        return f"{local}{again if again > 1 else ''}@{self.rng.choice(('example.org', 'example.net'))}"

    def _surname(self) -> str:
        name = self._simple_surname()
        if self.chance(0.05):
            return f"{name}-{self._simple_surname()}"
        if self.chance(0.05):
            return self._particle(name) + name
        return name

    def _simple_surname(self) -> str:
        return self.rng.choice(SURNAMES)

    def _particle(self, name: str) -> str:
        return "D'" if fold(name[0]) in "aeiouyh" else self.rng.choice(PARTICLES)
