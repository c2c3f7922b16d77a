"""Tries to sign in: slowed down, never locked; strangers cannot keep anyone out of an address already used."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import override_settings

from accounts.actions.sign_in import begin_try, end_tries
from accounts.models import KnownAddress, SignInTry

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
HOME, ELSEWHERE = "198.51.100.7", "203.0.113.9"
LONGEST = timedelta(minutes=15)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as moved:
        yield moved


def tries(number: int, *, address: str | None = HOME, username: str = "p.agent") -> list[timedelta]:
    """The waits that so many failed tries, one after the other, met."""
    return [begin_try(username=username, address=address) for _ in range(number)]


def insist(clock: time_machine.Traveller, *, until: timedelta, addresses: list[str]) -> list[timedelta]:
    """Try again as soon as it is allowed, each time from the next address; the waits met."""
    waits, number = [], 0
    while datetime.now(UTC) < START + until:
        wait = begin_try(username="p.agent", address=addresses[number % len(addresses)])
        waits.append(wait)
        number += 1
        clock.shift(wait)
    return waits


def test_five_wrong_tries_are_free_and_the_next_waits(clock: time_machine.Traveller) -> None:
    waits = tries(6)
    assert waits[:5] == [timedelta(0)] * 5
    assert timedelta(0) < waits[5] <= timedelta(minutes=1)


def test_a_try_made_too_soon_is_not_counted(clock: time_machine.Traveller) -> None:
    tries(9)
    assert SignInTry.objects.count() == 5
    clock.shift(timedelta(seconds=30))
    assert tries(1) == [timedelta(0)]


def test_the_wait_grows_and_stays_under_a_quarter_of_an_hour(clock: time_machine.Traveller) -> None:
    KnownAddress.objects.create(account_hash=key(), address=HOME, last_at=START)
    waits = [wait for wait in insist(clock, until=timedelta(days=1), addresses=[HOME]) if wait]
    assert waits[:6] == [timedelta(seconds=seconds) for seconds in (30, 60, 120, 240, 480, 900)]
    assert waits == sorted(waits)
    assert max(waits) == LONGEST


def key() -> bytes:
    """What the tries of p.agent are counted under."""
    tries(1)
    known = bytes(SignInTry.objects.get().account_hash)
    SignInTry.objects.all().delete()
    return known


def test_strangers_share_25_tries_a_day(clock: time_machine.Traveller) -> None:
    many = [f"203.0.113.{number}" for number in range(1, 255)]
    assert [begin_try(username="p.agent", address=each) for each in many].count(timedelta(0)) == 25


def test_no_24_hours_hold_more_than_25_of_them(clock: time_machine.Traveller) -> None:
    many = [f"203.0.113.{number}" for number in range(1, 255)]
    waits = insist(clock, until=timedelta(hours=71), addresses=many)
    assert waits.count(timedelta(0)) == 75
    moments = list(SignInTry.objects.order_by("at").values_list("at", flat=True))
    assert all(later - sooner >= timedelta(days=1) for sooner, later in zip(moments, moments[25:], strict=False))


@pytest.mark.parametrize("strangers", [[ELSEWHERE], [f"203.0.113.{number}" for number in range(1, 100)], [None]])
def test_strangers_cannot_slow_down_a_known_address(clock: time_machine.Traveller, strangers: list[str | None]) -> None:
    tries(1)
    end_tries(username="p.agent", address=HOME)
    for address in (strangers * 100)[:100]:
        begin_try(username="p.agent", address=address)
    assert tries(5) == [timedelta(0)] * 5


def test_an_address_that_cannot_be_told_is_never_known(clock: time_machine.Traveller) -> None:
    end_tries(username="p.agent", address=None)
    assert not KnownAddress.objects.exists()
    assert len([wait for wait in tries(40, address=None) if not wait]) == 5


def test_a_right_password_forgets_the_wrong_ones_from_there_only(clock: time_machine.Traveller) -> None:
    tries(5)
    tries(5, address=ELSEWHERE)
    end_tries(username="p.agent", address=HOME)
    assert tries(5) == [timedelta(0)] * 5
    assert tries(1, address=ELSEWHERE) != [timedelta(0)]


def test_one_account_does_not_slow_down_another(clock: time_machine.Traveller) -> None:
    tries(40)
    assert tries(1, username="e.autre") == [timedelta(0)]


def test_it_is_one_account_however_its_identifiant_is_typed(clock: time_machine.Traveller) -> None:
    for typed in ("p.agent", " P.Agent ", "P.AGENT", "p.agent\t", "p.AGENT"):
        assert tries(1, username=typed) == [timedelta(0)]
    assert tries(1) != [timedelta(0)]


def test_an_unknown_account_is_slowed_down_alike(clock: time_machine.Traveller) -> None:
    assert tries(40, username="n.existe.pas") == tries(40, username="p.agent")


def test_a_rotation_of_keys_forgets_no_try(clock: time_machine.Traveller, settings) -> None:
    tries(5)
    with override_settings(CONSOLE_KEYS={**settings.CONSOLE_KEYS, 200: b"n" * 32}):
        assert tries(1) != [timedelta(0)]


def test_nothing_that_was_typed_is_kept(clock: time_machine.Traveller) -> None:
    tries(1, username="un-mot-de-passe-tape-au-mauvais-endroit")
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM sign_in_try t")
        kept = cursor.fetchone()[0]
    assert "mot-de-passe" not in kept
    assert b"mot-de-passe".hex() not in kept
