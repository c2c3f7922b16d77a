"""manage.py check_password IDENTIFIANT < password"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from accounts.actions.credentials import find_account, opens
from accounts.models import account_model
from educonnect_admin.toolkit.scope import scope


class Command(BaseCommand):
    help = (
        "Say whether a password, read from standard input, opens a pupil's or guardian's account:"
        " exit code 0 if it does, 1 if not. Nothing is printed, nothing is changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", metavar="IDENTIFIANT")

    @transaction.atomic
    def handle(self, *args: Any, username: str, **options: Any) -> None:
        typed = sys.stdin.readline().rstrip("\r\n")
        found = find_account(username)
        if found is None:
            sys.exit(1)
        population, account_id, uai = found
        with scope(uai):
            account = account_model(population).objects.filter(pk=account_id).first()
            sys.exit(0 if account is not None and opens(account, typed) else 1)
