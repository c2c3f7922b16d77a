"""The hour's caps: what is past them is refused, the head is told once, and they open again."""

from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions.outbox import MailKind, queue_mail
from accounts.actions.volumes import CapReachedError
from accounts.enums import Role, Volume
from accounts.models import HourlyVolume, JournalEntry, Mail, Mandate
from educonnect_admin.toolkit.scope import scope
from notifications.actions.runs import launch
from notifications.enums import RunState
from tests.access.world import start_runs
from tests.actions.scene import crowd, draft, ids, someone
from tests.mails import posted
from tests.visitors import ELSEWHERE, HERE, World, make_world, mandated, sign_in

HOUR = timedelta(hours=1)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def agent(world: World) -> Client:
    return sign_in(mandated(Role.FULL, world.here), inside=True)


@pytest.fixture
def alone(world: World) -> str:
    """The address of the one head of the school."""
    return mandated(Role.HEAD, world.here).email


def at(kind: Volume, client: Client, amount: int) -> None:
    """This person has done so many already, a minute ago."""
    began = timezone.now() - timedelta(minutes=1)
    with scope(HERE):
        HourlyVolume.objects.create(school_id=HERE, staff=client.staff, kind=kind, began_at=began, amount=amount)


def pupil(client: Client, world: World) -> HttpResponse:
    return client.get(reverse("student", args=[HERE, world.pupils[0].student_id]))


def amount(kind: Volume) -> int:
    with scope(HERE):
        return HourlyVolume.objects.get(kind=kind).amount


def test_the_61st_page_of_a_pupil_is_refused(world: World, agent: Client) -> None:
    assert [pupil(agent, world).status_code for _ in range(61)] == [200] * 60 + [429]
    refused = pupil(agent, world)
    assert 0 < int(refused["Retry-After"]) <= 3600
    text = refused.content.decode()
    assert "60 pages de personnes ouvertes en une heure" in text
    assert "Vous pourrez reprendre le" in text
    with scope(HERE):
        events = list(JournalEntry.objects.order_by("sequence").values_list("event", "detail"))
    assert events == [("student_viewed", "")] * 60 + [("access_refused", "cap of persons")] * 2


def test_the_cap_opens_again_after_an_hour(world: World, agent: Client) -> None:
    at(Volume.PERSONS, agent, 60)
    now = timezone.now()
    assert pupil(agent, world).status_code == 429
    with scope(HERE):
        HourlyVolume.objects.update(began_at=now - HOUR)
    assert pupil(agent, world).status_code == 200
    assert amount(Volume.PERSONS) == 1


def test_the_cap_is_the_persons_and_the_schools(world: World, agent: Client) -> None:
    at(Volume.PERSONS, agent, 60)
    other = sign_in(mandated(Role.FULL, world.here), inside=True)
    assert pupil(other, world).status_code == 200
    mandated(Role.FULL, world.elsewhere, staff=agent.staff)
    there = reverse("student", args=[ELSEWHERE, world.foreign.student_id])
    assert agent.get(there).status_code == 200


@pytest.mark.parametrize("name", ["students_search", "guardians_search", "rescue_search"])
def test_searches_are_counted(world: World, agent: Client, name: str) -> None:
    at(Volume.SEARCHES, agent, 299)
    here = reverse(name, args=[HERE])
    assert [agent.post(here, {"q": "etoile"}).status_code for _ in range(2)] == [302, 429]
    assert amount(Volume.SEARCHES) == 300


def test_exports_with_passwords_are_counted_and_lists_are_not(world: World, agent: Client) -> None:
    at(Volume.EXPORTS, agent, 4)
    run = start_runs(world, Mandate.objects.get(staff=agent.staff)).done

    def opened(slug: str) -> int:
        return agent.get(reverse("run_document", args=[HERE, run.pk, slug])).status_code

    assert [opened(slug) for slug in ("publipostage", "publipostage", "liste")] == [200, 429, 200]


def test_passwords_shown_are_counted(world: World, agent: Client) -> None:
    at(Volume.REVEALS, agent, 149)
    shown = reverse("rescue_reveal", args=[HERE, start_runs(world, Mandate.objects.get(staff=agent.staff)).pupil])
    assert [agent.post(shown).status_code for _ in range(2)] == [200, 429]


def test_a_refused_reset_leaves_the_password(world: World, agent: Client) -> None:
    at(Volume.ACCOUNTS, agent, 3000)
    student = world.pupils[1].student
    answer = agent.post(reverse("rescue_reset", args=[HERE, student.pk]))
    before = bytes(student.provisional_hash)
    with scope(HERE):
        student.refresh_from_db()
    assert (answer.status_code, bytes(student.provisional_hash)) == (429, before)


def test_the_simplified_module_has_a_smaller_cap(world: World) -> None:
    with scope(HERE):
        teacher = someone(Role.SIMPLIFIED, world.here)
        many = draft(teacher, crowd(world.here, world.room, 119))
        launch(actor=teacher.actor, run=many, include_activated=False)
        many.state = RunState.DONE
        many.save(update_fields=["state"])
        launch(actor=teacher.actor, run=draft(teacher, ids(world.pupils[:1])), include_activated=False)
        with pytest.raises(CapReachedError) as reached:
            launch(actor=teacher.actor, run=draft(teacher, ids(world.pupils[:1])), include_activated=False)
    assert reached.value.cap == 120


def test_the_heads_are_told_once_at_80_percent_and_once_at_the_cap(world: World, agent: Client, alone: str) -> None:
    at(Volume.PERSONS, agent, 46)
    for _ in range(20):
        pupil(agent, world)
    assert [(sent.subject, sent.to) for sent in posted()] == [
        ("Plafond de l’heure bientôt atteint", [alone]),
        ("Plafond de l’heure atteint", [alone]),
    ]
    assert str(agent.staff) in posted()[1].body
    assert world.pupils[0].student.last_name not in posted()[1].body


def test_the_head_reads_it_in_the_home_page_and_an_agent_does_not(world: World, agent: Client) -> None:
    head = sign_in(mandated(Role.HEAD, world.here), otp=True)
    at(Volume.PERSONS, agent, 60)
    pupil(agent, world)
    home = reverse("home", args=[HERE])
    told = head.get(home).content.decode()
    assert "Plafond de l’heure approché ou atteint" in told
    assert f"{agent.staff}, le " in told
    assert "pages de personnes ouvertes" in told
    assert "Plafond" not in agent.get(home).content.decode()


def test_mails_that_do_not_go_are_told_to_the_head(world: World, agent: Client) -> None:
    head, home = sign_in(mandated(Role.HEAD, world.here), otp=True), reverse("home", args=[HERE])
    queue_mail(kind=MailKind.PASSWORD_NOTICE, staff=agent.staff.pk)
    assert "en attente" not in head.get(home).content.decode()
    Mail.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert "1 message électronique en attente" in head.get(home).content.decode()
    assert "en attente" not in agent.get(home).content.decode()


def test_an_alarm_leaves_the_home_page_after_a_day(world: World, agent: Client) -> None:
    at(Volume.PERSONS, agent, 60)
    pupil(agent, world)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        head = sign_in(mandated(Role.HEAD, world.here), otp=True)
        assert "Plafond" not in head.get(reverse("home", args=[HERE])).content.decode()
