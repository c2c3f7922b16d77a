"""How a school comes to exist."""

from django.db import transaction

from accounts.actions.journal import Actor, Event, record
from accounts.models import School
from educonnect_admin.toolkit.scope import scope


@transaction.atomic
def add_school(*, actor: Actor, uai: str, name: str, academy_code: int | None = None, **details: object) -> School:
    """A school of its own, or the one that already has this UAI, brought up to date."""
    known = {field: value for field, value in details.items() if value not in (None, "")}
    school, is_new = School.objects.update_or_create(
        uai=uai.strip().upper(), defaults={"name": name, "academy_code": academy_code, **known}
    )
    if is_new:
        with scope(school.uai):
            record(actor=actor, event=Event.SCHOOL_ADDED, uai=school.uai)
    return school
