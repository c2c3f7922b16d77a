"""First use and keys: choosing a password, recording an OTP key, proving again who is there."""

import base64
import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_otp.oath import totp

from accounts import assurance
from accounts.actions.journal import SYSTEM
from accounts.actions.staff import disable, invite
from accounts.enums import Role
from accounts.models import OtpKey, Staff
from tests.factories import PASSWORD, StaffFactory
from tests.mails import posted
from tests.pages.reading import missing, words
from tests.visitors import HERE, World, mandated, sign_in

ENROL, PROOF, PORTAL = (reverse(name) for name in ("otp_enrol", "proof", "portal"))
STUDENTS = reverse("students", args=[HERE])
CHOSEN = "Trois-etoiles-au-dessus-du-canal"


def code(key: OtpKey, steps: int = 0) -> str:
    return f"{totp(key.seed, drift=steps):06}"


@pytest.fixture
def new_head(world: World) -> Client:
    """Signed in by password, without a key yet."""
    return sign_in(mandated(Role.HEAD, world.here))


def test_a_first_key_is_shown_and_stays_the_same_until_it_is_confirmed(new_head: Client) -> None:
    first, again = new_head.get(ENROL), new_head.get(ENROL)
    groups = re.findall(r"\b[A-Z2-7]{4}\b", words(first))
    assert "".join(groups) == base64.b32encode(OtpKey.objects.get().seed).decode()
    assert b"data:image/svg+xml" in first.content
    assert groups == re.findall(r"\b[A-Z2-7]{4}\b", words(again))
    assert "no-store" in first["Cache-Control"]


def test_the_first_code_confirms_the_key_and_opens_the_way(new_head: Client) -> None:
    assert new_head.get(STUDENTS).status_code == 302
    new_head.get(ENROL)
    key = OtpKey.objects.get()
    response = new_head.post(f"{ENROL}?next={STUDENTS}", {"otp_token": code(key)})
    assert missing(response, "Vos dix codes de secours", "J'ai rangé ces codes") == []
    kept = new_head.post(reverse("recovery_codes_kept"), {"next": response.context["next"]})
    assert (kept["Location"], new_head.get(STUDENTS).status_code) == (STUDENTS, 200)
    key.refresh_from_db()
    assert key.confirmed
    assert not key.verify_token(code(key))


def test_a_wrong_first_code_confirms_nothing(new_head: Client) -> None:
    new_head.get(ENROL)
    key = OtpKey.objects.get()
    response = new_head.post(ENROL, {"otp_token": code(key, 5)})
    assert "Ce code est faux" in words(response)
    key.refresh_from_db()
    assert not key.confirmed


def test_whoever_has_a_key_cannot_record_another(head: Client) -> None:
    for response in (head.get(ENROL), head.post(ENROL, {"otp_token": "000000"})):
        assert response["Location"] == reverse("sign_in_otp")
    assert OtpKey.objects.count() == 1


def make_stale(client: Client) -> None:
    session = client.session
    session[assurance.PROVED_AT] = (timezone.now() - settings.PROOF_LIFE - timedelta(seconds=1)).isoformat()
    session.save()


def is_fresh(client: Client) -> bool:
    return client.session[assurance.PROVED_AT] > (timezone.now() - timedelta(seconds=30)).isoformat()


def test_a_proof_by_the_key(head: Client) -> None:
    make_stale(head)
    assert missing(head.get(PROOF), "Confirmer votre identité", "Code de votre clé") == []
    before = head.session.session_key
    response = head.post(PROOF, {"otp_token": code(OtpKey.objects.get()), "next": STUDENTS})
    assert (response["Location"], is_fresh(head)) == (STUDENTS, True)
    assert head.session.session_key != before
    assert head.get(STUDENTS).status_code == 200


def test_a_proof_by_the_password_for_who_has_no_key(agent: Client) -> None:
    make_stale(agent)
    assert missing(agent.get(PROOF), "Votre mot de passe") == []
    wrong = agent.post(PROOF, {"password": "Une-mauvaise-phrase"})
    assert missing(wrong, "Identifiant ou mot de passe incorrect.") == []
    assert not is_fresh(agent)
    right = agent.post(PROOF, {"password": PASSWORD, "next": STUDENTS})
    assert (right["Location"], is_fresh(agent)) == (STUDENTS, True)


def test_who_has_a_key_cannot_prove_by_the_password(head: Client) -> None:
    make_stale(head)
    head.post(PROOF, {"password": PASSWORD})
    assert not is_fresh(head)


