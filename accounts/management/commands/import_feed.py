"""manage.py import_feed PATH... [--uai UAI] [--year YEAR] [--as-of DATE] [--dry-run] [--confirm] [--json]"""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.actions.feeds import FeedResult, NotApplied, Plan, Stopped, apply_delivery
from accounts.actions.feeds.result import RefusedLine
from accounts.actions.journal import SYSTEM
from accounts.feeds.delivery import read_delivery
from accounts.feeds.keys import UAI
from accounts.feeds.report import Refusal, Refused

REFUSED, USAGE, STOPPED = 1, 2, 3


class Command(BaseCommand):
    help = (
        "Apply a delivery of AAF, SIECLE or ONDE (folders, archives or files of one delivery), whole or not at all."
        " Exit code 0 if it was applied, 1 if it was refused and nothing was changed, 2 if the command is wrong,"
        " 3 if the guard stopped it: look at what it says, then say --confirm."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--uai", default="", help="apply what it says of this school alone; ONDE needs it")
        parser.add_argument("--year", type=int, help="the school year that is meant, by its first year: 2026")
        parser.add_argument("--as-of", type=date.fromisoformat, metavar="DATE", help="2026-11-16; today unless told")
        parser.add_argument("--dry-run", action="store_true", help="say what it would do, and change nothing")
        parser.add_argument("--confirm", action="store_true", help="apply what the guard stops at")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, paths: list[Path], uai: str, as_of: date | None, **options: Any) -> None:
        if absent := [path for path in paths if not path.exists()]:
            raise CommandError(f"There is no {absent[0]}.", returncode=USAGE)
        uai = uai.strip().upper()
        if uai and not UAI.fullmatch(uai):
            raise CommandError("A UAI has 7 digits and a letter: --uai 0510001Z.", returncode=USAGE)
        confirmed = options["confirm"]
        plan = Plan(as_of or timezone.localdate(), uai, options["year"], confirmed, wants_differences=True)
        try:
            with transaction.atomic():
                result = apply_delivery(actor=SYSTEM, delivery=read_delivery(paths, uai), plan=plan)
                transaction.set_rollback(options["dry_run"])
        except Stopped as stopped:
            self._stop(stopped, options["json"])
        except (Refusal, NotApplied) as refusal:
            self._refuse(refusal, options["json"])
        else:
            outcome = "Dry run, nothing is changed" if options["dry_run"] else "Applied"
            self._say(result, outcome, options["json"])

    def _refuse(self, refusal: Refusal | NotApplied, as_json: bool) -> None:
        if refusal.reason is Refused.SCHOOL_NOT_TOLD:
            raise CommandError(f"{refusal}: say --uai.", returncode=USAGE) from refusal
        if not as_json:
            raise CommandError(f"Refused whole, nothing is changed: {refusal}", returncode=REFUSED) from refusal
        self._print(FeedResult(refused=[RefusedLine.of_whole(refusal)]))
        sys.exit(REFUSED)

    def _stop(self, stopped: Stopped, as_json: bool) -> None:
        result = stopped.result
        result.refused += [RefusedLine("", stop.uai, "", f"{stop.reason}: {stop.detail}") for stop in result.stops]
        self._say(result, "Stopped by the guard, nothing is changed; --confirm applies it", as_json)
        sys.exit(STOPPED)

    def _say(self, result: FeedResult, outcome: str, as_json: bool) -> None:
        if as_json:
            self._print(result)
        else:
            self._tell(result, outcome)

    def _print(self, result: FeedResult) -> None:
        self.stdout.write(json.dumps(result.as_dict(), ensure_ascii=False, indent=1))

    def _tell(self, result: FeedResult, outcome: str) -> None:
        told = result.as_dict()
        self.stdout.write(f"{outcome}: {result.schools} schools, {result.classes} classes with pupils.")
        for part in ("students", "guardians", "relations"):
            counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in told[part].items())
            self.stdout.write(f"{part.capitalize()}: {counts}.")
        for uai, kinds in sorted(result.differences.items()):
            moves = ", ".join(f"{kinds[kind]['count']} {kind}" for kind in ("arrive", "leave", "move", "change"))
            self.stdout.write(f"{uai}: {moves}.")
        for line in result.doubtful:
            self.stdout.write(f"{line.file}, line {line.line}, {line.id}: {line.field}: {line.words}; {line.then}.")
        for refused in result.refused:
            where = ", ".join(filter(None, (refused.file, refused.where)))
            self.stdout.write(": ".join(filter(None, (where, refused.field, refused.reason))) + ".")
