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
from accounts.actions.journal import SYSTEM, Event, count_since, record
from accounts.actions.outbox import open_address
from accounts.enums import AccountState, Population
from accounts.models import Guardian, Student
from educonnect_admin.toolkit.mails import post
from educonnect_admin.toolkit.scope import scope

REMINDERS_A_DAY = 3
"""Of one account, whatever networks they are asked for from: nobody floods a mailbox with them."""

BOUND_TO = b"holder_identifiers"
"""What the address in the mail's row is sealed for."""


def accounts_of(email: str) -> list[tuple[Population, UUID, str]]:
    """Population, id and a school of the activated accounts with this confirmed address, twenty at most."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT population, account_id, coalesce(uai, '') FROM find_confirmed(%s)", [email])
        return [(Population(population), account, uai) for population, account, uai in cursor.fetchall()]


@transaction.atomic
def send_identifiers(*, asked: str) -> None:
    """One mail with the identifiants of those whose address it is, or nothing: who asked was told the same."""
    held = _held_by(open_address(asked, bound_to=BOUND_TO))
    reached = [holder for school, holder in held if _is_reminded(school, holder)]
    if reached:
        body = render_to_string("mails/holder_identifiers.txt", {"accounts": reached})
        post("Votre identifiant", body, reached[0].email)


def _held_by(email: str) -> list[tuple[str, Student | Guardian]]:
    """The accounts, each with the school that is told; in the order in which all lock the schools' journals."""
    seen = [(seen_by_holder(account, population), uai) for population, account, uai in accounts_of(email)]
    held = [(holder.notified_by or uai, holder) for holder, uai in seen if holder is not None]
    return sorted(held, key=lambda one: (one[0], str(one[1].username)))


def _is_reminded(school: str, holder: Student | Guardian) -> bool:
    """Whether the account is still reached, and was not often enough today: told to the journal."""
    if holder.state != AccountState.ACTIVATED or holder.email_confirmed_at is None:
        return False
    with scope(school):
        since = timezone.now() - timedelta(days=1)
        if count_since(since, event=Event.HOLDER_REMINDED, uai=school, target=holder.pk) >= REMINDERS_A_DAY:
            return False
        record(actor=SYSTEM, event=Event.HOLDER_REMINDED, uai=school, target=holder.pk)
    return True
