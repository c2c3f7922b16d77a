"""Time-based one-time codes (RFC 6238: SHA-1, 6 digits, steps of 30 seconds), for the people of the demo."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time

STEP_SECONDS = 30
DIGITS = 6


def code_at(secret: str, moment: float) -> str:
    """The code that `secret` (base32, padding optional) gives at `moment`, in seconds since 1970."""
    padded = secret.upper() + "=" * (-len(secret) % 8)
    counter = struct.pack(">Q", int(moment) // STEP_SECONDS)
    digest = hmac.new(base64.b32decode(padded), counter, hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def current_code(secret: str) -> tuple[str, int]:
    """The code of now, and for how many seconds it is the current one."""
    now = time.time()
    return code_at(secret, now), STEP_SECONDS - int(now) % STEP_SECONDS
