"""Reads or applies a delivery in a process of its own: `python -m tests.bench.feeding WAY FOLDER`.

`lxml` reads the same bytes and does nothing with them; `import` is `manage.py import_feed`, into the base that
DATABASE_URL names. Prints seconds, bytes and peak memory.
"""

import io
import json
import sys
from datetime import date
from pathlib import Path

import django
from django.core.management import call_command
from lxml import etree

from tests.bench.children import report

REQUESTS = ("addRequest", "modifyRequest", "deleteRequest")


def files_of(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.xml"))


def by_lxml(folder: Path) -> int:
    """Every request opened, nothing looked at, nothing kept."""
    for file in files_of(folder):
        for _, element in etree.iterparse(str(file), events=("end",), tag=REQUESTS):
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    return sum(file.stat().st_size for file in files_of(folder))


def by_import(folder: Path) -> int:
    """As an operator does it. AssertionError where a pupil was refused."""
    told = io.StringIO()
    call_command("import_feed", str(folder), "--json", "--confirm", as_of=date.today(), stdout=told)
    assert not json.loads(told.getvalue())["students"]["refused"]
    return sum(file.stat().st_size for file in files_of(folder))


def main() -> None:
    django.setup()
    work = {"lxml": by_lxml, "import": by_import}[sys.argv[1]]
    report(lambda: work(Path(sys.argv[2])), 1)


if __name__ == "__main__":
    main()
