"""The hash that chains the journal's entries, as the database function `journal_write` computes it. Pure."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

SEPARATOR = "\x1f"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def entry_hash(previous: bytes, entry: Any) -> bytes:
    """SHA-256 of the previous entry's hash and of what this one tells, in the order of its columns."""
    told = (
        entry.uai,
        entry.sequence,
        (entry.at - EPOCH) // timedelta(microseconds=1),
        entry.event,
        entry.staff_id,
        entry.mandate_id,
        entry.target,
        entry.count,
        entry.address,
        entry.request_id,
        entry.detail,
    )
    text = SEPARATOR.join("" if value is None else str(value) for value in told)
    return sha256(previous + text.encode()).digest()
