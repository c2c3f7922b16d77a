"""The table: printed, as JSON, or into docs/benchmarks.md."""

import json
import os
import platform
import re
import subprocess
from collections.abc import Sequence
from typing import Any

import psycopg
from django.conf import settings
from django.utils import timezone

from tests.bench.measures import Line

HEADS = ("what", "ratio", "target", "p50", "p95", "unit", "against")
PAGE = settings.ROOT / "docs/benchmarks.md"


def machine() -> dict[str, Any]:
    """What the figures were taken on; the load is that of the last minute, before the first of them."""
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL) as connection:
        server = connection.info.parameter_status("server_version")
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--exclude=*"],
        cwd=settings.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "cores": len(os.sched_getaffinity(0)),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "postgresql": server,
        "date": f"{timezone.localdate():%d/%m/%Y}",
        "commit": commit.stdout.strip() or "unknown",
    }


def as_json(where: dict[str, Any], size: int, lines: Sequence[Line]) -> str:
    told = {"machine": where, "pupils": size, "lines": [line.as_json() for line in lines]}
    for line in lines:
        told |= line.told
    return json.dumps(told, ensure_ascii=False, indent=2)


def as_markdown(lines: Sequence[Line]) -> str:
    rows = [HEADS, *(line.cells() for line in lines)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    shown = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
    shown.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(shown)


def told(where: dict[str, Any]) -> str:
    return (
        f"{where['cores']} cores, load {where['load']} when it began, Python {where['python']}, PostgreSQL"
        f" {where['postgresql']}; {where['date']}, commit {where['commit']}."
    )


def write(where: dict[str, Any], title: str, lines: Sequence[Line]) -> None:
    """Put the table into docs/benchmarks.md, in the place of the one of the same title."""
    head = f"## {title}\n"
    section = f"{head}\n{told(where)}\n\n{as_markdown(lines)}\n"
    page = PAGE.read_text()
    found = re.compile(re.escape(head) + r".*?(?=\n## |\Z)", re.DOTALL)
    kept = found.sub(lambda _: section, page) if found.search(page) else f"{page.rstrip()}\n\n{section}"
    PAGE.write_text(kept)
