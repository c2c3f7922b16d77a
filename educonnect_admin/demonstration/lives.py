"""Invented lives of accounts since 1 September, day by day: every state, list and figure has something true to show.

Seeded, so that the same delivery gives the same lives. The journal tells them too, at the days they happened: its
chain is written here under the journal's own role, since the application can only write the present.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connections

from accounts.actions.journal import Event
from accounts.chain import entry_hash
from accounts.enums import AccountState, Language, Origin
from accounts.models import Account, Guardian, Guardianship, JournalEntry, Schooling, Staff
from accounts.provisional import expiry
from educonnect_admin.toolkit.bulk import update_each
from educonnect_admin.toolkit.scope import school_transaction

SEED = 2026
FIELDS = (
    "state",
    "origin",
    "provisional_hash",
    "provisional_expires_at",
    "password",
    "notified_at",
    "notified_by",
    "distributed_on",
    "activated_at",
    "last_login_at",
    "blocked_reason",
    "email",
    "email_confirmed_at",
)
BY_HOLDERS = {Event.ACCOUNT_ACTIVATED, Event.EMAIL_CONFIRMED}
CHOSEN = make_password(None)
"""Their own password: nobody knows it, and it opens nothing."""


@dataclass(frozen=True, slots=True)
class Told:
    """Something that the journal will tell of an account."""

    at: datetime
    event: Event
    account: Account


def live(uai: str, now: datetime, head: Staff) -> None:
    """Give the accounts of one school their lives, and tell them in its journal."""
    dice = random.Random(f"{SEED}-{uai}")  # noqa: S311  # invented lives, no secret
    with school_transaction(uai):
        rows = Schooling.objects.filter(school=uai).select_related("student", "classroom", "school")
        schoolings = list(rows.order_by("sort_key"))
        for links in (Schooling, Guardianship):
            links.objects.filter(school=uai).update(created_at=_first_morning(now))
        told = [one for place in schoolings for one in _pupil(place, now, dice)]
        told += [one for place in schoolings for one in _confirmed(place.student, now)]
        update_each([place.student for place in schoolings], FIELDS)
        guardians = list(Guardian.objects.filter(guardianships__school=uai, username__isnull=False).distinct())
        fresh = sorted((g for g in guardians if g.state == AccountState.NOT_NOTIFIED), key=lambda g: g.sort_key)
        for guardian in fresh:
            told += [*_guardian(guardian, uai, now, dice), *_confirmed(guardian, now)]
        update_each(fresh, (*FIELDS, "language"))
    _tell(uai, sorted(told, key=lambda one: one.at), head)


def _first_morning(now: datetime) -> datetime:
    """The same hour on 1 September: everyone was there from the first day on."""
    return now.replace(month=9, day=1) if now.month >= 9 else now.replace(year=now.year - 1, month=9, day=1)


def _school_morning(now: datetime, days: int, dice: random.Random) -> datetime:
    """A moment of an opening hour, so many days ago, never before 1 September nor on a Sunday."""
    first = _first_morning(now)
    moment = max(now - timedelta(days=days), first)
    moment -= timedelta(days=moment.weekday() == 6 and moment > first)
    return moment.replace(hour=dice.randint(8, 16), minute=dice.randint(0, 59), second=dice.randint(0, 59))


def _pupil(place: Schooling, now: datetime, dice: random.Random) -> Iterator[Told]:
    """Most classes were notified in September; one class waits, some pupils came late, some lost their letter."""
    student, fate = place.student, dice.random()
    waits = place.classroom is None or place.classroom.code in ("5EME A", "2NDE 03")
    if fate < 0.05 or (waits and fate < 0.9):
        return
    ago = 83 - dice.randint(0, 9) if fate < 0.9 else dice.randint(3, 40)
    yield from _notified(student, place.school_id, _school_morning(now, ago, dice), now, dice)
    if fate < 0.72:
        yield from _activated(student, now, dice, Origin.NOTIFICATION)
    elif fate < 0.735:
        student.state, student.blocked_reason = AccountState.BLOCKED, "Compte utilisé par une autre personne"
        student.provisional_hash = student.provisional_expires_at = None
        yield Told(now - timedelta(days=dice.randint(1, 20)), Event.ACCOUNT_BLOCKED, student)
    elif fate < 0.79:
        student.provisional_expires_at = now - timedelta(days=dice.randint(1, 12))


def _notified(account: Account, uai: str, at: datetime, now: datetime, dice: random.Random) -> Iterator[Told]:
    at = min(at, now - timedelta(hours=1))
    account.state, account.notified_at, account.notified_by = AccountState.NOTIFIED, at, uai
    account.provisional_hash = bytes([1]) + dice.randbytes(32)
    account.provisional_expires_at = expiry(at, at.tzinfo, 90)  # type: ignore[arg-type]  # a ZoneInfo
    account.distributed_on = min(at + timedelta(days=dice.randint(0, 3)), now).date()
    yield Told(at, Event.ACCOUNT_NOTIFIED, account)


def _activated(account: Account, now: datetime, dice: random.Random, origin: Origin) -> Iterator[Told]:
    since = account.notified_at or _school_morning(now, dice.randint(5, 80), dice)
    at = min(since + timedelta(days=dice.expovariate(1 / 9), hours=2), now - timedelta(minutes=30))
    account.state, account.origin, account.password = AccountState.ACTIVATED, origin, CHOSEN
    account.provisional_hash = account.provisional_expires_at = None
    account.activated_at = at
    account.last_login_at = at + (now - at) * dice.random() if dice.random() < 0.85 else at
    yield Told(at, Event.ACCOUNT_ACTIVATED, account)


def _guardian(guardian: Guardian, uai: str, now: datetime, dice: random.Random) -> Iterator[Told]:
    """Guardians come by letter, FranceConnect or SMS; a third has not come yet. One in ten reads another language."""
    family, reads_another = divmod(sum(str(guardian.username).encode()), 10)
    if reads_another == 0:
        guardian.language = Language.values[family % len(Language.values)]
    fate = dice.random()
    if fate < 0.30:
        return
    if fate < 0.55:
        yield from _activated(guardian, now, dice, Origin.FRANCE_CONNECT if fate < 0.42 else Origin.SELF_SERVICE)
        return
    yield from _notified(guardian, uai, _school_morning(now, dice.randint(5, 80), dice), now, dice)
    if fate < 0.85:
        yield from _activated(guardian, now, dice, Origin.NOTIFICATION)


def _confirmed(account: Account, now: datetime) -> Iterator[Told]:
    """One in eight has an address that is confirmed: a link by mail reaches them, whatever became of a letter."""
    mark = sum(str(account.username).encode())
    if account.username is None or mark % 8:
        return
    account.email = account.email or f"{account.username}@example.org"
    account.email_confirmed_at = min(_first_morning(now) + timedelta(days=mark % 60), now - timedelta(hours=1))
    yield Told(account.email_confirmed_at, Event.EMAIL_CONFIRMED, account)


def _tell(uai: str, told: list[Told], head: Staff) -> None:
    """Append the lives to the school's chain, under the journal's role."""
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SET LOCAL ROLE console_journal")
        cursor.execute("SELECT sequence, hash FROM journal_head WHERE uai = %s FOR UPDATE", [uai])
        sequence, previous = cursor.fetchone() or (0, b"")
        rows: list[list[Any]] = []
        for sequence, one in enumerate(told, start=sequence + 1):  # noqa: B020  # goes on from the head
            entry = JournalEntry(uai=uai, sequence=sequence, at=one.at, event=one.event.value, target=one.account.pk)
            entry.staff_id = None if one.event in BY_HOLDERS else head.pk
            digest = entry_hash(bytes(previous), entry)
            rows.append([uai, sequence, one.at, entry.event, entry.staff_id, entry.target, bytes(previous), digest])
            previous = digest
        cursor.executemany(
            "INSERT INTO journal_entry"
            " (uai, sequence, at, event, staff_id, target, address, detail, previous_hash, hash)"
            " VALUES (%s, %s, %s, %s, %s, %s, '', '', %s, %s)",
            rows,
        )
        cursor.execute(
            "INSERT INTO journal_head (uai, sequence, hash) VALUES (%s, %s, %s)"
            " ON CONFLICT (uai) DO UPDATE SET sequence = EXCLUDED.sequence, hash = EXCLUDED.hash",
            [uai, sequence, bytes(previous)],
        )
        cursor.execute("COMMIT")
    owner.close()
