"""manage.py purge_journal"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils import timezone

from accounts.actions.purge import OWNER, oldest_kept, purge_chain
from accounts.actions.seals import chains
from accounts.actions.verification import first_fault


class Command(BaseCommand):
    help = (
        "Delete, under the owner's role, the months of the journal of which a day is more than a year old, leaving a"
        " sealed checkpoint. Monthly. A chain that does not hold is left whole: it is evidence. Exit code 1 if any."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if OWNER not in connections:
            raise CommandError("OWNER_DATABASE_URL is not set: the journal is purged under the owner's role.")
        before, broken, deleted = oldest_kept(timezone.now()), [], 0
        for uai in chains():
            if fault := first_fault(uai):
                broken.append(fault)
            else:
                deleted += purge_chain(uai=uai, before=before)
        for fault in broken:
            self.stderr.write(self.style.ERROR(fault))
        self.stdout.write(f"{deleted} entries from before {timezone.localtime(before):%Y-%m-%d} are gone.")
        if broken:
            raise CommandError(f"{len(broken)} chains do not hold, and were left as they are.")
