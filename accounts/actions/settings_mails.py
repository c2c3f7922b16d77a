"""What the other heads of a school are told when who comes in, and from where, is set otherwise."""

from django.template.loader import render_to_string

from accounts.models import School, Staff
from educonnect_admin.toolkit.mails import post


def send_settings(*, school: School, changed_by: Staff, to: Staff) -> None:
    """Mail one of them, with the settings as they stand now."""
    context = {"school": school, "changed_by": changed_by, "to": to}
    body = render_to_string("mails/settings.txt", context)
    post("Les réglages d’accès de l’établissement ont changé", body, to.email)
