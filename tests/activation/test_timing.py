"""What is refused is refused alike: status, words, headers, and time."""

import random
import statistics
import time
from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from accounts.actions.activation import weigh
from accounts.actions.holder_passwords import whom_to_write
from accounts.enums import AccountState
from accounts.tasks import tell_holder_identifiers, tell_holder_link
from educonnect_admin.toolkit.scope import scope
from tests.activation.conftest import START, Holder
from tests.factories import SchoolingFactory

pytestmark = pytest.mark.django_db
VARYING = {"x-request-id", "expires", "content-length", "content-security-policy"}
"""Of each answer its own: a number, the second, the length of the identifiant, the order of the directives."""


@pytest.fixture
def usernames(holder: Holder) -> dict[str, str]:
    """An identifiant of each kind, the wrong password being typed for all."""
    kinds = {
        "not notified": {},
        "activated": {"activated": True, "password": make_password("Une-phrase-de-passe-42")},
        "blocked": {"blocked": True},
        "expired": {"expired": True},
        "closed": {"state": AccountState.CLOSED},
    }
    with scope(holder.school.uai):
        made = {
            kind: SchoolingFactory(
                school=holder.school, **{f"student__{name}": value for name, value in traits.items()}
            )
            for kind, traits in kinds.items()
        }
    known = {kind: place.student.username for kind, place in made.items()}
    return known | {"notified": holder.student.username, "unknown": "n.existepas"}


def test_every_refusal_says_the_same(usernames: dict[str, str]) -> None:
    answers = []
    for username in usernames.values():
        answer = Client().post(START, {"username": username, "password": "ABCD EFGH JKMN"})
        headers = {name: value for name, value in answer.items() if name.lower() not in VARYING}
        page = answer.content.decode().replace(username, "x.x")
        answers.append((answer.status_code, headers, without_tokens(page)))
    assert answers == [answers[0]] * len(answers)
    assert answers[0][0] == 200


def without_tokens(page: str) -> str:
    return "".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)


def welch(first: list[float], second: list[float]) -> float:
    """Welch's t: the difference of the means in units of its own uncertainty."""
    spread = statistics.variance(first) / len(first) + statistics.variance(second) / len(second)
    return (statistics.mean(first) - statistics.mean(second)) / spread**0.5


def measured(asked: dict[str, str], work: Callable[[str], object], rounds: int) -> dict[str, list[float]]:
    """Seconds of each kind, in turn and in random order, the slowest tenth left out as noise."""
    taken: dict[str, list[float]] = {kind: [] for kind in asked}
    for _ in range(rounds):
        for kind in random.sample(list(asked), len(asked)):
            start = time.perf_counter()
            work(asked[kind])
            taken[kind].append(time.perf_counter() - start)
    return {kind: sorted(times)[: int(len(times) * 0.9)] for kind, times in taken.items()}


def differing(times: dict[str, list[float]]) -> list[str]:
    """The kinds that differ from the unknown by more than a twentieth, and by more than chance."""
    unknown, found = times["unknown"], []
    for kind, those in times.items():
        apart = abs(statistics.median(those) - statistics.median(unknown)) / statistics.median(unknown)
        if apart >= 0.05 and abs(welch(those, unknown)) >= 3.3:
            found.append(f"{kind}: {apart:.1%} from the unknown")
    return found


@pytest.mark.proof
@pytest.mark.parametrize("rounds", [34, pytest.param(2000, marks=pytest.mark.slow)])
def test_every_refusal_takes_the_same_time(usernames: dict[str, str], rounds: int) -> None:
    """One Argon2 is what all spend. 34 rounds of seven kinds are more than 200 pairs with the unknown."""
    times = measured(usernames, lambda name: weigh(username=name, typed="ABCD EFGH JKMN", now=timezone.now()), rounds)
    assert differing(times) == []


@pytest.mark.proof
@pytest.mark.parametrize("rounds", [200, pytest.param(2000, marks=pytest.mark.slow)])
def test_every_forgotten_password_takes_the_same_time(usernames: dict[str, str], rounds: int) -> None:
    times = measured(usernames, lambda name: tell_holder_link(whom_to_write(name), "http://testserver/"), rounds)
    assert differing(times) == []


@pytest.mark.proof
@pytest.mark.parametrize("rounds", [200, pytest.param(2000, marks=pytest.mark.slow)])
def test_every_forgotten_identifiant_takes_the_same_time(holder: Holder, rounds: int) -> None:
    """Of an address that nobody has, that one, five or a blocked account has confirmed, or that is not confirmed."""
    confirmed = {"student__activated": True, "student__email_confirmed_at": timezone.now()}
    blocked = {**confirmed, "student__activated": False, "student__blocked": True}
    kinds = {"one": [confirmed], "five": [confirmed] * 5, "blocked": [blocked], "unconfirmed": [{}]}
    asked = {kind: f"{kind}@example.org" for kind in kinds}
    with scope(holder.school.uai):
        for kind, accounts in kinds.items():
            for traits in accounts:
                SchoolingFactory(school=holder.school, student__email=asked[kind], **traits)
    known = {**asked, "unknown": "n@example.org"}
    times = measured(known, tell_holder_identifiers, rounds)
    assert differing(times) == []


@pytest.mark.proof
def test_many_addresses_get_nowhere_and_lock_nobody_out(holder: Holder) -> None:
    """25 tries a day from strangers; the pupil's own address, which succeeded before, is not slowed by them."""
    home = Client(REMOTE_ADDR="203.0.113.9")
    assert home.post(START, {"username": holder.student.username, "password": holder.secret}).status_code == 302
    weighed = 0
    for number in range(60):
        guesser = Client(REMOTE_ADDR=f"198.51.100.{number}")
        answer = guesser.post(START, {"username": holder.student.username, "password": "ABCD EFGH JKMN"})
        weighed += "Trop d’essais" not in answer.content.decode()
    assert weighed == 25
    assert home.post(START, {"username": holder.student.username, "password": holder.secret}).status_code == 302
