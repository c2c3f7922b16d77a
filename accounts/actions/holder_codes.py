"""A forgotten password, by text message: a code to the mobile that the school knows, for guardians alone.

Six digits, worth ten minutes and five tries, three codes an hour: a guesser has fifteen tries in a million an hour,
and is slowed down before (`accounts.actions.sign_in`). The right code gives the link that a mail would have brought.
"""

import secrets
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.actions.activation import seen_by_holder
from accounts.actions.credentials import find_account
from accounts.actions.holder_passwords import is_own, link_token
from accounts.actions.journal import SYSTEM, Event, count_since, record
from accounts.enums import Population
from accounts.models import Guardian, HolderCode
from educonnect_admin.toolkit.crypto import keyed_hash, matches
from educonnect_admin.toolkit.scope import holder_scope, scope
from educonnect_admin.toolkit.texts import send_text

PURPOSE = "holder-code"
LIFE = timedelta(minutes=10)
TRIES = 5
CODES_AN_HOUR = 3
"""To one account: messages cost, and nobody is to be woken by them."""


@transaction.atomic
def send_holder_code(*, account: UUID, population: Population, uai: str) -> None:
    """Send a fresh code, or nothing: whoever asked was told the same before."""
    holder = seen_by_holder(account, population)
    if not isinstance(holder, Guardian) or not holder.mobile or not is_own(holder):
        return
    school, now = holder.notified_by or uai, timezone.now()
    with scope(school):
        sent = count_since(now - timedelta(hours=1), event=Event.HOLDER_CODE_SENT, uai=school, target=account)
        if sent >= CODES_AN_HOUR:
            return
        record(actor=SYSTEM, event=Event.HOLDER_CODE_SENT, uai=school, target=account)
    code = f"{secrets.randbelow(10**6):06}"
    fresh = {"code_hash": _hash(account, code), "expires_at": now + LIFE, "tries": 0}
    with holder_scope(account):
        HolderCode.objects.update_or_create(account_id=account, defaults=fresh)
    with translation.override(holder.language or settings.LANGUAGE_CODE):
        told = _(
            "ÉduConnect : %(code)s est votre code pour choisir un nouveau mot de passe. Il vaut dix minutes."
            " Ne le donnez à personne."
        )
        send_text(holder.mobile, told % {"code": code})


@transaction.atomic
def link_for_code(*, username: str, code: str, now: datetime) -> str | None:
    """The token of a link to choose another password, once; None where the code is not the right one (any more).

    An unknown identifiant takes the same steps.
    """
    population, account_id, uai = find_account(username) or (Population.GUARDIANS, str(uuid4()), "")
    account = UUID(account_id)
    with holder_scope(account):
        kept = HolderCode.objects.select_for_update().filter(account_id=account).first()
        is_right = _try(kept, account, code, now)
        holder = Guardian.objects.filter(pk=account).first()
    if not is_right or holder is None or not is_own(holder):
        return None
    return link_token(holder, population, holder.notified_by or uai)


def _try(kept: HolderCode | None, account: UUID, code: str, now: datetime) -> bool:
    """Whether it is the code, which has then served. A wrong one costs a try."""
    if kept is None or kept.expires_at < now or kept.tries >= TRIES:
        return False
    if matches(settings.CONSOLE_KEYS, PURPOSE, bytes(kept.code_hash), account.bytes, code.encode()):
        kept.delete()
        return True
    kept.tries += 1
    kept.save(update_fields=["tries"])
    return False


def _hash(account: UUID, code: str) -> bytes:
    return keyed_hash(settings.CONSOLE_KEYS, PURPOSE, account.bytes, code.encode())
