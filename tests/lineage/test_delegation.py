"""Failures of delegation elsewhere, tried here."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Classroom, Mandate, Schooling
from educonnect_admin.toolkit.scope import scope
from tests.factories import StaffFactory
from tests.visitors import ELSEWHERE, HERE, World, make_world, mandated, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def delegate(world: World, **options: object) -> Client:
    until = {"given_by": StaffFactory(), "ends_at": timezone.now() + timedelta(days=200)}
    return sign_in(mandated(options.pop("role", Role.FULL), world.here, **until, **options), otp=True)


def test_keycloak_cve_2026_94000_a_delegate_joins_no_group_of_more_rights(world: World) -> None:
    """A delegated administrator put his own account into the administrators' group."""
    client = delegate(world)
    own = Mandate.objects.get(staff=client.staff)
    form = {"role": "head", "group": "1", "reach": "ecole", "ends_on": "2027-06-30", "staff": client.staff.pk}
    pages = [reverse("delegation_give", args=[HERE]), reverse("delegations_renew", args=[HERE])]
    pages += [reverse(name, args=[HERE, own.pk]) for name in ("delegation_change", "delegation_revoke")]
    assert [client.post(page, form).status_code for page in pages] == [403] * 4
    assert list(Mandate.objects.filter(staff=client.staff)) == [own]
    assert Mandate.objects.filter(pk=own.pk).values("role", "group", "ends_at", "revoked_at").get() == {
        "role": own.role,
        "group": own.group_id,
        "ends_at": own.ends_at,
        "revoked_at": None,
    }


def test_keycloak_cve_2026_94000_nor_does_a_head_delegate_his_own_role(world: World) -> None:
    head = sign_in(mandated(Role.HEAD, world.here), otp=True)
    colleague = mandated(Role.SIMPLIFIED, world.here)
    today = timezone.localdate()
    form = {"role": "head", "reach": "ecole", "starts_on": today, "ends_on": today + timedelta(days=9)}
    answer = head.post(f"{reverse('delegation_give', args=[HERE])}?personne={colleague.pk}", form)
    assert answer.status_code == 200
    assert not Mandate.objects.filter(staff=colleague, role=Role.HEAD).exists()


def test_keycloak_cve_2026_9099_moving_a_class_widens_nobodys_scope(world: World) -> None:
    """Reparenting a group took its administrators along. A class that becomes another school's opens nothing."""
    teacher = delegate(world, role=Role.SIMPLIFIED, rooms=[world.room, world.foreign.classroom])
    page = reverse("rescue_students", args=[HERE])
    assert teacher.get(page).context["page"]["total"] == 2
    with scope(ELSEWHERE):
        foreign = Schooling.objects.get(pk=world.foreign.pk)
    assert teacher.get(reverse("rescue_handout", args=[HERE, foreign.student_id])).status_code == 404
    assert teacher.get(reverse("rescue_students", args=[ELSEWHERE])).status_code == 404
    with scope(HERE):
        Schooling.objects.filter(classroom=world.room).update(classroom=world.other_room)
        Classroom.objects.filter(pk=world.room.pk).update(code="6EME A")
    assert teacher.get(page).context["page"]["total"] == 0


@pytest.mark.parametrize("name", ["delegation_change", "delegation_revoke"])
def test_zitadel_cve_2026_32131_an_id_of_another_school_is_nobodys(world: World, name: str) -> None:
    """The scope was checked on the path, the object taken by its id alone."""
    head = sign_in(mandated(Role.HEAD, world.here), otp=True)
    until = {"given_by": StaffFactory(), "ends_at": timezone.now() + timedelta(days=200)}
    theirs = mandated(Role.SIMPLIFIED, world.elsewhere, **until).mandates.get()
    form = {"reach": "ecole", "ends_on": timezone.localdate() + timedelta(days=9)}
    assert head.post(reverse(name, args=[HERE, theirs.pk]), form).status_code == 404
    after = Mandate.objects.get(pk=theirs.pk)
    assert (after.ends_at, after.revoked_at) == (theirs.ends_at, None)


def test_zitadel_cve_2026_32131_nobody_of_another_school_is_found_or_chosen(world: World) -> None:
    head = sign_in(mandated(Role.HEAD, world.here), otp=True)
    stranger = mandated(Role.FULL, world.elsewhere)
    give = reverse("delegation_give", args=[HERE])
    assert head.get(f"{give}?personne={stranger.pk}").status_code == 404
    found = head.post(reverse("delegation_search", args=[HERE]), {"q": stranger.username}, follow=True)
    assert found.context["found"] == []
