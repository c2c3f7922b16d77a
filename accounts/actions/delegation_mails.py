"""What the delegate and the head are told of each change to a delegation."""

from enum import StrEnum

from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import Mandate, Staff
from educonnect_admin.toolkit.mails import post
from educonnect_admin.toolkit.scope import school_transaction


class Change(StrEnum):
    """What happened to the delegation."""

    GIVEN = "given"
    CHANGED = "changed"
    REVOKED = "revoked"


SUBJECTS = {
    Change.GIVEN: "Une délégation a été donnée",
    Change.CHANGED: "Une délégation a été modifiée",
    Change.REVOKED: "Une délégation a été révoquée",
}


def send_delegation(*, mandate: Mandate, change: Change, recipient: int) -> None:
    """Mail one of the two, with the delegation as it stands now. It holds no secret and no pupil."""
    with school_transaction(mandate.school_id):
        rooms = [room.code for room in mandate.classrooms.order_by("sort_key")]
    to = Staff.objects.get(pk=recipient)
    zone = mandate.school.zone
    context = {
        "to": to,
        "is_delegate": to.pk == mandate.staff_id,
        "change": change.value,
        "delegate": mandate.staff,
        "module": mandate.role_label,
        "school": mandate.school,
        "rooms": rooms,
        "whole_school": mandate.whole_school,
        "starts_on": timezone.localtime(mandate.starts_at, zone),
        "ends_on": timezone.localtime(mandate.ends_at, zone) if mandate.ends_at else None,
    }
    body = render_to_string("mails/delegation.txt", context)
    post(SUBJECTS[change], body, to.email)
