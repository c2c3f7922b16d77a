"""A forgotten password by text message: a guardian's code, once, in time, not guessed; nothing for anybody else."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.actions.holder_codes import CODES_AN_HOUR, TRIES
from accounts.enums import AccountState, BlockReason, Language, Origin
from accounts.models import Guardian, HolderCode
from accounts.tasks import send_mails
from educonnect_admin.toolkit.scope import holder_scope, scope
from tests.activation.conftest import ACCOUNT, NEW, START, Holder
from tests.factories import GuardianFactory, GuardianshipFactory
from tests.pages.reading import journal, words

pytestmark = pytest.mark.django_db
FORGOTTEN, CODE = f"{START}oubli/", f"{START}oubli/code/"
MOBILE = "+33612345678"
SENT: list[tuple[str, str]] = []


def keep(number: str, body: str) -> None:
    """The sender of these tests."""
    SENT.append((number, body))


@pytest.fixture(autouse=True)
def sender(settings: Any) -> Iterator[None]:
    settings.TEXT_SENDER = f"{__name__}.keep"
    yield
    SENT.clear()


@pytest.fixture
def guardian(holder: Holder) -> Guardian:
    """Activated, with a mobile and without an address."""
    with scope(holder.school.uai):
        made: Guardian = GuardianFactory(state=AccountState.ACTIVATED, mobile=MOBILE, email="", password="!")
        GuardianshipFactory(school=holder.school, student=holder.student, guardian=made)
    return made


def ask(username: str) -> Any:
    page = Client().post(FORGOTTEN, {"username": username, "way": "sms"})
    send_mails()
    return page


def code_sent() -> str:
    return next(word for word in SENT[-1][1].split() if word.isdigit())


def give(username: str, code: str) -> Any:
    return Client().post(CODE, {"username": username, "code": code})


def test_the_code_leads_to_another_password_once(holder: Holder, guardian: Guardian) -> None:
    assert "Si l'établissement connaît le mobile" in words(ask(f" {guardian.username.upper()} "))
    (number, body), code = SENT[0], code_sent()
    assert number == MOBILE
    assert len(code) == 6
    assert guardian.username not in body
    link = give(guardian.username, code)["Location"]
    assert give(guardian.username, code).status_code == 200
    assert "Votre mot de passe est changé" in words(Client().post(link, {"new_password1": NEW, "new_password2": NEW}))
    assert Client().get(link).status_code == 404
    assert holder.sign_in(NEW, guardian.username)["Location"] == ACCOUNT
    told = [event for event, target, _ in journal() if target == guardian.pk]
    assert told == ["holder_code_sent", "holder_password_chosen"]


def test_the_message_is_in_the_familys_language(holder: Holder, guardian: Guardian) -> None:
    with scope(holder.school.uai):
        Guardian.objects.filter(pk=guardian.pk).update(language=Language.ENGLISH)
    ask(guardian.username)
    assert "ten minutes" in SENT[0][1]


@pytest.mark.parametrize(
    "change",
    [
        {"mobile": ""},
        {"state": AccountState.BLOCKED, "blocked_reason": BlockReason.ASKED},
        {"state": AccountState.CLOSED},
        {"origin": Origin.FRANCE_CONNECT},
    ],
    ids=str,
)
def test_who_gets_no_code_is_told_the_same(holder: Holder, guardian: Guardian, change: dict[str, Any]) -> None:
    def told(username: str) -> str:
        return words(ask(username)).replace(username, "x.x")

    known = told(guardian.username)
    with scope(holder.school.uai):
        Guardian.objects.filter(pk=guardian.pk).update(**change)
    SENT.clear()
    assert told(guardian.username) == told("n.existepas") == told(holder.student.username) == known
    assert SENT == []


def test_a_guesser_has_five_tries_and_then_the_right_one_is_no_better(guardian: Guardian) -> None:
    ask(guardian.username)
    right = code_sent()
    wrong = "000000" if right != "000000" else "000001"
    start = timezone.now()
    for number in range(TRIES):
        with time_machine.travel(start + timedelta(minutes=number), tick=False):
            assert "est faux ou ne vaut plus" in words(give(guardian.username, wrong))
    with time_machine.travel(start + timedelta(minutes=9), tick=False):
        assert "est faux ou ne vaut plus" in words(give(guardian.username, right))


def test_a_code_is_over_after_ten_minutes_and_with_the_next(guardian: Guardian) -> None:
    ask(guardian.username)
    first = code_sent()
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert give(guardian.username, first).status_code == 200
        ask(guardian.username)
        assert give(guardian.username, first).status_code == (302 if first == code_sent() else 200)
        assert give(guardian.username, code_sent()).status_code == 302


def test_a_block_meanwhile_ends_it(holder: Holder, guardian: Guardian) -> None:
    ask(guardian.username)
    with scope(holder.school.uai):
        Guardian.objects.filter(pk=guardian.pk).update(state=AccountState.BLOCKED, blocked_reason=BlockReason.ASKED)
    assert give(guardian.username, code_sent()).status_code == 200


def test_the_code_of_one_opens_no_other(holder: Holder, guardian: Guardian) -> None:
    with scope(holder.school.uai):
        other = GuardianFactory(state=AccountState.ACTIVATED, mobile=MOBILE)
        GuardianshipFactory(school=holder.school, student=holder.student, guardian=other)
    ask(guardian.username)
    code = code_sent()
    ask(other.username)
    assert give(other.username, code).status_code == (302 if code == code_sent() else 200)
    with transaction.atomic(), holder_scope(other.pk):
        assert HolderCode.objects.count() <= 1


def test_nobody_is_flooded(guardian: Guardian) -> None:
    for number in range(CODES_AN_HOUR + 3):
        with time_machine.travel(timezone.now() + timedelta(minutes=2 * number), tick=False):
            ask(guardian.username)
    assert len(SENT) == CODES_AN_HOUR


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "1234567", "12345\x00", "１２３４５６"])
def test_what_is_no_code_is_told(guardian: Guardian, typed: str) -> None:
    assert "Saisissez les 6 chiffres du SMS." in words(give(guardian.username, typed))


def test_without_a_sender_the_site_offers_none(guardian: Guardian, settings: Any) -> None:
    settings.TEXT_SENDER = ""
    assert "SMS" not in words(Client().get(FORGOTTEN))
    ask(guardian.username)
    assert SENT == []


def test_the_default_writes_to_the_console(
    guardian: Guardian, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.TEXT_SENDER = "educonnect_admin.toolkit.texts.to_console"
    ask(guardian.username)
    assert capsys.readouterr().out.startswith(f"SMS {MOBILE}: ÉduConnect")
