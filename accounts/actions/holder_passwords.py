"""A forgotten password: a link to the holder's confirmed address, by which another one is chosen.

The link is worth an hour, once: it is bound to the password in force and to the address, so that use, another password,
reset, block and a changed address end it. It is made when its mail goes, and is kept nowhere.
"""

from datetime import timedelta
from uuid import UUID, uuid4

from django.contrib.auth.hashers import make_password
from django.core import signing
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.actions.activation import Opened, mark_of, mark_of_address, seen_by_holder
from accounts.actions.credentials import find_account
from accounts.actions.journal import SYSTEM, Actor, Event, count_since, record
from accounts.enums import AccountState, Origin, Population
from accounts.models import Guardian, Student, account_model
from educonnect_admin.toolkit.mails import post
from educonnect_admin.toolkit.scope import holder_scope, scope

LINK_HOURS = 1
LINKS_AN_HOUR = 5
"""To one account: nobody floods a mailbox with them."""
SALT = "accounts.holder-password"


def whom_to_write(username: str) -> dict[str, str]:
    """What the mail's row holds. An unknown identifiant gives a row as well, which reaches nobody: the same work."""
    found = find_account(username)
    population, account, uai = found or (Population.STUDENTS, str(uuid4()), "")
    return {"population": population.value, "account": account, "uai": uai}


def is_own(account: Student | Guardian) -> bool:
    """Whether the account is activated under a password of its holder's own. Never by FranceConnect."""
    return account.state == AccountState.ACTIVATED and account.origin != Origin.FRANCE_CONNECT


def is_reached(account: Student | Guardian) -> bool:
    """Whether a mail may bring a new password: to an address that its holder confirmed."""
    return is_own(account) and bool(account.email) and account.email_confirmed_at is not None


@transaction.atomic
def send_holder_link(*, account: UUID, population: Population, uai: str, base_url: str) -> None:
    """Mail the link, or nothing: whoever asked was told the same before."""
    holder = seen_by_holder(account, population)
    if holder is None or not is_reached(holder):
        return
    school = holder.notified_by or uai
    with scope(school):
        since = timezone.now() - timedelta(hours=LINK_HOURS)
        if count_since(since, event=Event.HOLDER_LINK_SENT, uai=school, target=account) >= LINKS_AN_HOUR:
            return
        record(actor=SYSTEM, event=Event.HOLDER_LINK_SENT, uai=school, target=account)
    link = f"{base_url.rstrip('/')}/activation/oubli/{link_token(holder, population, school)}/"
    body = render_to_string("mails/holder_link.txt", {"account": holder, "link": link})
    post("Choisir un nouveau mot de passe", body, holder.email)


def link_token(account: Student | Guardian, population: Population, uai: str) -> str:
    """What a link to choose another password carries: whoever brings it has shown to be the holder."""
    return signing.dumps([population.value, str(account.pk), uai, _mark(account)], salt=SALT)


def _mark(account: Student | Guardian) -> str:
    return mark_of_address(account, salt=SALT)


def _read(token: str) -> tuple[Population, UUID, str, str] | None:
    """Population, account, school and mark; None for what was never given, or too long ago."""
    try:
        population, account, uai, mark = signing.loads(token, salt=SALT, max_age=LINK_HOURS * 3600)
    except signing.BadSignature:
        return None
    return Population(population), UUID(account), uai, mark


def holder_of_link(token: str) -> Student | Guardian | None:
    """Whose password the link would change now."""
    read = _read(token)
    account = seen_by_holder(read[1], read[0]) if read else None
    return account if read and account and _is_meant(account, read[3]) else None


def _is_meant(account: Student | Guardian, mark: str) -> bool:
    return is_own(account) and constant_time_compare(_mark(account), mark)


@transaction.atomic
def change_by_link(*, actor: Actor, token: str, password_hash: str) -> tuple[Population, UUID] | None:
    """Put the new password in force, once; whose. All sessions here and elsewhere end: they know the former one."""
    read = _read(token)
    if read is None:
        return None
    population, pk, uai, mark = read
    with holder_scope(pk):
        account = account_model(population)._default_manager.select_for_update(no_key=True).filter(pk=pk).first()
        if account is None or not _is_meant(account, mark):
            return None
        account.password = password_hash
        account.version += 1
        account.save(update_fields=["password", "version"])
    with scope(uai):
        record(actor=actor, event=Event.HOLDER_PASSWORD_CHOSEN, uai=uai, target=pk)
    return population, pk


@transaction.atomic
def void_own_password(*, actor: Actor, opened: Opened) -> bool:
    """« Ce n’était pas moi »: void the holder's password, whereby all sessions end; not if another is in force by now.

    What stands in its place is no password, and never the same twice: a link of before opens nothing.
    """
    with holder_scope(opened.account_id):
        account = (
            account_model(opened.population)._default_manager.select_for_update(no_key=True).get(pk=opened.account_id)
        )
        if account.state != AccountState.ACTIVATED or mark_of(account) != opened.mark:
            return False
        account.password = make_password(None)
        account.version += 1
        account.save(update_fields=["password", "version"])
    with scope(opened.uai):
        record(actor=actor, event=Event.HOLDER_NOT_ME, uai=opened.uai, target=opened.account_id)
    return True


def send_holder_notice(*, account: UUID, population: Population) -> None:
    """Tell the holder that the password was changed: if it was not them, they know at once (CNIL 2022-100)."""
    holder = seen_by_holder(account, population)
    if holder is not None and is_reached(holder):
        body = render_to_string("mails/holder_notice.txt", {"account": holder})
        post("Votre mot de passe a été changé", body, holder.email)
