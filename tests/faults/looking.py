"""Every account, run, page and entry looked at once the console has recovered."""

import time
from collections import Counter
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Count, QuerySet

from accounts import provisional
from accounts.actions.journal import Event
from accounts.actions.verification import first_fault
from accounts.enums import AccountState
from accounts.lifecycle import DONE, Outcome
from accounts.models import JournalEntry, Student
from educonnect_admin.toolkit.scope import school_transaction
from notifications.enums import ACTIVE, RunState
from notifications.models import Run, RunItem, SealedSecret
from tests.faults.people import Head

SETTLES = 45.0
"""Seconds that a run may take to end by itself, once everything answers again."""
LOST, DOUBLE, STUCK = "lost", "double", "stuck"
Finding = tuple[str, str]


def settle(uai: str) -> Iterator[Finding]:
    """Wait until no run of the school is under way."""
    end = time.monotonic() + SETTLES
    while time.monotonic() < end:
        with school_transaction(uai):
            left = list(Run.objects.filter(school=uai, state__in=ACTIVE).values_list("pk", flat=True))
        if not left:
            return
        time.sleep(0.1)
    yield from ((STUCK, f"run {run} has not ended after {SETTLES:.0f} s") for run in left)


def looked_at(head: Head) -> Iterator[Finding]:
    """What is wrong in a school where nobody works."""
    with school_transaction(head.uai):
        yield from secrets(head.uai)
        yield from runs(head.uai, head.asked)
        # What was told once is not told after each of the next faults.
        head.asked = launched(head.uai).count()
        yield from entries(head.uai)
    if fault := first_fault(head.uai):
        yield LOST, f"journal: {fault}"
    yield from told(head)


def secrets(uai: str) -> Iterator[Finding]:
    """An account that was notified has one secret, sealed once, and the sealed one is the one that opens it."""
    sealed: dict[object, list[SealedSecret]] = {}
    for one in SealedSecret.objects.filter(school=uai).select_related("item"):
        sealed.setdefault(one.account_id, []).append(one)
    for account in Student.objects.filter(schoolings__school=uai):
        is_notified, kept = account.state == AccountState.NOTIFIED, sealed.pop(account.pk, [])
        if is_notified != (account.provisional_hash is not None) or is_notified != bool(account.provisional_expires_at):
            yield LOST, f"account {account.pk} is half changed: {account.state}"
        if len(kept) > 1:
            yield DOUBLE, f"account {account.pk} has {len(kept)} sealed secrets"
        if is_notified and not kept:
            yield LOST, f"account {account.pk} has a password that nobody can print"
        for one in kept:
            secret = provisional.unsealed(settings.CONSOLE_KEYS, account.pk, one.item.run_id, bytes(one.sealed))
            known = bytes(account.provisional_hash or b"")
            if not (known and provisional.is_right(settings.CONSOLE_KEYS, account.pk, known, secret)):
                yield LOST, f"account {account.pk}: what would be printed does not open it"
    yield from ((LOST, f"a sealed secret of nobody: {account}") for account in sealed)


def launched(uai: str) -> QuerySet[Run]:
    return Run.objects.filter(school=uai).exclude(state=RunState.DRAFT)


def runs(uai: str, asked: int) -> Iterator[Finding]:
    """As many as were asked for. Its numbers are those of its items; one that is done has treated all of them."""
    there = launched(uai)
    pending = Counter(
        dict(
            RunItem.objects.filter(run__in=there, outcome=Outcome.PENDING)
            .values_list("run")
            .annotate(number=Count("pk"))
        )
    )
    if len(there) != asked:
        yield (
            DOUBLE if len(there) > asked else LOST,
            f"{uai}: {asked} runs were asked for, {len(there)} are there",
        )
    for run in there:
        if run.total - run.processed != pending[run.pk] or (run.state == RunState.DONE and pending[run.pk]):
            yield LOST, f"run {run.pk} ({run.state}): {run.processed} of {run.total} told, {pending[run.pk]} are left"
        if run.state == RunState.FAILED:
            yield LOST, f"run {run.pk} was given up"


def entries(uai: str) -> Iterator[Finding]:
    """Each account was given a password as often as runs say, and as the journal says."""
    done = RunItem.objects.filter(school=uai, outcome__in=DONE).values_list("student").annotate(number=Count("pk"))
    noted = JournalEntry.objects.filter(uai=uai, event=Event.ACCOUNT_NOTIFIED).values_list("target")
    by_items, by_journal = dict(done), dict(noted.annotate(number=Count("sequence")))
    for account in by_items.keys() | by_journal.keys():
        items, journal = by_items.get(account, 0), by_journal.get(account, 0)
        if items != journal:
            yield LOST if journal < items else DOUBLE, f"account {account}: {items} times by runs, {journal} by entries"


def told(head: Head) -> Iterator[Finding]:
    """The page of the last run says what has become of it."""
    with school_transaction(head.uai):
        run = launched(head.uai).order_by("-created_at").first()
    if run is not None:
        page = head.get(f"operations/{run.pk}/")
        if page.status != 200 or RunState(run.state).label not in page.text:
            yield LOST, f"the page of run {run.pk} ({run.state}) does not say so: {page.status}"
