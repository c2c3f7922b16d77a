"""A run over accounts. PostgreSQL holds the truth of it; the broker only rings the bell."""

import uuid
from typing import cast

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.enums import Population
from accounts.lifecycle import Outcome
from accounts.models import Guardian, Mandate, School, Student
from notifications.enums import ACTIVE, Delivery, RunKind, RunState
from notifications.querysets import RunItemQuerySet, RunQuerySet


class Run(models.Model):
    """One piece of work over many accounts of a school, asked once.

    `key` is the idempotency key of the form that asked for it: the same form twice is the same run. `label` says on
    what, in words for the screen ("classe 5EME B").
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.CASCADE, db_column="uai", db_index=False)
    kind = models.CharField(max_length=10, choices=RunKind)
    population = models.CharField(max_length=10, choices=Population, default=Population.STUDENTS)
    state = models.CharField(max_length=10, choices=RunState, default=RunState.DRAFT)
    label = models.CharField(max_length=200)
    key = models.UUIDField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="runs")
    mandate = models.ForeignKey(Mandate, models.PROTECT)
    include_activated = models.BooleanField(default=False)
    total = models.PositiveIntegerField(default=0)
    processed = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    payload_expires_at = models.DateTimeField(null=True)
    payload_destroyed_at = models.DateTimeField(null=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        db_table = "run"
        constraints = [
            models.UniqueConstraint(fields=["requested_by", "key"], name="run_once_a_key"),
            models.UniqueConstraint(
                fields=["school", "kind", "population"],
                name="run_one_active_a_kind",
                condition=Q(state__in=ACTIVE),
            ),
            models.CheckConstraint(name="run_state_is_known", condition=Q(state__in=RunState.values)),
            models.CheckConstraint(
                name="run_counts_add_up",
                condition=Q(processed__lte=models.F("total"), refused__lte=models.F("processed")),
            ),
        ]
        indexes = [
            models.Index(fields=["school", "-created_at"], name="run_by_school"),
            models.Index(fields=["heartbeat_at"], name="run_to_sweep", condition=Q(state__in=ACTIVE)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.label}"

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def has_ended(self) -> bool:
        return self.state in (RunState.DONE, RunState.CANCELLED, RunState.FAILED)

    @property
    def is_on_guardians(self) -> bool:
        return self.population == Population.GUARDIANS

    @property
    def account_field(self) -> str:
        """The column of its items that says whose the account is."""
        return "guardian_id" if self.is_on_guardians else "student_id"

    @property
    def told_as(self) -> str:
        """What it does, as the journal has it."""
        return f"{self.kind}_{self.population}" if self.is_on_guardians else self.kind

    def secrets(self) -> "models.QuerySet[SealedSecret]":
        return SealedSecret.objects.filter(item__run=self)

    @property
    def has_payload(self) -> bool:
        """Whether its documents can still be opened, by the person who ran it."""
        return (
            self.has_ended
            and self.processed > 0
            and self.payload_destroyed_at is None
            and self.payload_expires_at is not None
            and self.payload_expires_at > timezone.now()
        )


class RunItem(models.Model):
    """One account of a run, and what became of it. Together they are the outbox that workers empty.

    A pupil's or a guardian's, as the run's population says. A guardian's sheet is filed with `filed_with`: the youngest
    of the children meant when the run was asked for. It is an id only, since feeds may take a child back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.CASCADE, db_column="uai", db_index=False)
    run = models.ForeignKey(Run, models.CASCADE, related_name="items")
    student = models.ForeignKey(Student, models.CASCADE, null=True, related_name="run_items")
    guardian = models.ForeignKey(Guardian, models.CASCADE, null=True, related_name="run_items")
    filed_with = models.UUIDField(null=True)
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.PENDING)
    follow_up = models.CharField(max_length=8, blank=True)
    printed_on = models.DateField(null=True)
    """When a document with its password was first opened."""
    delivery = models.CharField(max_length=8, choices=Delivery, blank=True)
    delivery_on = models.DateField(null=True)

    objects = RunItemQuerySet.as_manager()

    class Meta:
        db_table = "run_item"
        constraints = [
            models.UniqueConstraint(fields=["run", "student"], name="run_item_once"),
            models.UniqueConstraint(fields=["run", "guardian"], name="run_item_guardian_once"),
            models.CheckConstraint(
                name="run_item_is_of_one_account",
                condition=Q(student__isnull=False, guardian__isnull=True, filed_with__isnull=True)
                | Q(student__isnull=True, guardian__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["school", "follow_up"], name="run_item_follow_up_once", condition=~Q(follow_up="")
            ),
        ]
        indexes = [
            models.Index(fields=["run"], name="run_item_pending", condition=Q(outcome=Outcome.PENDING)),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.account_id}"

    @property
    def account_id(self) -> uuid.UUID:
        return cast(uuid.UUID, self.student_id or self.guardian_id)

    @property
    def account(self) -> Student | Guardian:
        return cast(Student | Guardian, self.student or self.guardian)


class SealedSecret(models.Model):
    """The one readable form of a provisional password, sealed and bound to its account and run.

    PostgreSQL deletes it when the account's provisional password changes or ends (trigger `drop_sealed_secret`), so
    that what can be opened is always what works.
    """

    item = models.OneToOneField(RunItem, models.CASCADE, primary_key=True, related_name="secret")
    school = models.ForeignKey(School, models.CASCADE, db_column="uai", db_index=False)
    account_id = models.UUIDField(db_index=True)
    sealed = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "sealed_secret"

    def __str__(self) -> str:
        return str(self.item_id)
