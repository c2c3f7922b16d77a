"""Child processes that never outlive the program that started them."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

LOG_LIMIT = 10 * 1024 * 1024

# What the console's processes write (logs, people, mails) is for their owner alone.
PRIVATE_UMASK = 0o077


class CannotStartError(Exception):
    """What hinders, in one sentence, and what to do about it."""


@dataclass(frozen=True)
class Account:
    """A system account that a server runs as, when we are root."""

    name: str
    uid: int
    gid: int


def unprivileged_account() -> Account | None:
    """The account for PostgreSQL, which refuses root: `postgres`, else `nobody`; None if we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise CannotStartError("PostgreSQL does not run as root, and there is neither an account `postgres` nor `nobody`.")


def wrapped(argv: Sequence[str | Path], account: Account | None = None, death_signal: str = "KILL") -> list[str]:
    """`argv` behind setpriv: it runs as `account`, and gets `death_signal` when this process dies, however.

    setpriv sets the signal after changing the account, as it must be: the kernel forgets it at such a change.
    """
    if not shutil.which("setpriv"):
        raise CannotStartError("setpriv is missing: apt-get install util-linux")
    dropped = [f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups"] if account else []
    return ["setpriv", f"--pdeathsig={death_signal}", *dropped, "--", *map(str, argv)]


def can_reach(account: Account | None, path: Path) -> bool:
    """Whether `account` may go through every directory down to `path` and enter or execute it."""
    if account is None:
        return True
    return subprocess.run(wrapped(["test", "-x", path], account), check=False).returncode == 0


@dataclass
class Process:
    """A child with its log file, in a session of its own so that a Ctrl-C does not reach it."""

    name: str
    argv: Sequence[str | Path]
    env: Mapping[str, str]
    log: Path
    cwd: Path = Path("/")
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: str = "KILL"
    pass_fds: Sequence[int] = ()
    child: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it, its output appended to the log; a log grown too long is put aside first."""
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".old"))
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                wrapped(self.argv, self.account, self.death_signal),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.env,
                cwd=self.cwd,
                pass_fds=self.pass_fds,
                umask=PRIVATE_UMASK,
                start_new_session=True,
            )

    def alive(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def ask_to_stop(self) -> None:
        if self.child and self.alive():
            self.child.send_signal(self.stop_signal)

    def exit_reason(self) -> str:
        """` (exit code 3)` or ` (SIGKILL)` once it ended, else nothing."""
        code = self.child.poll() if self.child else None
        if code is None:
            return ""
        return f" ({signal.Signals(-code).name})" if code < 0 else f" (exit code {code})"

    def stop(self, patience: float = 3.0) -> None:
        """Ask it to stop, then see to it."""
        self.ask_to_stop()
        self.finish(patience)

    def finish(self, patience: float) -> None:
        """Wait `patience` seconds at most for its end, then kill what is left of its session."""
        if not self.child:
            return
        with suppress(subprocess.TimeoutExpired):
            self.child.wait(patience)
        with suppress(ProcessLookupError):
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()
        self.child = None

    def last_words(self, lines: int = 15) -> str:
        """The end of its log, to be shown when it failed."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - 8192))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])


def wait_until(ready: Callable[[], bool], process: Process, seconds: float) -> None:
    """Return once `ready()`; CannotStartError with its log's end if it dies or `seconds` pass first."""
    deadline = time.monotonic() + seconds
    while not ready():
        died = not process.alive()
        if died or time.monotonic() > deadline:
            what = "stopped at once" if died else f"is not ready after {seconds:.0f} s"
            raise CannotStartError(f"{process.name} {what}; the end of {process.log}:\n{process.last_words()}")
        time.sleep(0.02)
