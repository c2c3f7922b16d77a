"""Signing in, in one step or two, and out."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp

from accounts.actions.journal import SYSTEM
from accounts.actions.staff import choose_password, disable
from accounts.enums import Role
from accounts.models import JournalEntry, Staff
from accounts.models.journal import NO_SCHOOL
from educonnect_admin.toolkit.scope import scope
from tests.factories import PASSWORD
from tests.pages.reading import missing, words
from tests.visitors import HERE, INSIDE, World, key_of, mandated

SIGN_IN, CODE, PORTAL = (reverse(name) for name in ("sign_in", "sign_in_otp", "portal"))
STUDENTS = reverse("students", args=[HERE])
REFUSED = "Identifiant ou mot de passe incorrect."
SEED = b"an-invented-seed-20b"


def enter(client: Client, username: str, password: str = PASSWORD, **form: str):
    return client.post(SIGN_IN, {"username": username, "password": password, **form})


def code(steps: int = 0) -> str:
    return f"{totp(SEED, drift=steps):06}"


def is_in(client: Client) -> bool:
    return client.get(PORTAL).status_code == 200


def told() -> list[tuple[str, str]]:
    """What the journal of no school tells, with its details."""
    with scope(NO_SCHOOL):
        return list(JournalEntry.objects.filter(uai=NO_SCHOOL).order_by("sequence").values_list("event", "detail"))


@pytest.fixture
def head_staff(world: World) -> Staff:
    """A head who has a key."""
    return key_of(mandated(Role.HEAD, world.here)).user


@pytest.fixture
def teacher_staff(world: World) -> Staff:
    return mandated(Role.SIMPLIFIED, world.here)


def test_the_page_asks_for_what_the_seed_names(client: Client, db: None) -> None:
    response = client.get(SIGN_IN)
    assert missing(response, "Connexion", "Identifiant", "Mot de passe Agents", "Continuer", "clé OTP") == []
    assert 'autocomplete="current-password"' in response.content.decode()


def test_a_teacher_enters_with_the_password_alone(client: Client, teacher_staff: Staff) -> None:
    response = enter(client, f" {teacher_staff.username.upper()} ")
    assert (response.status_code, response["Location"], is_in(client)) == (302, PORTAL, True)
    assert told() == [("signed_in", "password")]


def test_a_head_enters_with_the_code_too(client: Client, head_staff: Staff) -> None:
    first = enter(client, head_staff.username, next=f"{STUDENTS}?classe=a&etat=notified")
    assert first["Location"].startswith(f"{CODE}?next=")
    assert not is_in(client)
    second = client.post(first["Location"], {"otp_token": f"{code()[:3]} {code()[3:]}"})
    assert second["Location"] == f"{STUDENTS}?classe=a&etat=notified"
    assert client.get(STUDENTS).status_code == 200


def test_a_head_without_a_key_is_led_to_record_one(client: Client, world: World) -> None:
    enter(client, mandated(Role.HEAD, world.here).username)
    response = client.get(STUDENTS, follow=True)
    assert [target.partition("?")[0] for target, _ in response.redirect_chain] == [CODE, reverse("otp_enrol")]
    assert response.request["QUERY_STRING"] == f"next={STUDENTS.replace('/', '%2F')}"


@pytest.mark.parametrize(("headers", "wanted"), [({}, CODE), (INSIDE, PORTAL)])
def test_an_agent_with_a_key_is_asked_for_it_off_the_network(
    client: Client, world: World, headers: dict, wanted: str
) -> None:
    agent = key_of(mandated(Role.FULL, world.here)).user
    response = client.post(SIGN_IN, {"username": agent.username, "password": PASSWORD}, **headers)
    assert response["Location"].partition("?")[0] == wanted


@pytest.mark.parametrize("who", ["wrong password", "unknown", "disabled", "never chose one"])
def test_every_refusal_is_the_same_answer(client: Client, teacher_staff: Staff, who: str) -> None:
    if who == "disabled":
        disable(actor=SYSTEM, staff=teacher_staff)
    if who == "never chose one":
        teacher_staff.set_unusable_password()
        teacher_staff.save()
    username = "n.existe.pas" if who == "unknown" else teacher_staff.username
    response = enter(client, username, "Une-mauvaise-phrase" if who == "wrong password" else PASSWORD)
    assert (response.status_code, is_in(client)) == (200, False)
    assert missing(response, REFUSED, "La connexion n'a pas abouti") == []
    assert told()[-1] == ("sign_in_refused", "")
    reference = enter(Client(), "personne.du.tout", "Une-mauvaise-phrase")
    assert words(response) == words(reference)


def test_a_password_is_never_written_back(client: Client, head_staff: Staff) -> None:
    refused = enter(client, head_staff.username, "Une-mauvaise-phrase")
    assert b"Une-mauvaise-phrase" not in refused.content
    second = client.get(enter(client, head_staff.username)["Location"])
    assert PASSWORD.encode() not in second.content
    assert PASSWORD not in str(dict(client.session))


def test_the_sixth_wrong_password_waits_and_so_does_the_right_one(client: Client, teacher_staff: Staff) -> None:
    for _ in range(5):
        enter(client, teacher_staff.username, "Une-mauvaise-phrase")
    response = enter(client, teacher_staff.username)
    assert missing(response, "Trop d'essais avec cet identifiant. Vous pourrez recommencer dans", "pas bloqué") == []
    assert not is_in(client)
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        assert enter(client, teacher_staff.username).status_code == 302


@pytest.mark.parametrize("steps", [0, -1, 1])
def test_a_code_serves_once(client: Client, head_staff: Staff, steps: int) -> None:
    shown = code(steps)
    for wanted in (302, 200):
        enter(client, head_staff.username)
        response = client.post(CODE, {"otp_token": shown})
        assert response.status_code == wanted
        client.logout()
    assert missing(response, "Ce code est faux ou il a déjà servi") == []
    assert told()[-1] == ("otp_refused", "")


def test_what_is_no_code_is_told(client: Client, head_staff: Staff) -> None:
    enter(client, head_staff.username)
    for typed in ("", "12345", "1234567", "abcdef", "+92015", "９２０１５０", "٩٢٠١٥٠", "\x00" * 6, "9" * 5000):
        response = client.post(CODE, {"otp_token": typed})
        assert (response.status_code, is_in(client)) == (200, False)
        assert "Erreur" in words(response), typed


def test_a_code_is_awaited_for_five_minutes(client: Client, head_staff: Staff) -> None:
    enter(client, head_staff.username)
    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=1)):
        response = client.post(CODE, {"otp_token": code()})
    assert response["Location"].startswith(f"{SIGN_IN}?next=")


@pytest.mark.parametrize("change", ["password", "disabled"])
def test_what_changes_before_the_code_ends_the_sign_in(client: Client, head_staff: Staff, change: str) -> None:
    enter(client, head_staff.username)
    if change == "password":
        choose_password(actor=SYSTEM, staff=head_staff, password="Une-autre-phrase-de-passe-43")
    else:
        disable(actor=SYSTEM, staff=head_staff)
    assert client.post(CODE, {"otp_token": code()})["Location"].startswith(f"{SIGN_IN}?next=")
    assert not is_in(client)


def test_the_session_has_a_new_name_at_each_step(client: Client, head_staff: Staff) -> None:
    client.get(SIGN_IN)
    session = client.session
    session["planted"] = "yes"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    names = [session.session_key]
    enter(client, head_staff.username)
    names.append(client.session.session_key)
    client.post(CODE, {"otp_token": code()})
    names.append(client.session.session_key)
    assert len(set(names)) == 3
    assert "planted" not in client.session


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(client: Client, teacher_staff: Staff) -> None:
    enter(client, teacher_staff.username)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_signing_out_ends_the_session(client: Client, teacher_staff: Staff) -> None:
    enter(client, teacher_staff.username)
    stolen = Client()
    stolen.cookies[settings.SESSION_COOKIE_NAME] = client.session.session_key
    assert is_in(stolen)
    assert client.get(reverse("sign_out")).status_code == 405
    assert client.post(reverse("sign_out"))["Location"] == reverse("signed_out")
    assert (is_in(client), is_in(stolen)) == (False, False)
    assert told()[-1] == ("signed_out", "")


@pytest.mark.parametrize(
    "username", ["", "\x00", "a\x00b", "x" * 61, "x" * 10_000, "é" * 60, "' OR 1=1 --", "\ufdfa" * 60]
)
def test_odd_identifiants_and_passwords_are_refused_in_words(client: Client, db: None, username: str) -> None:
    for password in ("", "x" * 129):
        response = enter(client, username, password)
        assert response.status_code == 200
        assert "La connexion n'a pas abouti" in words(response)


def test_a_password_keeps_its_blanks_and_its_case(client: Client, teacher_staff: Staff) -> None:
    for typed in (f" {PASSWORD}", f"{PASSWORD} ", PASSWORD.lower()):
        assert missing(enter(client, teacher_staff.username, typed), REFUSED) == []
