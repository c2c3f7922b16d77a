"""manage.py restored"""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.actions.journal import SYSTEM
from accounts.models import School, StaffSession
from educonnect_admin.toolkit.scope import school_transaction
from notifications.actions.freeze import freeze


class Command(BaseCommand):
    help = (
        "Mark a database as restored from a backup: void every provisional password, since one that was taken back or"
        " used after the backup would open again; stop runs; end sessions. Prints the schools to notify again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        StaffSession.objects.all().delete()
        total = 0
        for school in School.objects.order_by("uai"):
            with school_transaction(school.uai):
                voided = freeze(actor=SYSTEM, uai=school.uai, why="base restaurée")
            total += voided
            self.stdout.write(f"{school.uai}\t{voided}\t{school.name}")
        self.stdout.write(f"{total} provisional passwords are void; these accounts are to be notified again.")
