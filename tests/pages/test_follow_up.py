"""Suivi des courriers: printed, handed, returned; by code, by class, by name; wrong codes told; the rest run again."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import AccountState, Role
from accounts.models import JournalEntry, Mandate, Schooling, Staff, Student
from educonnect_admin.toolkit.scope import scope
from notifications.forms import read_codes
from notifications.models import RunItem
from tests.actions.scene import Person, as_person, crowd, draft, finished
from tests.actions.test_guardians_runs import family, run_on
from tests.pages.reading import missing, selects
from tests.pages.test_run_documents import document
from tests.pages.test_runs import drafted, launched, treat, url
from tests.visitors import ELSEWHERE, HERE, World, mandated, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(world: World, head: Client) -> UUID:
    """Three letters: two of the 5EME A, one of the 5EME B."""
    made = drafted(head, *world.pupils, world.other_class[0])
    launched(head, made, include_active="on")
    treat(made)
    return made


def person(staff: Staff) -> Person:
    return as_person(Mandate.objects.for_current().get(staff=staff))


def item(run: UUID, place: Schooling) -> RunItem:
    with scope(HERE):
        return RunItem.objects.get(run=run, student=place.student_id)


def dated(place: Schooling) -> date | None:
    with scope(HERE):
        return Student.objects.get(pk=place.student_id).distributed_on


def mark(client: Client, run: UUID, wish: str, **form: Any):
    return client.post(url("run_mark", run), {"marque": wish, **form}, follow=True)


def told() -> list[tuple[str, int | None]]:
    with scope(HERE):
        entries = JournalEntry.objects.filter(event="letters_marked").order_by("sequence")
        return list(entries.values_list("detail", "count"))


def test_opening_the_letters_notes_them_printed_once(world: World, head: Client, run: UUID) -> None:
    document(head, run, "liste")
    assert item(run, world.pupils[0]).printed_on is None
    document(head, run, "courriers", classe=world.room.pk).getvalue()
    assert item(run, world.pupils[0]).printed_on == timezone.localdate()
    assert item(run, world.other_class[0]).printed_on is None
    page = head.get(url("run_follow_up", run), {"classe": str(world.room.pk)})
    assert missing(page, "Imprimé le", "5EME A", "Courriers 3", "Imprimés 2", "Remis 0") == []


def test_handed_returned_and_taken_back_move_the_date(world: World, head: Client, run: UUID) -> None:
    place, printed = world.pupils[0], timezone.localdate() - timedelta(days=3)
    with scope(HERE):
        RunItem.objects.filter(run=run).update(printed_on=printed)
    code = item(run, place).follow_up
    typed = f" {code[:4].lower()}-{code[4:]} "
    assert missing(mark(head, run, "remis", suivi=typed), "1 courrier noté remis.") == []
    assert dated(place) == timezone.localdate()
    mark(head, run, "revenu", courrier=[str(place.student_id)])
    assert dated(place) is None
    assert missing(mark(head, run, "effacer", suivi=code), "1 courrier rendu à son état d’avant.") == []
    assert dated(place) == printed
    assert missing(mark(head, run, "effacer", suivi=code), "1 courrier l’était déjà") == []
    assert told() == [("remis", 1), ("revenus", 1), ("marque effacée", 1)]


def test_a_class_is_marked_at_once(world: World, head: Client, run: UUID) -> None:
    page = mark(head, run, "remis", classe=[str(world.room.pk)])
    assert missing(page, "2 courriers notés remis.", "Remis 2") == []
    assert dated(world.other_class[0]) is None
    assert told() == [("remis", 2)]


def test_a_later_letter_keeps_its_date(world: World, head: Client, run: UUID) -> None:
    place = world.pupils[0]
    code = item(run, place).follow_up
    treat_again = drafted(head, place)
    launched(head, treat_again)
    mark(head, run, "remis", suivi=code)
    assert item(run, place).delivery == "handed"
    assert dated(place) is None


def test_codes_that_lead_nowhere_are_told_in_words(world: World, head: Client, run: UUID) -> None:
    there = person(mandated(Role.HEAD, world.elsewhere))
    with scope(ELSEWHERE):
        foreign = finished(there, [world.foreign.student_id]).items.get().follow_up
    other = drafted(head, world.pupils[1])
    launched(head, other)
    elsewhere, mine = item(other, world.pupils[1]).follow_up, item(run, world.pupils[0]).follow_up
    page = mark(head, run, "remis", suivi=f"{mine}\n{mine}\nZZZZZZZZ <b>\n{foreign}\n{elsewhere}")
    assert missing(page, "1 courrier noté remis.", f"Inconnus ici : ZZZZZZZZ, B, {foreign}.") == []
    assert missing(page, f"{elsewhere} est d’une autre opération", f"Saisis deux fois, comptés une : {mine}.") == []
    assert "2NDE" not in page.content.decode()


@pytest.mark.parametrize("form", [{}, {"suivi": "\x00"}, {"marque": "x", "suivi": "ABCDEFGH"}, {"courrier": "x"}])
def test_odd_forms_change_nothing_and_say_so(world: World, head: Client, run: UUID, form: dict[str, str]) -> None:
    page = head.post(url("run_mark", run), {"marque": "remis", **form}, follow=True)
    assert page.status_code == 200
    assert "noté" not in page.content.decode().partition("<h1>")[0]
    assert told() == []


def test_the_rest_is_a_draft_over_those_not_handed_or_not_activated(world: World, head: Client, run: UUID) -> None:
    mark(head, run, "remis", courrier=[str(world.pupils[0].student_id)])
    with scope(HERE):
        gone = {"state": AccountState.ACTIVATED, "provisional_hash": None}
        Student.objects.filter(pk=world.other_class[0].student_id).update(**gone)
    assert missing(head.post(url("run_rest", run), {"reste": "non-remis"}, follow=True), "1 compte", "Non remis") == []
    assert missing(head.post(url("run_rest", run), {"reste": "non-actives"}, follow=True), "2 comptes") == []
    assert missing(head.post(url("run_rest", run), {"reste": "x"}, follow=True), "personne à relancer") == []


def test_guardians_letters_are_followed_and_run_again(world: World, head: Client) -> None:
    who = person(head.staff)
    with scope(HERE):
        guardian = family(world, 2012)
        run = run_on(who, guardian)
        code = run.items.get().follow_up
    assert missing(mark(head, run.pk, "remis", suivi=code), "1 courrier noté remis.") == []
    with scope(HERE):
        guardian.refresh_from_db()
        assert guardian.distributed_on == timezone.localdate()
    answer = head.post(url("run_rest", run.pk), {"reste": "non-actives"}, follow=True)
    assert missing(answer, "1 compte", "Non activés") == []


def test_a_class_bound_teacher_marks_only_that_class(world: World, head: Client, run: UUID) -> None:
    teacher = sign_in(mandated(Role.SIMPLIFIED, world.here, rooms=[world.room]))
    assert teacher.get(url("run_follow_up", run)).status_code == 404
    who = person(teacher.staff)
    with scope(HERE):
        both = [world.pupils[0].student_id, world.other_class[0].student_id]
        own = draft(who, both)
    launched(teacher, own.pk)
    treat(own.pk)
    page = mark(teacher, own.pk, "remis", classe=[str(world.room.pk), str(world.other_room.pk)])
    assert missing(page, "1 courrier noté remis.", "Courriers 1") == []


def test_as_many_questions_for_30_letters_as_for_3(world: World, head: Client, run: UUID) -> None:
    few = selects(head, url("run_follow_up", run), classe=str(world.room.pk))
    who = person(head.staff)
    with scope(HERE):
        many = finished(who, crowd(world.here, world.room, 30))
    assert selects(head, url("run_follow_up", many.pk), classe=str(world.room.pk)) == few


def test_no_more_codes_are_read_than_are_told() -> None:
    codes, too_many = read_codes("ABCDEFGH\n" * 1001)
    assert (len(codes), too_many) == (1000, True)
    assert reverse("run_mark", args=[HERE, UUID(int=1)]).endswith("/suivi/marquer/")
