"""A request says its method in one place; ids of another school are nobody's, in whatever field they come."""

from typing import Any

from django.db import connection

from accounts.models import Classroom, Guardianship, Mandate, Schooling
from educonnect_admin.toolkit.scope import scope
from tests.access.asking import Asker, answer, question
from tests.access.test_matrix import TABLE
from tests.access.test_reach import POSTED, TABLES
from tests.access.world import Asked, undone
from tests.visitors import ELSEWHERE, HERE

OVERRIDES = {
    "HTTP_X_HTTP_METHOD_OVERRIDE": "POST",
    "HTTP_X_HTTP_METHOD": "POST",
    "HTTP_X_METHOD_OVERRIDE": "POST",
}
FIELDS = (
    *("eleve", "student", "students", "pk", "id", "classe", "classroom", "classrooms", "classes", "lisibles"),
    *("chosen", "mandate", "delegation", "personne", "staff", "run", "operation", "guardian", "responsable", "uai"),
    *("school", "next", "recherche", "feed", "session"),
)
"""Names under which forms of the console, or of its ancestors, take ids."""


def test_no_other_name_of_a_method_is_heard(anew: Asked, asker: Asker) -> None:
    """Neither a field nor a header makes a POST of a GET, nor a DELETE of a POST."""
    heard, asks = [], 0
    for cell in TABLE.cells("head"):
        if cell.school in ("", "here") and cell.wanted == "405" and cell.method in ("GET", "POST"):
            path, form = question(anew, cell)
            told = {"_method": "DELETE" if cell.method == "POST" else "POST"}
            with undone():
                response = asker.ask(
                    anew.visitors["head"], cell.method, f"{path}?_method=POST", form | told, **OVERRIDES
                )
            asks += 1
            heard += [] if answer(response) == "405" else [cell]
    assert asks > 40
    assert heard == []


def foreign_ids(asked: Asked) -> list[Any]:
    """Every kind of thing of the other school, by its id."""
    with scope(ELSEWHERE):
        found = [*Schooling.objects.values_list("pk", "student", "classroom")]
        found += Guardianship.objects.values_list("pk", "guardian")
        found += Classroom.objects.values_list("pk")
    found += Mandate.objects.filter(school=ELSEWHERE).values_list("pk", "staff")
    runs = asked.runs["colleague", ELSEWHERE]
    return [*{one for row in found for one in row}, runs.done.pk, runs.draft.pk, asked.feeds["far"], ELSEWHERE]


def rows_elsewhere() -> dict[str, list[str]]:
    """All that the other school has, as it stands, and every mandate of it."""
    told = {}
    with scope(ELSEWHERE), connection.cursor() as cursor:
        for table in (*TABLES, "classroom", "guardianship", "run_item", "sealed_secret", "feed", "journal_entry"):
            where = " WHERE uai = %s" if table in ("mandate", "journal_entry", "school") else " WHERE %s <> ''"
            if table not in ("staff", "otp_key", "mandate_classroom"):
                cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t{where}", [ELSEWHERE])  # noqa: S608  # ours
                told[table] = sorted(row[0] for row in cursor.fetchall())
    return told


def listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def test_ids_of_another_school_in_any_field_change_nothing_there(anew: Asked, asker: Asker) -> None:
    ids = foreign_ids(anew)
    before, touched = rows_elsewhere(), []
    assert min(len(before[table]) for table in ("student", "guardian", "schooling", "run", "mandate", "feed")) > 0
    for cell in (cell for cell in POSTED if cell.school == "here"):
        path, form = question(anew, cell)
        with undone(), scope(HERE):
            mixed = {name: [*listed(form.get(name)), *ids] for name in FIELDS}
            asker.ask(anew.visitors["head"], "POST", path, form | mixed)
            touched += [cell] if rows_elsewhere() != before else []
    assert touched == []
