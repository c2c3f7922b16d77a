"""Seals of the journal's heads, outside the base: whoever rewrites a chain and its head cannot rewrite these.

A file a month, a line a seal, only ever added to. Each is an HMAC under a key that the base does not hold.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts.models import JournalHead, School
from accounts.models.journal import NO_SCHOOL
from educonnect_admin.toolkit.crypto import keyed_hash, matches
from educonnect_admin.toolkit.scope import reading

PURPOSE = "journal-seal"
SUFFIX = ".jsonl"


class BrokenSealError(ValueError):
    """A line that is no seal, or not one of ours."""


@dataclass(frozen=True, slots=True)
class Seal:
    """At `at`, the last entry of the chain had this number and this hash."""

    at: str
    uai: str
    sequence: int
    hash: str
    mac: str

    @property
    def parts(self) -> tuple[bytes, ...]:
        return sealed_parts(self.uai, self.sequence, bytes.fromhex(self.hash), self.at)


def sealed_parts(uai: str, sequence: int, entry_hash: bytes, at: str) -> tuple[bytes, ...]:
    return uai.encode(), str(sequence).encode(), entry_hash, at.encode()


def chains() -> list[str]:
    """Of no school first, then each school's."""
    return [NO_SCHOOL, *School.objects.order_by("uai").values_list("uai", flat=True)]


def seal_heads(*, folder: Path, now: datetime | None = None) -> int:
    """Add a seal for each chain that has grown since its last one of the month; how many.

    The file is locked, written to the disk, and readable by its owner alone.
    """
    now = now or timezone.now()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{now:%Y-%m}{SUFFIX}"
    with os.fdopen(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        sealed = {seal.uai: seal.sequence for seal in map(_parsed, file)}
        made = [seal for uai in chains() if (seal := _seal(uai, now)) and sealed.get(uai) != seal.sequence]
        file.write("".join(f"{json.dumps(asdict(seal))}\n" for seal in made))
        file.flush()
        os.fsync(file.fileno())
    return len(made)


def _seal(uai: str, now: datetime) -> Seal | None:
    with reading(uai):
        head = JournalHead.objects.filter(uai=uai, sequence__gt=0).first()
    if head is None:
        return None
    at, entry_hash = now.isoformat(), bytes(head.hash)
    mac = keyed_hash(settings.CONSOLE_KEYS, PURPOSE, *sealed_parts(uai, head.sequence, entry_hash, at))
    return Seal(at, uai, head.sequence, entry_hash.hex(), mac.hex())


def read_seals(folder: Path, *, months: int = 0) -> Iterator[Seal]:
    """Every seal kept (or those of the last months), oldest first; BrokenSealError names the line that is none."""
    for path in sorted(folder.glob(f"*{SUFFIX}"))[-months:]:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                try:
                    seal = _parsed(line)
                    is_ours = matches(settings.CONSOLE_KEYS, PURPOSE, bytes.fromhex(seal.mac), *seal.parts)
                except ValueError as error:
                    raise BrokenSealError(f"{path.name}, line {number}: not a seal") from error
                if not is_ours:
                    raise BrokenSealError(f"{path.name}, line {number}: not sealed with a key of ours")
                yield seal


def _parsed(line: str) -> Seal:
    try:
        return Seal(**json.loads(line))
    except TypeError as error:
        raise BrokenSealError("not a seal") from error
