"""Reminders of an identifiant: on paper, without a password, told each time."""

import io

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import Student
from accounts.views.student_export import NOBODY, SELECTION_GONE
from educonnect_admin.toolkit.scope import scope
from tests.factories import ClassroomFactory, SchoolingFactory, StudentFactory
from tests.pages.reading import journal, missing, selects
from tests.pages.test_run_control import grow_stale
from tests.sheets import SECRET
from tests.visitors import HERE, World

SEVERAL, CHOSEN = (reverse(name, args=[HERE]) for name in ("students_reminders", "students_reminders_chosen"))


def one(pupil: object) -> str:
    return reverse("student_reminder", args=[HERE, pupil])


def text_of(response: HttpResponse) -> str:
    assert response["Content-Type"] == "application/pdf"
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(response.getvalue())).pages)


def test_one_pupils_reminder_is_on_that_pupil_alone(world: World, head: Client) -> None:
    place, other = world.pupils
    response = head.get(one(place.student_id))
    text = text_of(response)
    assert place.student.username in text
    assert place.student.last_name in text
    assert other.student.username not in text
    assert response["Content-Disposition"] == 'attachment; filename="rappels-identifiant.pdf"'
    assert "no-store" in response["Cache-Control"]
    assert journal() == [("reminders_printed", place.student_id, 1)]


def test_nothing_changes_and_no_password_is_on_it(world: World, head: Client) -> None:
    with scope(HERE):
        before = list(Student.objects.order_by("pk").values())
        text = text_of(head.get(SEVERAL))
        assert list(Student.objects.order_by("pk").values()) == before
    assert not SECRET.search(text)
    assert journal() == [("reminders_printed", None, 4)]


def test_the_rows_ticked_are_taken_and_foreign_ones_not_counted(world: World, head: Client) -> None:
    ticked = [world.pupils[0].student_id, world.foreign.student_id]
    address = head.post(CHOSEN, {"eleve": ticked})["Location"]
    text = text_of(head.get(address))
    assert world.pupils[0].student.username in text
    assert world.foreign.student.username not in text
    assert journal() == [("reminders_printed", None, 1)]


def test_each_class_begins_a_page_of_eight(world: World, head: Client) -> None:
    with scope(HERE):
        room = ClassroomFactory(school=world.here, code="10EME")
        SchoolingFactory.create_batch(9, school=world.here, classroom=room)
    pages = PdfReader(io.BytesIO(head.get(SEVERAL).getvalue())).pages
    texts = [page.extract_text() for page in pages]
    assert len(texts) == 4
    wanted = ("5EME A", "5EME B", "10EME, feuille 1 sur 2", "10EME, feuille 2 sur 2")
    assert all(head in text for head, text in zip(wanted, texts, strict=True))


def test_a_long_name_keeps_to_its_slip(world: World, head: Client) -> None:
    with scope(HERE):
        student = StudentFactory(last_name="M" * 100, first_name="W" * 100, username="m" * 60)
        SchoolingFactory(school=world.here, student=student)
    assert "m" * 60 in text_of(head.get(one(student.pk))).replace("\n", "")


@pytest.mark.parametrize(("query", "said"), [("choix=perdu", SELECTION_GONE), ("etat=closed", NOBODY)])
def test_nobody_is_said_and_told_nowhere(head: Client, query: str, said: str) -> None:
    assert missing(head.get(f"{SEVERAL}?{query}", follow=True), said) == []
    assert journal() == []


def test_several_want_a_fresh_proof_and_one_does_not(world: World, head: Client) -> None:
    grow_stale(head)
    assert head.get(SEVERAL)["Location"].startswith(reverse("proof"))
    assert head.get(one(world.pupils[0].student_id)).status_code == 200


def test_they_count_with_the_accounts_of_the_hour(world: World, head: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.HOURLY_CAPS, "accounts", 5)
    assert [head.get(SEVERAL).status_code for _ in range(2)] == [200, 429]
    assert head.get(one(world.pupils[0].student_id)).status_code == 200
    assert head.get(one(world.pupils[0].student_id)).status_code == 429


def test_pages_lead_to_them(world: World, head: Client) -> None:
    pupil = world.pupils[0].student_id
    assert one(pupil) in head.get(reverse("student", args=[HERE, pupil])).content.decode()
    assert CHOSEN in head.get(reverse("students", args=[HERE])).content.decode()


def test_others_get_none(world: World, head: Client, teacher: Client) -> None:
    pupil = world.pupils[0].student_id
    assert {teacher.get(path).status_code for path in (SEVERAL, one(pupil))} == {403}
    assert head.get(one(world.foreign.student_id)).status_code == 404
    assert head.post(SEVERAL).status_code == head.get(CHOSEN).status_code == 405


def test_many_take_the_queries_of_few(world: World, head: Client) -> None:
    few = selects(head, SEVERAL)
    with scope(HERE):
        SchoolingFactory.create_batch(30, school=world.here, classroom=world.room)
    assert selects(head, SEVERAL) == few <= 8
