"""The world that the matrix is asked in: its visitors, and for each of them runs of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts import assurance, provisional
from accounts.actions.account_changes import email_token
from accounts.actions.activation import mark_of
from accounts.enums import AccountState, Population, Role
from accounts.holders import KEPT
from accounts.lifecycle import Outcome
from accounts.models import Account, Dispute, Feed, Guardian, Guardianship, Mandate, Merge, School, Schooling, Staff
from educonnect_admin.toolkit.scope import scope
from notifications.enums import RunKind, RunState
from notifications.models import Run, RunItem, SealedSecret
from tests.factories import GuardianshipFactory, SchoolingFactory, StaffFactory, StudentFactory
from tests.visitors import ELSEWHERE, HERE, World, make_world, mandated, sign_in, visitors

SCHOOLS = {"here": HERE, "elsewhere": ELSEWHERE, "unknown": "0999999X"}
SHORT = {
    "anonymous": "anon",
    "no_mandate": "none",
    "teacher": "teach",
    "teacher_of_class": "teachA",
    "teacher_of_other_class": "teachB",
    "teacher_of_no_class": "teach0",
    "agent_simplified": "simp",
    "agent_otp": "otp",
    "agent_network": "net",
    "agent_outside": "out",
    "head_without_otp": "headpw",
    "head": "head",
    "head_of_two": "two",
    "head_elsewhere": "else",
    "revoked": "revok",
    "expired": "expir",
    "not_begun": "futur",
}
"""Visitors of tests/visitors.py by the heads of the table's columns."""


@dataclass
class Runs:
    """What one person started in one school: finished runs on one pupil and one guardian, a draft on two pupils."""

    done: Run
    draft: Run
    kin: Run
    pupil: UUID


@dataclass
class Asked:
    """Everything that addresses are made of."""

    world: World
    visitors: dict[str, Client]
    runs: dict[tuple[str, str], Runs] = field(default_factory=dict)
    delegations: dict[str, int] = field(default_factory=dict)
    feeds: dict[str, UUID] = field(default_factory=dict)
    disputes: dict[str, UUID] = field(default_factory=dict)
    guardians: dict[str, UUID] = field(default_factory=dict)
    doubles: dict[str, tuple[UUID, UUID]] = field(default_factory=dict)
    merges: dict[str, UUID] = field(default_factory=dict)
    invited: Staff = field(default_factory=StaffFactory)

    def invitation(self) -> dict[str, str]:
        uid = urlsafe_base64_encode(force_bytes(self.invited.pk))
        return {"uid": uid, "token": default_token_generator.make_token(self.invited)}

    def email_token(self) -> str:
        """Of a pupil here, whose address is empty until someone asks for this."""
        student = self.world.pupils[0].student
        with scope(HERE):
            type(student).objects.filter(pk=student.pk).update(email="lou@example.org")
        student.email = "lou@example.org"
        return email_token(student, HERE)


def make_asked() -> Asked:
    """The two schools, their visitors, a colleague here and one elsewhere; all of them have started runs."""
    world = make_world()
    who = {SHORT[name]: client for name, client in visitors(world).items()}
    who["head*"] = stale(sign_in(mandated(Role.HEAD, world.here), otp=True))
    who["teach*"] = stale(sign_in(copied(who["teach"].staff, StaffFactory())))
    who["pupil"] = holding(world.other_class[0].student, HERE)
    who["guard"] = holding(guardian_of(world), HERE)
    asked = Asked(world, who, guardians={"A": guardian_of(world).pk})
    with scope(ELSEWHERE):
        asked.guardians["R"] = Guardian.objects.get(guardianships__student=world.foreign.student).pk
    for name, client in who.items():
        if hasattr(client, "staff"):
            for mandate in Mandate.objects.live().filter(staff=client.staff):
                asked.runs[name, mandate.school_id] = start_runs(world, mandate)
    for place, school in (("here", world.here), ("elsewhere", world.elsewhere)):
        colleague = mandated(Role.HEAD, school).mandates.get()
        given = {"given_by": colleague.staff, "ends_at": timezone.now() + timedelta(days=9)}
        asked.delegations[place] = mandated(Role.SIMPLIFIED, school, **given).mandates.get().pk
        asked.runs["colleague", school.uai] = start_runs(world, colleague)
    for thing, school in (("given", world.here), ("far", world.elsewhere)):
        with scope(school.uai):
            asked.feeds[thing] = Feed.objects.create(school=school, state="ready").pk
            asked.disputes[thing] = disputed_tie(school).pk
            asked.doubles[thing] = twice(school, "FRÊNE")
            asked.merges[thing] = merged(school).pk
    return asked


def disputed_tie(school: School) -> Dispute:
    """A pupil with a guardian who says not to be his."""
    student = SchoolingFactory(school=school, classroom=None).student
    tie = GuardianshipFactory(school=school, student=student, disputed_at=timezone.now())
    row: Dispute = Dispute.objects.create(
        school=school, student=student, guardian=tie.guardian, raised_at=tie.disputed_at
    )
    return row


