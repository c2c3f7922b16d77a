"""Work is kept while a proof is shown: offered again, confirmed, never sent by itself (product.md, "work kept")."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import kept
from accounts.enums import Role
from accounts.models import OtpKey, Schooling, Staff
from accounts.views.resume import ACTS
from accounts.walls import Audience
from educonnect_admin.toolkit.scope import scope
from notifications.models import Run
from tests.access.asking import patterns
from tests.access.world import stale
from tests.actions.test_otp import code
from tests.factories import PASSWORD
from tests.pages.reading import missing, words
from tests.visitors import HERE, INSIDE, World, key_of, mandated, sign_in

OUTSIDE = {"HTTP_X_FORWARDED_FOR": "198.51.100.7"}


@pytest.fixture
def agent(world: World) -> Client:
    """Full module, by the admin network; a key is recorded."""
    staff = mandated(Role.FULL, world.here)
    key_of(staff)
    return sign_in(staff, inside=True)


def edit(world: World) -> str:
    return reverse("student_edit", args=[HERE, world.pupils[0].student_id])


def typed(email: str = "lou@example.org") -> dict[str, object]:
    return {"version": 0, "email": email, "distributed_on": ""}


def email_of(world: World) -> str:
    with scope(HERE):
        return Schooling.objects.get(pk=world.pupils[0].pk).student.email


def show_key(client: Client, lead: HttpResponse, **where: str) -> str:
    """The code is typed where the console led to; where it leads next."""
    page = client.get(lead["Location"], **where)
    form = {"otp_token": code(), "next": page.context["next"]}
    return client.post(urlsplit(lead["Location"]).path, form, **where)["Location"]


def confirm(client: Client, page: HttpResponse, **where: str) -> HttpResponse:
    """Send the form that the page offers, as a browser does."""
    form: dict[str, list[str]] = {}
    for name, value in page.context["fields"]:
        form.setdefault(name, []).append(value)
    return client.post(page.context["action_url"], form, **where)


def test_whoever_leaves_the_network_finds_the_work_again(world: World, agent: Client) -> None:
    refused = agent.post(edit(world), typed(), **OUTSIDE)
    assert refused["Location"].startswith(reverse("sign_in_otp"))
    assert missing(agent.get(refused["Location"], **OUTSIDE), "Votre travail est gardé") == []
    page = agent.get(show_key(agent, refused, **OUTSIDE), **OUTSIDE)
    assert missing(page, "Rien n’est encore fait", "Modifier un compte", "lou@example.org", "Collège des Étoiles") == []
    assert email_of(world) == ""
    assert confirm(agent, page, **OUTSIDE).status_code == 302
    assert email_of(world) == "lou@example.org"


def test_a_page_asked_for_is_simply_opened_after(world: World, agent: Client) -> None:
    refused = agent.get(edit(world) + "?a=1", **OUTSIDE)
    assert show_key(agent, refused, **OUTSIDE) == edit(world) + "?a=1"


def test_after_a_fresh_proof_the_same_act_is_confirmed(world: World) -> None:
    head = sign_in(mandated(Role.HEAD, world.here), otp=True)
    pupils = [place.student_id for place in world.pupils]
    draft = head.post(reverse("notify_selection", args=[HERE]), {"eleve": pupils})["Location"]
    refused = stale(head).post(f"{draft}lancer/", HTTP_REFERER=f"http://testserver{draft}")
    page = head.get(show_key(head, refused))
    assert missing(page, "Lancer une opération") == []
    assert page.context["page_url"] == draft
    confirm(head, page)
    with scope(HERE):
        assert Run.objects.get().started_at or Run.objects.get().state == "pending"


def test_what_is_told_of_a_form_is_in_words(world: World) -> None:
    head = stale(sign_in(mandated(Role.HEAD, world.here), otp=True))
    form = {"role": "simplified", "reach": "classes", "classrooms": ["a", "b"], "ends_on": "2027-08-31", "x": "caché"}
    refused = head.post(reverse("delegation_give", args=[HERE]) + "?personne=7", form)
    page = head.get(show_key(head, refused))
    assert (
        missing(page, "Donner une délégation", "Module simplifié", "les classes cochées", "Classes 2", "31/08/2027")
        == []
    )
    assert "caché" not in words(page)
    assert page.context["action_url"].endswith("?personne=7")


def test_giving_up_the_proof_leads_back_to_the_page(world: World) -> None:
    head = stale(sign_in(mandated(Role.HEAD, world.here), otp=True))
    list_url = reverse("delegations", args=[HERE])
    refused = head.post(f"{list_url}1/revocation/", HTTP_REFERER=f"http://testserver{list_url}")
    assert head.get(refused["Location"]).context["given_up"] == list_url
    again = head.post(f"{list_url}1/revocation/", HTTP_REFERER=f"http://testserver{resumed(refused)}")
    assert head.get(again["Location"]).context["given_up"] == list_url


def resumed(lead: HttpResponse) -> str:
    return parse_qs(urlsplit(lead["Location"]).query)["next"][0]


def test_it_lasts_half_an_hour_and_is_of_its_session(world: World, agent: Client) -> None:
    page = resumed(agent.post(edit(world), typed(), **OUTSIDE))
    other = sign_in(mandated(Role.FULL, world.here), inside=True)
    assert (agent.get(page).status_code, other.get(page).status_code) == (200, 404)
    for minutes, status in ((14, 200), (28, 200), (31, 404)):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
            assert agent.get(page, **INSIDE).status_code == status


def test_three_are_kept_and_the_same_once(world: World, agent: Client) -> None:
    for email in ("a@a.fr", "b@a.fr", "b@a.fr", "c@a.fr", "d@a.fr"):
        agent.post(edit(world), typed(email), **OUTSIDE)
    forms = agent.session[kept.KEPT].values()
    assert [dict(form["fields"])["email"] for form in forms] == ["b@a.fr", "c@a.fr", "d@a.fr"]


@pytest.mark.parametrize(
    "extra",
    [
        {"password": "Une-phrase"},
        {"otp_token": "123456"},
        {"credential": "{}"},
        {"x": "x" * 60_001},
        {"fichiers": SimpleUploadedFile("a.xml", b"<a/>")},
    ],
)
def test_secrets_files_and_what_is_too_long_are_not_kept(world: World, agent: Client, extra: dict) -> None:
    page = edit(world)
    refused = agent.post(page, typed() | extra, HTTP_REFERER=f"http://testserver{page}", **OUTSIDE)
    assert resumed(refused) == page
    assert kept.KEPT not in agent.session


def test_neither_a_forged_form_nor_another_method_nor_another_site_keeps_anything(world: World, agent: Client) -> None:
    forged = Client(enforce_csrf_checks=True, **INSIDE)
    forged.cookies = agent.cookies
    assert forged.post(edit(world), typed(), **OUTSIDE).status_code == 403
    agent.put(edit(world), typed(), **OUTSIDE)
    agent.post(reverse("students", args=[HERE]), typed(), **OUTSIDE)
    agent.post(reverse("student_edit", args=["0511234P", world.foreign.student_id]), typed(), **OUTSIDE)
    assert kept.KEPT not in agent.session


def test_confirming_passes_the_walls_like_any_form(world: World, agent: Client) -> None:
    page = agent.get(show_key(agent, agent.post(edit(world), typed(), **OUTSIDE)))
    agent.staff.mandates.update(revoked_at=timezone.now())
    assert confirm(agent, page).status_code == 403
    assert email_of(world) == ""


def test_nobody_finds_the_form_of_who_sat_there_before(world: World, agent: Client) -> None:
    """A session that ends takes its forms along; what is posted after its end is kept for nobody, and that is said."""
    agent.post(edit(world), typed(), **OUTSIDE)
    page = next(iter(agent.session[kept.KEPT]))
    agent.post(reverse("sign_out"))
    lost = agent.post(edit(world), typed(), HTTP_REFERER=f"http://testserver{edit(world)}")
    assert missing(agent.get(lost["Location"]), "Votre session était finie", "n’a pas été fait") == []
    teacher: Staff = mandated(Role.SIMPLIFIED, world.here)
    agent.post(reverse("sign_in"), {"username": teacher.username, "password": PASSWORD})
    assert agent.get(reverse("resume", args=[page])).status_code == 404
    assert not OtpKey.objects.filter(user=teacher).exists()


def test_every_form_of_a_school_has_its_words() -> None:
    rules = {pattern.name: pattern.callback.rule for pattern in patterns()}
    posted = {name for name, rule in rules.items() if rule.audience is Audience.MANDATED and "POST" in rule.methods}
    assert set(ACTS) == posted
