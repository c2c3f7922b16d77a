"""The web's port on the loopback, taken once and handed down, so that nobody else gets it meanwhile."""

from __future__ import annotations

import errno
import socket
import time
from contextlib import suppress
from pathlib import Path

from script.local.processes import CannotStartError

HOST = "127.0.0.1"

# A killed server's web processes notice within this time that they are alone, and let the port go.
PREDECESSOR_SECONDS = 3.0


def listening_socket(port: int) -> socket.socket:
    """A socket that listens on `port` (0: any free one) of the loopback; CannotStartError says who has it."""
    deadline = time.monotonic() + PREDECESSOR_SECONDS
    while True:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen(128)
            return listener
        except PermissionError:
            raise CannotStartError(f"Port {port} is for root alone: choose another with --port 8000.") from None
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise
            holder = holder_of(port)
            if "gunicorn" not in holder or time.monotonic() > deadline:
                raise CannotStartError(
                    f"Port {port} is taken{holder}: stop that, or choose another with --port {port + 1}."
                ) from None
        time.sleep(0.2)


def holder_of(port: int) -> str:
    """` by pid N (command)` for the process that listens on `port`, or nothing when it is not ours to see."""
    inodes = _listening_inodes(port)
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if str(link.readlink()) in inodes:
                process = link.parents[1]
                words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
                return f" by pid {process.name} ({' '.join(words).strip()[:60]})"
    return ""


def _listening_inodes(port: int) -> set[str]:
    """The sockets that listen on `port`, named as the links in /proc/PID/fd name them."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                    found.add(f"socket:[{fields[9]}]")
    return found
