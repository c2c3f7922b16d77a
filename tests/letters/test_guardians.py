"""Guardians' letters, the window of their envelopes, and the second language of a sheet."""

import csv
import io
from datetime import date
from io import BytesIO

import pypdfium2
import pytest
from pypdf import PdfReader
from pypdf.generic import ContentStream

from accounts.enums import Language
from notifications.exports import passwords_csv
from notifications.rendering import Child, Kin, letters_pdf, slips_pdf
from notifications.rendering.words import FRENCH, LANGUAGES, tongue
from tests.letters.reading import content_of, read_aloud, tree_of

MM = 72 / 25.4
ADDRESS = ("Résidence Les Tilleuls, bât. C", "12 bis rue de l’Ornain", "Les Hautes Rives", "08000 CHARLEVILLE-MÉZIÈRES")
IMPRINT_LINES = 5
IMPRINT_FROM = 1046
"""Pixels from the top: what stands lower is the imprint."""


def kin(number: int = 0, *, children: int = 2, **fields: object) -> Kin:
    rooms = ("6A", "3EME B", "10A", "5B", "4C", "TG2")
    told = {
        "first_name": f"Hélène-{'ABCDEFGH'[number]}",
        "last_name": "Érable-Lecœur",
        "classroom": rooms[0],
        "username": f"h.erable{number}",
        "secret": f"R4TN8KWPXH{number + 22}",
        "valid_until": date(2027, 2, 21),
        "follow_up": f"T7Q2K4A{number}",
        "children": [
            Child(first_name=f"Zoé{'ABCDEFGH'[place]}", last_name=f"Enfant{number}", classroom=rooms[place])
            for place in range(children)
        ],
        "address_lines": ADDRESS,
        "elsewhere": 1,
    }
    return Kin(**{**told, **fields})


def made(make_letters, people: list[Kin], **options: object) -> bytes:
    return b"".join(letters_pdf(make_letters(people), covers=False, **options))


def test_each_guardian_has_his_own_and_nothing_of_another(make_letters):
    people = [kin(number, children=1 + number) for number in range(6)]
    for one, page in zip(people, read_aloud(PdfReader(BytesIO(made(make_letters, people)))), strict=True):
        text = "\n".join(page)
        for told in (one.full_name, one.username, one.grouped_secret, one.follow_up, *ADDRESS):
            assert told in text
        assert all(child.told in text for child in one.children)
        assert "et 1 autre enfant, dans un autre établissement" in page
        for other in people:
            if other is not one:
                assert other.username not in page
                assert other.grouped_secret not in page
                assert not any(child.told in text for child in other.children)


def test_the_address_stands_in_the_window_and_nothing_else_does(make_letters):
    (page,) = pypdfium2.PdfDocument(made(make_letters, [kin(language="uk")]))
    text = page.get_textpage()
    inside = []
    for number in range(text.count_chars()):
        left, bottom, right, top = (edge / MM for edge in text.get_charbox(number))
        from_top = (297 - top, 297 - bottom)
        if left > 90 and from_top[0] > 34 and from_top[1] < 90 and right > left:
            inside.append(text.get_text_range(number, 1))
            assert left >= 102
            assert right <= 188
            assert from_top[0] >= 57
            assert from_top[1] <= 79
    wanted = "".join((kin().full_name, *ADDRESS))
    assert "".join(inside).replace(" ", "") == wanted.replace(" ", "")


@pytest.mark.parametrize("audience", ["student", "guardian"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_says_all_that_french_says(language, audience):
    french, other = tongue(FRENCH, audience).words, tongue(language, audience).words
    assert set(french) == set(other)
    assert len(french["steps"]) == len(other["steps"])
    assert all(other[name] for name in other)


def test_the_languages_are_those_that_a_guardian_can_have():
    assert set(Language.values) == set(LANGUAGES)


@pytest.fixture(scope="module")
def bilingual(make_letters, make_holder) -> dict[str, PdfReader]:
    """A letter in each language, to guardians and to pupils."""
    families = [kin(number, language=language, children=4) for number, language in enumerate(LANGUAGES)]
    pupils = [make_holder(number, language=language) for number, language in enumerate(LANGUAGES)]
    made = {"guardian": families, "student": pupils}
    return {
        audience: PdfReader(BytesIO(b"".join(letters_pdf(make_letters(people), covers=False))))
        for audience, people in made.items()
    }


@pytest.mark.parametrize("audience", ["guardian", "student"])
def test_each_part_says_its_language(bilingual, audience):
    document = bilingual[audience]
    said = [element["/Lang"] for element in tree_of(document) if "/Lang" in element]
    assert set(said) == set(LANGUAGES)
    for language, page in zip(LANGUAGES, read_aloud(document), strict=True):
        if language != "ar":  # shaped letters come back in an order of their own
            assert tongue(language, audience)["title"] in page
        assert tongue(FRENCH, audience)["title"] in page


@pytest.mark.parametrize("audience", ["guardian", "student"])
def test_no_language_runs_into_the_imprint_and_all_is_tagged(bilingual, audience):
    document = bilingual[audience]
    for page in document.pages:
        operations = ContentStream(page.get_contents(), document).operations
        low = [float(told[5]) for told, operator in operations if operator == b"Tm" and told[5] > IMPRINT_FROM]
        assert len(low) == IMPRINT_LINES
        assert content_of(page, document)[1] == []


def test_an_arabic_name_is_laid_out_whole_from_the_right(make_letters, make_holder):
    pupils = [make_holder(0), make_holder(1, first_name="الطالب"), make_holder(2)]
    document = PdfReader(BytesIO(b"".join(letters_pdf(make_letters(pupils), covers=False))))
    assert len(document.pages[1]["/Contents"]) == 1
    assert "\N{REPLACEMENT CHARACTER}" not in document.pages[1].extract_text()


def test_guardians_slips_and_mail_merge_name_the_child(make_letters):
    (page,) = PdfReader(BytesIO(b"".join(slips_pdf(make_letters([kin()]))))).pages
    assert "ENFANT0 ZoéA" in page.extract_text()
    rows = list(csv.reader(io.StringIO(passwords_csv([kin()]).decode("utf-8-sig")), delimiter=";"))
    assert rows[0][-1] == "Enfants"
    assert rows[1][6:] == [*ADDRESS, "", "ZoéA ENFANT0, 6A, ZoéB ENFANT0, 3EME B"]
