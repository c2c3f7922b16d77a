"""A service learns who is there, by its own pseudonym, and nothing once the account's password is another."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import KeySet

from accounts.actions.account_changes import block
from accounts.actions.credentials import give_provisionals
from accounts.actions.journal import SYSTEM
from accounts.actions.oidc import disable_client, forget_oidc
from accounts.enums import BlockReason
from accounts.models import OidcCode, OidcToken, Student
from educonnect_admin.toolkit.scope import scope
from tests.activation.conftest import Holder
from tests.oidc.conftest import BACK, ISSUER, Relying, code_in, register, sent

pytestmark = pytest.mark.django_db


def test_a_service_learns_who_is_there(holder: Holder, service: Relying, given: dict[str, Any]) -> None:
    keys = KeySet.import_key_set(service.behind.get("/oidc/cles/", secure=True).json())
    told = jwt.decode(given["id_token"], keys, algorithms=["RS256"]).claims
    assert (told["iss"], told["aud"], told["nonce"]) == (ISSUER, service.client.client_id, "n-1")
    identity = service.identity(given["access_token"]).json()
    place = holder.student.schoolings.model.objects
    with scope(holder.school.uai):
        level = place.select_related("mef").get(student=holder.student).mef
    assert identity == {
        "sub": told["sub"],
        "given_name": holder.student.first_name,
        "family_name": holder.student.last_name,
        "affiliation": "eleve2d",
        "uai": [holder.school.uai],
        "level": [level.label] if level else [],
    }
    assert not {"name", "ine", "birthdate", "email"} & (set(told) | set(identity))


def test_the_sign_in_there_is_the_last_sign_in_here(holder: Holder, service: Relying) -> None:
    holder.activate()
    with scope(holder.school.uai):
        Student.objects.update(last_login_at=timezone.now() - timedelta(days=30))
    sent(holder, service)
    assert timezone.now() - holder.now().last_login_at < timedelta(minutes=1)


def test_the_same_person_is_another_for_each_service(holder: Holder, service: Relying, given: dict[str, Any]) -> None:
    def subject(which: Relying) -> str:
        tokens = which.redeem(code_in(sent(holder, which, nonce=""))).json()
        return str(which.identity(tokens["access_token"]).json()["sub"])

    other = register("Vie scolaire", scopes=())
    assert subject(service) == service.identity(given["access_token"]).json()["sub"]
    assert subject(other) != subject(service)


def test_a_service_is_told_no_more_than_it_is_registered_for(holder: Holder, provider_on: None) -> None:
    small = register(scopes=())
    holder.activate()
    page = sent(holder, small)
    assert "nom et prénom" not in page.content.decode()
    tokens = small.redeem(code_in(page)).json()
    assert tokens["scope"] == "openid"
    assert set(small.identity(tokens["access_token"]).json()) == {"sub"}


def blocked(holder: Holder) -> None:
    with scope(holder.school.uai):
        student = Student.objects.get(pk=holder.student.pk)
        block(actor=SYSTEM, account=student, uai=holder.school.uai, reason=BlockReason.STOLEN, version=student.version)


def reset(holder: Holder) -> None:
    with scope(holder.school.uai):
        give_provisionals(actor=SYSTEM, school=holder.school, accounts=[holder.now()], now=timezone.now())


@pytest.mark.parametrize("change", [blocked, reset])
def test_block_and_reset_end_what_was_given_at_once(
    holder: Holder, service: Relying, given: dict[str, Any], change: Any
) -> None:
    waiting = code_in(sent(holder, service, nonce="n-2"))
    change(holder)
    assert service.identity(given["access_token"]).status_code == 401
    assert service.refresh(given["refresh_token"]).status_code == 400
    assert service.redeem(waiting).json()["error"] == "invalid_grant"
    assert BACK not in sent(holder, service).content.decode()


def test_a_code_serves_once_and_a_second_use_ends_what_it_gave(holder: Holder, service: Relying) -> None:
    holder.activate()
    code = code_in(sent(holder, service))
    first = service.redeem(code).json()
    assert service.redeem(code).json()["error"] == "invalid_grant"
    assert service.identity(first["access_token"]).status_code == 401
    assert service.refresh(first["refresh_token"]).status_code == 400


def test_a_refresh_token_serves_once_and_a_second_use_ends_the_family(service: Relying, given: dict[str, Any]) -> None:
    second = service.refresh(given["refresh_token"]).json()
    assert service.identity(second["access_token"]).status_code == 200
    assert service.identity(given["access_token"]).status_code == 401
    assert service.refresh(given["refresh_token"]).status_code == 400
    assert service.identity(second["access_token"]).status_code == 401


@pytest.mark.parametrize("late", [timedelta(minutes=1, seconds=1), timedelta(days=2)])
def test_a_code_lives_a_minute(holder: Holder, service: Relying, late: timedelta) -> None:
    holder.activate()
    code = code_in(sent(holder, service))
    OidcCode.objects.update(expires_at=timezone.now() - late)
    assert service.redeem(code).json()["error"] == "invalid_grant"
    forget_oidc(now=timezone.now())
    assert OidcCode.objects.exists() is (late < timedelta(days=1))


def test_a_refresh_token_ends_with_the_school_day(service: Relying, given: dict[str, Any]) -> None:
    OidcToken.objects.update(refresh_expires_at=timezone.now())
    assert service.refresh(given["refresh_token"]).status_code == 400


def test_a_service_gives_back_what_it_has(service: Relying, given: dict[str, Any]) -> None:
    assert service.post("/oidc/revocation/", {"token": given["refresh_token"]}).status_code == 200
    assert service.identity(given["access_token"]).status_code == 401


def test_a_closed_service_learns_nothing_more(holder: Holder, service: Relying, given: dict[str, Any]) -> None:
    disable_client(actor=SYSTEM, client=service.client)
    assert service.identity(given["access_token"]).status_code == 401
    assert service.refresh(given["refresh_token"]).status_code == 401
    assert sent(holder, service).status_code == 400


def test_a_service_signs_nobody_in_to_the_console(holder: Holder, service: Relying, given: dict[str, Any]) -> None:
    assert settings.SESSION_COOKIE_NAME not in holder.client.cookies
    for path in ("/portail/", "/mon-compte/"):
        assert Client().get(path, HTTP_AUTHORIZATION=f"Bearer {given['access_token']}").status_code == 302
