"""What the worker finds is what counts: a mandate taken back, a pupil moved, a school left, since the click."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.enums import Role
from accounts.lifecycle import Outcome
from accounts.models import Mandate, Schooling, Student
from notifications.actions import work
from notifications.actions.documents import handouts
from notifications.actions.runs import launch
from notifications.actions.work import process_chunk
from notifications.enums import RunKind, RunState
from notifications.models import Run
from tests.actions.scene import Person, as_person, crowd, draft, finished, ids, outcomes, sealed_secrets, someone, told
from tests.visitors import HERE, World


def waiting(who: Person, students: list) -> Run:
    run = draft(who, students, RunKind.RESET)
    return launch(actor=who.actor, run=run, include_activated=False)


@pytest.mark.parametrize("end", ["revoked_at", "ends_at"])
def test_a_mandate_taken_back_cancels_the_run(world: World, teacher: Person, end: str) -> None:
    run = waiting(teacher, ids(world.pupils))
    before = list(Student.objects.order_by("pk").values())
    Mandate.objects.filter(pk=teacher.mandate.mandate_id).update(**{end: timezone.now()})
    assert not process_chunk(run_id=run.pk, uai=HERE)
    run.refresh_from_db()
    assert (run.state, run.processed, run.secrets().count()) == (RunState.CANCELLED, 0, 0)
    assert told(run.pk)[-1] == ("run_cancelled", teacher.actor.staff_id)
    assert list(Student.objects.order_by("pk").values()) == before


def test_a_person_disabled_between_two_chunks_stops_the_run_there(
    world: World, head: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "CHUNK", 2)
    run = waiting(head, crowd(world.here, world.room, 5))
    assert process_chunk(run_id=run.pk, uai=HERE)
    staff = head.held().staff
    staff.is_active = False
    staff.save()
    assert not process_chunk(run_id=run.pk, uai=HERE)
    run.refresh_from_db()
    assert (run.state, run.processed) == (RunState.CANCELLED, 2)
    assert sorted(outcomes(run).values()) == [Outcome.NOTIFIED] * 2 + [Outcome.PENDING] * 3


def test_a_pupil_moved_out_of_the_class_is_gone(world: World, teacher: Person) -> None:
    stays, moves = ids(world.pupils)
    run = waiting(teacher, [stays, moves])
    Schooling.objects.filter(student=moves).update(classroom=world.other_room)
    process_chunk(run_id=run.pk, uai=HERE)
    run.refresh_from_db()
    assert outcomes(run) == {stays: Outcome.NOTIFIED, moves: Outcome.GONE}
    assert (run.refused, sealed_secrets(moves)) == (1, [])


def test_a_pupil_who_left_for_another_school_is_gone_for_the_head_too(world: World, head: Person) -> None:
    stays, leaves = ids(world.pupils)
    run = waiting(head, [stays, leaves])
    Schooling.objects.filter(student=leaves).update(left_on=timezone.localdate())
    process_chunk(run_id=run.pk, uai=HERE)
    assert outcomes(run) == {stays: Outcome.NOTIFIED, leaves: Outcome.GONE}


def test_a_class_taken_from_the_delegation_takes_its_pupils(world: World, teacher: Person) -> None:
    run = waiting(teacher, ids(world.pupils))
    teacher.held().classrooms.clear()
    process_chunk(run_id=run.pk, uai=HERE)
    assert set(outcomes(run).values()) == {Outcome.GONE}


def test_ids_that_were_never_open_are_gone(world: World, teacher: Person) -> None:
    run = waiting(teacher, [*ids(world.pupils), *ids(world.other_class)])
    process_chunk(run_id=run.pk, uai=HERE)
    gone = {student for student, outcome in outcomes(run).items() if outcome == Outcome.GONE}
    assert gone == set(ids(world.other_class))


def test_the_documents_show_whom_the_mandate_opens_now(world: World, teacher: Person) -> None:
    stays, moves = ids(world.pupils)
    run = finished(teacher, [stays, moves])
    Schooling.objects.filter(student=moves).update(classroom=world.other_room)
    for with_secrets in (True, False):
        shown = handouts(mandate=teacher.mandate, run=run, with_secrets=with_secrets)
        assert [person.account_id for person in shown] == [stays]


def test_a_narrowed_delegation_prints_nothing_of_what_it_lost(world: World) -> None:
    held = someone(Role.SIMPLIFIED, world.here).held()
    run = finished(as_person(Mandate.objects.for_current().get(pk=held.pk)), ids(world.pupils))
    Mandate.objects.filter(pk=held.pk).update(whole_school=False)
    narrowed = as_person(Mandate.objects.for_current().get(pk=held.pk))
    assert handouts(mandate=narrowed.mandate, run=run, with_secrets=True) == []


def test_a_mandate_that_ends_tomorrow_still_works_today(world: World) -> None:
    delegate = someone(Role.FULL, world.here, ends_at=timezone.now() + timedelta(days=1))
    assert finished(delegate, ids(world.pupils)).state == RunState.DONE
