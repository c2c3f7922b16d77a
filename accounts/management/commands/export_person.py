"""manage.py export_person IDENTIFIANT --to FILE, or --ine INE --uai UAI --to FILE"""

import json
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from accounts.actions.journal import SYSTEM
from accounts.actions.persons import export_person, find_person


class Command(BaseCommand):
    help = "Write all that is held about a pupil or a guardian, without secrets, to a new file of one's own (0600)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", nargs="?", default="", metavar="IDENTIFIANT")
        parser.add_argument("--ine", default="", help="with --uai: a pupil by INE and school")
        parser.add_argument("--uai", default="")
        parser.add_argument("--to", type=Path, required=True, metavar="FILE")

    def handle(self, *args: Any, username: str, ine: str, uai: str, to: Path, **options: Any) -> None:
        if bool(username) == bool(ine and uai):
            raise CommandError("Give an identifiant, or --ine and --uai.")
        found = find_person(username=username, ine=ine, uai=uai.strip().upper())
        if found is None:
            raise CommandError("Nobody is known by that.")
        model, pk, school = found
        try:
            descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"{to} cannot be made: {error.strerror}.") from error
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            held = export_person(actor=SYSTEM, model=model, pk=pk, uai=school)
            json.dump(held, file, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        self.stdout.write(f"Written to {to}.")
