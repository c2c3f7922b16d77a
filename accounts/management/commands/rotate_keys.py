"""manage.py rotate_keys [--look]"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from accounts.actions.rotation import seal_seeds_anew, standing_under


class Command(BaseCommand):
    help = (
        "Seal what can be read anew under the highest number of CONSOLE_KEYS, and say which older keys are still"
        " needed, and for what. May be broken off and run again. With --look, change nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--look", action="store_true", help="only say what stands under which key")

    def handle(self, *args: Any, look: bool, **options: Any) -> None:
        numbers = sorted(settings.CONSOLE_KEYS)
        if not look:
            self.stdout.write(f"{seal_seeds_anew()} OTP keys are sealed anew under key {numbers[-1]}.")
        standing = standing_under()
        for number in numbers:
            told = [f"{counts[number]} {kind}" for kind, counts in standing.items() if counts[number]]
            self.stdout.write(f"key {number}: {', '.join(told) or 'nothing'}; {self._fate(number, numbers, told)}")
        lost = {number for counts in standing.values() for number in counts} - set(numbers)
        for number in sorted(lost):
            self.stderr.write(self.style.ERROR(f"key {number}: not in CONSOLE_KEYS, and what stands under it is lost"))

    def _fate(self, number: int, numbers: list[int], told: list[str]) -> str:
        if number == numbers[-1]:
            return "it writes"
        if number == numbers[0]:
            return "it stays: identifiants and security keys are counted and named under it"
        return "it stays until these have ended" if told else "it may be taken out a day after a higher one came"
