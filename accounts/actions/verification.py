"""Whether a school's journal is still what was written: its chain computed again, and compared with its seals.

Each night for every chain (CNIL 2021-122: alert on any tampering), and by `manage.py verify_journal`.
"""

from collections import deque
from pathlib import Path

import structlog
from django.template.loader import render_to_string

from accounts.actions.outbox import MailKind, queue_mail
from accounts.actions.purge import is_sealed
from accounts.actions.seals import BrokenSealError, Seal, read_seals
from accounts.chain import entry_hash
from accounts.enums import Role
from accounts.models import JournalCheckpoint, JournalEntry, JournalHead, Mandate, School, Staff
from educonnect_admin.toolkit.mails import post
from educonnect_admin.toolkit.scope import reading

log = structlog.get_logger(__name__)

COMPARED = 100
"""So many of a chain's last seals are looked at each night: four days' worth. The command looks at all."""


def first_fault(uai: str) -> str:
    """What is wrong with a school's chain, or ""."""
    with reading(uai):
        head = JournalHead.objects.filter(uai=uai).first()
        since = JournalCheckpoint.objects.filter(uai=uai).order_by("-sequence").first()
        sequence, previous = 0, b""
        if since is not None:
            sequence, previous = since.sequence, bytes(since.hash)
            if not is_sealed(uai, sequence, previous, bytes(since.seal)):
                return f"{uai}: the checkpoint at entry {sequence} is not sealed with a key of ours"
        for entry in JournalEntry.objects.filter(uai=uai).order_by("sequence").iterator():
            sequence += 1
            if entry.sequence != sequence:
                return f"{uai}: entry {sequence} is missing"
            if bytes(entry.previous_hash) != previous or bytes(entry.hash) != entry_hash(previous, entry):
                return f"{uai}: entry {sequence} ({entry.event}) was changed"
            previous = bytes(entry.hash)
        if head is None and sequence:
            return f"{uai}: the head is missing, {sequence} entries are there"
        if head is not None and (head.sequence != sequence or bytes(head.hash) != previous):
            return f"{uai}: the last entries are missing, {head.sequence} were written and {sequence} are there"
    return ""


def first_unsealed(uai: str, seals: list[Seal]) -> str:
    """The first entry of a chain that is not what a seal says it was, or ""; entries that were purged are past it."""
    with reading(uai):
        since = JournalCheckpoint.objects.filter(uai=uai).order_by("-sequence").first()
        numbers = [seal.sequence for seal in seals]
        there = dict(JournalEntry.objects.filter(uai=uai, sequence__in=numbers).values_list("sequence", "hash"))
        if since is not None:
            there[since.sequence] = since.hash
    for seal in sorted(seals, key=lambda seal: seal.sequence):
        found = there.get(seal.sequence)
        if found is None and (since is None or seal.sequence > since.sequence):
            return f"{uai}: entry {seal.sequence} is missing, sealed on {seal.at}"
        if found is not None and bytes(found).hex() != seal.hash:
            return f"{uai}: entry {seal.sequence} or one before it was rewritten, sealed on {seal.at}"
    return ""


def watch_chain(*, uai: str) -> str:
    """What is wrong with a chain in itself, or ""."""
    fault = first_fault(uai)
    if fault:
        raise_alarm(uai=uai, fault=fault)
    return fault


def watch_seals(*, folder: Path) -> list[str]:
    """What the last seals say otherwise, of every chain. A line that is no seal of ours is a fault of its own."""
    last: dict[str, deque[Seal]] = {}
    try:
        for seal in read_seals(folder, months=2):
            last.setdefault(seal.uai, deque(maxlen=COMPARED)).append(seal)
    except BrokenSealError as error:
        log.error("seals_do_not_hold", fault=str(error))
        return [str(error)]
    faults = []
    for uai, seals in last.items():
        if fault := first_unsealed(uai, list(seals)):
            raise_alarm(uai=uai, fault=fault)
            faults.append(fault)
    return faults


def raise_alarm(*, uai: str, fault: str) -> None:
    log.error("journal_does_not_hold", uai=uai, fault=fault)
    heads = Mandate.objects.live().filter(school=uai, role=Role.HEAD)
    for recipient in heads.order_by("staff").values_list("staff", flat=True).distinct():
        queue_mail(kind=MailKind.JOURNAL, uai=uai, recipient=recipient)


def send_journal_alarm(*, uai: str, recipient: int) -> None:
    """Mail it to one head. What is wrong is the operator's to read: it may say what somebody hides."""
    to = Staff.objects.get(pk=recipient)
    body = render_to_string("mails/journal.txt", {"school": School.objects.get(pk=uai), "to": to})
    post("Le journal de l’établissement ne se vérifie plus", body, to.email)
