"""The list of pupils as a file: chosen columns, of whom the list shows or was ticked, and never a password."""

import csv
import io
from datetime import date
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.enums import AccountState
from accounts.forms.exports import NONE_CHOSEN
from accounts.models import Student
from accounts.views.student_export import COLUMNS, NOBODY, SELECTION_GONE
from educonnect_admin.toolkit.scope import scope
from tests.factories import SchoolingFactory, StudentFactory
from tests.pages.reading import journal, missing, selects
from tests.pages.test_run_control import grow_stale
from tests.visitors import ELSEWHERE, HERE, World

PAGE, CHOSEN, LIST = (reverse(name, args=[HERE]) for name in ("students_export", "students_export_chosen", "students"))
ALL = list(COLUMNS)
HOSTILE = ["=1+1", "+33", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x";"y")', "＝1"]


def sent(client: Client, kind: str = "csv", columns: list[str] | None = None, **query: Any) -> HttpResponse:
    return client.get(PAGE, {"format": kind, "colonne": ALL if columns is None else columns, **query})


def table(response: HttpResponse) -> list[list[Any]]:
    body = response.getvalue()
    if response["Content-Type"].startswith("text/csv"):
        return list(csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))
    sheet = openpyxl.load_workbook(io.BytesIO(body)).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_the_page_offers_the_columns_and_says_of_whom(world: World, head: Client) -> None:
    page = head.get(PAGE)
    assert missing(page, "Exporter la liste des élèves", "4 élèves de l'établissement", "aucun mot de passe") == []
    assert missing(page, *(column.head for column in COLUMNS.values()), "CSV", "XLSX") == []
    assert page.content.decode().count("checked") == sum(column.is_usual for column in COLUMNS.values()) + 1


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_both_kinds_hold_every_pupil_once_in_order(world: World, head: Client, kind: str) -> None:
    response = sent(head, kind)
    rows = table(response)
    assert rows[0] == [column.head for column in COLUMNS.values()]
    names = [place.student.username for place in (*world.pupils, *world.other_class)]
    assert [row[ALL.index("identifiant")] for row in rows[1:]] == names
    assert response["Content-Disposition"] == f'attachment; filename="eleves.{kind}"'
    assert "no-store" in response["Cache-Control"]


def test_a_csv_is_what_a_spreadsheet_in_french_opens(world: World, head: Client) -> None:
    response = sent(head, columns=["nom", "naissance"])
    assert response.streaming
    name = world.pupils[0].student.last_name
    assert response.getvalue().startswith(f"\ufeffNom;Date de naissance\r\n{name};14/03/2014\r\n".encode())


def test_days_are_days_in_a_workbook(world: World, head: Client) -> None:
    nothing, birth = table(sent(head, "xlsx", ["naissance", "distribution"]))[1]
    assert (nothing, birth.date()) == (None, date(2014, 3, 14))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_nothing_hostile_runs(world: World, head: Client, kind: str) -> None:
    with scope(HERE):
        for text in HOSTILE:
            SchoolingFactory(school=world.here, student=StudentFactory(last_name=text, first_name=text, email=text))
    response = sent(head, kind, ["nom", "prenom", "courriel"])
    rows = [[str(cell).replace("_x000D_", "\r") for cell in row] for row in table(response)]
    assert {f"'{text}" for text in HOSTILE} <= {row[0] for row in rows} & {row[1] for row in rows}
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(response.getvalue())).active
        assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}


def test_a_file_is_told_with_its_count_and_its_columns_are_remembered(world: World, head: Client) -> None:
    sent(head, "xlsx", ["classe", "ine"])
    assert journal() == [("list_exported", None, 4)]
    head.staff.refresh_from_db()
    assert head.staff.export_columns == ["classe", "ine"]
    assert head.get(PAGE).content.decode().count("checked") == 3
    assert journal() == [("list_exported", None, 4)]


