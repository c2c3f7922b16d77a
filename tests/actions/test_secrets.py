"""Each account has one live password, the one that its letter holds; what is renewed, used or old opens nothing."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils import timezone

from accounts import provisional
from accounts.actions.credentials import find_account, opens
from accounts.enums import AccountState, Population, Role
from accounts.models import Student
from notifications.actions.runs import reset_one
from notifications.actions.work import CHUNK
from notifications.models import Run
from tests.actions.scene import Person, crowd, finished, ids, opened_by, outcomes, sealed_secrets, someone, told
from tests.factories import SchoolingFactory, StudentFactory
from tests.visitors import World


def reset(who: Person, student: UUID, key: UUID | None = None) -> Run:
    return reset_one(actor=who.actor, mandate=who.mandate, student=student, label="essai", key=key or uuid4())


def test_the_sealed_password_is_the_one_that_opens(world: World, head: Person) -> None:
    finished(head, ids(world.pupils))
    for student in ids(world.pupils):
        (secret,) = sealed_secrets(student)
        assert opened_by(student, secret)


def test_no_password_opens_the_account_of_another(world: World, head: Person) -> None:
    one, other = ids(world.pupils)
    finished(head, [one, other])
    assert not opened_by(one, *sealed_secrets(other))
    assert not opened_by(other, *sealed_secrets(one))


@pytest.mark.parametrize("typing", [str.lower, provisional.grouped, "-".join, "\u202f".join, lambda s: f"  {s}\t"])
def test_it_is_read_without_care_for_case_spaces_or_hyphens(world: World, head: Person, typing) -> None:
    student = world.pupils[0].student_id
    finished(head, [student])
    (secret,) = sealed_secrets(student)
    assert opened_by(student, typing(secret))
    assert not opened_by(student, typing(secret)[:-3])


def test_a_school_has_no_password_twice(world: World, head: Person) -> None:
    students = crowd(world.here, world.room, CHUNK + 50)
    run = finished(head, students)
    secrets = {secret for student in students for secret in sealed_secrets(student)}
    assert len(secrets) == len(students) == run.processed
    follow_ups = set(run.items.values_list("follow_up", flat=True))
    assert len(follow_ups) == len(students)
    assert all(len(code) == 8 for code in follow_ups)


def test_a_renewed_account_loses_its_older_password_and_its_seal(world: World, head: Person) -> None:
    student = world.pupils[0].student_id
    former = finished(head, [student])
    (old,) = sealed_secrets(student)
    finished(someone(Role.HEAD, world.here), [student])
    (new,) = sealed_secrets(student)
    assert old != new
    assert (opened_by(student, old), opened_by(student, new)) == (False, True)
    assert not former.secrets().exists()


@pytest.mark.parametrize(
    "change",
    [
        {"state": AccountState.ACTIVATED, "provisional_hash": None, "origin": "notification"},
        {"state": AccountState.BLOCKED, "blocked_reason": "Compte prêté"},
        {"state": AccountState.CLOSED},
        {"provisional_hash": b"\x01" + b"x" * 32},
    ],
)
def test_whatever_ends_a_password_ends_its_seal(world: World, head: Person, change: dict[str, object]) -> None:
    student = world.pupils[0].student_id
    finished(head, [student])
    (secret,) = sealed_secrets(student)
    Student.objects.filter(pk=student).update(**change)
    assert sealed_secrets(student) == []
    assert not opened_by(student, secret)


def test_a_correction_of_other_fields_ends_nothing(world: World, head: Person) -> None:
    student = world.pupils[0].student_id
    finished(head, [student])
    Student.objects.filter(pk=student).update(email="electre@example.org", distributed_on=timezone.localdate())
    assert len(sealed_secrets(student)) == 1


def test_it_ends_with_the_last_second_of_its_last_day(world: World, head: Person) -> None:
    student = world.pupils[0].student_id
    finished(head, [student])
    (secret,) = sealed_secrets(student)
    account = Student.objects.get(pk=student)
    ends = account.provisional_expires_at
    assert ends == provisional.expiry(timezone.now(), world.here.zone, 90)
    assert opens(account, secret, now=ends)
    assert not opens(account, secret, now=ends + timedelta(seconds=1))


def test_a_chosen_password_opens_and_the_provisional_one_no_longer(world: World, head: Person) -> None:
    account = StudentFactory(activated=True, password=make_password("Ma propre phrase à moi"))
    assert opens(account, "Ma propre phrase à moi")
    assert not opens(account, "ma propre phrase à moi")
    assert not opens(account, "")


@pytest.mark.parametrize("trait", ["blocked", "activated", "expired", None])
def test_an_account_without_a_password_opens_to_nothing(world: World, trait: str | None) -> None:
    account = StudentFactory(**({trait: True} if trait else {}))
    assert not any(opens(account, typed) for typed in ("", "!", "e" * 32, "2" * 12))


def test_nothing_readable_is_kept_but_the_seal(world: World, head: Person) -> None:
    student = world.pupils[0].student_id
    finished(head, [student])
    (secret,) = sealed_secrets(student)
    with connection.cursor() as cursor:
        for table in ("student", "run", "run_item", "sealed_secret", "journal_entry"):
            cursor.execute(f"SELECT t::text FROM {table} t")  # noqa: S608  # names of ours
            rows = str(cursor.fetchall())
            assert len(rows) > 100
            assert secret not in rows
            assert secret.encode().hex() not in rows


def test_a_reset_of_one_is_one_however_often_it_is_sent(world: World, teacher: Person) -> None:
    student, key = world.pupils[0].student_id, uuid4()
    first = reset(teacher, student, key)
    (secret,) = sealed_secrets(student)
    assert reset(teacher, student, key) == first
    assert sealed_secrets(student) == [secret]
    assert told(student) == [("account_notified", teacher.actor.staff_id)]


@pytest.mark.parametrize(
    ("trait", "outcome"),
    [
        ({}, "notified"),
        ({"notified": True}, "renotified"),
        ({"expired": True}, "renotified"),
        ({"activated": True}, "renotified"),
        ({"activated": True, "origin": "france_connect"}, "france_connect"),
        ({"blocked": True}, "blocked"),
        ({"leaving": True}, "leaving"),
        ({"state": "closed"}, "closed"),
    ],
)
def test_what_a_reset_of_one_comes_to(world: World, teacher: Person, trait: dict, outcome: str) -> None:
    place = SchoolingFactory(school=world.here, classroom=world.room, student=StudentFactory(**trait))
    run = reset(teacher, place.student_id)
    assert outcomes(run) == {place.student_id: outcome}
    assert len(sealed_secrets(place.student_id)) == (outcome in ("notified", "renotified"))


def test_an_account_is_found_by_its_identifiant_whichever_school_it_is_in(world: World) -> None:
    for place in (world.pupils[0], world.foreign):
        username = place.student.username
        assert find_account(f" {username.upper()} ") == (Population.STUDENTS, str(place.student_id), place.school_id)
    assert find_account("n.existe.pas") is None
