"""Moves the clock of the process that imports it by the seconds in CLOCK_FILE, read again ten times a second."""

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

STEP = 0.1
FILE = os.environ.get("CLOCK_FILE", "")


def read() -> float:
    try:
        return float(Path(FILE).read_text() or 0)
    except (OSError, ValueError):
        return 0.0


def follow() -> None:
    traveller, moved = None, 0.0
    while True:
        wanted = read()
        if wanted != moved:
            if traveller is not None:
                traveller.stop()
                traveller = None
            if wanted:
                away = datetime.now(UTC) + timedelta(seconds=wanted)
                traveller = time_machine.travel(away, tick=True)
                traveller.start()
            moved = wanted
        time.sleep(STEP)


def begin() -> None:
    threading.Thread(target=follow, daemon=True).start()


if FILE:
    begin()
    os.register_at_fork(after_in_child=begin)
