"""What services are told of an account's holder, and which services there are.

Whatever was given is weighed again at each request: the account must still be activated, under the password in force
when it was given (`mark_of`), so that block, reset and freeze end sessions elsewhere at once.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from accounts.actions.activation import mark_of, seen_by_holder
from accounts.actions.journal import Actor, Event, record
from accounts.enums import AccountState, Population
from accounts.feeds.levels import LEVELS
from accounts.models import OidcClient, OidcCode, OidcToken, Schooling, Student, account_model
from accounts.models.oidc import digest, make_secret
from educonnect_admin.toolkit.scope import holder_scope

CODE_LIFE = timedelta(minutes=1)
ACCESS_LIFE = timedelta(minutes=15)
REFRESH_LIFE = timedelta(hours=12)
"""A school day: a refresh token is renewed at each use, and never past this since the sign-in."""
KEPT = timedelta(days=1)
"""Codes and tokens past their time, so that a replay is still seen for what it is."""

SCOPES = {
    "openid": "un pseudonyme propre à ce service",
    "profile": "vos nom et prénom",
    "education": "votre établissement, votre niveau, et si vous êtes élève ou responsable",
}
"""What a service may ask for, as the page tells the holder. Never the INE, a birth date, an address."""

FIRST_DEGREE = frozenset(LEVELS.values())


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose account, under which password, signed in when."""

    account_id: UUID
    mark: str
    signed_in_at: datetime
    population: Population = Population.STUDENTS


def subject_in_force(given: OidcCode | OidcToken) -> Subject | None:
    """Whose it is, if it is still worth something: the account activated, its password the same, the service open."""
    population = Population(given.population)
    account = seen_by_holder(given.account_id, population)
    if account is None or account.state != AccountState.ACTIVATED or mark_of(account) != given.mark:
        return None
    if given.client.disabled_at is not None:
        return None
    return Subject(given.account_id, given.mark, given.signed_in_at, population)


@transaction.atomic
def claims_of(*, subject: Subject, client: OidcClient, scope: str) -> dict[str, Any]:
    """What a scope tells (OpenID Connect Core 5.4, and "education": affiliation, UAI, a pupil's level)."""
    wanted, told = scope.split(), {"sub": client.subject_of(subject.account_id)}
    with holder_scope(subject.account_id):
        account = account_model(subject.population)._default_manager.get(pk=subject.account_id)
        if "profile" in wanted:
            told |= {"given_name": account.first_name, "family_name": account.last_name}
        if "education" in wanted:
            told |= _education(account) if isinstance(account, Student) else _children_schools()
    return told


