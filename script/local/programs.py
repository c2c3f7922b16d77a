"""The console's own programs: preparation, worker, beat and web."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from script.local.directories import ROOT
from script.local.ports import HOST
from script.local.processes import PRIVATE_UMASK, CannotStartError, Process, wrapped

PYTHON = str(ROOT / ".venv/bin/python")
CELERY = [PYTHON, "-m", "celery", "-A", "educonnect_admin"]


def prepare(env: Mapping[str, str], data: Path) -> None:
    """Migrations, groups and, when DEMO_PEOPLE names a file, the demo and its people."""
    demo = ["--demo", env["DEMO_PEOPLE"]] if "DEMO_PEOPLE" in env else []
    command = wrapped([PYTHON, str(ROOT / "manage.py"), "prepare", *demo])
    log = data / "log" / "prepare.log"
    with log.open("wb") as output:
        done = subprocess.run(
            command, cwd=ROOT, env=env, stdout=output, stderr=output, umask=PRIVATE_UMASK, check=False
        )
    if done.returncode:
        ending = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise CannotStartError(f"manage.py prepare failed; the end of {log}:\n{ending}")


def worker(env: Mapping[str, str], data: Path) -> Process:
    options = ["worker", "--without-mingle", "--without-gossip", "-c", "2", "-l", "warning"]
    return Process("worker", [*CELERY, *options], env, data / "log" / "worker.log", cwd=ROOT)


def beat(env: Mapping[str, str], data: Path) -> Process:
    options = ["beat", "-s", str(data / "beat-schedule"), "-l", "warning"]
    return Process("beat", [*CELERY, *options], env, data / "log" / "beat.log", cwd=ROOT)


def web(env: Mapping[str, str], data: Path, listener: int) -> Process:
    """gunicorn on a socket that listens already: requests made while it starts wait instead of failing."""
    command = [PYTHON, "-m", "gunicorn", "educonnect_admin.wsgi:application", "--no-control-socket"]
    options = ["--bind", f"fd://{listener}", "--preload", "--workers", "2", "--threads", "4"]
    log = data / "log" / "web.log"
    return Process("web", [*command, *options, "--graceful-timeout", "2"], env, log, cwd=ROOT, pass_fds=(listener,))


def answers(port: int) -> bool:
    """Whether the web server says that it is well."""
    connection = HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/sante/")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
