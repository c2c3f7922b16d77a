"""The fourth wall alone: what PostgreSQL gives to the application's role, with every check of ours taken away."""

import pytest
from django.db import ProgrammingError, connection, transaction

from accounts.models import Classroom, Guardian, Guardianship, Schooling, Student
from educonnect_admin.toolkit.scope import reading, school_transaction, scope
from tests.factories import GuardianshipFactory, SchoolFactory, SchoolingFactory

HERE, ELSEWHERE = "0510001Z", "0511234P"
SCHOOL_MODELS = (Student, Schooling, Guardian, Guardianship, Classroom)

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_schools() -> None:
    for uai in (HERE, ELSEWHERE):
        school = SchoolFactory(uai=uai)
        with scope(uai):
            place = SchoolingFactory(school=school)
            GuardianshipFactory(school=school, student=place.student)


@pytest.mark.parametrize("model", SCHOOL_MODELS)
def test_without_a_scope_nobody_sees_a_row(two_schools: None, model: type) -> None:
    assert model.objects.count() == 0


@pytest.mark.parametrize("model", SCHOOL_MODELS)
def test_a_scope_shows_its_own_school_only(two_schools: None, model: type) -> None:
    with scope(HERE):
        assert model.objects.count() == 1


def test_a_scope_is_put_back_on_exit(two_schools: None) -> None:
    with scope(HERE):
        with scope(ELSEWHERE):
            assert Schooling.objects.get().school_id == ELSEWHERE
        assert Schooling.objects.get().school_id == HERE
    assert Schooling.objects.count() == 0


def test_a_row_of_another_school_cannot_be_written(two_schools: None) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic(), scope(HERE):
        SchoolingFactory(school_id=ELSEWHERE, school=None, classroom=None, student=Student.objects.get())


def test_a_row_of_another_school_cannot_be_changed(two_schools: None) -> None:
    with scope(ELSEWHERE):
        foreign = Student.objects.get()
    with scope(HERE):
        assert Student.objects.filter(pk=foreign.pk).update(email="vole@example.org") == 0


def test_reading_refuses_to_write(two_schools: None) -> None:
    with pytest.raises(Exception, match="read-only transaction"), reading(HERE):
        Student.objects.update(email="vole@example.org")


def test_the_application_is_neither_owner_nor_superuser() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
        assert cursor.fetchone() == (0,)


def test_school_transaction_ends_with_its_scope(two_schools: None) -> None:
    with school_transaction(HERE):
        assert Schooling.objects.count() == 1
    assert Schooling.objects.count() == 0
