"""Mails about a member of staff's password: the link for who forgot it, and the notice that it was changed."""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.actions.journal import SYSTEM, Event, record
from accounts.models import Staff
from educonnect_admin.toolkit.mails import post


@transaction.atomic
def send_password_link(*, staff: Staff, base_url: str) -> None:
    """Mail a link to choose a new password, alive for 72 hours. It ends with its first use, or with a sign-in."""
    record(actor=SYSTEM, event=Event.PASSWORD_LINK_SENT, count=staff.pk)
    uid, token = urlsafe_base64_encode(force_bytes(staff.pk)), default_token_generator.make_token(staff)
    context = {
        "staff": staff,
        "link": f"{base_url.rstrip('/')}/mot-de-passe/{uid}/{token}/",
        "hours": settings.PASSWORD_RESET_TIMEOUT // 3600,
    }
    body = render_to_string("mails/password_link.txt", context)
    post("Choisir un nouveau mot de passe", body, staff.email)


def send_password_notice(*, staff: Staff) -> None:
    """Tell a person that their password was changed: if it was not them, they know at once (CNIL 2022-100)."""
    body = render_to_string("mails/password_notice.txt", {"staff": staff})
    post("Votre mot de passe a été changé", body, staff.email)
