"""script/server itself, without the demo; each start takes some seconds."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from script.local.directories import ROOT
from tests.local.test_services import OUR_OWN, processes_in

pytestmark = pytest.mark.slow


def server(data: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "script.local.server", "--no-demo", "--port", "0", "--data", str(data), *words]


@pytest.fixture
def data() -> Iterator[Path]:
    directory = ROOT / ".run" / f"trial-{os.getpid()}-{time.monotonic_ns()}"
    yield directory
    subprocess.run(["rm", "-rf", str(directory)], check=True)


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, env=OUR_OWN, capture_output=True, text=True, check=False)


def test_a_command_finds_a_console_that_answers(data: Path) -> None:
    probe = "from urllib.request import urlopen; import os; print(urlopen(os.environ['BASE_URL'] + '/sante/').status)"
    done = run(server(data, "--then", "python", "-c", probe))
    assert (done.returncode, done.stdout) == (0, "200\n"), done.stderr
    assert processes_in(data) == set()


def test_nothing_outlives_a_killed_server_and_the_next_start_works(data: Path) -> None:
    command = server(data)
    with subprocess.Popen(command, cwd=ROOT, env=OUR_OWN, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout
        assert any("Ctrl-C" in line for line in program.stdout)
        program.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 5
    while processes_in(data) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_in(data) == set()
    assert run(server(data, "--then", "exit 7")).returncode == 7


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_it_within_five_seconds(data: Path, signum: signal.Signals) -> None:
    with subprocess.Popen(server(data), cwd=ROOT, env=OUR_OWN, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout
        assert any("Ctrl-C" in line for line in program.stdout)
        program.send_signal(signum)
        assert program.wait(timeout=5) == 0
    assert processes_in(data) == set()
