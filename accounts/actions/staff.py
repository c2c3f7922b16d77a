"""Staff: invited by mail, they choose their first password themselves."""

import itertools
from contextlib import suppress

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.actions.feeds.naming import username_root
from accounts.actions.journal import Actor, Event, record
from accounts.actions.outbox import MailKind, queue_mail
from accounts.actions.sessions import close_sessions
from accounts.models import Staff
from educonnect_admin.toolkit.mails import post
from educonnect_admin.toolkit.text import fold


@transaction.atomic
def invite(*, actor: Actor, username: str, first_name: str, last_name: str, email: str, base_url: str) -> Staff:
    """A new member of staff without a password, who gets a single-use link to choose one, alive for 72 hours."""
    staff = add_staff(actor=actor, username=username, first_name=first_name, last_name=last_name, email=email)
    queue_mail(kind=MailKind.INVITATION, staff=staff.pk, base_url=base_url)
    return staff


@transaction.atomic
def add_staff(*, actor: Actor, username: str, first_name: str, last_name: str, email: str) -> Staff:
    """A new member of staff who cannot sign in before choosing a password."""
    staff = Staff(username=username.strip().lower(), first_name=first_name, last_name=last_name, email=email)
    staff.set_unusable_password()
    staff.full_clean(exclude=["password", "export_columns"])
    staff.save()
    record(actor=actor, event=Event.STAFF_INVITED, count=staff.pk)
    return staff


@transaction.atomic
def known_or_added(*, actor: Actor, first_name: str, last_name: str, email: str) -> tuple[Staff, bool]:
    """The member of staff with this address and this name, or a new one; whether it is new.

    Both must agree: an address alone would say who is behind it, and two people may share one.
    """
    for staff in Staff.objects.filter(email__iexact=email, is_active=True).order_by("pk"):
        if fold(staff.last_name) == fold(last_name) and fold(staff.first_name) == fold(first_name):
            return staff, False
    return _named(actor, first_name, last_name, email), True


def _named(actor: Actor, first_name: str, last_name: str, email: str) -> Staff:
    """Under the first free identifiant made from the name. Taken meanwhile by another request: the next one."""
    root = username_root(first_name, last_name)
    for number in itertools.count(1):
        username = root if number == 1 else f"{root}{number}"
        if Staff.objects.filter(username=username).exists():
            continue
        with suppress(IntegrityError), transaction.atomic():
            return add_staff(actor=actor, username=username, first_name=first_name, last_name=last_name, email=email)
    raise AssertionError("unreachable: numbers never end")


def send_invitation(*, staff: Staff, base_url: str) -> None:
    """Mail the link. It holds no password, and ends with its first use."""
    uid, token = urlsafe_base64_encode(force_bytes(staff.pk)), default_token_generator.make_token(staff)
    context = {
        "staff": staff,
        "link": f"{base_url.rstrip('/')}/invitation/{uid}/{token}/",
        "hours": int(settings.INVITATION_LIFE.total_seconds() // 3600),
    }
    body = render_to_string("mails/invitation.txt", context)
    post("Votre accès à l’administration des comptes EduConnect", body, staff.email)


@transaction.atomic
def choose_password(*, actor: Actor, staff: Staff, password: str) -> None:
    """Set the password; links made before it are void, and all sessions closed."""
    staff.set_password(password)
    staff.save(update_fields=["password"])
    close_sessions(staff_id=staff.pk)
    record(actor=actor, event=Event.PASSWORD_CHOSEN, count=staff.pk)


@transaction.atomic
def disable(*, actor: Actor, staff: Staff) -> None:
    """Close the access for good, and the sessions."""
    staff.is_active = False
    staff.save(update_fields=["is_active"])
    close_sessions(staff_id=staff.pk)
    record(actor=actor, event=Event.STAFF_DISABLED, count=staff.pk)
