"""The servers and processes of the console, each of which can be killed and started again."""

import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis

from script.local import programs
from script.local.directories import LONGEST_SOCKET_NAME, reachable_home, socket_directory
from script.local.environment import activated
from script.local.ports import listening_socket
from script.local.postgres import Postgres
from script.local.processes import Process, unprivileged_account, wait_until
from script.local.valkey import Valkey
from tests.faults.relay import Relay

DATABASE = "faults"
READY_SECONDS = 60
STUCK_SECONDS = 2
CLOCK = Path(__file__).parent / "clock"
"""Goes first on the processes' path: what Python imports from there moves their clock."""


class Stage:
    """PostgreSQL and Valkey, reached by the console's processes through a relay each."""

    def __init__(self, data: Path) -> None:
        self.data = data
        account = unprivileged_account()
        # Durable: what was committed must be there after an immediate stop.
        self.postgres = Postgres(reachable_home(data, account), data / "log/postgres.log", durable=True)
        self.valkey = Valkey(data, data / "log/valkey.log")
        self.listener = listening_socket(0)
        self.port = int(self.listener.getsockname()[1])
        self.processes: dict[str, Process] = {}

    def serve(self) -> None:
        """Servers, roles and relays; then this process's own variables, which go past the relays."""
        self.start_postgres()
        self.postgres.provision()
        self.start_valkey()
        relays = socket_directory(self.data, "relays", None)
        self.base = Relay(relays / LONGEST_SOCKET_NAME, self.postgres.sockets / LONGEST_SOCKET_NAME)
        self.broker = Relay(relays / "broker", self.valkey.path)
        os.environ.update(activated("test", self.data))
        os.environ.update(
            DATABASE_URL=self.postgres.url("console_app", DATABASE),
            OWNER_DATABASE_URL=self.postgres.url("console_owner", DATABASE),
            SUPERUSER_DATABASE_URL=self.postgres.url("postgres", "postgres"),
            BROKER_URL=self.valkey.url,
        )
        self.env = {
            **activated("demo", self.data),
            "DATABASE_URL": f"postgresql://console_app@/{DATABASE}?host={relays}",
            "BROKER_URL": f"redis+socket://{relays / 'broker'}",
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "RUN_STUCK_SECONDS": str(STUCK_SECONDS),
            "CAP_ACCOUNTS": "100000000",
            "CAP_PERSONS": "100000000",
            "CAP_REVEALS": "100000000",
            "CAP_SEARCHES": "100000000",
            "CLOCK_FILE": str(self.clock_file),
            "PYTHONPATH": str(CLOCK),
        }
        self.env.pop("OWNER_DATABASE_URL", None)

    @property
    def clock_file(self) -> Path:
        return self.data / "clock"

    def start_postgres(self) -> None:
        self.postgres.start()
        self.postgres.wait()

    def start_valkey(self) -> None:
        self.valkey.start()
        self.valkey.wait()

    def start(self, name: str) -> None:
        """`web`, `beat`, `worker` or `worker2`, up and ready."""
        if name == "web":
            process = programs.web(self.env, self.data, self.listener.fileno())
            process.start()
            wait_until(lambda: programs.answers(self.port), process, READY_SECONDS)
        elif name == "beat":
            (self.data / "beat-schedule").unlink(missing_ok=True)
            process = programs.beat(self.env, self.data)
            process.start()
        else:
            ready = self.data / f"{name}-ready"
            ready.unlink(missing_ok=True)
            process = programs.worker({**self.env, "WORKER_READY_FILE": str(ready)}, self.data)
            process.start()
            wait_until(ready.exists, process, READY_SECONDS)
        self.processes[name] = process

    def kill(self, name: str) -> None:
        """-9 for the process and all of its children: it leads a session of its own."""
        process = self.processes.pop(name)
        if process.child is not None:
            os.killpg(process.child.pid, signal.SIGKILL)
            process.finish(5)

    def keep_alive(self) -> None:
        """Start again what died, as a supervisor does."""
        if not self.postgres.process.alive():
            self.start_postgres()
        if not self.valkey.process.alive():
            self.start_valkey()
        for name in ("worker", "web", "beat"):
            if name not in self.processes or not self.processes[name].alive():
                self.start(name)

    def heal(self) -> None:
        """Everything that should run runs, nothing is slow, cut, full or late any more."""
        self.base.delay = self.broker.delay = 0.0
        self.base.cut_at = ""
        self.clock_file.write_text("0")
        self.limit_web_files(None)
        self.keep_alive()
        if "worker2" in self.processes:
            self.processes.pop("worker2").stop()

    def limit_web_files(self, size: int | None) -> None:
        """What a full disk answers, without filling one: no file of the web's processes grows past so many bytes."""
        web = self.processes.get("web")
        for pid in (int(path.name) for path in Path("/proc").glob("[0-9]*")):
            with suppress(ProcessLookupError):
                if web and web.child and os.getsid(pid) == web.child.pid:
                    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
                    resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if size is None else size, hard))

    def broker_client(self) -> "redis.Redis":
        return redis.Redis(unix_socket_path=str(self.valkey.path))

    def stop(self) -> None:
        for process in self.processes.values():
            process.ask_to_stop()
        for process in self.processes.values():
            process.finish(5)
        for relay in (self.base, self.broker):
            relay.close()
        self.valkey.stop()
        self.postgres.stop()
        self.listener.close()


@contextmanager
def staged(data: Path) -> Iterator[Stage]:
    stage = Stage(data)
    try:
        stage.serve()
        yield stage
    finally:
        stage.stop()
