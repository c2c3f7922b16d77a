"""What guardians say against a tie, and how the school settled it."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.enums import DisputeOutcome
from accounts.models.guardian import Guardian
from accounts.models.school import School
from accounts.models.staff import Staff
from accounts.models.student import Student
from accounts.settling import DisputeQuerySet


class Dispute(models.Model):
    """A guardian's word on the activation site: "I am not this pupil's legal guardian".

    The tie is suspended (`Guardianship.disputed_at`) as soon as the row is there. The row outlives the tie: the history
    of a family is kept, and a source that lists the tie again finds it suspended.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.CASCADE, db_column="uai", db_index=False)
    student = models.ForeignKey(Student, models.CASCADE, related_name="disputes")
    guardian = models.ForeignKey(Guardian, models.CASCADE, related_name="disputes")
    raised_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=DisputeOutcome, blank=True)
    note = models.CharField(max_length=200, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")

    objects = DisputeQuerySet.as_manager()

    is_listed: bool
    """Given by `with_tie()` only."""

    class Meta:
        db_table = "dispute"
        constraints = [
            models.CheckConstraint(
                name="dispute_settled_has_outcome",
                condition=Q(outcome="", settled_at__isnull=True)
                | Q(outcome__in=DisputeOutcome.values, settled_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["school", "student", "guardian"], name="dispute_once_open", condition=Q(outcome="")
            ),
        ]
        indexes = [models.Index(fields=["school", "-raised_at"], name="dispute_by_school")]

    def __str__(self) -> str:
        return f"{self.student_id} {self.guardian_id}"
