"""Opening a run's documents: by whom, in which order, until when, and what the journal says of it."""

from datetime import timedelta
from itertools import product
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from accounts.actions.journal import Event
from accounts.enums import Role
from accounts.models import JournalEntry, Student
from educonnect_admin.toolkit.crypto import SealBrokenError
from notifications.actions.documents import classes_of, handed_to, handouts, note_opening, reveal, revealable
from notifications.actions.runs import destroy_payload, reset_one
from notifications.models import Run, RunItem, SealedSecret
from tests.actions.scene import Person, finished, ids, opened_by, sealed_secrets, someone
from tests.factories import ClassroomFactory, SchoolingFactory, StudentFactory
from tests.visitors import HERE, World


def readable(who: Person, student: UUID) -> RunItem | None:
    return revealable(staff_id=who.mandate.staff_id, uai=HERE, student=student)


def reset(who: Person, student: UUID) -> Run:
    return reset_one(actor=who.actor, mandate=who.mandate, student=student, label="essai", key=uuid4())


def test_they_come_by_class_in_natural_order_then_by_name(world: World, head: Person) -> None:
    wanted = [("6A", "zoé"), ("6B", "Abel"), ("6B", "Éric"), ("6B", "Fanny"), ("10A", "Anne"), ("", "Alice")]
    for code, name in reversed(wanted):
        room = ClassroomFactory(school=world.here, code=code) if code else None
        student = StudentFactory(last_name=name.upper(), first_name="Lou")
        SchoolingFactory(school=world.here, classroom=room, student=student)
    run = finished(head, Student.objects.filter(first_name="Lou").values_list("pk", flat=True))
    shown = handouts(mandate=head.mandate, run=run, with_secrets=True)
    assert [(person.classroom, person.last_name) for person in shown] == [(c, n.upper()) for c, n in wanted]


def test_each_holds_the_password_that_opens(world: World, head: Person) -> None:
    run = finished(head, ids(world.pupils))
    shown = handouts(mandate=head.mandate, run=run, with_secrets=True)
    assert {person.account_id for person in shown} == set(ids(world.pupils))
    assert all(opened_by(person.account_id, person.secret) for person in shown)
    assert {person.valid_until for person in shown} == {timezone.localdate() + timedelta(days=90)}
    assert len({person.follow_up for person in shown}) == 2


def test_a_list_without_passwords_holds_none(world: World, head: Person) -> None:
    run = finished(head, ids(world.pupils))
    shown = handouts(mandate=head.mandate, run=run, with_secrets=False)
    assert [(person.secret, person.state) for person in shown] == [("", "Notifié")] * 2


def test_one_class_alone(world: World, head: Person) -> None:
    run = finished(head, ids([*world.pupils, *world.other_class]), include_activated=True)
    shown = handouts(mandate=head.mandate, run=run, classroom=world.other_room.pk, with_secrets=True)
    assert [person.account_id for person in shown] == ids(world.other_class[:1])
    assert handouts(mandate=head.mandate, run=run, classroom=uuid4(), with_secrets=True) == []


def test_an_account_renewed_since_has_no_place_on_paper(world: World, head: Person, teacher: Person) -> None:
    run = finished(head, ids(world.pupils))
    reset(teacher, world.pupils[0].student_id)
    shown = handouts(mandate=head.mandate, run=run, with_secrets=True)
    assert [person.account_id for person in shown] == ids(world.pupils[1:])


def test_a_seal_moved_to_another_pupil_does_not_open(world: World, head: Person) -> None:
    run = finished(head, ids(world.pupils))
    one, other = run.items.select_related("secret")
    type(one.secret).objects.filter(pk=one.pk).update(sealed=other.secret.sealed)
    with pytest.raises(SealBrokenError):
        handouts(mandate=head.mandate, run=run, with_secrets=True)


@pytest.mark.parametrize("hands_over", [False, True])
def test_an_opening_is_told_and_dates_what_it_hands_over(world: World, head: Person, hands_over: bool) -> None:
    run = finished(head, ids(world.pupils))
    note_opening(actor=head.actor, run=run, kind="courriers", accounts=ids(world.pupils), hands_over=hands_over)
    entry = JournalEntry.objects.get(event=Event.DOCUMENT_OPENED)
    assert (entry.target, entry.count, entry.detail, entry.staff_id) == (run.pk, 2, "courriers", head.actor.staff_id)
    dates = set(Student.objects.filter(pk__in=ids(world.pupils)).values_list("distributed_on", flat=True))
    assert dates == {timezone.localdate() if hands_over else None}


