"""The activation site opens one account and nothing of the console; it answers all that it refuses alike."""

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from accounts.models import Guardianship, JournalEntry, Schooling, Staff, Student
from educonnect_admin.toolkit.scope import holder_scope, scope
from tests.activation.conftest import ACCOUNT, START, Holder
from tests.factories import SchoolingFactory, StaffFactory
from tests.visitors import sign_in

pytestmark = pytest.mark.django_db


def test_a_holder_sees_the_own_account_and_its_places_only(holder: Holder) -> None:
    with scope(holder.school.uai):
        other = SchoolingFactory(school=holder.school).student
    with transaction.atomic(), holder_scope(holder.student.pk):
        assert [student.pk for student in Student.objects.all()] == [holder.student.pk]
        assert [place.student_id for place in Schooling.objects.all()] == [holder.student.pk]
        assert Student.objects.filter(pk=other.pk).update(password="!") == 0


@pytest.mark.parametrize("model", [Guardianship, JournalEntry, Staff])
def test_no_other_table_can_be_read(holder: Holder, model: type) -> None:
    denied = pytest.raises(ProgrammingError, match="permission denied")
    with denied, transaction.atomic(), holder_scope(holder.student.pk):
        model.objects.first()


@pytest.mark.parametrize("column", ["username", "birth_date", "ine", "closing_on", "notified_by", "blocked_reason"])
def test_no_other_column_can_be_written(holder: Holder, column: str) -> None:
    denied = pytest.raises(ProgrammingError, match="permission denied")
    with denied, transaction.atomic(), holder_scope(holder.student.pk):
        Student.objects.update(**{column: None if column in ("birth_date", "closing_on") else "x"})


def test_a_school_in_scope_adds_nothing_to_it(holder: Holder) -> None:
    with scope(holder.school.uai):
        SchoolingFactory(school=holder.school)
        with holder_scope(holder.student.pk):
            assert Schooling.objects.count() == 1
        assert Schooling.objects.count() == 2


def test_the_scope_ends_with_its_block(holder: Holder) -> None:
    with transaction.atomic(), holder_scope(holder.student.pk):
        pass
    assert Student.objects.count() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('console.account', true)")
        assert cursor.fetchone() == ("console_app", "")


def test_the_cookie_of_a_holder_opens_no_page_of_the_console(holder: Holder, cookie: str) -> None:
    holder.activate()
    burglar = Client()
    burglar.cookies[settings.SESSION_COOKIE_NAME] = holder.client.cookies[cookie].value
    burglar.cookies[cookie] = holder.client.cookies[cookie].value
    assert burglar.get("/portail/")["Location"].startswith("/connexion/")


def test_the_cookie_of_the_staff_opens_no_account(holder: Holder, cookie: str) -> None:
    holder.activate()
    staff = sign_in(StaffFactory())
    staff.cookies[cookie] = staff.cookies[settings.SESSION_COOKIE_NAME].value
    assert staff.get(ACCOUNT)["Location"] == START
    assert staff.get("/portail/").status_code == 200


def test_a_forged_cookie_opens_nothing(db: None, cookie: str) -> None:
    for forged in ("", "x", "a" * 32, "0" * 10_000, "é"):
        client = Client()
        client.cookies[cookie] = forged
        assert client.get(ACCOUNT)["Location"] == START


def test_a_new_session_at_the_sign_in_and_at_the_activation(holder: Holder, cookie: str) -> None:
    """Whoever fixed or saw the former id has nothing."""
    holder.sign_in()
    first = holder.client.cookies[cookie].value
    holder.choose()
    holder.give_date()
    second = holder.client.cookies[cookie].value
    watcher = Client()
    watcher.cookies[cookie] = first
    assert first != second
    assert watcher.get(ACCOUNT)["Location"] == START


def test_the_cookie_is_for_this_browser_and_never_for_scripts(holder: Holder, cookie: str) -> None:
    kept = holder.sign_in().cookies[cookie]
    assert (kept["httponly"], kept["samesite"], kept["path"], kept["max-age"]) == (True, "Strict", "/", 900)


def test_pages_are_kept_by_no_cache_and_lead_nowhere_into_the_console(holder: Holder) -> None:
    holder.activate()
    page = holder.client.get(ACCOUNT)
    assert "no-store" in page["Cache-Control"]
    assert "/connexion/" not in page.content.decode()
    assert "/portail/" not in page.content.decode()
