"""One-time codes raced: django-otp's own `verify_token` took one code 6 to 23 times of 40, a recovery code 2 to 16."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections
from django_otp import verify_token
from django_otp.models import Device
from django_otp.oath import totp

from accounts.actions.sign_in import STRANGERS_TRIES, begin_try
from accounts.models import OtpKey, RecoverySheet, SignInTry
from accounts.models.otp import STEP_SECONDS
from tests.factories import StaffFactory

SEED = b"an-invented-seed-20b"
THREADS = 40
ROUNDS = [10, pytest.param(250, marks=pytest.mark.slow)]
START = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
def crowd(committed: str) -> Iterator[Callable[[Callable[[int], Any]], list[Any]]]:
    """Forty threads with a connection each, kept from round to round, that begin at the same moment."""
    start = threading.Barrier(THREADS)

    def alone(act: Callable[[int], Any], place: int) -> Any:
        start.wait(30)
        return act(place)

    with ThreadPoolExecutor(THREADS) as threads:
        yield lambda act: [one.result() for one in [threads.submit(alone, act, place) for place in range(THREADS)]]
        list(threads.map(lambda _: (start.wait(30), connections.close_all()), range(THREADS)))


def accepted(crowd: Callable[..., list[Any]], device: Device, code: str) -> int:
    found = crowd(lambda _: verify_token(device.user, device.persistent_id, code))
    return sum(one is not None for one in found)


@pytest.mark.parametrize("rounds", ROUNDS)
def test_django_otp_one_code_of_forty_threads_opens_once(crowd: Any, rounds: int) -> None:
    key = OtpKey(user=StaffFactory(), name="totp", confirmed=True)
    key.set_seed(SEED)
    key.save()
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(rounds):
            clock.shift(timedelta(seconds=STEP_SECONDS * 2))
            assert accepted(crowd, key, f"{totp(SEED):06}") == 1
            OtpKey.objects.update(failures=0, failures_today=0)


@pytest.mark.parametrize("rounds", ROUNDS)
def test_idenplane_398_one_recovery_code_of_forty_threads_opens_once(crowd: Any, rounds: int) -> None:
    """Nor is the count of failures passed by asking all at once."""
    sheet = RecoverySheet.objects.create(user=StaffFactory(), name="recovery")
    codes: list[str] = []
    for _ in range(rounds):
        codes = codes or sheet.write()
        assert accepted(crowd, sheet, codes.pop()) == 1
        RecoverySheet.objects.update(failures=0, failures_today=0)


def test_keycloak_31726_no_more_tries_are_weighed_by_asking_at_once(crowd: Any) -> None:
    """200 wrong passwords at the same moment from 200 addresses: 25 are weighed, and every one of them is counted."""
    waits = [
        wait
        for volley in range(5)
        for wait in crowd(
            lambda place, volley=volley: begin_try(username="p.raced", address=f"203.0.{113 + volley}.{place}")
        )
    ]
    assert (len(waits), waits.count(timedelta(0))) == (200, STRANGERS_TRIES)
    assert SignInTry.objects.count() == STRANGERS_TRIES
