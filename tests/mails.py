"""The mails that wait, sent as the worker sends them."""

from django.core import mail
from django.core.mail import EmailMessage

from accounts.actions.mailing import SENDERS
from accounts.actions.outbox import deliver_due


def posted() -> list[EmailMessage]:
    """Send what is due; all that has gone in this test."""
    deliver_due(senders=SENDERS)
    return mail.outbox
