"""script/server: the whole console on this machine, a demo school inside."""

from __future__ import annotations

import argparse
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from script.local import programs
from script.local.directories import held
from script.local.environment import activated, write_for_shells
from script.local.people import DEFAULT_DATA, code_sentence, read_people, table
from script.local.ports import HOST, listening_socket
from script.local.processes import wait_until
from script.local.services import (
    addresses,
    ignore_signals,
    own_servers,
    plain_refusals,
    run_to_its_end,
    start_servers,
    stop_on_signals,
)
from script.local.supervisor import Supervisor

DESCRIPTION = """\
Starts PostgreSQL, Valkey, the migrations, a demo, worker, beat and web on this machine; Ctrl-C stops
them. Everything is kept in the data directory; remove it to begin anew.
"""

EPILOG = """\
All that follows --then is the command. One word alone goes to the shell, as does a word with spaces,
after which options may follow:

    script/server --port 0 --then pytest tests/e2e
    script/server --then 'curl -s $BASE_URL/sante/ && echo' --port 0

Once everything answers it runs in the activated environment, with BASE_URL, and DEMO_PEOPLE naming a JSON
file of the demo's people; then all is stopped, and its exit code is ours.

DATABASE_URL (with OWNER_DATABASE_URL for migrations) and BROKER_URL name servers to be used instead of
our own.
"""

READY_SECONDS = 90


@dataclass
class Announcer:
    """One line a step with the time since the start; on stderr when stdout belongs to a command."""

    to_stderr: bool
    began: float = field(default_factory=time.monotonic)

    def step(self, text: str) -> None:
        self.line(f"{time.monotonic() - self.began:5.1f} s  {text}")

    def line(self, text: str = "") -> None:
        print(text, file=sys.stderr if self.to_stderr else sys.stdout, flush=True)


def split_command(arguments: list[str]) -> tuple[list[str], list[str] | None]:
    """Our own arguments, and the command of --then, if any."""
    if "--then" not in arguments:
        return arguments, None
    at = arguments.index("--then")
    own, words = arguments[:at], arguments[at + 1 :]
    if words and " " in words[0]:
        return own + words[1:], ["sh", "-c", words[0]]
    return own, ["sh", "-c", *words] if len(words) == 1 else words


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/server",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    option = parser.add_argument
    option("--port", type=int, default=8000, metavar="N", help="on 127.0.0.1 (8000); 0 takes a free one")
    option("--data", type=Path, default=DEFAULT_DATA, metavar="DIR", help="where all is kept (.run)")
    option("--no-demo", action="store_true", help="no invented school: an empty console")
    option("--then", metavar="COMMAND", help="run this, then stop everything")
    own, command = split_command(arguments)
    options = parser.parse_args(own)
    options.then = command
    if command == []:
        parser.error("--then needs a command")
    if not 0 <= options.port <= 65535:
        parser.error("--port is a number from 0 to 65535")
    return options


@contextmanager
def running(options: argparse.Namespace, data: Path, say: Announcer) -> Iterator[tuple[Supervisor, dict[str, str]]]:
    """Everything up and answering, with the environment of its processes; stopped on leaving."""
    listener = listening_socket(options.port)
    supervisor = Supervisor(say.step)
    try:
        servers = own_servers(data, durable=True)
        env = activated("demo", data) | addresses(servers) | {"BASE_URL": f"http://{HOST}:{listener.getsockname()[1]}"}
        if not options.no_demo:
            env["DEMO_PEOPLE"] = str(data / "people.json")
        start_servers(supervisor, servers)
        say.step("PostgreSQL and Valkey answer" if len(servers) == 2 else "the servers named are used")
        start_programs(supervisor, env, data, listener, say)
        write_for_shells(data, env)
        yield supervisor, env
    finally:
        ignore_signals()
        say.step("stopping")
        supervisor.stop()
        (data / "environment.sh").unlink(missing_ok=True)
        say.step("stopped")


def start_programs(
    supervisor: Supervisor, env: dict[str, str], data: Path, listener: socket.socket, say: Announcer
) -> None:
    """The preparation, then worker, web and beat; returns when the web answers and the worker takes tasks."""
    # Only the preparation works as the database's owner.
    ordinary = {name: value for name, value in env.items() if name != "OWNER_DATABASE_URL"}
    ready_file = Path(env["WORKER_READY_FILE"])
    ready_file.unlink(missing_ok=True)
    # The worker has nothing to do before web and beat are there, and needs the time of the preparation to load.
    worker = programs.worker(ordinary, data)
    supervisor.start(worker)
    programs.prepare(env, data)
    say.step("migrations and demo are in place" if "DEMO_PEOPLE" in env else "migrations are in place")
    web = programs.web(ordinary, data, listener.fileno())
    supervisor.start(web)
    wait_until(lambda: programs.answers(listener.getsockname()[1]), web, READY_SECONDS)
    wait_until(ready_file.exists, worker, READY_SECONDS)
    supervisor.start(programs.beat(ordinary, data))
    say.step("web and worker answer, beat is started")


def announce(env: dict[str, str], data: Path, say: Announcer) -> None:
    """Where to go, as whom, with which code."""
    say.line(f"\n  Console        {env['BASE_URL']}/")
    if "DEMO_PEOPLE" in env:
        people = read_people(Path(env["DEMO_PEOPLE"]))
        head = next(person for person in people if person["role"] == "head")
        say.line(f"  Demonstration  {env['BASE_URL']}/demonstration/ (mails it would send, one-time codes)")
        say.line(f"  Head's code    {code_sentence(head, data)}")
        say.line(f"\n{table(people)}\n")
    if not say.to_stderr:
        say.line(f"  For manage.py in another terminal:  . {data / 'environment.sh'}")
        say.line("  Ctrl-C stops everything.\n")


def serve(options: argparse.Namespace, say: Announcer) -> int:
    """Everything up until the command ends or, without a command, until a signal; the exit code."""
    with held(options.data.absolute()) as data, running(options, data, say) as (supervisor, env):
        if options.then:
            announce(env, data, say)
            return run_to_its_end(options.then, env, supervisor)
        with suppress(KeyboardInterrupt):
            announce(env, data, say)
            while True:
                supervisor.tick()
                time.sleep(0.1)
        return 0


def main() -> int:
    options = parse(sys.argv[1:])
    stop_on_signals()
    with plain_refusals("script/server", options.data):
        return serve(options, Announcer(to_stderr=bool(options.then)))


if __name__ == "__main__":
    sys.exit(main())
