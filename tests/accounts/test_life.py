"""The end of an account's life: 90 days, closed and anonymous, never given again; and who comes back before that.

What else deliveries do to lives (school change, siblings in two schools, guardians who follow) stands in
`test_feeds_students` and `test_feeds_guardians`.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.actions.credentials import find_account
from accounts.enums import AccountState
from accounts.models import Dispute, Guardian, JournalEntry, School, Schooling, Source, Student
from accounts.tasks import close_accounts
from educonnect_admin.toolkit.scope import scope
from tests.accounts.feed_deliveries import COLLEGE, DAY, LEGAL, LYCEE, deliver, person, pupil

pytestmark = pytest.mark.django_db
FAMILY = (pupil(1, ties=[(51, LEGAL)], ine="0123456789A"), person(51, "FRÊNE", mail="f@example.org"))
STAYS = pupil(2, "ORNE", "Noé")
LATER = DAY + timedelta(days=7)
CLOSING = LATER + timedelta(days=90)
NAMES = ("aube", "frene", "frêne", "f@example.org", "0123456789a")


def at(day: object, hour: int = 12) -> Any:
    return time_machine.travel(datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=hour))  # type: ignore[arg-type]


@pytest.fixture
def gone(db: None) -> Iterator[tuple[Student, Guardian]]:
    """A pupil and his guardian, activated, whom the second delivery names no more."""
    deliver(*FAMILY, STAYS)
    with scope(COLLEGE):
        Student.objects.filter(last_name="AUBE").update(state="activated", password="!chosen", origin="notification")
        Guardian.objects.update(language="uk", state="activated", password="!chosen")
    deliver(STAYS, day=LATER)
    with scope(COLLEGE):
        yield Student.objects.get(last_name="AUBE"), Guardian.objects.get()


def everything() -> str:
    with scope(COLLEGE):
        models = (Student, Guardian, Schooling, Source, JournalEntry)
        return str([list(model._default_manager.values_list()) for model in models]).lower()


def events(pk: object) -> list[str]:
    with scope(COLLEGE):
        return list(JournalEntry.objects.filter(target=pk).order_by("sequence").values_list("event", flat=True))


def test_closed_on_the_day_and_not_before(gone: tuple[Student, Guardian]) -> None:
    with at(CLOSING - timedelta(days=1)):
        close_accounts()
        assert all(name in everything() for name in ("aube", "frêne"))
    with at(CLOSING):
        close_accounts()
        close_accounts()
    assert not [name for name in NAMES if name in everything()]
    for account in gone:
        with scope(COLLEGE):
            account.refresh_from_db()
        assert (account.state, account.password, account.provisional_hash) == (AccountState.CLOSED, "", None)
        assert events(account.pk)[-1:] == ["account_closed"]
        assert events(account.pk).count("account_closed") == 1
    assert gone[1].language is None


def test_the_day_is_the_schools_own(gone: tuple[Student, Guardian]) -> None:
    """Midnight comes to Réunion three hours before it comes to Paris."""
    before_midnight = CLOSING - timedelta(days=1)
    with at(before_midnight, 21):
        close_accounts()
        assert "aube" in everything()
        School.objects.filter(uai=COLLEGE).update(time_zone="Indian/Reunion")
        close_accounts()
        assert "aube" not in everything()


def test_who_returns_before_that_has_the_same_identifiant_and_state(gone: tuple[Student, Guardian]) -> None:
    with at(CLOSING - timedelta(days=1)):
        deliver(*FAMILY, STAYS, day=CLOSING - timedelta(days=1))
    with at(CLOSING + timedelta(days=1)):
        close_accounts()
    for account in gone:
        before = (account.pk, account.username, AccountState.ACTIVATED, "!chosen", None)
        with scope(COLLEGE):
            account.refresh_from_db()
        assert (account.pk, account.username, account.state, account.password, account.closing_on) == before


def test_the_school_year_switches(db: None) -> None:
    """Who stays goes up a class with the account as it was; who leaves has his 90 days; who comes is new."""
    june, september = date(2026, 6, 15), date(2026, 9, 2)
    deliver(pupil(1, room="5EME A", ties=[(51, LEGAL)]), pupil(2, "ORNE", room="3EME A"), FAMILY[1], day=june)
    with scope(COLLEGE):
        Student.objects.update(state="activated", password="!chosen", origin="notification")
    new = pupil(3, "SAULE", room="6EME A", ties=[(51, LEGAL)])
    result = deliver(pupil(1, room="4EME A", ties=[(51, LEGAL)]), new, FAMILY[1], day=september)
    assert (result.students.created, result.students.left, result.guardians.created) == (1, 1, 0)
    with scope(COLLEGE):
        places = Schooling.objects.filter(left_on=None).order_by("classroom__code")
        told = places.values_list("classroom__code", "student__username", "student__state", "student__closing_on")
        assert list(told) == [
            ("4EME A", "e.aube", "activated", None),
            ("6EME A", "e.saule", "not_notified", None),
        ]
        left = Student.objects.get(last_name="ORNE")
    assert (left.state, left.closing_on) == ("activated", september + timedelta(days=90))


def test_who_returns_after_it_is_somebody_new_and_the_identifiant_is_never_given_again(
    gone: tuple[Student, Guardian],
) -> None:
    with at(CLOSING):
        close_accounts()
        deliver(*FAMILY, STAYS, day=CLOSING)
    with scope(COLLEGE):
        student = Student.objects.get(last_name="AUBE")
        guardian = Guardian.objects.get(last_name="FRÊNE")
    assert (gone[0].username, student.username) == ("e.aube", "e.aube2")
    assert (gone[1].username, guardian.username) == ("o.frene", "o.frene2")
    assert student.pk != gone[0].pk
    assert find_account("e.aube") is None


def test_what_erase_clears_is_what_the_delay_clears(gone: tuple[Student, Guardian]) -> None:
    """The same fields, the guardian's language among them: an account of each, field by field."""
    cleared = []
    with at(CLOSING):
        call_command("erase", "e.aube", "--yes")
        call_command("erase", "o.frene", "--yes")
        cleared.append(fields(gone))
        for account in gone:
            with scope(COLLEGE):
                type(account)._default_manager.filter(pk=account.pk).update(**vars_of(account))
        close_accounts()
        cleared.append(fields(gone))
    assert cleared[0] == cleared[1]


