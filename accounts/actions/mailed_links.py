"""By mail in place of paper: a link that opens the activation once, within 72 hours, and never a password.

The link is made when its mail goes. The base keeps its keyed hash, bound to the password in force: whatever renews,
voids or uses the account's letter ends the link with it.
"""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.actions.activation import Opened, mark_of
from accounts.actions.journal import SYSTEM, Actor, Event, record
from accounts.actions.outbox import KEPT, MailKind, queue_mails
from accounts.enums import AccountState, LinkState, Population
from accounts.models import Guardian, MailedLink, School, Student, account_model
from educonnect_admin.toolkit.crypto import keyed_hash, matches
from educonnect_admin.toolkit.mails import post
from educonnect_admin.toolkit.scope import school_transaction

LINK_HOURS = 72
PURPOSE = "mailed-link"
SALT = "accounts.mailed-link"
REPLACED = "le compte a été activé ou renotifié entre-temps, ou son adresse n’est plus confirmée"


def reachable(population: Population, accounts: Collection[UUID]) -> "QuerySet[Student] | QuerySet[Guardian]":
    """Those of these accounts that a link would reach: notified, with an address that its holder confirmed."""
    notified = account_model(population)._default_manager.filter(pk__in=accounts, state=AccountState.NOTIFIED)
    return notified.filter(email_confirmed_at__isnull=False).exclude(email="")


def on_their_way(uai: str, run: UUID) -> "QuerySet[MailedLink]":
    """The links of a run that may still be followed: whoever has one gets neither another nor a letter."""
    now = timezone.now()
    waiting = Q(state=LinkState.WAITING, asked_at__gt=now - KEPT)
    return MailedLink.objects.filter(waiting | Q(state=LinkState.SENT, expires_at__gt=now), school=uai, run=run)


@transaction.atomic
def ask_links(
    *, actor: Actor, uai: str, run: UUID, population: Population, accounts: Collection[UUID], base_url: str
) -> int:
    """Write down a mail for each that can be reached and has none of this run on its way; how many."""
    field = "guardian_id" if population is Population.GUARDIANS else "student_id"
    theirs = on_their_way(uai, run).values(field)
    chosen = reachable(population, accounts).exclude(pk__in=theirs).order_by("pk")
    links = [MailedLink(school_id=uai, run=run, **{field: account}) for account in chosen.values_list("pk", flat=True)]
    abouts = [{"link": str(link.pk), "uai": uai, "base_url": base_url} for link in links]
    for link, mail in zip(links, queue_mails(kind=MailKind.MAILED_LINK, abouts=abouts), strict=True):
        link.mail = mail
    MailedLink.objects.bulk_create(links, batch_size=1000)
    if links:
        record(actor=actor, event=Event.LINKS_ASKED, uai=uai, target=run, count=len(links))
    return len(links)


def send_link(*, link: UUID, uai: str, base_url: str) -> None:
    """Make the link and mail it. An address that the server refuses, or a letter that ended meanwhile, is told."""
    now = timezone.now()
    with school_transaction(uai):
        held = MailedLink.objects.select_for_update(of=("self",)).get(pk=link, state=LinkState.WAITING)
        account, expires_at = held.account, held.account.provisional_expires_at
        if expires_at is None or not _is_reached(held):
            return _fail(held, REPLACED)
        secret = secrets.token_urlsafe(32)
        held.link_hash = keyed_hash(settings.CONSOLE_KEYS, PURPOSE, secret.encode(), mark_of(account).encode())
        held.state, held.sent_at = LinkState.SENT, now
        held.expires_at = min(now + timedelta(hours=LINK_HOURS), expires_at)
        held.save()
        type(account)._default_manager.filter(pk=account.pk, distributed_on__isnull=True).update(
            distributed_on=timezone.localdate(timezone=held.school.zone)
        )
        token = signing.dumps([uai, held.pk.hex, secret], salt=SALT)
        address = f"{base_url.rstrip('/')}/activation/lien/{token}/"
        told = {"account": account, "school": held.school, "link": address, "hours": LINK_HOURS}
        try:
            post("Activer votre compte EduConnect", render_to_string("mails/mailed_link.txt", told), account.email)
        except SMTPRecipientsRefused as refused:
            ((code, _),) = refused.recipients.values()
            if code < 500:
                raise
            fail_link(held, "adresse refusée par le serveur de messagerie")
    return None


def _is_reached(link: MailedLink) -> bool:
    return reachable(link.population, [link.account.pk]).filter(notified_by=link.school_id).exists()


def _fail(link: MailedLink, reason: str) -> None:
    link.state, link.reason, link.link_hash = LinkState.FAILED, reason, None
    link.save()


def fail_link(link: MailedLink, reason: str) -> None:
    """Not delivered: the link opens nothing any more, and its letter counts as not handed over."""
    account = link.account
    theirs = type(account)._default_manager.filter(pk=account.pk, state=AccountState.NOTIFIED)
    theirs.filter(notified_by=link.school_id, notified_at__lte=link.asked_at).update(distributed_on=None)
    _fail(link, reason)
    record(actor=SYSTEM, event=Event.LINK_FAILED, uai=link.school_id, target=account.pk, detail=reason)


def is_open_link(token: str, now: datetime) -> bool:
    """Whether the link would open an activation now."""
    read = _read(token)
    if read is None:
        return False
    with school_transaction(read[0]):
        return _meant(*read, now) is not None


def use_link(*, actor: Actor, token: str, now: datetime) -> Opened | None:
    """What identifiant and provisional password would open, once."""
    read = _read(token)
    if read is None:
        return None
    with school_transaction(read[0]):
        link = _meant(*read, now)
        if link is None:
            return None
        link.state, link.used_at, link.link_hash = LinkState.USED, now, None
        link.save()
        record(actor=actor, event=Event.LINK_USED, uai=link.school_id, target=link.account.pk)
        return Opened(link.account.pk, link.school_id, mark_of(link.account), False, link.population)


def _read(token: str) -> tuple[str, UUID, str] | None:
    """School, link and secret; None for what was never given, or too long ago."""
    try:
        uai, link, secret = signing.loads(token, salt=SALT, max_age=LINK_HOURS * 3600)
    except signing.BadSignature:
        return None
    return (uai, UUID(link), secret) if School.objects.filter(pk=uai).exists() else None


def _meant(uai: str, pk: UUID, secret: str, now: datetime) -> MailedLink | None:
    waiting = MailedLink.objects.filter(school=uai, pk=pk, state=LinkState.SENT, expires_at__gt=now)
    link = waiting.select_for_update(of=("self",)).first()
    if link is None or link.account.state != AccountState.NOTIFIED:
        return None
    parts = (secret.encode(), mark_of(link.account).encode())
    return link if matches(settings.CONSOLE_KEYS, PURPOSE, bytes(link.link_hash or b""), *parts) else None
