"""PostgreSQL and Valkey alone, for a command that needs them.

python -m script.local.services --exec python manage.py shell
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from script.local.directories import ROOT, held, plain_disk_errors, reachable_home
from script.local.environment import activated
from script.local.postgres import Postgres
from script.local.processes import CannotStartError, unprivileged_account, wrapped
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
    with plain_disk_errors(data):
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
            found["SUPERUSER_DATABASE_URL"] = server.url("postgres", "postgres")
        else:
            found["BROKER_URL"] = server.url
    return found


@contextmanager
def started(servers: list[Postgres | Valkey]) -> Iterator[None]:
    """The servers up, with roles and database made; stopped on leaving."""
    with ExitStack() as stopping:
        for server in servers:
            stopping.callback(server.stop)
            server.start()
        for server in servers:
            server.wait()
            if isinstance(server, Postgres):
                server.provision()
        yield


def run_with_services(command: list[str], data: Path, settings: str) -> int:
    """Run `command` with throw-away servers in `data`, which is held; its exit code."""
    env = activated(settings, data)
    servers = own_servers(data, durable=False)
    with started(servers):
        child = subprocess.Popen(wrapped(command), env=env | addresses(servers))
        try:
            return child.wait()
        finally:
            ignore_signals()
            child.terminate()
            child.wait()


@contextmanager
def plain_refusals() -> Iterator[None]:
    """Print what hinders as a sentence instead of a traceback, and exit with 1; 130 when asked to stop."""
    try:
        yield
    except CannotStartError as error:
        sys.exit(f"{Path(sys.argv[0]).stem}: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="services",
        description="Runs a command with a PostgreSQL and a Valkey of its own, then stops them.",
    )
    parser.add_argument(
        "--data", type=Path, default=ROOT / ".run/dev", help="where they keep their data (.run/dev)"
    )
    parser.add_argument(
        "--settings", default="demo", help="settings module in educonnect_admin.settings (demo)"
    )
    parser.add_argument("--exec", nargs=argparse.REMAINDER, required=True, metavar="COMMAND", dest="command")
    options = parser.parse_args()
    stop_on_signals()
    with plain_refusals(), held(options.data.absolute()) as data:
        return run_with_services(options.command, data, options.settings)
    return 1


if __name__ == "__main__":
    sys.exit(main())
