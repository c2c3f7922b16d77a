"""Nobody reaches further than the mandate: through lists, selections, or fields that no form has."""

from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse

from accounts.actions.journal import Event
from accounts.enums import Assurance
from accounts.middleware import activate
from accounts.models import Guardian, JournalEntry, Mandate, Schooling, Staff, Student
from accounts.models.journal import NO_SCHOOL
from accounts.permissions import Permission, can
from educonnect_admin.toolkit.scope import scope
from notifications.models import Run
from tests.access.asking import Asker, question
from tests.access.test_matrix import TABLE
from tests.access.world import Asked, undone
from tests.visitors import ELSEWHERE, HERE

MANDATED = ("teach", "teachA", "teachB", "teach0", "otp", "head")
RESET, NOTIFY = "rescue_reset_selection", "notify_selection"


def drafted(asked: Asked, asker: Asker, visitor: str, name: str, form: dict[str, Any]) -> list[set[object]]:
    """The accounts of the runs that a selection made."""
    with scope(HERE):
        before = set(Run.objects.values_list("pk", flat=True))
        asker.ask(asked.visitors[visitor], "POST", reverse(name, args=[HERE]), form)
        made = Run.objects.exclude(pk__in=before)
        assert all(run.total == run.items.count() for run in made)
        return [set(run.items.values_list("student_id", flat=True)) for run in made]


@pytest.mark.parametrize(("visitor", "permission"), list(product(MANDATED, Permission)))
def test_can_and_allowing_agree(asked: Asked, visitor: str, permission: Permission) -> None:
    held = Mandate.objects.for_current().get(staff=asked.visitors[visitor].staff)
    mandate = activate(held, Assurance.OTP)
    for uai in (HERE, ELSEWHERE):
        with scope(uai):
            rows = list(Schooling.objects.all())
            allowed = set(Schooling.objects.allowing(mandate, permission))
            students = set(Student.objects.allowing(mandate, permission).values_list("pk", flat=True))
        assert rows
        assert allowed == {row for row in rows if can(mandate, permission, row)}
        assert students == {row.student_id for row in allowed}


@pytest.mark.parametrize("permission", Permission)
def test_without_a_mandate_no_row(asked: Asked, permission: Permission) -> None:
    with scope(HERE):
        for model in (Schooling, Student, Guardian, Run):
            assert not model.objects.allowing(None, permission).exists()


def test_a_teacher_without_a_class_sees_nobody(anew: Asked, asker: Asker) -> None:
    pages = [
        asker.ask(anew.visitors["teach0"], "GET", reverse(name, args=[HERE]), {}).content.decode()
        for name in ("rescue_home", "rescue_students", "runs")
    ]
    with scope(HERE):
        people = [place.student for place in Schooling.objects.select_related("student")]
    assert not [person for person in people for page in pages if person.last_name in page or person.username in page]
    assert "Aucune classe" in pages[0]
    assert drafted(anew, asker, "teach0", RESET, {"tout": "1"}) == []


def test_foreign_ids_of_a_selection_are_not_counted(anew: Asked, asker: Asker) -> None:
    world = anew.world
    own, other = ({place.student_id for place in places} for places in (world.pupils, world.other_class))
    sent = {"eleve": [*own, *other, world.foreign.student_id, uuid4(), "x", ""]}
    assert drafted(anew, asker, "teachA", RESET, sent) == [own]
    assert drafted(anew, asker, "teachB", RESET, sent) == [other]
    assert drafted(anew, asker, "head", NOTIFY, sent) == [own | other]


def test_a_selection_of_foreign_ids_alone_makes_no_run(anew: Asked, asker: Asker) -> None:
    sent = {"eleve": [anew.world.foreign.student_id, uuid4()]}
    assert drafted(anew, asker, "head", NOTIFY, sent) == []
    assert drafted(anew, asker, "teachA", RESET, sent) == []
    assert drafted(anew, asker, "teach", NOTIFY, {"tout": "1"}) == []


