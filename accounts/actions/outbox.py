"""Mails that are still to go: written down with what they tell, so that no broker or mail server can lose one.

A mail is a row, and goes when the row is deleted: both in one transaction. A server that is away puts it off, a longer
time at each try, for three days. A worker that dies between the server's word and ours sends it again under the same
Message-ID.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from smtplib import SMTPConnectError, SMTPException, SMTPServerDisconnected
from typing import TypeAlias
from uuid import UUID

import structlog
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Count, Min
from django.utils import timezone

from accounts.models import Mail
from educonnect_admin.toolkit.crypto import seal_text, unseal_text
from educonnect_admin.toolkit.mails import carried_as

log = structlog.get_logger(__name__)

ADDRESS = "mail-address"
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
KEPT = timedelta(days=3)
LATE = timedelta(minutes=10)
"""From when on a mail that waits is told to heads: what delays it is no longer a moment's."""


Told: TypeAlias = str | int | bool
"""What a mail's row may hold of each thing: ids, counts, names of kinds."""


class MailKind(StrEnum):
    """What a mail tells."""

    ACTIVATION_LINK = "activation_link"
    CAP = "cap"
    DELEGATION = "delegation"
    EMAIL_LINK = "email_link"
    HOLDER_CODE = "holder_code"
    HOLDER_EMAIL = "holder_email"
    HOLDER_EMAIL_OLD = "holder_email_old"
    HOLDER_LINK = "holder_link"
    HOLDER_REMINDER = "holder_reminder"
    HOLDER_NOTICE = "holder_notice"
    INVITATION = "invitation"
    JOURNAL = "journal"
    KEY_CHANGE = "key_change"
    MAILED_LINK = "mailed_link"
    PASSWORD_LINK = "password_link"  # noqa: S105  # a kind's name
    PASSWORD_NOTICE = "password_notice"  # noqa: S105  # a kind's name
    SETTINGS = "settings"


Senders = Mapping[MailKind, Callable[..., None]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many mails wait longer than they should, and since when."""

    number: int
    since: datetime


def seal_address(email: str, *, bound_to: bytes) -> str:
    """An address that no account holds yet, or any more, as a mail's row or a link may carry it."""
    return seal_text(settings.CONSOLE_KEYS, ADDRESS, email, bound_to=bound_to)


def open_address(sealed: str, *, bound_to: bytes) -> str:
    """The address back; SealBrokenError for one that was sealed for something else."""
    return unseal_text(settings.CONSOLE_KEYS, ADDRESS, sealed, bound_to=bound_to)


def queue_mail(*, kind: MailKind, **about: Told) -> None:
    """Write a mail down in the running transaction: what is undone is not told. `about`: ids, never a secret."""
    Mail.objects.create(kind=kind.value, about=about)


def queue_mails(*, kind: MailKind, abouts: Sequence[dict[str, str]]) -> list[UUID]:
    """The same for many, and the names that they will go under."""
    mails = [Mail(kind=kind.value, about=about) for about in abouts]
    Mail.objects.bulk_create(mails, batch_size=1000)
    return [mail.pk for mail in mails]


def deliver_due(*, senders: Senders) -> int:
    """Send what is due, the longest due first; how many went. Ends at once where the server is away."""
    sent = 0
    while (outcome := _deliver_next(senders)) is not None:
        sent += outcome is Outcome.SENT
        if outcome is Outcome.SERVER_AWAY:
            break
    return sent


class Outcome(StrEnum):
    """What came of one mail."""

    SENT = "sent"
    PUT_OFF = "put_off"
    SERVER_AWAY = "server_away"


@transaction.atomic
def _deliver_next(senders: Senders) -> Outcome | None:
    """The next mail that nobody else is sending; None without one."""
    due = Mail.objects.filter(due_at__lte=timezone.now()).order_by("due_at")
    mail = due.select_for_update(skip_locked=True).first()
    if mail is None:
        return None
    try:
        with transaction.atomic(), carried_as(mail.pk):
            senders[MailKind(mail.kind)](**mail.about)
    except ObjectDoesNotExist:
        log.info("mail_without_reason", kind=mail.kind, mail=str(mail.pk))
    except Exception as error:
        _put_off(mail, error)
        return Outcome.SERVER_AWAY if _is_away(error) else Outcome.PUT_OFF
    mail.delete()
    return Outcome.SENT


def _is_away(error: Exception) -> bool:
    """Whether no other mail would go either: the server itself does not answer."""
    told = isinstance(error, SMTPException) and not isinstance(error, SMTPConnectError | SMTPServerDisconnected)
    return isinstance(error, OSError) and not told


def _put_off(mail: Mail, error: Exception) -> None:
    """Later, and longer each time. The error's words may hold an address: its kind alone is logged."""
    now, told = timezone.now(), {"kind": mail.kind, "mail": str(mail.pk), "error": type(error).__name__}
    if now - mail.created_at > KEPT:
        log.error("mail_given_up", **told)
        mail.delete()
        return
    mail.due_at = now + min(FIRST_PAUSE * 2 ** min(mail.tries, 10), LONGEST_PAUSE)
    mail.tries += 1
    mail.save(update_fields=["due_at", "tries"])
    log.warning("mail_put_off", **told, tries=mail.tries)


def late_mails(now: datetime) -> Waiting | None:
    """What waits for too long, whoever it is for; None where nothing does."""
    found = Mail.objects.filter(created_at__lt=now - LATE).aggregate(number=Count("pk"), since=Min("created_at"))
    return Waiting(**found) if found["number"] else None
