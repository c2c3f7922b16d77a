"""The pages of delegations: a head gives, changes, revokes and renews."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts import tasks
from accounts.enums import Role
from accounts.models import Mandate, Staff
from tests.factories import StaffFactory
from tests.mails import posted
from tests.visitors import HERE, World, make_world, mandated, sign_in

pytestmark = pytest.mark.django_db
LIST, GIVE, RENEW = (reverse(name, args=[HERE]) for name in ("delegations", "delegation_give", "delegations_renew"))


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def head(world: World) -> Client:
    return sign_in(mandated(Role.HEAD, world.here), otp=True)


def until(days: int = 200) -> dict[str, Any]:
    return {"given_by": StaffFactory(), "ends_at": timezone.now() + timedelta(days=days)}


def form(**others: Any) -> dict[str, Any]:
    today = timezone.localdate()
    named = {"first_name": "Ida", "last_name": "AUNE", "email": "ida.aune@example.org"}
    given = {"role": "simplified", "reach": "ecole", "starts_on": today, "ends_on": today + timedelta(days=9)}
    return {**named, **given, **others}


def test_the_list_tells_who_works_for_the_school(head: Client, world: World) -> None:
    mandated(Role.SIMPLIFIED, world.here, rooms=[world.room], **until())
    mandated(Role.FULL, world.here, **until() | {"starts_at": timezone.now() + timedelta(days=1)})
    mandated(Role.FULL, world.here, revoked_at=timezone.now(), **until())
    mandated(Role.FULL, world.elsewhere, **until())
    page = head.get(LIST)
    assert [len(group["rows"]) for group in page.context["groups"]] == [1, 1]
    assert len(page.context["ended"]) == 1
    assert "5EME A" in page.content.decode()
    assert "révoquée" in page.content.decode()


def test_as_many_queries_for_thirty_as_for_three(head: Client, world: World) -> None:
    head.get(LIST)
    counts = []
    for _ in range(2):
        for _ in range(10):
            mandated(Role.SIMPLIFIED, world.here, rooms=[world.room], **until())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            head.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_someone_is_invited(head: Client) -> None:
    answer = head.post(GIVE, form(), follow=True)
    staff = Staff.objects.get(username="i.aune")
    invited, *told = posted()
    assert (invited.to, "http://testserver/invitation/" in str(invited.body)) == ([staff.email], True)
    assert [message.to for message in told] == [[staff.email], [head.staff.email]]
    assert "i.aune" in answer.content.decode()


def test_a_broker_that_is_down_stops_nobody(
    head: Client, django_capture_on_commit_callbacks: Any, monkeypatch: Any
) -> None:
    def silent(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.send_mails, "delay", silent)
    with django_capture_on_commit_callbacks(execute=True):
        assert head.post(GIVE, form()).status_code == 302
    assert Mandate.objects.filter(staff__username="i.aune").exists()
    assert len(posted()) == 3


def test_a_colleague_is_searched_without_a_name_in_the_address(head: Client, world: World) -> None:
    staff = mandated(Role.SIMPLIFIED, world.here, revoked_at=timezone.now(), **until())
    answer = head.post(reverse("delegation_search", args=[HERE]), {"q": f"{staff.last_name} procyon"})
    assert staff.last_name not in answer["Location"]
    assert head.get(answer["Location"]).context["found"] == [staff]
    given = head.post(f"{GIVE}?personne={staff.pk}", form())
    assert given.status_code == 302
    assert Mandate.objects.live().filter(staff=staff).count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reach": "classes"}, "reach"),
        ({"role": "full", "reach": "classes"}, "reach"),
        ({"role": "head"}, "role"),
        ({"classrooms": "0"}, "classrooms"),
        ({"ends_on": "2000-01-01"}, "ends_on"),
        ({"ends_on": "2099-01-01"}, "ends_on"),
        ({"starts_on": "2000-01-01"}, "starts_on"),
        ({"starts_on": "demain"}, "starts_on"),
        ({"email": "ida"}, "email"),
        ({"first_name": ""}, "first_name"),
    ],
)
def test_what_is_refused_leaves_nobody_behind(head: Client, wrong: dict[str, str], field: str) -> None:
    before = Staff.objects.count(), Mandate.objects.count()
    answer = head.post(GIVE, form(**wrong))
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert "Erreur" in answer.content.decode()
    assert (Staff.objects.count(), Mandate.objects.count()) == before


def test_a_delegation_revoked_is_obeyed_at_the_next_request(head: Client, world: World) -> None:
    agent = sign_in(mandated(Role.FULL, world.here, **until()), otp=True)
    given = agent.staff.mandates.get()
    assert agent.get(reverse("students", args=[HERE])).status_code == 200
    mandated(Role.FULL, world.elsewhere, staff=agent.staff)
    assert head.post(reverse("delegation_revoke", args=[HERE, given.pk])).status_code == 302
    assert agent.get(reverse("students", args=[HERE])).status_code == 404


def test_a_delegation_changed_is_obeyed_at_the_next_request(head: Client, world: World) -> None:
    teacher = sign_in(mandated(Role.SIMPLIFIED, world.here, **until()))
    given, page = teacher.staff.mandates.get(), reverse("rescue_students", args=[HERE])
    assert teacher.get(page).context["page"]["total"] == 4
    change = reverse("delegation_change", args=[HERE, given.pk])
    assert head.get(change).status_code == 200
    assert head.post(change, form(reach="classes", classrooms=[world.room.pk])).status_code == 302
    assert teacher.get(page).context["page"]["total"] == 2


def test_one_does_not_open_ones_own(head: Client) -> None:
    own = Mandate.objects.get(staff=head.staff)
    assert head.get(reverse("delegation_change", args=[HERE, own.pk])).status_code == 404


def test_the_last_use_is_noted_once_an_hour(world: World) -> None:
    agent = sign_in(mandated(Role.FULL, world.here, **until()), otp=True)
    uses = set()
    for _ in range(3):
        agent.get(reverse("students", args=[HERE]))
        uses.add(agent.staff.mandates.get().last_used_at)
    assert len(uses) == 1
    assert None not in uses


def test_nothing_to_renew_is_said(head: Client) -> None:
    assert "Rien à renouveler" in head.get(RENEW).content.decode()
