"""A pupil with a letter, and the steps to an activated account."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts import provisional
from accounts.actions.credentials import give_provisionals
from accounts.actions.journal import SYSTEM
from accounts.models import School, Student
from educonnect_admin.toolkit.scope import scope
from tests.factories import SchoolFactory, SchoolingFactory

START = "/activation/"
PASSWORD_STEP, DATE_STEP, ACCOUNT = f"{START}mot-de-passe/", f"{START}date-de-naissance/", f"{START}compte/"
NEW = "Le-petit-cheval-gris-de-Reims"
BORN = date(2014, 3, 14)


@dataclass
class Holder:
    """A pupil, the letter's password, and the browser that they use."""

    school: School
    student: Student
    secret: str
    client: Client

    def sign_in(self, password: str | None = None, username: str | None = None) -> Any:
        form = {"username": username or self.student.username, "password": password or self.secret}
        return self.client.post(START, form)

    def choose(self, password: str = NEW, again: str | None = None) -> Any:
        return self.client.post(PASSWORD_STEP, {"new_password1": password, "new_password2": again or password})

    def give_date(self, typed: str = "14/03/2014") -> Any:
        return self.client.post(DATE_STEP, {"birth_date": typed})

    def activate(self) -> Any:
        self.sign_in()
        self.choose()
        return self.give_date()

    def now(self) -> Student:
        """The account as it stands."""
        with scope(self.school.uai):
            return Student.objects.get(pk=self.student.pk)


@pytest.fixture
def holder(db: None) -> Holder:
    school = SchoolFactory()
    with scope(school.uai):
        student = SchoolingFactory(school=school, student__birth_date=BORN).student
        (secret,) = give_provisionals(actor=SYSTEM, school=school, accounts=[student], now=timezone.now())
    return Holder(school, student, provisional.grouped(secret), Client())


@pytest.fixture
def cookie() -> str:
    return settings.HOLDER_COOKIE_NAME
