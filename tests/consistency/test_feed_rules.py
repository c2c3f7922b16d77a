"""docs/feeds.md: every rule names tests that are there."""

import re

import pytest
from django.conf import settings

ROWS = [
    line
    for line in (settings.ROOT / "docs/feeds.md").read_text().splitlines()
    if line.startswith("|") and not line.startswith(("|---", "| rule", "| no "))
]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", "\n".join(ROWS))))


@pytest.mark.parametrize("row", ROWS)
def test_each_rule_has_a_test(row: str) -> None:
    assert "`tests/" in row


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_it_is_there(file: str, test: str) -> None:
    assert re.search(rf"^def {test}\(", (settings.ROOT / file).read_text(), re.MULTILINE)


def test_the_checklist_is_whole() -> None:
    assert [int(row.split("|")[1]) for row in ROWS if row.split("|")[1].strip().isdigit()] == list(range(1, 24))
