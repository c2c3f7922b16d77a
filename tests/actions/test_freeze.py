"""Geler: every provisional password of the school void at once, nothing else touched, and told in the journal."""

import time

import pytest
from django.core.management import CommandError, call_command

from accounts.actions.verification import first_fault
from accounts.enums import AccountState
from accounts.models import Guardian, Student
from notifications.actions.freeze import freeze
from notifications.actions.work import process_chunk
from notifications.enums import RunState
from notifications.models import Run, SealedSecret
from tests.actions.scene import Person, crowd, draft, finished, ids, opened_by, sealed_secrets
from tests.factories import GuardianFactory, GuardianshipFactory
from tests.visitors import ELSEWHERE, HERE, World

pytestmark = pytest.mark.django_db


def test_what_letters_gave_opens_nothing_any_more(world: World, head: Person) -> None:
    finished(head, ids(world.pupils))
    secrets = {student: sealed_secrets(student)[0] for student in ids(world.pupils)}
    assert freeze(actor=head.actor, uai=HERE) == 2
    assert not any(opened_by(student, secret) for student, secret in secrets.items())
    assert not SealedSecret.objects.exists()
    assert {student.state for student in Student.objects.filter(pk__in=secrets)} == {AccountState.NOT_NOTIFIED}


@pytest.mark.proof
def test_a_school_of_1200_is_frozen_within_five_seconds(world: World, head: Person) -> None:
    crowd(world.here, world.room, 1200, student__notified=True)
    start = time.perf_counter()
    assert freeze(actor=head.actor, uai=HERE) >= 1200
    assert time.perf_counter() - start < 5


def test_activated_and_blocked_accounts_are_not_touched(world: World, head: Person) -> None:
    others = Student.objects.filter(pk__in=ids(world.other_class)).order_by("pk")
    before = list(others.values())
    freeze(actor=head.actor, uai=HERE)
    assert list(others.values()) == before


def test_guardians_are_frozen_as_well(world: World, head: Person) -> None:
    guardian = GuardianFactory(
        state=AccountState.NOTIFIED, provisional_hash=b"\x01" + b"g" * 32, provisional_expires_at="2027-01-01T00:00Z"
    )
    GuardianshipFactory(school=world.here, student=world.pupils[0].student, guardian=guardian)
    freeze(actor=head.actor, uai=HERE)
    assert Guardian.objects.get(pk=guardian.pk).state == AccountState.NOT_NOTIFIED


def test_a_run_under_way_stops(world: World, head: Person) -> None:
    run = draft(head, crowd(world.here, world.room, 3))
    Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING)
    freeze(actor=head.actor, uai=HERE)
    assert Run.objects.get(pk=run.pk).state == RunState.CANCELLED
    assert process_chunk(run_id=run.pk, uai=HERE) is False


def test_doing_it_twice_does_no_harm_and_the_journal_holds(world: World, head: Person) -> None:
    finished(head, ids(world.pupils))
    assert (freeze(actor=head.actor, uai=HERE), freeze(actor=head.actor, uai=HERE)) == (2, 0)
    assert first_fault(HERE) == ""


def test_the_command_freezes_one_school_only(world: World, head: Person, capsys: pytest.CaptureFixture[str]) -> None:
    finished(head, ids(world.pupils))
    call_command("freeze", ELSEWHERE)
    assert Student.objects.filter(state=AccountState.NOTIFIED).count() == 2
    call_command("freeze", HERE)
    assert "2 provisional passwords are void" in capsys.readouterr().out
    with pytest.raises(CommandError, match="No school"):
        call_command("freeze", "0999999X")
