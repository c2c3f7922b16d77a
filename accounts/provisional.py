"""Provisional passwords: how they are made, written, read and known again. Pure but for the key ring.

Twelve signs of an alphabet of 31 without 0 O 1 I L: 59 bits, from `secrets`. For young pupils a school may choose the
readable kind, eight syllables and two digits: 53 bits. What is kept is an HMAC bound to the
account, never the password (product.md, "Rules of secrets").
"""

import re
import secrets
import unicodedata
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from educonnect_admin.toolkit.crypto import Ring, keyed_hash, matches, seal, unseal

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 12
GROUP = 4
CONSONANTS = "BCDFGJKMNPRSTVZ"
VOWELS = "AEUY"
DIGITS = "23456789"
SYLLABLES, FIGURES = 8, 2
NO_WORDS_FOR_A_CHILD = re.compile("PUTE|PEDE|CACA|NAZE|BYTE|GUDU|NEGU|SUCE|ZYZY|NUDE")
"""Of two syllables that chance may put together, on a sheet that a child reads aloud."""
HASH_PURPOSE = "provisional-password"
SEAL_PURPOSE = "sealed-payload"


def make() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def make_readable() -> str:
    """Syllables that a child can say, then two digits: BADU KEMY TAFE RUVA 27."""
    while True:
        syllables = "".join(secrets.choice(CONSONANTS) + secrets.choice(VOWELS) for _ in range(SYLLABLES))
        if not NO_WORDS_FOR_A_CHILD.search(syllables):
            return syllables + "".join(secrets.choice(DIGITS) for _ in range(FIGURES))


def grouped(secret: str) -> str:
    """As letters show it: in groups of four."""
    return " ".join(secret[start : start + GROUP] for start in range(0, len(secret), GROUP))


def normalised(typed: str) -> str:
    """What a person typed, without care for case, spaces or hyphens, of whatever kind a telephone puts in."""
    return "".join(sign for sign in typed.upper() if not sign.isspace() and unicodedata.category(sign) != "Pd")


def hashed(ring: Ring, account_id: UUID, secret: str) -> bytes:
    """The keyed hash to keep. The same password on another account has another hash."""
    return keyed_hash(ring, HASH_PURPOSE, account_id.bytes, secret.encode())


def is_right(ring: Ring, account_id: UUID, known: bytes, typed: str) -> bool:
    return matches(ring, HASH_PURPOSE, known, account_id.bytes, normalised(typed).encode())


def sealed(ring: Ring, account_id: UUID, run_id: UUID, secret: str) -> bytes:
    """The readable form for the run's documents, that opens for this account and this run only."""
    return seal(ring, SEAL_PURPOSE, secret.encode(), bound_to=account_id.bytes + run_id.bytes)


def unsealed(ring: Ring, account_id: UUID, run_id: UUID, value: bytes) -> str:
    return unseal(ring, SEAL_PURPOSE, value, bound_to=account_id.bytes + run_id.bytes).decode()


def expiry(now: datetime, zone: ZoneInfo, days: int) -> datetime:
    """23:59:59 of the last day, in the school's own time: a change to summer time moves nothing."""
    last_day = now.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(last_day, time(23, 59, 59), tzinfo=zone)
