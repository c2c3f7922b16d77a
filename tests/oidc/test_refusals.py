"""What a service, or whoever plays one, does not get."""

from typing import Any

import pytest

from accounts.models import OidcCode, OidcToken
from tests.activation.conftest import Holder
from tests.oidc.conftest import VERIFIER, Relying, code_in, register, sent

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": "https://ent.example/retour/plus"},
        {"redirect_uri": "https://ent.example/retour?x=1"},
        {"redirect_uri": "http://ent.example/retour"},
        {"redirect_uri": ""},
        {"client_id": "nobody"},
        {"client_id": ""},
    ],
)
def test_a_wrong_address_leads_nowhere(holder: Holder, service: Relying, changed: dict[str, str]) -> None:
    holder.activate()
    page = sent(holder, service, **changed)
    assert page.status_code == 400
    assert "Ce lien ne mène nulle part" in page.content.decode()
    assert "evil.example" not in page.content.decode()
    assert not OidcCode.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"code_challenge": ""},
        {"code_challenge_method": ""},
        {"code_challenge_method": "plain"},
        {"code_challenge": "short"},
        {"response_type": "token"},
        {"response_type": "id_token"},
        {"prompt": "none login"},
    ],
)
def test_a_request_that_is_not_right_is_told_to_the_service(
    holder: Holder, service: Relying, changed: dict[str, str]
) -> None:
    holder.activate()
    answer = sent(holder, service, **changed)
    assert answer.status_code in (302, 400)
    assert "error=" in answer.headers.get("Location", "error=")
    assert not OidcCode.objects.exists()


def test_without_a_sign_in_nobody_is_told(holder: Holder, service: Relying) -> None:
    answer = holder.client.get("/oidc/autorisation/", service.asks(prompt="none"), secure=True)
    assert answer["Location"].startswith("https://ent.example/retour?error=login_required")


@pytest.mark.parametrize("asked", [{"prompt": "login"}, {"max_age": "0"}])
def test_a_service_may_want_a_fresh_sign_in(holder: Holder, service: Relying, asked: dict[str, str]) -> None:
    holder.activate()
    answer = holder.client.get("/oidc/autorisation/", service.asks(**asked), secure=True)
    assert answer["Location"].startswith("/activation/?suite=")
    assert code_in(sent(holder, service, **asked))


@pytest.mark.parametrize(
    "changed",
    [
        {"code_verifier": VERIFIER[:-1] + "x"},
        {"code_verifier": ""},
        {"redirect_uri": "https://ent.example/other"},
        {"code": "never-given"},
        {"grant_type": "password"},
        {"grant_type": "client_credentials"},
        {"grant_type": ""},
    ],
)
def test_a_code_wants_all_that_it_was_asked_with(holder: Holder, service: Relying, changed: dict[str, str]) -> None:
    holder.activate()
    code = code_in(sent(holder, service))
    assert service.redeem(**{"code": code} | changed).status_code == 400
    assert not OidcToken.objects.exists()


def test_a_stolen_code_serves_no_other_service(holder: Holder, service: Relying) -> None:
    holder.activate()
    code = code_in(sent(holder, service))
    assert register("Voleur").redeem(code).json()["error"] == "invalid_grant"
    assert service.redeem(code).status_code == 200


@pytest.mark.parametrize("path", ["/oidc/jetons/", "/oidc/revocation/"])
def test_a_service_proves_itself(service: Relying, given: dict[str, Any], path: str) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"], "token": given["refresh_token"]}
    assert service.post(path, form, secret="guessed").status_code == 401
    assert service.behind.post(path, form | {"client_id": service.client.client_id}, secure=True).status_code == 401
    assert service.identity(given["access_token"]).status_code == 200


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Basic x", "Bearer guessed", "Bearer \x00"])
def test_a_bearer_of_nothing_learns_nothing(service: Relying, value: str) -> None:
    answer = service.behind.get("/oidc/identite/", secure=True, HTTP_AUTHORIZATION=value)
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_token"})


@pytest.mark.parametrize(
    "asked",
    ["https://evil.example/", "//evil.example/", "/portail/", "/oidc/autorisation/../../portail/", "/oidc/cles/"],
)
def test_the_way_back_leads_to_the_provider_only(holder: Holder, asked: str) -> None:
    holder.activate()
    holder.client.cookies.clear()
    form = {"username": holder.student.username, "password": "Le-petit-cheval-gris-de-Reims"}
    answer = holder.client.post("/activation/", form, QUERY_STRING=f"suite={asked}")
    assert answer["Location"] == "/activation/compte/"


def test_a_letter_that_is_not_activated_opens_no_service(holder: Holder, service: Relying) -> None:
    page = sent(holder, service, password=holder.secret)
    assert "ent.example" not in page.content.decode()
    assert not OidcCode.objects.exists()


def test_nothing_is_kept_that_opens(service: Relying, given: dict[str, Any]) -> None:
    kept = repr([list(model.objects.values()) for model in (OidcToken, OidcCode, type(service.client))])
    for secret in (given["access_token"], given["refresh_token"], service.secret):
        assert secret not in kept
