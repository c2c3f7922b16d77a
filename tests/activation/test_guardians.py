"""A guardian's way: letter, password, children's birth dates, address, and the link of the mail."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts import provisional
from accounts.actions.account_changes import LINKS_AN_HOUR
from accounts.actions.credentials import give_provisionals
from accounts.actions.guardian_activation import LINK_HOURS, children_of
from accounts.actions.journal import SYSTEM
from accounts.enums import AccountState, Origin, Relation
from accounts.models import Guardian, Guardianship, Student
from accounts.tasks import send_mails
from accounts.views.activation import DATES_TRIED, REFUSED
from accounts.views.guardian_activation import WRONG_DATES
from educonnect_admin.toolkit.scope import holder_scope, scope
from tests.activation.conftest import ACCOUNT, DATE_STEP, NEW, PASSWORD_STEP, START, Holder
from tests.factories import GuardianFactory, GuardianshipFactory, SchoolFactory, SchoolingFactory
from tests.pages.reading import journal, plain, words

pytestmark = pytest.mark.django_db
CHILDREN, WAITING = f"{START}enfants/", f"{START}courriel/"
EMAIL = "ondine@example.org"


class Parent(Holder):
    """A guardian of two pupils, one of whom has no birth date."""

    def give(self, *typed: str, email: str = EMAIL) -> Any:
        dates = {f"birth_date_{number}": day for number, day in enumerate(typed)}
        return self.client.post(CHILDREN, {**dates, "email": email})

    def begin(self) -> str:
        """All but the mail's link, whose path is returned."""
        self.sign_in()
        self.choose()
        self.give("14/03/2014")
        return link()

    def now(self) -> Any:
        with scope(self.school.uai):
            return Guardian.objects.get(pk=self.student.pk)


def link() -> str:
    send_mails()
    return urlsplit(next(line for line in mail.outbox[-1].body.splitlines() if line.startswith("http"))).path


@pytest.fixture
def parent(db: None) -> Parent:
    school = SchoolFactory()
    with scope(school.uai):
        guardian = GuardianFactory(email="")
        for name, born in (("Electre", date(2014, 3, 14)), ("Maia", None)):
            child = SchoolingFactory(school=school, student__first_name=name, student__birth_date=born).student
            GuardianshipFactory(school=school, student=child, guardian=guardian)
        (secret,) = give_provisionals(actor=SYSTEM, school=school, accounts=[guardian], now=timezone.now())
    return Parent(school, guardian, provisional.grouped(secret), Client())


def test_a_guardian_activates_the_account(parent: Parent) -> None:
    assert parent.sign_in()["Location"] == PASSWORD_STEP
    assert parent.choose()["Location"] == CHILDREN
    page = words(parent.client.get(CHILDREN))
    assert "Date de naissance de Electre" in page
    assert "Date de naissance de Maia" not in page
    assert parent.give("14/03/2014")["Location"] == WAITING
    assert EMAIL in words(parent.client.get(WAITING))
    assert (parent.now().state, parent.now().provisional_hash) == (AccountState.ACTIVATING, None)
    path, reader = link(), Client()
    assert mail.outbox[-1].to == [EMAIL]
    assert parent.now().username not in mail.outbox[-1].body
    assert "Terminer l'activation" in words(reader.get(path))
    assert parent.now().state == AccountState.ACTIVATING
    assert "Votre compte est activé" in words(reader.post(path))
    account = parent.now()
    assert (account.state, account.origin) == (AccountState.ACTIVATED, Origin.NOTIFICATION)
    assert account.email_confirmed_at == account.activated_at is not None
    told = [event for event, target, _ in journal() if target == account.pk]
    assert told == ["account_notified", "account_activating", "email_link_sent", "account_activated"]
    assert parent.sign_in(NEW)["Location"] == ACCOUNT
    assert account.username in words(parent.client.get(ACCOUNT))
    assert parent.now().last_login_at is not None


def test_the_link_serves_once_and_the_letter_never_again(parent: Parent) -> None:
    path = parent.begin()
    Client().post(path)
    assert Client().post(path).status_code == Client().get(path).status_code == 404
    parent.client = Client()
    assert plain(REFUSED) in words(parent.sign_in())


def test_a_link_past_its_day_is_sent_again(parent: Parent) -> None:
    path = parent.begin()
    with time_machine.travel(timezone.now() + timedelta(hours=LINK_HOURS, minutes=1)):
        assert Client().post(path).status_code == 404
        parent.sign_in(NEW)
        assert parent.client.get(ACCOUNT)["Location"] == WAITING
        assert "Un autre message est parti" in words(parent.client.post(WAITING))
        assert Client().post(link()).status_code == 200
    assert parent.now().state == AccountState.ACTIVATED


