"""Courriers de l’établissement: kept under the wall, seen before, refused in words, on the documents opened after."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import JournalEntry, School
from educonnect_admin.toolkit.scope import scope
from notifications.models import Letterhead
from notifications.views.senders import sender_of
from tests.letters.test_letterhead import SVG, png
from tests.pages.reading import missing, selects
from tests.visitors import ELSEWHERE, HERE, World

pytestmark = pytest.mark.django_db
PAGE, PREVIEW = (reverse(name, args=[HERE]) for name in ("letterhead", "letterhead_preview"))
TOLD = {
    "header": "Académie de Reims",
    "sender": "Collège Bleu\r\n1 rue du Pont\r\n",
    "contact": "Mme Aulne",
    "paragraph": "Permanence\r\n à 8 h.",
}


def brought(content: bytes = SVG.encode(), name: str = "logo.svg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/svg+xml")


def kept(uai: str = HERE) -> Letterhead | None:
    with scope(uai):
        return Letterhead.objects.filter(school=uai).first()


def text_of(answer) -> str:
    return " ".join(PdfReader(BytesIO(answer.content)).pages[-1].extract_text().split())


def test_what_is_set_is_kept_for_this_school_and_told(world: World, head: Client) -> None:
    assert (
        missing(head.post(PAGE, {**TOLD, "logo": brought()}, follow=True), "Courriers enregistrés", "SVG, 1 ko") == []
    )
    own = kept()
    assert own and (own.sender, own.paragraph, own.logo_kind) == (
        "Collège Bleu\n1 rue du Pont",
        "Permanence à 8 h.",
        "svg",
    )
    assert kept(ELSEWHERE) is None
    with scope(ELSEWHERE):
        assert not Letterhead.objects.exists()
        assert sender_of(School.objects.get(pk=HERE)).logo is None
    with scope(HERE):
        entry = JournalEntry.objects.get(event="settings_changed")
        assert entry.detail == "courriers\u00a0: en-tête, expéditeur, contact, paragraphe, logo"
        sender = sender_of(world.here)
    assert (sender.school_name, sender.address_lines, sender.contact) == (
        "Collège Bleu",
        ("1 rue du Pont",),
        "Mme Aulne",
    )


def test_the_logo_stays_until_it_is_taken_back(world: World, head: Client) -> None:
    head.post(PAGE, {**TOLD, "logo": brought(png(), "l.png")})
    assert missing(head.post(PAGE, TOLD, follow=True), "déjà en place") == []
    assert kept().logo_kind == "png"
    head.post(PAGE, {**TOLD, "drop_logo": "on"})
    assert (kept().logo_kind, kept().logo) == ("", None)


@pytest.mark.parametrize("to", ["eleve", "responsable"])
def test_the_preview_shows_what_is_typed_and_keeps_nothing(world: World, head: Client, to: str) -> None:
    answer = head.post(PREVIEW, {**TOLD, "logo": brought(), "a": to})
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    said = text_of(answer)
    for words in ("Académie de Reims", "Collège Bleu", "Mme Aulne", "Permanence à 8 h.", "EXEMPLE"):
        assert words in said
    assert kept() is None


REFUSED = {
    "deux": ({"header": "a\nb\nc"}, "2 lignes au plus"),
    "wide": ({"sender": "x\n" + "y" * 39}, "Ligne 2 : 38 caractères au plus"),
    "long": ({"paragraph": "é" * 10_000}, "Ce texte est trop long : 300 caractères au plus"),
    "null": ({"contact": "a\x00"}, "caractère interdit"),
    "script": (
        {"logo": "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><script/></svg>"},
        "contient l’élément « script »",
    ),
    "empty": ({"logo": ""}, "Ce fichier est vide"),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("path", [PAGE, PREVIEW])
def test_what_cannot_be_printed_is_refused_in_words(world: World, head: Client, path: str, case: str) -> None:
    told, words = REFUSED[case]
    if "logo" in told:
        told = {"logo": brought(told["logo"].encode())}
    page = head.post(path, {**TOLD, **told})
    assert page.status_code == 200
    assert missing(page, "Rien n’a été enregistré", words) == [], __import__("re").findall(
        "(?s)notice error.*?<.ul>", page.content.decode()
    )
    assert kept() is None


def test_the_page_asks_as_much_with_a_logo_as_without(world: World, head: Client) -> None:
    few = selects(head, PAGE)
    head.post(PAGE, {**TOLD, "logo": brought()})
    assert selects(head, PAGE) == few
