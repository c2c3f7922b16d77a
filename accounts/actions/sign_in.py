"""Signing in: how tries are counted and slowed down, so that nobody guesses and nobody locks another out.

A try is counted before it is weighed, in a transaction of its own, one after the other: parallel tries see each
other. From the 5th on, this account waits for this address, longer each time, 15 minutes at most; and addresses that
never succeeded share 25 tries a day (CNIL 2022-100). An address that succeeded before is not slowed down by strangers.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import KnownAddress, SignInTry
from educonnect_admin.toolkit.crypto import keyed_hash, oldest

PURPOSE = "sign-in-tries"
DAY = timedelta(days=1)
FREE_TRIES = 4
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
STRANGERS_TRIES = 25


def pause_after(tries: int) -> timedelta:
    """How long to wait after so many failed tries.

    >>> [int(pause_after(n).total_seconds()) for n in (4, 5, 6, 9, 10, 100)]
    [0, 30, 60, 480, 900, 900]
    """
    if tries <= FREE_TRIES:
        return timedelta(0)
    doubled: timedelta = FIRST_WAIT * 2 ** min(tries - FREE_TRIES - 1, 10)
    return min(LONGEST_WAIT, doubled)


def account_key(username: str) -> bytes:
    """What tries are counted under. Under the oldest key: a rotation must not forget them."""
    return keyed_hash(oldest(settings.CONSOLE_KEYS), PURPOSE, username.strip().lower().encode())


def wait_for_turn(key: bytes) -> None:
    """Hold the account's place in the queue until the transaction ends: it may have no row to lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(key[1:9], "big", signed=True)])


@transaction.atomic
def begin_try(*, username: str, address: str | None) -> timedelta:
    """Count a try. Zero: the password may be weighed now. Else it may not, for so long, and this try is not counted."""
    key = account_key(username)
    wait_for_turn(key)
    now = timezone.now()
    is_known = KnownAddress.objects.filter(account_hash=key, address=address).exists()
    this = SignInTry.objects.create(account_hash=key, address=address, is_known_address=is_known, at=now)
    before = SignInTry.objects.filter(account_hash=key, at__gt=now - DAY, id__lt=this.id)
    wait = max(_wait_here(before, address, now), timedelta(0) if is_known else _wait_of_strangers(before, now))
    if wait:
        this.delete()
    return wait


def _wait_here(before: QuerySet[SignInTry], address: str | None, now: datetime) -> timedelta:
    moments = list(before.filter(address=address).order_by("-id").values_list("at", flat=True)[:20])
    return max(timedelta(0), moments[0] + pause_after(len(moments)) - now) if moments else timedelta(0)


def _wait_of_strangers(before: QuerySet[SignInTry], now: datetime) -> timedelta:
    moments = list(before.filter(is_known_address=False).order_by("-id").values_list("at", flat=True)[:STRANGERS_TRIES])
    return max(timedelta(0), moments[-1] + DAY - now) if len(moments) >= STRANGERS_TRIES else timedelta(0)


@transaction.atomic
def end_tries(*, username: str, address: str | None) -> None:
    """The password was right: forget the tries from here, and know the address."""
    key = account_key(username)
    SignInTry.objects.filter(account_hash=key, address=address).delete()
    if address:
        KnownAddress.objects.update_or_create(account_hash=key, address=address, defaults={"last_at": timezone.now()})
