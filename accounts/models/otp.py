"""The one-time-code key of a member of staff, over django-otp."""

import re
import time

from django.conf import settings
from django.db import models
from django_otp.oath import totp

from accounts.models.device import SlowedDevice
from educonnect_admin.toolkit.crypto import seal, unseal

PURPOSE = "otp-key"
STEP_SECONDS = 30
TOLERANCE_STEPS = 1
DIGITS = re.compile(r"[0-9]{6}", re.ASCII)


class OtpKey(SlowedDevice):
    """A TOTP key (RFC 6238, SHA-1, six digits, 30 seconds), its seed encrypted at rest.

    A code opens once: the step it belongs to, and those before, are used up. One step of tolerance each way, told on
    the help page (a deviation from ASVS 6.5.5).
    """

    sealed_seed = models.BinaryField()
    last_step = models.BigIntegerField(default=-1)

    class Meta:
        db_table = "otp_key"

    def set_seed(self, seed: bytes) -> None:
        self.sealed_seed = seal(settings.CONSOLE_KEYS, PURPOSE, seed, bound_to=str(self.user_id).encode())

    @property
    def seed(self) -> bytes:
        sealed = bytes(self.sealed_seed)
        return unseal(settings.CONSOLE_KEYS, PURPOSE, sealed, bound_to=str(self.user_id).encode())

    def verify_token(self, token: str) -> bool:
        """Whether the code is the present one; uses it up. Call under a row lock only."""
        if not self.confirmed or self.wait():
            return False
        step = self._step_of(str(token))
        if step is None:
            self.count_failure()
            return False
        self.last_step, self.failures = step, 0
        self.save(update_fields=["last_step", "failures"])
        return True

    def confirm(self, token: str) -> bool:
        """End the enrolment with a first code, which is used up by it."""
        step = self._step_of(str(token))
        if step is None:
            return False
        self.confirmed, self.last_step = True, step
        self.save(update_fields=["confirmed", "last_step"])
        return True

    def _step_of(self, token: str) -> int | None:
        if not DIGITS.fullmatch(token):
            return None
        now, seed = int(time.time()), self.seed
        for drift in sorted(range(-TOLERANCE_STEPS, TOLERANCE_STEPS + 1), key=abs):
            step = now // STEP_SECONDS + drift
            if step > self.last_step and totp(seed, step=STEP_SECONDS, t0=0, drift=drift) == int(token):
                return step
        return None
