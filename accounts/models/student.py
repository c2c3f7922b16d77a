"""Pupils, and their place in a school."""

import uuid

from django.db import models

from accounts.models.account import Account, confirmed_email_index
from accounts.models.school import Classroom, Mef, School
from accounts.querysets import SchoolingQuerySet, StudentQuerySet


class Student(Account):
    """A pupil's account. It belongs to no school: its schoolings say who sees it."""

    birth_date = models.DateField(null=True)
    ine = models.CharField(max_length=11, blank=True)

    objects = StudentQuerySet.as_manager()

    class Meta(Account.Meta):
        db_table = "student"
        indexes = [
            models.Index(fields=["ine"], name="student_by_ine", condition=~models.Q(ine="")),
            confirmed_email_index("student"),
        ]


class Schooling(models.Model):
    """A pupil in a school: the row that lists are made of, and that lets the school see the pupil.

    `sort_key` and `search_key` are the folded name, and the folded name with identifiant: PostgreSQL may have no
    ICU here, so both are made in Python.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.CASCADE, db_column="uai", db_index=False)
    student = models.ForeignKey(Student, models.CASCADE, related_name="schoolings")
    classroom = models.ForeignKey(Classroom, models.SET_NULL, null=True, related_name="schoolings")
    mef = models.ForeignKey(Mef, models.SET_NULL, null=True, db_index=False)
    sort_key = models.CharField(max_length=220)
    search_key = models.CharField(max_length=400)
    left_on = models.DateField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SchoolingQuerySet.as_manager()

    shown_state: str
    """Given by `with_shown_state()` only."""
    has_homonyms: bool
    """Given by `with_homonyms()` only."""
    is_near: bool
    """Given by `matching()` only, where there is something to match."""

    class Meta:
        db_table = "schooling"
        constraints = [models.UniqueConstraint(fields=["school", "student"], name="schooling_once_a_school")]
        indexes = [
            models.Index(fields=["school", "sort_key"], name="schooling_by_name"),
            models.Index(fields=["school", "classroom"], name="schooling_by_class"),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.uai}"

    @property
    def uai(self) -> str:
        return self.school_id

    @property
    def is_here(self) -> bool:
        """Whether the pupil is still the school's: there now, or gone and known to no other until the closing."""
        return self.left_on is None or self.student.closing_on is not None
