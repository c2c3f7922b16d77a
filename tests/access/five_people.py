"""Five people over two schools of two classes: where every sequence of test_sequences.py begins."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.enums import Role
from accounts.models import Classroom, Mandate, Staff
from educonnect_admin.toolkit.scope import scope
from tests.access.rules import FULL, HEAD, SIMPLIFIED, Mandated, last_moment
from tests.factories import ClassroomFactory, SchoolFactory, SchoolingFactory, StaffFactory, StudentFactory
from tests.visitors import ELSEWHERE, HERE, key_of, mandated

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
ROOMS = {HERE: ("5EME A", "5EME B"), ELSEWHERE: ("2NDE 01", "2NDE 02")}
PEOPLE = ("aline", "basile", "colette", "denis", "elise")


class Scene:
    """The rows that every sequence begins with: Aline heads one school, Basile both, the others work here."""

    def __init__(self) -> None:
        self.staff: dict[str, Staff] = {}
        self.rooms: dict[str, Classroom] = {}
        self.pupils: dict[str, Any] = {}
        self.places: dict[str, dict[str, str]] = {HERE: {}, ELSEWHERE: {}}
        names = iter("abcdefgh")
        for uai, codes in ROOMS.items():
            school = SchoolFactory(uai=uai, name=f"École {uai}")
            with scope(uai):
                for code in codes:
                    self.rooms[code] = ClassroomFactory(school=school, code=code)
                    for name in (f"canari.{next(names)}" for _ in range(2)):
                        self.pupils[name] = StudentFactory(username=name)
                        SchoolingFactory(school=school, classroom=self.rooms[code], student=self.pupils[name])
                        self.places[uai][name] = code
        for person in PEOPLE:
            named = {"first_name": person.title(), "last_name": f"PERSONNE {person}", "email": f"{person}@example.org"}
            self.staff[person] = StaffFactory(username=person, **named)
            key_of(self.staff[person])

    def first_mandates(self) -> Iterator[Mandated]:
        until = last_moment(START.date() + timedelta(days=100))
        for person, school, role, opened in (
            ("aline", HERE, HEAD, None),
            ("basile", HERE, HEAD, None),
            ("basile", ELSEWHERE, HEAD, None),
            ("colette", HERE, FULL, None),
            ("denis", HERE, SIMPLIFIED, frozenset({"5EME A"})),
            ("elise", HERE, FULL, None),
            ("elise", HERE, SIMPLIFIED, frozenset({"5EME B"})),
        ):
            given = {} if role == HEAD else {"given_by": self.staff["aline"], "ends_at": until}
            if opened is not None:
                given["rooms"] = [self.rooms[code] for code in opened]
            mandated(Role(role), SchoolFactory(uai=school), staff=self.staff[person], starts_at=START, **given)
            pk = Mandate.objects.latest("pk").pk
            yield Mandated(pk, person, school, role, opened, START, given.get("ends_at"))
