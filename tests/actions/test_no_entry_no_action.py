"""Where the journal cannot be written, nothing is done and nothing is shown (security.md A11; ASVS 16.5)."""

from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import JournalEntry, Schooling, Student
from educonnect_admin.toolkit.scope import school_transaction
from tests.visitors import HERE, make_world, mandated, sign_in


@pytest.fixture
def silent(committed: str) -> Iterator[tuple[Client, Schooling]]:
    """A head at work on a base whose journal takes nothing, and a pupil."""
    with school_transaction(HERE):
        world = make_world()
        head = sign_in(mandated(Role.HEAD, world.here), otp=True)
    head.raise_request_exception = False
    function = "FUNCTION journal_write"
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, dbname=committed, autocommit=True) as superuser:
        superuser.execute(f"REVOKE EXECUTE ON {function} FROM console_app")
        yield head, world.pupils[1]
        superuser.execute(f"GRANT EXECUTE ON {function} TO console_app")


def test_no_entry_no_action(silent: tuple[Client, Schooling]) -> None:
    head, place = silent
    block = reverse("student_block", args=[HERE, place.student_id])
    answers = [head.post(block, {"version": 0, "reason": "stolen"}), head.post(reverse("freeze", args=[HERE]))]
    answers.append(head.post(reverse("rescue_reset", args=[HERE, place.student_id])))
    shown = head.get(reverse("student", args=[HERE, place.student_id]))
    assert [answer.status_code for answer in (*answers, shown)] == [500] * 4
    assert place.student.last_name not in shown.content.decode()
    with school_transaction(HERE):
        after = Student.objects.get(pk=place.student_id)
        assert (after.state, bytes(after.provisional_hash)) == ("notified", bytes(place.student.provisional_hash))
        assert not JournalEntry.objects.filter(target=place.student_id).exists()
