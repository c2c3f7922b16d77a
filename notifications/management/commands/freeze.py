"""manage.py freeze UAI"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions.journal import SYSTEM
from accounts.models import School
from educonnect_admin.toolkit.scope import school_transaction
from notifications.actions.freeze import freeze


class Command(BaseCommand):
    help = "Void every provisional password of a school at once, and stop its runs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("uai", metavar="UAI")

    def handle(self, *args: Any, uai: str, **options: Any) -> None:
        school = School.objects.filter(pk=uai.strip().upper()).first()
        if school is None:
            raise CommandError(f"No school {uai}.")
        with school_transaction(school.uai):
            voided = freeze(actor=SYSTEM, uai=school.uai)
        self.stdout.write(f"{school}: {voided} provisional passwords are void.")
