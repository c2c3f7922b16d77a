"""A head of school at work: whole requests, through the application that a web server calls."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.urls import reverse

from accounts.enums import Role
from accounts.models import School, Schooling
from educonnect_admin.toolkit.scope import school_transaction
from tests.visitors import mandated, sign_in

APPLICATION = get_wsgi_application()
CSRF = "c" * 32
KNOWN_PUPILS = 200
SEARCHES = 15
"""Fewer than a session keeps."""


@dataclass
class Visitor:
    """Signed in with a key, in the connected database. Knows some pupils of the school."""

    uai: str
    cookies: str
    known: list[tuple[UUID, str]] = field(default_factory=list)
    found: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, uai: str, *, also_at: Sequence[str] = ()) -> "Visitor":
        """The head of this school, and of others too."""
        with transaction.atomic():
            head = mandated(Role.HEAD, School.objects.get(pk=uai))
            for school in School.objects.filter(pk__in=also_at):
                mandated(Role.HEAD, school, staff=head)
            client = sign_in(head, otp=True)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        visitor = cls(uai, f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF}")
        with school_transaction(uai):
            rows = Schooling.objects.filter(school=uai).order_by("pk").values_list("student_id", "student__last_name")
            visitor.known = list(rows[:KNOWN_PUPILS])
        return visitor

    def search_anew(self) -> None:
        """Send each name again: a session keeps its last searches only."""
        self.found = [self.send_search(self.name(turn)) for turn in range(SEARCHES)]

    def address(self, route: str, *arguments: Any) -> str:
        return reverse(route, args=[self.uai, *arguments])

    def pupil(self, turn: int) -> UUID:
        return self.known[turn % len(self.known)][0]

    def name(self, turn: int) -> str:
        """A name to search for: one of as many as a session keeps."""
        return self.known[turn % SEARCHES][1]

    def search(self, turn: int) -> str:
        """The address of what that name found."""
        return self.found[turn % SEARCHES]

    def send_search(self, name: str) -> str:
        """Type a name: the address that the answer leads to."""
        form = {"q": name, "csrfmiddlewaretoken": CSRF}
        _, headers, _ = self._ask("POST", self.address("students_search"), urlencode(form).encode())
        return headers["Location"]

    def get(self, address: str) -> str:
        """The page; AssertionError for anything but a page."""
        status, _, body = self._ask("GET", address)
        assert status == HTTPStatus.OK, f"{address}: {status}"
        return body.decode()

    def _ask(self, method: str, address: str, body: bytes = b"") -> tuple[int, dict[str, str], bytes]:
        path, _, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_COOKIE": self.cookies,
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
        }
        setup_testing_defaults(environ)
        begun: list[tuple[str, list[tuple[str, str]]]] = []
        response = APPLICATION(environ, lambda status, headers, _=None: begun.append((status, headers)))
        content = b"".join(response)
        response.close()
        status, headers = begun[0]
        return int(status.split()[0]), dict(headers), content
