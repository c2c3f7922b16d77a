"""A certified client library (idpyoidc) signs people in by our provider, over https, under production settings; and
what the school or the holder does meanwhile ends what the service was given, at its next request.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from cryptojwt.key_jar import KeyJar
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from idpyoidc.client.defaults import DEFAULT_OIDC_SERVICES
from idpyoidc.client.exception import OidcServiceError
from idpyoidc.client.rp_handler import RPHandler

from accounts.actions.account_changes import block
from accounts.actions.activation import Opened, mark_of
from accounts.actions.closing import close_due_accounts
from accounts.actions.credentials import give_provisionals
from accounts.actions.holder_passwords import void_own_password
from accounts.actions.journal import SYSTEM
from accounts.actions.oidc import register_client
from accounts.enums import AccountState, BlockReason, Population
from accounts.models import School
from educonnect_admin.toolkit.scope import school_transaction
from tests.activation.conftest import NEW
from tests.factories import GuardianFactory, GuardianshipFactory, SchoolFactory, SchoolingFactory
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
    """The service, the address of our provider, and a school."""

    issuer: str
    handler: RPHandler
    school: School

    def page_after_sign_in(self, account: Any) -> str:
        """What the holder's browser is shown: the address that the library asks for, then the sign-in."""
        with requests.Session() as browser:
            form = browser.get(self.handler.begin(issuer_id=self.issuer), timeout=10)
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.text)
            typed = {"csrfmiddlewaretoken": token[1] if token else "", "username": account.username, "password": NEW}
            return browser.post(form.url, typed, headers={"Referer": form.url}, timeout=10).text

    def sign_in(self, account: Any) -> dict[str, Any]:
        (link,) = re.findall(rf'<a [^>]*href="({BACK}[^"]*)"', self.page_after_sign_in(account))
        found: dict[str, Any] = self.handler.finalize(self.issuer, dict(parse_qsl(urlsplit(unescape(link)).query)))
        return found

    def made(self, population: Population) -> Any:
        """An activated account of the school."""
        own = {"state": AccountState.ACTIVATED, "password": make_password(NEW)}
        with school_transaction(self.school.uai):
            is_pupil = population is Population.STUDENTS
            place = SchoolingFactory(school=self.school, **{f"student__{k}": v for k, v in own.items() if is_pupil})
            if is_pupil:
                return place.student
            tie = GuardianshipFactory(school=self.school, student=place.student, guardian=GuardianFactory(**own))
            return tie.guardian


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory, committed: str, pem: str) -> Iterator[Elsewhere]:
    folder, port, school = tmp_path_factory.mktemp("oidc"), free_port(), SchoolFactory()
    issuer, certificate = f"https://{HOST}:{port}/oidc", str(folder / "certificate.pem")
    client, secret = register_client(
        actor=SYSTEM, name="ENT d’essai", redirect_uris=[BACK], scopes=["profile", "education"]
    )
    with (
        pytest.MonkeyPatch.context() as patched,
        served_over_https(folder, committed, port=port, OIDC_ISSUER=issuer, OIDC_KEYS=pem),
    ):
        patched.setenv("REQUESTS_CA_BUNDLE", certificate)  # what the service and the browser trust
        yield Elsewhere(issuer, relying(issuer, client.client_id, secret), school)


def relying(issuer: str, client_id: str, secret: str) -> RPHandler:
    """The library, told what a service is told: address, identifier, secret; the rest it learns by discovery."""
    config = {
        "client_type": "oidc",
        "services": DEFAULT_OIDC_SERVICES,
        "issuer": issuer,
        "client_id": client_id,
        "client_secret": secret,
        "client_authn_methods": ["client_secret_basic", "bearer_header"],
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
    # Keys of its own it needs none; without a jar it would write some into the working directory.
    return RPHandler(client_configs={issuer: config}, keyjar=KeyJar(), httpc_params={"timeout": 10})


@pytest.mark.parametrize(
    ("population", "affiliation"), [(Population.STUDENTS, "eleve2d"), (Population.GUARDIANS, "resp2d")]
)
def test_an_activated_holder_signs_in(elsewhere: Elsewhere, population: Population, affiliation: str) -> None:
    account = elsewhere.made(population)
    found = elsewhere.sign_in(account)
    told = found["userinfo"].to_dict()
    known = (account.last_name, affiliation, [elsewhere.school.uai])
    assert (told["family_name"], told["affiliation"], told["uai"]) == known
    assert found["id_token"]["sub"] == told["sub"]
    assert not {"birthdate", "ine", "email"} & set(told)
    with school_transaction(elsewhere.school.uai):
        account.refresh_from_db()
    assert account.last_login_at is not None


def blocked(school: School, account: Any) -> None:
    block(actor=SYSTEM, account=account, uai=school.uai, reason=BlockReason.STOLEN, version=account.version)


def reset(school: School, account: Any) -> None:
    give_provisionals(actor=SYSTEM, school=school, accounts=[account], now=timezone.now())


def own_password_voided(school: School, account: Any) -> None:
    population = Population.GUARDIANS if hasattr(account, "mobile") else Population.STUDENTS
    opened = Opened(account.pk, school.uai, mark_of(account), is_activated=True, population=population)
    assert void_own_password(actor=SYSTEM, opened=opened)


def closed(school: School, account: Any) -> None:
    type(account).objects.filter(pk=account.pk).update(closing_on=timezone.localdate())
    assert close_due_accounts(actor=SYSTEM, school=school, now=timezone.now()) == 1


@pytest.mark.parametrize("population", Population)
@pytest.mark.parametrize("change", [blocked, reset, own_password_voided, closed])
def test_what_ends_the_password_ends_what_the_service_has(
    elsewhere: Elsewhere, population: Population, change: Callable[[School, Any], None]
) -> None:
    """The access token, the refresh token, and the way back in."""
    account = elsewhere.made(population)
    found = elsewhere.sign_in(account)
    state = found["state"]
    assert elsewhere.handler.refresh_access_token(state)["access_token"] != found["token"]
    assert elsewhere.handler.get_user_info(state)["sub"] == found["id_token"]["sub"]
    with school_transaction(elsewhere.school.uai):
        account.refresh_from_db()
        change(elsewhere.school, account)
    with pytest.raises(OidcServiceError, match="invalid_token"):
        elsewhere.handler.get_user_info(state)
    with pytest.raises(OidcServiceError, match="invalid_grant"):
        elsewhere.handler.refresh_access_token(state)
    assert BACK not in elsewhere.page_after_sign_in(account)
