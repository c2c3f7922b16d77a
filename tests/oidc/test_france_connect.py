"""Guardians who come by FranceConnect: tied once, then straight in."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.actions.account_changes import block, unblock
from accounts.actions.closing import forget
from accounts.actions.credentials import give_provisionals
from accounts.actions.journal import SYSTEM
from accounts.enums import AccountState, BlockReason, Origin, UnblockReason
from accounts.models import FranceConnectTie, Guardian
from accounts.views.activation import REFUSED
from accounts.views.france_connect import ANOTHER_PERSON, TIED_ELSEWHERE
from educonnect_admin.toolkit.scope import scope
from tests.activation.conftest import ACCOUNT, NEW, Holder
from tests.factories import GuardianFactory, GuardianshipFactory, SchoolingFactory
from tests.oidc.conftest import Relying, code_in
from tests.oidc.scene import BACK, BEGIN, TIE, OverTls, Parent, onward
from tests.pages.reading import journal, plain, words

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


def own_password(parent: Parent) -> None:
    """As if activated by letter, long ago."""
    own = {"state": AccountState.ACTIVATED, "origin": Origin.NOTIFICATION, "password": make_password(NEW)}
    with scope(parent.school.uai):
        Guardian.objects.update(**own, provisional_hash=None, provisional_expires_at=None)


def test_a_letter_ties_it_once_then_it_leads_straight_in(parent: Parent) -> None:
    parent.tie()
    account = parent.now()
    assert (account.state, account.origin, account.provisional_hash) == ("activated", "france_connect", None)
    assert account.last_login_at is not None
    assert "n'a pas de mot de passe" in words(parent.client.get(ACCOUNT))
    parent.client = Client()
    assert onward(parent.come()) == ACCOUNT
    assert account.username in words(parent.client.get(ACCOUNT))
    told = [event for event, target, _ in journal() if target == account.pk]
    assert told == ["account_notified", "france_connect_tied", "account_activated"]


def test_what_is_asked_is_what_the_protocol_wants_and_no_more(parent: Parent) -> None:
    parent.tie()
    (asked,) = parent.issuer.called("/authorize")
    assert asked["scope"] == "openid given_name family_name preferred_username"
    assert (asked["acr_values"], asked["code_challenge_method"]) == ("eidas1", "S256")
    assert len(asked["state"]) == len(asked["nonce"]) == 43
    assert asked["state"] != asked["nonce"]


def test_the_pseudonym_and_the_names_are_kept_nowhere_in_clear(parent: Parent) -> None:
    parent.come()
    kept = [session.get_decoded() for session in Session.objects.all()]
    parent.prove()
    kept += [session.get_decoded() for session in Session.objects.all()]
    kept += list(FranceConnectTie.objects.values())
    assert "identity" in repr(kept)
    for word in (parent.issuer.person["sub"], "Ondine", "eyJ"):
        assert word not in repr(kept)


def test_an_account_with_a_password_keeps_it_and_its_origin(parent: Parent) -> None:
    own_password(parent)
    parent.client.post("/activation/", {"username": parent.guardian.username, "password": NEW})
    assert "Ouvrir aussi ce compte avec FranceConnect" in words(parent.client.get(ACCOUNT))
    assert onward(parent.come()) == TIE
    assert "Vous êtes dans le compte de Ondine Orme" in words(parent.client.get(TIE))
    assert onward(parent.client.post(TIE)) == ACCOUNT
    assert (parent.now().origin, parent.now().password[:6]) == (Origin.NOTIFICATION, "argon2")
    parent.client = Client()
    assert onward(parent.come()) == ACCOUNT


def _reset(parent: Parent) -> None:
    give_provisionals(actor=SYSTEM, school=parent.school, accounts=[parent.now()], now=timezone.now())


def _another_password(parent: Parent) -> None:
    Guardian.objects.update(password=make_password("Un-autre-mot-de-passe-a-soi"))


def _blocked(parent: Parent) -> None:
    account = parent.now()
    block(actor=SYSTEM, uai=parent.school.uai, account=account, version=account.version, reason=BlockReason.STOLEN)


def _closed(parent: Parent) -> None:
    forget(Guardian, [parent.guardian.pk], timezone.now())


@pytest.mark.parametrize("change", [_reset, _another_password, _blocked, _closed])
def test_with_the_password_the_tie_ends_too(parent: Parent, change: Callable[[Parent], None]) -> None:
    own_password(parent)
    parent.come()
    parent.prove(NEW)
    with scope(parent.school.uai):
        change(parent)
    assert parent.client.get(ACCOUNT)["Location"] == "/activation/"
    assert onward(parent.come()) == TIE
    assert FranceConnectTie.objects.exists() is (change is not _closed)


def test_a_block_shuts_it_and_lifted_it_opens_again(parent: Parent) -> None:
    parent.tie()
    with scope(parent.school.uai):
        _blocked(parent)
    assert onward(parent.come()) == TIE
    assert plain(REFUSED) in words(parent.prove())
    account = parent.now()
    with scope(parent.school.uai):
        what = {"uai": parent.school.uai, "account": account, "version": account.version}
        unblock(actor=SYSTEM, reason=UnblockReason.SETTLED, **what)
    assert onward(parent.come()) == ACCOUNT
    assert (parent.now().state, parent.now().origin) == (AccountState.ACTIVATED, Origin.FRANCE_CONNECT)


@pytest.mark.parametrize(
    ("person", "is_same"),
    [
        ({"given_name": "Ondine", "family_name": "Orme"}, True),
        ({"family_name": "Saule", "preferred_username": "ORME"}, True),
        ({"family_name": "Saule"}, False),
        ({"given_name": "Marie"}, False),
        ({"given_name": "", "family_name": ""}, False),
    ],
)
def test_the_names_must_be_those_of_the_account(parent: Parent, person: dict[str, str], is_same: bool) -> None:
    parent.issuer.person |= person
    parent.come()
    page = parent.prove()
    assert (plain(ANOTHER_PERSON) not in words(page)) == is_same
    assert (parent.now().state == AccountState.ACTIVATED) == is_same
    assert FranceConnectTie.objects.exists() == is_same
    assert parent.told() == [("france_connect_tied", "") if is_same else ("france_connect_refused", "another name")]


def test_an_identity_opens_one_account(parent: Parent) -> None:
    parent.tie()
    with scope(parent.school.uai):
        other = GuardianFactory(first_name="Ondine", last_name="Orme", username="o.orme.autre")
        child = SchoolingFactory(school=parent.school).student
        GuardianshipFactory(school=parent.school, student=child, guardian=other)
        own = {"state": AccountState.ACTIVATED, "password": make_password(NEW)}
        assert Guardian.objects.filter(pk=other.pk).update(**own) == 1
        _blocked(parent)
    parent.come()
    assert plain(TIED_ELSEWHERE) in words(parent.prove(NEW, "o.orme.autre"))
    assert FranceConnectTie.objects.get().account_id == parent.guardian.pk


def test_a_wrong_password_a_pupil_and_an_ended_letter_tie_nothing(parent: Parent, holder: Holder) -> None:
    parent.come()
    assert plain(REFUSED) in words(parent.prove("FAUX-FAUX-FAUX"))
    assert plain(REFUSED) in words(parent.prove(holder.secret, holder.student.username))
    with scope(parent.school.uai):
        Guardian.objects.update(provisional_expires_at=timezone.now() - timedelta(seconds=1))
    assert plain(REFUSED) in words(parent.prove())
    assert not FranceConnectTie.objects.exists()


def test_the_way_back_to_a_service_is_kept(parent: Parent, service: Relying) -> None:
    parent.tie()
    parent.client = OverTls()
    first = parent.client.get("/oidc/autorisation/", service.asks())
    page = parent.client.get(first["Location"])
    (link,) = re.findall(r'href="(/activation/franceconnect/[^"]*)"', page.content.decode())
    suite = dict(parse_qsl(urlsplit(unescape(link)).query))
    at_service = parent.client.get(onward(parent.come(**suite)))
    tokens = service.redeem(code_in(at_service)).json()
    assert service.identity(tokens["access_token"]).json()["affiliation"] == "resp2d"


def test_the_sign_out_ends_the_session_there_as_well(parent: Parent) -> None:
    parent.tie()
    there = onward(parent.client.post("/activation/deconnexion/"))
    asked = dict(parse_qsl(urlsplit(there).query))
    assert there.startswith(f"{parent.issuer.url}/session/end?")
    assert asked["id_token_hint"].startswith("eyJ")
    assert asked["post_logout_redirect_uri"] == "http://testserver/activation/"
    assert parent.client.get(ACCOUNT)["Location"] == "/activation/"


def test_a_stranger_is_not_tied_without_an_arrival(parent: Parent) -> None:
    assert parent.prove()["Location"] == "/activation/"
    assert parent.client.get(TIE)["Location"] == "/activation/"


def test_off_by_default(db: None) -> None:
    assert "FranceConnect" not in words(Client().get("/activation/"))
    for path in (BEGIN, BACK, TIE):
        assert Client().get(path).status_code == 404
