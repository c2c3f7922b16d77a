"""Failures of scope, of imports and of forms elsewhere, tried here."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.actions.journal import SYSTEM
from accounts.actions.persons import erase
from accounts.models import Mandate, School, Schooling, Staff, Student
from educonnect_admin.toolkit.scope import scope
from tests.access.asking import patterns
from tests.access.test_matrix import TABLE
from tests.access.test_reach import every_field
from tests.accounts.feed_deliveries import COLLEGE, DAY, LYCEE, deliver, pupil
from tests.activation.conftest import DATE_STEP, NEW, PASSWORD_STEP, START, Holder, holder
from tests.consistency.sources import APPS, ROOT

SIBLINGS = [
    ("rescue_reset", "A", "rescue_reset_selection", ""),
    ("student_notify", "A", "notify_selection", ""),
    ("student_block", "A", "student_unblock", "A"),
    ("student_block", "R", "student_unblock", "R"),
    ("delegation_revoke", "given", "delegation_reset_key", "given"),
    ("delegation_revoke", "far", "delegation_reset_key", "far"),
    ("delegation_change", "given", "delegation_revoke", "given"),
]
BY_CLASS = ("teachA", "teachB", "teach0")
"""Whose selection may be empty where one pupil is not found."""


def verdicts(url: str, thing: str) -> dict[str, bool]:
    """Who may, of all visitors. A fresh proof that is asked for is no refusal."""
    return {
        visitor: cell.wanted in ("go", "200", "proof")
        for visitor in TABLE.visitors
        if visitor not in BY_CLASS
        for cell in TABLE.cells(visitor)
        if (cell.url, cell.thing, cell.method, cell.school) == (url, thing, "POST", "here")
    }


@pytest.mark.parametrize(("one", "its_thing", "other", "other_thing"), SIBLINGS)
def test_keycloak_cve_2026_94001_siblings_ask_for_the_same_right(
    one: str, its_thing: str, other: str, other_thing: str
) -> None:
    """One way to a credential asked for the narrow permission, a second way to the same had forgotten it."""
    permissions = {pattern.name: pattern.callback.rule.permission for pattern in patterns()}
    assert permissions[one] is permissions[other] is not None
    assert verdicts(one, its_thing) == verdicts(other, other_thing) != {}


@pytest.fixture
def schools(db: None) -> tuple[School, School]:
    return School.objects.create(pk=COLLEGE, name="Collège"), School.objects.create(pk=LYCEE, name="Lycée")


def seen(uai: str) -> set[str]:
    with scope(uai):
        rows = Schooling.objects.filter(school=uai, left_on__isnull=True)
        return set(rows.values_list("student__username", flat=True))


def test_zitadel_cve_2026_55670_an_identifiant_is_never_another_schools(schools: tuple[School, School]) -> None:
    """Someone deleted, then made anew elsewhere under the same name, kept the former tenant."""
    deliver(pupil(1, "AUNE", "Ida"))
    (former,) = seen(COLLEGE)
    with scope(COLLEGE):
        account = Student.objects.get(username=former)
    erase(actor=SYSTEM, model=Student, pk=account.pk, uai=COLLEGE, reason="essai")
    deliver(pupil(1, "AUNE", "Ida", school="9002", room="2NDE 01"), day=DAY + timedelta(days=7))
    (again,) = seen(LYCEE)
    assert again != former
    assert all(username.startswith("efface.") for username in seen(COLLEGE))


def test_moodle_cve_2010_1616_an_import_makes_no_staff_and_gives_no_right(schools: tuple[School, School]) -> None:
    """A restored course made users whom nobody had been allowed to make."""
    before = Staff.objects.count(), Mandate.objects.count()
    deliver(pupil(1, "AUNE", "Ida"), pupil(2, "ORNE", "Noé"))
    assert (Staff.objects.count(), Mandate.objects.count()) == before
    assert (len(seen(COLLEGE)), seen(LYCEE)) == (2, set())


def test_zitadel_cve_2026_27946_nobody_calls_himself_verified(holder: Holder) -> None:
    """A user's own form took the field that says that the address is confirmed. Here: every column, in each step."""
    more = every_field() | {"email_confirmed_at": timezone.now().isoformat(), "email": "a@evil.example"}
    holder.client.post(START, more | {"username": holder.student.username, "password": holder.secret})
    holder.client.post(PASSWORD_STEP, more | {"new_password1": NEW, "new_password2": NEW})
    holder.client.post(DATE_STEP, more | {"birth_date": "14/03/2014"})
    after = holder.now()
    assert (after.state, after.origin, after.email, after.email_confirmed_at) == ("activated", "notification", "", None)
    assert (after.username, after.birth_date, after.ine) == (
        holder.student.username,
        holder.student.birth_date,
        holder.student.ine,
    )


def holding(pattern: re.Pattern[str], files: list[Path] | None = None) -> list[str]:
    """The files, of the console's code unless others are given, that hold such a word."""
    files = files or [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    assert len(files) > 50
    return [str(path) for path in files if pattern.search(path.read_text())]


__all__ = ["holder"]
"""A fixture of the activation site's tests."""

QUADRATIC = re.compile(r"truncate(?:chars|words)_html|\bstriptags\b|\burlize(?:trunc)?\b|\bTruncator\b|\bstrip_tags\b")


def test_django_cve_2026_1285_no_page_cuts_foreign_html() -> None:
    """Truncating, stripping and linking hostile HTML took quadratic time, time and again."""
    assert holding(QUADRATIC) == []
    shown = [path for path in (ROOT / "templates").rglob("*.*") if path.name != "demonstration.html"]
    assert holding(QUADRATIC, shown) == []


UNTRUSTED = re.compile(r"\b(?:pickle|marshal|shelve|yaml\.load|jsonpickle|dill)\b|\beval\(|\bexec\(|\b__import__\(")


def test_moodle_cve_2026_26045_nothing_that_is_read_can_run() -> None:
    """A crafted backup file ran code when it was restored: readers here build no object from what a file names."""
    assert holding(UNTRUSTED) == []


USER_TEXT = re.compile(r"(?:order_by|annotate|alias|extra|values|distinct)\([^)\n]*request\.|filter\(\*\*\w*data\b")


def test_django_cve_2026_1207_nothing_typed_names_a_column() -> None:
    """SQL came in through names of columns and aliases: those of a query are written in the code, or in its tables."""
    assert holding(USER_TEXT) == []
