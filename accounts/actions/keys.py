"""What a person signs in with beside the password: which means there are, codes written, everything forgotten."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.actions.journal import Actor, Event, record
from accounts.actions.sessions import close_sessions
from accounts.models import Mandate, OtpKey, RecoverySheet, SecurityKey, Staff
from accounts.models.journal import NO_SCHOOL
from accounts.models.recovery import FEW
from accounts.permissions import wants_key


@dataclass(frozen=True, slots=True)
class Means:
    """What is recorded for one person."""

    otp: OtpKey | None
    security_keys: list[SecurityKey]
    sheet: RecoverySheet | None
    codes_left: int

    @property
    def has_key(self) -> bool:
        """Codes are for the day when the key is lost: they are not one."""
        return bool(self.otp or self.security_keys)

    @property
    def has_few_codes(self) -> bool:
        return self.sheet is not None and self.codes_left <= FEW


def means_of(staff_id: int) -> Means:
    sheet = RecoverySheet.objects.filter(user=staff_id).first()
    return Means(
        otp=OtpKey.objects.filter(user=staff_id, confirmed=True).first(),
        security_keys=list(SecurityKey.objects.filter(user=staff_id, confirmed=True).order_by("pk")),
        sheet=sheet,
        codes_left=sheet.left() if sheet else 0,
    )


def must_keep_a_key(staff_id: int) -> bool:
    """Whether a mandate, live or to come, opens by a key: the last one is then replaced, not taken away."""
    held = Mandate.objects.unfinished().filter(staff=staff_id).select_related("school")
    return any(wants_key(mandate.role, school_wants_otp=mandate.school.wants_otp_of_teachers) for mandate in held)


@transaction.atomic
def write_codes(*, actor: Actor, staff: Staff) -> list[str]:
    """Ten recovery codes in place of those there were; they are shown once. Failures counted before stay counted."""
    Staff.objects.select_for_update(no_key=True).get(pk=staff.pk)
    sheet, _ = RecoverySheet.objects.get_or_create(user=staff, defaults={"name": "recovery"})
    sheet.kept_at = None
    sheet.save(update_fields=["kept_at"])
    codes: list[str] = sheet.write()
    record(actor=actor, event=Event.RECOVERY_CODES_WRITTEN, count=staff.pk)
    return codes


def keep_codes(*, actor: Actor, staff: Staff) -> None:
    """The person says that the sheet is put away."""
    kept = RecoverySheet.objects.filter(user=staff, kept_at__isnull=True)
    if kept.update(kept_at=timezone.now()):
        record(actor=actor, event=Event.RECOVERY_CODES_KEPT, count=staff.pk)


@transaction.atomic
def record_otp_key(*, actor: Actor, staff: Staff, fresh: OtpKey, code: str, is_replaced: bool) -> bool:
    """Confirm `fresh` by its first code, which it uses up; the key before it is forgotten.

    False: the code is not the new key's, or a key that was not to be replaced is there by now.
    """
    Staff.objects.select_for_update(no_key=True).get(pk=staff.pk)
    if not is_replaced and means_of(staff.pk).has_key:
        return False
    if fresh.confirmed or not fresh.confirm(code):
        return False
    OtpKey.objects.filter(user=staff).exclude(pk=fresh.pk).delete()
    record(actor=actor, event=Event.OTP_ENROLLED, count=staff.pk)
    return True


@transaction.atomic
def reset_keys(*, actor: Actor, staff: Staff, uai: str = NO_SCHOOL) -> None:
    """Forget the person's keys and codes, close the sessions: the next sign-in records a new key."""
    for means in (OtpKey, SecurityKey, RecoverySheet):
        means.objects.filter(user=staff).delete()
    close_sessions(staff_id=staff.pk)
    record(actor=actor, event=Event.OTP_RESET, uai=uai, count=staff.pk)