def vars_of(account: Student | Guardian) -> dict[str, Any]:
    return {field.attname: getattr(account, field.attname) for field in account._meta.concrete_fields}


def fields(gone: tuple[Student, Guardian]) -> list[dict[str, Any]]:
    found = []
    for account in gone:
        with scope(COLLEGE):
            row = type(account)._default_manager.get(pk=account.pk)
        found.append({name: value for name, value in vars_of(row).items() if name != "version"})
    return found


def test_a_pupil_of_two_schools_is_closed_when_neither_has_him_and_in_both(gone: tuple[Student, Guardian]) -> None:
    there = pupil(3, "VESLE", school="9002")
    deliver(pupil(1, school="9002", ine="0123456789A"), STAYS, there, day=LATER + timedelta(days=1))
    with at(CLOSING + timedelta(days=1)):
        close_accounts()
    with scope(LYCEE):
        assert Student.objects.filter(username="e.aube", closing_on=None).exists()
    deliver(STAYS, there, day=CLOSING + timedelta(days=2))
    with at(CLOSING + timedelta(days=95)):
        close_accounts()
    for uai in (COLLEGE, LYCEE):
        with scope(uai):
            assert not [key for key in Schooling.objects.values_list("search_key", flat=True) if "aube" in key]


def test_what_was_typed_of_a_tie_goes_with_it_or_with_the_account(gone: tuple[Student, Guardian]) -> None:
    student, guardian = gone
    said = {"school_id": COLLEGE, "guardian": guardian, "raised_at": timezone.now(), "settled_at": timezone.now()}
    with scope(COLLEGE):
        Dispute.objects.create(student=student, outcome="right", note="jugement", **said)
    with at(LATER):
        close_accounts()
        with scope(COLLEGE):
            assert Dispute.objects.get().note == "jugement"
    with at(CLOSING):
        close_accounts()
    with scope(COLLEGE):
        assert Dispute.objects.get().note == ""