def _children_schools() -> dict[str, Any]:
    """Of a guardian: the schools where children by ties in force are, and nothing of the children themselves."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT uai FROM held_schools()")
        return {"affiliation": "resp2d", "uai": [uai for (uai,) in cursor.fetchall()]}


def _education(student: Student) -> dict[str, Any]:
    places = list(Schooling.objects.filter(student=student, left_on=None).order_by("school_id").select_related("mef"))
    levels = [place.mef for place in places if place.mef]
    is_primary = bool(levels) and all(mef.code in FIRST_DEGREE for mef in levels)
    return {
        "affiliation": "eleve1d" if is_primary else "eleve2d",
        "uai": [place.school_id for place in places],
        "level": [mef.label for mef in levels],
    }


def keep_code(*, code: str, subject: Subject, client: OidcClient, asked: dict[str, str], now: datetime) -> None:
    """A code for one minute. `asked`: redirect_uri, scope, code_challenge and its method, nonce."""
    OidcCode.objects.create(
        digest=digest(code),
        client=client,
        account_id=subject.account_id,
        population=subject.population,
        mark=subject.mark,
        signed_in_at=subject.signed_in_at,
        expires_at=now + CODE_LIFE,
        **asked,
    )


def take_code(*, code: str, client: OidcClient, now: datetime) -> OidcCode | None:
    """The code under a lock, once. One that was used before ends all that it gave (RFC 6749, 4.1.2)."""
    codes = OidcCode.objects.select_for_update(of=("self",)).select_related("client")
    found = codes.filter(digest=digest(code), client=client).first()
    if found is not None and found.used_at is not None:
        end_family(family=family_of(found), now=now)
        return None
    if found is None or found.expires_at <= now:
        return None
    return found


def family_of(code: OidcCode) -> UUID:
    """What one sign-in gave: told by its code."""
    return UUID(bytes=bytes(code.digest)[:16])


def keep_token(*, token: dict[str, Any], subject: Subject, client: OidcClient, family: UUID, now: datetime) -> None:
    OidcToken.objects.create(
        client=client,
        account_id=subject.account_id,
        population=subject.population,
        mark=subject.mark,
        scope=token["scope"],
        signed_in_at=subject.signed_in_at,
        family=family,
        access_digest=digest(token["access_token"]),
        refresh_digest=digest(token["refresh_token"]),
        access_expires_at=now + ACCESS_LIFE,
        refresh_expires_at=subject.signed_in_at + REFRESH_LIFE,
    )


def take_refresh_token(*, refresh_token: str, now: datetime) -> OidcToken | None:
    """The token under a lock, once. One that was used before was stolen from somebody: its family ends."""
    tokens = OidcToken.objects.select_for_update(of=("self",)).select_related("client")
    found = tokens.filter(refresh_digest=digest(refresh_token)).first()
    if found is not None and found.refreshed_at is not None:
        end_family(family=found.family, now=now)
        return None
    if found is None or found.ended_at is not None or found.refresh_expires_at <= now:
        return None
    return found


def live_access_token(access_token: str, *, now: datetime) -> OidcToken | None:
    tokens = OidcToken.objects.select_related("client")
    return tokens.filter(access_digest=digest(access_token), ended_at=None, access_expires_at__gt=now).first()


def end_family(*, family: UUID, now: datetime) -> None:
    OidcToken.objects.filter(family=family, ended_at=None).update(ended_at=now)


def forget_oidc(*, now: datetime) -> None:
    """Codes and tokens that have been worth nothing for a day."""
    OidcCode.objects.filter(expires_at__lt=now - KEPT).delete()
    OidcToken.objects.filter(refresh_expires_at__lt=now - KEPT).delete()


@transaction.atomic
def register_client(
    *, actor: Actor, name: str, redirect_uris: Iterable[str], scopes: Iterable[str]
) -> tuple[OidcClient, str]:
    """A new service, and its secret, which is told once and kept nowhere."""
    secret = make_secret()
    client = OidcClient.objects.create(
        client_id=secrets.token_urlsafe(18),
        name=name,
        secret_digest=digest(secret),
        redirect_uris=list(redirect_uris),
        scopes=sorted({"openid", *scopes}),
        subject_salt=secrets.token_bytes(32),
    )
    record(actor=actor, event=Event.SERVICE_CHANGED, target=client.pk, detail="registered")
    return client, secret


@transaction.atomic
def renew_client_secret(*, actor: Actor, client: OidcClient) -> str:
    """A new secret in place of the one there was."""
    secret = make_secret()
    client.secret_digest = digest(secret)
    client.save(update_fields=["secret_digest"])
    record(actor=actor, event=Event.SERVICE_CHANGED, target=client.pk, detail="secret renewed")
    return secret


@transaction.atomic
def disable_client(*, actor: Actor, client: OidcClient) -> None:
    """No sign-in for this service from now on; what it was given is worth nothing."""
    now = timezone.now()
    OidcClient.objects.filter(pk=client.pk, disabled_at=None).update(disabled_at=now)
    OidcToken.objects.filter(client=client, ended_at=None).update(ended_at=now)
    record(actor=actor, event=Event.SERVICE_CHANGED, target=client.pk, detail="disabled")
