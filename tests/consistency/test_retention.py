"""docs/retention.md: every table is told of, by what is really there."""

import re
from pathlib import Path

from django.apps import apps
from django.conf import settings

from tests.consistency.sources import APPS, ROOT, functions

GOES, _, STAYS = (ROOT / "docs/retention.md").read_text().partition("## What stays")
ROWS = [
    [cell.strip(" `") for cell in line.strip("|").split("|")] for line in GOES.splitlines() if line.startswith("| `")
]


def tables() -> set[str]:
    ours = [model for model in apps.get_models() if model._meta.app_config and model._meta.app_config.name in APPS]
    return {model._meta.db_table for model in ours if model._meta.managed}


def test_every_table_is_told_of_once() -> None:
    cells = [line.split("|")[1] for line in STAYS.splitlines() if line.startswith("| `")]
    told = [row[0] for row in ROWS] + re.findall(r"`(\w+)`", " ".join(cells))
    assert sorted(told) == sorted(tables())


def test_what_makes_it_go_is_asked_for_by_beat_or_is_a_command() -> None:
    asked = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    commands = {path.stem for path in (ROOT / "accounts/management/commands").glob("*.py")}
    assert ROWS and {row[2] for row in ROWS} <= asked | commands


def test_each_has_its_test() -> None:
    named = [row[3].split("::") for row in ROWS]
    assert [name for path, name in named if name not in {found.name for found in functions(Path(path))}] == []
