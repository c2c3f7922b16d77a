"""Links that open an activation, sent by mail in place of a letter."""

import uuid

from django.db import models
from django.utils import timezone

from accounts.enums import LinkState, Population
from accounts.models.guardian import Guardian
from accounts.models.school import School
from accounts.models.student import Student


class MailedLink(models.Model):
    """One account's link of one run. Of the link itself a keyed hash is kept, bound to the password in force.

    `mail` names the mail that carried it, as its Message-ID does: what a server reports of it comes back under it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.CASCADE, db_column="uai", db_index=False)
    run = models.UUIDField()
    student = models.ForeignKey(Student, models.CASCADE, null=True, related_name="mailed_links")
    guardian = models.ForeignKey(Guardian, models.CASCADE, null=True, related_name="mailed_links")
    mail = models.UUIDField(unique=True)
    state = models.CharField(max_length=8, choices=LinkState, default=LinkState.WAITING)
    reason = models.CharField(max_length=100, blank=True)
    link_hash = models.BinaryField(null=True, max_length=33)
    asked_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "mailed_link"
        constraints = [
            models.CheckConstraint(
                name="mailed_link_is_of_one_account",
                condition=models.Q(student__isnull=False, guardian__isnull=True)
                | models.Q(student__isnull=True, guardian__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["run"], name="mailed_link_by_run")]

    def __str__(self) -> str:
        return f"{self.state} {self.pk}"

    @property
    def account(self) -> Student | Guardian:
        account = self.student or self.guardian
        assert account is not None  # noqa: S101  # the constraint above
        return account

    @property
    def population(self) -> Population:
        return Population.STUDENTS if self.student_id else Population.GUARDIANS
