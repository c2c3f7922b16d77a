"""The servers themselves, started anew: these take a second each."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from script.local.directories import ROOT

OUR_OWN = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BROKER_URL")}


def services(data: Path, *command: str) -> list[str]:
    return [sys.executable, "-m", "script.local.services", "--data", str(data), "--exec", *command]


def processes_in(data: Path) -> set[str]:
    """The command lines that name `data`, of processes that live."""
    found = set()
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            words = (directory / "cmdline").read_bytes().decode()
        except OSError:
            continue
        if str(data) in words:
            found.add(words.split("\0")[0])
    return found


@pytest.fixture
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory that the servers' account can reach, which pytest's own is not."""
    directory = ROOT / ".run" / f"trial-{os.getpid()}-{time.monotonic_ns()}"
    yield directory
    subprocess.run(["rm", "-rf", str(directory)], check=True)


def test_a_command_finds_both_servers_and_its_exit_code_counts(data: Path) -> None:
    script = 'test -S "${BROKER_URL#redis+socket://}" && test -n "$SUPERUSER_DATABASE_URL" && exit 7'
    done = subprocess.run(services(data, "sh", "-c", script), cwd=ROOT, env=OUR_OWN, check=False)
    assert done.returncode == 7
    assert processes_in(data) == set()


def test_nothing_outlives_a_killed_program_and_the_next_start_works(data: Path) -> None:
    command = services(data, "sh", "-c", f"echo ready; exec sleep 60 # {data}")
    with subprocess.Popen(command, cwd=ROOT, env=OUR_OWN, stdout=subprocess.PIPE) as program:
        assert program.stdout
        assert program.stdout.readline() == b"ready\n"
        assert len(processes_in(data)) > 2
        program.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 5
    while processes_in(data) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_in(data) == set()
    again = subprocess.run(services(data, "true"), cwd=ROOT, env=OUR_OWN, check=False)
    assert again.returncode == 0
