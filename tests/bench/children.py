"""Processes of their own: nothing is loaded or warm in them that the work did not load and warm itself."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def peak_mb() -> float:
    """The most memory this process has held. (What the kernel tells of a child's may begin with its parent's.)"""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def report(work: Callable[[], int], rounds: int) -> None:
    """Print the seconds of each round, the bytes that the last made, and the most memory held."""
    took, written = [], 0
    for _ in range(rounds):
        began = time.perf_counter()
        written = work()
        took.append(time.perf_counter() - began)
    print(json.dumps({"seconds": took, "bytes": written, "peak": peak_mb()}))


def told_by(module: str, *arguments: str, **variables: str) -> dict[str, Any]:
    """What the module prints, as JSON, when it is run in a fresh process with these variables as well as ours."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))