def twice(school: School, last_name: str) -> tuple[UUID, UUID]:
    """Two guardians of one name and one address, each of a pupil of theirs; the smaller id first."""
    found = []
    for _ in range(2):
        student = SchoolingFactory(school=school, classroom=None).student
        tie = GuardianshipFactory(school=school, student=student, guardian__last_name=last_name)
        found.append(tie.guardian_id)
    return min(found), max(found)


def merged(school: School) -> Merge:
    """What a merge leaves, without its entries in the journal: nothing is told in this world yet."""
    (kept, ended), now = twice(school, "HÊTRE"), timezone.now()
    ties = Guardianship.objects.filter(guardian=ended)
    trace = {"made": [], "raised": {}, "set_aside": [str(tie.pk) for tie in ties], "disputes": []}
    ties.update(merged_at=now)
    Guardian.objects.filter(pk=ended).update(state=AccountState.CLOSED)
    told = {"state_before": AccountState.NOT_NOTIFIED, "trace": trace, "merged_at": now}
    row: Merge = Merge.objects.create(school=school, kept_id=kept, ended_id=ended, **told)
    return row


def guardian_of(world: World) -> Guardian:
    with scope(HERE):
        found: Guardian = Guardian.objects.get(guardianships__student=world.pupils[0].student)
    return found


def holding(account: Account, uai: str) -> Client:
    """A browser with the session of an account's holder on the activation site."""
    population = "guardians" if isinstance(account, Guardian) else "students"
    session = SessionStore()
    kept = {
        "account": str(account.pk),
        "population": population,
        "uai": uai,
        "mark": mark_of(account),
        "activated": True,
    }
    session[KEPT] = {**kept, "password": "", "wrong_dates": 0, "just_activated": False}
    session.create()
    client = Client()
    client.cookies[settings.HOLDER_COOKIE_NAME] = session.session_key
    return client


def copied(model: Staff, staff: Staff) -> Staff:
    """The same mandate, held by someone else."""
    mandate = model.mandates.get()
    mandate.pk, mandate.staff = None, staff
    mandate.save()
    return staff


def stale(client: Client) -> Client:
    """Whose last proof is older than the time a proof lasts."""
    session = client.session
    session[assurance.PROVED_AT] = (timezone.now() - settings.PROOF_LIFE - timedelta(minutes=1)).isoformat()
    session.save()
    return client


def start_runs(world: World, mandate: Mandate) -> Runs:
    """An hour ago: one that gave a pupil of the mandate's a password, and one that is still to be confirmed."""
    with scope(mandate.school_id):
        room = next(iter(rooms_of(world, mandate)))
        schooling = SchoolingFactory(
            school=mandate.school, classroom=room, student=StudentFactory(notified=True, last_name="DÉJÀ REMIS")
        )
        pupil = schooling.student_id
        done = make_run(mandate, [pupil], RunState.DONE)
        guardian = Guardian.objects.exclude(origin="france_connect").filter(guardianships__in_force=True).first()
        kin = make_run(mandate, [guardian.pk], RunState.DONE, population=Population.GUARDIANS)
        for run in (done, kin):
            item = run.items.get()
            SealedSecret.objects.create(
                item=item,
                school=mandate.school,
                account_id=item.account_id,
                sealed=provisional.sealed(settings.CONSOLE_KEYS, item.account_id, run.pk, provisional.make()),
                expires_at=run.payload_expires_at,
            )
        others = Schooling.objects.filter(classroom=room).exclude(student=pupil).values_list("student_id", flat=True)
        return Runs(done, make_run(mandate, others[:2], RunState.DRAFT), kin, pupil)


def rooms_of(world: World, mandate: Mandate) -> Iterator[object]:
    """The classes that the mandate opens; where it opens none, one that it once did."""
    if mandate.school_id == ELSEWHERE:
        yield world.foreign.classroom
    yield from mandate.classrooms.all()
    yield world.room


def make_run(
    mandate: Mandate, accounts: list[UUID], state: RunState, population: Population = Population.STUDENTS
) -> Run:
    began = timezone.now() - timedelta(hours=1)
    is_done = state is RunState.DONE
    run = Run.objects.create(
        school=mandate.school,
        kind=RunKind.RESET,
        population=population,
        state=state,
        label="essai",
        key=uuid4(),
        requested_by=mandate.staff,
        mandate=mandate,
        total=len(accounts),
        processed=len(accounts) if is_done else 0,
        created_at=began,
        started_at=began if is_done else None,
        finished_at=began if is_done else None,
        payload_expires_at=began + settings.PAYLOAD_LIFE if is_done else None,
    )
    outcome = Outcome.NOTIFIED if is_done else Outcome.PENDING
    RunItem.objects.bulk_create(
        RunItem(school=mandate.school, run=run, outcome=outcome, **{run.account_field: account}) for account in accounts
    )
    return run


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside did not."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
