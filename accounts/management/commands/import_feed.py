"""manage.py import_feed PATH... [--uai UAI] [--as-of DATE] [--dry-run] [--json]"""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.actions.feeds import FeedResult, NotApplied, apply_delivery
from accounts.actions.feeds.result import RefusedLine
from accounts.actions.journal import SYSTEM
from accounts.feeds.delivery import read_delivery
from accounts.feeds.report import Refusal

REFUSED, USAGE = 1, 2


class Command(BaseCommand):
    help = (
        "Apply a complete AAF delivery (folders, archives or files of one delivery), whole or not at all."
        " Exit code 0 if it was applied, 1 if it was refused and nothing was changed, 2 if the command is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--uai", default="", help="apply what it says of this school alone")
        parser.add_argument("--as-of", type=date.fromisoformat, metavar="DATE", help="2026-11-16; today unless told")
        parser.add_argument("--dry-run", action="store_true", help="say what it would do, and change nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, paths: list[Path], uai: str, as_of: date | None, **options: Any) -> None:
        if absent := [path for path in paths if not path.exists()]:
            raise CommandError(f"There is no {absent[0]}.", returncode=USAGE)
        try:
            with transaction.atomic():
                result = apply_delivery(
                    actor=SYSTEM,
                    delivery=read_delivery(paths),
                    as_of=as_of or timezone.localdate(),
                    uai=uai.strip().upper(),
                )
                transaction.set_rollback(options["dry_run"])
        except (Refusal, NotApplied) as refusal:
            if not options["json"]:
                raise CommandError(f"Refused whole, nothing is changed: {refusal}", returncode=REFUSED) from refusal
            self._print(FeedResult(refused=[RefusedLine.of_whole(refusal)]))
            sys.exit(REFUSED)
        if options["json"]:
            self._print(result)
        else:
            self._tell(result, "Dry run, nothing is changed" if options["dry_run"] else "Applied")

    def _print(self, result: FeedResult) -> None:
        self.stdout.write(json.dumps(result.as_dict(), ensure_ascii=False, indent=1))

    def _tell(self, result: FeedResult, outcome: str) -> None:
        told = result.as_dict()
        self.stdout.write(f"{outcome}: {result.schools} schools, {result.classes} classes with pupils.")
        for part in ("students", "guardians", "relations"):
            counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in told[part].items())
            self.stdout.write(f"{part.capitalize()}: {counts}.")
        for line in result.doubtful:
            self.stdout.write(f"{line.file}, line {line.line}, {line.id}: {line.field}: {line.words}; {line.then}.")
        for refused in result.refused:
            self.stdout.write(f"{refused.file}, {refused.where}: {refused.field}: {refused.reason}.")
