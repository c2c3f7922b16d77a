"""What staff change about an account, a pupil's or a guardian's: the address, the date of distribution, a block.

Each takes the account as it was on the screen, and its version; of two people at work on one the second is told.
"""

from datetime import date, timedelta
from typing import cast
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.actions.journal import SYSTEM, Actor, Event, count_since, record
from accounts.enums import AccountState, BlockReason, Origin, UnblockReason
from accounts.lifecycle import TRANSITIONS
from accounts.lifecycle import Event as Lived
from accounts.models import Guardian, School, Student
from educonnect_admin.toolkit.mails import post
from educonnect_admin.toolkit.scope import school_transaction

Holder = Student | Guardian

LINK_SALT = "accounts.email"
LINK_LIFE_HOURS = 72
LINKS_AN_HOUR = 5
"""Mails of confirmation to one person: nobody floods a mailbox with them."""


class StaleAccountError(Exception):
    """Somebody changed the account since it was shown."""


class ImpossibleError(Exception):
    """The account's state does not let this happen."""


def _locked(shown: Holder, version: int) -> Holder:
    account: Holder = type(shown)._default_manager.select_for_update(no_key=True).get(pk=shown.pk)
    if account.version != version:
        raise StaleAccountError
    return account


def _save(account: Holder, *fields: str) -> None:
    account.version += 1
    account.save(update_fields=[*fields, "version"])


@transaction.atomic
def modify(
    *,
    actor: Actor,
    uai: str,
    account: Holder,
    version: int,
    email: str,
    distributed_on: date | None,
    language: str | None = None,
) -> frozenset[str]:
    """Set what the console owns: the address, which waits for its holder to confirm it, the day on which the document
    was handed over (None: it came back), and the language of a guardian's letters beside French. The names of what is
    another than before.
    """
    account = _locked(account, version)
    changed = set()
    if isinstance(account, Guardian) and account.language != language:
        account.language = language
        changed.add("language")
        record(actor=actor, event=Event.LANGUAGE_CHANGED, uai=uai, target=account.pk, detail=language or "fr")
    if account.email != email:
        account.email, account.email_confirmed_at = email, None
        changed |= {"email", "email_confirmed_at"}
        record(actor=actor, event=Event.EMAIL_CHANGED, uai=uai, target=account.pk, detail="" if email else "emptied")
    if account.distributed_on != distributed_on:
        detail = f"{_day(account.distributed_on)} {_day(distributed_on)}"
        account.distributed_on = distributed_on
        changed.add("distributed_on")
        record(actor=actor, event=Event.DISTRIBUTION_CORRECTED, uai=uai, target=account.pk, detail=detail)
    if changed:
        _save(account, *changed)
    return frozenset(changed)


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "-"


@transaction.atomic
def block(*, actor: Actor, uai: str, account: Holder, version: int, reason: BlockReason, note: str = "") -> None:
    """Shut the account until it is unblocked. Whatever opened it, provisional or chosen, is void.

    The journal knows the kind of reason; what was typed stands on the account, and goes with the block.
    """
    account = _locked(account, version)
    _move(account, Lived.BLOCK)
    account.blocked_reason = f"{reason.label}\u00a0: {note}" if note else reason.label
    account.blocked_at = timezone.now()
    _shut(account, "blocked_reason", "blocked_at")
    record(actor=actor, event=Event.ACCOUNT_BLOCKED, uai=uai, target=account.pk, detail=reason.value)


@transaction.atomic
def unblock(*, actor: Actor, uai: str, account: Holder, version: int, reason: UnblockReason) -> None:
    """Lift the block. Nothing opens the account before it is notified anew.

    One that goes by FranceConnect goes on so: nothing is forgotten by which a password would be given to it.
    """
    account = _locked(account, version)
    _move(account, Lived.UNBLOCK)
    account.blocked_reason, account.blocked_at = "", None
    account.activated_at = account.distributed_on = None
    if account.origin != Origin.FRANCE_CONNECT:
        account.origin = ""
    _shut(account, "blocked_reason", "blocked_at", "origin", "activated_at", "distributed_on")
    record(actor=actor, event=Event.ACCOUNT_UNBLOCKED, uai=uai, target=account.pk, detail=reason.value)


def _move(account: Holder, event: Lived) -> None:
    following = TRANSITIONS.get((AccountState(account.state), event))
    if following is None:
        raise ImpossibleError
    account.state = following


def _shut(account: Holder, *fields: str) -> None:
    """Leave no password that opens it; PostgreSQL deletes the sealed copies of the runs with the state."""
    account.password, account.provisional_hash, account.provisional_expires_at = "", None, None
    _save(account, "state", "password", "provisional_hash", "provisional_expires_at", *fields)


def may_send_link(uai: str, account: UUID) -> bool:
    """Whether one more mail may go to the holder within this hour."""
    since = timezone.now() - timedelta(hours=1)
    return count_since(since, event=Event.EMAIL_LINK_SENT, uai=uai, target=account) < LINKS_AN_HOUR


def email_token(account: Holder, uai: str) -> str:
    """What the link of the mail carries: no address, but ended by any change of it."""
    return signing.dumps([str(account.pk), uai, _mark(account.email)], salt=LINK_SALT)


def _mark(email: str) -> str:
    return salted_hmac(LINK_SALT, email).hexdigest()[:32]


def send_email_link(*, holder: UUID, uai: str, base_url: str) -> None:
    """Mail the holder the link that confirms the address; not if it was emptied or confirmed meanwhile."""
    with school_transaction(uai):
        account = _reached(holder)
        if account is None or account.email_confirmed_at is not None:
            return
        school = School.objects.get(pk=uai)
        record(actor=SYSTEM, event=Event.EMAIL_LINK_SENT, uai=uai, target=holder)
        link = f"{base_url.rstrip('/')}/courriel/{email_token(account, uai)}/"
        context = {"account": account, "school": school, "link": link, "hours": LINK_LIFE_HOURS}
        body = render_to_string("mails/email_link.txt", context)
        post("Confirmer votre adresse électronique", body, account.email)


def _reached(pk: UUID, *, lock: bool = False) -> Holder | None:
    """The account of this id in the school in scope, if it has an address."""
    for model in (Student, Guardian):
        rows = model._default_manager.filter(pk=pk).exclude(email="")
        if account := (rows.select_for_update(no_key=True) if lock else rows).first():
            return cast(Holder, account)
    return None


def read_email_token(token: str) -> tuple[UUID, str, str] | None:
    """Account, school and mark of the address; None for what was never given, or too long ago."""
    try:
        holder, uai, mark = signing.loads(token, salt=LINK_SALT, max_age=LINK_LIFE_HOURS * 3600)
    except signing.BadSignature:
        return None
    return UUID(holder), uai, mark


def confirm_email(*, actor: Actor, token: str) -> bool:
    """Note that the holder read the mail; whether the link still says the address of the account. Twice is once."""
    read = read_email_token(token)
    if read is None:
        return False
    holder, uai, mark = read
    with school_transaction(uai):
        account = _reached(holder, lock=True)
        if account is None or _mark(account.email) != mark:
            return False
        if account.email_confirmed_at is None:
            account.email_confirmed_at = timezone.now()
            _save(account, "email_confirmed_at")
            record(actor=actor, event=Event.EMAIL_CONFIRMED, uai=uai, target=holder)
        return True
