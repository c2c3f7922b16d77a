"""How a school, its head and the others come to exist: the commands, and the link in the mail."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Mandate, OtpKey, School, Staff
from tests.factories import SchoolFactory, StaffFactory
from tests.mails import posted
from tests.visitors import key_of

pytestmark = pytest.mark.django_db
INVITED = ("--first-name", "Aube", "--last-name", "Vesle", "--email", "aube@example.org", "--base-url", "http://c")
CHOSEN = "Sept-rivieres-et-un-pont"


def invite(username: str = "a.vesle", *more: str) -> None:
    call_command("staff", "invite", username, *INVITED, *more)


def test_a_school_is_added_with_its_academie() -> None:
    call_command("school", "add", "0510001z", "--name", "Collège des Étoiles", "--address", "2 rue Haute|51099 ÉTOILE")
    school = School.objects.get()
    assert (school.uai, school.academy_name, school.address) == ("0510001Z", "Reims", "2 rue Haute\n51099 ÉTOILE")


def test_a_wrong_key_letter_is_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("school", "add", "0510001A", "--name", "Collège")
    assert "key letter" in capsys.readouterr().err
    assert School.objects.count() == 1


def test_what_is_no_uai_is_refused() -> None:
    with pytest.raises(CommandError, match="not a UAI"):
        call_command("school", "add", "51-1", "--name", "Collège")


def test_a_head_is_invited_and_chooses_a_password() -> None:
    SchoolFactory()
    invite("A.Vesle", "--uai", "0510001Z")
    (sent,) = posted()
    link = re.search(r"http://c(/invitation/\S+)", sent.body)
    assert link and CHOSEN not in sent.body
    client, form = Client(), {"new_password1": CHOSEN, "new_password2": CHOSEN}
    assert client.post(link.group(1), form).status_code == 302
    assert Staff.objects.get(username="a.vesle").check_password(CHOSEN)
    assert Mandate.objects.get().role == "head"
    assert client.post(link.group(1), form).status_code == 404


@pytest.mark.parametrize("password", ["court", "azertyuiop12", "a.vesle-aube", "x" * 129])
def test_a_weak_or_endless_password_is_refused(password: str) -> None:
    invite()
    link = re.search(r"http://c(/invitation/\S+)", posted()[0].body)
    assert link
    answer = Client().post(link.group(1), {"new_password1": password, "new_password2": password})
    assert answer.status_code == 200
    assert not Staff.objects.get().has_usable_password()


def test_the_same_identifiant_twice_is_refused() -> None:
    invite()
    with pytest.raises(CommandError):
        invite()


def test_a_lost_key_is_forgotten_and_an_access_closed() -> None:
    staff = StaffFactory()
    key_of(staff)
    call_command("staff", "reset-otp", staff.username)
    call_command("staff", "disable", staff.username)
    assert not OtpKey.objects.exists()
    assert not Staff.objects.get().is_active


@pytest.mark.parametrize("task", ["mandate", "reset-otp", "disable"])
def test_an_unknown_person_is_said_so(task: str) -> None:
    with pytest.raises(CommandError, match="Nobody has the identifiant"):
        call_command("staff", task, "n.inconnu", *(["0510001Z"] if task == "mandate" else []))
