"""Every field of every school holds a token of its own; none of another school, or forbidden to the role, comes out.

Each visitor follows every link of every page from the portal on, documents included, and posts a search. What the
console answered, mailed and logged is looked through.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from django.core import mail
from django.db import models
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import Feed, School, Schooling, Staff, Student
from accounts.views.guardian_export import COLUMNS as OF_GUARDIANS
from accounts.views.student_export import COLUMNS
from educonnect_admin.toolkit.scope import scope
from educonnect_admin.toolkit.text import fold
from tests.access.world import Asked
from tests.consistency.test_database import walled
from tests.visitors import ELSEWHERE, HERE

MARKS = {HERE: "icix", ELSEWHERE: "labax"}
NEIGHBOUR = "ecolevoisine"
"""The name of the school elsewhere: it stands in the directory, and nobody here need be told of it all the same."""

YEARS = {HERE: 1931, ELSEWHERE: 1937}
"""Birth years that nobody at school has: a date of birth is a token as well."""

UNMARKED = {
    ("*", "uai"): "the school itself",
    ("*", "password"): "a hash, or nothing",
    ("*", "notified_by"): "a school",
    ("guardianship", "link"): "two digits of a nomenclature",
    ("feed", "kind"): "a word of the code",
    ("feed_trace", "relation"): "the name of a table",
    ("journal_entry", "event"): "a word of the code; no entry can be changed",
    ("journal_entry", "address"): "no entry can be changed",
    ("journal_entry", "detail"): "no entry can be changed",
    ("school", "time_zone"): "a word of the code",
}
"""Texts that get no token, each with its reason. A new one is seeded without anybody thinking of it."""

LINK = re.compile(r'(?:href|formaction)="(/[^"#]*)"')
MOST_PAGES = 150
SIMPLIFIED = ("teach", "teachA", "teachB", "teach0", "simp")
FULL = ("otp", "net", "head")
CLOSED = ("none", "out", "headpw", "revok", "expir", "futur")


@pytest.fixture
def marked(anew: Asked) -> Asked:
    """The world with a token in every field that names, reaches or numbers somebody."""
    for uai, mark in MARKS.items():
        with scope(uai):
            _mark(uai, mark)
    return anew


def texts(model: type[models.Model]) -> list[models.Field]:
    """The fields of a table that hold words of somebody's: all but those of UNMARKED, found without a list."""
    unmarked = {name for place, name in UNMARKED if place in (model._meta.db_table, "*")}
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and not field.is_relation
        and field.name not in unmarked
    ]


def _mark(uai: str, mark: str) -> None:
    """Each text of each row of the school its own token, from the tables' own description."""
    for model in walled():
        for number, row in enumerate(model._base_manager.order_by("pk")):
            told = {field.name: f"{mark}{number}{field.name}"[: field.max_length] for field in texts(model)}
            if told:
                model._base_manager.filter(pk=row.pk).update(**told)
    School.objects.filter(uai=uai).update(contact=f"{mark}contact", address=f"{mark}rue")
    if uai == ELSEWHERE:  # whose name and people nobody here need know
        School.objects.filter(uai=uai).update(name=NEIGHBOUR)
        theirs = Staff.objects.filter(mandates__school=uai).exclude(mandates__school=HERE)
        Staff.objects.filter(pk__in=theirs).update(first_name=f"{mark}prenom", last_name=f"{mark}chef")
    for number, student in enumerate(Student.objects.order_by("pk")):
        ine, born = f"{number:04}{mark.upper():X<7}"[:11], date(YEARS[uai], 3, number + 1)
        name = f"{mark}nom{number}"
        Student.objects.filter(pk=student.pk).update(last_name=name, ine=ine, birth_date=born)
        Schooling.objects.filter(student=student).update(sort_key=fold(name), search_key=fold(name))
    Feed.objects.update(result={"differences": {"arrive": {"count": 1, "rows": [f"{mark}ligne"]}}})


