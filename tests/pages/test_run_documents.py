"""Documents of a run: made when they are opened, for the one person who may, each time told."""

import csv
import io
from datetime import timedelta
from uuid import UUID

import openpyxl
import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.actions.credentials import opens
from accounts.models import Schooling, Student
from educonnect_admin.toolkit.scope import scope
from educonnect_admin.toolkit.spreadsheet import XLSX_MEDIA
from notifications.models import Run
from tests.pages.reading import journal
from tests.pages.test_runs import drafted, launched, treat, url
from tests.sheets import SECRET
from tests.visitors import HERE, World

PDFS = ["courriers", "etiquettes-8", "etiquettes-24", "liste"]
TABLES = ["publipostage", "publipostage-xlsx"]
WITH_PASSWORDS = ["courriers", "etiquettes-8", "etiquettes-24", *TABLES]
MEDIA = {"publipostage": "text/csv; charset=utf-8", "publipostage-xlsx": XLSX_MEDIA}
"""Readers of plain text may set the next line right behind."""


@pytest.fixture
def run(world: World, head: Client) -> UUID:
    """A run of the head's, finished, on both classes: three accounts given a password."""
    made = drafted(head, *world.pupils, *world.other_class)
    launched(head, made, include_active="on")
    treat(made)
    return made


def document(client: Client, run: UUID, slug: str, **query: object) -> HttpResponse:
    return client.get(reverse("run_document", args=[HERE, run, slug]), query)


def text_of(response: HttpResponse) -> str:
    if "spreadsheetml" in response["Content-Type"]:
        sheet = openpyxl.load_workbook(io.BytesIO(response.getvalue())).active
        return "\n".join(" | ".join(map(str, row)) for row in sheet.iter_rows(values_only=True))
    if response["Content-Type"] != "application/pdf":
        return response.getvalue().decode("utf-8-sig")
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(response.getvalue())).pages)


def opened(student: Student, typed: str) -> bool:
    with scope(HERE):
        return opens(Student.objects.get(pk=student.pk), typed)


@pytest.mark.parametrize("slug", [*PDFS, *TABLES])
def test_each_kind_is_made_and_told(world: World, head: Client, run: UUID, slug: str) -> None:
    response = document(head, run, slug)
    assert response.status_code == 200
    assert response.streaming
    assert response["Content-Type"] == ("application/pdf" if slug in PDFS else MEDIA[slug])
    assert "no-store" in response["Cache-Control"]
    assert journal()[-1] == ("document_opened", run, 3)
    told = text_of(response)
    assert all(place.student.username in told for place in (*world.pupils, world.other_class[0]))
    assert world.other_class[1].student.username not in told


@pytest.mark.parametrize("slug", WITH_PASSWORDS)
def test_its_passwords_are_those_that_open(world: World, head: Client, run: UUID, slug: str) -> None:
    secrets = set(SECRET.findall(text_of(document(head, run, slug))))
    students = [place.student for place in (*world.pupils, world.other_class[0])]
    assert len(secrets) == 3
    assert all([opened(student, secret) for secret in secrets].count(True) == 1 for student in students)


def test_a_list_holds_no_password_and_dates_nothing(head: Client, run: UUID) -> None:
    assert SECRET.findall(text_of(document(head, run, "liste"))) == []
    with scope(HERE):
        assert not Student.objects.filter(distributed_on__isnull=False).exists()


def test_what_hands_passwords_over_sets_the_date(world: World, head: Client, run: UUID) -> None:
    document(head, run, "courriers", classe=str(world.room.pk))
    with scope(HERE):
        dated = set(Student.objects.filter(distributed_on=timezone.localdate()).values_list("pk", flat=True))
    assert dated == {place.student_id for place in world.pupils}


@pytest.mark.parametrize(
    ("query", "name"), [("{room}", "lettres-5EME-A.pdf"), ("{other}", "lettres-5EME-B.pdf"), ("", "lettres.pdf")]
)
def test_a_file_is_named_by_its_class_and_never_by_a_person(
    world: World, head: Client, run: UUID, query: str, name: str
) -> None:
    asked = {"classe": query.format(room=world.room.pk, other=world.other_room.pk)} if query else {}
    assert document(head, run, "courriers", **asked)["Content-Disposition"] == f'attachment; filename="{name}"'


def test_one_class_alone_is_told_by_its_count(world: World, head: Client, run: UUID) -> None:
    told = text_of(document(head, run, "courriers", classe=str(world.other_room.pk)))
    assert world.other_class[0].student.username in told
    assert world.pupils[0].student.username not in told
    assert journal()[-1] == ("document_opened", run, 1)


@pytest.mark.parametrize("classe", ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-4fff-8fff-ffffffffffff"])
def test_a_class_without_anyone_has_no_document_but_a_refusal(head: Client, run: UUID, classe: str) -> None:
    before = journal()
    assert document(head, run, "courriers", classe=classe).status_code == 404
    assert journal() == [*before, ("access_refused", run, None)]


@pytest.mark.parametrize("slug", ["autre", "COURRIERS", "courriers-", "0", "liste.pdf", "%00", "a" * 5000])
def test_an_unknown_kind_is_not_found(head: Client, run: UUID, slug: str) -> None:
    assert head.get(f"{url('run', run)}documents/{slug}/").status_code == 404


def test_the_file_for_mail_merge_has_a_row_a_pupil(world: World, head: Client, run: UUID) -> None:
    rows = list(csv.reader(io.StringIO(text_of(document(head, run, "publipostage"))), delimiter=";"))
    assert rows[0] == ["Nom", "Prénom", "Classe", "Identifiant", "Mot de passe provisoire", "À utiliser avant le"]
    assert [row[3] for row in rows[1:]] == [place.student.username for place in (*world.pupils, world.other_class[0])]


def test_only_the_person_who_ran_it_opens_them(world: World, head: Client, agent: Client, run: UUID) -> None:
    before = journal()
    kinds = [*PDFS, *TABLES]
    assert {document(agent, run, slug).status_code for slug in kinds} == {404}
    assert journal() == [*before, *[("access_refused", run, None)] * len(kinds)]


@pytest.mark.parametrize("change", ["payload_expires_at", "payload_destroyed_at"])
def test_when_their_time_is_over_they_are_not_there(head: Client, run: UUID, change: str) -> None:
    with scope(HERE):
        Run.objects.filter(pk=run).update(**{change: timezone.now() - timedelta(seconds=1)})
    assert {document(head, run, slug).status_code for slug in PDFS} == {404}
    page = head.get(url("run", run)).content.decode()
    assert "/documents/" not in page


def test_a_pupil_who_left_since_is_not_printed(world: World, head: Client, run: UUID) -> None:
    gone = world.pupils[0]
    with scope(HERE):
        Schooling.objects.filter(pk=gone.pk).update(left_on=timezone.localdate())
    for slug in ("courriers", "liste"):
        assert gone.student.username not in text_of(document(head, run, slug))


def test_letters_can_be_had_in_a_second_language(head: Client, run: UUID) -> None:
    shown = head.get(url("run", run)).content.decode()
    address = reverse("run_document", args=[HERE, run, "courriers"])
    assert f"{address}?langue=uk" in shown
    letters = PdfReader(io.BytesIO(head.get(f"{address}?langue=uk").getvalue()))
    assert "Що робити?" in letters.pages[-1].extract_text()
    assert head.get(f"{address}?langue=xx").status_code == 404
