"""A guardian, the browser that they use, and the FranceConnect that they have."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from django.test import Client

from accounts.models import Guardian, JournalEntry, School
from educonnect_admin.toolkit.scope import scope
from tests.activation.conftest import ACCOUNT
from tests.oidc.issuer import Issuer
from tests.pages.reading import words

BEGIN, BACK, TIE = (f"/activation/franceconnect/{path}" for path in ("", "retour/", "compte/"))


class OverTls(Client):
    """A browser at the address of production: services are answered there alone."""

    def generic(self, *told: Any, **options: Any) -> Any:
        return super().generic(*told, **options | {"secure": True})


@dataclass
class Parent:
    """A guardian with a letter, the browser that they use, and the FranceConnect that they have."""

    issuer: Issuer
    school: School
    guardian: Guardian
    secret: str
    client: Client

    def answer(self, **asked: str) -> str:
        """The address that FranceConnect sends the browser back to."""
        way = self.client.get(BEGIN, asked)
        assert way.status_code == 302, words(way)
        return requests.get(way["Location"], allow_redirects=False, timeout=5).headers["Location"]

    def come(self, **asked: str) -> Any:
        """To FranceConnect and back; the page of the return."""
        return self.back(self.answer(**asked))

    def back(self, address: str, **changed: str) -> Any:
        told = dict(parse_qsl(urlsplit(address).query)) | changed
        return self.client.get(BACK, {name: value for name, value in told.items() if value})

    def prove(self, password: str = "", username: str = "") -> Any:
        form = {"username": username or self.guardian.username, "password": password or self.secret}
        return self.client.post(TIE, form)

    def tie(self) -> None:
        assert onward(self.come()) == TIE
        assert onward(self.prove()) == ACCOUNT

    def now(self) -> Guardian:
        with scope(self.school.uai):
            return Guardian.objects.get(pk=self.guardian.pk)

    def told(self) -> list[tuple[str, str]]:
        """What the journal tells of this way in, of no school or of theirs: event and detail, in their order."""
        found = []
        for uai in ("", self.school.uai):
            with scope(uai):
                found += JournalEntry.objects.filter(uai=uai, event__startswith="france_connect")
        return [(entry.event, entry.detail) for entry in sorted(found, key=lambda entry: entry.sequence)]


def onward(page: Any) -> str:
    assert page.status_code == 200, words(page)
    (link,) = re.findall(r'<a class="button primary" href="([^"]*)">Continuer</a>', page.content.decode())
    return unescape(link)