def test_the_lists_own_search_is_taken(world: World, head: Client) -> None:
    found = head.post(reverse("students_search", args=[HERE]), {"q": world.pupils[1].student.last_name})
    address = found["Location"].partition("?")[2]
    page = head.post(f"{CHOSEN}?{address}")
    assert page["Location"] == f"{PAGE}?{address}"
    shown = head.get(page["Location"])
    assert missing(shown, "1 élève que montre la recherche en cours") == []
    rows = table(head.get(f"{page['Location']}&{urlencode({'format': 'csv', 'colonne': 'identifiant'})}"))
    assert rows[1:] == [[world.pupils[1].student.username]]


def test_the_rows_ticked_are_taken_and_foreign_ones_not_even_counted(world: World, head: Client) -> None:
    ticked = [world.pupils[0].student_id, world.foreign.student_id]
    address = head.post(CHOSEN, {"eleve": ticked})["Location"]
    assert str(ticked[0]) not in address
    assert missing(head.get(address), "1 élève de votre sélection") == []
    rows = table(head.get(f"{address}&format=csv&colonne=identifiant"))
    assert rows[1:] == [[world.pupils[0].student.username]]
    assert journal()[-1] == ("list_exported", None, 1)


@pytest.mark.parametrize(("query", "said"), [("choix=perdu", SELECTION_GONE), ("etat=closed", NOBODY)])
def test_nobody_to_export_is_said(head: Client, query: str, said: str) -> None:
    for more in ("", "&format=csv&colonne=nom"):
        assert missing(head.get(f"{PAGE}?{query}{more}", follow=True), said) == []
    assert journal() == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("format=csv", NONE_CHOSEN),
        ("format=csv&colonne=password", "Une des colonnes demandées n'existe pas"),
        ("format=exe&colonne=nom", "Ce format n'existe pas"),
        ("format=&colonne=nom", "Choisissez un format"),
        ("format=%00&colonne=%00", "n'existe pas"),
        (f"format=csv&colonne={'x' * 5000}", "n'existe pas"),
    ],
)
def test_odd_wishes_are_refused_in_words_and_told_nowhere(world: World, head: Client, query: str, said: str) -> None:
    page = head.get(f"{PAGE}?{query}")
    assert missing(page, "Le fichier n'a pas été fait", said) == []
    assert journal() == []


def test_no_column_is_a_password(world: World, head: Client) -> None:
    with scope(HERE):
        Student.objects.filter(state=AccountState.ACTIVATED).update(password="argon2$canary")
        Student.objects.filter(state=AccountState.NOTIFIED).update(provisional_hash=b"canary")
    assert b"canary" not in sent(head).getvalue() + sent(head, "xlsx").getvalue()


def test_a_file_wants_a_fresh_proof(world: World, head: Client) -> None:
    grow_stale(head)
    for query in ("", "?format=csv&colonne=nom"):
        assert head.get(PAGE + query)["Location"].startswith(reverse("proof"))
    assert journal() == []


def test_the_hours_cap_holds(world: World, head: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.HOURLY_CAPS, "exports", 2)
    assert [sent(head).status_code for _ in range(3)] == [200, 200, 429]
    assert head.get(PAGE).status_code == 200
    assert [event for event, _, _ in journal()].count("list_exported") == 2


def test_the_simplified_module_and_the_other_school_get_none(world: World, head: Client, teacher: Client) -> None:
    assert sent(teacher).status_code == teacher.post(CHOSEN).status_code == 403
    assert head.get(reverse("students_export", args=[ELSEWHERE])).status_code == 404
    assert head.post(PAGE).status_code == head.get(CHOSEN).status_code == 405
    assert missing(teacher.get(reverse("rescue_students", args=[HERE])), "Exporter la liste") == ["Exporter la liste"]


def test_a_hundred_rows_take_the_queries_of_four(world: World, head: Client) -> None:
    few = selects(head, PAGE, format="csv", colonne=ALL)
    with scope(HERE):
        SchoolingFactory.create_batch(100, school=world.here, classroom=world.room)
    assert selects(head, PAGE, format="csv", colonne=ALL) == few <= 8
