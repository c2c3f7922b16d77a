"""One's own password: changed with the present one, or by a link when it is forgotten. It never replaces a key."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.actions.passwords import send_password_link
from accounts.enums import Role
from accounts.models import JournalEntry, Mail, Staff
from tests.factories import PASSWORD, SchoolFactory, StaffFactory
from tests.mails import posted
from tests.visitors import key_of, mandated, sign_in

pytestmark = pytest.mark.django_db
NEW = "Le-petit-cheval-gris-de-Reims"
CHANGE, FORGOTTEN = "/mon-compte/mot-de-passe/", "/connexion/mot-de-passe-oublie/"
REFUSED = "Identifiant ou mot de passe incorrect."


def change(client: Client, present: str = PASSWORD, new: str = NEW, again: str = NEW):
    return client.post(CHANGE, {"password": present, "new_password1": new, "new_password2": again})


def opens(staff: Staff, password: str) -> bool:
    return authenticate(username=staff.username, password=password) is not None


def link_of(staff: Staff) -> str:
    send_password_link(staff=staff, base_url="http://testserver/")
    return urlsplit(next(line for line in mail.outbox[-1].body.splitlines() if line.startswith("http"))).path


def choose(link: str, client: Client | None = None):
    return (client or Client()).post(link, {"new_password1": NEW, "new_password2": NEW})


def test_the_page_says_what_one_signs_in_with() -> None:
    staff = StaffFactory()
    assert "Aucune clé n’est enregistrée" in sign_in(staff).get("/mon-compte/").content.decode()
    key_of(staff)
    assert "Une clé est enregistrée depuis" in sign_in(staff).get("/mon-compte/").content.decode()


def test_a_changed_password_ends_the_other_sessions() -> None:
    staff = StaffFactory()
    here, there = sign_in(staff), sign_in(staff)
    before = here.session.session_key
    assert change(here).headers["Location"] == "/mon-compte/"
    assert here.get("/mon-compte/").status_code == 200
    assert here.session.session_key != before
    assert there.get("/mon-compte/").status_code == 302
    assert (opens(staff, NEW), opens(staff, PASSWORD)) == (True, False)
    assert [(told.to, told.subject) for told in posted()] == [([staff.email], "Votre mot de passe a été changé")]


@pytest.mark.parametrize(
    ("present", "new", "again", "told"),
    [
        ("Un-tout-autre-mot-99", NEW, NEW, REFUSED),
        ("", NEW, NEW, "Saisissez votre mot de passe."),
        (PASSWORD, "court", "court", "trop court"),
        (PASSWORD, "motdepasse12", "motdepasse21", "ne correspondent pas"),
        (PASSWORD, "p.agent-le-mien", "p.agent-le-mien", "trop semblable"),
    ],
)
def test_a_password_is_not_changed(present: str, new: str, again: str, told: str) -> None:
    staff = StaffFactory(username="p.agent-le-mien")
    answer = change(sign_in(staff), present, new, again)
    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert opens(staff, PASSWORD)
    assert not posted()


def test_tries_at_the_present_password_are_slowed_down() -> None:
    staff = StaffFactory()
    client = sign_in(staff)
    for _ in range(5):
        assert REFUSED in change(client, "Un-tout-autre-mot-99").content.decode()
    assert "Trop d’essais" in change(client).content.decode()
    assert opens(staff, PASSWORD)


def test_an_unknown_identifiant_answers_alike(django_capture_on_commit_callbacks) -> None:
    known, gone = StaffFactory(), StaffFactory(is_active=False)
    answers = set()
    for username in (known.username, gone.username, "personne"):
        with django_capture_on_commit_callbacks() as rung:
            answers.add(Client().post(FORGOTTEN, {"username": f" {username.upper()} "}).content)
        assert len(rung) == 1
    assert len(answers) == 1
    assert list(Mail.objects.values_list("kind", flat=True)) == ["password_link"] * 3
    assert [told.to for told in posted()] == [[known.email]]
    assert not Mail.objects.exists()


def test_demands_for_links_are_slowed_down_apart_from_sign_ins(django_capture_on_commit_callbacks) -> None:
    staff = StaffFactory()
    for _ in range(5):
        Client().post(FORGOTTEN, {"username": staff.username})
    with django_capture_on_commit_callbacks(execute=True) as rung:
        answer = Client().post(FORGOTTEN, {"username": staff.username})
    assert "Trop de demandes" in answer.content.decode()
    assert not rung
    signed_in = Client().post("/connexion/", {"username": staff.username, "password": PASSWORD})
    assert signed_in.status_code == 302


def test_a_link_opens_once_ends_sessions_and_signs_nobody_in() -> None:
    staff = StaffFactory()
    session, link, visitor = sign_in(staff), link_of(staff), Client()
    assert choose(link, visitor).headers["Location"] == "/connexion/"
    assert visitor.get("/mon-compte/").status_code == 302
    assert session.get("/mon-compte/").status_code == 302
    assert opens(staff, NEW)
    assert (visitor.get(link).status_code, choose(link).status_code) == (404, 404)
    assert posted()[-1].subject == "Votre mot de passe a été changé"


def test_a_new_password_never_skips_the_key() -> None:
    staff = mandated(Role.HEAD, SchoolFactory())
    key_of(staff)
    choose(link_of(staff))
    answer = Client().post("/connexion/", {"username": staff.username, "password": NEW})
    assert answer.headers["Location"].startswith("/connexion/code/")


@pytest.mark.parametrize(("age", "wanted"), [(timedelta(hours=71), 200), (timedelta(hours=73), 404)])
def test_a_link_lives_72_hours(age: timedelta, wanted: int) -> None:
    link = link_of(StaffFactory())
    with time_machine.travel(timezone.localtime() + age):
        assert Client().get(link).status_code == wanted


def test_a_link_ends_with_a_sign_in_or_the_access() -> None:
    staff, gone = StaffFactory(), StaffFactory()
    links = [link_of(staff), link_of(gone)]
    Client().post("/connexion/", {"username": staff.username, "password": PASSWORD})
    Staff.objects.filter(pk=gone.pk).update(is_active=False)
    assert [Client().get(link).status_code for link in links] == [404, 404]


@pytest.mark.parametrize("uid", ["MQ", "", "%00", "é", "OTk5OTk5OTk5OTk5OTk5OTk5OTk"])
def test_a_link_that_was_never_made_opens_nothing(uid: str) -> None:
    assert Client().get(f"/mot-de-passe/{uid}/abc-def/").status_code == 404


def test_the_journal_tells_of_links_and_passwords() -> None:
    staff = StaffFactory()
    choose(link_of(staff))
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('console.uai', '-', true)")
    told = JournalEntry.objects.filter(count=staff.pk).order_by("sequence").values_list("event", flat=True)
    assert list(told) == ["password_link_sent", "password_chosen"]
