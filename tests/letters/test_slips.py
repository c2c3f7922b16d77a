"""Slips to cut out."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from notifications.rendering import slips_pdf
from tests.letters.reading import read_aloud


def test_each_class_begins_a_page_and_each_slip_stands_once(slips, holders):
    texts = [page.extract_text() for page in slips.pages]
    assert [text.count("Identifiant") for text in texts] == [6, 3]
    assert [page[0] for page in read_aloud(slips)] == ["5EME A", "10A"]
    for holder in holders:
        assert [holder.grouped_secret in text for text in texts].count(True) == 1


def test_names_identifiers_and_passwords_stay_together_in_order(slips, holders):
    text = "".join("".join(page.extract_text().split()) for page in slips.pages)
    told = [
        f"{holder.listed_name}Identifiant{holder.username}Motdepasseprovisoire{holder.secret}" for holder in holders
    ]
    places = [text.index("".join(slip.split())) for slip in told]
    assert places == sorted(places)


@pytest.mark.parametrize(("per_page", "counts"), [(8, [8, 8, 8, 1]), (24, [24, 1])])
def test_pages_hold_their_number_of_slips(make_letters, make_holder, per_page, counts):
    context = make_letters([make_holder(number) for number in range(25)])
    pages = PdfReader(BytesIO(b"".join(slips_pdf(context, per_page=per_page)))).pages
    texts = [page.extract_text() for page in pages]
    assert [text.count("Mot de passe provisoire") for text in texts] == counts
    assert f"5EME A, feuille 2 sur {len(counts)}" in texts[1]


@pytest.mark.parametrize("per_page", [8, 24])
def test_the_longest_names_keep_to_their_slip(make_letters, make_holder, per_page):
    long = {"first_name": "M" * 100, "last_name": "W" * 100, "username": "m" * 100}
    context = make_letters([make_holder(number, **long) for number in range(per_page)])
    pages = PdfReader(BytesIO(b"".join(slips_pdf(context, per_page=per_page)))).pages
    assert len(pages) == 1
    assert pages[0].extract_text().count("R4TN 8KWP") == per_page


def test_other_numbers_of_slips_are_refused(make_letters, make_holder):
    with pytest.raises(ValueError, match="12 slips"):
        slips_pdf(make_letters([make_holder(0)]), per_page=12)
