"""Keeps servers and programs running, and stops them in order."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from script.local.processes import Process

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0

# What ran this long before dying is started again at once.
HEALTHY_SECONDS = 60.0

# For the console's programs all together; a run cut short is taken up again at the next start.
STOP_SECONDS = 3.0


class Server(Protocol):
    """What a supervisor starts and stops; `process` tells whether it lives."""

    process: Process

    def start(self) -> None: ...
    def stop(self) -> None: ...


@dataclass
class Watch:
    """One server or program, with what its deaths have led to."""

    target: Server | Process
    started: float
    delay: float = 0.0
    due: float | None = None

    @property
    def process(self) -> Process:
        return self.target if isinstance(self.target, Process) else self.target.process


class Supervisor:
    """Starts what it is given; starts again what dies, after a delay that doubles while it keeps dying.

    Servers (PostgreSQL, Valkey) are given before the programs (processes of the console) that lean on them.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.watches: list[Watch] = []

    def start(self, target: Server | Process) -> None:
        """Start it, and watch it from now on."""
        self.watches.append(Watch(target, time.monotonic()))
        target.start()

    def tick(self) -> None:
        """Look at each once; to be called several times a second."""
        now = time.monotonic()
        for watch in self.watches:
            if watch.due is None and not watch.process.alive():
                self._plan(watch, now)
            if watch.due is not None and now >= watch.due:
                watch.due, watch.started = None, now
                watch.target.start()

    def _plan(self, watch: Watch, now: float) -> None:
        if now - watch.started > HEALTHY_SECONDS:
            watch.delay = 0.0
        process = watch.process
        self.say(f"{process.name} died{process.exit_reason()}: starting it again; see {process.log}")
        watch.due = now + watch.delay
        watch.delay = min(LONGEST_DELAY, max(FIRST_DELAY, watch.delay * 2))

    def stop(self) -> None:
        """Ask the programs all together, kill those that linger, then stop the servers."""
        programs = [watch.target for watch in self.watches if isinstance(watch.target, Process)]
        for program in programs:
            program.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for program in programs:
            program.finish(max(0.0, deadline - time.monotonic()))
        for watch in reversed(self.watches):
            if not isinstance(watch.target, Process):
                watch.target.stop()
        self.watches.clear()
