"""A guardian's FranceConnect: tied once to the account, by whoever proves to hold both; then it opens the account.

An account that is activated so has no password. One that has a password keeps it, and the tie ends with it: reset,
another password and « Ce n’était pas moi » close what was opened under the former one, this way in included.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.actions.activation import OWN_LIFE, LetterEndedError, Opened, mark_of, seen_by_holder
from accounts.actions.credentials import find_account
from accounts.actions.holder_sign_ins import keep_sign_in
from accounts.actions.journal import Actor, Event, record
from accounts.enums import AccountState, Origin, Population
from accounts.lifecycle import TRANSITIONS
from accounts.lifecycle import Event as Lived
from accounts.models import FranceConnectTie, Guardian
from educonnect_admin.toolkit.crypto import keyed_hash, oldest
from educonnect_admin.toolkit.scope import holder_scope, scope
from educonnect_admin.toolkit.text import fold

PURPOSE = "france-connect-subject"


class AnotherPersonError(Exception):
    """The names that FranceConnect gives are not those of the account."""


class TiedElsewhereError(Exception):
    """This identity opens another account."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who FranceConnect says is there. `proof` is its ID token, which it wants back at the sign-out."""

    subject: bytes
    given_names: str
    family_name: str
    usual_name: str
    proof: str


def subject_hash(issuer: str, subject: str) -> bytes:
    """What is kept of a pseudonym. Under the oldest key: a rotation must not forget who is who."""
    return keyed_hash(oldest(settings.CONSOLE_KEYS), PURPOSE, issuer.encode(), subject.encode())


def is_same_person(guardian: Guardian, identity: Identity) -> bool:
    """Whether a name of birth or of use is the same, and each first name of the account is among those given."""
    known = {fold(name) for name in (guardian.last_name, guardian.family_name)} - {""}
    told = {fold(name) for name in (identity.family_name, identity.usual_name)}
    first = fold(guardian.first_name).split()
    return bool(known & told) and bool(first) and set(first) <= set(fold(identity.given_names).split())


def _password_mark(guardian: Guardian) -> str:
    return salted_hmac(PURPOSE, guardian.password, algorithm="sha256").hexdigest()


def _opens(guardian: Guardian, tie: FranceConnectTie) -> bool:
    """An account without password as long as it is not shut; one with a password while it is the same."""
    if guardian.origin == Origin.FRANCE_CONNECT:
        return (AccountState(guardian.state), Lived.RETURN) in TRANSITIONS or guardian.state == AccountState.ACTIVATED
    return guardian.state == AccountState.ACTIVATED and constant_time_compare(tie.mark, _password_mark(guardian))


@transaction.atomic
def enter(*, actor: Actor, identity: Identity, now: datetime) -> Opened | None:
    """The account that this identity opens; None where it opens none (any more). After a block it is activated anew."""
    tie = FranceConnectTie.objects.filter(subject_hash=identity.subject).first()
    if tie is None:
        return None
    with holder_scope(tie.account_id):
        guardian = Guardian.objects.select_for_update(no_key=True).filter(pk=tie.account_id).first()
        if guardian is None or not _opens(guardian, tie):
            return None
        following = TRANSITIONS.get((AccountState(guardian.state), Lived.RETURN))
        _come_in(guardian, following, now)
    opened = _opened(guardian)
    if following:
        with scope(opened.uai):
            record(actor=actor, event=Event.ACCOUNT_ACTIVATED, uai=opened.uai, target=guardian.pk)
    return opened


@transaction.atomic
def tie_identity(*, actor: Actor, opened: Opened, identity: Identity, now: datetime) -> Opened:
    """Tie the identity to the account that its holder has just opened, which is activated by it if it was not yet.

    LetterEndedError as in `activate`; AnotherPersonError; TiedElsewhereError.
    """
    with holder_scope(opened.account_id):
        guardian = Guardian.objects.select_for_update(no_key=True).get(pk=opened.account_id)
        following = TRANSITIONS.get((AccountState(guardian.state), Lived.ACTIVATE))
        ends = guardian.provisional_expires_at
        if mark_of(guardian) != opened.mark or not (following or guardian.state == AccountState.ACTIVATED):
            raise LetterEndedError
        if guardian.state == AccountState.NOTIFIED and (ends is None or ends < now):
            raise LetterEndedError
        if not is_same_person(guardian, identity):
            raise AnotherPersonError
        _come_in(guardian, following, now)
    _keep(guardian, identity, now)
    with scope(opened.uai):
        record(actor=actor, event=Event.FRANCE_CONNECT_TIED, uai=opened.uai, target=guardian.pk)
        if following:
            record(actor=actor, event=Event.ACCOUNT_ACTIVATED, uai=opened.uai, target=guardian.pk)
    return _opened(guardian, opened.uai)


def _come_in(guardian: Guardian, following: AccountState | None, now: datetime) -> None:
    """Signed in; and activated, where that is what follows: by FranceConnect, without a password."""
    if following:
        guardian.state, guardian.origin, guardian.activated_at = following, Origin.FRANCE_CONNECT, now
        guardian.provisional_hash = guardian.provisional_expires_at = None
        guardian.password = make_password(None)
        guardian.version += 1
    guardian.last_login_at = now
    guardian.save(update_fields=OWN_LIFE if following else ["last_login_at"])
    keep_sign_in(account_id=guardian.pk, now=now, is_by_france_connect=True)


def _keep(guardian: Guardian, identity: Identity, now: datetime) -> None:
    former = FranceConnectTie.objects.select_for_update().filter(subject_hash=identity.subject).first()
    if former is not None and former.account_id != guardian.pk:
        other = seen_by_holder(former.account_id, Population.GUARDIANS)
        if other is not None and other.state != AccountState.CLOSED:
            raise TiedElsewhereError
        former.delete()
    told = {"subject_hash": identity.subject, "mark": _password_mark(guardian), "created_at": now}
    try:
        with transaction.atomic():
            FranceConnectTie.objects.filter(account_id=guardian.pk).delete()
            FranceConnectTie.objects.create(account_id=guardian.pk, **told)
    except IntegrityError as error:
        raise TiedElsewhereError from error


def _opened(guardian: Guardian, uai: str = "") -> Opened:
    found = find_account(cast(str, guardian.username))
    uai = uai or guardian.notified_by or (found[2] if found else "")
    return Opened(guardian.pk, uai, mark_of(guardian), is_activated=True, population=Population.GUARDIANS)


def refuse_identity(*, actor: Actor, why: str, opened: Opened | None = None) -> None:
    """Tell the journal of a sign-in that came to nothing: why, and of which account if one was proved."""
    uai, target = (opened.uai, opened.account_id) if opened else ("", None)
    with transaction.atomic(), scope(uai):
        record(actor=actor, event=Event.FRANCE_CONNECT_REFUSED, uai=uai, target=target, detail=why)
