"""manage.py verify_journal [UAI ...] [--seals]"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions.seals import BrokenSealError, Seal, chains, read_seals
from accounts.actions.verification import first_fault, first_unsealed


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
