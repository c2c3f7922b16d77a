"""The variables that the console's processes get on this machine."""

from __future__ import annotations

import base64
import os
import secrets
import shlex
from pathlib import Path

from script.local.directories import ROOT

KEY_BYTES = 32


def demo_keys(data: Path) -> dict[str, str]:
    """Keys of this data directory, made on the first start and kept in `keys.env` for its owner alone.

    Both begin with "demo": the production settings refuse them.
    """
    path = data / "keys.env"
    if not path.exists():
        sealing = base64.b64encode(b"demo" + secrets.token_bytes(KEY_BYTES - 4)).decode()
        partial = path.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"SECRET_KEY=demo-{secrets.token_urlsafe(48)}\nCONSOLE_KEYS=1:{sealing}\n")
        partial.replace(path)
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


def activated(settings: str, data: Path) -> dict[str, str]:
    """This process's own variables with the venv activated, the settings module and the keys of `data`."""
    variables = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    venv = ROOT / ".venv"
    return variables | {
        "VIRTUAL_ENV": str(venv),
        "PATH": f"{venv / 'bin'}:{variables.get('PATH', os.defpath)}",
        "DJANGO_SETTINGS_MODULE": f"educonnect_admin.settings.{settings}",
        "DATA_DIR": str(data),
        "WORKER_READY_FILE": str(data / "worker-ready"),
        **demo_keys(data),
    }


OWN_VARIABLES = (
    "DJANGO_SETTINGS_MODULE",
    "DATA_DIR",
    "DATABASE_URL",
    "OWNER_DATABASE_URL",
    "SUPERUSER_DATABASE_URL",
    "BROKER_URL",
    "SECRET_KEY",
    "CONSOLE_KEYS",
    "WORKER_READY_FILE",
    "BASE_URL",
    "DEMO_PEOPLE",
)


def write_for_shells(data: Path, env: dict[str, str]) -> Path:
    """Write `environment.sh`: `. .run/environment.sh` lets another terminal work with the servers."""
    path = data / "environment.sh"
    path.unlink(missing_ok=True)
    exports = [f"export {name}={shlex.quote(env[name])}\n" for name in OWN_VARIABLES if name in env]
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines([*exports, f"PATH={shlex.quote(str(ROOT / '.venv/bin'))}:$PATH\n"])
    return path
