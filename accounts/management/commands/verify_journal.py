"""manage.py verify_journal [UAI ...] [--seals]"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions.purge import is_sealed
from accounts.actions.seals import BrokenSealError, Seal, chains, read_seals
from accounts.chain import entry_hash
from accounts.models import JournalCheckpoint, JournalEntry, JournalHead
from educonnect_admin.toolkit.scope import reading


class Command(BaseCommand):
    help = "Recompute the chain of each school's journal; name the first entry that does not hold. Exit code 1 if any."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("uai", nargs="*", metavar="UAI", help="only these schools")
        parser.add_argument(
            "--seals",
            nargs="?",
            type=Path,
            const=settings.JOURNAL_SEALS,
            metavar="FOLDER",
            help="compare with the seals kept outside the base too (JOURNAL_SEALS unless told): they alone find"
            " what was cut or rewritten together with the head",
        )

    def handle(self, *args: Any, uai: list[str], seals: Path | None, **options: Any) -> None:
        wanted = uai or chains()
        broken = [fault for chain in wanted if (fault := first_fault(chain))]
        if seals is not None:
            broken += self._unsealed(seals, wanted)
        for fault in broken:
            self.stderr.write(self.style.ERROR(fault))
        if broken:
            raise CommandError(f"{len(broken)} faults: of {len(wanted)} chains some do not hold.")
        self.stdout.write(f"{len(wanted)} chains hold.")

    def _unsealed(self, folder: Path, wanted: list[str]) -> list[str]:
        """What the seals say otherwise: the first fault of each chain."""
        if not folder.is_dir():
            raise CommandError(f"No folder {folder}: no seal was ever kept there.")
        kept: dict[str, list[Seal]] = {}
        try:
            for seal in read_seals(folder):
                kept.setdefault(seal.uai, []).append(seal)
        except BrokenSealError as error:
            return [str(error)]
        if not kept:
            return [f"{folder} holds no seal"]
        return [fault for chain in wanted if (fault := first_unsealed(chain, kept.get(chain, [])))]


def first_fault(uai: str) -> str:
    """What is wrong with a school's chain, or ""."""
    with reading(uai):
        head = JournalHead.objects.filter(uai=uai).first()
        since = JournalCheckpoint.objects.filter(uai=uai).order_by("-sequence").first()
        sequence, previous = 0, b""
        if since is not None:
            sequence, previous = since.sequence, bytes(since.hash)
            if not is_sealed(uai, sequence, previous, bytes(since.seal)):
                return f"{uai}: the checkpoint at entry {sequence} is not sealed with a key of ours"
        for entry in JournalEntry.objects.filter(uai=uai).order_by("sequence").iterator():
            sequence += 1
            if entry.sequence != sequence:
                return f"{uai}: entry {sequence} is missing"
            if bytes(entry.previous_hash) != previous or bytes(entry.hash) != entry_hash(previous, entry):
                return f"{uai}: entry {sequence} ({entry.event}) was changed"
            previous = bytes(entry.hash)
        if head is None and sequence:
            return f"{uai}: the head is missing, {sequence} entries are there"
        if head is not None and (head.sequence != sequence or bytes(head.hash) != previous):
            return f"{uai}: the last entries are missing, {head.sequence} were written and {sequence} are there"
    return ""


def first_unsealed(uai: str, seals: list[Seal]) -> str:
    """The first entry of a chain that is not what a seal says it was, or ""; entries that were purged are past it."""
    with reading(uai):
        since = JournalCheckpoint.objects.filter(uai=uai).order_by("-sequence").first()
        numbers = [seal.sequence for seal in seals]
        there = dict(JournalEntry.objects.filter(uai=uai, sequence__in=numbers).values_list("sequence", "hash"))
        if since is not None:
            there[since.sequence] = since.hash
    for seal in sorted(seals, key=lambda seal: seal.sequence):
        found = there.get(seal.sequence)
        if found is None and (since is None or seal.sequence > since.sequence):
            return f"{uai}: entry {seal.sequence} is missing, sealed on {seal.at}"
        if found is not None and bytes(found).hex() != seal.hash:
            return f"{uai}: entry {seal.sequence} or one before it was rewritten, sealed on {seal.at}"
    return ""
