"""What a web process is made of."""

import json
import os
import subprocess
import sys

from django.conf import settings


def test_web_process_loads_nothing_that_only_a_worker_needs() -> None:
    """Layout, fonts, images, XML and curves cost 100 MB in each process and a second at each start."""
    command = [sys.executable, "-m", "tests.bench.loading"]
    told = subprocess.run(command, cwd=settings.ROOT, env=os.environ, capture_output=True, text=True, check=True)  # noqa: S603
    assert json.loads(told.stdout)["heavy"] == []
