"""A certified client library (idpyoidc) signs a pupil in by our provider, over https, under production settings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from django.contrib.auth.hashers import make_password
from idpyoidc.client.defaults import DEFAULT_OIDC_SERVICES
from idpyoidc.client.rp_handler import RPHandler

from accounts.actions.account_changes import block
from accounts.actions.journal import SYSTEM
from accounts.actions.oidc import register_client
from accounts.enums import BlockReason
from accounts.models import Student
from educonnect_admin.toolkit.scope import school_transaction
from tests.activation.conftest import NEW
from tests.factories import SchoolFactory, SchoolingFactory
from tests.operations.https import HOST, served_over_https
from tests.running import free_port

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.proof,
    # The library does not look at the certificate where it fetches the keys.
    pytest.mark.filterwarnings("ignore:Unverified HTTPS request"),
]
BACK = "https://ent.example/retour"


@dataclass
class Elsewhere:
    """The service, the address of our provider, and what the browser trusts."""

    issuer: str
    handler: RPHandler
    pupil: Student
    uai: str

    def page_after_sign_in(self) -> str:
        """What the pupil's browser is shown: the address that the library asks for, then the sign-in."""
        with requests.Session() as browser:
            form = browser.get(self.handler.begin(issuer_id=self.issuer), timeout=10)
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.text)
            typed = {"csrfmiddlewaretoken": token[1] if token else "", "username": self.pupil.username, "password": NEW}
            return browser.post(form.url, typed, headers={"Referer": form.url}, timeout=10).text

    def sign_in(self) -> dict[str, Any]:
        (link,) = re.findall(rf'<a [^>]*href="({BACK}[^"]*)"', self.page_after_sign_in())
        found: dict[str, Any] = self.handler.finalize(self.issuer, dict(parse_qsl(urlsplit(unescape(link)).query)))
        return found


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory, committed: str, pem: str) -> Iterator[Elsewhere]:
    folder, port, school = tmp_path_factory.mktemp("oidc"), free_port(), SchoolFactory()
    issuer, certificate = f"https://{HOST}:{port}/oidc", str(folder / "certificate.pem")
    with school_transaction(school.uai):
        pupil = SchoolingFactory(school=school, student__activated=True, student__password=make_password(NEW)).student
    client, secret = register_client(
        actor=SYSTEM, name="ENT d’essai", redirect_uris=[BACK], scopes=["profile", "education"]
    )
    with (
        pytest.MonkeyPatch.context() as patched,
        served_over_https(folder, committed, port=port, OIDC_ISSUER=issuer, OIDC_KEYS=pem),
    ):
        patched.setenv("REQUESTS_CA_BUNDLE", certificate)  # what the service and the browser trust
        yield Elsewhere(issuer, relying(issuer, client.client_id, secret), pupil, school.uai)


def relying(issuer: str, client_id: str, secret: str) -> RPHandler:
    """The library, told what a service is told: address, identifier, secret; the rest it learns by discovery."""
    config = {
        "client_type": "oidc",
        "services": DEFAULT_OIDC_SERVICES,
        "issuer": issuer,
        "client_id": client_id,
        "client_secret": secret,
        "redirect_uris": [BACK],
        "scopes_supported": ["openid", "profile", "education"],
        "scope": ["openid", "profile", "education"],
        "response_types_supported": ["code"],
        "add_ons": {
            "pkce": {
                "function": "idpyoidc.client.oauth2.add_on.pkce.add_support",
                "kwargs": {"code_challenge_length": 64, "code_challenge_method": "S256"},
            }
        },
    }
    return RPHandler(client_configs={issuer: config}, httpc_params={"timeout": 10})


def test_an_activated_pupil_signs_in(elsewhere: Elsewhere) -> None:
    found = elsewhere.sign_in()
    told = found["userinfo"].to_dict()
    assert (told["family_name"], told["affiliation"], told["uai"]) == (
        elsewhere.pupil.last_name,
        "eleve2d",
        [elsewhere.uai],
    )
    assert found["id_token"]["sub"] == told["sub"]
    with school_transaction(elsewhere.uai):
        assert Student.objects.get(pk=elsewhere.pupil.pk).last_login_at is not None


def test_a_blocked_pupil_does_not(elsewhere: Elsewhere) -> None:
    elsewhere.sign_in()
    with school_transaction(elsewhere.uai):
        student = Student.objects.get(pk=elsewhere.pupil.pk)
        block(actor=SYSTEM, account=student, uai=elsewhere.uai, reason=BlockReason.STOLEN, version=student.version)
    assert BACK not in elsewhere.page_after_sign_in()
    with school_transaction(elsewhere.uai):
        Student.objects.filter(pk=student.pk).update(
            state=student.state, password=student.password, blocked_reason="", blocked_at=None
        )