def test_a_second_opening_moves_no_date(world: World, head: Person) -> None:
    run = finished(head, ids(world.pupils))
    earlier = timezone.localdate() - timedelta(days=1)
    Student.objects.filter(pk=world.pupils[0].student_id).update(distributed_on=earlier)
    note_opening(actor=head.actor, run=run, kind="courriers", accounts=ids(world.pupils), hands_over=True)
    assert Student.objects.get(pk=world.pupils[0].student_id).distributed_on == earlier


def test_a_password_is_revealed_to_the_person_who_gave_it(world: World, teacher: Person) -> None:
    student = world.pupils[0].student_id
    reset(teacher, student)
    secret = reveal(actor=teacher.actor, item=readable(teacher, student))
    assert opened_by(student, secret)
    entry = JournalEntry.objects.get(event=Event.SECRET_REVEALED)
    assert (entry.target, entry.staff_id) == (student, teacher.actor.staff_id)
    assert secret not in f"{entry.detail} {entry.count}"
    assert Student.objects.get(pk=student).distributed_on == timezone.localdate()


def test_nobody_else_can_read_it(world: World, head: Person, teacher: Person) -> None:
    student = world.pupils[0].student_id
    reset(teacher, student)
    for other in (head, someone(Role.SIMPLIFIED, world.here), someone(Role.HEAD, world.here)):
        assert readable(other, student) is None


def test_it_can_be_read_until_its_time_is_over(world: World, teacher: Person) -> None:
    student = world.pupils[0].student_id
    run = reset(teacher, student)
    run.secrets().update(expires_at=timezone.now() + timedelta(seconds=30))
    assert readable(teacher, student)
    run.secrets().update(expires_at=timezone.now())
    assert readable(teacher, student) is None


def test_the_latest_reset_of_ones_own_is_the_one_shown(world: World, teacher: Person) -> None:
    student = world.pupils[0].student_id
    reset(teacher, student)
    latest = reset(teacher, student)
    assert readable(teacher, student).run_id == latest.pk


def test_after_a_colleagues_reset_ones_own_shows_nothing(world: World, head: Person, teacher: Person) -> None:
    student = world.pupils[0].student_id
    reset(teacher, student)
    reset(head, student)
    assert readable(teacher, student) is None
    assert readable(head, student)


def test_destroyed_documents_do_not_open_and_passwords_stay(world: World, head: Person) -> None:
    run = finished(head, ids(world.pupils))
    student = world.pupils[0].student_id
    (secret,) = sealed_secrets(student)
    for _ in range(2):
        destroy_payload(actor=head.actor, run=run)
    run.refresh_from_db()
    assert (run.has_payload, run.secrets().count(), readable(head, student)) == (False, 0, None)
    assert handouts(mandate=head.mandate, run=run, with_secrets=True) == []
    assert opened_by(student, secret)
    (entry,) = JournalEntry.objects.filter(event=Event.PAYLOAD_DESTROYED)
    assert (entry.target, entry.count) == (run.pk, 2)


def test_a_payload_lasts_a_day_from_the_launch(world: World, head: Person) -> None:
    run = finished(head, ids(world.pupils))
    assert run.payload_expires_at - run.started_at == timedelta(hours=24)
    assert set(run.secrets().values_list("expires_at", flat=True)) == {run.payload_expires_at}
    Run.objects.filter(pk=run.pk).update(payload_expires_at=timezone.now())
    run.refresh_from_db()
    assert not run.has_payload


def test_documents_take_two_queries_however_many_accounts(
    world: World, head: Person, django_assert_num_queries
) -> None:
    run = finished(head, ids([*world.pupils, *SchoolingFactory.create_batch(30, school=world.here)]))
    run = Run.objects.select_related("school").get(pk=run.pk)
    with django_assert_num_queries(2):
        assert len(handouts(mandate=head.mandate, run=run, with_secrets=True)) == 32


def test_what_is_told_before_is_whom_the_document_is_on(world: World, head: Person, django_assert_num_queries) -> None:
    run = finished(head, ids([*world.pupils, *SchoolingFactory.create_batch(3, school=world.here, classroom=None)]))
    SealedSecret.objects.filter(account_id=world.pupils[0].student_id).delete()
    for with_secrets, room in product((True, False), (None, world.room.pk)):
        asked = {"mandate": head.mandate, "run": run, "classroom": room, "with_secrets": with_secrets}
        with django_assert_num_queries(1):
            told = handed_to(**asked)
        assert sorted(told) == sorted(person.account_id for person in handouts(**asked)) != []


def test_classes_are_counted_in_their_order(world: World, head: Person, django_assert_num_queries) -> None:
    run = finished(head, ids([*world.other_class, *world.pupils]), include_activated=True)
    with django_assert_num_queries(1):
        assert [(label, count) for _, label, count in classes_of(mandate=head.mandate, run=run, with_secrets=True)] == [
            ("5EME A", 2),
            ("5EME B", 1),
        ]
