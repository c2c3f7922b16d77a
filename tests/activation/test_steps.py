"""From the letter to an activated account, and what stands in the way."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import check_password
from django.test import Client
from django.utils import timezone

from accounts.actions.credentials import give_provisionals, opens, void_provisionals
from accounts.actions.journal import SYSTEM
from accounts.enums import AccountState, Origin
from accounts.models import Student
from accounts.views.activation import DATES_TRIED, ENDED, REFUSED, TOO_MANY_DATES, WRONG_DATE
from educonnect_admin.toolkit.scope import scope
from tests.activation.conftest import ACCOUNT, DATE_STEP, NEW, PASSWORD_STEP, START, Holder
from tests.pages.reading import journal, plain, words

pytestmark = pytest.mark.django_db


def test_a_pupil_activates_the_account(holder: Holder) -> None:
    assert holder.sign_in()["Location"] == PASSWORD_STEP
    assert "Bonjour Electre" in words(holder.client.get(PASSWORD_STEP))
    assert holder.choose()["Location"] == DATE_STEP
    assert holder.give_date()["Location"] == ACCOUNT
    assert "Votre compte est activé." in words(holder.client.get(ACCOUNT))
    student = holder.now()
    assert (student.state, student.origin) == (AccountState.ACTIVATED, Origin.NOTIFICATION)
    assert student.provisional_hash is None
    assert student.activated_at == student.last_login_at is not None
    assert check_password(NEW, student.password)
    assert ("account_activated", student.pk, None) in journal()


def test_the_letter_is_void_then_and_the_own_password_opens(holder: Holder) -> None:
    holder.activate()
    holder.client = Client()
    assert plain(REFUSED) in words(holder.sign_in())
    assert holder.sign_in(NEW)["Location"] == ACCOUNT
    assert "Détruisez" not in words(holder.client.get(ACCOUNT))


@pytest.mark.parametrize("typed", ["lower", "without blanks", "hyphens"])
def test_the_provisional_password_is_read_without_care(holder: Holder, typed: str) -> None:
    forms = {
        "lower": holder.secret.lower(),
        "without blanks": holder.secret.replace(" ", ""),
        "hyphens": holder.secret.replace(" ", "-"),
    }
    assert holder.sign_in(forms[typed]).status_code == 302


def test_the_identifiant_too(holder: Holder) -> None:
    assert holder.sign_in(username=f" {holder.student.username.upper()} ").status_code == 302


@pytest.mark.parametrize("password", ["petit", "motdepasse123", "azertyuiop12", "Electre ETOILE"])
def test_a_weak_password_is_refused_in_words(holder: Holder, password: str) -> None:
    holder.sign_in()
    answer = holder.choose(password)
    assert answer.status_code == 200
    assert "Ce mot de passe n'a pas été accepté" in words(answer)
    assert password not in answer.content.decode()
    assert holder.client.get(DATE_STEP)["Location"] == PASSWORD_STEP


@pytest.mark.parametrize("typed", ["14032014", "14-03-2014", "14.03.2014", "14 03 2014"])
def test_a_date_is_read_as_it_is_written(holder: Holder, typed: str) -> None:
    holder.sign_in()
    holder.choose()
    assert holder.give_date(typed).status_code == 302


@pytest.mark.parametrize("typed", ["", "hier", "31/02/2014", "14/03/0014", "14/03/2999", "\x00", "9" * 9000])
def test_what_is_no_date_is_said(holder: Holder, typed: str) -> None:
    holder.sign_in()
    holder.choose()
    assert "Votre date de naissance :" in words(holder.give_date(typed))
    assert holder.now().state == AccountState.NOTIFIED


def test_a_wrong_date_activates_nothing_and_ends_the_way_at_the_fifth(holder: Holder) -> None:
    holder.sign_in()
    holder.choose()
    for _ in range(DATES_TRIED - 1):
        with_words = words(holder.give_date("15/03/2014"))
        assert plain(WRONG_DATE) in with_words or "Trop d'essais" in with_words
    assert plain(TOO_MANY_DATES) in words(holder.give_date("15/03/2014"))
    assert holder.give_date()["Location"] == START
    assert holder.now().state == AccountState.NOTIFIED


def test_dates_are_counted_over_all_ways(holder: Holder) -> None:
    """Coming in again with the letter gives no fresh tries of the date."""
    said = []
    for _ in range(2):
        holder.client = Client()
        holder.sign_in()
        holder.choose()
        said += [words(holder.give_date("15/03/2014")) for _ in range(4)]
    assert "Trop d'essais" in said[-1]


def test_a_pupil_without_birth_date_is_sent_to_the_school(holder: Holder) -> None:
    with scope(holder.school.uai):
        Student.objects.filter(pk=holder.student.pk).update(birth_date=None)
    holder.sign_in()
    holder.choose()
    assert "Demandez au secrétariat de la faire corriger" in words(holder.client.get(DATE_STEP))
    assert holder.give_date().status_code == 200
    assert holder.now().state == AccountState.NOTIFIED


@pytest.mark.parametrize("address", [PASSWORD_STEP, DATE_STEP, ACCOUNT])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_step_opens_before_the_first(db: None, address: str, method: str) -> None:
    answer = getattr(Client(), method)(address, {"birth_date": "14/03/2014"})
    assert answer.status_code == 405 if (address, method) == (ACCOUNT, "post") else answer["Location"] == START


def test_no_step_can_be_skipped_or_done_twice(holder: Holder) -> None:
    holder.sign_in()
    assert holder.give_date()["Location"] == PASSWORD_STEP
    assert holder.client.get(ACCOUNT)["Location"] == PASSWORD_STEP
    holder.choose()
    holder.give_date()
    assert holder.choose("Un-autre-cheval-bleu-de-Reims")["Location"] == ACCOUNT
    assert check_password(NEW, holder.now().password)


def test_a_letter_past_its_day_opens_nothing(holder: Holder) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=91), tick=False):
        assert plain(REFUSED) in words(holder.sign_in())


def test_a_letter_that_ends_on_the_way_activates_nothing(holder: Holder) -> None:
    with time_machine.travel(holder.now().provisional_expires_at - timedelta(minutes=1)) as clock:
        holder.sign_in()
        holder.choose()
        clock.shift(timedelta(minutes=2))
        assert plain(ENDED) in words(holder.give_date())
    assert holder.now().state == AccountState.NOTIFIED


@pytest.mark.parametrize("meanwhile", ["renewed", "frozen", "blocked"])
def test_what_the_school_does_meanwhile_wins(holder: Holder, meanwhile: str) -> None:
    holder.sign_in()
    holder.choose()
    with scope(holder.school.uai):
        if meanwhile == "renewed":
            give_provisionals(actor=SYSTEM, school=holder.school, accounts=[holder.student], now=timezone.now())
        elif meanwhile == "frozen":
            void_provisionals(actor=SYSTEM, uai=holder.school.uai)
        else:
            Student.objects.update(state=AccountState.BLOCKED, blocked_reason="prêté")
    assert holder.give_date()["Location"] == START
    assert not opens(holder.now(), NEW)


def test_a_reset_closes_the_session_of_an_activated_account(holder: Holder) -> None:
    holder.activate()
    assert holder.client.get(ACCOUNT).status_code == 200
    with scope(holder.school.uai):
        give_provisionals(actor=SYSTEM, school=holder.school, accounts=[holder.now()], now=timezone.now())
    assert holder.client.get(ACCOUNT)["Location"] == START


def test_signing_out_closes_it_for_a_stolen_cookie_too(holder: Holder, cookie: str) -> None:
    holder.activate()
    thief = Client()
    thief.cookies[cookie] = holder.client.cookies[cookie].value
    assert thief.get(ACCOUNT).status_code == 200
    holder.client.post(f"{START}deconnexion/")
    assert thief.get(ACCOUNT)["Location"] == START


def test_the_session_ends_after_15_minutes_without_use(holder: Holder) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        holder.activate()
        clock.shift(timedelta(minutes=16))
        assert holder.client.get(ACCOUNT)["Location"] == START
