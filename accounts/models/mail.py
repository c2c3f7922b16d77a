"""Mails that are still to go."""

from uuid import uuid4

from django.db import models
from django.utils import timezone


class Mail(models.Model):
    """A mail to one person, written down in the transaction of what it tells, until the mail server has taken it.

    `about` holds ids: its text, its address and any link of it are made when it goes, and are kept nowhere. Where no
    account says the address, it is there sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=16)
    about = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "mail"
        indexes = [models.Index(fields=["due_at"], name="mail_by_due_moment")]

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at:%Y-%m-%d %H:%M}"
