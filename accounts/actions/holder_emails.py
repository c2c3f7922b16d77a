"""Another address, chosen by the holder: asked for with the password, in force once its link is followed.

The link is worth 24 hours, once: it is bound to the password and to the address in force. Until then nothing of the
account changes, and the new address stands sealed in the mail's row and in the link, nowhere else.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.crypto import constant_time_compare

from accounts.actions.activation import mark_of_address, seen_by_holder
from accounts.actions.journal import SYSTEM, Actor, Event, record
from accounts.actions.outbox import open_address
from accounts.enums import AccountState, Origin, Population
from accounts.models import Guardian, Student, account_model
from educonnect_admin.toolkit.mails import post
from educonnect_admin.toolkit.scope import holder_scope, scope

LINK_HOURS = 24
SALT = "accounts.holder-email"


@dataclass(frozen=True, slots=True)
class NewEmail:
    """What a link asks for: whose address, told to which school, which one (sealed), and what it is bound to."""

    population: Population
    account: UUID
    uai: str
    sealed: str
    mark: str


def may_choose_email(account: Student | Guardian) -> bool:
    """Activated, with a password to ask for again. With FranceConnect there is none, and the school changes it."""
    return account.state == AccountState.ACTIVATED and account.origin != Origin.FRANCE_CONNECT


def email_mark(account: Student | Guardian) -> str:
    """Changes with the password and with the address in force."""
    return mark_of_address(account, salt=SALT)


def _is_meant(account: Student | Guardian | None, new: NewEmail) -> bool:
    return account is not None and may_choose_email(account) and constant_time_compare(email_mark(account), new.mark)


@transaction.atomic
def send_email_choice(*, new: NewEmail, base_url: str) -> None:
    """Mail the link to the new address; not if password, state or address changed since it was asked for."""
    holder = seen_by_holder(new.account, new.population)
    if holder is None or not _is_meant(holder, new):
        return
    with scope(new.uai):
        record(actor=SYSTEM, event=Event.EMAIL_LINK_SENT, uai=new.uai, target=new.account)
    token = signing.dumps([new.population.value, str(new.account), new.uai, new.sealed, new.mark], salt=SALT)
    link = f"{base_url.rstrip('/')}/activation/compte/adresse/{token}/"
    body = render_to_string("mails/holder_email.txt", {"account": holder, "link": link, "hours": LINK_HOURS})
    post("Confirmer votre nouvelle adresse", body, open_address(new.sealed, bound_to=new.account.bytes))


def send_email_notice(*, account: UUID, population: Population, sealed: str, is_done: bool) -> None:
    """Tell the former address that another one is asked for, or has taken its place."""
    holder = seen_by_holder(account, population)
    if holder is not None:
        body = render_to_string("mails/holder_email_old.txt", {"account": holder, "is_done": is_done})
        subject = "Votre adresse électronique a été changée" if is_done else "Une autre adresse a été demandée"
        post(subject, body, open_address(sealed, bound_to=account.bytes))


def _read(token: str) -> NewEmail | None:
    """None for what was never given, or too long ago."""
    try:
        population, account, uai, sealed, mark = signing.loads(token, salt=SALT, max_age=LINK_HOURS * 3600)
    except signing.BadSignature:
        return None
    return NewEmail(Population(population), UUID(account), uai, sealed, mark)


def is_email_choice(token: str) -> bool:
    """Whether the link would change an address now."""
    new = _read(token)
    return new is not None and _is_meant(seen_by_holder(new.account, new.population), new)


@transaction.atomic
def choose_email(*, actor: Actor, token: str, now: datetime) -> tuple[NewEmail, str] | None:
    """Put the new address in force, confirmed, once; with the one that was confirmed before, or "" without one."""
    new = _read(token)
    if new is None:
        return None
    with holder_scope(new.account):
        account = (
            account_model(new.population)._default_manager.select_for_update(no_key=True).filter(pk=new.account).first()
        )
        if account is None or not _is_meant(account, new):
            return None
        former = account.email if account.email_confirmed_at else ""
        account.email, account.email_confirmed_at = open_address(new.sealed, bound_to=new.account.bytes), now
        account.version += 1
        account.save(update_fields=["email", "email_confirmed_at", "version"])
    with scope(new.uai):
        record(actor=actor, event=Event.HOLDER_EMAIL_CHANGED, uai=new.uai, target=new.account)
    return new, former
