"""The list of one's own sessions, and closing them."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions.sessions import BEGAN_AT, name_of
from accounts.models import Staff, StaffSession
from accounts.models.session import SessionStore
from tests.factories import StaffFactory
from tests.pages.reading import journal, missing, words
from tests.visitors import INSIDE, sign_in

pytestmark = pytest.mark.django_db
OWN, CLOSE = reverse("own_account"), reverse("own_session_close")


@pytest.fixture
def staff() -> Staff:
    return StaffFactory()


def is_in(client: Client) -> bool:
    return client.get(OWN).status_code == 200


def close(client: Client, other: Client | None = None):
    form = {"session": name_of(other.session.session_key)} if other else {}
    return client.post(CLOSE, form, follow=True)


def test_the_list_tells_where_since_when_and_which_is_this(staff: Staff) -> None:
    here, there = sign_in(staff), sign_in(staff, inside=True)
    there.get(OWN)
    page = here.get(OWN)
    assert missing(page, "Cette session", "depuis 127.0.0.1", f"depuis {INSIDE['HTTP_X_FORWARDED_FOR']}") == []
    assert [session.is_this for session in page.context["sessions"]] == [True, False]
    assert there.session.session_key not in page.content.decode()
    assert here.session.session_key not in page.content.decode()


def test_the_last_use_is_told(staff: Staff) -> None:
    here, there = sign_in(staff), sign_in(staff)
    with time_machine.travel(timezone.localtime() + timedelta(minutes=5)):
        there.get(OWN)
        used = there.get(OWN).context["sessions"][0].last_used_at
    assert abs(used - timezone.now() - timedelta(minutes=5)) < timedelta(seconds=30)
    assert is_in(here)


def test_one_is_closed_and_the_others_stay(staff: Staff) -> None:
    here, there, third = (sign_in(staff) for _ in range(3))
    assert missing(close(here, there), "1 session fermée.") == []
    assert [is_in(client) for client in (here, there, third)] == [True, False, True]
    assert journal("-")[-1] == ("sessions_closed", None, 1)


def test_all_others_are_closed(staff: Staff) -> None:
    here, *others = (sign_in(staff) for _ in range(4))
    assert missing(close(here), "3 sessions fermées.") == []
    assert [is_in(client) for client in (here, *others)] == [True, False, False, False]


def test_nobody_closes_or_sees_the_session_of_another(staff: Staff) -> None:
    here, stranger = sign_in(staff), sign_in(StaffFactory())
    assert missing(close(here, stranger), "Rien n'était à fermer") == []
    assert close(here).status_code == 200
    assert is_in(stranger)
    assert len(here.get(OWN).context["sessions"]) == 1


@pytest.mark.parametrize("name", ["", "x", "\x00", "é" * 10_000, "0" * 64])
def test_a_name_of_no_session_closes_nothing(staff: Staff, name: str) -> None:
    here, there = sign_in(staff), sign_in(staff)
    assert "Rien n'était à fermer" in words(here.post(CLOSE, {"session": name}, follow=True))
    assert is_in(there)


def test_only_ones_own_sessions_are_read(staff: Staff) -> None:
    here = sign_in(staff)
    here.get(OWN)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            here.get(OWN)
        counts.append(len(asked))
        for _ in range(5):
            sign_in(staff)
            sign_in(StaffFactory())
    assert counts[0] == counts[1]
    assert StaffSession.objects.filter(staff=staff).count() == 11


def test_a_session_that_waits_for_its_code_is_nobodys(staff: Staff, client: Client) -> None:
    session = client.session
    session["pending_staff"] = {"staff": staff.pk}
    session.save()
    assert StaffSession.objects.get(pk=session.session_key).staff_id is None


def test_a_request_prolongs_its_session_by_one_statement(staff: Staff) -> None:
    here = sign_in(staff)
    here.get(OWN)
    with time_machine.travel(timezone.localtime() + timedelta(minutes=14)), CaptureQueriesContext(connection) as asked:
        assert is_in(here)
    written = [query["sql"] for query in asked if "staff_session" in query["sql"] and query["sql"].startswith("UPDATE")]
    assert len(written) == 1
    assert "session_data" not in written[0]
    with time_machine.travel(timezone.localtime() + timedelta(minutes=28)):
        assert is_in(here)
    with time_machine.travel(timezone.localtime() + timedelta(minutes=44)):
        assert not is_in(here)


def test_a_session_closed_during_a_request_stays_closed(staff: Staff) -> None:
    """Nothing of what the request ends with brings it back."""
    here = sign_in(staff)
    here.get(OWN)
    opened = SessionStore(here.session.session_key)
    assert opened[BEGAN_AT]
    StaffSession.objects.filter(staff=staff).delete()
    with pytest.raises(UpdateError):
        opened.save()
    assert not is_in(here)
