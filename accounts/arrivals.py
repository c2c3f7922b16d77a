"""Whoever is on the way through FranceConnect: what this site must know again when the browser comes back.

In a session of its own, ten minutes long, whose cookie is sent along from another site as the holder's is not (`Lax`).
What was asked is taken out when the browser is back, right or wrong: no answer is weighed twice.
"""

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse

from accounts.actions.france_connect import Identity
from educonnect_admin.toolkit.crypto import seal_text, unseal_text

LIFE = timedelta(minutes=10)
ASKED, ONWARD, IDENTITY = "asked", "onward", "identity"
PURPOSE = "france-connect-arrival"


class Arrival:
    """One browser's sign-in by FranceConnect."""

    def __init__(self, request: HttpRequest) -> None:
        self._session = SessionStore(request.COOKIES.get(_cookie()))

    def begin(self, response: HttpResponse, asked: dict[str, str], onward: str) -> None:
        """Keep what was asked, and where the person was going; what was known before is forgotten."""
        self._session.flush()
        self._session = SessionStore()
        self._session[ASKED], self._session[ONWARD] = asked, onward
        self._session.set_expiry(LIFE)
        self._session.create()
        told: dict[str, Any] = {"secure": settings.SESSION_COOKIE_SECURE, "httponly": True, "samesite": "Lax"}
        response.set_cookie(_cookie(), str(self._session.session_key), max_age=LIFE, **told)

    def take_asked(self) -> dict[str, str] | None:
        """What was asked, once."""
        asked: dict[str, str] | None = self._session.pop(ASKED, None)
        if asked is not None:
            self._session.save()
        return asked

    @property
    def onward(self) -> str:
        return str(self._session.get(ONWARD, ""))

    def keep(self, identity: Identity) -> None:
        """Keep who came, until the account is proved: sealed, as it names a person."""
        told = asdict(identity) | {"subject": identity.subject.hex()}
        self._session[IDENTITY] = seal_text(settings.CONSOLE_KEYS, PURPOSE, json.dumps(told), bound_to=self._key())
        self._session.save()

    def identity(self) -> Identity | None:
        sealed = self._session.get(IDENTITY)
        if sealed is None:
            return None
        told = json.loads(unseal_text(settings.CONSOLE_KEYS, PURPOSE, sealed, bound_to=self._key()))
        return Identity(**told | {"subject": bytes.fromhex(told["subject"])})

    def end(self, response: HttpResponse) -> None:
        self._session.flush()
        response.delete_cookie(_cookie(), samesite="Lax")

    def _key(self) -> bytes:
        return str(self._session.session_key).encode()


def _cookie() -> str:
    return f"{settings.HOLDER_COOKIE_NAME}-fc"
