"""Evolution, its curve and files, and the schools of one head: right, readable, and clear about what cannot be."""

import io
import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from lxml import etree
from openpyxl import load_workbook
from pypdf import PdfReader

from accounts.enums import Role
from accounts.models import Classroom, Guardianship, School, Schooling
from educonnect_admin.toolkit.scope import scope
from stats.days import told_in_table
from stats.keeping import keep_missing
from stats.models import DailyFigure
from stats.views.evolution import notified_until
from tests.factories import SchoolingFactory, StudentFactory
from tests.pages.reading import journal, missing, selects, words
from tests.visitors import ELSEWHERE, HERE, World, make_world, mandated, sign_in

HOME = f"/etablissements/{HERE}/statistiques/"
EVOLUTION, CURVE, FILES = HOME + "evolution/", HOME + "evolution/courbe/svg/", HOME + "fichiers/"
SVG = "{http://www.w3.org/2000/svg}"
LATEST = timezone.localdate() - timedelta(days=1)


def age(world: World, days: int) -> None:
    """Let the schools and their people be there for so many days, and keep these."""
    born = timezone.now() - timedelta(days=days)
    School.objects.update(created_at=born)
    for school in School.objects.all():
        with scope(school.uai):
            for links in (Schooling, Guardianship):
                links.objects.update(created_at=born)
            keep_missing(school, timezone.now())


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    with scope(HERE):
        for number in range(6):
            trait = {"activated": True} if number % 2 else {}
            SchoolingFactory(school=made.here, classroom=made.room, student=StudentFactory(**trait))
    age(made, 40)
    return made


@pytest.fixture
def head(world: World) -> Client:
    return sign_in(mandated(Role.HEAD, world.here), otp=True)


def test_evolution_tells_each_day_and_today(head: Client) -> None:
    response = head.get(EVOLUTION)
    today = timezone.localdate()
    assert missing(response, "Évolution", "élèves, du", f"{today:%d/%m/%Y}", f"{LATEST:%d/%m/%Y}", "Activés") == []
    assert f'<img src="{CURVE}' in response.content.decode()


def test_a_table_by_weeks_leaves_no_notification_out() -> None:
    days = [date(2026, 9, 1) + timedelta(days=number) for number in range(80)]
    rows = [DailyFigure(day=day, notifications=number) for number, day in enumerate(days)]
    told = set(told_in_table(days[0], days[-1]))
    assert (len(told), sum(notified_until(rows, told))) == (12, sum(range(80)))


def test_the_curve_is_an_image_that_is_read_aloud_and_needs_no_style(head: Client) -> None:
    response = head.get(CURVE)
    assert response["Content-Type"] == "image/svg+xml"
    root = etree.fromstring(response.content)
    told = "".join(root.itertext())
    assert root.find(f"{SVG}title").text.startswith("Collège des Étoiles")
    assert "Activés" in root.find(f"{SVG}desc").text
    assert re.search(r"Non notifiés\s: \d", told)
    assert not [element for element in root.iter() if "style" in element.attrib or element.tag == f"{SVG}style"]
    dashes = {element.get("stroke-dasharray") for element in root.iter(f"{SVG}path")}
    assert len(dashes) >= 4


def test_a_class_may_be_called_anything(world: World, head: Client) -> None:
    with scope(HERE):
        Classroom.objects.filter(pk=world.room.pk).update(code="$\\frac$ <b>&😀")
    assert head.get(CURVE, {"classe": str(world.room.pk)}).status_code == 200
    assert head.get(HOME + "evolution/courbe/png/").content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"du": "2026-11-20", "au": "2026-11-02"}, "vient après « Au »"),
        ({"du": "hier"}, "« Du » : écrivez un jour"),
        ({"au": "\x00"}, "« Au » : écrivez un jour"),
        ({"au": "9" * 10_000}, "« Au » : écrivez un jour"),
        ({"du": "01/09/2001", "au": "02/09/2001"}, "rien n’est connu avant ce jour"),
        ({"au": "2999-01-01"}, "ce jour est à venir"),
        ({"classe": "00000000-0000-0000-0000-000000000000"}, "Une des classes demandées n’existe pas"),
        ({"type": "x"}, "choisissez élèves ou responsables"),
    ],
)
def test_a_period_that_cannot_be_is_told(head: Client, query: dict[str, str], told: str) -> None:
    assert missing(head.get(EVOLUTION, query), told) == []
    assert head.get(CURVE, query).status_code == 200


