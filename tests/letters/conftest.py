"""Invented pupils, and documents laid out once for all the tests that read them."""

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from notifications.rendering import (
    ClassListContext,
    Holder,
    LetterContext,
    Listed,
    Sender,
    class_list_pdf,
    letters_pdf,
    slips_pdf,
)

LONG_NAME = "d’Ornain-Lecœur de La Tour-Maubourg-Saint-Hilaire-lès-Montagnes"
NAMES = [
    ("Zoé", "Érable"),
    ("Anaïs", "L’Haÿ"),
    ("Cœur-Marie", LONG_NAME),
    ("Ștefan", "Țepeș-Iașu"),
    ("Łucja", "Źdźbło"),
    ("İpek", "Çağrıoğlu"),
    ("Thị Hà", "Nguyễn"),
]
SENDER = Sender(
    school_name="Collège des Trois-Rivières",
    uai="0080001H",
    address_lines=("12 rue de l’Ornain", "08000 CHARLEVILLE-MÉZIÈRES"),
    contact="M. Hêtre, vie scolaire, 03 24 00 00 00",
)
IMPRINT = {
    "sender": SENDER,
    "issued_on": date(2026, 11, 23),
    "run_label": "Notification du 23/11/2026",
    "requested_by": "Aubépine Rivière",
}


def holder(number: int, classroom: str = "5EME A", **fields: object) -> Holder:
    first_name, last_name = NAMES[number % len(NAMES)]
    told = {
        "first_name": first_name,
        "last_name": last_name,
        "classroom": classroom,
        "username": f"a.pupil{number}",
        "secret": f"R4TN8KWP{number:04}".translate(str.maketrans("01", "YZ")),
        "valid_until": date(2027, 2, 21),
        "follow_up": f"T7-Q{number}K",
    }
    return Holder(**{**told, **fields})


@pytest.fixture(scope="session")
def make_holder() -> Callable[..., Holder]:
    return holder


@pytest.fixture(scope="session")
def make_letters() -> Callable[[list[Holder]], LetterContext]:
    address = "https://educonnect.example/activation/"
    return lambda holders: LetterContext(**IMPRINT, activation_url=address, holders=holders)


@pytest.fixture(scope="session")
def holders() -> list[Holder]:
    """Nine pupils of two classes: more than a page of eight slips, fewer than one of twenty-four."""
    return [holder(number, "5EME A" if number < 6 else "10A") for number in range(9)]


@pytest.fixture(scope="session")
def letters(holders, make_letters) -> PdfReader:
    return PdfReader(BytesIO(b"".join(letters_pdf(make_letters(holders)))))


@pytest.fixture(scope="session")
def slips(holders, make_letters) -> PdfReader:
    return PdfReader(BytesIO(b"".join(slips_pdf(make_letters(holders)))))


@pytest.fixture(scope="session")
def make_list() -> Callable[[list[Holder]], ClassListContext]:
    def make(holders: list[Holder]) -> ClassListContext:
        told = ("first_name", "last_name", "classroom", "username")
        pupils = [Listed(state="Notifié", **{name: getattr(each, name) for name in told}) for each in holders]
        return ClassListContext(**IMPRINT, pupils=pupils)

    return make


@pytest.fixture(scope="session")
def class_list(holders, make_list) -> PdfReader:
    return PdfReader(BytesIO(b"".join(class_list_pdf(make_list(holders)))))


@pytest.fixture(scope="session", params=["letters", "slips", "class_list"])
def document(request) -> PdfReader:
    return request.getfixturevalue(request.param)
