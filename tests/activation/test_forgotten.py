"""A forgotten password: one answer for all, a link for whoever has a confirmed address, once."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.actions.credentials import give_provisionals
from accounts.actions.holder_passwords import LINKS_AN_HOUR
from accounts.actions.journal import SYSTEM
from accounts.enums import AccountState, Origin
from accounts.models import Mail, Student
from accounts.tasks import send_mails
from educonnect_admin.toolkit.scope import scope
from tests.activation.conftest import ACCOUNT, NEW, START, Holder
from tests.activation.test_timing import VARYING, without_tokens
from tests.factories import GuardianFactory, GuardianshipFactory, SchoolingFactory
from tests.pages.reading import journal, words

pytestmark = pytest.mark.django_db
FORGOTTEN = f"{START}oubli/"
NOT_ME = f"{START}pas-moi/"
OTHER = "Quatre-hiboux-sous-un-tilleul"
EMAIL = "ondine@example.org"


@pytest.fixture
def reached(holder: Holder) -> Holder:
    """A pupil whose account is activated and whose address is confirmed."""
    holder.activate()
    change(holder, email=EMAIL, email_confirmed_at=timezone.now())
    return holder


def change(holder: Holder, **values: Any) -> None:
    with scope(holder.school.uai):
        Student.objects.filter(pk=holder.student.pk).update(**values)


def ask(username: str) -> Any:
    return Client().post(FORGOTTEN, {"username": username})


def link(username: str) -> str:
    ask(username)
    send_mails()
    return urlsplit(next(line for line in mail.outbox[-1].body.splitlines() if line.startswith("http"))).path


def choose(path: str, password: str = OTHER) -> Any:
    return Client().post(path, {"new_password1": password, "new_password2": password})


def test_another_password_is_chosen_and_all_sessions_end(reached: Holder) -> None:
    path = link(f" {reached.student.username.upper()} ")
    assert mail.outbox[-1].to == [EMAIL]
    page = words(Client().get(path))
    assert "12 caractères ou plus" in page
    assert reached.student.username not in page + mail.outbox[-1].body
    assert "n'a pas été accepté" in words(choose(path, "motdepasse"))
    assert reached.client.get(ACCOUNT).status_code == 200
    assert "Votre mot de passe est changé" in words(choose(path))
    assert reached.client.get(ACCOUNT)["Location"] == START
    assert reached.sign_in(NEW).status_code == 200
    assert reached.sign_in(OTHER)["Location"] == ACCOUNT
    assert choose(path).status_code == Client().get(path).status_code == 404
    send_mails()
    assert "vient d’être changé" in mail.outbox[-1].body
    told = [event for event, target, _ in journal() if target == reached.student.pk]
    assert told[-2:] == ["holder_link_sent", "holder_password_chosen"]


def test_a_guardian_too(reached: Holder) -> None:
    with scope(reached.school.uai):
        confirmed = timezone.now()
        life = {"state": AccountState.ACTIVATED, "email": EMAIL, "email_confirmed_at": confirmed}
        guardian = GuardianFactory(**life)
        GuardianshipFactory(school=reached.school, student=reached.student, guardian=guardian)
    assert choose(link(guardian.username)).status_code == 200
    reached.client = Client()
    assert reached.sign_in(OTHER, guardian.username)["Location"] == ACCOUNT


def test_who_gets_no_link_is_told_the_same(reached: Holder) -> None:
    """Unknown, unconfirmed, blocked, FranceConnect, expired: none is told from the others."""
    now = timezone.now()
    kinds: list[dict[str, Any]] = [
        {"activated": True, "email": EMAIL},
        {"blocked": True, "email": EMAIL, "email_confirmed_at": now},
        {"expired": True, "email": EMAIL, "email_confirmed_at": now},
        {"state": AccountState.CLOSED, "email": EMAIL, "email_confirmed_at": now},
        {"activated": True, "origin": Origin.FRANCE_CONNECT, "email": EMAIL, "email_confirmed_at": now},
    ]
    with scope(reached.school.uai):
        made = [SchoolingFactory(school=reached.school, **{f"student__{k}": v for k, v in d.items()}) for d in kinds]
    usernames = [reached.student.username, "n.existepas", *(place.student.username for place in made)]
    answers, rows = [], []
    for username in usernames:
        answer = ask(username)
        headers = {name: value for name, value in answer.items() if name.lower() not in VARYING}
        answers.append((answer.status_code, headers, without_tokens(answer.content.decode())))
        rows.append(Mail.objects.count())
    assert answers == [answers[0]] * len(answers)
    assert rows == list(range(1, len(usernames) + 1))
    send_mails()
    assert (len(mail.outbox), Mail.objects.count()) == (1, 0)


def test_what_happens_meanwhile_ends_the_link(reached: Holder) -> None:
    def fails(**values: Any) -> None:
        before = Student.objects.filter(pk=reached.student.pk).values(*values)
        path = link(reached.student.username)
        with scope(reached.school.uai):
            former = before.get()
        change(reached, **values)
        assert choose(path).status_code == Client().get(path).status_code == 404
        change(reached, **former)

    fails(email="autre@example.org")
    fails(email_confirmed_at=None)
    fails(state=AccountState.BLOCKED, blocked_reason="prêté")
    fails(password="")
    path = link(reached.student.username)
    with time_machine.travel(timezone.now() + timedelta(hours=1, minutes=1)):
        assert choose(path).status_code == 404
    with scope(reached.school.uai):
        give_provisionals(actor=SYSTEM, school=reached.school, accounts=[reached.now()], now=timezone.now())
    assert choose(path).status_code == 404
    assert choose(f"{FORGOTTEN}{'x' * 2000}/").status_code == 404


def test_demands_are_slowed_down_and_links_are_few(reached: Holder) -> None:
    answers = [words(ask(reached.student.username)) for _ in range(6)]
    assert ["Trop de demandes" in answer for answer in answers] == [False] * 5 + [True]
    for number in range(3):
        Client(REMOTE_ADDR=f"198.51.100.{number}").post(FORGOTTEN, {"username": reached.student.username})
    send_mails()
    assert len(mail.outbox) == LINKS_AN_HOUR
    assert "Saisissez votre identifiant" in words(Client().post(FORGOTTEN, {"username": ""}))


def test_it_was_not_me(reached: Holder) -> None:
    """Sessions end, the password is void, the school sees it; a link leads back, and none of before does."""
    before, elsewhere = link(reached.student.username), reached.client
    reached.client = Client()
    reached.sign_in(NEW)
    assert "Ce n'était pas moi" in words(reached.client.get(ACCOUNT))
    assert "Toutes les connexions seront fermées" in words(reached.client.get(NOT_ME))
    assert "votre mot de passe ne vaut plus" in words(reached.client.post(NOT_ME))
    assert reached.client.get(ACCOUNT)["Location"] == elsewhere.get(ACCOUNT)["Location"] == START
    assert reached.sign_in(NEW).status_code == 200
    assert choose(before).status_code == 404
    assert ("holder_not_me", reached.student.pk) in [(event, target) for event, target, _ in journal()]
    assert choose(link(reached.student.username)).status_code == 200
    assert reached.sign_in(OTHER)["Location"] == ACCOUNT
    change(reached, email_confirmed_at=None)
    assert "Demandez un nouveau courrier" in words(reached.client.post(NOT_ME))
