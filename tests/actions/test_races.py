"""The same thing at the same time, by connections of their own, on committed rows: one effect, the same answer."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django_otp import verify_token
from django_otp.oath import totp

from accounts.actions.journal import SYSTEM, Event, record
from accounts.actions.sign_in import FREE_TRIES, begin_try
from accounts.actions.verification import first_fault
from accounts.enums import Role
from accounts.models import JournalEntry, OtpKey, School
from educonnect_admin.toolkit.scope import school_transaction
from notifications.actions.documents import note_opening
from notifications.actions.runs import RunBusyError, cancel, destroy_payload, launch, reset_one
from notifications.actions.work import process_chunk
from notifications.enums import RunKind, RunState
from notifications.models import Run
from tests.actions.scene import Person, at_once, crowd, draft, finished, opened_by, sealed_secrets, someone
from tests.factories import ClassroomFactory, SchoolFactory, StaffFactory
from tests.visitors import HERE

SEED = b"an-invented-seed-20b"


@pytest.fixture(scope="module")
def school(committed: str) -> School:
    with school_transaction(HERE):
        return SchoolFactory(uai=HERE)


@pytest.fixture
def people(school: School) -> Iterator[list[Person]]:
    """Two heads of the same school; no run is under way before or after."""
    with school_transaction(HERE):
        heads = [someone(Role.HEAD, school) for _ in range(2)]
    yield heads
    with school_transaction(HERE):
        Run.objects.filter(state__in=(RunState.PENDING, RunState.RUNNING)).update(state=RunState.CANCELLED)


@pytest.fixture
def pupils(school: School) -> list[UUID]:
    with school_transaction(HERE):
        return crowd(school, ClassroomFactory(school=school), 3)


def in_school(act: Callable[[int], Any]) -> Callable[[int], Any]:
    """As a request does it: one transaction in the scope of the school."""

    def acted(place: int) -> Any:
        with school_transaction(HERE):
            return act(place)

    return acted


def one_live_secret(students: list[UUID]) -> bool:
    """Whether each account has one password that can be read, and it is the one that opens."""
    with school_transaction(HERE):
        kept = {student: sealed_secrets(student) for student in students}
        return all(len(secrets) == 1 and opened_by(student, *secrets) for student, secrets in kept.items())


def test_ten_wrong_codes_at_once_are_all_counted(committed: str) -> None:
    key = OtpKey(user=StaffFactory(), name="totp", confirmed=True)
    key.set_seed(SEED)
    key.save()
    near = {totp(SEED, drift=steps) for steps in range(-3, 4)}
    wrong = next(f"{number:06}" for number in range(10) if number not in near)
    assert at_once(10, lambda _: verify_token(key.user, key.persistent_id, wrong)) == [None] * 10
    key.refresh_from_db()
    assert key.failures == key.failures_today == 5
    assert key.wait()


def test_tries_to_sign_in_at_once_see_each_other(committed: str) -> None:
    username = f"p.agent-{uuid4()}"
    waits = at_once(20, lambda _: begin_try(username=username, address="198.51.100.7"))
    assert [bool(wait) for wait in waits].count(False) == FREE_TRIES + 1


def test_the_same_form_sent_eight_times_at_once_is_one_reset(people: list[Person], pupils: list[UUID]) -> None:
    who, key = people[0], uuid4()
    runs = at_once(
        8,
        in_school(lambda _: reset_one(actor=who.actor, mandate=who.mandate, student=pupils[0], label="essai", key=key)),
    )
    with school_transaction(HERE):
        assert set(runs) == {Run.objects.get(key=key)}
        assert JournalEntry.objects.filter(target=pupils[0]).count() == 1
    assert one_live_secret(pupils[:1])


def test_two_people_on_one_pupil_leave_one_password(people: list[Person], pupils: list[UUID]) -> None:
    def act(place: int) -> Run:
        who = people[place % 2]
        return reset_one(actor=who.actor, mandate=who.mandate, student=pupils[0], label="essai", key=uuid4())

    runs = at_once(6, in_school(act))
    assert [run.state for run in runs] == [RunState.DONE] * 6
    assert one_live_secret(pupils[:1])


def test_a_draft_launched_eight_times_at_once_starts_once(people: list[Person], pupils: list[UUID]) -> None:
    with school_transaction(HERE):
        run = draft(people[0], pupils)
    launched = at_once(8, in_school(lambda _: launch(actor=people[0].actor, run=run, include_activated=False)))
    assert [each.state for each in launched] == [RunState.PENDING] * 8
    with school_transaction(HERE):
        assert JournalEntry.objects.filter(target=run.pk, event=Event.RUN_REQUESTED).count() == 1


def test_a_selection_sent_eight_times_at_once_is_one_draft(people: list[Person], pupils: list[UUID]) -> None:
    key = uuid4()
    drafts = at_once(8, in_school(lambda _: draft(people[0], pupils, key=key)))
    with school_transaction(HERE):
        assert set(drafts) == {Run.objects.get(key=key)}
        assert drafts[0].items.count() == drafts[0].total == len(pupils)


def test_a_run_stopped_under_a_worker_ends_once(people: list[Person], pupils: list[UUID]) -> None:
    with school_transaction(HERE):
        run = launch(actor=people[0].actor, run=draft(people[0], pupils), include_activated=False)
    stop = in_school(lambda _: cancel(actor=people[0].actor, run=run))
    acts = [stop, lambda _: process_chunk(run_id=run.pk, uai=HERE), stop]
    answers = at_once(len(acts), lambda place: acts[place](place))
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    with school_transaction(HERE):
        run.refresh_from_db()
        ends = JournalEntry.objects.filter(target=run.pk, event__in=(Event.RUN_CANCELLED, Event.RUN_FINISHED))
        assert ends.count() == 1
        assert (run.processed, run.state) in {(0, RunState.CANCELLED), (len(pupils), RunState.DONE)}


def test_many_workers_on_one_run_treat_each_account_once(people: list[Person], pupils: list[UUID]) -> None:
    with school_transaction(HERE):
        run = launch(actor=people[0].actor, run=draft(people[0], pupils), include_activated=False)
    assert at_once(6, lambda _: process_chunk(run_id=run.pk, uai=HERE)) == [False] * 6
    assert one_live_secret(pupils)
    with school_transaction(HERE):
        assert JournalEntry.objects.filter(target__in=pupils).count() == len(pupils)
        run.refresh_from_db()
    assert (run.state, run.processed) == (RunState.DONE, len(pupils))


def test_of_two_runs_launched_at_once_one_is_told_to_wait(people: list[Person], pupils: list[UUID]) -> None:
    with school_transaction(HERE):
        drafts = [draft(who, pupils, RunKind.NOTIFY) for who in people]

    def act(place: int) -> Run:
        return launch(actor=people[place].actor, run=drafts[place], include_activated=False)

    answers = at_once(2, in_school(act))
    assert sorted(isinstance(answer, RunBusyError) for answer in answers) == [False, True]
    assert [answer.state for answer in answers if isinstance(answer, Run)] == [RunState.PENDING]


@pytest.mark.parametrize("round_number", range(5))
def test_a_run_crosses_resets_openings_and_a_destruction(
    people: list[Person], pupils: list[UUID], round_number: int
) -> None:
    """Nobody waits for who waits for him, and what can be read is what opens."""
    with school_transaction(HERE):
        former = finished(people[1], pupils)
        run = launch(actor=people[0].actor, run=draft(people[0], pupils), include_activated=False)

    def reset(place: int) -> str:
        student, who = pupils[place % 3], people[1]
        key = uuid4()
        return reset_one(actor=who.actor, mandate=who.mandate, student=student, label="essai", key=key).state

    def read(_: int) -> None:
        note_opening(actor=people[1].actor, run=former, kind="courriers", accounts=pupils, hands_over=True)

    acts = [lambda _: process_chunk(run_id=run.pk, uai=HERE)]
    acts += map(in_school, (reset, reset, reset, read, read))
    acts.append(in_school(lambda _: destroy_payload(actor=people[1].actor, run=former)))
    answers = at_once(len(acts), lambda place: acts[place](place))
    assert answers == [False, *[RunState.DONE] * 3, None, None, former]
    assert one_live_secret(pupils)


def test_the_chain_holds_whoever_writes_at_once(school: School) -> None:
    def act(place: int) -> None:
        for _ in range(5):
            with school_transaction(HERE):
                record(actor=SYSTEM, event=Event.FEED_APPLIED, uai=HERE, count=place)

    assert at_once(8, act) == [None] * 8
    assert first_fault(HERE) == ""
