"""Secrets at rest: keyed hashes and sealed values, under a ring of numbered master keys.

The ring is {number: 32 bytes}; the highest number writes, all of them read, so that a key can be replaced while
the old data is still readable. Each purpose has a key of its own, derived by HKDF-SHA256. The number of the key
is the first byte of whatever is written.
"""

import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Ring = Mapping[int, bytes]
NONCE_BYTES = 12


class SealBrokenError(ValueError):
    """The value was altered, belongs to another row, or its key is not in the ring."""


def oldest(ring: Ring) -> Ring:
    """The ring's oldest key alone: for a hash that is looked up, which a new key must not make another."""
    return {min(ring): ring[min(ring)]}


@cache
def _derive(master: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(master)


def keyed_hash(ring: Ring, purpose: str, *parts: bytes) -> bytes:
    """HMAC-SHA256 of the parts under the newest key: 33 bytes, the key's number first. Parts cannot run together."""
    number = max(ring)
    return bytes([number]) + _mac(ring[number], purpose, parts)


def matches(ring: Ring, purpose: str, known: bytes, *parts: bytes) -> bool:
    """Whether `known` is the keyed hash of the parts, whichever key of the ring made it; in constant time."""
    master = ring.get(known[0]) if known else None
    return master is not None and hmac.compare_digest(known[1:], _mac(master, purpose, parts))


def _mac(master: bytes, purpose: str, parts: tuple[bytes, ...]) -> bytes:
    framed = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hmac.new(_derive(master, purpose), framed, sha256).digest()


def seal(ring: Ring, purpose: str, value: bytes, *, bound_to: bytes) -> bytes:
    """AES-256-GCM of `value`; it opens only with the same `bound_to`, so a moved ciphertext is refused."""
    number, nonce = max(ring), os.urandom(NONCE_BYTES)
    cipher = AESGCM(_derive(ring[number], purpose))
    return bytes([number]) + nonce + cipher.encrypt(nonce, value, bound_to)


def unseal(ring: Ring, purpose: str, sealed: bytes, *, bound_to: bytes) -> bytes:
    """The value back; SealBrokenError when it was altered, moved, or its key is gone."""
    master = ring.get(sealed[0]) if sealed else None
    if master is None:
        raise SealBrokenError("no key of the ring opens this value")
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(_derive(master, purpose)).decrypt(nonce, body, bound_to)
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError("this value was altered or belongs elsewhere") from error


def seal_text(ring: Ring, purpose: str, text: str, *, bound_to: bytes) -> str:
    """`seal` of a text, as a text: for a session, a link or a column of JSON."""
    return urlsafe_b64encode(seal(ring, purpose, text.encode(), bound_to=bound_to)).decode()


def unseal_text(ring: Ring, purpose: str, sealed: str, *, bound_to: bytes) -> str:
    """The text back; SealBrokenError as in `unseal`, and for what is no base64."""
    try:
        value = urlsafe_b64decode(sealed)
    except ValueError as error:
        raise SealBrokenError("this is no sealed text") from error
    return unseal(ring, purpose, value, bound_to=bound_to).decode()
