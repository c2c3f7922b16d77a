"""Full module: ties in dispute, seen on the pupil's page and in a list of their own, settled on a page each."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import DisputeOutcome
from accounts.models import Dispute, Guardian, Guardianship
from educonnect_admin.toolkit.scope import scope
from tests.access.world import disputed_tie
from tests.pages.reading import journal, missing, selects, words
from tests.visitors import ELSEWHERE, HERE, World

LIST = reverse("disputes", args=[HERE])


@pytest.fixture
def row(world: World) -> Dispute:
    with scope(HERE):
        return disputed_tie(world.here)


def page(row: Dispute) -> str:
    return reverse("dispute", args=[HERE, row.pk])


def now(row: Dispute) -> tuple[Dispute, Guardianship | None]:
    with scope(HERE):
        tie = Guardianship.objects.filter(student=row.student_id, guardian=row.guardian_id).first()
        return Dispute.objects.select_related("settled_by").get(pk=row.pk), tie


def test_the_list_and_the_pupils_page_show_it_the_guardians_list_does_not(row: Dispute, head: Client) -> None:
    assert missing(head.get(LIST), "À régler", row.guardian.name, row.student.name, "Suspendu, à régler") == []
    told = head.get(reverse("student", args=[HERE, row.student_id]))
    assert missing(told, f"{row.guardian.name} dit ne pas être le représentant légal", "Voir ce lien") == []
    assert missing(told, "Aucun responsable n'est rattaché à ce compte") == []
    assert row.guardian.name not in words(head.get(reverse("guardians", args=[HERE])))


def test_it_is_right_and_in_force_again(row: Dispute, head: Client) -> None:
    assert head.post(page(row), {"outcome": "right", "note": " jugement\tdu 3 mai "})["Location"] == page(row)
    settled, tie = now(row)
    assert tie is not None
    assert (tie.disputed_at, tie.in_force) == (None, True)
    assert (settled.outcome, settled.note, settled.settled_by) == ("right", "jugement du 3 mai", head.staff)
    told = [target for event, target, _ in journal() if event == "dispute_settled"]
    assert told == [row.guardian_id, row.student_id]
    assert missing(head.get(LIST), "Aucun lien à régler", "Réglés", f"par {head.staff}") == []
    assert missing(head.get(page(row)), "Rétabli", "jugement du 3 mai") == []
    history = reverse("student_history", args=[HERE, row.student_id])
    assert missing(head.get(history), "Lien contesté réglé : le lien est exact") == []


def test_the_source_was_corrected_and_it_stays_suspended(row: Dispute, head: Client) -> None:
    head.post(page(row), {"outcome": "corrected", "note": ""})
    settled, tie = now(row)
    assert tie is not None
    assert (settled.outcome, tie.in_force) == ("corrected", False)
    assert missing(head.get(LIST), "Terminés, encore dans la base source", "Aucun lien à régler") == []
    with scope(HERE):
        Guardianship.objects.filter(pk=tie.pk).delete()
    assert missing(head.get(LIST), "Réglés", "Retiré par l'alimentation") == []


def test_what_the_school_said_can_be_said_otherwise_while_the_source_lists_it(row: Dispute, head: Client) -> None:
    head.post(page(row), {"outcome": "corrected"})
    head.post(page(row), {"outcome": "right", "note": "livret de famille"})
    assert now(row)[0].outcome == DisputeOutcome.RIGHT


def test_the_second_of_two_is_told(row: Dispute, head: Client, agent: Client) -> None:
    head.post(page(row), {"outcome": "right", "note": "jugement"})
    answer = agent.post(page(row), {"outcome": "corrected"}, follow=True)
    assert missing(answer, "Ce lien a déjà été réglé") == []
    assert now(row)[0].settled_by == head.staff


@pytest.mark.parametrize("form", [{}, {"outcome": "x"}, {"outcome": "right"}, {"outcome": "right", "note": "x" * 141}])
def test_what_is_not_said_well_is_said(row: Dispute, head: Client, form: dict[str, str]) -> None:
    answer = head.post(page(row), form)
    assert (answer.status_code, now(row)[0].outcome) == (200, "")
    assert missing(answer, "Le lien n'est pas réglé") == []


def test_others_are_kept_out(row: Dispute, world: World, head: Client, teacher: Client) -> None:
    assert teacher.get(LIST).status_code == teacher.get(page(row)).status_code == 403
    assert head.put(page(row)).status_code == 405
    with scope(ELSEWHERE):
        far = disputed_tie(world.elsewhere)
    assert head.get(page(far)).status_code == 404


def test_as_many_queries_for_thirty_as_for_three(world: World, head: Client) -> None:
    counted = []
    for number in (3, 27):
        with scope(HERE):
            for _ in range(number):
                disputed_tie(world.here)
        counted.append(selects(head, LIST))
    assert counted[0] == counted[1] <= 8
    with scope(HERE):
        assert Guardian.objects.count() == 31
        Dispute.objects.update(raised_at=timezone.now() - timedelta(days=3))
