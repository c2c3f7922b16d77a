"""The other side of the letter: a person takes it, chooses a password, and the account is activated.

Here nobody of a school is at work: each step sees the one account whose holder is there (`holder_scope`), and only the
journal's entry is written in the scope of the school that handed out the letter.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.crypto import salted_hmac

from accounts.actions.credentials import OWN_PASSWORD, find_account, opens
from accounts.actions.holder_sign_ins import keep_sign_in
from accounts.actions.journal import Actor, Event, record
from accounts.enums import AccountState, Origin, Population
from accounts.lifecycle import TRANSITIONS
from accounts.lifecycle import Event as Lived
from accounts.models import Guardian, Student, account_model
from educonnect_admin.toolkit.scope import holder_scope, scope

OWN_LIFE = (
    "state",
    "origin",
    "provisional_hash",
    "provisional_expires_at",
    "password",
    "activated_at",
    "last_login_at",
    "version",
)
"""What a holder may change of the account; PostgreSQL grants the same columns, no others."""


class LetterEndedError(Exception):
    """What the letter gave no longer opens the account: it was renewed, voided, used, or its time is over."""


class WrongBirthDateError(Exception):
    """The birth date is not the one that the school's source gives."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An account that a password has just opened. `mark` changes as soon as another password opens it."""

    account_id: UUID
    uai: str
    mark: str
    is_activated: bool
    population: Population = Population.STUDENTS


def mark_of(account: Student | Guardian) -> str:
    """A mark of the password in force: what was opened with another one is closed."""
    known = f"{account.state}:{bytes(account.provisional_hash or b'').hex()}:{account.password}"
    return salted_hmac("accounts.holder", known, algorithm="sha256").hexdigest()


def mark_of_address(account: Student | Guardian, *, salt: str) -> str:
    """A mark of the password and of the address in force: either ends a link that was bound to it."""
    known = f"{mark_of(account)}:{account.email}:{account.email_confirmed_at}"
    return salted_hmac(salt, known, algorithm="sha256").hexdigest()


@transaction.atomic
def seen_by_holder(account_id: UUID, population: Population = Population.STUDENTS) -> Student | Guardian | None:
    """The account, as its holder sees it."""
    with holder_scope(account_id):
        return account_model(population)._default_manager.filter(pk=account_id).first()


def weigh(*, username: str, typed: str, now: datetime) -> Opened | None:
    """The account that this identifiant and this password open, or None, which tells nothing of why.

    Every try reads one account and spends one Argon2, whether the identifiant is known or not, in whatever state.
    """
    found = find_account(username)
    population, account_id, uai = (found[0], UUID(found[1]), found[2]) if found else (Population.STUDENTS, uuid4(), "")
    account = seen_by_holder(account_id, population)
    if account is None or account.state not in OWN_PASSWORD:
        make_password(typed)
    if account is None or not opens(account, typed, now=now):
        return None
    activated = account.state == AccountState.ACTIVATED
    return Opened(account_id, account.notified_by or uai, mark_of(account), activated, population)


@transaction.atomic
def activate(*, actor: Actor, opened: Opened, password_hash: str, birth_date: date, now: datetime) -> Opened:
    """Notifié -> Activé: the provisional password ends, the holder's own begins.

    LetterEndedError if the letter's password was renewed, voided or ran out since it was typed; WrongBirthDateError.
    """
    with holder_scope(opened.account_id):
        student = Student.objects.select_for_update(no_key=True).get(pk=opened.account_id)
        state = TRANSITIONS.get((AccountState(student.state), Lived.ACTIVATE))
        expires_at = student.provisional_expires_at
        if state is None or mark_of(student) != opened.mark or expires_at is None or expires_at < now:
            raise LetterEndedError
        if student.birth_date is None or student.birth_date != birth_date:
            raise WrongBirthDateError
        student.state, student.origin = state, Origin.NOTIFICATION
        student.provisional_hash = student.provisional_expires_at = None
        student.password = password_hash
        student.activated_at = student.last_login_at = now
        student.version += 1
        student.save(update_fields=OWN_LIFE)
        keep_sign_in(account_id=student.pk, now=now)
    with scope(opened.uai):
        record(actor=actor, event=Event.ACCOUNT_ACTIVATED, uai=opened.uai, target=opened.account_id)
    return Opened(opened.account_id, opened.uai, mark_of(student), is_activated=True)


@transaction.atomic
def note_sign_in(
    *, account_id: UUID, now: datetime, population: Population = Population.STUDENTS, service: str = ""
) -> None:
    """A sign-in, here or in a service: its date, which the school sees, and a line of the holder's own page."""
    with holder_scope(account_id):
        account_model(population)._default_manager.filter(pk=account_id).update(last_login_at=now)
        keep_sign_in(account_id=account_id, now=now, service=service)
