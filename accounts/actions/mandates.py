"""Giving people work in a school."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from accounts.actions.journal import Actor, Event, record
from accounts.enums import Role
from accounts.models import Classroom, Mandate, School, Staff
from educonnect_admin.toolkit.scope import scope


@transaction.atomic
def give_mandate(
    *,
    actor: Actor,
    staff: Staff,
    school: School,
    role: Role,
    classrooms: Sequence[Classroom] | None = None,
    given_by: Staff | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Mandate:
    """A mandate on the whole school, or on the given classes only (an empty list opens nothing)."""
    mandate = Mandate.objects.create(
        staff=staff,
        school=school,
        role=role,
        group=Group.objects.get(name=role.label),
        whole_school=classrooms is None,
        given_by=given_by,
        starts_at=starts_at or timezone.now(),
        ends_at=ends_at,
    )
    with scope(school.uai):
        mandate.classrooms.set(classrooms or [])
        record(actor=actor, event=Event.MANDATE_GIVEN, uai=school.uai, count=staff.pk, detail=role.value)
    return mandate
