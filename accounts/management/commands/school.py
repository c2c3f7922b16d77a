"""manage.py school add | list"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DataError, IntegrityError

from accounts.actions.journal import SYSTEM
from accounts.actions.schools import add_school
from accounts.feeds.academies import academy_name, academy_of
from accounts.feeds.keys import uai_reason
from accounts.models import School


class Command(BaseCommand):
    help = "Add a school, or list those there are."

    def add_arguments(self, parser: CommandParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True)
        add = tasks.add_parser("add", help="add a school")
        add.add_argument("uai", help="7 digits and a letter")
        add.add_argument("--name", required=True)
        add.add_argument("--address", default="", help="lines separated by |")
        add.add_argument("--contact", default="", help="whom families ask, as printed on the letters")
        add.add_argument("--time-zone", default="", help="Europe/Paris unless told")
        tasks.add_parser("list", help="list the schools")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["task"] == "list":
            for school in School.objects.order_by("uai"):
                self.stdout.write(f"{school.uai}  {school.name}  {school.academy_name}")
            return
        uai = options["uai"].strip().upper()
        code = academy_of(uai)
        try:
            school = add_school(
                actor=SYSTEM,
                uai=uai,
                name=options["name"],
                academy_code=code,
                academy_name=academy_name(code),
                address=options["address"].replace("|", "\n"),
                contact=options["contact"],
                time_zone=options["time_zone"],
            )
        except (IntegrityError, DataError) as error:
            raise CommandError(f"{uai} is not a UAI: 7 digits and a letter are wanted.") from error
        if uai_reason(uai):
            self.stderr.write(self.style.WARNING(f"The key letter of {uai} is not the usual one; the school is kept."))
        self.stdout.write(f"{school}")