def test_proofs_are_slowed_down_like_sign_ins(agent: Client) -> None:
    make_stale(agent)
    for _ in range(5):
        agent.post(PROOF, {"password": "Une-mauvaise-phrase"})
    assert missing(agent.post(PROOF, {"password": PASSWORD}), "Trop d'essais") == []
    assert not is_fresh(agent)


def test_codes_of_a_proof_are_slowed_down(head: Client) -> None:
    make_stale(head)
    key = OtpKey.objects.get()
    wrong = next(f"{n:06}" for n in range(20) if f"{n:06}" not in {code(key, steps) for steps in range(-3, 4)})
    for _ in range(5):
        head.post(PROOF, {"otp_token": wrong})
    assert missing(head.post(PROOF, {"otp_token": code(key)}), "Trop d'essais") == []
    assert not is_fresh(head)


@pytest.fixture
def invited(world: World) -> Staff:
    """Someone invited by mail, who has not chosen a password yet."""
    person = {"first_name": "Séléné", "last_name": "LUNAIRE", "email": "selene.lunaire@example.org"}
    staff = invite(actor=SYSTEM, username="S.Lunaire", base_url="https://console.example/", **person)
    mandated(Role.HEAD, world.here, staff=staff)
    return staff


def link(staff: Staff) -> str:
    uid = urlsafe_base64_encode(force_bytes(staff.pk))
    return reverse("invitation", args=[uid, default_token_generator.make_token(staff)])


def choose(client: Client, path: str, first: str = CHOSEN, second: str = CHOSEN):
    return client.post(path, {"new_password1": first, "new_password2": second})


def test_the_mail_holds_a_link_and_no_password(invited: Staff, client: Client) -> None:
    (sent,) = posted()
    assert sent.to == ["selene.lunaire@example.org"]
    (path,) = re.findall(r"https://console\.example(/invitation/\S+)", sent.body)
    assert missing(client.get(path), "Choisir un mot de passe", "s.lunaire", "Séléné LUNAIRE") == []
    assert not invited.has_usable_password()


def test_a_chosen_password_opens_and_the_link_ends(invited: Staff, client: Client) -> None:
    path = link(invited)
    assert choose(client, path)["Location"] == reverse("sign_in")
    assert client.get(path).status_code == choose(client, path).status_code == 404
    response = client.post(reverse("sign_in"), {"username": "s.lunaire", "password": CHOSEN})
    assert (response.status_code, client.get(PORTAL).status_code) == (302, 200)


WEAK = [
    ("abc-d7", "abc-d7"),
    (CHOSEN, CHOSEN + "x"),
    ("motdepassemotdepasse", "motdepassemotdepasse"),
    ("selene.lunaire", "selene.lunaire"),
    ("x" * 129, "x" * 129),
    ("", ""),
    ("\x00" * 14, "\x00" * 14),
]


@pytest.mark.parametrize(("first", "second"), WEAK)
def test_a_weak_or_mistyped_password_is_refused_in_words(
    invited: Staff, client: Client, first: str, second: str
) -> None:
    response = choose(client, link(invited), first, second)
    assert response.status_code == 200
    assert "Ce mot de passe n'a pas été accepté" in words(response)
    assert not first or first not in response.content.decode()


@pytest.mark.parametrize(("hours", "status"), [(71.9, 200), (72.1, 404)])
def test_a_link_lives_for_72_hours(invited: Staff, client: Client, hours: float, status: int) -> None:
    path = link(invited)
    with time_machine.travel((timezone.now() + timedelta(hours=hours)).timestamp()):
        assert client.get(path).status_code == status


def test_a_link_is_one_persons(invited: Staff, client: Client) -> None:
    uid = urlsafe_base64_encode(force_bytes(invited.pk))
    other = default_token_generator.make_token(StaffFactory())
    assert client.get(reverse("invitation", args=[uid, other])).status_code == 404


def test_a_disabled_person_has_no_link(invited: Staff, client: Client) -> None:
    path = link(invited)
    disable(actor=SYSTEM, staff=invited)
    assert client.get(path).status_code == choose(client, path).status_code == 404


@pytest.mark.parametrize(
    "uid", ["x", "%00", "MQ==", "_____", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "2aE", "LTE", "é", "A" * 5000, "/wA="]
)
def test_odd_links_are_not_found(client: Client, db: None, uid: str) -> None:
    for token in ("x", "%00", "a-b", "x" * 5000):
        response = client.get(f"/invitation/{uid}/{token}/")
        assert response.status_code == 404
