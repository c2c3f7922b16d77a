"""A rule that is written twice says the same twice."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as Right

from accounts.actions.groups import synchronise_groups
from accounts.enums import AccountState, Assurance, Relation, Role
from accounts.feeds import links
from accounts.lifecycle import shown_state
from accounts.models import Classroom, Guardian, School, Schooling, Student
from accounts.permissions import ROLE_PERMISSIONS, ActiveMandate, Permission, can
from educonnect_admin.toolkit.scope import scope
from notifications.models import Run
from tests.factories import (
    ClassroomFactory,
    GuardianFactory,
    GuardianshipFactory,
    MandateFactory,
    SchoolFactory,
    SchoolingFactory,
    StudentFactory,
)

HERE, ELSEWHERE = "0510001Z", "0511234P"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MOMENTS = (None, NOW - timedelta(microseconds=1), NOW, NOW + timedelta(days=1))
CLOSINGS = (None, date(2026, 12, 31))
CASES = [
    case
    for case in product(AccountState, MOMENTS, CLOSINGS)
    if case[:2] != (AccountState.NOTIFIED, None)  # the base refuses it
]

pytestmark = pytest.mark.django_db


def fields_of(state: AccountState, expires_at: datetime | None, closing_on: date | None) -> dict[str, Any]:
    """An account that the base takes. A provisional password goes with its state; its end is free to be there."""
    is_notified = state is AccountState.NOTIFIED
    return {
        "state": state,
        "provisional_hash": b"\x01" + b"h" * 32 if is_notified else None,
        "provisional_expires_at": expires_at,
        "blocked_reason": "Prêté" if state is AccountState.BLOCKED else "",
        "closing_on": closing_on,
    }


@pytest.mark.parametrize(("state", "expires_at", "closing_on"), CASES)
def test_shown_state(state: AccountState, expires_at: datetime | None, closing_on: date | None) -> None:
    values = fields_of(state, expires_at, closing_on)
    expected = shown_state(state, expires_at=expires_at, is_leaving=closing_on is not None, now=NOW)
    with scope(HERE):
        place = SchoolingFactory(school=SchoolFactory(uai=HERE), student=StudentFactory(**values))
        guardian = GuardianFactory(**values)
        GuardianshipFactory(school=place.school, student=place.student, guardian=guardian)
        assert Schooling.objects.with_shown_state(NOW).get().shown_state == expected
        assert Guardian.objects.with_shown_state(NOW).get().shown_state == expected
        assert place.student.shown(NOW) is guardian.shown(NOW) is expected


def mandate(
    role: Role, *, permissions: frozenset[Permission], rooms: frozenset[Any] | None = None, staff_id: int = 0
) -> ActiveMandate:
    return ActiveMandate(0, staff_id, HERE, "Collège", "Reims", role, permissions, Assurance.OTP, rooms)


@pytest.fixture
def rooms() -> list[Classroom]:
    """In each of two schools, a pupil in one class, one in another, one in none. The classes of the first."""
    found = []
    for uai in (HERE, ELSEWHERE):
        school: School = SchoolFactory(uai=uai)
        with scope(uai):
            classes = [ClassroomFactory(school=school, code=code) for code in ("5EME A", "5EME B")]
            for room in (*classes, None):
                SchoolingFactory(school=school, classroom=room)
        found.append(classes)
    return found[0]


@pytest.mark.parametrize("opened", [None, 0, 1, 2], ids=["school", "no class", "one class", "two classes"])
@pytest.mark.parametrize("role", Role)
def test_can_and_allowing(rooms: list[Classroom], role: Role, opened: int | None) -> None:
    """Seen from the scope of either school, so that the database's own wall does not answer for the third one."""
    classes = None if opened is None else frozenset(room.pk for room in rooms[:opened])
    held = mandate(role, permissions=ROLE_PERMISSIONS[role], rooms=classes)
    for uai, permission in product((HERE, ELSEWHERE), Permission):
        with scope(uai):
            places = list(Schooling.objects.all())
            assert len(places) == 3
            wanted = {place for place in places if can(held, permission, place)}
            assert set(Schooling.objects.allowing(held, permission)) == wanted
            students = set(Student.objects.allowing(held, permission).values_list("pk", flat=True))
            assert students == {place.student_id for place in wanted}


@pytest.mark.parametrize("role", Role)
def test_guardians_are_for_who_sees_the_whole_school(rooms: list[Classroom], role: Role) -> None:
    """Of the mandate's school alone, seen from the scope of either."""
    for uai in (HERE, ELSEWHERE):
        with scope(uai):
            place = Schooling.objects.first()
            GuardianshipFactory(school=place.school, student=place.student)
    for opened, permission in product((None, frozenset[Any](), frozenset({rooms[0].pk})), Permission):
        held = mandate(role, permissions=ROLE_PERMISSIONS[role], rooms=opened)
        for uai in (HERE, ELSEWHERE):
            with scope(uai):
                wanted = uai == HERE and opened is None and permission in ROLE_PERMISSIONS[role]
                assert Guardian.objects.allowing(held, permission).count() == wanted


ALLOWING = [model for model in apps.get_models() if hasattr(model._default_manager, "allowing")]


def test_every_list_of_people_has_its_wall() -> None:
    assert {Schooling, Student, Guardian, Run} <= set(ALLOWING)


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("model", ALLOWING)
def test_nothing_without_a_mandate_or_its_permission(
    rooms: list[Classroom], model: Any, permission: Permission
) -> None:
    others = frozenset(Permission) - {permission}
    held = mandate(Role.HEAD, permissions=others)
    with scope(HERE):
        assert model.objects.allowing(None, permission).query.is_empty()
        assert model.objects.allowing(held, permission).query.is_empty()


@pytest.mark.parametrize("uai", [HERE, ELSEWHERE])
def test_a_run_is_of_its_school_and_of_who_asked(uai: str) -> None:
    rights = frozenset(Permission)
    with scope(uai):
        given = MandateFactory(school=SchoolFactory(uai=uai))
        Run.objects.create(school=given.school, key=uuid4(), mandate=given, requested_by=given.staff)
        asker, other = (mandate(Role.HEAD, permissions=rights, staff_id=pk) for pk in (given.staff_id, 0))
        is_here = uai == HERE
        assert Run.objects.allowing(other, Permission.LIST_SCHOOL_RUNS).exists() == is_here
        assert Run.objects.allowing(asker, Permission.OPEN_OWN_RUNS).exists() == is_here
        assert not Run.objects.allowing(other, Permission.OPEN_OWN_RUNS).exists()


@pytest.mark.django_db(databases=["default", "owner"])
def test_groups_are_what_the_table_says() -> None:
    """And are made so again: a right too many is taken back."""
    extra = Right.objects.using("owner").exclude(codename__in=Permission).first()
    assert extra is not None
    Group.objects.using("owner").get(name=Role.SIMPLIFIED.label).permissions.add(extra)
    synchronise_groups(using="owner")
    groups = Group.objects.using("owner").prefetch_related("permissions")
    found = {group.name: {right.codename for right in group.permissions.all()} for group in groups}
    assert found == {role.label: {str(right) for right in rights} for role, rights in ROLE_PERMISSIONS.items()}


def test_every_permission_is_given_to_somebody() -> None:
    assert frozenset().union(*ROLE_PERMISSIONS.values()) == frozenset(Permission)


def test_relations_are_the_same_in_the_feeds_and_in_the_base() -> None:
    assert {r.name: r.value for r in links.Relation} == {r.name: r.value for r in Relation}
