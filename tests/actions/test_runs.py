"""The life of a run: drafted, launched, treated chunk by chunk, ended."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.enums import AccountState, Origin, Role
from accounts.lifecycle import Outcome
from accounts.models import Student
from notifications.actions import work
from notifications.actions.runs import Forecast, RunBusyError, draft_run, forecast, launch
from notifications.actions.work import clean_up, note_failure, process_chunk, stuck_runs
from notifications.enums import RunKind, RunState
from notifications.models import Run
from tests.actions.scene import Person, crowd, draft, finished, ids, outcomes, sealed_secrets, someone, told
from tests.factories import SchoolingFactory, StudentFactory
from tests.visitors import HERE, World


def test_a_draft_changes_no_account(world: World, head: Person) -> None:
    chosen = ids([*world.pupils, *world.other_class])
    before = list(Student.objects.order_by("pk").values())
    run = draft(head, chosen)
    assert (run.state, run.total, run.processed) == (RunState.DRAFT, 4, 0)
    assert set(outcomes(run).values()) == {Outcome.PENDING}
    assert list(Student.objects.order_by("pk").values()) == before
    assert not process_chunk(run_id=run.pk, uai=HERE)
    assert list(Student.objects.order_by("pk").values()) == before


def test_the_page_before_a_run_counts_as_the_run_does(world: World, head: Person) -> None:
    SchoolingFactory(school=world.here, classroom=None)
    SchoolingFactory(school=world.here, student=StudentFactory(activated=True, origin=Origin.FRANCE_CONNECT))
    SchoolingFactory(school=world.here, student=StudentFactory(leaving=True))
    SchoolingFactory(school=world.here, student=StudentFactory(notified=True, notified_by="0511234P"))
    run = draft(head, Student.objects.values_list("pk", flat=True))
    assert forecast(run) == Forecast(
        new=2, renotified=2, active=1, france_connect=1, blocked=2, without_class=1, other_school=1
    )


@pytest.mark.parametrize("include", [False, True])
def test_each_account_gets_its_own_outcome_and_one_refused_stops_no_other(
    world: World, head: Person, include: bool
) -> None:
    chosen = ids([*world.pupils, *world.other_class])
    run = finished(head, chosen, include_activated=include)
    activated = Outcome.RENOTIFIED if include else Outcome.ACTIVATED
    wanted = [Outcome.NOTIFIED, Outcome.RENOTIFIED, activated, Outcome.BLOCKED]
    assert outcomes(run) == dict(zip(chosen, wanted, strict=True))
    assert (run.state, run.total, run.processed, run.refused) == (RunState.DONE, 4, 4, 1)


def test_what_is_notified_starts_anew(world: World, head: Person) -> None:
    student = world.other_class[0].student
    Student.objects.filter(pk=student.pk).update(
        password="argon2$x", activated_at=timezone.now(), distributed_on=timezone.localdate()
    )
    finished(head, [student.pk], include_activated=True)
    version = student.version
    student.refresh_from_db()
    assert (student.state, student.origin, student.password) == (AccountState.NOTIFIED, "", "")
    assert (student.activated_at, student.distributed_on, student.notified_by) == (None, None, HERE)
    assert student.version == version + 1


@pytest.mark.parametrize("index", [0, 1])
def test_a_refused_account_is_untouched(world: World, head: Person, index: int) -> None:
    student = world.other_class[index].student_id
    before = Student.objects.filter(pk=student).values().get()
    finished(head, [student])
    assert Student.objects.filter(pk=student).values().get() == before
    assert sealed_secrets(student) == []
    assert told(student) == []


def test_the_journal_tells_the_run_and_each_account(world: World, head: Person) -> None:
    run = finished(head, ids(world.pupils))
    staff = head.actor.staff_id
    assert told(run.pk) == [("run_requested", staff), ("run_finished", staff)]
    assert [told(student) for student in ids(world.pupils)] == [[("account_notified", staff)]] * 2


def test_one_account_is_done_at_once_and_several_wait_for_a_worker(world: World, head: Person) -> None:
    single = launch(actor=head.actor, run=draft(head, ids(world.pupils[:1])), include_activated=False)
    several = launch(actor=head.actor, run=draft(head, ids(world.pupils)), include_activated=False)
    assert (single.state, several.state) == (RunState.DONE, RunState.PENDING)


def test_the_same_key_is_the_same_run(world: World, head: Person) -> None:
    key = uuid4()
    first, second = draft(head, ids(world.pupils), key=key), draft(head, ids(world.other_class), key=key)
    assert first == second
    assert set(outcomes(second)) == set(ids(world.pupils))
    assert Run.objects.count() == 1


def test_a_key_is_its_owners(world: World, head: Person) -> None:
    key, colleague = uuid4(), someone(Role.HEAD, world.here)
    assert draft(head, ids(world.pupils), key=key) != draft(colleague, ids(world.pupils), key=key)


def test_a_second_launch_changes_nothing(world: World, head: Person) -> None:
    run = finished(head, ids(world.pupils))
    before = list(Student.objects.order_by("pk").values()), Run.objects.filter(pk=run.pk).values().get()
    again = launch(actor=head.actor, run=run, include_activated=True)
    assert (again.state, process_chunk(run_id=run.pk, uai=HERE)) == (RunState.DONE, False)
    assert before == (list(Student.objects.order_by("pk").values()), Run.objects.filter(pk=run.pk).values().get())
    assert len(told(run.pk)) == 2


@pytest.mark.parametrize("state", [RunState.PENDING, RunState.RUNNING])
def test_two_runs_of_a_kind_are_refused(world: World, head: Person, state: RunState) -> None:
    first = launch(actor=head.actor, run=draft(head, ids(world.pupils)), include_activated=False)
    Run.objects.filter(pk=first.pk).update(state=state)
    second = draft(someone(Role.HEAD, world.here), ids(world.other_class))
    with pytest.raises(RunBusyError) as busy:
        launch(actor=head.actor, run=second, include_activated=False)
    assert busy.value.other == first
    second.refresh_from_db()
    assert (second.state, told(second.pk)) == (RunState.DRAFT, [])


def test_a_run_of_another_kind_goes_beside(world: World, head: Person) -> None:
    launch(actor=head.actor, run=draft(head, ids(world.pupils)), include_activated=False)
    reset = launch(actor=head.actor, run=draft(head, ids(world.other_class), RunKind.RESET), include_activated=False)
    assert reset.state == RunState.PENDING


def test_chunks_follow_each_other(world: World, head: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "CHUNK", 2)
    run = launch(actor=head.actor, run=draft(head, crowd(world.here, world.room, 5)), include_activated=False)
    seen = []
    while process_chunk(run_id=run.pk, uai=HERE):
        run.refresh_from_db()
        seen.append((run.state, run.processed, run.items.exclude(outcome=Outcome.PENDING).count()))
    run.refresh_from_db()
    assert seen == [(RunState.RUNNING, 2, 2), (RunState.RUNNING, 4, 4)]
    assert (run.state, run.processed) == (RunState.DONE, 5)


def test_a_chunk_that_breaks_leaves_nothing(world: World, head: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    run = launch(actor=head.actor, run=draft(head, ids(world.pupils)), include_activated=False)
    before = list(Student.objects.order_by("pk").values())
    monkeypatch.setattr(work, "SealedSecret", None)
    with pytest.raises(AttributeError), transaction.atomic():
        process_chunk(run_id=run.pk, uai=HERE)
    run.refresh_from_db()
    assert (run.state, run.processed) == (RunState.PENDING, 0)
    assert list(Student.objects.order_by("pk").values()) == before
    assert told(world.pupils[0].student_id) == []


def test_a_run_that_fails_three_times_is_stopped_and_another_may_start(world: World, head: Person) -> None:
    run = launch(actor=head.actor, run=draft(head, ids(world.pupils)), include_activated=False)
    for _ in range(work.FAILURES_ALLOWED):
        note_failure(run_id=run.pk, uai=HERE)
    run.refresh_from_db()
    assert (run.state, told(run.pk)[-1][0]) == (RunState.FAILED, "run_failed")
    assert finished(head, ids(world.pupils)).state == RunState.DONE


def test_the_sweep_finds_the_runs_whose_heart_stopped(world: World, head: Person) -> None:
    now = timezone.now()
    run = launch(actor=head.actor, run=draft(head, ids(world.pupils)), include_activated=False)
    assert stuck_runs(15) == []
    Run.objects.filter(pk=run.pk).update(started_at=now - timedelta(seconds=20))
    assert stuck_runs(15) == [(run.pk, HERE)]
    Run.objects.filter(pk=run.pk).update(heartbeat_at=now)
    assert stuck_runs(15) == []


def test_drafts_and_payloads_past_their_time_are_cleaned_up(world: World, head: Person) -> None:
    old, fresh = draft(head, ids(world.pupils)), draft(head, ids(world.pupils))
    Run.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(hours=25))
    done = finished(head, ids(world.pupils))
    assert clean_up() == 0
    done.secrets().update(expires_at=timezone.now() - timedelta(seconds=1))
    assert clean_up() == 2
    assert set(Run.objects.values_list("pk", flat=True)) == {fresh.pk, done.pk}


def test_a_run_cannot_count_more_than_it_has(world: World, head: Person) -> None:
    run = draft(head, ids(world.pupils))
    with pytest.raises(IntegrityError, match="run_counts_add_up"), transaction.atomic():
        Run.objects.filter(pk=run.pk).update(processed=3)


def test_the_same_account_cannot_stand_twice_in_a_run(world: World, head: Person) -> None:
    twice = [world.pupils[0].student_id] * 2
    with pytest.raises(IntegrityError, match="run_item_once"), transaction.atomic():
        draft_run(
            actor=head.actor, mandate=head.mandate, kind=RunKind.NOTIFY, students=twice, label="essai", key=uuid4()
        )
