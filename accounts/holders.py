"""The session of an account's holder on the activation site: a cookie of its own, with no way into the console.

It lives where the staff's sessions live, 15 minutes from its last use, under a name that the console never reads; and
it ends as soon as another password opens the account: reset, block and freeze close it.
"""

from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.utils.crypto import constant_time_compare

from accounts.actions.activation import Opened, mark_of, seen_by_holder
from accounts.enums import Population
from accounts.models import Guardian, Student, account_model
from accounts.requests import ConsoleRequest
from educonnect_admin.toolkit.crypto import seal_text, unseal_text

KEPT = "holder"
PURPOSE = "holder-proof"
IDLE_SECONDS = 15 * 60


@dataclass(slots=True)
class Holding:
    """Who is there, and how far on the way: `password` is the hash of the password chosen, until it is in force.

    `proof` is what FranceConnect gave at the sign-in and wants back at the sign-out. It is sealed where it is kept.
    """

    opened: Opened
    account: Student | Guardian
    password: str = ""
    wrong_dates: int = 0
    just_activated: bool = False
    proof: str = ""

    @classmethod
    def of(cls, request: ConsoleRequest) -> Self | None:
        """The holder of this request; None where nobody is, or where the password has changed meanwhile."""
        kept: dict[str, Any] | None = _session(request).get(KEPT)
        if kept is None:
            return None
        population = Population(kept.get("population", Population.STUDENTS))
        account = seen_by_holder(UUID(kept["account"]), population)
        if account is None or not constant_time_compare(kept["mark"], mark_of(account)):
            return None
        opened = Opened(account.pk, kept["uai"], kept["mark"], kept["activated"], population)
        proof = _opened(kept.get("proof", ""), account.pk)
        return cls(opened, account, kept["password"], kept["wrong_dates"], kept["just_activated"], proof)

    @classmethod
    def just(cls, opened: Opened, *, proof: str = "") -> Self:
        """Of an account that was opened a moment ago: its row is read when the browser comes back."""
        return cls(opened, account_model(opened.population)(pk=opened.account_id), proof=proof)

    def keep(self, request: ConsoleRequest, response: HttpResponse) -> None:
        """Keep it in the session of the request."""
        session = _session(request)
        session[KEPT] = self._as_kept()
        session.set_expiry(IDLE_SECONDS)
        session.save()
        _give(response, str(session.session_key))

    def begin(self, request: ConsoleRequest, response: HttpResponse) -> None:
        """Begin a new session: what was known under the former id opens nothing any more."""
        _session(request).flush()
        session = SessionStore()
        session[KEPT] = self._as_kept()
        session.set_expiry(IDLE_SECONDS)
        session.create()
        _give(response, str(session.session_key))

    def _as_kept(self) -> dict[str, Any]:
        return {
            "account": str(self.opened.account_id),
            "population": self.opened.population.value,
            "uai": self.opened.uai,
            "mark": self.opened.mark,
            "activated": self.opened.is_activated,
            "password": self.password,
            "wrong_dates": self.wrong_dates,
            "just_activated": self.just_activated,
            "proof": _sealed(self.proof, self.opened.account_id),
        }


def _sealed(proof: str, account: UUID) -> str:
    return proof and seal_text(settings.CONSOLE_KEYS, PURPOSE, proof, bound_to=account.bytes)


def _opened(sealed: str, account: UUID) -> str:
    return sealed and unseal_text(settings.CONSOLE_KEYS, PURPOSE, sealed, bound_to=account.bytes)


def leave(request: ConsoleRequest, response: HttpResponse) -> None:
    """End the holder's session, in the base and in the browser."""
    _session(request).flush()
    response.delete_cookie(settings.HOLDER_COOKIE_NAME, samesite="Strict")


def _session(request: ConsoleRequest) -> SessionStore:
    return SessionStore(request.COOKIES.get(settings.HOLDER_COOKIE_NAME))


def _give(response: HttpResponse, key: str) -> None:
    response.set_cookie(
        settings.HOLDER_COOKIE_NAME,
        key,
        max_age=IDLE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
