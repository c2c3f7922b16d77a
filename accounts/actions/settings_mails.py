"""What the other heads of a school are told when who comes in, and from where, is set otherwise."""

from django.core.mail import send_mail
from django.template.loader import render_to_string

from accounts.models import School, Staff


def send_settings(*, school: School, changed_by: Staff, to: Staff) -> None:
    """Mail one of them, with the settings as they stand now."""
    context = {"school": school, "changed_by": changed_by, "to": to}
    body = render_to_string("mails/settings.txt", context)
    send_mail("Les réglages d’accès de l’établissement ont changé", body, None, [to.email])
