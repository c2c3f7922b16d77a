"""A forgotten identifiant: one answer for all, a mail to the address that was confirmed, with every account's."""

from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.actions.holder_identifiers import REMINDERS_A_DAY, accounts_of
from accounts.enums import AccountState
from accounts.models import Mail, Student
from accounts.tasks import send_mails
from educonnect_admin.toolkit.scope import scope
from tests.activation.conftest import START, Holder
from tests.activation.test_timing import VARYING, without_tokens
from tests.factories import GuardianFactory, GuardianshipFactory, SchoolFactory, SchoolingFactory
from tests.pages.reading import journal, words

pytestmark = pytest.mark.django_db
FORGOTTEN = f"{START}identifiant/"
EMAIL = "ondine@example.org"


@pytest.fixture
def reached(holder: Holder) -> Holder:
    """A pupil whose account is activated and whose address is confirmed."""
    holder.activate()
    with scope(holder.school.uai):
        Student.objects.filter(pk=holder.student.pk).update(
            email="Ondine@Example.org", email_confirmed_at=timezone.now()
        )
    return holder


def ask(email: str, **more: str) -> Any:
    return Client(**more).post(FORGOTTEN, {"email": email})


def test_every_account_of_the_address_is_named_in_one_mail(reached: Holder) -> None:
    elsewhere = SchoolFactory()
    with scope(elsewhere.uai):
        child = SchoolingFactory(school=elsewhere).student
        life = {"state": AccountState.ACTIVATED, "email": EMAIL, "email_confirmed_at": timezone.now()}
        parent = GuardianFactory(**life)
        GuardianshipFactory(school=elsewhere, student=child, guardian=parent)
    assert "Votre demande est prise en compte" in words(ask(f" {EMAIL.upper()} "))
    assert EMAIL not in repr(list(Mail.objects.values())).lower()
    send_mails()
    (sent,) = mail.outbox
    assert sent.to[0].lower() == EMAIL
    assert reached.student.username in sent.body
    assert parent.username in sent.body
    assert "holder_reminded" in [event for event, target, _ in journal() if target == reached.student.pk]
    assert ("holder_reminded", parent.pk) in [(event, target) for event, target, _ in journal(elsewhere.uai)]


def test_who_gets_none_is_told_the_same(reached: Holder) -> None:
    """Unknown, unconfirmed, blocked, notified: none is told from the others, by answer or by work."""
    now = timezone.now()
    kinds: list[dict[str, Any]] = [
        {"activated": True, "email": "a@example.org"},
        {"blocked": True, "email": "b@example.org", "email_confirmed_at": now},
        {"expired": True, "email": "c@example.org", "email_confirmed_at": now},
        {"state": AccountState.CLOSED, "email": "d@example.org", "email_confirmed_at": now},
    ]
    with scope(reached.school.uai):
        for told in kinds:
            SchoolingFactory(school=reached.school, **{f"student__{name}": value for name, value in told.items()})
    answers = []
    for email in (EMAIL, "nobody@example.org", *(told["email"] for told in kinds)):
        answer = ask(email)
        headers = {name: value for name, value in answer.items() if name.lower() not in VARYING}
        answers.append((answer.status_code, headers, without_tokens(answer.content.decode())))
    assert answers == [answers[0]] * len(answers)
    assert Mail.objects.count() == len(answers)
    send_mails()
    assert [sent.to[0].lower() for sent in mail.outbox] == [EMAIL]


def test_what_happened_meanwhile_is_minded(reached: Holder) -> None:
    ask(EMAIL)
    with scope(reached.school.uai):
        Student.objects.update(email_confirmed_at=None)
    send_mails()
    assert mail.outbox == []


def test_demands_are_slowed_down_and_mails_are_few(reached: Holder) -> None:
    answers = [words(ask(EMAIL)) for _ in range(6)]
    assert ["Trop de demandes" in answer for answer in answers] == [False] * 5 + [True]
    for number in range(4):
        ask(EMAIL, REMOTE_ADDR=f"198.51.100.{number}")
    send_mails()
    assert len(mail.outbox) == REMINDERS_A_DAY


@pytest.mark.parametrize("email", ["", "x", "a@b", "é" * 400, "a@example.org\x00", "a@example.org, b@example.org"])
def test_what_is_no_address_is_told_by_the_field(reached: Holder, email: str) -> None:
    page = ask(email)
    assert page.status_code == 200
    assert "La demande n'a pas abouti" in words(page)
    assert not Mail.objects.exists()


def test_the_way_in_is_an_index(reached: Holder) -> None:
    assert accounts_of(EMAIL) == [("students", reached.student.pk, reached.school.uai)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname LIKE '%_by_confirmed_email' ORDER BY 1")
        found = [row[0] for row in cursor.fetchall()]
    assert len(found) == 2
    assert all("lower((email)::text)" in row and "email_confirmed_at IS NOT NULL" in row for row in found)
