"""A forgotten identifiant: sent to the confirmed address that was typed, for every account that has it.

Addresses are typed by anyone. Whose one is, is looked up by the worker: whoever asks gives the same work and reads the
same answer. The mail's row holds the address sealed.
"""

from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.actions.activation import seen_by_holder
from accounts.actions.journal import SYSTEM, Event, record
from accounts.actions.outbox import open_address, seal_address
from accounts.enums import AccountState, Population
from accounts.models import Guardian, JournalEntry, Student
from educonnect_admin.toolkit.mails import post
from educonnect_admin.toolkit.scope import scope

REMINDERS_A_DAY = 3
"""Of one account, whatever networks they are asked for from: nobody floods a mailbox with them."""


BOUND_TO = b"holder_identifiers"


def whom_to_remind(email: str) -> str:
    """What the mail's row holds: the address, sealed."""
    return seal_address(email, bound_to=BOUND_TO)


def accounts_of(email: str) -> list[tuple[Population, UUID, str]]:
    """Population, id and a school of the activated accounts with this confirmed address, twenty at most."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT population, account_id, coalesce(uai, '') FROM find_confirmed(%s)", [email])
        return [(Population(population), account, uai) for population, account, uai in cursor.fetchall()]


@transaction.atomic
def send_identifiers(*, asked: str) -> None:
    """One mail with the identifiants of those whose address it is, or nothing: who asked was told the same."""
    holders = [_reminded(account, population, uai) for population, account, uai in accounts_of(_opened(asked))]
    reached = [holder for holder in holders if holder is not None]
    if reached:
        body = render_to_string("mails/holder_identifiers.txt", {"accounts": reached})
        post("Votre identifiant", body, reached[0].email)


def _opened(asked: str) -> str:
    return open_address(asked, bound_to=BOUND_TO)


def _reminded(account: UUID, population: Population, uai: str) -> Student | Guardian | None:
    """The account, its reminder told to the journal; None for one that is no longer reached, or was often enough."""
    holder = seen_by_holder(account, population)
    if holder is None or holder.state != AccountState.ACTIVATED or holder.email_confirmed_at is None:
        return None
    school = holder.notified_by or uai
    with scope(school):
        since = timezone.now() - timedelta(days=1)
        sent = JournalEntry.objects.filter(uai=school, target=account, event=Event.HOLDER_REMINDED, at__gt=since)
        if sent.count() >= REMINDERS_A_DAY:
            return None
        record(actor=SYSTEM, event=Event.HOLDER_REMINDED, uai=school, target=account)
    return holder
