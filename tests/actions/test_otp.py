"""Codes of the OTP key: six ASCII digits, now, once, of a confirmed key of one's own (security.md, A4)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django_otp import verify_token
from django_otp.oath import totp

from accounts.models import OtpKey
from accounts.models.device import DAY, FAILURES_A_DAY
from accounts.models.otp import STEP_SECONDS
from educonnect_admin.toolkit.crypto import SealBrokenError
from tests.factories import StaffFactory

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
SEED = b"an-invented-seed-20b"
STEP = timedelta(seconds=STEP_SECONDS)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as moved:
        yield moved


@pytest.fixture
def key(clock: time_machine.Traveller) -> OtpKey:
    return make_key()


def make_key(*, confirmed: bool = True) -> OtpKey:
    key = OtpKey(user=StaffFactory(), name="totp", confirmed=confirmed)
    key.set_seed(SEED)
    key.save()
    return key


def code(steps: int = 0) -> str:
    """What the key shows, so many steps from now."""
    return f"{totp(SEED, step=STEP_SECONDS, t0=0, drift=steps):06}"


def wrong() -> str:
    """A code of no step near."""
    near = {code(steps) for steps in range(-3, 4)}
    return next(f"{number:06}" for number in range(10) if f"{number:06}" not in near)


def passes(key: OtpKey, token: str) -> bool:
    return verify_token(key.user, key.persistent_id, token) is not None


def test_a_code_opens_once(key: OtpKey) -> None:
    assert [passes(key, code()) for _ in range(3)] == [True, False, False]


@pytest.mark.parametrize(("steps", "wanted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_of_tolerance_each_way(key: OtpKey, steps: int, wanted: bool) -> None:
    assert passes(key, code(steps)) is wanted


def test_a_clock_90_seconds_off_is_refused(key: OtpKey, clock: time_machine.Traveller) -> None:
    shown = code()
    clock.shift(timedelta(seconds=90))
    assert not passes(key, shown)


def test_a_code_uses_up_those_before_it(key: OtpKey) -> None:
    assert passes(key, code(1))
    assert not passes(key, code())
    assert not passes(key, code(-1))


SPELLINGS = [
    "+{0}",
    "-{0}",
    "000{0}",
    "0x{0}",
    "{0}\n",
    " {0}",
    "{0} ",
    "{0}0",
    "{0}.0",
    "\x00{0}",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_another_spelling_of_the_right_code_is_refused(key: OtpKey, spelling: str) -> None:
    assert not passes(key, spelling.format(code()))
    assert passes(key, code())


@pytest.mark.parametrize("digits", ["０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"])
def test_digits_of_other_scripts_are_refused(key: OtpKey, digits: str) -> None:
    assert int("".join(digits[int(digit)] for digit in code())) == int(code())
    assert not passes(key, "".join(digits[int(digit)] for digit in code()))


def test_a_grouped_code_is_refused_by_the_key(key: OtpKey) -> None:
    assert not passes(key, f"{code()[:3]}_{code()[3:]}")
    assert not passes(key, f"{code()[:3]} {code()[3:]}")


def test_a_code_that_begins_with_a_zero_opens_with_it_only(key: OtpKey, clock: time_machine.Traveller) -> None:
    while not code().startswith("0"):
        clock.shift(STEP)
    assert not passes(key, code()[1:])
    assert passes(key, code())


def test_an_unconfirmed_key_opens_nothing(clock: time_machine.Traveller) -> None:
    assert not passes(make_key(confirmed=False), code())


def test_the_enrolment_uses_its_code_up(clock: time_machine.Traveller) -> None:
    key = make_key(confirmed=False)
    assert not key.confirm(wrong())
    assert key.confirm(code())
    assert not passes(key, code())
    clock.shift(STEP)
    assert passes(key, code())


def test_the_key_of_someone_else_opens_nothing(key: OtpKey) -> None:
    assert verify_token(StaffFactory(), key.persistent_id, code()) is None


def waits(key: OtpKey, clock: time_machine.Traveller, number: int) -> list[timedelta]:
    """How long each of so many wrong codes makes the next one wait, when each is typed as soon as it counts."""
    found = []
    for _ in range(number):
        passes(key, wrong())
        key.refresh_from_db()
        found.append(key.wait())
        clock.shift(key.wait())
    return found


def test_wrong_codes_slow_down_and_never_for_more_than_a_quarter_of_an_hour(
    key: OtpKey, clock: time_machine.Traveller
) -> None:
    found = waits(key, clock, FAILURES_A_DAY - 1)
    assert found[:4] == [timedelta(0)] * 4
    assert [wait.total_seconds() for wait in found[4:10]] == [30, 60, 120, 240, 480, 900]
    assert max(found) == timedelta(minutes=15)


def test_a_code_typed_while_waiting_is_refused_and_not_used_up(key: OtpKey, clock: time_machine.Traveller) -> None:
    for _ in range(5):
        passes(key, wrong())
    assert not passes(key, code())
    clock.shift(STEP)
    assert passes(key, code())


def test_25_wrong_codes_end_the_day(key: OtpKey, clock: time_machine.Traveller) -> None:
    waits(key, clock, FAILURES_A_DAY - 1)
    passes(key, wrong())
    key.refresh_from_db()
    assert key.day_began_at + DAY == START + key.wait() + (datetime.now(UTC) - START)
    assert not passes(key, code())
    clock.move_to(START + DAY)
    assert passes(key, code())


def test_a_right_code_between_them_does_not_begin_the_day_anew(key: OtpKey, clock: time_machine.Traveller) -> None:
    """Someone guesses while the owner signs in from time to time: still 25 a day."""
    guessed = 0
    for _ in range(20):
        for _ in range(4):
            key.refresh_from_db()
            guessed += not key.wait()
            passes(key, wrong())
        clock.shift(STEP)
        passes(key, code())
    assert guessed == FAILURES_A_DAY


def test_the_seed_is_sealed_for_its_owner(key: OtpKey) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT k::text FROM otp_key k")
        kept = cursor.fetchone()[0]
    assert key.seed == SEED
    assert SEED.hex() not in kept
    other = make_key()
    other.sealed_seed = key.sealed_seed
    with pytest.raises(SealBrokenError):
        _ = other.seed
