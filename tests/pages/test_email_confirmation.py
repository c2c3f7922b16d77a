"""The address of a pupil: the mail with its link, and the page by which its holder confirms it."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.actions.account_changes import LINKS_AN_HOUR, confirm_email, email_token, send_email_link
from accounts.actions.journal import SYSTEM
from accounts.models import Student
from educonnect_admin.toolkit.scope import scope
from tests.pages.reading import journal, missing, words
from tests.pages.test_student_changes import at, fresh, pupil
from tests.visitors import HERE, World


def link_to(student: Student) -> str:
    send_email_link(holder=student.pk, uai=HERE, base_url="http://testserver/")
    return urlsplit(next(line for line in mail.outbox[-1].body.splitlines() if line.startswith("http"))).path


def test_the_holder_confirms_by_the_link_of_the_mail(world: World, head: Client) -> None:
    student = pupil(world, email="lou@example.org")
    link, visitor = link_to(student), Client()
    assert mail.outbox[-1].to == ["lou@example.org"]
    assert student.username not in mail.outbox[-1].body
    assert missing(visitor.get(link), "Confirmer mon adresse") == []
    assert fresh(student).email_confirmed_at is None
    assert missing(visitor.post(link), "Votre adresse est confirmée") == []
    assert fresh(student).email_confirmed_at is not None
    assert "ÉRABLE" not in words(visitor.get(link))
    visitor.post(link)
    assert [event for event, _, _ in journal()] == ["email_link_sent", "email_confirmed"]
    send_email_link(holder=student.pk, uai=HERE, base_url="http://testserver/")
    assert len(mail.outbox) == 1


def test_a_link_ends_with_its_address_its_time_and_its_school(world: World) -> None:
    student = pupil(world, email="lou@example.org")
    link, visitor = link_to(student), Client()
    with scope(HERE):
        Student.objects.filter(pk=student.pk).update(email="autre@example.org")
    assert visitor.post(link).status_code == 404
    assert not confirm_email(actor=SYSTEM, token=email_token(fresh(student), "0511234P"))
    last = link_to(fresh(student))
    with time_machine.travel(timezone.now() + timedelta(hours=72, seconds=1)):
        assert visitor.get(last).status_code == visitor.post(last).status_code == 404
    assert fresh(student).email_confirmed_at is None


@pytest.mark.parametrize("token", ["x", "a:b:c", "%00", "é" * 100, "9" * 5000])
def test_what_is_no_link_opens_nothing(db: None, token: str) -> None:
    for answer in (Client().get(f"/courriel/{token}/"), Client().post(f"/courriel/{token}/")):
        assert answer.status_code == 404


def test_the_mail_goes_again_a_few_times_an_hour(
    world: World, head: Client, django_capture_on_commit_callbacks
) -> None:
    student = pupil(world, email="lou@example.org")
    path = at("student_email_link", student.pk)
    with django_capture_on_commit_callbacks() as rung:
        assert missing(head.post(path, follow=True), "Le message de confirmation part de nouveau.") == []
    assert len(rung) == 1
    for _ in range(LINKS_AN_HOUR):
        link_to(student)
    assert missing(head.post(path, follow=True), "Plusieurs messages sont déjà partis") == []
    with scope(HERE):
        Student.objects.filter(pk=student.pk).update(email="")
    assert missing(head.post(path, follow=True), "Il n'y a pas d'adresse à confirmer.") == []
