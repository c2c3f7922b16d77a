"""Two accounts that may be one person's: what the school said of them, and merges."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.enums import AccountState, DoubleVerdict
from accounts.models.guardian import Guardian
from accounts.models.school import School
from accounts.models.staff import Staff
from accounts.settling import DoubleQuerySet, MergeQuerySet

UNDO_LIFE = timedelta(days=30)


class Double(models.Model):
    """What a school said of a pair, `one` the smaller id. A pair of which nothing was said has no row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.CASCADE, db_column="uai", db_index=False)
    one = models.ForeignKey(Guardian, models.CASCADE, related_name="+")
    two = models.ForeignKey(Guardian, models.CASCADE, related_name="+")
    verdict = models.CharField(max_length=8, choices=DoubleVerdict)
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")

    objects = DoubleQuerySet.as_manager()

    class Meta:
        db_table = "guardian_double"
        constraints = [
            models.CheckConstraint(name="double_in_order", condition=Q(one__lt=F("two"))),
            models.UniqueConstraint(fields=["school", "one", "two"], name="double_once_a_school"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} {self.two_id}"


class Merge(models.Model):
    """One account of a guardian ended for another one's good, in one school.

    The ended account keeps its ties and sources: they give nothing, and lead feeds to the kept account. `trace` is what
    undoing needs beside them: the ties that were made for the kept account, and what its rows were before. No secret.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.CASCADE, db_column="uai", db_index=False)
    kept = models.ForeignKey(Guardian, models.CASCADE, related_name="+")
    ended = models.ForeignKey(Guardian, models.CASCADE, related_name="+")
    state_before = models.CharField(max_length=12, choices=AccountState)
    trace = models.JSONField()
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        db_table = "guardian_merge"
        constraints = [
            models.CheckConstraint(name="merge_of_two", condition=~Q(kept=F("ended"))),
            models.UniqueConstraint(fields=["ended"], name="merge_ends_once", condition=Q(undone_at__isnull=True)),
        ]
        indexes = [models.Index(fields=["school", "-merged_at"], name="merge_by_school")]

    def __str__(self) -> str:
        return f"{self.ended_id} {self.kept_id}"

    @property
    def undo_ends_at(self) -> datetime:
        return self.merged_at + UNDO_LIFE

    @property
    def may_be_undone(self) -> bool:
        return self.undone_at is None and self.undo_ends_at > timezone.now()
