"""National identifiers and dates. A wrong key letter is a warning, never a reason to reject."""

import re
from datetime import date
from enum import StrEnum

from accounts.feeds.report import Reason

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
DIGITS_AS_LETTERS = "ABCDEFGHJK"
EARLIEST_YEAR = 1900

UAI = re.compile(r"[0-9]{7}[A-Z]")
BEA = re.compile(r"[0-9]{10}[A-Z]")
RNIE = re.compile(r"[0-9]{9}[A-Z]{2}")
APPRENTICE = re.compile(r"[0-9]{4}A[0-9]{5}[A-Z]")
ELEVEN = re.compile(r"[0-9A-Z]{11}")
ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
FRENCH_DATE = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")


class Ine(StrEnum):
    """What an INE looks like. Families with a key: BEA (until 2018) and RNIE (since)."""

    RNIE = "rnie"
    RNIE_WRONG_KEY = "rnie_wrong_key"
    BEA = "bea"
    BEA_WRONG_KEY = "bea_wrong_key"
    APPRENTICE = "apprentice"
    UNKNOWN_FAMILY = "unknown_family"
    BAD_SHAPE = "bad_shape"
    EMPTY = "empty"


INE_REASONS = {
    Ine.RNIE_WRONG_KEY: Reason.INE_RNIE_WRONG_KEY,
    Ine.BEA_WRONG_KEY: Reason.INE_BEA_WRONG_KEY,
    Ine.UNKNOWN_FAMILY: Reason.INE_UNKNOWN_FAMILY,
    Ine.BAD_SHAPE: Reason.INE_BAD_SHAPE,
    Ine.EMPTY: Reason.INE_EMPTY,
}
"""Which kinds of INE are worth a line in the report."""


def uai_key(digits: str) -> str:
    """The key letter of a UAI's 7 digits."""
    return LETTERS[int(digits) % 23]


def bea_key(digits: str) -> str:
    """The key letter of a BEA number's 10 digits."""
    return LETTERS[int(digits) % 23]


def rnie_key(digits: str) -> str:
    """The two key letters of an RNIE number's 9 digits."""
    key = 97 - int(digits) % 97
    return DIGITS_AS_LETTERS[key // 10] + DIGITS_AS_LETTERS[key % 10]


def uai_reason(uai: str) -> Reason | None:
    """What is wrong with an upper-case UAI, if anything."""
    if not UAI.fullmatch(uai):
        return Reason.UAI_BAD_SHAPE
    return None if uai[7] == uai_key(uai[:7]) else Reason.UAI_WRONG_KEY


def ine_kind(ine: str) -> Ine:
    """The family of an INE, of any case, and whether its key fits."""
    ine = ine.upper()
    if not ine:
        return Ine.EMPTY
    if RNIE.fullmatch(ine):
        return Ine.RNIE if ine[9:] == rnie_key(ine[:9]) else Ine.RNIE_WRONG_KEY
    if BEA.fullmatch(ine):
        return Ine.BEA if ine[10] == bea_key(ine[:10]) else Ine.BEA_WRONG_KEY
    if APPRENTICE.fullmatch(ine):
        return Ine.APPRENTICE
    return Ine.UNKNOWN_FAMILY if ELEVEN.fullmatch(ine) else Ine.BAD_SHAPE


def birth_date(text: str) -> tuple[date | None, Reason | None]:
    """A date written JJ/MM/AAAA, or None and why it is not one."""
    if not text:
        return None, Reason.BIRTH_DATE_EMPTY
    found = FRENCH_DATE.fullmatch(text)
    if not found:
        return None, Reason.BIRTH_DATE_BAD_SHAPE
    day, month, year = map(int, found.groups())
    try:
        if year < EARLIEST_YEAR:
            raise ValueError(year)
        return date(year, month, day), None
    except ValueError:
        return None, Reason.BIRTH_DATE_IMPOSSIBLE


def date_of(text: str) -> date | None:
    """A date of either spelling, JJ/MM/AAAA or AAAA-MM-JJ."""
    iso = ISO_DATE.fullmatch(text)
    return birth_date("/".join(reversed(iso.groups())) if iso else text)[0]


def school_year(day: date) -> int:
    """The year in which the school year of a day began: it changes on 1 August."""
    return day.year if day.month >= 8 else day.year - 1
