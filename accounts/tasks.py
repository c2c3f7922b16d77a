"""What is forgotten in time, and mails: a mail server that is down delays them, and stops nobody."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from accounts.actions.delegation_mails import Change, send_delegation
from accounts.actions.feeds.uploads import forget_feeds, waiting_feeds, work_on
from accounts.actions.key_mails import KeyChange, send_key_change
from accounts.actions.passwords import send_password_link, send_password_notice
from accounts.actions.seals import seal_heads
from accounts.actions.settings_mails import send_settings
from accounts.actions.staff import send_invitation
from accounts.actions.students import send_email_link
from accounts.enums import Role
from accounts.models import Feed, Mandate, School, SignInTry, Staff, StaffSession
from educonnect_admin.toolkit.bells import ring_after_commit

log = structlog.get_logger(__name__)

TRIES_KEPT = timedelta(days=1)
NOBODY = 0
"""In place of a person's id: what is asked for an unknown identifiant does the same work."""
MAILED_AGAIN = {
    "autoretry_for": (OSError,),
    "retry_backoff": 30,
    "retry_backoff_max": 3600,
    "max_retries": 24,
}
"""A mail that does not leave is tried again for most of a day. (smtplib's errors are OSErrors.)"""


FEED_STUCK_SECONDS = 60
"""From when on nobody is thought to work on a delivery. One that is only slow is locked: twice does no harm."""


@shared_task
def process_feed(feed_id: str, uai: str) -> None:
    """Read or apply a delivery that a school's page brought."""
    work_on(feed_id=UUID(feed_id), uai=uai)


@shared_task
def sweep_feeds() -> None:
    """Queue again the deliveries that nobody works on: their worker died, or the bell was lost."""
    for feed_id, uai in waiting_feeds(FEED_STUCK_SECONDS):
        process_feed.delay(str(feed_id), uai)


def ring_feed(feed: Feed) -> None:
    """Tell a worker of the delivery once the running transaction is committed; else the sweep comes by."""
    bell = partial(process_feed.delay, str(feed.pk), feed.school_id)
    ring_after_commit(bell, unheard="feed_bell_is_silent", feed=str(feed.pk))


@shared_task
def forget() -> None:
    """Tries to sign in that no longer slow anybody down, and sessions that have ended."""
    now = timezone.now()
    SignInTry.objects.filter(at__lt=now - TRIES_KEPT).delete()
    forget_feeds()
    StaffSession.objects.filter(expire_date__lt=now).delete()


@shared_task
def seal_journal() -> None:
    """Seal the heads of all chains outside the base. A folder that cannot be written to fails loudly, in the log."""
    log.info("journal_sealed", count=seal_heads(folder=settings.JOURNAL_SEALS))


@shared_task(**MAILED_AGAIN)
def mail_delegation(mandate: int, change: str, recipient: int) -> None:
    """Tell one person of a change to a delegation: a task a person, so that trying again repeats nobody's mail."""
    send_delegation(mandate=Mandate.objects.get(pk=mandate), change=Change(change), recipient=recipient)


@shared_task(**MAILED_AGAIN)
def mail_invitation(staff: int, base_url: str) -> None:
    """The link is made here: it is in no message of the broker's."""
    send_invitation(staff=Staff.objects.get(pk=staff), base_url=base_url)


@shared_task(**MAILED_AGAIN)
def mail_settings(uai: str, changed_by: int, recipient: int) -> None:
    send_settings(
        school=School.objects.get(pk=uai),
        changed_by=Staff.objects.get(pk=changed_by),
        to=Staff.objects.get(pk=recipient),
    )


def tell_settings(uai: str, changed_by: int) -> None:
    """Mail the other heads of the school once the running transaction is committed."""
    heads = Mandate.objects.live().filter(school=uai, role=Role.HEAD).exclude(staff=changed_by)
    for recipient in heads.values_list("staff", flat=True).distinct():
        _after_commit(partial(mail_settings.delay, uai, changed_by, recipient))


def tell_delegation(mandate: Mandate, change: Change, head: int) -> None:
    """Mail the delegate and the head once the running transaction is committed."""
    for recipient in (mandate.staff_id, head):
        _after_commit(partial(mail_delegation.delay, mandate.pk, change.value, recipient))


def tell_invited(staff: Staff, base_url: str) -> None:
    """Mail the link to choose a password once the running transaction is committed."""
    _after_commit(partial(mail_invitation.delay, staff.pk, base_url))


@shared_task(**MAILED_AGAIN)
def mail_password_link(staff: int, base_url: str) -> None:
    """The link is made here: it is in no message of the broker's."""
    person = Staff.objects.filter(pk=staff, is_active=True).first()
    if person is not None:
        send_password_link(staff=person, base_url=base_url)


@shared_task(**MAILED_AGAIN)
def mail_password_notice(staff: int) -> None:
    send_password_notice(staff=Staff.objects.get(pk=staff))


@shared_task(**MAILED_AGAIN)
def mail_email_link(student: str, uai: str, base_url: str) -> None:
    """The link is made here: it is in no message of the broker's."""
    send_email_link(student=UUID(student), uai=uai, base_url=base_url)


def tell_email_link(student: UUID, uai: str, base_url: str) -> None:
    """Mail the holder of a pupil's account the link that confirms its address, after the commit."""
    _after_commit(partial(mail_email_link.delay, str(student), uai, base_url))


@shared_task(**MAILED_AGAIN)
def mail_key_change(staff: int, change: str) -> None:
    send_key_change(staff=Staff.objects.get(pk=staff), change=KeyChange(change))


def tell_key_change(staff: Staff, change: KeyChange) -> None:
    """Tell the person, once the running transaction is committed, that a key or a code is another, or has served."""
    _after_commit(partial(mail_key_change.delay, staff.pk, change.value))


def tell_password_link(staff: int, base_url: str) -> None:
    """Mail the link to choose a new password once the running transaction is committed."""
    _after_commit(partial(mail_password_link.delay, staff, base_url))


def tell_password_changed(staff: Staff) -> None:
    """Tell the person, once the running transaction is committed, that the password is another."""
    _after_commit(partial(mail_password_notice.delay, staff.pk))


def _after_commit(mail: Callable[[], object]) -> None:
    ring_after_commit(mail, unheard="mail_not_queued")
