"""What a person is told of each change to the means of signing in: if it was not them, they know at once."""

from enum import StrEnum

from django.template.loader import render_to_string

from accounts.actions.keys import means_of
from accounts.models import Staff
from educonnect_admin.toolkit.mails import post


class KeyChange(StrEnum):
    """What happened."""

    CODE_USED = "code_used"
    CODES_WRITTEN = "codes_written"
    OTP_REPLACED = "otp_replaced"
    SECURITY_KEY_ADDED = "security_key_added"
    SECURITY_KEY_REMOVED = "security_key_removed"
    RESET = "reset"


SUBJECTS = {
    KeyChange.CODE_USED: "Un code de secours a servi à vous connecter",
    KeyChange.CODES_WRITTEN: "Vos codes de secours ont été renouvelés",
    KeyChange.OTP_REPLACED: "Votre clé OTP a été remplacée",
    KeyChange.SECURITY_KEY_ADDED: "Une clé de sécurité a été ajoutée",
    KeyChange.SECURITY_KEY_REMOVED: "Une clé de sécurité a été retirée",
    KeyChange.RESET: "Votre clé a été effacée",
}


def send_key_change(*, staff: Staff, change: KeyChange) -> None:
    """Mail it. It holds no code and no name of a key."""
    context = {"staff": staff, "what": SUBJECTS[change], "change": change.value, "left": means_of(staff.pk).codes_left}
    post(SUBJECTS[change], render_to_string("mails/key_change.txt", context), staff.email)
