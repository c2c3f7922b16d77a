"""Daily figures: right whenever they are computed, kept once, over summer time and over the school year."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import ProgrammingError, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import School
from educonnect_admin.demonstration.lives import live
from educonnect_admin.toolkit.scope import school_transaction, scope
from stats.days import days, ends_at, first_day, missing, starts_at
from stats.keeping import keep_days, keep_missing
from stats.models import DailyFigure
from stats.tasks import keep_daily_figures
from tests.factories import (
    ClassroomFactory,
    GuardianFactory,
    GuardianshipFactory,
    SchoolFactory,
    SchoolingFactory,
    StaffFactory,
    StudentFactory,
)
from tests.stats.replay import replayed

HERE, ELSEWHERE = "0510001Z", "0511234P"
PARIS = ZoneInfo("Europe/Paris")
START = date(2026, 10, 20)
"""A week around the end of summer time, on 25 October."""
WEEK = days(START, START + timedelta(days=7))
STATES = ("not_notified", "notified", "activating", "expired", "activated", "blocked")

moments = st.integers(-200 * 24, 9 * 24).map(
    lambda hours: datetime(2026, 10, 20, tzinfo=PARIS) + timedelta(hours=hours)
)
accounts = st.fixed_dictionaries(
    {
        "notified_at": st.none() | moments,
        "activated_at": st.none() | moments,
        "state": st.sampled_from(["not_notified", "activated", "blocked", "notified", "closed", "activating"]),
        "left": st.none() | st.sampled_from(WEEK),
        "arrived_at": moments,
        "room": st.sampled_from(["5EME A", "5EME B", ""]),
        "brother": st.booleans(),
    }
)


def make_account(factory: Any, told: dict[str, Any]) -> Any:
    is_notified = told["state"] == "notified"
    return factory(
        state=told["state"],
        notified_at=told["notified_at"],
        activated_at=told["activated_at"],
        provisional_hash=b"\x01" + b"h" * 32 if is_notified else None,
        provisional_expires_at=datetime(2026, 10, 24, 22, tzinfo=UTC) if is_notified else None,
        blocked_reason="motif" if told["state"] == "blocked" else "",
        closing_on=told["left"] + timedelta(days=90) if told["left"] else None,
    )


def make_school(people: list[dict[str, Any]]) -> School:
    """A pupil and a guardian for each; the guardian of a brother is the one before."""
    school: School = SchoolFactory(uai=HERE)
    guardian = None
    for told in people:
        room = ClassroomFactory(school=school, code=told["room"]) if told["room"] else None
        student = make_account(StudentFactory, told)
        place = SchoolingFactory(school=school, student=student, classroom=room, left_on=told["left"])
        type(place).objects.filter(pk=place.pk).update(created_at=told["arrived_at"])
        guardian = guardian if told["brother"] and guardian else make_account(GuardianFactory, told)
        tie = GuardianshipFactory(school=school, student=student, guardian=guardian)
        type(tie).objects.filter(pk=tie.pk).update(created_at=told["arrived_at"])
    return school


def kept(school: School, day: date) -> dict[tuple[str, Any], dict[str, int]]:
    rows = DailyFigure.objects.filter(school=school, day=day)
    return {(row.population, row.classroom_id): {s: getattr(row, s) for s in STATES} for row in rows}


def expected(school: School, day: date) -> dict[tuple[str, Any], dict[str, int]]:
    return {key: {state: found[state] for state in STATES} for key, found in replayed(school, day).items()}


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(accounts, max_size=6))
def test_each_day_is_what_the_rows_say_of_it(people: list[dict[str, Any]]) -> None:
    with transaction.atomic(), scope(HERE):
        school = make_school(people)
        keep_days(school, WEEK)
        for day in WEEK:
            assert kept(school, day) == expected(school, day), day
        transaction.set_rollback(True)


@pytest.fixture
def lived(committed: str) -> Iterator[School]:
    """A school whose journal tells lives since September."""
    with school_transaction(HERE):
        school: School = SchoolFactory(uai=HERE)
        for number in range(12):
            place = SchoolingFactory(school=school, classroom__code=f"{6 - number % 3}EME A")
            GuardianshipFactory(school=school, student=place.student)
        begin = datetime(2026, 9, 1, 6, tzinfo=UTC)
        for model in (type(place), type(place.student.guardianships.get())):
            model.objects.update(created_at=begin)
    live(HERE, datetime(2026, 11, 23, 18, tzinfo=PARIS), StaffFactory())
    yield school
    connections["owner"].close()


def test_the_journal_tells_the_days_that_were_missed(lived: School) -> None:
    last = date(2026, 11, 22)
    with school_transaction(HERE):
        keep_days(lived, days(date(2026, 9, 1), last))
        for day in (date(2026, 9, 1), date(2026, 9, 7), date(2026, 10, 25), last):
            assert kept(lived, day) == expected(lived, day), day
        rows = DailyFigure.objects.filter(population="students", classroom=None)
        assert sum(row.notifications for row in rows) >= 5
        assert {row.total for row in rows} == {12}


@pytest.mark.django_db
def test_a_day_is_kept_once_and_never_changes() -> None:
    with scope(HERE):
        school = SchoolFactory(uai=HERE)
        keep_days(school, [START])
        SchoolingFactory(school=school)
        keep_days(school, [START, START])
        rows = DailyFigure.objects.order_by("population")
        assert [(row.population, row.total) for row in rows] == [("guardians", 0), ("students", 0)]


@pytest.mark.django_db
def test_what_is_missed_is_filled_in_and_nothing_is_done_twice() -> None:
    now = datetime(2026, 10, 5, 0, 10, tzinfo=PARIS)
    with scope(HERE):
        school = SchoolFactory(uai=HERE)
        school.created_at = now - timedelta(days=40)
        keep_days(school, days(date(2026, 9, 1), date(2026, 9, 20)))
        assert keep_missing(school, now) == 14
        assert keep_missing(school, now) == 0
        found = DailyFigure.objects.filter(population="students").order_by("day").values_list("day", flat=True)
        assert list(found) == days(date(2026, 9, 1), date(2026, 10, 4))


@pytest.mark.django_db
def test_the_task_keeps_every_school_in_its_own_scope() -> None:
    for uai in (HERE, ELSEWHERE):
        with scope(uai):
            SchoolingFactory(school=SchoolFactory(uai=uai))
    School.objects.update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    keep_daily_figures()
    for uai in (HERE, ELSEWHERE):
        with scope(uai):
            assert set(DailyFigure.objects.values_list("school", flat=True)) == {uai}
    assert not DailyFigure.objects.exists()


@pytest.mark.django_db
def test_another_schools_day_cannot_be_written() -> None:
    with scope(HERE):
        school = SchoolFactory(uai=ELSEWHERE)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            keep_days(school, [START])


def test_days_missed_in_august_are_filled_in_september() -> None:
    held = days(date(2025, 9, 1), date(2026, 8, 29))
    born = date(2024, 1, 1)
    wanted = [date(2026, 8, 30), date(2026, 8, 31), date(2026, 9, 1)]
    assert missing(held, born=born, yesterday=date(2026, 9, 1)) == wanted
    assert missing([], born=born, yesterday=date(2026, 9, 1)) == [date(2026, 9, 1)]
    assert missing([], born=date(2026, 9, 3), yesterday=date(2026, 9, 1)) == []


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 10, 25), 25), (date(2027, 3, 28), 23), (date(2026, 11, 1), 24)])
def test_a_day_lasts_from_midnight_to_midnight(day: date, hours: int) -> None:
    began, ended = starts_at(day, PARIS).astimezone(UTC), ends_at(day, PARIS).astimezone(UTC)
    assert ended - began == timedelta(hours=hours)
    assert first_day(day) == date(2026, 9, 1)
