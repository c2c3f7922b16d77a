"""Who may come: one signed-in (or not) test client for each kind of visitor, on two small schools."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from accounts import assurance
from accounts.enums import Role
from accounts.models import Classroom, Mandate, OtpKey, School, Schooling, Staff
from educonnect_admin.toolkit.scope import scope
from tests.factories import (
    ClassroomFactory,
    GuardianshipFactory,
    MandateFactory,
    SchoolFactory,
    SchoolingFactory,
    StaffFactory,
    StudentFactory,
)

HERE, ELSEWHERE = "0510001Z", "0511234P"
INSIDE = {"HTTP_X_FORWARDED_FOR": "192.0.2.10"}


@dataclass
class World:
    """Two schools: two classes with two pupils each here, one pupil elsewhere."""

    here: School
    elsewhere: School
    room: Classroom
    other_room: Classroom
    pupils: list[Schooling]
    other_class: list[Schooling]
    foreign: Schooling
    extra: dict[str, Any] = field(default_factory=dict)


def make_world() -> World:
    here, elsewhere = SchoolFactory(uai=HERE), SchoolFactory(uai=ELSEWHERE, name="Lycée des Rivières")
    with scope(HERE):
        room, other = ClassroomFactory(school=here), ClassroomFactory(school=here, code="5EME B")
        pupils = [
            SchoolingFactory(school=here, classroom=room),
            SchoolingFactory(school=here, classroom=room, student=StudentFactory(notified=True)),
        ]
        others = [
            SchoolingFactory(school=here, classroom=other, student=StudentFactory(activated=True)),
            SchoolingFactory(school=here, classroom=other, student=StudentFactory(blocked=True)),
        ]
        GuardianshipFactory(school=here, student=pupils[0].student)
    with scope(ELSEWHERE):
        foreign = SchoolingFactory(school=elsewhere, classroom=ClassroomFactory(school=elsewhere, code="2NDE 01"))
        GuardianshipFactory(school=elsewhere, student=foreign.student)
    return World(here, elsewhere, room, other, pupils, others, foreign)


def sign_in(staff: Staff, *, otp: bool = False, inside: bool = False) -> Client:
    """A client signed in as this person, by password alone, from the admin network, or with a key."""
    client = Client(**(INSIDE if inside else {}))
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[assurance.BEGAN_AT] = session[assurance.PROVED_AT] = timezone.now().isoformat()
    if otp:
        session[DEVICE_ID_SESSION_KEY] = key_of(staff).persistent_id
    session.save()
    client.staff = staff
    return client


def key_of(staff: Staff) -> OtpKey:
    key = OtpKey.objects.filter(user=staff).first() or OtpKey(user=staff, name="totp", confirmed=True)
    if key.pk is None:
        key.set_seed(b"an-invented-seed-20b")
        key.save()
    return key


def mandated(role: Role, school: School, **options: Any) -> Staff:
    with scope(school.uai):
        mandate: Mandate = MandateFactory(role=role, school=school, **options)
    return mandate.staff


def visitors(world: World) -> dict[str, Client]:
    """Everyone of the access matrix that the console knows so far."""
    here, now = world.here, timezone.now()
    delegation = {"given_by": StaffFactory(), "ends_at": now + timedelta(days=200)}
    past = {"given_by": StaffFactory(), "starts_at": now - timedelta(days=9), "ends_at": now - timedelta(days=1)}
    future = {"given_by": StaffFactory(), "starts_at": now + timedelta(days=1), "ends_at": now + timedelta(days=9)}
    two = mandated(Role.HEAD, here)
    mandated(Role.HEAD, world.elsewhere, staff=two)
    return {
        "anonymous": Client(),
        "no_mandate": sign_in(StaffFactory()),
        "teacher": sign_in(mandated(Role.SIMPLIFIED, here, **delegation)),
        "teacher_of_class": sign_in(mandated(Role.SIMPLIFIED, here, rooms=[world.room], **delegation)),
        "teacher_of_other_class": sign_in(mandated(Role.SIMPLIFIED, here, rooms=[world.other_room], **delegation)),
        "teacher_of_no_class": sign_in(mandated(Role.SIMPLIFIED, here, rooms=[], **delegation)),
        "agent_simplified": sign_in(mandated(Role.SIMPLIFIED, here, **delegation), inside=True),
        "agent_otp": sign_in(mandated(Role.FULL, here, **delegation), otp=True),
        "agent_network": sign_in(mandated(Role.FULL, here, **delegation), inside=True),
        "agent_outside": sign_in(mandated(Role.FULL, here, **delegation)),
        "head_without_otp": sign_in(mandated(Role.HEAD, here)),
        "head": sign_in(mandated(Role.HEAD, here), otp=True),
        "head_of_two": sign_in(two, otp=True),
        "head_elsewhere": sign_in(mandated(Role.HEAD, world.elsewhere), otp=True),
        "revoked": sign_in(mandated(Role.FULL, here, revoked_at=now, **delegation), otp=True),
        "expired": sign_in(mandated(Role.FULL, here, **past), otp=True),
        "not_begun": sign_in(mandated(Role.FULL, here, **future), otp=True),
    }
