"""A pupil with an activated account, a service that is registered, and the way between them."""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from joserfc.jwk import RSAKey

from accounts import provisional
from accounts.actions.credentials import give_provisionals
from accounts.actions.journal import SYSTEM
from accounts.actions.oidc import register_client
from accounts.models import OidcClient
from educonnect_admin.toolkit.scope import scope
from tests.activation.conftest import NEW, Holder, holder
from tests.factories import GuardianFactory, GuardianshipFactory, SchoolFactory, SchoolingFactory
from tests.oidc.issuer import CLIENT, SECRET, Issuer, running_issuer
from tests.oidc.scene import Parent

__all__ = ["holder"]

ISSUER = "https://testserver/oidc"
BACK = "https://ent.example/retour"
VERIFIER = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJK"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


@pytest.fixture(scope="session")
def pem() -> str:
    return RSAKey.generate_key(2048).as_pem(private=True).decode()


@pytest.fixture
def provider_on(settings: Any, pem: str) -> None:
    settings.OIDC_ISSUER, settings.OIDC_KEYS = ISSUER, pem


@dataclass
class Relying:
    """What a service that relies on us does: send its user, and ask behind the browser's back."""

    client: OidcClient
    secret: str
    behind: Client = field(default_factory=Client)

    def asks(self, **changed: str) -> dict[str, str]:
        asked = {"response_type": "code", "client_id": self.client.client_id, "redirect_uri": BACK}
        asked |= {"scope": "openid profile education", "state": "an-état", "nonce": "n-1"}
        asked |= {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
        return {name: value for name, value in (asked | changed).items() if value}

    def post(self, path: str, form: dict[str, str], secret: str | None = None) -> Any:
        proof = base64.b64encode(f"{self.client.client_id}:{secret or self.secret}".encode()).decode()
        return self.behind.post(path, form, secure=True, HTTP_AUTHORIZATION=f"Basic {proof}")

    def redeem(self, code: str, **changed: str) -> Any:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
        return self.post("/oidc/jetons/", form | changed)

    def refresh(self, token: str) -> Any:
        return self.post("/oidc/jetons/", {"grant_type": "refresh_token", "refresh_token": token})

    def identity(self, access_token: str) -> Any:
        return self.behind.get("/oidc/identite/", secure=True, HTTP_AUTHORIZATION=f"Bearer {access_token}")


def register(name: str = "ENT d’essai", scopes: tuple[str, ...] = ("profile", "education")) -> Relying:
    return Relying(*register_client(actor=SYSTEM, name=name, redirect_uris=[BACK], scopes=scopes))


@pytest.fixture
def service(provider_on: None, db: None) -> Relying:
    return register()


def sent(holder: Holder, service: Relying, password: str = NEW, **changed: str) -> Any:
    """The page after the sign-in, as the browser shows it: the way to the service, or a refusal."""
    asked = holder.client.get("/oidc/autorisation/", service.asks(**changed), secure=True)
    if asked.status_code == 302 and asked["Location"].startswith("/activation/"):
        form = {"username": holder.student.username, "password": password}
        asked = holder.client.post(asked["Location"], form, secure=True)
        if asked.status_code == 302:
            asked = holder.client.get(asked["Location"], secure=True)
    return asked


def code_in(page: Any) -> str:
    """The code on the link that leads to the service."""
    (link,) = re.findall(r'href="(https://ent\.example[^"]*)"', page.content.decode())
    asked = parse_qs(urlsplit(unescape(link)).query)
    assert asked["state"] == ["an-état"]
    return asked["code"][0]


@pytest.fixture
def given(holder: Holder, service: Relying) -> dict[str, Any]:
    """What the service has once an activated pupil came."""
    holder.activate()
    return dict(service.redeem(code_in(sent(holder, service))).json())


@pytest.fixture
def issuer(settings: Any) -> Iterator[Issuer]:
    cache.clear()
    with running_issuer(sub="p" * 64, given_name="Ondine Marie", family_name="ORME", gender="female") as running:
        settings.FRANCE_CONNECT_ISSUER = running.url
        settings.FRANCE_CONNECT_CLIENT_ID, settings.FRANCE_CONNECT_CLIENT_SECRET = CLIENT, SECRET
        yield running


@pytest.fixture
def parent(issuer: Issuer, db: None) -> Parent:
    school = SchoolFactory()
    with scope(school.uai):
        guardian = GuardianFactory(first_name="Ondine", last_name="Orme", email="")
        GuardianshipFactory(school=school, student=SchoolingFactory(school=school).student, guardian=guardian)
        (secret,) = give_provisionals(actor=SYSTEM, school=school, accounts=[guardian], now=timezone.now())
    return Parent(issuer, school, guardian, provisional.grouped(secret), Client())
