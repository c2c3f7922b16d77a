"""Headers and cookies of production, as a browser gets them over https (architecture.md; security.md A10)."""

import http.client
import re
import ssl
from collections.abc import Iterator

import pytest

from tests.operations.https import ask, served_over_https

pytestmark = [pytest.mark.enable_socket, pytest.mark.proof]
Https = tuple[int, ssl.SSLContext]


@pytest.fixture(scope="module")
def https(tmp_path_factory: pytest.TempPathFactory, committed: str) -> Iterator[Https]:
    with served_over_https(tmp_path_factory.mktemp("https"), committed) as served:
        yield served


@pytest.fixture(scope="module")
def page(https: Https) -> http.client.HTTPResponse:
    return ask(*https, "/connexion/")


def test_the_policy_lets_nothing_in_that_is_not_ours(page: http.client.HTTPResponse) -> None:
    policy = dict(part.strip().split(" ", 1) for part in page.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"


def test_the_other_headers(page: http.client.HTTPResponse) -> None:
    seconds = re.search(r"max-age=(\d+)", page.headers["Strict-Transport-Security"])
    assert seconds and int(seconds.group(1)) >= 31_536_000
    assert page.headers["X-Frame-Options"] == "DENY"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert page.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in page.headers["Cache-Control"]


def test_cookies_are_bound_to_the_host_and_to_https(page: http.client.HTTPResponse) -> None:
    cookies = page.headers.get_all("Set-Cookie")
    assert cookies
    for cookie in cookies:
        name, *traits = [part.strip() for part in cookie.split(";")]
        assert name.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(traits)
        assert not any(trait.startswith("Domain") for trait in traits)


def test_another_host_is_refused(https: Https) -> None:
    assert ask(*https, "/connexion/", Host="evil.example").status == 400


def test_the_demo_has_no_page(https: Https) -> None:
    assert ask(*https, "/demonstration/").status == 404


def test_static_files_are_named_by_their_content(https: Https, page: http.client.HTTPResponse) -> None:
    sheets = re.findall(r'href="(/static/[^"]+\.css)"', page.text)  # type: ignore[attr-defined]  # set by ask()
    assert sheets and all(re.search(r"\.[0-9a-f]{12}\.css$", sheet) for sheet in sheets)
    assert ask(*https, sheets[0]).status == 200
