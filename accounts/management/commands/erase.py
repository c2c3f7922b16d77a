"""manage.py erase IDENTIFIANT, or --ine INE --uai UAI [--yes] [--force REASON]"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions.journal import SYSTEM
from accounts.actions.persons import EraseRefusedError, erase, find_person


class Command(BaseCommand):
    help = "Make a pupil's or guardian's account anonymous, for good. Asks first. Its identifiant is never given again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", nargs="?", default="", metavar="IDENTIFIANT")
        parser.add_argument("--ine", default="", help="with --uai: a pupil by INE and school")
        parser.add_argument("--uai", default="")
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument(
            "--force",
            default="",
            metavar="REASON",
            help="even while a feed names the person; the journal keeps the reason: no name in it",
        )

    def handle(self, *args: Any, username: str, ine: str, uai: str, yes: bool, force: str, **options: Any) -> None:
        if bool(username) == bool(ine and uai):
            raise CommandError("Give an identifiant, or --ine and --uai.")
        found = find_person(username=username, ine=ine, uai=uai.strip().upper())
        if found is None:
            raise CommandError("Nobody is known by that.")
        model, pk, school = found
        if not yes and input("This cannot be undone. Type ERASE to go on: ") != "ERASE":
            raise CommandError("Nothing was erased.")
        try:
            erase(actor=SYSTEM, model=model, pk=pk, uai=school, reason=force)
        except EraseRefusedError as refusal:
            raise CommandError(f"Nothing was erased: {refusal}.") from refusal
        self.stdout.write(f"Account {pk} is anonymous and closed.")
