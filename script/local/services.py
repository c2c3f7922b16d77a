"""PostgreSQL and Valkey alone, for a command that needs them.

python -m script.local.services --exec python manage.py shell
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from script.local.directories import ROOT, held, plain_disk_errors, reachable_home
from script.local.environment import activated
from script.local.postgres import Postgres
from script.local.processes import CannotStartError, unprivileged_account, wrapped
from script.local.supervisor import STOP_SECONDS, Supervisor
from script.local.valkey import Valkey


def interrupt(signum: int, _frame: object) -> None:
    """Signal handler: every signal that asks us to stop ends the program as Ctrl-C does."""
    raise KeyboardInterrupt(signum)


def stop_on_signals() -> None:
    """SIGINT is set too: a shell starts its background jobs with that signal ignored."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, interrupt)


def ignore_signals() -> None:
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.SIG_IGN)


def own_servers(data: Path, *, durable: bool) -> list[Postgres | Valkey]:
    """The servers to be started: those that DATABASE_URL and BROKER_URL do not name already."""
    servers: list[Postgres | Valkey] = []
    if not os.environ.get("DATABASE_URL"):
        home = reachable_home(data, unprivileged_account())
        servers.append(Postgres(home, data / "log" / "postgres.log", durable))
    if not os.environ.get("BROKER_URL"):
        servers.append(Valkey(data, data / "log" / "valkey.log"))
    return servers


def addresses(servers: list[Postgres | Valkey]) -> dict[str, str]:
    """The variables that name the servers. Without OWNER_DATABASE_URL, DATABASE_URL serves."""
    found = {"OWNER_DATABASE_URL": os.environ.get("OWNER_DATABASE_URL") or os.environ.get("DATABASE_URL", "")}
    for server in servers:
        if isinstance(server, Postgres):
            found["DATABASE_URL"] = server.url("console_app")
            found["OWNER_DATABASE_URL"] = server.url("console_owner")
        else:
            found["BROKER_URL"] = server.url
    return found


def start_servers(supervisor: Supervisor, servers: list[Postgres | Valkey]) -> None:
    """The servers up, with roles and database made."""
    for server in servers:
        supervisor.start(server)
    for server in servers:
        server.wait()
        if isinstance(server, Postgres):
            server.provision()


def run_to_its_end(command: list[str], env: dict[str, str], supervisor: Supervisor) -> int:
    """Run `command` while the supervisor watches the rest; its exit code, as a shell would give it."""
    child = subprocess.Popen(wrapped(command), env=env)
    try:
        while child.poll() is None:
            supervisor.tick()
            time.sleep(0.05)
    finally:
        if child.poll() is None:
            ignore_signals()
            child.terminate()
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


def run_with_services(command: list[str], data: Path, settings: str) -> int:
    """Run `command` with throw-away servers in `data`, which is held; its exit code.

    It also gets the superuser's address, to make databases of its own.
    """
    supervisor = Supervisor(lambda text: print(text, file=sys.stderr))
    env = activated(settings, data)
    try:
        servers = own_servers(data, durable=False)
        start_servers(supervisor, servers)
        for server in servers:
            if isinstance(server, Postgres):
                env["SUPERUSER_DATABASE_URL"] = server.url("postgres", "postgres")
        return run_to_its_end(command, env | addresses(servers), supervisor)
    finally:
        ignore_signals()
        supervisor.stop()


@contextmanager
def plain_refusals(program: str, data: Path) -> Iterator[None]:
    """Print what hinders as a sentence instead of a traceback, and exit with 1; 130 when asked to stop."""
    try:
        with plain_disk_errors(data):
            yield
    except CannotStartError as error:
        sys.exit(f"{program}: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="services",
        description="Runs a command with a PostgreSQL and a Valkey of its own, then stops them.",
    )
    parser.add_argument("--data", type=Path, default=ROOT / ".run/dev", help="where they keep their data (.run/dev)")
    parser.add_argument("--settings", default="demo", help="settings module in educonnect_admin.settings (demo)")
    parser.add_argument("--exec", nargs=argparse.REMAINDER, required=True, metavar="COMMAND", dest="command")
    options = parser.parse_args()
    stop_on_signals()
    with plain_refusals("services", options.data), held(options.data.absolute()) as data:
        return run_with_services(options.command, data, options.settings)


if __name__ == "__main__":
    sys.exit(main())