def test_another_schools_class_is_unknown(world: World, head: Client) -> None:
    response = head.get(EVOLUTION, {"classe": str(world.foreign.classroom_id)})
    assert missing(response, "Une des classes demandées n’existe pas") == []


@pytest.mark.parametrize("slug", ["tableaux-csv", "evolution-csv"])
def test_files_hold_numbers_their_unit_and_their_date(head: Client, slug: str) -> None:
    response = head.get(f"{FILES}{slug}/")
    text = response.content.decode("utf-8-sig")
    assert "(nombre)" in text.splitlines()[0]
    assert f"{timezone.localdate():%d/%m/%Y}" in text
    assert "ÉTOILE" not in text
    assert journal()[-1] == ("figures_exported", None, None)


def test_workbooks_open(head: Client) -> None:
    for slug in ("tableaux-xlsx", "evolution-xlsx"):
        sheet = load_workbook(io.BytesIO(head.get(f"{FILES}{slug}/").content)).active
        assert sheet.max_row > 20


def test_the_summary_is_one_tagged_page_without_names(head: Client) -> None:
    response = head.get(f"{FILES}bilan-pdf/")
    reader = PdfReader(io.BytesIO(response.content))
    text = reader.pages[0].extract_text()
    assert len(reader.pages) == 1
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert [
        told
        for told in ("Bilan des comptes", HERE, "Taux d’activation", "Élèves", f"{timezone.localdate():%d/%m/%Y}")
        if told not in text
    ] == []
    assert "ÉTOILE" not in text


def test_small_classes_do_not_leave_alone(world: World, head: Client) -> None:
    """On the screen they are told: whoever reads it may open the list."""
    small = {"classe": str(world.other_room.pk)}
    response = head.get(f"{FILES}evolution-csv/", small, follow=True)
    assert missing(response, "Une classe de moins de 5 comptes ne sort pas seule dans un fichier") == []
    lines = head.get(f"{FILES}tableaux-csv/").content.decode("utf-8-sig").splitlines()
    assert not [line for line in lines if "5EME B" in line]
    assert missing(head.get(HOME), "5EME B") == []


@pytest.mark.parametrize("path", [FILES + "x/", HOME + "evolution/courbe/pdf/"])
def test_what_is_no_file(head: Client, path: str) -> None:
    assert head.get(path).status_code == 404


@pytest.mark.parametrize("path", [EVOLUTION, HOME + "etablissements/", CURVE, FILES + "tableaux-csv/"])
def test_who_may_and_how(world: World, head: Client, path: str) -> None:
    assert sign_in(mandated(Role.SIMPLIFIED, world.here)).get(path).status_code == 403
    assert head.get(path.replace(HERE, ELSEWHERE)).status_code == 404
    assert head.post(path).status_code == 405


@pytest.mark.parametrize("path", [EVOLUTION, HOME + "etablissements/"])
def test_their_queries_do_not_grow(world: World, head: Client, path: str) -> None:
    few = selects(head, path)
    age(world, 80)
    assert selects(head, path) == few <= 8


def test_the_schools_of_a_head_are_summed(world: World) -> None:
    two = mandated(Role.HEAD, world.here)
    mandated(Role.HEAD, world.elsewhere, staff=two)
    response = sign_in(two, otp=True).get(HOME + "etablissements/")
    assert missing(response, "2 établissements", "11 comptes, dont 4 activés", f"{LATEST:%d/%m/%Y}") == []
    assert missing(response, "Lycée des Rivières", ELSEWHERE) == []


def test_a_school_of_which_one_is_no_head_is_not_summed(world: World, head: Client) -> None:
    """Neither one that is unknown to the person, nor one where only the simplified module is open."""
    mandated(Role.SIMPLIFIED, world.elsewhere, staff=head.staff)
    response = head.get(HOME + "etablissements/")
    assert missing(response, "1 établissement que", "10 comptes") == []
    assert ELSEWHERE not in words(response).partition("Par établissement")[2]
