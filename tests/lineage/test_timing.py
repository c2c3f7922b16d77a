"""Who exists cannot be told from how long a refusal takes (Django CVE-2024-39329 and CVE-2025-13473; ASVS 6.3.8)."""

import itertools
import random
import statistics
import time
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.test import Client
from django.urls import reverse

from tests.activation.test_timing import welch
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db

SIGN_IN = reverse("sign_in")
NUMBERS = itertools.count()
KINDS = ("unknown", "wrong password", "closed access", "invited, no password yet")


def someone(kind: str) -> str:
    """An identifiant that nobody has tried yet."""
    if kind == "unknown":
        return f"n.existepas{next(NUMBERS)}"
    options: dict[str, Any] = {"is_active": kind != "closed access"}
    if kind.startswith("invited"):
        options["password"] = make_password(None)
    return StaffFactory(**options).username


def refused(username: str) -> float:
    """Seconds that a refusal takes, page and all."""
    client, form = Client(), {"username": username, "password": "Une-tout-autre-phrase-7"}
    start = time.perf_counter()
    answer = client.post(SIGN_IN, form)
    taken = time.perf_counter() - start
    assert "Identifiant ou mot de passe incorrect." in answer.content.decode()
    return taken


@pytest.mark.parametrize("kind", KINDS)
def test_django_cve_2024_39329_each_refusal_spends_one_argon2(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spent: list[str] = []
    encode = Argon2PasswordHasher.encode
    verify = Argon2PasswordHasher.verify
    monkeypatch.setattr(Argon2PasswordHasher, "encode", lambda *a: (spent.append("encode"), encode(*a))[1])
    monkeypatch.setattr(Argon2PasswordHasher, "verify", lambda *a: (spent.append("verify"), verify(*a))[1])
    username = someone(kind)
    spent.clear()
    refused(username)
    assert len(spent) == 1


@pytest.mark.slow
def test_django_cve_2025_13473_refusals_of_200_pairs_take_the_same_time() -> None:
    """Welch's t over 200 of each kind, in random order, the slowest tenth of each left out as noise."""
    taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for _ in range(200):
        for kind in random.sample(KINDS, len(KINDS)):
            taken[kind].append(refused(someone(kind)))
    kept = {kind: sorted(times)[:180] for kind, times in taken.items()}
    for kind in KINDS[1:]:
        apart = statistics.median(kept[kind]) / statistics.median(kept["unknown"]) - 1
        t = welch(kept[kind], kept["unknown"])
        print(f"{kind}: median {apart:+.2%} from unknown, t = {t:.2f}")  # noqa: T201  # the measure itself
        assert abs(apart) < 0.05 or abs(t) < 3.3, kind
