"""manage.py verify_journal [UAI ...]"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.chain import entry_hash
from accounts.models import JournalEntry, JournalHead, School
from accounts.models.journal import NO_SCHOOL
from educonnect_admin.toolkit.scope import reading


class Command(BaseCommand):
    help = "Recompute the chain of each school's journal; name the first entry that does not hold. Exit code 1 if any."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("uai", nargs="*", metavar="UAI", help="only these schools")

    def handle(self, *args: Any, uai: list[str], **options: Any) -> None:
        chains = uai or [NO_SCHOOL, *School.objects.order_by("uai").values_list("uai", flat=True)]
        broken = [fault for chain in chains if (fault := first_fault(chain))]
        for fault in broken:
            self.stderr.write(self.style.ERROR(fault))
        if broken:
            raise CommandError(f"{len(broken)} of {len(chains)} chains do not hold.")
        self.stdout.write(f"{len(chains)} chains hold.")


def first_fault(uai: str) -> str:
    """What is wrong with a school's chain, or ""."""
    with reading(uai):
        head = JournalHead.objects.filter(uai=uai).first()
        sequence, previous = 0, b""
        for entry in JournalEntry.objects.filter(uai=uai).order_by("sequence").iterator():
            sequence += 1
            if entry.sequence != sequence:
                return f"{uai}: entry {sequence} is missing"
            if bytes(entry.previous_hash) != previous or bytes(entry.hash) != entry_hash(previous, entry):
                return f"{uai}: entry {sequence} ({entry.event}) was changed"
            previous = bytes(entry.hash)
        if head is not None and (head.sequence != sequence or bytes(head.hash) != previous):
            return f"{uai}: the last entries are missing, {head.sequence} were written and {sequence} are there"
    return ""
