"""manage.py make_feed FOLDER [--format aaf|siecle|onde] [--schools N] [--pupils N] [--day DATE] [--seed N]
[--delta-of FOLDER [--share S]]"""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.feeds.invent import SchoolKind, SchoolPlan, write_delivery, write_delta, write_onde, write_siecle
from accounts.feeds.keys import uai_key
from accounts.feeds.report import Refusal

USAGE = 2
LARGEST = 999
"""Schools of the invented département."""

COLLEGES_FOR_A_LYCEE = 3
ONE_SCHOOL = {
    "siecle": (write_siecle, SchoolPlan("0510001Z", "CLG DES ÉTOILES", SchoolKind.COLLEGE, 0)),
    "onde": (write_onde, SchoolPlan("0080001H", "E.E.PU DES RIVIÈRES", SchoolKind.ECOLE, 0)),
}
"""Formats of one school: who writes them, and of which school."""


class Command(BaseCommand):
    help = (
        "Write an invented delivery of any size: nobody in it exists. The same seed writes the same bytes."
        " SIECLE and ONDE are of one school. With --delta-of, the changes of the days after a complete delivery of AAF."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER", help="made if need be; it must be empty")
        parser.add_argument("--format", choices=("aaf", *ONE_SCHOOL), default="aaf")
        parser.add_argument("--schools", type=int, default=2, help="of AAF")
        parser.add_argument("--pupils", type=int, default=500, help="of each school")
        parser.add_argument("--day", type=date.fromisoformat, metavar="DATE", help="2026-11-16; today unless told")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--delta-of", type=Path, metavar="FOLDER", help="a complete delivery")
        parser.add_argument("--share", type=float, default=0.01, help="of its pupils and persons that change")

    def handle(self, *args: Any, folder: Path, day: date | None, seed: int, **options: Any) -> None:
        if folder.exists() and any(folder.iterdir()):
            raise CommandError(f"{folder} is not empty.", returncode=USAGE)
        if not (1 <= options["schools"] <= LARGEST and options["pupils"] >= 1):
            raise CommandError(f"From 1 to {LARGEST} schools, of one pupil at least.", returncode=USAGE)
        day = day or timezone.localdate()
        if options["format"] in ONE_SCHOOL:
            write, plan = ONE_SCHOOL[options["format"]]
            files = write(folder, replace(plan, pupils=options["pupils"]), day, seed)
            self.stdout.write(f"{folder}: {len(files)} files of {plan.uai}, {options['pupils']} pupils.")
            return
        if complete := options["delta_of"]:
            try:
                changes = write_delta(folder, complete, day, seed, options["share"])
            except Refusal as refusal:
                raise CommandError(str(refusal), returncode=USAGE) from refusal
            self.stdout.write(f"{folder}: changes of {changes.students} pupils, {changes.guardians} persons.")
            return
        try:
            written = write_delivery(folder, plans(options["schools"], options["pupils"]), day, seed)
        except ValueError as error:
            raise CommandError(f"{error}.", returncode=USAGE) from error
        self.stdout.write(
            f"{folder}: {written.schools} schools, {written.students} pupils, {written.guardians} persons."
        )


def plans(schools: int, pupils: int) -> list[SchoolPlan]:
    """Schools of the académie of Reims, three collèges for a lycée."""
    found = []
    for number in range(1, schools + 1):
        is_lycee = number % (COLLEGES_FOR_A_LYCEE + 1) == 0
        digits = f"051{number:04}"
        kind, initials = (SchoolKind.LYCEE, "LYC") if is_lycee else (SchoolKind.COLLEGE, "CLG")
        found.append(SchoolPlan(digits + uai_key(digits), f"{initials} N° {number}", kind, pupils, old_links=is_lycee))
    return found
