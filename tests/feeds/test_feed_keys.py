"""Keys, dates and ways to reach a person: pure rules, in full or property by property."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.feeds import academies, keys, reach
from accounts.feeds.keys import Ine
from accounts.feeds.report import Reason

DIGITS = "0123456789"


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=count, max_size=count)


@pytest.mark.parametrize("uai", ["0510001Z", "0511234P", "0080001H", "0100099D"])
def test_a_right_uai_has_nothing_to_tell(uai: str) -> None:
    assert keys.uai_reason(uai) is None


@pytest.mark.parametrize("uai", ["", "051000", "0510001", "0510001z", "X510001Z", "0510001ZZ", "٠٥١٠٠٠١Z"])
def test_a_uai_of_another_shape_is_told(uai: str) -> None:
    assert keys.uai_reason(uai) is Reason.UAI_BAD_SHAPE


@given(digits(7), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_one_letter_only_fits_a_uai(number: str, letter: str) -> None:
    wrong = letter != keys.uai_key(number)
    assert keys.uai_reason(number + letter) is (Reason.UAI_WRONG_KEY if wrong else None)


@pytest.mark.parametrize(
    ("ine", "kind"),
    [
        ("990000001EB", Ine.RNIE),
        ("990000002EA", Ine.RNIE),
        ("990000097EC", Ine.RNIE),
        ("990000001eb", Ine.RNIE),
        ("990000001EC", Ine.RNIE_WRONG_KEY),
        ("0999000001S", Ine.BEA),
        ("0999000001T", Ine.BEA_WRONG_KEY),
        ("1234A56789Z", Ine.APPRENTICE),
        ("ABC12DE34F5", Ine.UNKNOWN_FAMILY),
        ("99012", Ine.BAD_SHAPE),
        ("990000001EBX", Ine.BAD_SHAPE),
        ("99000 0001EB", Ine.BAD_SHAPE),
        ("", Ine.EMPTY),
    ],
)
def test_the_kind_of_an_ine(ine: str, kind: Ine) -> None:
    assert keys.ine_kind(ine) is kind


@given(digits(9))
def test_a_rnie_number_takes_its_own_key_only(number: str) -> None:
    assert keys.ine_kind(number + keys.rnie_key(number)) is Ine.RNIE
    neighbour = f"{(int(number) + 1) % 10**9:09}"
    assert keys.ine_kind(neighbour + keys.rnie_key(number)) is Ine.RNIE_WRONG_KEY


@given(digits(10))
def test_a_bea_number_takes_its_own_key_only(number: str) -> None:
    kinds = {keys.ine_kind(number + letter) for letter in keys.LETTERS if letter != keys.bea_key(number)}
    assert keys.ine_kind(number + keys.bea_key(number)) is Ine.BEA
    assert kinds == {Ine.BEA_WRONG_KEY}


@given(st.text())
def test_any_text_has_a_kind(text: str) -> None:
    assert keys.ine_kind(text) in Ine
    assert (keys.ine_kind(text) is Ine.EMPTY) == (text == "")


@given(st.dates(min_value=date(keys.EARLIEST_YEAR, 1, 1)))
def test_a_date_is_read_as_it_is_written(day: date) -> None:
    assert keys.birth_date(day.strftime("%d/%m/%Y")) == (day, None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.BIRTH_DATE_EMPTY),
        ("31/02/2013", Reason.BIRTH_DATE_IMPOSSIBLE),
        ("00/00/0000", Reason.BIRTH_DATE_IMPOSSIBLE),
        ("01/01/1013", Reason.BIRTH_DATE_IMPOSSIBLE),
        ("2013-02-01", Reason.BIRTH_DATE_BAD_SHAPE),
        ("1/2/2013", Reason.BIRTH_DATE_BAD_SHAPE),
        ("41306", Reason.BIRTH_DATE_BAD_SHAPE),
    ],
)
def test_what_is_no_date_says_why(text: str, reason: Reason) -> None:
    assert keys.birth_date(text) == (None, reason)


@pytest.mark.parametrize(
    "spelling",
    [
        "06 39 98 00 01",
        "0639980001",
        "06.39.98.00.01",
        "06-39-98-00-01",
        "+33 6 39 98 00 01",
        "+33 (0)6 39 98 00 01",
        "0033639980001",
        "06\u00a039\u00a098\u00a000\u00a001",
    ],
)
def test_any_spelling_of_a_mobile_is_one_number(spelling: str) -> None:
    assert reach.mobile(spelling) == "+33639980001"


@pytest.mark.parametrize("number", ["", "0000000000", "03 53 01 00 01", "+32 470 00 00 00", "06 39 98", "abc"])
def test_what_cannot_receive_a_message_is_no_mobile(number: str) -> None:
    assert reach.mobile(number) == ""


def test_a_landline_is_a_number_all_the_same() -> None:
    assert reach.e164("03 53 01 00 59") == "+33353010059"


@pytest.mark.parametrize("address", ["a@example.org", "lou.n-o_e+x@sous.example.net", "A.B@EXAMPLE.ORG"])
def test_one_plain_address_is_usable(address: str) -> None:
    assert reach.mail(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "pas de mail",
        "hélène@example.org",
        "a@example.org;b@example.org",
        "a@example",
        "a..b@example.org",
        ".a@example.org",
        "a@-example.org",
        "a@example.org\nBcc: b@example.org",
        "a" * 250 + "@example.org",
    ],
)
def test_anything_else_is_no_address(address: str) -> None:
    assert reach.mail(address) == ""


def test_an_academy_is_known_by_its_code_written_either_way() -> None:
    assert academies.academy_code("19") == academies.academy_code("019") == 19
    assert academies.academy_name(19) == "Reims"
    assert academies.academy_code("") is academies.academy_code("dix-neuf") is None


def test_the_departments_of_reims() -> None:
    assert {academies.academy_of(f"{d}0001X") for d in ("008", "010", "051", "052")} == {19}
