"""Keys for sorting and searching, pages, masks, waits in words."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.views.session import wait_in_words
from educonnect_admin.toolkit.masking import masked_email, masked_phone
from educonnect_admin.toolkit.pagination import GAP, Page, whole_number
from educonnect_admin.toolkit.text import fold, natural_key


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("D’ORNAIN-LECŒUR  Zoé", "d ornain lecoeur zoe"),
        ("d'ornain lecœur zoé", "d ornain lecoeur zoe"),
        ("Ÿlang-Ÿlang", "ylang ylang"),
        ("Straße", "strasse"),
        ("Łukasz Ðorđević", "lukasz dordevic"),
        ("E\u0301toile", "etoile"),
        ("İstanbul ıssız", "istanbul issiz"),
        ("\u202eabc\u0000", "abc"),
        ("_-'’ ", ""),
    ],
)
def test_names_are_folded_alike_however_written(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text(st.characters(max_codepoint=0x24F)))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(st.characters(codec="latin-1")))
def test_case_does_not_count(text: str) -> None:
    assert fold(text.upper()) == fold(text.lower()) == fold(text)


def test_classes_come_in_natural_order() -> None:
    rooms = ["TG10", "10A", "6B", "3EME 10", "5EME B", "TG2", "6A", "3EME 2", "5EME A"]
    assert sorted(rooms, key=natural_key) == [
        "3EME 2", "3EME 10", "5EME A", "5EME B", "6A", "6B", "10A", "TG2", "TG10",
    ]  # fmt: skip


@given(small=st.integers(0, 999_999), large=st.integers(0, 999_999))
def test_numbers_in_names_sort_by_value(small: int, large: int) -> None:
    assert (natural_key(f"{small}A") < natural_key(f"{large}A")) is (small < large)


@given(total=st.integers(0, 10_000), size=st.sampled_from((25, 50, 100)), number=st.integers(1, 400))
def test_pages_cover_a_list_once(total: int, size: int, number: int) -> None:
    page = Page(rows=(), total=total, number=number, size=size)
    assert (page.count - 1) * size < max(total, 1) <= page.count * size
    if number <= page.count:
        assert page.first == (0 if total == 0 else (number - 1) * size + 1)
        assert page.last - page.first + 1 <= size or total == 0


@given(total=st.integers(1, 10_000), number=st.integers(1, 400))
def test_the_way_through_shows_both_ends_and_says_what_it_skips(total: int, number: int) -> None:
    page = Page(rows=(), total=total, number=min(number, -(-total // 25)), size=25)
    window = page.window()
    assert (window[0], window[-1]) == (1, page.count)
    assert page.number in window
    for left, right in pairwise(window):
        assert GAP in (left, right) or right == left + 1


@pytest.mark.parametrize(
    "typed", ["", "x", "-1", "1.5", "1e3", " 1", "10000000000", "٣", "³", "１", "1_0", "+1", "\x00"]
)
def test_what_is_no_number_is_the_default(typed: str) -> None:
    assert whole_number(typed, 7) == 7


@given(st.integers(0, 999_999_999))
def test_a_number_is_read(number: int) -> None:
    assert whole_number(str(number), -1) == number


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("samir.acacia@example.org", "s•••@example.org"),
        ("a@example.org", "a•••@example.org"),
        ("", ""),
        ("no-at", ""),
        ("@example.org", "•••@example.org"),
    ],
)
def test_an_address_keeps_its_first_letter_and_domain(address: str, masked: str) -> None:
    assert masked_email(address) == masked


@pytest.mark.parametrize(("number", "masked"), [("+33639980059", "•• •• •• •• 59"), ("", ""), ("7", "•• •• •• •• 7")])
def test_a_number_keeps_its_last_two_digits(number: str, masked: str) -> None:
    assert masked_phone(number).replace("\u00a0", " ") == masked


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 seconde"), (30, "31 secondes"), (58.9, "59 secondes"), (59, "1 minute"), (119, "2 minutes"),
     (899, "15 minutes"), (3540, "1 heure"), (3600, "2 heures"), (86_399, "24 heures")],
)  # fmt: skip
def test_a_wait_is_told_rounded_up(seconds: float, words: str) -> None:
    assert wait_in_words(timedelta(seconds=seconds)) == words
