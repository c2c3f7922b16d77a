"""What is forgotten in time, deliveries, and mails. The broker is a bell: losing it loses nothing, sweeps come by."""

from collections.abc import Collection
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import structlog
from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings
from django.utils import timezone

from accounts.actions.closing import close_due_accounts
from accounts.actions.delegation_mails import Change
from accounts.actions.delivery_reports import read_reports
from accounts.actions.feeds.folder import look_into
from accounts.actions.feeds.uploads import forget_feeds, waiting_feeds, work_on
from accounts.actions.holder_emails import NewEmail
from accounts.actions.holder_identifiers import BOUND_TO
from accounts.actions.holder_sign_ins import forget_of_holders
from accounts.actions.journal import SYSTEM, Actor
from accounts.actions.key_mails import KeyChange
from accounts.actions.mailed_links import ask_links
from accounts.actions.mailing import SENDERS
from accounts.actions.oidc import forget_oidc
from accounts.actions.outbox import MailKind, Told, deliver_due, queue_mail, seal_address
from accounts.actions.seals import chains, seal_heads
from accounts.actions.sign_in import DAY as TRIES_KEPT
from accounts.actions.verification import watch_chain as verify_chain
from accounts.actions.verification import watch_seals
from accounts.enums import AccountState, Population, Role
from accounts.models import (
    Feed,
    Guardian,
    Heartbeat,
    KnownAddress,
    Mandate,
    School,
    SignInTry,
    Staff,
    StaffSession,
    Student,
)
from educonnect_admin.toolkit.bells import ring_after_commit

log = structlog.get_logger(__name__)

NOBODY = 0
"""In place of a person's id: what is asked for an unknown identifiant does the same work."""

FEED_STUCK_SECONDS = 60
"""From when on nobody is thought to work on a delivery. One that is only slow is locked: twice does no harm."""


ADDRESSES_KEPT = timedelta(days=365)

FEED_FOLDER_LIMIT = 4 * 3600
"""Seconds: an académie's delivery takes its time, and nobody waits for it."""


@shared_task
def process_feed(feed_id: str, uai: str) -> None:
    """Read or apply a delivery that a school's page brought."""
    work_on(feed_id=UUID(feed_id), uai=uai)


@shared_task
def sweep_feeds() -> None:
    """Queue again the deliveries that nobody works on: their worker died, or the bell was lost."""
    for feed_id, uai in waiting_feeds(FEED_STUCK_SECONDS):
        process_feed.delay(str(feed_id), uai)


@shared_task(time_limit=FEED_FOLDER_LIMIT)
def watch_feed_folder() -> None:
    """Apply what was dropped in the watched folder, if there is one, and no longer grows."""
    if settings.FEED_FOLDER:
        quiet = timedelta(seconds=settings.FEED_FOLDER_SECONDS)
        look_into(Path(settings.FEED_FOLDER), timezone.now(), quiet)


def ring_feed(feed: Feed) -> None:
    """Tell a worker of the delivery once the running transaction is committed; else the sweep comes by."""
    bell = partial(process_feed.delay, str(feed.pk), feed.school_id)
    ring_after_commit(bell, unheard="feed_bell_is_silent", feed=str(feed.pk))


@shared_task
def note_beat() -> None:
    """Beat asked for it and a worker did it: both live."""
    Heartbeat.objects.update_or_create(name="beat", defaults={"at": timezone.now()})


@shared_task
def forget() -> None:
    """Tries to sign in that no longer slow anybody down, addresses long unused, and sessions that have ended."""
    now = timezone.now()
    KnownAddress.objects.filter(last_at__lt=now - ADDRESSES_KEPT).delete()
    SignInTry.objects.filter(at__lt=now - TRIES_KEPT).delete()
    forget_feeds()
    forget_oidc(now=now)
    forget_of_holders()
    StaffSession.objects.filter(expire_date__lt=now).delete()


@shared_task
def close_accounts() -> None:
    """Close what has been leaving for 90 days, school by school: each is a transaction of its own."""
    now = timezone.now()
    for school in School.objects.order_by("uai"):
        closed = close_due_accounts(actor=SYSTEM, school=school, now=now)
        if closed:
            log.info("accounts_closed", count=closed, school=school.uai)


@shared_task
def seal_journal() -> None:
    """Seal the heads of all chains outside the base. A folder that cannot be written to fails loudly, in the log."""
    log.info("journal_sealed", count=seal_heads(folder=settings.JOURNAL_SEALS))


@shared_task
def watch_journal() -> None:
    """Compare every chain with its seals; verify each in a task of its own: a long one keeps nobody waiting."""
    watch_seals(folder=settings.JOURNAL_SEALS)
    for uai in chains():
        watch_chain.delay(uai)


@shared_task
def watch_chain(uai: str) -> None:
    verify_chain(uai=uai)


@shared_task
def send_mails() -> None:
    """Send what is due: at a bell, at the worker's start, and at beat's sweep twice a minute."""
    deliver_due(senders=SENDERS)


