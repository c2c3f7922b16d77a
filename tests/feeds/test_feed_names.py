"""Names: what is taken out, what is kept, what is told."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.feeds.names import clean, fold, has_invisible, has_other_script, visible

HOSTILE = st.text(st.characters(), max_size=40) | st.text(
    "aé \u0301\u00a0\u200b\u202e\ufeff\x00\x92\n\u034f", max_size=20
)


@given(HOSTILE)
def test_a_clean_name_is_composed_printable_and_trimmed(text: str) -> None:
    name = clean(text)
    assert unicodedata.is_normalized("NFC", name)
    assert name.isprintable()
    assert name == name.strip()
    assert "  " not in name
    assert not has_invisible(name)


@given(HOSTILE)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert visible(visible(text)) == visible(text)


@given(st.text("abcdefghijklmnopqrstuvwxyzéèàçñœŒÉ'’- ", max_size=30))
def test_what_is_already_clean_is_left_alone(text: str) -> None:
    name = " ".join(text.split())
    assert clean(name) == name


@pytest.mark.parametrize(
    ("given_as", "kept_as"),
    [
        ("Zoe\u0301", "Zoé"),
        ("  RIGEL  DUBHE ", "RIGEL DUBHE"),
        ("AUBE\u202eELLIAF", "AUBEELLIAF"),
        ("MAR\u200bNE", "MARNE"),
        ("ORME\u00a0", "ORME"),
        ("A\nB", "A B"),
        ("D\x92ORNAIN", "D’ORNAIN"),
        ("LEC\x8cUR", "LECŒUR"),
        ("A\x00B", "AB"),
        ("E\u034f\u0301", "É"),
        ("SAULE--ORME", "SAULE--ORME"),
        ("<b>{{ 7*7 }}", "<b>{{ 7*7 }}"),
    ],
)
def test_names_as_they_arrive(given_as: str, kept_as: str) -> None:
    assert clean(given_as) == kept_as


def test_a_code_keeps_its_inner_blanks() -> None:
    assert visible(" T  G3 ") == "T  G3"


@pytest.mark.parametrize("name", ["D’ORNAIN", "Ştefan", "ŁYNA", "NIÑO", "Nguyễn", "Zoe\u0301", "Moʻorea", ""])
def test_latin_names_of_any_origin_are_not_doubtful(name: str) -> None:
    assert not has_invisible(name)
    assert not has_other_script(name)


@pytest.mark.parametrize("name", ["АУБE", "ΟΡΜΕ", "Мария"])
def test_letters_of_another_script_are_told(name: str) -> None:
    assert has_other_script(name)


def test_a_folded_name_has_no_accent_case_or_punctuation() -> None:
    assert fold("LECŒUR-HÊTRE") == fold("Lecoeur Hetre") == "lecoeurhetre"
    assert fold("Łyna") == "lyna"


@given(HOSTILE)
def test_a_folded_name_holds_letters_and_digits_only(text: str) -> None:
    folded = fold(text)
    assert folded == folded.lower()
    assert folded == "" or (folded.isascii() and folded.isalnum())