def test_the_whole_result_is_what_the_mandate_opens(anew: Asked, asker: Asker) -> None:
    with scope(HERE):
        in_class = set(Schooling.objects.filter(classroom=anew.world.room).values_list("student_id", flat=True))
    foreign = {"tout": "1", "classe": [anew.world.foreign.classroom_id, anew.world.other_room.pk]}
    assert drafted(anew, asker, "teachA", RESET, {"tout": "1"}) == [in_class]
    assert drafted(anew, asker, "teachA", RESET, foreign) == [in_class]


@pytest.mark.parametrize(
    ("visitor", "uai", "name", "detail"),
    [
        ("none", HERE, "students", "no live mandate"),
        ("revok", HERE, "students", "no live mandate"),
        ("head", ELSEWHERE, "students", "outside the mandate"),
        ("head", "0999999X", "students", "outside the mandate"),
        ("teach", HERE, "students", Permission.LIST_STUDENTS),
        ("otp", HERE, "student", None),
        ("anon", HERE, "students", None),
    ],
)
def test_a_refusal_is_told_with_who_and_why(
    anew: Asked, asker: Asker, visitor: str, uai: str, name: str, detail: str | None
) -> None:
    pk = [anew.world.pupils[0].student_id] if name == "student" else []
    asker.ask(anew.visitors[visitor], "GET", reverse(name, args=[uai, *pk]))
    refusals = []
    for chain in (NO_SCHOOL, HERE):
        with scope(chain):
            told = JournalEntry.objects.filter(uai=chain, event=Event.ACCESS_REFUSED)
            refusals += told.values_list("staff_id", "detail")
    assert refusals == ([] if detail is None else [(anew.visitors[visitor].staff.pk, detail)])


TABLES = ("staff", "mandate", "mandate_classroom", "school", "otp_key", "student", "guardian", "schooling", "run")
MADE_ANEW = ("id", "key", "provisional_hash", "sealed_seed")


def everything() -> dict[str, list[str]]:
    """Every row that a form could change, without what is drawn anew. Of a moment, whether there is one."""
    rows = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            moments = dated(table)
            told = "".join(f" || jsonb_build_object('{name}', {name} IS NOT NULL)" for name in moments)
            query = f"SELECT (to_jsonb(t) - %s::text[]{told})::text FROM {table} t"  # noqa: S608  # names of ours
            cursor.execute(query, [[*MADE_ANEW, *moments]])
            rows[table] = sorted(row[0] for row in cursor.fetchall())
    return rows


def dated(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [
            column.name
            for column in connection.introspection.get_table_description(cursor, table)
            if column.name.endswith("_at")
        ]


def every_field() -> dict[str, str]:
    """Each column of those tables, with a value that would show."""
    with connection.cursor() as cursor:
        names = {
            column.name for table in TABLES for column in connection.introspection.get_table_description(cursor, table)
        }
    typed = {"uai": ELSEWHERE, "state": "closed", "role": "head", "kind": "notify"}
    return {name: typed.get(name, "1") for name in names} | {"school": ELSEWHERE, "is_superuser": "on"}


POSTED = [cell for cell in TABLE.cells("head") if cell.method == "POST" and cell.wanted in ("go", "200")]


@pytest.mark.parametrize("cell", POSTED, ids=lambda cell: f"{cell.url} {cell.thing}")
def test_fields_that_no_form_has_change_nothing(anew: Asked, asker: Asker, cell) -> None:
    path, form = question(anew, cell)
    after = []
    for extra in ({}, every_field()):
        with undone(), scope(HERE):
            asker.ask(anew.visitors["head"], "POST", path, extra | form)
            after.append(everything())
    assert after[0] == after[1]


def test_nobody_can_be_more_than_their_mandates() -> None:
    assert not hasattr(Staff, "is_superuser")