@shared_task
def read_mail_reports() -> None:
    """Note which mails did not arrive, from the folder or the mailbox of the settings, if there is one."""
    if settings.MAIL_REPORTS:
        failed = read_reports(settings.MAIL_REPORTS)
        if failed:
            log.info("mails_not_delivered", count=failed)


@worker_ready.connect
def send_mails_at_start(**_: object) -> None:
    send_mails.delay()


def tell_settings(uai: str, changed_by: int) -> None:
    """Mail the other heads of the school."""
    heads = Mandate.objects.live().filter(school=uai, role=Role.HEAD).exclude(staff=changed_by)
    for recipient in heads.values_list("staff", flat=True).distinct():
        _tell(MailKind.SETTINGS, uai=uai, changed_by=changed_by, recipient=recipient)


def tell_delegation(mandate: Mandate, change: Change, head: int) -> None:
    """Mail the delegate and the head: a mail a person, so that trying again repeats nobody's."""
    for recipient in (mandate.staff_id, head):
        _tell(MailKind.DELEGATION, mandate=mandate.pk, change=change.value, recipient=recipient)


def tell_invited(staff: Staff, base_url: str) -> None:
    """Mail the link to choose a first password. It is made when the mail goes, and is kept nowhere."""
    _tell(MailKind.INVITATION, staff=staff.pk, base_url=base_url)


def tell_email_link(account: Student | Guardian, uai: str, base_url: str) -> None:
    """Mail the holder the link that confirms the address; a guardian who waits for it, the one that activates."""
    if isinstance(account, Guardian) and account.state == AccountState.ACTIVATING:
        tell_activation_link(account.pk, uai, base_url)
    elif isinstance(account, Guardian):
        _tell(MailKind.EMAIL_LINK, guardian=str(account.pk), uai=uai, base_url=base_url)
    else:
        _tell(MailKind.EMAIL_LINK, student=str(account.pk), uai=uai, base_url=base_url)


def tell_activation_link(guardian: UUID, uai: str, base_url: str) -> None:
    """Mail a guardian the link that ends the activation. It is made when the mail goes, and is kept nowhere."""
    _tell(MailKind.ACTIVATION_LINK, guardian=str(guardian), uai=uai, base_url=base_url)


def tell_links(
    actor: Actor, uai: str, run: UUID, population: Population, accounts: Collection[UUID], base_url: str
) -> int:
    """Mail a link in place of a letter to each of these who can be reached; how many."""
    number = ask_links(actor=actor, uai=uai, run=run, population=population, accounts=accounts, base_url=base_url)
    ring_after_commit(send_mails.delay, unheard="mail_bell_is_silent", kind=MailKind.MAILED_LINK.value)
    return number


def tell_holder_link(whom: dict[str, str], base_url: str) -> None:
    """Mail a holder the link to choose a new password, if there is such a holder with a confirmed address."""
    _tell(MailKind.HOLDER_LINK, **whom, base_url=base_url)


def tell_holder_code(whom: dict[str, str]) -> None:
    """Send a guardian the code by which a new password is chosen, if there is such a guardian with a mobile."""
    _tell(MailKind.HOLDER_CODE, **whom)


def tell_holder_identifiers(email: str) -> None:
    """Mail the identifiants of whichever accounts have confirmed this address, which is sealed: nobody's yet."""
    _tell(MailKind.HOLDER_REMINDER, asked=seal_address(email, bound_to=BOUND_TO))


def tell_email_choice(new: NewEmail, base_url: str) -> None:
    """Mail the link that puts the new address in force, to that address."""
    told = {"account": str(new.account), "population": new.population.value, "uai": new.uai}
    _tell(MailKind.HOLDER_EMAIL, **told, sealed=new.sealed, mark=new.mark, base_url=base_url)


def tell_former_email(population: Population, account: UUID, email: str, *, is_done: bool) -> None:
    """Tell the former address that another is asked for, or has taken its place. It is sealed: it soon is nobody's."""
    sealed = seal_address(email, bound_to=account.bytes)
    told = {"account": str(account), "population": population.value, "sealed": sealed}
    _tell(MailKind.HOLDER_EMAIL_OLD, **told, is_done=is_done)


def tell_holder_changed(population: Population, account: UUID) -> None:
    """Tell the holder that the password is another."""
    _tell(MailKind.HOLDER_NOTICE, account=str(account), population=population.value)


def tell_key_change(staff: Staff, change: KeyChange) -> None:
    """Tell the person that a key or a code is another, or has served."""
    _tell(MailKind.KEY_CHANGE, staff=staff.pk, change=change.value)


def tell_password_link(staff: int, base_url: str) -> None:
    """Mail the link to choose a new password."""
    _tell(MailKind.PASSWORD_LINK, staff=staff, base_url=base_url)


def tell_password_changed(staff: Staff) -> None:
    """Tell the person that the password is another."""
    _tell(MailKind.PASSWORD_NOTICE, staff=staff.pk)


def _tell(kind: MailKind, **about: Told) -> None:
    """Write the mail down in the running transaction; a worker is told after the commit, else the sweep comes by."""
    queue_mail(kind=kind, **about)
    ring_after_commit(send_mails.delay, unheard="mail_bell_is_silent", kind=kind.value)
