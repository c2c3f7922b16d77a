"""What comes back from FranceConnect and opens nothing: each with its page and its word in the journal."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.arrivals import LIFE
from accounts.france_connect import Failure
from accounts.models import FranceConnectTie
from accounts.views.france_connect import FAILURES
from tests.oidc.issuer import another_key
from tests.oidc.scene import BACK, BEGIN, TIE, Parent, onward
from tests.pages.reading import plain, words

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


def is_refused(parent: Parent, page: Any, failure: Failure) -> None:
    title, _, status = FAILURES[failure]
    assert (page.status_code, plain(title) in words(page)) == (status, True)
    assert parent.told()[-1:] == [("france_connect_refused", failure.value)]
    assert not FranceConnectTie.objects.exists()


@pytest.mark.parametrize(
    ("changed", "failure"),
    [
        ({"state": "another"}, Failure.LOST),
        ({"state": ""}, Failure.LOST),
        ({"state": "é"}, Failure.LOST),
        ({"code": "never-given"}, Failure.EXPIRED),
        ({"code": ""}, Failure.EXPIRED),
        ({"iss": "https://other.example"}, Failure.UNTRUSTED),
        ({"iss": ""}, Failure.UNTRUSTED),
        ({"error": "access_denied"}, Failure.CANCELLED),
        ({"error": "server_error"}, Failure.EXPIRED),
    ],
)
def test_what_the_browser_brings_back_is_weighed(parent: Parent, changed: dict[str, str], failure: Failure) -> None:
    is_refused(parent, parent.back(parent.answer(), **changed), failure)


def test_who_gives_up_there_is_told_so(parent: Parent) -> None:
    parent.issuer.refuses = "access_denied"
    is_refused(parent, parent.come(), Failure.CANCELLED)


@pytest.mark.parametrize(
    "bent",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://other.example"},
        {"aud": "another-site"},
        {"aud": None},
        {"exp": 1},
        {"exp": None},
        {"sub": "another"},
        {"sub": None},
        {"acr": "eidas0"},
        {"acr": None},
    ],
)
def test_an_id_token_that_is_not_as_it_must_be_opens_nothing(parent: Parent, bent: dict[str, Any]) -> None:
    parent.issuer.bent = bent
    is_refused(parent, parent.come(), Failure.UNTRUSTED)


def test_another_key_under_the_same_name_opens_nothing(parent: Parent) -> None:
    parent.issuer.signs_with = another_key("one")
    is_refused(parent, parent.come(), Failure.UNTRUSTED)


def test_a_new_key_of_the_issuer_is_asked_for(parent: Parent) -> None:
    parent.come()
    parent.issuer.key = another_key("two")
    assert onward(parent.come()) == TIE
    assert len(parent.issuer.called("/jwks")) == 2


@pytest.mark.parametrize("name", ["iss", "aud"])
def test_what_is_told_of_another_site_is_not_believed(parent: Parent, name: str) -> None:
    parent.issuer.user_bent = {name: "https://other.example"}
    is_refused(parent, parent.come(), Failure.UNTRUSTED)


ELSEWHERE = {"Location": "http://127.0.0.1:9/"}


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/token", (500, {}, b"")),
        ("/token", (200, {}, b"[]")),
        ("/token", (200, {}, b"{")),
        ("/token", (302, ELSEWHERE, b"")),
        ("/token", (200, {}, b"{" + b" " * 300_000)),
        ("/userinfo", (503, {}, b"")),
        ("/userinfo", (302, ELSEWHERE, b"")),
        ("/jwks", (500, {}, b"")),
    ],
)
def test_an_issuer_out_of_order_is_told_as_such(parent: Parent, path: str, answer: Any) -> None:
    parent.issuer.answers[path] = answer
    is_refused(parent, parent.come(), Failure.UNREACHABLE)


@pytest.mark.parametrize(("answer", "failure"), [(b"{}", "UNTRUSTED"), (b'{"keys": 3}', "UNTRUSTED")])
def test_keys_that_are_none(parent: Parent, answer: bytes, failure: str) -> None:
    parent.issuer.answers["/jwks"] = (200, {}, answer)
    is_refused(parent, parent.come(), Failure[failure])


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://other.example"},
        {"token_endpoint": "https://other.example/token"},
        {"jwks_uri": "http://127.0.0.1:9/keys"},
        {"userinfo_endpoint": "file:///etc/passwd"},
        {"authorization_endpoint": "https://u:p@other.example:port/"},
        {"token_endpoint": None},
        {"end_session_endpoint": "https://other.example/"},
    ],
)
def test_an_issuer_that_leads_elsewhere_is_not_followed(parent: Parent, described: dict[str, Any]) -> None:
    parent.issuer.described = described
    is_refused(parent, parent.client.get(BEGIN), Failure.UNREACHABLE)


def test_an_issuer_that_is_down(parent: Parent, settings: Any) -> None:
    settings.FRANCE_CONNECT_ISSUER = "http://127.0.0.1:9/api"
    is_refused(parent, parent.client.get(BEGIN), Failure.UNREACHABLE)


def test_an_answer_serves_once(parent: Parent) -> None:
    address = parent.answer()
    parent.back(address)
    assert parent.back(address).status_code == 400


def test_another_browser_and_too_late(parent: Parent) -> None:
    address = parent.answer()
    there = Client().get(BACK, dict(parse_qsl(urlsplit(address).query)))
    assert (there.status_code, parent.told()) == (400, [])
    Session.objects.update(expire_date=timezone.now() - LIFE)
    assert plain(FAILURES[Failure.LOST][0]) in words(parent.back(address))
