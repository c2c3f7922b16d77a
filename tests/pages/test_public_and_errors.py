"""Pages for anyone, and the pages that say no: in the same dress, in words, with what to do next."""

import logging
from datetime import timedelta
from typing import Any

import pytest
import structlog
from django.core.exceptions import RequestDataTooBig
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.views import errors, health
from accounts.views.health import needed
from educonnect_admin.toolkit import logs
from tests.conftest import connected_to
from tests.factories import StaffFactory
from tests.pages.reading import journal, missing, words
from tests.visitors import HERE, World, mandated, sign_in

PUBLIC = {
    "help": "Aide et plan du service",
    "accessibility": "Accessibilité",
    "legal": "Mentions légales",
    "sign_in": "Connexion",
}
STUDENTS = reverse("students", args=[HERE])


@pytest.mark.parametrize(("name", "title"), PUBLIC.items())
def test_anyone_reads_them(client: Client, db: None, name: str, title: str) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert missing(response, title, "Aller au contenu", "Accessibilité", "Aide", "Mentions légales") == []


@pytest.mark.parametrize("name", PUBLIC)
def test_they_name_nobody(world: World, client: Client, name: str) -> None:
    said = words(client.get(reverse(name)))
    people = [place.student for place in (*world.pupils, world.foreign)]
    assert not [person for person in people if person.last_name in said or person.username in said]
    assert world.here.name not in said


@pytest.mark.parametrize("name", [*PUBLIC, "portal"])
def test_every_page_forbids_what_it_does_not_need(head: Client, name: str) -> None:
    response = head.get(reverse(name))
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert (response["X-Frame-Options"], response["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert response["Referrer-Policy"] == "same-origin"
    assert len(response["X-Request-Id"]) == 36


def test_the_front_door_leads_to_the_portal_and_health_to_the_base(client: Client, db: None) -> None:
    assert client.get("/")["Location"] == reverse("portal")
    assert client.get(reverse("health")).json() == {"base": "ok"}


def test_a_process_lives_without_a_base(client: Client) -> None:
    """No database mark: a query would be an error."""
    assert client.get(reverse("health_alive")).json() == {"process": "ok"}


def test_who_lacks_schema_is_not_ready_and_who_lacks_a_broker_is(client: Client, db: None, settings: Any) -> None:
    assert client.get(reverse("health_ready")).json() == {"base": "ok", "schema": "ok", "broker": "ok"}
    missing_one = needed() | {("accounts", "9999_to_come")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(health, "needed", lambda: missing_one)
        patch.setattr(health.current_app.conf, "broker_write_url", "redis://127.0.0.1:9")
        response = client.get(reverse("health_ready"))
    assert (response.status_code, response.json()["schema"], response.json()["broker"]) == (503, "behind", "silent")


def test_the_log_ties_a_request_to_mandate_and_school_and_names_nobody(head: Client, monkeypatch: Any) -> None:
    processors = [structlog.contextvars.merge_contextvars]
    with structlog.testing.capture_logs(processors=processors) as told:
        monkeypatch.setattr(logs, "log", structlog.get_logger())
        response = head.get(STUDENTS + "?classe=x")
    (line,) = told
    assert line.pop("ms") > 0 and line.pop("mandate") > 0
    seen = {"event": "request", "log_level": "info", "method": "GET", "route": "students", "status": 200}
    assert line == seen | {"uai": HERE, "request_id": response["X-Request-Id"]}


def test_who_has_no_mandate_is_told_who_gave_the_last_and_until_when(world: World) -> None:
    ended = timezone.now() - timedelta(days=1)
    giver = StaffFactory(first_name="Gaïa", last_name="TERRE")
    dates = {"starts_at": ended - timedelta(days=9), "ends_at": ended}
    visitor = sign_in(mandated(Role.FULL, world.here, given_by=giver, **dates), otp=True)
    response = visitor.get(STUDENTS)
    assert response.status_code == 403
    assert missing(response, "Vous n'avez pas de délégation en cours", "donnée par Gaïa TERRE") == []
    assert missing(response, f"jusqu'au {timezone.localtime(ended):%d/%m/%Y}", "Module complet", world.here.name) == []


def test_who_never_had_a_mandate_is_told_whom_to_ask(world: World) -> None:
    response = sign_in(StaffFactory()).get(STUDENTS)
    assert missing(response, "Vous n'avez pas de délégation en cours", "Demandez-en une au chef") == []
    assert "La dernière" not in words(response)


def test_a_right_that_lacks_is_told_with_who_can_give_it(world: World, teacher: Client) -> None:
    response = teacher.get(STUDENTS)
    assert response.status_code == 403
    assert missing(response, "Votre mandat n'ouvre pas cette page", "Module simplifié", "chef d'établissement") == []


def test_what_is_not_there_is_told_without_saying_where_it_is(world: World, head: Client) -> None:
    response = head.get(reverse("student", args=[HERE, world.foreign.student_id]))
    assert response.status_code == 404
    assert missing(response, "Cette page n'existe pas") == []
    assert world.foreign.student.last_name not in words(response)
    assert world.elsewhere.name not in words(response)


def test_a_method_that_a_page_has_not_is_told_with_those_it_has(head: Client) -> None:
    response = head.post(STUDENTS)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert missing(response, "Cette page ne fait pas ce qui lui est demandé") == []


def test_a_form_without_its_token_is_told(world: World) -> None:
    visitor = Client(enforce_csrf_checks=True)
    response = visitor.post(reverse("sign_in"), {"username": "x", "password": "y"})
    assert response.status_code == 403
    assert missing(response, "Ce formulaire n'est plus valable") == []


@pytest.mark.parametrize(("error", "status", "title"), [(RequestDataTooBig(), 413, "trop"), (ValueError(), 400, "")])
def test_a_bad_request_is_told(rf: RequestFactory, error: Exception, status: int, title: str) -> None:
    response = errors.bad_request(rf.get("/"), error)
    assert response.status_code == status
    assert title in words(response)


def test_an_error_of_ours_is_told_without_its_cause(rf: RequestFactory) -> None:
    try:
        raise ValueError("secret-cause")
    except ValueError:
        response = errors.server_error(rf.get("/"))
    assert (response.status_code, b"secret-cause" in response.content) == (500, False)


def test_a_base_that_is_away_is_told_with_when_to_come_back(django_db_setup: None, django_db_blocker) -> None:
    visitor = Client(raise_request_exception=False)
    logging.disable(logging.ERROR)
    with django_db_blocker.unblock(), connected_to("no_such_base"):
        answers = [visitor.get(path) for path in (reverse("health"), reverse("sign_in"), STUDENTS)]
    logging.disable(logging.NOTSET)
    assert [answer.status_code for answer in answers] == [503, 200, 302]
    assert answers[0]["Retry-After"] == "10"


def test_a_refusal_is_told_to_no_schools_journal(world: World, head: Client) -> None:
    head.get(reverse("students", args=["0511234P"]))
    assert journal("0511234P") == []
