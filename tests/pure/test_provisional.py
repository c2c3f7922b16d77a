"""Provisional passwords: strong, unique, readable by a child, known again however they are typed."""

import math
import re
import secrets
import unicodedata
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import provisional
from educonnect_admin.toolkit.crypto import SealBrokenError

RING = {1: b"k" * 32}
PUPIL, OTHER, RUN = UUID(int=1), UUID(int=2), UUID(int=3)
PARIS, CAYENNE = ZoneInfo("Europe/Paris"), ZoneInfo("America/Cayenne")
SEPARATORS = [
    sign for number in range(0x110000) if (sign := chr(number)).isspace() or unicodedata.category(sign) == "Pd"
]
"""Every blank and every dash of Unicode."""


def test_the_alphabet_is_read_one_way_only() -> None:
    assert not set(provisional.ALPHABET) & set("0O1IL")
    assert len(set(provisional.ALPHABET)) == len(provisional.ALPHABET) == 31
    assert provisional.ALPHABET.isascii()
    assert provisional.ALPHABET.upper() == provisional.ALPHABET


def test_the_strength_is_59_bits_at_least() -> None:
    assert provisional.LENGTH * math.log2(len(provisional.ALPHABET)) >= 59


def test_the_readable_kind_has_50_bits_at_least() -> None:
    """What is drawn, less the few words that are drawn again: they take no hundredth of a bit."""
    syllables = len(set(provisional.CONSONANTS)) * len(set(provisional.VOWELS))
    figures = len(set(provisional.DIGITS))
    bits = provisional.SYLLABLES * math.log2(syllables) + provisional.FIGURES * math.log2(figures)
    drawn = [provisional.make_readable() for _ in range(20_000)]
    assert bits - 0.1 >= 50
    assert len(set(drawn)) == len(drawn)
    assert all(re.fullmatch("([BCDFGJKMNPRSTVZ][AEUY]){8}[2-9]{2}", secret) for secret in drawn)


def test_every_syllable_comes_about_as_often_at_every_place() -> None:
    """With 20,000 draws each of the 60 is expected 333 times at a place, give or take 18: six times that is no chance.

    But for the few that are drawn again, which is about two in a thousand.
    """
    drawn = [provisional.make_readable() for _ in range(20_000)]
    for place in range(0, 2 * provisional.SYLLABLES, 2):
        counted = Counter(secret[place : place + 2] for secret in drawn)
        assert len(counted) == 60
        assert 215 < min(counted.values()) <= max(counted.values()) < 455


def test_the_readable_kind_says_nothing_that_a_child_should_not_read() -> None:
    assert not [s for s in (provisional.make_readable() for _ in range(20_000)) if "PUTE" in s or "CACA" in s]
    assert provisional.NO_WORDS_FOR_A_CHILD.search("BADUPUTEKEMYTAFE")


def test_the_readable_kind_is_known_again_however_it_is_typed() -> None:
    secret = provisional.make_readable()
    known = provisional.hashed(RING, PUPIL, secret)
    assert provisional.is_right(RING, PUPIL, known, provisional.grouped(secret).lower())
    assert not provisional.is_right(RING, PUPIL, known, secret[:-1])


def test_a_batch_holds_no_password_twice_and_none_out_of_form() -> None:
    batch = [provisional.make() for _ in range(20_000)]
    assert len(set(batch)) == len(batch)
    assert all(len(secret) == 12 and set(secret) <= set(provisional.ALPHABET) for secret in batch)


def test_every_sign_comes_at_every_place_about_as_often() -> None:
    """With 20,000 draws a sign is expected 645 times at a place, give or take 25: six times that is no chance."""
    batch = [provisional.make() for _ in range(20_000)]
    for place in range(provisional.LENGTH):
        counted = [sum(secret[place] == sign for secret in batch) for sign in provisional.ALPHABET]
        assert 495 < min(counted) <= max(counted) < 795


def test_it_comes_from_the_system_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    choice = secrets.choice
    monkeypatch.setattr(secrets, "choice", lambda signs: drawn.append(signs) or choice(signs))
    provisional.make()
    assert drawn == [provisional.ALPHABET] * 12


def test_it_is_shown_in_groups_of_four() -> None:
    assert provisional.grouped("42V7ZJ7EXPC6") == "42V7 ZJ7E XPC6"


@given(typed=st.data())
def test_it_is_known_again_however_it_is_typed(typed: st.DataObject) -> None:
    secret = provisional.make()
    known = provisional.hashed(RING, PUPIL, secret)
    between = st.lists(st.sampled_from(SEPARATORS), max_size=3).map("".join)
    case = st.sampled_from((str.upper, str.lower))
    written = "".join(typed.draw(between) + typed.draw(case)(sign) for sign in secret) + typed.draw(between)
    assert provisional.is_right(RING, PUPIL, known, written)


def test_one_wrong_sign_is_wrong() -> None:
    secret = provisional.make()
    known = provisional.hashed(RING, PUPIL, secret)
    for place in range(12):
        for sign in set(provisional.ALPHABET) - {secret[place]}:
            assert not provisional.is_right(RING, PUPIL, known, secret[:place] + sign + secret[place + 1 :])
    assert not provisional.is_right(RING, PUPIL, known, "")
    assert not provisional.is_right(RING, OTHER, known, secret)


def test_a_sealed_password_opens_for_its_account_and_run_only() -> None:
    sealed = provisional.sealed(RING, PUPIL, RUN, "42V7ZJ7EXPC6")
    assert provisional.unsealed(RING, PUPIL, RUN, sealed) == "42V7ZJ7EXPC6"
    for account, run in ((OTHER, RUN), (PUPIL, OTHER), (RUN, PUPIL)):
        with pytest.raises(SealBrokenError):
            provisional.unsealed(RING, account, run, sealed)


@given(
    now=st.datetimes(datetime(2024, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC)),
    zone=st.sampled_from((PARIS, CAYENNE)),
)
def test_it_ends_in_the_last_second_of_the_90th_day_there(now: datetime, zone: ZoneInfo) -> None:
    ends = provisional.expiry(now, zone, 90).astimezone(zone)
    assert (ends.hour, ends.minute, ends.second) == (23, 59, 59)
    assert ends.date() == now.astimezone(zone).date() + timedelta(days=90)


def test_a_change_to_summer_time_moves_nothing() -> None:
    ends = provisional.expiry(datetime(2027, 1, 15, 9, tzinfo=UTC), PARIS, 90)
    assert ends.isoformat() == "2027-04-15T23:59:59+02:00"
