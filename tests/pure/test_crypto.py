"""Sealed values and keyed hashes: nothing altered, moved or made under another key is taken (security.md, 3.7)."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from educonnect_admin.toolkit.crypto import (
    SealBrokenError,
    keyed_hash,
    matches,
    oldest,
    seal,
    seal_text,
    unseal,
    unseal_text,
)

OLD, NEW = {1: b"o" * 32}, {2: b"n" * 32}
BOTH = OLD | NEW
PUPIL, OTHER = b"pupil and run", b"another pupil"

parts = st.lists(st.binary(max_size=20), min_size=1, max_size=4)


@given(value=st.binary(max_size=200), bound_to=st.binary(max_size=40))
def test_what_is_sealed_opens_again(value: bytes, bound_to: bytes) -> None:
    assert unseal(BOTH, "a", seal(BOTH, "a", value, bound_to=bound_to), bound_to=bound_to) == value


def test_no_single_bit_can_change() -> None:
    sealed = seal(BOTH, "a", b"42V7ZJ7EXPC6", bound_to=PUPIL)
    for bit in range(len(sealed) * 8):
        altered = bytearray(sealed)
        altered[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBrokenError):
            unseal(BOTH, "a", bytes(altered), bound_to=PUPIL)


@pytest.mark.parametrize("kept", range(41))
def test_a_cut_value_does_not_open(kept: int) -> None:
    sealed = seal(BOTH, "a", b"42V7ZJ7EXPC6", bound_to=PUPIL)
    assert len(sealed) == 41
    with pytest.raises(SealBrokenError):
        unseal(BOTH, "a", sealed[:kept], bound_to=PUPIL)


def test_a_value_moved_to_another_account_or_purpose_does_not_open() -> None:
    sealed = seal(BOTH, "a", b"42V7ZJ7EXPC6", bound_to=PUPIL)
    for purpose, bound_to in (("a", OTHER), ("b", PUPIL), ("a", b"")):
        with pytest.raises(SealBrokenError):
            unseal(BOTH, purpose, sealed, bound_to=bound_to)


def test_the_same_value_is_never_sealed_alike() -> None:
    assert len({seal(BOTH, "a", b"42V7ZJ7EXPC6", bound_to=PUPIL) for _ in range(1000)}) == 1000


def test_rotation_writes_with_the_new_key_and_still_reads_the_old() -> None:
    sealed, known = seal(OLD, "a", b"value", bound_to=PUPIL), keyed_hash(OLD, "a", b"secret")
    assert unseal(BOTH, "a", sealed, bound_to=PUPIL) == b"value"
    assert matches(BOTH, "a", known, b"secret")
    assert seal(BOTH, "a", b"value", bound_to=PUPIL)[0] == keyed_hash(BOTH, "a", b"secret")[0] == 2


def test_without_the_old_key_nothing_of_it_opens() -> None:
    sealed, known = seal(OLD, "a", b"value", bound_to=PUPIL), keyed_hash(OLD, "a", b"secret")
    with pytest.raises(SealBrokenError):
        unseal(NEW, "a", sealed, bound_to=PUPIL)
    assert not matches(NEW, "a", known, b"secret")


def test_another_key_under_the_same_number_opens_nothing() -> None:
    sealed, known = seal(OLD, "a", b"value", bound_to=PUPIL), keyed_hash(OLD, "a", b"secret")
    changed = {1: os.urandom(32)}
    with pytest.raises(SealBrokenError):
        unseal(changed, "a", sealed, bound_to=PUPIL)
    assert not matches(changed, "a", known, b"secret")


@given(one=parts, two=parts)
def test_parts_of_a_hash_cannot_run_together(one: list[bytes], two: list[bytes]) -> None:
    assert (keyed_hash(BOTH, "a", *one) == keyed_hash(BOTH, "a", *two)) is (one == two)


@pytest.mark.parametrize("known", [b"", b"\x02", b"\x03" + b"x" * 32, b"\x02" + b"x" * 32])
def test_what_is_no_hash_matches_nothing(known: bytes) -> None:
    assert not matches(BOTH, "a", known, b"secret")


def test_a_hash_of_one_purpose_is_not_one_of_another() -> None:
    known = keyed_hash(BOTH, "a", b"secret")
    assert len(known) == 33
    assert matches(BOTH, "a", known, b"secret")
    assert not matches(BOTH, "b", known, b"secret")


@given(text=st.text(max_size=60))
def test_a_sealed_text_opens_again_and_nowhere_else(text: str) -> None:
    sealed = seal_text(BOTH, "a", text, bound_to=PUPIL)
    assert unseal_text(BOTH, "a", sealed, bound_to=PUPIL) == text
    for broken, bound_to in ((sealed, OTHER), (sealed[:-4], PUPIL), ("x", PUPIL), ("", PUPIL)):
        with pytest.raises(SealBrokenError):
            unseal_text(BOTH, "a", broken, bound_to=bound_to)


def test_under_the_oldest_key_a_hash_outlives_a_rotation() -> None:
    assert oldest(BOTH) == OLD
    assert keyed_hash(oldest(BOTH), "a", PUPIL) == keyed_hash(OLD, "a", PUPIL)
