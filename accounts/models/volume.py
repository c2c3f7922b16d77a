"""How much one person has done in a school within the hour."""

from django.db import models
from django.db.models import Q

from accounts.enums import Volume
from accounts.models.school import School
from accounts.models.staff import Staff


class HourlyVolume(models.Model):
    """What one person did of one kind in one school, since the first of it, for an hour; then it begins anew.

    Its hour begins with its first use, not with the clock's, so that nobody takes two hours' worth around a full one.
    `is_near_cap` and `is_at_cap` say which alarms were raised in this hour, `warned_at` when the last one was.
    """

    school = models.ForeignKey(School, models.CASCADE, db_column="uai", db_index=False)
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="volumes")
    kind = models.CharField(max_length=8, choices=Volume)
    began_at = models.DateTimeField()
    amount = models.PositiveIntegerField(default=0)
    is_near_cap = models.BooleanField(default=False)
    is_at_cap = models.BooleanField(default=False)
    warned_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "volume"
        constraints = [
            models.UniqueConstraint(fields=["school", "staff", "kind"], name="volume_once_a_person_and_kind"),
            models.CheckConstraint(name="volume_kind_is_known", condition=Q(kind__in=Volume.values)),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.staff_id} {self.kind} {self.amount}"
