"""The recovery codes of a member of staff, for the day when the key is lost."""

import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models.device import SlowedDevice
from accounts.provisional import ALPHABET, normalised
from educonnect_admin.toolkit.crypto import keyed_hash, matches

PURPOSE = "recovery-code"
CODES = 10
SIGNS = 28
FEW = 3
"""So many left, or fewer: the person is warned."""


def make_code() -> str:
    """28 signs of an alphabet of 31: 138 random bits, in seven groups of four for whoever types it."""
    return "".join(secrets.choice(ALPHABET) for _ in range(SIGNS))


class RecoverySheet(SlowedDevice):
    """The sheet of ten codes that a person put away: one sheet a person, each code opens once.

    A code has more than 128 random bits (ASVS 6.5.2 asks a slow hash below 112), so a fast keyed hash is enough: not
    one of them can be found by trying, even by whoever has the base and the key. The hash is bound to the person.
    `confirmed` stays true; `kept_at` is when the person said that the sheet is put away.
    """

    kept_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "recovery_sheet"
        constraints = [models.UniqueConstraint(fields=["user"], name="recovery_sheet_once_a_person")]

    def write(self) -> list[str]:
        """Ten new codes in place of those there were. They are returned once and kept nowhere."""
        codes = [make_code() for _ in range(CODES)]
        self.codes.all().delete()
        RecoveryCode.objects.bulk_create(RecoveryCode(sheet=self, code_hash=self._hash(code)) for code in codes)
        return codes

    def left(self) -> int:
        return self.codes.filter(used_at__isnull=True).count()

    def verify_token(self, token: str) -> bool:
        """Whether it is a code that has not served; uses it up. Call under a row lock only."""
        if not self.confirmed or self.wait():
            return False
        found = self._find(normalised(str(token)))
        if found is None:
            self.count_failure()
            return False
        found.used_at, self.failures = timezone.now(), 0
        found.save(update_fields=["used_at"])
        self.save(update_fields=["failures"])
        return True

    def _find(self, typed: str) -> "RecoveryCode | None":
        """Every hash is compared, whichever is right: the time tells nothing."""
        parts = (str(self.user_id).encode(), typed.encode())
        unused = self.codes.filter(used_at__isnull=True)
        found = [code for code in unused if matches(settings.CONSOLE_KEYS, PURPOSE, bytes(code.code_hash), *parts)]
        return found[0] if found else None

    def _hash(self, code: str) -> bytes:
        return keyed_hash(settings.CONSOLE_KEYS, PURPOSE, str(self.user_id).encode(), code.encode())


class RecoveryCode(models.Model):
    """One of the ten: its keyed hash, and when it served."""

    sheet = models.ForeignKey(RecoverySheet, on_delete=models.CASCADE, related_name="codes")
    code_hash = models.BinaryField(max_length=33)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "recovery_code"

    def __str__(self) -> str:
        return f"{self.sheet_id} {'used' if self.used_at else 'unused'}"
