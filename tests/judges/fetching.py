"""The judges' programs, fetched once into .run/judges: none of them is a dependency of the console."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

HOME = settings.ROOT / ".run/judges"
HERE = Path(__file__).parent
WITHOUT_BROWSERS = {"PUPPETEER_SKIP_DOWNLOAD": "1", "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"}


def programs(name: str, *packages: str) -> Path:
    """The folder with the programs of these Python packages, in an environment of their own."""
    place = HOME / name
    told = place / "fetched"
    if not told.exists() or told.read_text() != str(packages):
        run([sys.executable, "-m", "venv", "--clear", str(place)])
        run([str(place / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", *packages])
        told.write_text(str(packages))
    return place / "bin"


def node_scripts() -> Path:
    """The folder with our scripts for Node, beside what they import."""
    place = HOME / "node"
    place.mkdir(parents=True, exist_ok=True)
    wanted = (HERE / "package.json").read_text()
    told = place / "package.json"
    if not told.exists() or told.read_text() != wanted:
        told.write_text(wanted)
        run(["npm", "install", "--no-audit", "--no-fund", "--no-package-lock"], cwd=place, more=WITHOUT_BROWSERS)
    for script in HERE.glob("*.mjs"):
        shutil.copy(script, place)
    return place


def run(command: Sequence[str], cwd: Path | None = None, more: dict[str, str] | None = None) -> str:
    """What it prints. CalledProcessError where it fails."""
    env = os.environ | (more or {})
    done = subprocess.run(command, cwd=cwd or settings.ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout
