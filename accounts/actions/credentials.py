"""Provisional passwords given, and passwords checked."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from accounts import provisional
from accounts.actions.journal import Actor, Event, record_each
from accounts.enums import AccountState, Origin, Population
from accounts.lifecycle import TRANSITIONS
from accounts.lifecycle import Event as Lived
from accounts.models import Account, Guardian, Guardianship, School, Schooling, Student

GIVE = """
    UPDATE {table} AS account
       SET state = %s, provisional_hash = fresh.hash, provisional_expires_at = %s, notified_at = %s, notified_by = %s,
           distributed_on = NULL, password = '', origin = '', activated_at = NULL, version = account.version + 1
      FROM unnest(%s::uuid[], %s::bytea[]) AS fresh (id, hash)
     WHERE account.id = fresh.id AND account.origin <> %s
"""

OWN_PASSWORD = frozenset({AccountState.ACTIVATED, AccountState.ACTIVATING})
"""States in which the person's own password opens the account, or the page on which a guardian waits."""


class NoPasswordHereError(Exception):
    """An account that goes by FranceConnect has no password here, and is given none."""


def give_provisionals(*, actor: Actor, school: School, accounts: Sequence[Account], now: datetime) -> list[str]:
    """Give each account a fresh provisional password, in their order; whatever opened it before is void.

    The accounts are of one kind and locked by the caller, who has decided that each may be notified. The readable
    passwords are returned once and kept nowhere. NoPasswordHereError, and nothing given, where one of them goes by
    FranceConnect: whatever the caller decided.
    """
    if not accounts:
        return []
    readable = _read_aloud(school, accounts)
    secrets = [provisional.make_readable() if a.id in readable else provisional.make() for a in accounts]
    ring = settings.CONSOLE_KEYS
    hashes = [provisional.hashed(ring, a.id, secret) for a, secret in zip(accounts, secrets, strict=True)]
    ids = [account.id for account in accounts]
    expires_at = provisional.expiry(now, school.zone, settings.PROVISIONAL_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(
            GIVE.format(table=connection.ops.quote_name(accounts[0]._meta.db_table)),
            [AccountState.NOTIFIED.value, expires_at, now, school.uai, ids, hashes, Origin.FRANCE_CONNECT.value],
        )
        if cursor.rowcount != len(ids):
            raise NoPasswordHereError
    record_each(actor=actor, event=Event.ACCOUNT_NOTIFIED, uai=school.uai, targets=ids)
    return secrets


def _read_aloud(school: School, accounts: Sequence[Account]) -> set[UUID]:
    """The pupils of the classes for which the school has chosen the readable kind."""
    if not isinstance(accounts[0], Student):
        return set()
    chosen = Schooling.objects.filter(school=school, classroom__has_readable_passwords=True)
    return set(chosen.filter(student__in=[account.id for account in accounts]).values_list("student", flat=True))


def find_account(username: str) -> tuple[Population, str, str] | None:
    """Population, id and a school of the account with this identifiant, whichever school it is in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT population, account_id::text, uai FROM find_account(%s)", [username.strip().lower()])
        row = cursor.fetchone()
    return (Population(row[0]), row[1], row[2] or "") if row else None


def opens(account: Student | Guardian, typed: str, *, now: datetime | None = None) -> bool:
    """Whether this password lets the person in: the provisional one while it lives, or the one they chose."""
    now = now or timezone.now()
    if account.state in OWN_PASSWORD:
        return check_password(typed, account.password)
    if account.state != AccountState.NOTIFIED or account.provisional_hash is None:
        return False
    is_alive = account.provisional_expires_at is not None and account.provisional_expires_at >= now
    ring, known = settings.CONSOLE_KEYS, bytes(account.provisional_hash)
    return is_alive and provisional.is_right(ring, account.id, known, typed)


def freezable(uai: str) -> tuple[QuerySet[Student], QuerySet[Guardian]]:
    """The accounts of a school, pupils' and guardians', that a provisional password could open, or could have."""
    students = Student.objects.filter(Exists(Schooling.objects.filter(school=uai, student=OuterRef("pk"))))
    guardians = Guardian.objects.filter(Exists(Guardianship.objects.filter(school=uai, guardian=OuterRef("pk"))))
    states = [state for state, event in TRANSITIONS if event is Lived.FREEZE]
    return students.filter(state__in=states), guardians.filter(state__in=states)


def void_provisionals(*, actor: Actor, uai: str) -> int:
    """Void every provisional password of the school; how many. Accounts that were activated are not touched.

    All accounts are locked, in the order of their ids, before the journal is. A guardian of two schools is voided for
    both.
    """
    voided = []
    for accounts in freezable(uai):
        ids = list(accounts.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
        accounts.model._default_manager.filter(pk__in=ids).update(
            state=TRANSITIONS[AccountState.NOTIFIED, Lived.FREEZE],
            provisional_hash=None,
            provisional_expires_at=None,
            distributed_on=None,
            version=F("version") + 1,
        )
        voided += ids
    record_each(actor=actor, event=Event.ACCOUNT_FROZEN, uai=uai, targets=voided)
    return len(voided)
