"""A school notified: what a worker does from the launch until the letters can be opened, in process.

The baseline does the same to each account in a transaction of its own, row by row, as one would write it first.
"""

from collections.abc import Iterator, Sequence
from statistics import median
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from accounts import provisional
from accounts.actions.journal import Actor, Event, record
from accounts.enums import AccountState, Assurance, Role
from accounts.lifecycle import Outcome
from accounts.middleware import activate
from accounts.models import Mandate, School, Schooling, Student
from accounts.permissions import ActiveMandate
from educonnect_admin.toolkit.scope import school_transaction
from notifications.actions.runs import draft_run, launch
from notifications.actions.work import process_chunk
from notifications.enums import RunKind, RunState
from notifications.models import Run, RunItem, SealedSecret
from tests.bench.measures import ROUNDS, Line, figure, paired, seconds
from tests.bench.seeding import Site
from tests.conftest import connected_to
from tests.visitors import mandated

SCHOOL, SAMPLE = 1200, 60
SCHOOLS = [Site(f"052000{n}Z", SCHOOL, fresh=True) for n in range(ROUNDS)]
SAMPLES = [Site(f"053000{n}Z", SAMPLE, fresh=True) for n in range(ROUNDS)]


def measured(base: str) -> Iterator[Line]:
    """A school of its own each round: every account is notified for the first time."""
    ours, theirs = [], []
    with connected_to(base):
        for school, sample in zip(SCHOOLS, SAMPLES, strict=True):
            theirs.append(_one_by_one_seconds(sample.uai) * SCHOOL / SAMPLE)
            ours.append(_run_seconds(school.uai))
    naive = median(theirs)
    ratio = paired([([slow], [quick]) for slow, quick in zip(theirs, ours, strict=True)])
    against = f"{figure(naive)} s, a transaction and a save() an account, from {SAMPLE} accounts"
    yield Line.of(
        f"notify, a school of {SCHOOL:,}",
        ours,
        "s",
        ratio=ratio,
        than="times faster",
        target="under 3 s",
        against=against,
    )
    yield Line(
        "notify, accounts",
        SCHOOL / median(ours),
        "a second",
        ratio=ratio,
        than="times faster",
        against=f"{figure(SCHOOL / naive)} a second",
    )


def _run_seconds(uai: str) -> float:
    """From the launch to the end of the run, every account's secret sealed."""
    run, actor = _draft(uai)

    def work() -> None:
        with school_transaction(uai):
            launch(actor=actor, run=run, include_activated=False)
        while process_chunk(run_id=run.pk, uai=uai):
            pass

    took = seconds(work)
    with school_transaction(uai):
        run.refresh_from_db()
        sealed = run.secrets().count()
    assert (run.state, run.processed, sealed) == (RunState.DONE, run.total, run.total)
    return took


def _one_by_one_seconds(uai: str) -> float:
    run, actor = _draft(uai)
    with school_transaction(uai):
        launch(actor=actor, run=run, include_activated=False)
        run.refresh_from_db()
        items = list(run.items.all())
    took = seconds(lambda: _one_by_one(run, items, actor))
    with school_transaction(uai):
        assert run.secrets().count() == len(items)
    return took


def _draft(uai: str) -> tuple[Run, Actor]:
    with school_transaction(uai):
        mandate = _head(uai)
        students = Schooling.objects.filter(school=uai).values_list("student_id", flat=True)
        actor = Actor(staff_id=mandate.staff_id, mandate_id=mandate.mandate_id)
        kind = RunKind.NOTIFY
        run = draft_run(actor=actor, mandate=mandate, kind=kind, students=students, label="l’école", key=uuid4())
    return run, actor


def _head(uai: str) -> ActiveMandate:
    staff = mandated(Role.HEAD, School.objects.get(pk=uai))
    return activate(Mandate.objects.for_current().get(staff=staff), Assurance.OTP)


def _one_by_one(run: Run, items: Sequence[RunItem], actor: Actor) -> None:
    for item in items:
        with school_transaction(run.school_id):
            _notify(run, item, actor)


def _notify(run: Run, item: RunItem, actor: Actor) -> None:
    ring, now = settings.CONSOLE_KEYS, timezone.now()
    student = Student.objects.select_for_update().get(pk=item.student_id)
    secret = provisional.make()
    student.state = AccountState.NOTIFIED
    student.provisional_hash = provisional.hashed(ring, student.pk, secret)
    student.provisional_expires_at = provisional.expiry(now, run.school.zone, settings.PROVISIONAL_DAYS)
    student.notified_at, student.notified_by = now, run.school_id
    student.save()
    item.outcome, item.follow_up = Outcome.NOTIFIED, provisional.make()[:8]
    item.save()
    sealed = provisional.sealed(ring, student.pk, run.pk, secret)
    SealedSecret.objects.create(
        item=item,
        school_id=run.school_id,
        account_id=student.pk,
        sealed=sealed,
        expires_at=run.payload_expires_at,
    )
    record(actor=actor, event=Event.ACCOUNT_NOTIFIED, uai=run.school_id, target=student.pk)
