"""The follow-up code as bars: read back from the paper, by a reader that knows nothing of how they were drawn."""

import pypdfium2
import pytest
import zxingcpp

from accounts.provisional import ALPHABET
from notifications.rendering import letters_pdf, slips_pdf
from notifications.rendering.barcode import WIDTHS, barcode
from tests.letters.reading import tree_of
from tests.letters.test_guardians import kin

DPI = 300
"""What an office printer draws at least twice as fine."""


def codes_on(pdf: bytes) -> list[list[str]]:
    """Of each page, the codes that a reader finds in its picture."""
    return [
        [
            found.text
            for found in zxingcpp.read_barcodes(page.render(scale=DPI / 72, grayscale=True).to_pil())
            if found.format == zxingcpp.BarcodeFormat.Code128
        ]
        for page in pypdfium2.PdfDocument(pdf)
    ]


def code(number: int) -> str:
    return "".join(ALPHABET[(number * 7 + place * place * 5) % len(ALPHABET)] for place in range(8))


def test_each_letter_bears_its_own_code(make_letters, make_holder):
    pupils = [make_holder(number, follow_up=code(number)) for number in range(12)]
    families = [kin(number, follow_up=code(number), language="ar" if number else "") for number in range(2)]
    for people in (pupils, families):
        pdf = b"".join(letters_pdf(make_letters(people), covers=False))
        assert codes_on(pdf) == [[each.follow_up] for each in people]


@pytest.mark.parametrize("per_page", [8, 24])
def test_each_slip_bears_its_own_code(make_letters, make_holder, per_page):
    people = [make_holder(number, follow_up=code(number)) for number in range(per_page)]
    (found,) = codes_on(b"".join(slips_pdf(make_letters(people), per_page=per_page)))
    assert sorted(found) == sorted(each.follow_up for each in people)


def test_a_letter_laid_out_whole_bears_it_too(make_letters, make_holder):
    long = make_holder(0, first_name="W" * 99, follow_up=code(3))
    assert codes_on(b"".join(letters_pdf(make_letters([long]), covers=False))) == [[code(3)]]


def test_it_is_a_figure_with_an_alternative_text(letters, slips):
    for document in (letters, slips):
        told = [each["/Alt"] for each in tree_of(document) if each["/S"] == "/Figure"]
        assert told.count("Code de suivi, en code-barres") == 9


def test_symbols_are_those_of_the_standard():
    """Three bars and three blanks on eleven modules, even in ink (ISO/IEC 15417, 4.2); the stop has a bar more."""
    assert len(set(WIDTHS)) == 107
    assert all(sum(map(int, each)) == 11 and sum(map(int, each[::2])) % 2 == 0 for each in WIDTHS[:-1])


def test_what_has_no_symbol_has_no_bars():
    assert [barcode(text) for text in ("", "É", "\n")] == ["", "", ""]
