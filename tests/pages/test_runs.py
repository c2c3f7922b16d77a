"""Runs: asked for, confirmed, followed to their end, listed."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import assurance
from accounts.enums import Origin
from accounts.models import Student
from educonnect_admin.toolkit.scope import scope
from notifications.actions.work import process_chunk
from notifications.enums import RunState
from notifications.models import Run
from tests.factories import SchoolingFactory, StudentFactory
from tests.pages.reading import HTMX, journal, missing, selects, words
from tests.visitors import HERE, World

SELECTION, RUNS = (reverse(name, args=[HERE]) for name in ("notify_selection", "runs"))


def drafted(client: Client, *places: object, selection: str = "notify_selection", **form: object) -> UUID:
    """The draft that a selection made."""
    path = reverse(selection, args=[HERE])
    response = client.post(path, {"eleve": [str(place.student_id) for place in places], **form})
    return UUID(re.search(r"/operations/([0-9a-f-]{36})/$", response["Location"]).group(1))


def launched(client: Client, run: UUID, **form: object):
    return client.post(url("run_launch", run), form, follow=True)


def treat(run: UUID) -> None:
    while process_chunk(run_id=run, uai=HERE):
        pass


def url(name: str, run: UUID) -> str:
    return reverse(name, args=[HERE, run])


def state(run: UUID) -> str:
    with scope(HERE):
        return Run.objects.get(pk=run).state


def test_the_page_before_says_what_will_happen_by_counts(world: World, head: Client) -> None:
    with scope(HERE):
        for trait in (
            {"activated": True, "origin": Origin.FRANCE_CONNECT},
            {"notified": True, "notified_by": "0511234P"},
        ):
            SchoolingFactory(school=world.here, classroom=None, student=StudentFactory(**trait))
    response = head.get(url("run", drafted(head, tout="1")))
    rows = ("Jamais notifiés 1", "Déjà notifiés 2", "Déjà activés 1", "Activés par FranceConnect 1", "Sans classe 2")
    assert missing(response, *rows, "Bloqués ou en cours de fermeture 1") == []
    assert missing(response, "Connus aussi d'un autre établissement 1", "(Re)Notifier 6 comptes") == []
    assert missing(response, "Rien n'est fait avant que vous ne confirmiez", "Renoncer") == []


def test_nothing_is_done_before_it_is_confirmed(world: World, head: Client) -> None:
    with scope(HERE):
        before = list(Student.objects.order_by("pk").values())
        run = drafted(head, *world.pupils)
        head.get(url("run", run))
        assert list(Student.objects.order_by("pk").values()) == before
    assert (state(run), journal()) == (RunState.DRAFT, [])


def test_a_run_is_followed_to_its_end(world: World, head: Client) -> None:
    run = drafted(head, *world.pupils, *world.other_class)
    waiting = launched(head, run)
    assert missing(waiting, "En attente", "sur 4", "Actualiser") == []
    treat(run)
    done = head.get(url("run", run))
    assert missing(done, "Terminée", "notifié 1", "renotifié 1", "laissé de côté 1", "refusé 1") == []
    assert missing(done, "Ce que chaque compte est devenu", "ne débloque pas", "compte déjà activé") == []
    documents = ("Courriers (PDF)", "Liste de classe (PDF)", "Publipostage (CSV)", "Détruire les documents")
    assert missing(done, *documents) == []


def test_htmx_gets_the_progress_alone_and_asks_on_until_the_end(world: World, head: Client) -> None:
    run = drafted(head, *world.pupils)
    launched(head, run)
    waiting = head.get(url("run", run), **HTMX)
    assert waiting.content.lstrip().startswith(b'<section id="operation"')
    assert b'hx-trigger="every 1s"' in waiting.content
    treat(run)
    assert b"hx-trigger" not in head.get(url("run", run), **HTMX).content


def test_activated_accounts_are_taken_only_if_ticked(world: World, head: Client) -> None:
    activated = world.other_class[0].student
    for form, wanted in (({}, "activated"), ({"include_active": "on"}, "notified")):
        run = drafted(head, activated.schoolings.model(student=activated), *world.pupils)
        launched(head, run, **form)
        treat(run)
        with scope(HERE):
            assert Student.objects.get(pk=activated.pk).state == wanted


def test_a_second_click_changes_nothing(world: World, head: Client) -> None:
    run = drafted(head, *world.pupils)
    launched(head, run)
    treat(run)
    with scope(HERE):
        before = list(Student.objects.order_by("pk").values())
    launched(head, run, include_active="on")
    with scope(HERE):
        assert list(Student.objects.order_by("pk").values()) == before
    assert [event for event, _, _ in journal()].count("run_requested") == 1


def test_a_run_of_the_kind_under_way_is_told(world: World, head: Client, agent: Client) -> None:
    launched(head, drafted(head, *world.pupils))
    second = drafted(agent, *world.pupils)
    response = launched(agent, second)
    assert missing(response, "Une opération du même genre est en cours", "rien n'a été fait") == []
    assert state(second) == RunState.DRAFT


def test_one_pupil_is_notified_from_the_pupils_page(world: World, head: Client) -> None:
    response = head.post(reverse("student_notify", args=[HERE, world.pupils[0].student_id]), follow=True)
    assert missing(response, "(Re)Notifier 1 compte", world.pupils[0].student.name) == []
    run = UUID(response.request["PATH_INFO"].rstrip("/").rpartition("/")[2])
    assert missing(launched(head, run), "Terminée", "notifié 1") == []


def test_a_launch_wants_a_fresh_proof_and_comes_back_to_the_run(world: World, head: Client) -> None:
    run = drafted(head, *world.pupils)
    session = head.session
    session[assurance.PROVED_AT] = (timezone.now() - settings.PROOF_LIFE - timedelta(seconds=1)).isoformat()
    session.save()
    page = url("run", run)
    response = head.post(url("run_launch", run), HTTP_REFERER=f"http://testserver{page}")
    assert response["Location"].startswith(f"{reverse('proof')}?next=%2Freprise%2F")
    assert state(run) == RunState.DRAFT
    assert head.get(response["Location"]).context["given_up"] == page


@pytest.mark.parametrize(("chosen", "said"), [(1, "ÉTOILE"), (2, "Classe 5EME A"), (4, "5EME A, 5EME B")])
def test_a_run_says_on_what_it_is(world: World, head: Client, chosen: int, said: str) -> None:
    places = [*world.pupils, *world.other_class][:chosen]
    assert missing(head.get(url("run", drafted(head, *places))), said) == []


def test_the_list_shows_whose_documents_they_are(world: World, head: Client, agent: Client) -> None:
    run = drafted(head, *world.pupils)
    launched(head, run)
    treat(run)
    columns = ("Opération", "Quand", "Par", "Comptes", "Où elle en est", "Documents")
    assert missing(head.get(RUNS), *columns, "Notification, classe 5EME A", "2 comptes", "à imprimer avant le") == []
    assert missing(agent.get(RUNS), "Notification, classe 5EME A", "seulement, jusqu'au") == []
    other = agent.get(url("run", run))
    assert missing(other, "Ces documents ne s'ouvrent que pour la personne qui a lancé l'opération") == []
    assert "Courriers (PDF)" not in words(other)


def test_a_teacher_sees_only_runs_of_ones_own(world: World, head: Client, teacher: Client) -> None:
    launched(head, drafted(head, *world.pupils))
    assert missing(teacher.get(RUNS), "Aucune opération ces derniers jours") == []


def test_drafts_and_old_runs_are_not_listed(world: World, head: Client) -> None:
    drafted(head, *world.pupils)
    old = drafted(head, *world.pupils)
    launched(head, old)
    with scope(HERE):
        Run.objects.filter(pk=old).update(created_at=timezone.now() - timedelta(days=31))
    assert missing(head.get(RUNS), "Aucune opération ces derniers jours") == []


def test_thirty_runs_take_the_queries_of_three(world: World, head: Client) -> None:
    for _ in range(3):
        run = drafted(head, world.pupils[0])
        launched(head, run)
    few = selects(head, RUNS)
    for _ in range(27):
        launched(head, drafted(head, world.pupils[0]))
    assert selects(head, RUNS) == few <= 8


def test_a_run_of_thirty_takes_the_queries_of_three(world: World, head: Client) -> None:
    counted = []
    for number in (3, 30):
        with scope(HERE):
            places = [
                SchoolingFactory(school=world.here, classroom=world.room, student=StudentFactory(blocked=True))
                for _ in range(number)
            ]
        run = drafted(head, *places, world.pupils[0])
        draft = selects(head, url("run", run))
        launched(head, run)
        treat(run)
        counted.append((draft, selects(head, url("run", run))))
    assert counted[0] == counted[1]
    assert max(counted[0]) <= 8


def test_destroyed_documents_are_told(world: World, head: Client) -> None:
    run = drafted(head, *world.pupils)
    launched(head, run)
    treat(run)
    response = head.post(url("run_destroy", run), follow=True)
    assert missing(response, "Les documents de cette opération sont détruits", "Les documents ont été détruits") == []
    assert journal()[-1] == ("payload_destroyed", run, 2)
