"""Who may work for which school, as what, and until when."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q

from accounts.delegation import LONGEST
from accounts.enums import Role
from accounts.models.school import Classroom, School
from accounts.models.staff import Staff
from accounts.querysets import MandateQuerySet


class Mandate(models.Model):
    """A person in a school, in a role (a Django group), from one moment to another.

    A head's comes from `manage.py`; a delegation is a mandate that a head gave (`given_by`). Without `whole_school`
    it opens the listed classes only, and an empty list opens nothing.
    """

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="mandates")
    school = models.ForeignKey(School, models.CASCADE, db_column="uai")
    role = models.CharField(max_length=10, choices=Role)
    group = models.ForeignKey(Group, models.PROTECT)
    whole_school = models.BooleanField(default=False)
    classrooms = models.ManyToManyField(Classroom, blank=True, db_table="mandate_classroom")
    given_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="given_mandates")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    """Of the last request that it opened, to the hour."""
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MandateQuerySet.as_manager()

    codenames: list[str]
    """Of the permissions of its group; given by `for_current()` only."""

    class Meta:
        db_table = "mandate"
        constraints = [
            models.CheckConstraint(name="mandate_role_is_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(
                name="mandate_ends_after_it_starts",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
            ),
            models.CheckConstraint(
                name="mandate_delegation_has_an_end",
                condition=Q(given_by__isnull=True) | Q(ends_at__isnull=False),
            ),
            models.CheckConstraint(
                name="mandate_delegation_lasts_a_year",
                condition=Q(given_by__isnull=True) | Q(ends_at__lte=F("starts_at") + LONGEST),
            ),
            models.CheckConstraint(
                name="mandate_is_not_given_to_oneself",
                condition=Q(given_by__isnull=True) | ~Q(given_by=F("staff")),
            ),
            models.CheckConstraint(
                name="mandate_of_a_head_is_not_delegated",
                condition=Q(given_by__isnull=True) | ~Q(role=Role.HEAD),
            ),
            models.CheckConstraint(
                name="mandate_by_class_is_simplified",
                condition=Q(whole_school=True) | Q(role=Role.SIMPLIFIED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.school_id} {self.role}"

    @property
    def role_label(self) -> str:
        return Role(self.role).label

    @property
    def school_name(self) -> str:
        return self.school.name

    @property
    def until(self) -> datetime | None:
        """When it ended or will end; None: no end is set."""
        return self.revoked_at or self.ends_at

    def classroom_ids(self) -> frozenset[UUID]:
        """The classes of a mandate that is not on the whole school. Read from the link table: no class is looked at."""
        links = Mandate.classrooms.through.objects.filter(mandate=self)
        return frozenset(links.values_list("classroom_id", flat=True))
