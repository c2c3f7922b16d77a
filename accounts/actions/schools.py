"""How a school comes to exist, and what it chooses for itself."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction

from accounts.actions.journal import Actor, Event, record
from accounts.models import Classroom, School
from educonnect_admin.toolkit.scope import school_transaction, scope


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


def change_access(*, actor: Actor, uai: str, wants_otp: bool, networks: Sequence[str]) -> bool:
    """Who comes in and from where; whether anything is other than before. Each change is told as before and after."""
    with school_transaction(uai):
        school = School.objects.select_for_update(no_key=True).get(pk=uai)
        changes = []
        if school.wants_otp_of_teachers != wants_otp:
            before, after = ("oui", "non") if school.wants_otp_of_teachers else ("non", "oui")
            changes.append(f"clé OTP des enseignants\u00a0: {before}, puis {after}")
        changes += [f"réseau ajouté\u00a0: {block}" for block in networks if block not in school.admin_networks]
        changes += [f"réseau retiré\u00a0: {block}" for block in school.admin_networks if block not in networks]
        school.wants_otp_of_teachers, school.admin_networks = wants_otp, list(networks)
        school.save(update_fields=["wants_otp_of_teachers", "admin_networks"])
        for change in changes:
            record(actor=actor, event=Event.SETTINGS_CHANGED, uai=uai, detail=change)
    return bool(changes)


def change_passwords(*, actor: Actor, uai: str, readable: Collection[UUID]) -> bool:
    """For which classes provisional passwords are of the readable kind; whether anything is other than before."""
    with school_transaction(uai):
        rooms = Classroom.objects.filter(school=uai).order_by("pk").select_for_update()
        changed = [room for room in rooms if room.has_readable_passwords != (room.pk in readable)]
        for room in changed:
            room.has_readable_passwords = room.pk in readable
            room.save(update_fields=["has_readable_passwords"])
            before, after = ("non", "oui") if room.has_readable_passwords else ("oui", "non")
            detail = f"mots de passe lisibles, {room.code}\u00a0: {before}, puis {after}"
            record(actor=actor, event=Event.SETTINGS_CHANGED, uai=uai, detail=detail)
    return bool(changed)