def test_links_are_few_an_hour(parent: Parent) -> None:
    parent.begin()
    for _ in range(LINKS_AN_HOUR - 1):
        parent.client.post(WAITING)
        send_mails()
    assert "Trop de messages" in words(parent.client.post(WAITING))
    send_mails()
    assert len(mail.outbox) == LINKS_AN_HOUR


@pytest.mark.parametrize("meanwhile", ["renewed", "blocked", "another address"])
def test_what_happens_meanwhile_ends_the_link(parent: Parent, meanwhile: str) -> None:
    path = parent.begin()
    with scope(parent.school.uai):
        if meanwhile == "renewed":
            give_provisionals(actor=SYSTEM, school=parent.school, accounts=[parent.now()], now=timezone.now())
        elif meanwhile == "blocked":
            Guardian.objects.update(state=AccountState.BLOCKED, blocked_reason="prêté")
        else:
            Guardian.objects.update(email="autre@example.org")
    assert Client().post(path).status_code == 404
    assert parent.now().state != AccountState.ACTIVATED


@pytest.mark.parametrize("token", ["x", "a:b:c", "é", "0" * 2000])
def test_a_forged_link_opens_nothing(db: None, token: str) -> None:
    for method in ("get", "post"):
        assert getattr(Client(), method)(f"{WAITING}{token}/").status_code == 404


def test_wrong_dates_activate_nothing_and_say_not_which(parent: Parent) -> None:
    with scope(parent.school.uai):
        Student.objects.filter(first_name="Maia").update(birth_date=date(2016, 5, 2))
    parent.sign_in()
    parent.choose()
    said = words(parent.give("14/03/2014", "03/05/2016"))
    assert plain(WRONG_DATES) in said
    for _ in range(DATES_TRIED - 1):
        parent.give("15/03/2014", "02/05/2016")
    assert parent.client.get(CHILDREN)["Location"] == START
    assert parent.now().state == AccountState.NOTIFIED
    assert send_mails() is None
    assert mail.outbox == []


@pytest.mark.parametrize(("typed", "email"), [("", EMAIL), ("14/03/2014", ""), ("hier", EMAIL), ("14/03/2014", "x@")])
def test_what_is_missing_is_said(parent: Parent, typed: str, email: str) -> None:
    parent.sign_in()
    parent.choose()
    assert "Votre compte n'est pas encore activé" in words(parent.give(typed, email=email))
    assert parent.now().state == AccountState.NOTIFIED


def test_without_any_birth_date_the_school_helps(parent: Parent) -> None:
    with scope(parent.school.uai):
        Student.objects.update(birth_date=None)
    parent.sign_in()
    parent.choose()
    assert "Demandez au secrétariat" in words(parent.client.get(CHILDREN))
    assert parent.give().status_code == 200
    assert parent.now().state == AccountState.NOTIFIED


def test_no_step_is_skipped_and_a_pupil_has_none_of_these(parent: Parent, holder: Holder) -> None:
    parent.sign_in()
    assert parent.give("14/03/2014")["Location"] == PASSWORD_STEP
    assert parent.client.get(WAITING)["Location"] == PASSWORD_STEP
    parent.choose()
    assert parent.give_date()["Location"] == PASSWORD_STEP
    holder.sign_in()
    holder.choose()
    for address in (CHILDREN, WAITING):
        assert holder.client.post(address, {"email": EMAIL})["Location"] == PASSWORD_STEP
    assert holder.client.get(DATE_STEP).status_code == 200


def test_a_guardian_sees_one_account_and_dates_of_undisputed_legal_ties(parent: Parent) -> None:
    with scope(parent.school.uai):
        other = GuardianFactory()
        elsewhere = SchoolingFactory(school=parent.school, student__first_name="Zoe").student
        GuardianshipFactory(school=parent.school, student=elsewhere, guardian=other)
        GuardianshipFactory(school=parent.school, student=elsewhere, guardian=parent.student, relation=Relation.CONTACT)
        Guardianship.objects.filter(student__first_name="Maia").update(disputed_at=timezone.now())
    assert [child.first_name for child in children_of(parent.student.pk)] == ["Electre"]
    with transaction.atomic(), holder_scope(parent.student.pk):
        assert [guardian.pk for guardian in Guardian.objects.all()] == [parent.student.pk]
        assert Student.objects.count() == 0
        assert Guardian.objects.filter(pk=other.pk).update(email="x@example.org") == 0


def test_children_are_asked_by_a_holder_only(parent: Parent) -> None:
    denied = pytest.raises(ProgrammingError, match="permission denied")
    with denied, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('console.account', %s, true)", [str(parent.student.pk)])
        cursor.execute("SELECT * FROM held_children()")
