"""A forgotten identifiant: sent to the confirmed address that was typed, for every account that has it.

Addresses are typed by anyone: the answer and the work are the same whoever has them, and the row of the mail holds ids.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.actions.activation import seen_by_holder
from accounts.actions.journal import SYSTEM, Event, record
from accounts.enums import AccountState, Population
from accounts.models import Guardian, JournalEntry, Student
from educonnect_admin.toolkit.mails import post
from educonnect_admin.toolkit.scope import scope

REMINDERS_A_DAY = 3
"""Of one account, whatever networks they are asked for from: nobody floods a mailbox with them."""


def whom_to_remind(email: str) -> list[list[str]]:
    """Population, id and a school of the activated accounts with this confirmed address, twenty at most.

    An address that nobody has gives one that reaches nobody: the same work.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT population, account_id::text, coalesce(uai, '') FROM find_confirmed(%s)", [email])
        found = [list(row) for row in cursor.fetchall()]
    return found or [[Population.STUDENTS.value, str(uuid4()), ""]]


@transaction.atomic
def send_identifiers(whom: Sequence[Sequence[str]]) -> None:
    """One mail with the identifiants of those whose address it still is, or nothing: who asked was told the same."""
    holders = [_reminded(UUID(account), Population(population), uai) for population, account, uai in whom]
    reached = [holder for holder in holders if holder is not None]
    if reached:
        body = render_to_string("mails/holder_identifiers.txt", {"accounts": reached})
        post("Votre identifiant", body, reached[0].email)


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
