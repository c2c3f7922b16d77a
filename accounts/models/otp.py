"""The one-time-code key of a member of staff, over django-otp."""

import re
import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django_otp.models import Device
from django_otp.oath import totp

from educonnect_admin.toolkit.crypto import seal, unseal

PURPOSE = "otp-key"
STEP_SECONDS = 30
TOLERANCE_STEPS = 1
FREE_FAILURES = 4
LONGEST_WAIT = timedelta(minutes=15)
FAILURES_A_DAY = 25
DAY = timedelta(days=1)
DIGITS = re.compile(r"[0-9]{6}", re.ASCII)


class OtpKey(Device):
    """A TOTP key (RFC 6238, SHA-1, six digits, 30 seconds), its seed encrypted at rest.

    A code opens once: the step it belongs to, and those before, are used up. One step of tolerance each way, told on
    the help page (a deviation from ASVS 6.5.5). From the 5th failure the next try waits, at most 15 minutes, and 25
    failures a day end the day's tries. Always verified under a row lock, through `django_otp.verify_token`.
    """

    sealed_seed = models.BinaryField()
    last_step = models.BigIntegerField(default=-1)
    failures = models.PositiveSmallIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    failures_today = models.PositiveSmallIntegerField(default=0)
    day_began_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "otp_key"

    def __str__(self) -> str:
        return f"{self.user_id} {self.name}"

    def set_seed(self, seed: bytes) -> None:
        self.sealed_seed = seal(settings.CONSOLE_KEYS, PURPOSE, seed, bound_to=str(self.user_id).encode())

    @property
    def seed(self) -> bytes:
        sealed = bytes(self.sealed_seed)
        return unseal(settings.CONSOLE_KEYS, PURPOSE, sealed, bound_to=str(self.user_id).encode())

    def wait(self) -> timedelta:
        """How long until the next try counts; zero when it does now."""
        opens_at = now = timezone.now()
        if self.failed_at and self.failures > FREE_FAILURES:
            doubled = timedelta(seconds=30 * 2 ** min(self.failures - FREE_FAILURES - 1, 10))
            opens_at = max(opens_at, self.failed_at + min(doubled, LONGEST_WAIT))
        if self.day_began_at and self.failures_today >= FAILURES_A_DAY:
            opens_at = max(opens_at, self.day_began_at + DAY)
        return opens_at - now

    def verify_is_allowed(self) -> tuple[bool, dict[str, Any] | None]:
        wait = self.wait()
        return (not wait, {"locked_until": timezone.now() + wait} if wait else None)

    def verify_token(self, token: str) -> bool:
        """Whether the code is the present one; uses it up. Call under a row lock only."""
        if not self.confirmed or self.wait():
            return False
        step = self._step_of(str(token))
        if step is None:
            self._count_failure()
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

    def _count_failure(self) -> None:
        now = timezone.now()
        if self.day_began_at is None or now - self.day_began_at >= DAY:
            self.day_began_at, self.failures_today = now, 0
        self.failures_today += 1
        self.failures = min(self.failures + 1, 1000)
        self.failed_at = now
        self.save(update_fields=["failures", "failures_today", "failed_at", "day_began_at"])
