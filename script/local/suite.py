"""script/test: pytest beside a throw-away PostgreSQL and Valkey."""

from __future__ import annotations

import argparse
import itertools
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from script.local.directories import ROOT, HeldElsewhereError, held
from script.local.services import plain_refusals, run_with_services, stop_on_signals

SLOTS = ROOT / ".run/test"

DESCRIPTION = """\
Runs pytest with a PostgreSQL and a Valkey of its own, kept between runs in .run/test and safe to remove.
Arguments go to pytest as they are, paths from the root of the project; two processes run the tests unless
they say otherwise:

    script/test                             all but the long ones (script/check runs more)
    script/test -n 0 tests/accounts -k otp  some, in one process
    script/test -m slow                     the slow ones

DATABASE_URL with SUPERUSER_DATABASE_URL, and BROKER_URL, name servers to be used instead.
"""


@contextmanager
def free_slot(base: Path) -> Iterator[Path]:
    """Hold the first directory of `base` that no other run holds, so that several runs go side by side."""
    for number in itertools.count(1):
        try:
            with held(base / str(number)) as data:
                yield data
                return
        except HeldElsewhereError:
            continue


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="script/test",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="%(prog)s [pytest's arguments]",
    )
    _, arguments = parser.parse_known_args()
    stop_on_signals()
    os.chdir(ROOT)
    pytest = [str(ROOT / ".venv/bin/python"), "-m", "pytest", "-n", "2", *arguments]
    with plain_refusals("script/test", SLOTS), free_slot(SLOTS) as data:
        return run_with_services(pytest, data, "test")


if __name__ == "__main__":
    sys.exit(main())
