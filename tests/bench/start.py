"""The start of a web process, from nothing to its addresses loaded, beside a bare Django's."""

import os
from collections.abc import Iterator
from statistics import median
from typing import Any

from tests.bench.children import told_by
from tests.bench.measures import ROUNDS, Line, figure, paired, seconds

CHILD = "tests.bench.loading"
CONSOLE, BARE = os.environ["DJANGO_SETTINGS_MODULE"], "tests.bench.bare"


def measured() -> Iterator[Line]:
    """AssertionError where the web process loads what only a worker needs."""
    told: dict[str, list[dict[str, Any]]] = {CONSOLE: [], BARE: []}
    took: dict[str, list[float]] = {CONSOLE: [], BARE: []}
    for _ in range(ROUNDS):
        for module in (BARE, CONSOLE):
            took[module].append(seconds(lambda module=module: told[module].append(_start(module))))
    heavy = told[CONSOLE][0]["heavy"]
    assert not heavy, f"the web process loads {', '.join(heavy)}"
    yield Line.of(
        "start of a web process",
        took[CONSOLE],
        "s",
        ratio=paired([([ours], [bare]) for ours, bare in zip(took[CONSOLE], took[BARE], strict=True)]),
        than="times longer",
        against=f"{figure(median(took[BARE]))} s, a bare Django",
    )
    ours, bare = (median(each["peak"] for each in told[module]) for module in (CONSOLE, BARE))
    against = f"{figure(bare)} MB, a bare Django"
    yield Line("start, peak memory", ours, "MB", ratio=ours / bare, than="times larger", against=against)


def _start(settings: str) -> dict[str, Any]:
    return told_by(CHILD, DJANGO_SETTINGS_MODULE=settings)
