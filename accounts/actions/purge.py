"""What the journal forgets: entries are kept a year at most (CNIL 2021-122), and go by whole months.

A month goes as soon as its first entries are a year old. What remains of it is a checkpoint, the number and the hash
of the last entry that went, sealed with a key that the base does not hold: the chain still verifies from there.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from accounts.actions.journal import Event
from educonnect_admin.toolkit.crypto import keyed_hash, matches

PURPOSE = "journal-checkpoint"
OWNER = "owner"

OPEN = (
    "ALTER TABLE journal_entry DISABLE TRIGGER append_only",
    "GRANT DELETE ON journal_entry TO console_journal",
    "SET LOCAL ROLE console_journal",
)
CLOSE = (
    "RESET ROLE",
    "REVOKE DELETE ON journal_entry FROM console_journal",
    "ALTER TABLE journal_entry ENABLE TRIGGER append_only",
)
LAST_OLD = "SELECT sequence, hash FROM journal_entry WHERE uai = %s AND at < %s ORDER BY sequence DESC LIMIT 1"
LEAVE = "INSERT INTO journal_checkpoint (uai, sequence, hash, made_at, seal) VALUES (%s, %s, %s, %s, %s)"
TELL = "SELECT journal_write(%s, %s, NULL, NULL, NULL, %s, '', NULL, %s)"


def oldest_kept(now: datetime) -> datetime:
    """The first moment of the oldest month of which no day is more than a year ago.

    >>> from datetime import UTC
    >>> str(oldest_kept(datetime(2027, 11, 25, tzinfo=UTC)).date())
    '2026-12-01'
    """
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    day = min(today.day, 28)
    month = today.replace(year=today.year - 1, day=day)
    if today.day > 1:
        month = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    return timezone.make_aware(month.replace(tzinfo=None))


def checkpoint_seal(uai: str, sequence: int, entry_hash: bytes) -> bytes:
    return keyed_hash(settings.CONSOLE_KEYS, PURPOSE, uai.encode(), str(sequence).encode(), entry_hash)


def is_sealed(uai: str, sequence: int, entry_hash: bytes, seal: bytes) -> bool:
    return matches(settings.CONSOLE_KEYS, PURPOSE, seal, uai.encode(), str(sequence).encode(), entry_hash)


def purge_chain(*, uai: str, before: datetime) -> int:
    """Delete the entries of one chain from before this moment, as the owner; how many.

    All in one transaction: the table is open to deletions within it alone, and nobody writes to it meanwhile.
    """
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        for statement in OPEN:
            cursor.execute(statement)
        cursor.execute("SELECT set_config('console.uai', %s, true)", [uai])
        cursor.execute(LAST_OLD, [uai, before])
        last = cursor.fetchone()
        deleted = 0
        if last is not None:
            sequence, entry_hash = last[0], bytes(last[1])
            cursor.execute("DELETE FROM journal_entry WHERE uai = %s AND sequence <= %s", [uai, sequence])
            deleted = cursor.rowcount
            seal = checkpoint_seal(uai, sequence, entry_hash)
            cursor.execute(LEAVE, [uai, sequence, entry_hash, timezone.now(), seal])
            month = timezone.localtime(before)
            cursor.execute(TELL, [uai, Event.JOURNAL_PURGED.value, deleted, f"avant le {month:%d/%m/%Y}"])
        for statement in CLOSE:
            cursor.execute(statement)
    return deleted
