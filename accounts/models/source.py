"""Where an account's data comes from."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.enums import SourceSystem
from accounts.models.guardian import Guardian
from accounts.models.school import School
from accounts.models.student import Student


class Source(models.Model):
    """One base that knows this person for one school: "Source AAF Académie de Reims", with its identifiers.

    `gone_on`: since when this base no longer names the person here; what leaves is whom no base names.
    `aaf_id` is unique within an académie, not nationally (formats.md 1.3); `local_id` is ONDE's or SIECLE's.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.CASCADE, db_column="uai", db_index=False)
    student = models.ForeignKey(Student, models.CASCADE, null=True, related_name="sources")
    guardian = models.ForeignKey(Guardian, models.CASCADE, null=True, related_name="sources")
    system = models.CharField(max_length=6, choices=SourceSystem)
    academy_code = models.PositiveSmallIntegerField()
    academy_name = models.CharField(max_length=60, blank=True)
    aaf_id = models.CharField(max_length=30, blank=True)
    local_id = models.CharField(max_length=30, blank=True)
    read_on = models.DateField()
    gone_on = models.DateField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "source"
        constraints = [
            models.CheckConstraint(
                name="source_of_one_person",
                condition=Q(student__isnull=False, guardian__isnull=True)
                | Q(student__isnull=True, guardian__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["school", "system", "student"],
                name="source_once_a_student",
                condition=Q(student__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["school", "system", "guardian"],
                name="source_once_a_guardian",
                condition=Q(guardian__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["academy_code", "aaf_id"], name="source_by_aaf_id", condition=~Q(aaf_id="")),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """As the seed writes it."""
        return f"Source {self.system} Académie de {self.academy_name}"
