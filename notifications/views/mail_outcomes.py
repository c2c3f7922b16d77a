"""What became of the mails that a run sent in place of letters, in words, and what to do next for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from accounts.actions.mailed_links import REPLACED
from accounts.actions.outbox import KEPT
from accounts.enums import AccountState, LinkState
from accounts.models import MailedLink
from notifications.models import Run

NEVER_WENT = "Non parti\u00a0: le serveur de messagerie ne répondait pas"
EXPIRED = "Lien expiré"
UNDELIVERED = LinkState.FAILED.label

PRINT = "Imprimez son courrier"
AGAIN = "Renotifiez ce compte pour imprimer un courrier"
"""Once the passwords of the run are destroyed."""


@dataclass(frozen=True, slots=True)
class MailOutcome:
    """`label` is the same for all who share it; `reason` and `advice` are of this one, and may be empty."""

    label: str
    reason: str = ""
    advice: str = ""

    @property
    def words(self) -> str:
        return f"{self.label} ({self.reason})" if self.reason else self.label

    @property
    def is_lost(self) -> bool:
        return self.label in (UNDELIVERED, NEVER_WENT)


def mails_of(run: Run) -> dict[UUID | None, MailedLink]:
    """The newest link of each account. One query."""
    found = MailedLink.objects.filter(school=run.school_id, run=run.pk).order_by("asked_at")
    return {link.student_id or link.guardian_id: link for link in found}


def outcomes(run: Run, links: Mapping[UUID | None, MailedLink], states: Mapping[UUID, str]) -> dict[UUID, MailOutcome]:
    """Of the accounts in `states` (state by account) that a mail was asked for."""
    now = timezone.now()
    return {
        account: outcome(links[account], state, now, run.has_payload)
        for account, state in states.items()
        if account in links
    }


def outcome(link: MailedLink, state: str, now: datetime, can_print: bool) -> MailOutcome:
    on_paper = PRINT if can_print else AGAIN
    if state == AccountState.ACTIVATED:
        return MailOutcome(AccountState.ACTIVATED.label)
    if link.state == LinkState.WAITING and link.asked_at < now - KEPT:
        return MailOutcome(NEVER_WENT, advice=f"Envoyez-le de nouveau. Sinon\u00a0: {on_paper.lower()}.")
    if link.state == LinkState.FAILED and (link.reason == REPLACED or state != AccountState.NOTIFIED):
        return MailOutcome(UNDELIVERED, link.reason)
    if link.state == LinkState.FAILED:
        return MailOutcome(UNDELIVERED, link.reason, f"{on_paper}. Corrigez l’adresse électronique sur sa fiche.")
    if link.state == LinkState.SENT and link.expires_at and link.expires_at < now:
        return MailOutcome(EXPIRED, advice=f"{on_paper}, ou envoyez un autre lien.")
    return MailOutcome(LinkState(link.state).label)
