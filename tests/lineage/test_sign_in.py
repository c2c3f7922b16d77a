"""Failures of signing in elsewhere, tried here."""

from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.enums import Role
from accounts.models import Mail, OtpKey, Staff
from accounts.models.device import FAILURES_A_DAY
from tests.factories import PASSWORD
from tests.visitors import HERE, key_of, make_world, mandated

pytestmark = pytest.mark.django_db

SIGN_IN, CODE, RECOVERY = (reverse(name) for name in ("sign_in", "sign_in_otp", "sign_in_recovery"))
STUDENTS = reverse("students", args=[HERE])


@pytest.fixture
def head() -> Staff:
    """A head with a key, whose password someone else knows."""
    staff = mandated(Role.HEAD, make_world().here)
    key_of(staff)
    return staff


def enter(client: Client, staff: Staff, password: str = PASSWORD) -> Any:
    return client.post(SIGN_IN, {"username": staff.username, "password": password})


def wrong(key: OtpKey) -> str:
    """A code of no step near."""
    return next(f"{number:06}" for number in range(20) if key._step_of(f"{number:06}") is None)


def test_keycloak_ghsa_85v8_codes_cannot_be_guessed_with_the_right_password(head: Staff) -> None:
    """The guard against guessing was off for accounts with a key. A new sign-in begins no new count."""
    key, weighed = head.otpkey_set.get(), 0
    for _ in range(3):
        client = Client()
        enter(client, head)
        for _ in range(4):
            weighed += "Trop d’essais" not in client.post(CODE, {"otp_token": wrong(key)}).content.decode()
    key.refresh_from_db()
    assert weighed == key.failures_today == 5 < FAILURES_A_DAY
    assert key.wait()


STEPS = {
    "password": lambda client, staff: enter(client, staff),
    "wrong password": lambda client, staff: enter(client, staff, "Une-tout-autre-phrase"),
    "code": lambda client, staff: client.post(CODE, {"otp_token": wrong(staff.otpkey_set.get())}),
    "no code": lambda client, staff: client.post(CODE, {"credential": "{}"}),
    "recovery": lambda client, staff: client.post(RECOVERY, {"recovery_code": "A" * 28}),
    "enrolment": lambda client, staff: client.post(reverse("otp_enrol"), {"otp_token": "000000"}),
    "another key": lambda client, staff: client.post(reverse("own_otp_key"), {"otp_token": "000000"}),
    "proof": lambda client, staff: client.post(reverse("proof"), {"password": PASSWORD}),
    "codes": lambda client, staff: client.post(reverse("recovery_codes")),
    "new password": lambda client, staff: client.post(reverse("own_password"), {"password": PASSWORD}),
    "mandate": lambda client, staff: client.post(reverse("switch_mandate"), {"mandate": staff.mandates.get().pk}),
    "forgotten": lambda client, staff: client.post(reverse("forgotten_password"), {"username": staff.username}),
    "invitation": lambda client, staff: client.get(reverse("invitation", args=["MQ", "never-made"])),
    "page": lambda client, staff: client.get(STUDENTS),
    "sign out": lambda client, staff: client.post(reverse("sign_out")),
}


@pytest.mark.parametrize("sequences", [3, pytest.param(150, marks=pytest.mark.slow)])
def test_keycloak_cve_2026_18963_no_order_of_steps_gets_past_the_key(head: Staff, sequences: int) -> None:
    """A step reached out of its turn gave a session. Whoever has the password alone gets none, whatever is tried."""

    @settings(max_examples=sequences, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.sampled_from(sorted(STEPS)), min_size=3, max_size=8))
    def tried(steps: list[str]) -> None:
        client = Client()
        for step in ["password", *steps]:
            STEPS[step](client, head)
            assert SESSION_KEY not in client.session, step
        assert client.get(STUDENTS).status_code == 302

    tried()


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver@evil.example"])
def test_a_forged_host_makes_no_link_of_a_mail(head: Staff, host: str) -> None:
    """The link of a mail was built from the request's host, and led to whoever had written it there."""
    for header in ("HTTP_HOST", "HTTP_X_FORWARDED_HOST"):
        Client(**{header: host}).post(reverse("forgotten_password"), {"username": head.username})
    assert not [about for about in Mail.objects.values_list("about", flat=True) if "evil" in about["base_url"]]