@dataclass
class Crawl:
    """What a visitor was given, by address."""

    client: Client
    documents: bool

    def pages(self) -> Iterator[tuple[str, str]]:
        seen, waiting = {"/portail/"}, ["/portail/"]
        while waiting and len(seen) < MOST_PAGES:
            address = waiting.pop(0)
            text = self.text(address)
            yield address, text
            for link in LINK.findall(text):
                link = link.replace("&amp;", "&")
                if link not in seen and "/static/" not in link and (self.documents or "/documents/" not in link):
                    seen.add(link)
                    waiting.append(link)

    def text(self, address: str) -> str:
        return text_of(self.client.get(address))


def text_of(answer: HttpResponse) -> str:
    body = answer.getvalue()
    if answer.headers.get("Content-Type") == "application/pdf":
        return "\n".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(body)).pages)
    return body.decode(errors="replace")


def told_to(client: Client, *, documents: bool = False) -> dict[str, str]:
    told = dict(Crawl(client, documents).pages())
    for name in ("students_search", "rescue_search", "guardians_search"):
        answer = client.post(reverse(name, args=[HERE]), {"q": "nom"}, follow=True)
        told[name] = answer.getvalue().decode(errors="replace")
    for name, columns in (("students_export", COLUMNS), ("guardians_export", OF_GUARDIANS)):
        file = client.get(reverse(name, args=[HERE]), {"format": "csv", "colonne": list(columns)})
        told[name] = file.getvalue().decode(errors="replace")
    for name in ("students_reminders", "guardians_reminders"):
        told[name] = text_of(client.get(reverse(name, args=[HERE])))
    return told


def holding(told: dict[str, str], *tokens: str) -> set[tuple[str, str]]:
    return {(address, token) for address, text in told.items() for token in tokens if token in text.lower()}


@pytest.mark.parametrize("name", [*SIMPLIFIED, *FULL])
def test_nobody_here_is_told_of_elsewhere(marked: Asked, name: str, caplog: pytest.LogCaptureFixture) -> None:
    told = told_to(marked.visitors[name], documents=name in ("teachA", "head"))
    told["mails"] = "".join(message.body for message in mail.outbox)
    assert not holding(told, MARKS[ELSEWHERE], f"/{YEARS[ELSEWHERE]}")
    assert not holding(told, NEIGHBOUR)
    assert holding(told, MARKS[HERE]) or name == "teach0"
    assert not holding({"log": caplog.text}, *MARKS.values())


def test_the_head_elsewhere_is_told_of_nobody_here(marked: Asked) -> None:
    told = told_to(marked.visitors["else"])
    assert holding(told, MARKS[ELSEWHERE])
    assert not holding(told, MARKS[HERE], f"/{YEARS[HERE]}")


@pytest.mark.parametrize("name", SIMPLIFIED)
def test_the_simplified_module_tells_no_more_than_its_table(marked: Asked, name: str) -> None:
    told = told_to(marked.visitors[name], documents=name == "teach")
    mark = MARKS[HERE]
    assert not holding(
        told, f"{mark}tuteur", f"{mark}famille", f"{mark}motif", mark.upper().lower() + "xx", f"/{YEARS[HERE]}"
    )


@pytest.mark.parametrize(("name", "room"), [("teachA", "other_room"), ("teachB", "room")])
def test_a_teacher_is_told_of_no_other_class(marked: Asked, name: str, room: str) -> None:
    told = told_to(marked.visitors[name])
    with scope(HERE):
        others = Schooling.objects.filter(classroom=getattr(marked.world, room)).values_list(
            "student__username", "student__last_name"
        )
        assert not holding(told, *(f"{word}<" for other in others for word in other))


@pytest.mark.parametrize("name", CLOSED)
def test_whoever_may_not_enter_is_told_of_nobody(marked: Asked, name: str) -> None:
    assert not holding(told_to(marked.visitors[name]), *MARKS.values())
