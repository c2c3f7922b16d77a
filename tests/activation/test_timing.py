"""What is refused is refused alike: status, words, headers, and time."""

import random
import statistics
import time

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from accounts.actions.activation import weigh
from accounts.enums import AccountState
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


def measured(usernames: dict[str, str], rounds: int) -> dict[str, list[float]]:
    """Seconds of each kind, in turn and in random order, the slowest tenth left out as noise."""
    taken: dict[str, list[float]] = {kind: [] for kind in usernames}
    for _ in range(rounds):
        for kind in random.sample(list(usernames), len(usernames)):
            start = time.perf_counter()
            weigh(username=usernames[kind], typed="ABCD EFGH JKMN", now=timezone.now())
            taken[kind].append(time.perf_counter() - start)
    return {kind: sorted(times)[: int(len(times) * 0.9)] for kind, times in taken.items()}


@pytest.mark.proof
@pytest.mark.parametrize("rounds", [30, pytest.param(2000, marks=pytest.mark.slow)])
def test_every_refusal_takes_the_same_time(usernames: dict[str, str], rounds: int) -> None:
    """No kind differs from the unknown by more than a twentieth; one Argon2 is what all spend."""
    times = measured(usernames, rounds)
    unknown = times.pop("unknown")
    for kind, those in times.items():
        apart = abs(statistics.median(those) - statistics.median(unknown)) / statistics.median(unknown)
        assert apart < 0.05 or abs(welch(those, unknown)) < 3.3, f"{kind}: {apart:.1%} from an unknown identifiant"


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
