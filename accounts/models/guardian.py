"""Guardians, and their ties to pupils."""

import uuid

from django.db import models

from accounts.enums import Language, Population, Relation
from accounts.guardian_querysets import GuardianQuerySet, GuardianshipQuerySet
from accounts.models.account import Account, confirmed_email_index
from accounts.models.school import School
from accounts.models.student import Student


class Guardian(Account):
    """A person tied to pupils. Only legal guardians have an account, that is an identifiant.

    Persons in charge and contacts are data without account (formats.md 1.4). No birth date: no feed has one.
    """

    username = models.CharField(max_length=60, unique=True, null=True)  # type: ignore[assignment]  # noqa: DJ001  # NULL, so that many may have none
    title = models.CharField(max_length=10, blank=True)
    mobile = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=2, choices=Language, null=True, blank=True)  # noqa: DJ001  # a default of the base would be read back from a row that the wall does not show yet
    """Beside French on what the school writes; none: French alone. The console's own, no feed has it."""
    sort_key = models.CharField(max_length=220)

    objects = GuardianQuerySet.as_manager()

    shown_state: str
    """Given by `with_shown_state()` only."""
    is_near: bool
    """Given by `matching()` only, where there is something to match."""

    class Meta(Account.Meta):
        db_table = "guardian"
        indexes = [
            models.Index(fields=["id"], condition=models.Q(closing_on__isnull=False), name="guardian_leaving"),
            confirmed_email_index("guardian"),
        ]

    def __str__(self) -> str:
        return self.username or str(self.id)


def account_model(population: Population) -> type[Student] | type[Guardian]:
    """What the accounts of a population are rows of."""
    return Guardian if population is Population.GUARDIANS else Student


class Guardianship(models.Model):
    """A tie between a pupil and a person, as one school's source gives it: it lets that school see the person.

    `link` is the national code of the kinship (10 mother, 20 father...), `rank` the legal rank of the old codes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.CASCADE, db_column="uai", db_index=False)
    student = models.ForeignKey(Student, models.CASCADE, related_name="guardianships")
    guardian = models.ForeignKey(Guardian, models.CASCADE, related_name="guardianships")
    relation = models.CharField(max_length=10, choices=Relation)
    link = models.CharField(max_length=2, blank=True)
    rank = models.PositiveSmallIntegerField(default=0)
    disputed_at = models.DateTimeField(null=True)
    merged_at = models.DateTimeField(null=True)
    in_force = models.GeneratedField(
        expression=models.Q(relation=Relation.LEGAL, disputed_at__isnull=True, merged_at__isnull=True),  # type: ignore[arg-type]  # an expression too
        output_field=models.BooleanField(),
        db_persist=True,
    )
    """Whether the tie gives anything: a legal guardian's, neither suspended nor of an account merged into another.

    The one place that says so.
    """
    created_at = models.DateTimeField(auto_now_add=True)

    objects = GuardianshipQuerySet.as_manager()

    class Meta:
        db_table = "guardianship"
        constraints = [
            models.UniqueConstraint(fields=["school", "student", "guardian"], name="guardianship_once_a_school"),
            models.CheckConstraint(
                name="guardianship_relation_is_known", condition=models.Q(relation__in=Relation.values)
            ),
        ]
        indexes = [models.Index(fields=["school", "guardian"], name="guardianship_by_guardian")]

    def __str__(self) -> str:
        return f"{self.student_id} {self.guardian_id}"
