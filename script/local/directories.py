"""Where a server keeps its things: a data directory of its own, held by one program at a time."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from script.local.processes import Account, CannotStartError, can_reach

ROOT = Path(__file__).resolve().parents[2]

# Where root's servers live when their account cannot enter the data directory (a clone under /root, say).
ELSEWHERE = Path("/var/lib/educonnect-console")

# An empty cluster takes 40 MB and its write-ahead log grows to 80; the demo's schools take 60.
FIRST_START_MB = 250
NEXT_START_MB = 40

# sockaddr_un holds 107 bytes; PostgreSQL's socket is the longest name we put into a directory.
SOCKET_PATH_BYTES = 107
LONGEST_SOCKET_NAME = ".s.PGSQL.5432"


class HeldElsewhereError(CannotStartError):
    """The data directory belongs to a program that still runs."""


@contextmanager
def plain_disk_errors(data: Path) -> Iterator[None]:
    """Turn a full or closed disk into one sentence about `data`."""
    try:
        yield
    except OSError as error:
        reasons = {
            errno.ENOSPC: "the disk is full: free some space",
            errno.EDQUOT: "your disk quota is used up: free some space",
            errno.EACCES: "you may not write there",
            errno.EPERM: "you may not write there",
            errno.EROFS: "that disk is read-only",
            errno.ENOTDIR: "a file stands in the way: remove it",
            errno.EEXIST: "a file stands in the way: remove it",
        }
        if error.errno not in reasons:
            raise
        where = error.filename or data
        raise CannotStartError(f"Cannot write {where}: {reasons[error.errno]}. Or choose another --data.") from error


@contextmanager
def held(data: Path) -> Iterator[Path]:
    """Hold `data` for this program alone; its pid stands in `server.pid`.

    The kernel lets a lock go with the process, so a file left by a killed program hinders nobody.
    """
    if not data.is_dir():
        data.mkdir(parents=True, exist_ok=True)
        # Root's PostgreSQL runs under another account, which has to go through, not to look around.
        data.chmod(0o711 if os.geteuid() == 0 else 0o700)
    (data / "log").mkdir(exist_ok=True, mode=0o700)
    with (data / "server.pid").open("a+") as pid_file:
        try:
            fcntl.flock(pid_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid_file.seek(0)
            raise HeldElsewhereError(
                f"A server already works in {data} (pid {pid_file.read().strip()}): stop it, or choose another --data."
            ) from None
        pid_file.truncate(0)
        pid_file.write(f"{os.getpid()}\n")
        pid_file.flush()
        check_space(data)
        yield data


def check_space(data: Path) -> None:
    """CannotStartError when what is free would not carry a start."""
    free = shutil.disk_usage(data).free // 2**20
    needed = NEXT_START_MB if (data / "postgres").exists() else FIRST_START_MB
    if free < needed:
        raise CannotStartError(
            f"The disk is full: {free} MB free in {data}, {needed} MB needed."
            " Free some space, or choose another --data."
        )


def reachable_home(data: Path, account: Account | None) -> Path:
    """`data`, or a directory of its own that `account` can enter when it cannot enter `data`.

    A link `data/elsewhere` shows it; without that link (the data was removed) what was left there goes too.
    """
    if can_reach(account, data):
        return data
    home = ELSEWHERE / hashlib.sha256(bytes(data.resolve())).hexdigest()[:12]
    link = data / "elsewhere"
    if not link.is_symlink():
        shutil.rmtree(home, ignore_errors=True)
        link.symlink_to(home)
    home.mkdir(parents=True, exist_ok=True)
    for directory in (ELSEWHERE, home):
        directory.chmod(0o711)
    return home


def private_directory(path: Path, account: Account | None) -> Path:
    """`path` as an empty or known directory that only `account` (or we) can enter."""
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    owner = account.uid if account else os.geteuid()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (owner, os.geteuid()):
        raise CannotStartError(f"{path} belongs to somebody else: remove it.")
    path.chmod(0o700)
    if account:
        os.chown(path, account.uid, account.gid)
    return path


def socket_directory(home: Path, name: str, account: Account | None) -> Path:
    """A private directory for a server's socket: `home/name`, or one under /tmp.

    Under /tmp when the path is too long, or holds a character that would mean something in an address.
    """
    path = home / name
    too_long = len(bytes(path / LONGEST_SOCKET_NAME)) > SOCKET_PATH_BYTES
    if too_long or not re.fullmatch(r"[\w./-]+", str(path), re.ASCII):
        path = Path("/tmp") / f"educonnect-{hashlib.sha256(bytes(path)).hexdigest()[:12]}"  # noqa: S108 (checked below)
    private_directory(path, account)
    for leftover in path.iterdir():
        leftover.unlink()
    return path
