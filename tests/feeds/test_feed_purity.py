"""The room of the readers stays pure: no framework, no database, no network."""

import subprocess
import sys
from pathlib import Path

import accounts.feeds

ROOM = Path(accounts.feeds.__file__).parent


def test_reading_a_delivery_needs_no_framework() -> None:
    code = "import accounts.feeds.recognition, accounts.feeds.families, sys; sys.exit('django' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOM.parents[1], check=False)  # noqa: S603
    assert answer.returncode == 0
