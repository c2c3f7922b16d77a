"""The class list to sign."""

import pypdfium2
import pytest

from notifications.rendering import Listed, class_list_pdf


def test_it_names_each_pupil_with_identifier_and_state_in_order(class_list, holders):
    text = "".join("".join(page.extract_text().split()) for page in class_list.pages)
    lines = [f"{holder.listed_name}{holder.username}Notifié" for holder in holders]
    places = [text.index("".join(line.split())) for line in lines]
    assert places == sorted(places)


def test_it_holds_no_password(class_list, holders):
    text = "".join("".join(page.extract_text().split()) for page in class_list.pages)
    assert "passe" not in text
    assert not [holder for holder in holders if holder.secret in text]
    with pytest.raises(TypeError):
        Listed(first_name="Zoé", last_name="Érable", classroom="6A", username="z.erable", state="", secret="no")


def test_thirty_pupils_fit_a_page_however_long_their_names(make_list, make_holder):
    long = {"first_name": "M" * 100, "last_name": "W" * 100, "username": "m" * 90}
    pdf = pypdfium2.PdfDocument(
        b"".join(class_list_pdf(make_list([make_holder(number, **long) for number in range(31)])))
    )
    assert len(pdf) == 2
    text = pdf[0].get_textpage()
    states = text.search("Notifié")
    bottoms = [text.get_charbox(place)[1] for place, _ in iter(states.get_next, None)]
    assert len(bottoms) == 30
    assert min(bottoms) > 45  # points: above the imprint
