"""Whatever five people over two schools do, in whatever order, nobody sees a row that the rules do not give.

Delegations given, changed, revoked and ended by the clock, mandates switched, sessions ended and stolen, pupils moved:
each is done through the pages, and each answer compared with the rules in plain Python (rules.py).
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.enums import Assurance
from accounts.middleware import activate
from accounts.models import Mandate, Schooling
from accounts.permissions import Permission
from educonnect_admin.toolkit.scope import scope
from tests.access.asking import Asker, answer
from tests.access.five_people import PEOPLE, ROOMS, START, Scene
from tests.access.rules import FULL, HEAD, PARIS, PROOF, SIMPLIFIED, Mandated, Rules, Session, first_moment, last_moment
from tests.factories import SchoolFactory, SchoolingFactory
from tests.visitors import ELSEWHERE, HERE, sign_in

CANARY = re.compile(r"canari\.[a-h](?![a-z])")

people, schools = st.sampled_from(PEOPLE), st.sampled_from((HERE, ELSEWHERE))
givers = st.sampled_from(("aline", "basile", *PEOPLE))
roles = st.sampled_from((FULL, SIMPLIFIED, SIMPLIFIED, HEAD))
pupils = st.sampled_from("abcdefgh")
some, mostly = st.integers(0, 99), st.sampled_from((True, True, True, False))
opened = st.sampled_from((None, *map(frozenset, ([0], [1], [0, 1], [2], [0, 2], []))))
begins = st.sampled_from((0, 0, 0, 2))
lengths = st.sampled_from((1, 20, 100, 365, 366, 367, 0))


class Sequences(RuleBasedStateMachine):
    """One sequence, undone when it ends."""

    scene: Scene
    asker: Asker

    def __init__(self) -> None:
        super().__init__()
        self.clock = time_machine.travel(START, tick=False)
        self.now = self.clock.start()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        of = {school: frozenset(codes) for school, codes in ROOMS.items()}
        self.rules = Rules(of, {school: dict(there) for school, there in self.scene.places.items()})
        self.rules.mandates = list(self.scene.first_mandates())
        self.clients: list[Client] = []
        for person in PEOPLE:
            self.sign_in(person, has_key=True)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)
        self.clock.stop()

    @property
    def at(self) -> datetime:
        return datetime.now(UTC)

    def any_session(self, number: int) -> tuple[Session, Client]:
        """One of the last sessions, ended or not: a cookie can always be sent, by whoever has it."""
        place = -1 - number % min(len(self.clients), 9)
        return self.rules.sessions[place], self.clients[place]

    def session_of(self, person: str, *, has_key: bool = True) -> tuple[Session, Client]:
        """The person's last one with a key, or without; a new one where it is over, or its proof is old."""
        for session, client in zip(reversed(self.rules.sessions), reversed(self.clients), strict=True):
            if session.person == person and session.has_key is has_key:
                if session.is_alive(self.at) and self.at - session.began <= PROOF:
                    return session, client
                break
        self.sign_in(person, has_key=has_key)
        return self.rules.sessions[-1], self.clients[-1]

    def send(self, client: Client, method: str, path: str, form: dict[str, Any] | None = None) -> Any:
        return self.asker.ask(client, method, path, form)

    def look_at(self, session: Session, client: Client, school: str, page: str) -> None:
        """A list shows what the rules give, and what is no list shows nobody."""
        response = self.send(client, "GET", reverse(page, args=[school]))
        wanted = self.rules.sees(session, school, page, self.at)
        told = answer(response)
        seen = set(CANARY.findall(response.content.decode()))
        assert (seen if told == "200" else told) == wanted, (session, school, page)
        assert told == "200" or not seen

    @rule(person=people, has_key=st.booleans())
    def sign_in(self, person: str, has_key: bool) -> None:
        self.clients.append(sign_in(self.scene.staff[person], otp=has_key))
        self.rules.sessions.append(Session(person, has_key, self.at, self.at))

    @rule(number=some, school=schools)
    def sign_out(self, number: int, school: str) -> None:
        """Whoever copied the cookie has nothing of it."""
        session, client = self.any_session(number)
        self.send(client, "POST", "/deconnexion/")
        session.is_open = False
        self.look_at(session, client, school, "rescue_students")

    @rule(minutes=st.sampled_from((3, 6, 11, 16, 9 * 60, 2 * 24 * 60, 60 * 24 * 60)))
    def wait(self, minutes: int) -> None:
        self.now.shift(timedelta(minutes=minutes))

    @rule(number=some, held=some, school=schools)
    def switch(self, number: int, held: int, school: str) -> None:
        session, client = self.any_session(number)
        pk = self.rules.mandates[-1 - held % len(self.rules.mandates)].pk
        self.send(client, "POST", "/mandat/", {"mandate": pk})
        self.rules.switch(session, pk, self.at)
        self.look_at(session, client, school, "rescue_students")

    @rule(giver=givers, person=people, school=schools, role=roles, opened=opened, begins=begins, length=lengths)
    def delegate(self, giver: str, person: str, school: str, role: str, opened: Any, begins: int, length: int) -> None:
        session, client = self.session_of(giver)
        first = self.at.astimezone(PARIS).date() + timedelta(days=begins)
        ends = first + timedelta(days=length)
        rooms = self.rooms_of(school, opened)
        staff = self.scene.staff[person]
        form = {"first_name": staff.first_name, "last_name": staff.last_name, "email": staff.email, "role": role}
        form |= self.reach(rooms) | {"starts_on": first, "ends_on": ends}
        wish = Mandated(0, person, school, role, rooms, first_moment(first, self.at), last_moment(ends))
        before = Mandate.objects.count()
        self.send(client, "POST", reverse("delegation_give", args=[school]), form)
        is_given = self.rules.gives(session, wish, self.at)
        assert (Mandate.objects.count() > before) is is_given, (session, wish)
        if is_given:
            wish.pk = Mandate.objects.latest("pk").pk
            self.rules.mandates.append(wish)
        for has_key in (True, False):
            self.look_at(*self.session_of(person, has_key=has_key), school, "rescue_students")

    def rooms_of(self, school: str, opened: frozenset[int] | None) -> frozenset[str] | None:
        """Classes by their place: the first two are the school's, the third is another school's."""
        others = ROOMS[ELSEWHERE if school == HERE else HERE]
        codes = (*ROOMS[school], others[0])
        return None if opened is None else frozenset(codes[place] for place in opened)

    def reach(self, rooms: frozenset[str] | None) -> dict[str, Any]:
        if rooms is None:
            return {"reach": "ecole"}
        return {"reach": "classes", "classrooms": [self.scene.rooms[code].pk for code in rooms]}

    def delegation(self, number: int) -> Mandated:
        """Nearly always one that a head gave; now and then a head's own mandate."""
        given = [held for held in self.rules.mandates if held.role != HEAD]
        return (given if number % 10 else self.rules.mandates)[-1 - number % len(given)]

    @rule(giver=givers, held=some, is_there=mostly, opened=opened, length=lengths)
    def change(self, giver: str, held: int, is_there: bool, opened: Any, length: int) -> None:
        session, client = self.session_of(giver)
        mandate = self.delegation(held)
        school = mandate.school if is_there else HERE
        rooms = self.rooms_of(school, opened)
        day = self.at.astimezone(PARIS).date() + timedelta(days=length)
        path = reverse("delegation_change", args=[school, mandate.pk])
        response = self.send(client, "POST", path, self.reach(rooms) | {"ends_on": day})
        wish = Mandated(0, mandate.person, school, mandate.role, rooms, mandate.begins, last_moment(day))
        is_changed = self.may_touch(session, mandate, school) and self.rules.may_hold(wish, self.at)
        is_changed = is_changed and self.rules.may_be_told(session, mandate.person, school, self.at)
        assert (response.get("Location") == reverse("delegations", args=[school])) is is_changed, (session, wish)
        if is_changed:
            mandate.rooms, mandate.ends = rooms, wish.ends
        self.look_at(*self.session_of(mandate.person), school, "rescue_students")

    def may_touch(self, session: Session, mandate: Mandated, school: str) -> bool:
        decides = self.rules.decides(session, school, self.at)
        is_theirs = mandate.school == school and mandate.role != HEAD and mandate.person != session.person
        return decides and is_theirs and mandate.is_unfinished(self.at)

    @rule(giver=givers, held=some, is_there=mostly)
    def revoke(self, giver: str, held: int, is_there: bool) -> None:
        mandate = self.delegation(held)
        delegate, school = self.session_of(mandate.person), mandate.school if is_there else ELSEWHERE
        session, client = self.session_of(giver)
        if self.may_touch(session, mandate, school):
            self.rules.revoke(mandate, self.at)
        self.send(client, "POST", reverse("delegation_revoke", args=[school, mandate.pk]))
        assert (Mandate.objects.get(pk=mandate.pk).revoked_at is not None) is mandate.revoked, (session, mandate)
        self.look_at(*delegate, mandate.school, "rescue_students")

    @rule(room=st.sampled_from((*ROOMS[HERE], *ROOMS[ELSEWHERE])))
    def dissolve(self, room: str) -> None:
        """The class leaves every delegation: one that has no other opens nobody."""
        for mandate in self.rules.mandates:
            if mandate.rooms and room in mandate.rooms:
                with scope(mandate.school):
                    Mandate.objects.get(pk=mandate.pk).classrooms.remove(self.scene.rooms[room])
                mandate.rooms -= {room}

    @rule(pupil=pupils, to=st.sampled_from((*ROOMS[HERE], *ROOMS[ELSEWHERE])))
    def move(self, pupil: str, to: str) -> None:
        """To another class, or another school, as a feed moves him."""
        name, school = f"canari.{pupil}", HERE if to in ROOMS[HERE] else ELSEWHERE
        for uai in ROOMS:
            with scope(uai):
                Schooling.objects.filter(student=self.scene.pupils[name]).update(left_on=self.at.date())
            self.rules.places[uai].pop(name, None)
        with scope(school):
            placed = {"classroom": self.scene.rooms[to], "left_on": None}
            kept = Schooling.objects.filter(school=school, student=self.scene.pupils[name])
            if not kept.update(**placed):
                SchoolingFactory(school=SchoolFactory(uai=school), student=self.scene.pupils[name], **placed)
        self.rules.places[school][name] = to

    @rule(number=some, school=schools, page=st.sampled_from(("students", "rescue_students")))
    def look(self, number: int, school: str, page: str) -> None:
        self.look_at(*self.any_session(number), school, page)

    @rule(number=some, school=schools, pupil=pupils, is_full=st.booleans())
    def open(self, number: int, school: str, pupil: str, is_full: bool) -> None:
        """One pupil, by an id that may be of another school or class."""
        session, client = self.any_session(number)
        name = f"canari.{pupil}"
        page = reverse("student" if is_full else "rescue_handout", args=[school, self.scene.pupils[name].pk])
        told = answer(self.send(client, "GET", page))
        rows = self.rules.sees(session, school, "students" if is_full else "rescue_students", self.at)
        assert told == (rows if isinstance(rows, str) else "200" if name in rows else "404"), (session, school, name)

    @invariant()
    def allowing_gives_what_the_rules_give(self) -> None:
        """By the places' ids alone: a pupil's account that the fourth wall hides would not be missed here."""
        live = {held.pk: held for held in self.rules.mandates if held.is_live(self.at)}
        found = {held.pk: held for held in Mandate.objects.live().for_current()}
        assert set(found) == set(live)
        for pk, held in found.items():
            mandate = activate(held, Assurance.OTP)
            with scope(held.school_id):
                rows = Schooling.objects.allowing(mandate, Permission.OPEN_SIMPLIFIED_MODULE)
                shown = {str(student) for student in rows.values_list("student", flat=True)}
                assert shown == {str(self.scene.pupils[name].pk) for name in self.rules.rows(live[pk])}


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield Scene()
        transaction.set_rollback(True)


SIZES = [
    pytest.param(8, 12, id="short"),
    pytest.param(20, 25, id="proof", marks=pytest.mark.proof),
    pytest.param(200, 40, id="long", marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("sequences", "steps"), SIZES)
def test_nobody_ever_sees_a_row_that_the_rules_do_not_give(
    scene: Scene, asker: Asker, sequences: int, steps: int
) -> None:
    machine = type("Sequences", (Sequences,), {"scene": scene, "asker": asker})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=sequences,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
