"""The pupil's letter: each page is one pupil's, and his alone."""

import subprocess
import sys
from io import BytesIO

import pytest
from pypdf import PdfReader

from notifications.rendering import letters_pdf
from tests.letters.reading import read_aloud


def words(text: str) -> str:
    """`text` without its line breaks and doubled blanks, so that a wrapped name is found whole."""
    return "".join(text.split())


def pages_of(pdf: bytes) -> list[str]:
    return [words(page.extract_text()) for page in PdfReader(BytesIO(pdf)).pages]


def test_each_page_is_one_pupils_in_the_order_given(letters, holders):
    pages = [page.extract_text() for page in letters.pages]
    without_covers = pages[1:7] + pages[8:]
    assert len(without_covers) == len(holders)
    for text, holder in zip(without_covers, holders, strict=True):
        assert words(holder.full_name) in words(text)
        assert holder.username in text.split("\n")
        assert holder.grouped_secret in text.split("\n")
        assert holder.follow_up in text
        strangers = [other for other in holders if other is not holder]
        assert not [other for other in strangers if other.grouped_secret in text or other.follow_up in text]


def test_the_letter_says_what_a_child_needs(letters):
    text = letters.pages[1].extract_text()
    for told in (
        "Le 23/11/2026",
        "Zoé ÉRABLE",
        "Classe\N{NO-BREAK SPACE}: 5EME A",
        "Mise à disposition de votre compte ÉduConnect Élève",
        "Collège des Trois-Rivières",
        "https://educonnect.example/activation/",
        "R4TN 8KWP YYYY",
        "À utiliser avant le 21/02/2027",
        "M. Hêtre, vie scolaire, 03 24 00 00 00",
        "Notification du 23/11/2026. Demandée par Aubépine Rivière.",
        "Ce service n’est pas un service officiel de l’État.",
    ):
        assert told in text


def test_it_reads_in_the_order_of_the_page(letters):
    text = "\n".join(read_aloud(letters)[1])
    marks = (
        "Collège",
        "Zoé",
        "Mise à disposition",
        "Identifiant",
        "Mot de passe",
        "Que faire",
        "aide",
        "Code de suivi",
    )
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)


def test_a_cover_stands_before_each_class_with_its_count(letters):
    covers = [letters.pages[0].extract_text(), letters.pages[7].extract_text()]
    assert "5EME A\n6 courriers" in covers[0]
    assert "10A\n3 courriers" in covers[1]


def test_covers_can_be_left_out(make_letters, make_holder):
    pages = pages_of(b"".join(letters_pdf(make_letters([make_holder(0)]), covers=False)))
    assert len(pages) == 1
    assert "ZoéÉRABLE" in pages[0]


@pytest.mark.parametrize("name", ["M" * 100, "W-" * 50, "de-la-" * 16, "Nguyễn" * 16])
def test_the_longest_names_keep_to_their_page(make_letters, make_holder, name):
    long = make_holder(0, first_name=name, last_name=name, username="m" * 100, secret="ba-" * 15 + "9")
    pages = pages_of(b"".join(letters_pdf(make_letters([long]), covers=False)))
    assert len(pages) == 1
    assert words(long.full_name) in pages[0]
    assert long.username in pages[0]


def test_a_pupil_without_class_has_a_letter(make_letters, make_holder):
    cover, letter = pages_of(b"".join(letters_pdf(make_letters([make_holder(0, classroom="")]))))
    assert "Sansclasse1courrier" in cover
    assert "Classe:Sansclasse" in letter


def test_nothing_to_print_is_refused(make_letters):
    with pytest.raises(ValueError, match="nobody"):
        letters_pdf(make_letters([]))


def test_weasyprint_waits_for_the_first_document():
    asked = "import sys, notifications.rendering, notifications.exports; sys.exit('weasyprint' in sys.modules)"
    subprocess.run([sys.executable, "-c", asked], check=True)  # noqa: S603  # its own text
