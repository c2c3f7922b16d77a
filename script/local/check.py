"""script/check: lint, types, contracts, settings, container files, tests; what CI runs."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from script.local.directories import ROOT

DESCRIPTION = """\
Runs every check one after the other, shows what a failed one said, and ends with the list of failures.
Exit code 1 if there is one.
"""

BIN = ROOT / ".venv/bin"
APPS = ("educonnect_admin", "accounts", "notifications", "stats")

# For checks that read the settings but serve nobody: no server is asked, nothing is sealed with these.
NOWHERE = {
    "SECRET_KEY": "0123456789" * 5,
    "CONSOLE_KEYS": "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "DATABASE_URL": "postgresql:///nowhere?host=/nonexistent",
    "OWNER_DATABASE_URL": "postgresql:///nowhere?host=/nonexistent",
    "SUPERUSER_DATABASE_URL": "postgresql:///nowhere?host=/nonexistent",
    "BROKER_URL": "memory://",
    "DATA_DIR": "/nonexistent",
    "ALLOWED_HOSTS": "console.example",
    "DJANGO_SETTINGS_MODULE": "educonnect_admin.settings.test",
}
PRODUCTION = {"DJANGO_SETTINGS_MODULE": "educonnect_admin.settings.production"}


@dataclass(frozen=True)
class Step:
    """One check: a program of .venv (or a path) with its arguments, from the root of the project."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    # Its wheel does not exist for every machine.
    optional: bool = False
    # Its output is worth seeing while it runs.
    loud: bool = False


def shell_scripts() -> list[str]:
    """Every sh program under script/ and .ci/, by its first line."""
    found = []
    for path in [*(ROOT / "script").rglob("*"), *(ROOT / ".ci").iterdir()]:
        if path.is_file() and path.read_bytes().startswith(b"#!/bin/sh"):
            found.append(str(path.relative_to(ROOT)))
    return sorted(found)


def steps(everything: bool) -> list[Step]:
    manage = [str(BIN / "python"), "manage.py"]
    compose_schema = ["check-jsonschema", "--builtin-schema", "vendor.compose-spec"]
    scripts_types = ["mypy", "--strict", "--explicit-package-bases", "--config-file=", "script/local"]
    selection = ["-m", "slow or not slow" if everything else "not slow"]
    return [
        Step("lint", ["ruff", "check", "."]),
        Step("format", ["ruff", "format", "--check", "."]),
        Step("templates", ["djlint", "--lint", "--quiet", "templates"]),
        Step("types", ["mypy", *APPS]),
        Step("types of the scripts", scripts_types),
        Step("contracts", ["lint-imports"]),
        Step("migrations", [*manage, "makemigrations", "--check", "--dry-run"]),
        Step("production settings", [*manage, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
        Step("docker-compose.yml", [*compose_schema, "docker-compose.yml"], optional=True),
        Step("Dockerfile", ["hadolint", "Dockerfile"], optional=True),
        Step("shell scripts", ["shellcheck", *shell_scripts()], optional=True),
        Step("tests", [str(ROOT / "script/test"), *selection], loud=True),
        Step("drill", [str(ROOT / "script/drill"), *([] if everything else ["--count", "3"])], loud=True),
        Step("faults", [str(ROOT / "script/faults"), *([] if everything else ["--short"])], loud=True),
    ]


def run(step: Step) -> str:
    """The step's outcome: `ok`, `failed`, or `not installed`."""
    program = BIN / step.command[0]
    if not program.exists():
        return "not installed" if step.optional else "failed"
    # The tests get servers of their own from script/test.
    env = os.environ | ({} if step.loud else {**NOWHERE, **step.env})
    env.pop("PYTHONPATH", None)
    output = None if step.loud else subprocess.PIPE
    done = subprocess.run(
        [program, *step.command[1:]], cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode and done.stdout:
        print(done.stdout.decode(errors="replace"), flush=True)
    return "failed" if done.returncode else "ok"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="script/check", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--all", action="store_true", help="the slow tests too")
    options = parser.parse_args()
    failures = []
    for step in steps(options.all):
        began = time.monotonic()
        outcome = run(step)
        print(f"{time.monotonic() - began:6.1f} s  {step.name}: {outcome}", flush=True)
        if outcome == "failed":
            failures.append(step.name)
    print(f"\nFailed: {', '.join(failures)}" if failures else "\nAll is well.")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
