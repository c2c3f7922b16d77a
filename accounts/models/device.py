"""What slows down tries at a means of signing in that someone could guess."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django_otp.models import Device

FREE_FAILURES = 4
LONGEST_WAIT = timedelta(minutes=15)
FAILURES_A_DAY = 25
DAY = timedelta(days=1)


class SlowedDevice(Device):
    """From the 5th failure the next try waits, at most 15 minutes, and 25 failures a day end the day's tries.

    Always verified under a row lock, through `django_otp.verify_token`.
    """

    failures = models.PositiveSmallIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    failures_today = models.PositiveSmallIntegerField(default=0)
    day_began_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.user_id} {self.name}"

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

    def count_failure(self) -> None:
        now = timezone.now()
        if self.day_began_at is None or now - self.day_began_at >= DAY:
            self.day_began_at, self.failures_today = now, 0
        self.failures_today += 1
        self.failures = min(self.failures + 1, 1000)
        self.failed_at = now
        self.save(update_fields=["failures", "failures_today", "failed_at", "day_began_at"])
