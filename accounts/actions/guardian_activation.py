"""A guardian's way from the letter: the children's birth dates and an address begin it, the mail's link ends it.

The link is worth 24 hours, once: it is bound to the address and to the password in force, and an account that is
activated is no longer the account it was made for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core import signing
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.actions.activation import LetterEndedError, Opened, WrongBirthDateError, mark_of
from accounts.actions.journal import SYSTEM, Actor, Event, record
from accounts.enums import AccountState, Origin, Population
from accounts.lifecycle import TRANSITIONS
from accounts.lifecycle import Event as Lived
from accounts.models import Guardian
from educonnect_admin.toolkit.mails import post
from educonnect_admin.toolkit.scope import holder_scope, school_transaction, scope

LINK_HOURS = 24
LINK_SALT = "accounts.guardian-activation"
OWN_LIFE = (
    "state",
    "origin",
    "provisional_hash",
    "provisional_expires_at",
    "password",
    "email",
    "email_confirmed_at",
    "activated_at",
    "last_login_at",
    "version",
)
"""What a guardian may change of the account; PostgreSQL grants the same columns, no others."""


@dataclass(frozen=True, slots=True)
class Child:
    """A pupil whose legal guardian is there; the birth date is what they must know. `uais`: the schools of the tie."""

    id: UUID
    first_name: str
    birth_date: date | None
    uais: tuple[str, ...]


@transaction.atomic
def children_of(account_id: UUID) -> list[Child]:
    """The children of the guardian who is there, by ties in force."""
    with holder_scope(account_id):
        return held_children()


def held_children() -> list[Child]:
    """The same, asked by the holder at work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, first_name, birth_date, uais FROM held_children()")
        return [Child(pk, name, born, tuple(uais)) for pk, name, born, uais in cursor.fetchall()]


@transaction.atomic
def begin_activation(
    *, actor: Actor, opened: Opened, password_hash: str, dates: Mapping[UUID, date], email: str, now: datetime
) -> Opened:
    """Notifié -> En cours d'activation: the letter ends, the own password begins, the address waits for its link.

    LetterEndedError as for a pupil; WrongBirthDateError where one date is not the school's, or none can be asked.
    """
    with holder_scope(opened.account_id):
        guardian = Guardian.objects.select_for_update(no_key=True).get(pk=opened.account_id)
        state = TRANSITIONS.get((AccountState(guardian.state), Lived.BEGIN))
        expires_at = guardian.provisional_expires_at
        if state is None or mark_of(guardian) != opened.mark or expires_at is None or expires_at < now:
            raise LetterEndedError
        known = {child.id: child.birth_date for child in held_children() if child.birth_date}
        if not known or known != {child: dates.get(child) for child in known}:
            raise WrongBirthDateError
        guardian.state, guardian.password = state, password_hash
        guardian.provisional_hash = guardian.provisional_expires_at = None
        guardian.email, guardian.email_confirmed_at = email, None
        guardian.version += 1
        guardian.save(update_fields=OWN_LIFE)
    with scope(opened.uai):
        record(actor=actor, event=Event.ACCOUNT_ACTIVATING, uai=opened.uai, target=opened.account_id)
    return Opened(opened.account_id, opened.uai, mark_of(guardian), is_activated=False, population=Population.GUARDIANS)


def activation_token(guardian: Guardian, uai: str) -> str:
    return signing.dumps([str(guardian.pk), uai, _mark(guardian)], salt=LINK_SALT)


def _mark(guardian: Guardian) -> str:
    return salted_hmac(LINK_SALT, f"{mark_of(guardian)}:{guardian.email}", algorithm="sha256").hexdigest()


def send_activation_link(*, guardian: UUID, uai: str, base_url: str) -> None:
    """Mail the link; not if the account was activated, blocked or notified again meanwhile."""
    with school_transaction(uai):
        account = Guardian.objects.get(pk=guardian, state=AccountState.ACTIVATING)
        record(actor=SYSTEM, event=Event.EMAIL_LINK_SENT, uai=uai, target=guardian)
        link = f"{base_url.rstrip('/')}/activation/courriel/{activation_token(account, uai)}/"
        body = render_to_string("mails/activation_link.txt", {"account": account, "link": link, "hours": LINK_HOURS})
        post("Terminer l’activation de votre compte", body, account.email)


def read_activation_token(token: str) -> tuple[UUID, str, str] | None:
    """Guardian, school and mark; None for what was never given, or too long ago."""
    try:
        guardian, uai, mark = signing.loads(token, salt=LINK_SALT, max_age=LINK_HOURS * 3600)
    except signing.BadSignature:
        return None
    return UUID(guardian), uai, mark


@transaction.atomic
def is_activation_link(token: str) -> bool:
    """Whether the link would activate the account now."""
    read = read_activation_token(token)
    if read is None:
        return False
    with holder_scope(read[0]):
        guardian = Guardian.objects.filter(pk=read[0]).first()
        return guardian is not None and _is_meant(guardian, read[2])


def _is_meant(guardian: Guardian, mark: str) -> bool:
    return guardian.state == AccountState.ACTIVATING and constant_time_compare(_mark(guardian), mark)


@transaction.atomic
def finish_activation(*, actor: Actor, token: str, now: datetime) -> bool:
    """En cours d'activation -> Activé, by the mail's link; whether it was the one that the account waits for."""
    read = read_activation_token(token)
    if read is None:
        return False
    account_id, uai, mark = read
    with holder_scope(account_id):
        guardian = Guardian.objects.select_for_update(no_key=True).filter(pk=account_id).first()
        if guardian is None or not _is_meant(guardian, mark):
            return False
        guardian.state = TRANSITIONS[AccountState.ACTIVATING, Lived.ACTIVATE]
        guardian.origin = Origin.NOTIFICATION
        guardian.email_confirmed_at = guardian.activated_at = now
        guardian.version += 1
        guardian.save(update_fields=OWN_LIFE)
    with scope(uai):
        record(actor=actor, event=Event.ACCOUNT_ACTIVATED, uai=uai, target=account_id)
    return True
