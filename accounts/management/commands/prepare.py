"""manage.py prepare [--demo FILE]"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from accounts.actions.groups import synchronise_groups
from educonnect_admin.toolkit.database import faults_of_server


class Command(BaseCommand):
    help = "Bring the database up to date under the owner's role: migrations, groups. With --demo, demo data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", type=Path, metavar="FILE", help="invent a demo, and write its people there")

    def handle(self, *args: Any, demo: Path | None, **options: Any) -> None:
        if "owner" not in connections:
            raise CommandError("OWNER_DATABASE_URL is not set: migrations run under the owner's role.")
        if fault := faults_of_server(connections["owner"].get_database_version()):
            raise CommandError(fault)
        call_command("migrate", database="owner", verbosity=0)
        synchronise_groups(using="owner")
        if demo is None:
            return
        if not settings.DEMO:
            raise CommandError("These settings take no demo data.")
        call_command("demo", demo)
