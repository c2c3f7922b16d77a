"""Another address of one's own: asked for with the password, in force once the link sent to it is followed."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.actions.account_changes import LINKS_AN_HOUR
from accounts.enums import AccountState, Origin
from accounts.models import Guardian, Mail
from accounts.tasks import send_mails
from educonnect_admin.toolkit.scope import scope
from tests.activation.conftest import ACCOUNT, NEW, START, Holder
from tests.activation.test_forgotten import EMAIL, change, choose, link, reached
from tests.factories import GuardianFactory, GuardianshipFactory
from tests.pages.reading import journal, words

pytestmark = pytest.mark.django_db
__all__ = ["reached"]
OWN_EMAIL = f"{ACCOUNT}adresse/"
OTHER = "ondine@autre.example.org"


def ask(holder: Holder, email: str = OTHER, password: str = NEW) -> Any:
    return holder.client.post(OWN_EMAIL, {"email": email, "password": password})


def path_of(sent: Any) -> str:
    return urlsplit(next(line for line in sent.body.splitlines() if line.startswith("http"))).path


def asked(holder: Holder) -> str:
    """The path of the link that went to the other address."""
    ask(holder)
    send_mails()
    return path_of([sent for sent in mail.outbox if sent.to == [OTHER]][-1])


def test_the_other_address_is_in_force_once_its_link_is_followed(reached: Holder) -> None:
    assert EMAIL in words(reached.client.get(ACCOUNT))
    assert "Un message part à la nouvelle adresse" in words(ask(reached))
    assert OTHER not in str(list(Mail.objects.values_list("about", flat=True)))
    send_mails()
    (new,) = [sent for sent in mail.outbox if sent.to == [OTHER]]
    (old,) = [sent for sent in mail.outbox if sent.to == [EMAIL]]
    assert "Une autre adresse" in old.body
    path, reader = path_of(new), Client()
    assert OTHER not in path
    assert "Vous avez demandé que cette adresse" in words(reader.get(path))
    assert reached.now().email == EMAIL
    assert "Votre adresse est changée" in words(reader.post(path))
    account = reached.now()
    assert (account.email, account.email_confirmed_at is not None) == (OTHER, True)
    assert reached.client.get(ACCOUNT).status_code == 200
    send_mails()
    assert mail.outbox[-1].to == [EMAIL]
    assert "vient d’être changée" in mail.outbox[-1].body
    told = [event for event, target, _ in journal() if target == account.pk]
    assert told[-2:] == ["email_link_sent", "holder_email_changed"]
    assert link(account.username)
    assert mail.outbox[-1].to == [OTHER]


def test_a_first_address_is_given_and_nobody_else_is_told(holder: Holder) -> None:
    holder.activate()
    change(holder, email="")
    assert "Donner une adresse électronique" in words(holder.client.get(ACCOUNT))
    assert "n'a pas encore d'adresse" in words(holder.client.get(OWN_EMAIL))
    Client().post(asked(holder))
    send_mails()
    assert [sent.to for sent in mail.outbox] == [[OTHER]]
    assert holder.now().email == OTHER


def test_a_guardian_too(reached: Holder) -> None:
    with scope(reached.school.uai):
        life = {"state": AccountState.ACTIVATED, "email": EMAIL, "email_confirmed_at": timezone.now()}
        guardian = GuardianFactory(**life, password=reached.now().password)
        GuardianshipFactory(school=reached.school, student=reached.student, guardian=guardian)
    reached.client = Client()
    reached.sign_in(NEW, guardian.username)
    assert Client().post(asked(reached)).status_code == 200
    with scope(reached.school.uai):
        assert Guardian.objects.get().email == OTHER


def test_without_the_password_nothing_goes(reached: Holder) -> None:
    assert "Ce n'est pas votre mot de passe" in words(ask(reached, password="x"))
    assert Mail.objects.count() == 0
    said = [words(ask(reached, password="x")) for _ in range(5)]
    assert "Trop d'essais" in said[-1]
    assert "Trop d'essais" in words(ask(reached))
    assert Mail.objects.count() == 0


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("", "Saisissez votre adresse"),
        ("ondine", "Donnez une adresse comme"),
        (EMAIL.upper(), "déjà l'adresse de votre compte"),
        ("a" * 300 + "@example.org", "trop longue"),
    ],
)
def test_what_is_no_other_address_is_said(reached: Holder, email: str, said: str) -> None:
    page = words(ask(reached, email))
    assert "Rien n'a été demandé" in page
    assert said in page
    assert Mail.objects.count() == 0


def test_what_happens_meanwhile_ends_the_link(reached: Holder) -> None:
    path = asked(reached)
    for values in (
        {"email": "x@example.org"},
        {"password": ""},
        {"state": AccountState.BLOCKED, "blocked_reason": "p"},
    ):
        before = {name: getattr(reached.now(), name) for name in values}
        change(reached, **values)
        assert Client().post(path).status_code == Client().get(path).status_code == 404
        change(reached, **before)
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        assert Client().post(path).status_code == 404
    assert Client().post(path).status_code == 200
    assert Client().post(path).status_code == 404


def test_a_password_chosen_meanwhile_keeps_the_mail_from_going(reached: Holder) -> None:
    path = link(reached.student.username)
    ask(reached)
    choose(path)
    send_mails()
    assert [sent for sent in mail.outbox if sent.to == [OTHER]] == []


def test_two_links_and_one_of_them_serves(reached: Holder) -> None:
    first, second = asked(reached), asked(reached)
    assert Client().post(second).status_code == 200
    assert Client().post(first).status_code == 404


def test_links_are_few_an_hour(reached: Holder) -> None:
    for _ in range(LINKS_AN_HOUR):
        asked(reached)
    assert "Trop de messages sont déjà partis" in words(ask(reached))


@pytest.mark.parametrize("token", ["x", "a:b:c", "é", "0" * 2000])
def test_a_forged_link_changes_nothing(db: None, token: str) -> None:
    for method in ("get", "post"):
        assert getattr(Client(), method)(f"{OWN_EMAIL}{token}/").status_code == 404


def test_it_is_for_whoever_is_there_with_a_password(reached: Holder) -> None:
    assert Client().get(OWN_EMAIL)["Location"] == START
    change(reached, origin=Origin.FRANCE_CONNECT)
    assert "adresse électronique" not in words(reached.client.get(ACCOUNT))
    assert ask(reached)["Location"] == ACCOUNT
    assert Mail.objects.count() == 0
