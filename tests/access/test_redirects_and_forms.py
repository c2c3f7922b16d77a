"""No address leads off the site, and no form is taken without its token."""

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import JournalEntry, Student
from accounts.views.session import next_address
from accounts.walls import came_from
from educonnect_admin.toolkit.scope import scope
from notifications.models import Run
from tests.access.asking import Asker, answer, question
from tests.access.test_matrix import TABLE
from tests.access.world import Asked
from tests.factories import PASSWORD
from tests.visitors import HERE

BEHIND_THE_BROWSER = {"oidc_tokens", "oidc_revocation", "oidc_identity"}
"""Asked by servers, with a secret of their own: no cookie counts there, so that a forged form has nothing to use."""

ELSEWHERE_ON_THE_WEB = [
    "https://evil.example/",
    "http://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    " //evil.example/",
    "\x00//evil.example/",
    "http:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
]
ASKED_FIRST = (
    "security_key_remove",
    "activation_email",
    "holder_email_link",
    "mailed_link",
    "holder_new_password",
    "france_connect_tie",
)
"""A key that the head has not, a link that was never made, a way in that is off: the token is asked for first."""

WANTED = ("go", "200", "otp", "400")
POSTED = [
    cell for cell in TABLE.cells("head") if cell.method == "POST" and (cell.wanted in WANTED or cell.url in ASKED_FIRST)
]


@pytest.mark.parametrize("asked_for", ELSEWHERE_ON_THE_WEB)
def test_next_stays_on_this_site(asked_for: str) -> None:
    factory = RequestFactory()
    for request in (factory.get("/", {"next": asked_for}), factory.post("/", {"next": asked_for})):
        assert next_address(request) == reverse("portal")


@pytest.mark.parametrize("asked_for", ELSEWHERE_ON_THE_WEB[:6])
def test_a_sign_in_does_not_lead_off_the_site(anew: Asked, asker: Asker, asked_for: str) -> None:
    teacher = anew.visitors["teach"].staff
    form = {"username": teacher.username, "password": PASSWORD, "next": asked_for}
    response = asker.ask(anew.visitors["anon"], "POST", f"/connexion/?next={asked_for.strip()}", form)
    assert (response.status_code, response["Location"]) == (302, reverse("portal"))


def test_next_keeps_an_address_of_this_site_whole() -> None:
    wanted = f"/etablissements/{HERE}/eleves/?classe=a&etat=notified&page=2"
    assert next_address(RequestFactory().post("/", {"next": wanted})) == wanted


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/portail/?a=1", "/portail/?a=1"),
        ("http://evil.example/portail/", "/portail/"),
        ("http://testserver//evil.example/", "/evil.example/"),
        ("http://testserver/\\evil.example/", "/evil.example/"),
        ("http://testserver.evil.example/", "/portail/"),
        ("https://testserver/x", "/portail/"),
        ("", "/portail/"),
    ],
)
def test_a_form_comes_back_to_its_own_page(referer: str, back: str) -> None:
    assert came_from(RequestFactory().post("/", HTTP_REFERER=referer)) == back


def test_a_forged_referer_does_not_lead_off_the_site() -> None:
    back = came_from(RequestFactory().post("/", HTTP_REFERER="http://testserver//evil.example/"))
    assert next_address(RequestFactory().get("/", {"next": back})) == "/evil.example/"


@pytest.mark.parametrize("cell", POSTED, ids=lambda cell: f"{cell.url} {cell.thing}")
@pytest.mark.parametrize("token", ["", "x" * 64])
def test_a_form_without_its_token_does_nothing(anew: Asked, asker: Asker, cell, token: str) -> None:
    path, form = question(anew, cell)
    with scope(HERE):
        before = list(Student.objects.order_by("pk").values_list("version", "state")), Run.objects.count()
        response = asker.ask(anew.visitors["head"], "POST", path, form | {"csrfmiddlewaretoken": token}, csrf=True)
        assert response.status_code == 403
        assert "formulaire" in response.content.decode()
        assert before == (list(Student.objects.order_by("pk").values_list("version", "state")), Run.objects.count())
        assert not JournalEntry.objects.exists()


def test_every_form_of_the_console_is_tried_without_its_token() -> None:
    assert {cell.url for cell in POSTED} == {
        page.url for page in TABLE.pages if "POST" in page.answers
    } - BEHIND_THE_BROWSER


def test_a_form_of_another_site_is_refused(anew: Asked, asker: Asker) -> None:
    head = anew.visitors["head"]
    head.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    response = asker.ask(
        head, "POST", "/deconnexion/", {"csrfmiddlewaretoken": "a" * 32}, csrf=True, HTTP_ORIGIN="https://evil.example"
    )
    del head.cookies[settings.CSRF_COOKIE_NAME]
    assert (answer(response), "formulaire" in response.content.decode()) == ("403", True)
