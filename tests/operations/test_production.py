"""Production refuses what belongs to the demo."""

import base64
import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests.factories import SchoolFactory

OWN_KEY = "1:" + base64.b64encode(bytes(range(32))).decode()
DEMO_KEY = "1:" + base64.b64encode(b"demo" + bytes(28)).decode()


def served(database: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Load the web application under production settings, in a process of its own."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "educonnect_admin.settings.production",
        "ALLOWED_HOSTS": "console.example.org",
        "SECRET_KEY": "a-key-of-their-own-that-is-long-enough-for-anybody-and-random",
        "CONSOLE_KEYS": OWN_KEY,
        **variables,
    }
    if database:
        environment["DATABASE_URL"] = environment["DATABASE_URL"].replace("/console?", f"/{database}?")
    command = [sys.executable, "-c", "import educonnect_admin.wsgi"]
    return subprocess.run(  # noqa: S603  # our own command
        command, cwd=settings.ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("variables", [{"SECRET_KEY": "demo-1234"}, {"CONSOLE_KEYS": DEMO_KEY}])
def test_production_refuses_the_keys_of_the_demo(variables: dict[str, str]) -> None:
    refused = served(**variables)
    assert refused.returncode != 0
    assert "make keys of your own" in refused.stderr


@pytest.mark.parametrize("keys", ["", "1:c2hvcnQ=", "x", "300:" + OWN_KEY[2:]])
def test_a_missing_or_malformed_key_stops_the_start(keys: str) -> None:
    assert served(CONSOLE_KEYS=keys).returncode != 0


def test_production_refuses_the_data_of_the_demo(committed: str) -> None:
    assert served(committed).returncode == 0
    SchoolFactory(is_demo=True)
    refused = served(committed)
    assert refused.returncode != 0
    assert "holds demo data" in refused.stderr
