"""Security keys: recorded, shown at sign-in and for a proof, taken away; and what is refused of them."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts import assurance
from accounts.enums import Role
from accounts.models import OtpKey, SecurityKey, Staff
from tests.authenticator import PRESENT, Authenticator
from tests.factories import PASSWORD, StaffFactory
from tests.pages.reading import journal, missing, words
from tests.visitors import HERE, World, mandated, sign_in

SIGN_IN, CODE, ADD, OWN, PROOF = (
    reverse(name) for name in ("sign_in", "sign_in_otp", "security_key_add", "own_account", "proof")
)
STUDENTS = reverse("students", args=[HERE])


def record(client: Client, key: Authenticator, name: str = "clé du bureau"):
    options = client.get(ADD).context["key_options"]
    return client.post(ADD, {"name": name, "credential": key.record(options)})


@pytest.fixture
def owner(head: Client) -> Client:
    """A head who has recorded a security key beside the OTP key."""
    head.key = Authenticator()
    record(head, head.key)
    return head


def half_in(staff: Staff) -> Client:
    client = Client()
    client.post(SIGN_IN, {"username": staff.username, "password": PASSWORD})
    return client


def show(client: Client, key: Authenticator, path: str = CODE):
    options = client.get(path).context["key_options"]
    return client.post(path, {"credential": key.show(options), "next": STUDENTS})


def test_a_key_is_recorded_under_its_name(head: Client) -> None:
    answer = record(head, Authenticator())
    assert missing(answer, "Vos dix codes de secours") == []
    assert missing(head.get(OWN), "clé du bureau", "jamais utilisée") == []
    assert ("security_key_added", None, head.staff.pk) in journal("-")
    asked = json.loads(head.get(ADD).context["key_options"])
    assert (asked["rp"]["id"], asked["attestation"], len(asked["excludeCredentials"])) == ("localhost", "none", 1)
    assert head.staff.username not in asked["user"]["id"]


def test_a_key_signs_in(owner: Client) -> None:
    client = half_in(owner.staff)
    before = client.session.session_key
    assert show(client, owner.key)["Location"] == STUDENTS
    assert client.get(STUDENTS).status_code == 200
    assert client.session.session_key != before
    assert SecurityKey.objects.get().sign_count == 1


def test_a_key_proves(owner: Client) -> None:
    session = owner.session
    session[assurance.PROVED_AT] = (timezone.now() - timedelta(hours=1)).isoformat()
    session.save()
    assert show(owner, owner.key, PROOF)["Location"] == STUDENTS
    assert owner.session[assurance.PROVED_AT] > (timezone.now() - timedelta(minutes=1)).isoformat()


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://faux.example"},
        {"origin": "http://localhost.evil.example"},
        {"rp_id": "evil.example"},
        {"flags": 0},
        {"credential_id": b"another"},
        {"private": Authenticator().private},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_does_not_fit_is_refused(owner: Client, change: dict) -> None:
    client = half_in(owner.staff)
    for name, value in change.items():
        setattr(owner.key, name, value)
    answer = show(client, owner.key)
    assert missing(answer, "La clé n'a pas été reconnue") == []
    assert client.get(OWN).status_code == 302
    assert journal("-")[-1][0] == "security_key_refused"


def test_presence_without_verification_is_enough_after_the_password(owner: Client) -> None:
    owner.key.flags = PRESENT
    assert show(half_in(owner.staff), owner.key).status_code == 302


def test_an_assertion_opens_once(owner: Client) -> None:
    client = half_in(owner.staff)
    shown = owner.key.show(client.get(CODE).context["key_options"])
    assert client.post(CODE, {"credential": shown}).status_code == 302
    for replaying in (half_in(owner.staff), half_in(owner.staff)):
        replaying.get(CODE)
        assert replaying.post(CODE, {"credential": shown}).status_code == 200
        assert replaying.get(OWN).status_code == 302


def test_a_challenge_serves_once_even_for_a_key_that_does_not_count(owner: Client) -> None:
    client = half_in(owner.staff)
    owner.key.flags = 0
    options = client.get(CODE).context["key_options"]
    client.post(CODE, {"credential": owner.key.show(options)})
    owner.key.flags = PRESENT
    answer = client.post(CODE, {"credential": owner.key.show(options)})
    assert missing(answer, "Recommencez") == []
    assert client.get(OWN).status_code == 302


def test_a_copied_key_is_known_by_its_count(owner: Client) -> None:
    assert show(half_in(owner.staff), owner.key).status_code == 302
    owner.key.count = 0
    assert show(half_in(owner.staff), owner.key).status_code == 200


@pytest.mark.parametrize(("minutes", "status"), [(4, 302), (5.1, 200)])
def test_a_challenge_lives_five_minutes(owner: Client, minutes: float, status: int) -> None:
    client = half_in(owner.staff)
    session = client.session
    session.set_expiry(3600)
    session.save()
    options = client.get(CODE).context["key_options"]
    with time_machine.travel(timezone.localtime() + timedelta(minutes=minutes)):
        assert client.post(CODE, {"credential": owner.key.show(options)}).status_code == status


def test_a_challenge_of_one_purpose_serves_no_other(owner: Client) -> None:
    options = owner.get(PROOF).context["key_options"]
    answer = owner.post(CODE, {"credential": owner.key.show(options)})
    assert missing(answer, "Recommencez") == []


def test_the_key_of_another_opens_nothing(owner: Client, world: World) -> None:
    other = sign_in(mandated(Role.HEAD, world.here), otp=True)
    own = Authenticator(credential_id=b"a-second-credential")
    record(other, own)
    client = half_in(other.staff)
    assert show(client, owner.key).status_code == 200


def test_a_removed_key_opens_nothing(owner: Client) -> None:
    with_key = half_in(owner.staff)
    show(with_key, owner.key)
    page = owner.post(reverse("security_key_remove", args=[SecurityKey.objects.get().pk]), follow=True)
    assert missing(page, "elle n'ouvre plus rien") == []
    assert with_key.get(STUDENTS)["Location"].startswith(CODE)
    assert half_in(owner.staff).get(CODE).context["key_options"] is None


def test_the_last_key_of_a_head_stays(owner: Client) -> None:
    client = half_in(owner.staff)
    show(client, owner.key)
    OtpKey.objects.filter(user=owner.staff).delete()
    key = SecurityKey.objects.get()
    page = client.post(reverse("security_key_remove", args=[key.pk]), follow=True)
    assert missing(page, "C'est votre seule clé") == []
    assert SecurityKey.objects.filter(pk=key.pk).exists()


def test_a_teacher_may_do_without_again(teacher: Client) -> None:
    record(teacher, Authenticator())
    teacher.post(reverse("security_key_remove", args=[SecurityKey.objects.get().pk]))
    assert not SecurityKey.objects.exists()


def test_nobody_removes_the_key_of_another(owner: Client, agent: Client) -> None:
    for pk in (SecurityKey.objects.get().pk, 0, 10**18):
        assert agent.post(reverse("security_key_remove", args=[pk])).status_code == 404
    assert SecurityKey.objects.count() == 1


def test_a_key_is_recorded_once_and_names_differ(owner: Client, world: World) -> None:
    assert missing(record(owner, owner.key, "deuxième"), "Cette clé est déjà enregistrée") == []
    other = Authenticator(credential_id=b"second")
    assert missing(record(owner, other), "porte déjà ce nom") == []
    assert SecurityKey.objects.count() == 1


HOSTILE = ["", "x", "{}", "[]", "null", '"x"', "[" * 15_000, "{" * 15_000, "\x00", "x" * 30_000, '{"id": "\\ud800"}']
HOSTILE += [
    json.dumps({"id": name, "rawId": name, "type": "public-key", "response": {"userHandle": "!", **dict.fromkeys(
        ("clientDataJSON", "authenticatorData", "signature", "attestationObject"), text)}})
    for name in ("YQ", "é", "a") for text in ("", "!", "e30", "é", "oA")
]  # fmt: skip


@pytest.mark.parametrize("credential", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_answer_is_refused_in_words(owner: Client, credential: str) -> None:
    for client, path, form in ((half_in(owner.staff), CODE, {}), (owner, PROOF, {}), (owner, ADD, {"name": "a"})):
        client.get(path)
        answer = client.post(path, {"credential": credential, **form})
        assert answer.status_code == 200
        assert "Recommencez" in words(answer)


def test_a_key_wants_a_fresh_proof_and_the_key_there_is(owner: Client) -> None:
    assert sign_in(owner.staff).get(ADD)["Location"].startswith(CODE)
    with time_machine.travel(timezone.localtime() + timedelta(minutes=11)):
        assert owner.get(ADD)["Location"].startswith(PROOF)


@override_settings(WEBAUTHN_ORIGINS=[], WEBAUTHN_RP_ID="")
def test_without_an_address_there_are_no_keys(head: Client) -> None:
    assert missing(head.get(ADD), "ne sont pas ouvertes") == []
    assert "Ajouter une clé de sécurité" not in words(head.get(OWN))


def test_a_person_with_a_security_key_only_is_asked_for_it(db: None) -> None:
    client = sign_in(StaffFactory())
    record(client, Authenticator())
    page = half_in(client.staff)
    assert page.get(OWN).status_code == 200
