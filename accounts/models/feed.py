"""Deliveries as schools took them, and what is needed to take them back."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.enums import FeedState, SourceSystem
from accounts.models.school import School
from accounts.models.staff import Staff
from accounts.querysets import FeedQuerySet

UNDO_LIFE = timedelta(days=7)
ACTIVE = (FeedState.WAITING, FeedState.APPLYING)


class Feed(models.Model):
    """One school's part of a delivery: what came of it, and how far it is.

    `delivery` is shared by the schools of one delivery. `result` is what the preview or the application told: counts,
    doubtful lines, what changes. `applied_at` is the moment that all rows made by it bear.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    delivery = models.UUIDField(default=uuid.uuid4)
    school = models.ForeignKey(School, models.CASCADE, db_column="uai", db_index=False)
    system = models.CharField(max_length=6, choices=SourceSystem, blank=True)
    academy_code = models.PositiveSmallIntegerField(null=True)
    kind = models.CharField(max_length=8, blank=True)
    day = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=FeedState)
    staff = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    mandate_id = models.BigIntegerField(null=True)
    result = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    heartbeat_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        db_table = "feed"
        constraints = [
            models.CheckConstraint(name="feed_state_is_known", condition=Q(state__in=FeedState.values)),
            models.UniqueConstraint(fields=["school"], name="feed_one_at_a_time", condition=Q(state__in=ACTIVE)),
        ]
        indexes = [models.Index(fields=["school", "-created_at"], name="feed_by_school")]

    def __str__(self) -> str:
        return f"{self.system} {self.school_id}"

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def undo_ends_at(self) -> "models.DateTimeField[object, object] | object":
        return self.applied_at + UNDO_LIFE if self.applied_at else None

    @property
    def may_be_taken_back(self) -> bool:
        """Applied less than 7 days ago. Whether it was used since is asked when it is taken back."""
        is_young = self.applied_at is not None and self.applied_at + UNDO_LIFE > timezone.now()
        return self.state == FeedState.APPLIED and is_young


class FeedTrace(models.Model):
    """What a row was before a delivery changed it (`accounts.actions.feeds.tracing`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    feed = models.ForeignKey(Feed, models.CASCADE, related_name="traces", db_index=False)
    school = models.ForeignKey(School, models.CASCADE, db_column="uai", db_index=False)
    relation = models.CharField(max_length=16)
    row_id = models.UUIDField()
    before = models.JSONField()

    class Meta:
        db_table = "feed_trace"
        constraints = [models.UniqueConstraint(fields=["feed", "relation", "row_id"], name="feed_trace_once")]

    def __str__(self) -> str:
        return f"{self.relation} {self.row_id}"


class FeedFile(models.Model):
    """A file that a person uploaded, kept until its delivery is applied or given up, a day at most."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    feed = models.ForeignKey(Feed, models.CASCADE, related_name="files")
    school = models.ForeignKey(School, models.CASCADE, db_column="uai", db_index=False)
    name = models.CharField(max_length=120)
    content = models.BinaryField()

    class Meta:
        db_table = "feed_file"

    def __str__(self) -> str:
        return str(self.id)
