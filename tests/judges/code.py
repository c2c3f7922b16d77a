"""Judges of the code: our own rules, and bandit."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from tests.judges.fetching import programs
from tests.judges.findings import Finding

RULES = Path(__file__).parent / "rules.yml"
ROOMS = ("accounts", "notifications", "stats", "educonnect_admin")
PACKAGES = ("semgrep==1.185.0", "bandit==1.9.4")


def findings(_: bool) -> Iterator[Finding]:
    bins = programs("code", *PACKAGES)
    offline = ("--metrics", "off", "--disable-version-check", "--quiet")
    for found in _told([str(bins / "semgrep"), "scan", "--config", str(RULES), "--json", *offline, *ROOMS])["results"]:
        rule, path, line = found["check_id"].rpartition(".")[2], found["path"], found["start"]["line"]
        code = (settings.ROOT / path).read_text().splitlines()[line - 1].strip()
        yield Finding("semgrep", rule, f"{path}:{line}", code)
    for found in _told([str(bins / "bandit"), "-q", "-r", "-f", "json", *ROOMS])["results"]:
        place = f"{found['filename']}:{found['line_number']}"
        yield Finding("bandit", found["test_id"], place, f"{found['issue_text']} {found['code'][:200]}")


def _told(command: list[str]) -> dict[str, Any]:
    """What it prints as JSON; both answer 1 where they have found something."""
    done = subprocess.run(command, cwd=settings.ROOT, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr[-2000:])
    found: dict[str, Any] = json.loads(done.stdout)
    return found
