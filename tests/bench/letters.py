"""Letters: one document of many, beside a document a letter of the same template, each in a fresh process."""

from collections.abc import Iterator
from statistics import median
from typing import Any

from tests.bench.children import told_by
from tests.bench.measures import ROUNDS, Line, figure, paired

LETTERS, SAMPLE = 60, 12
CHILD = "tests.bench.layout"


def measured() -> Iterator[Line]:
    """The two ways take turns. Of the slow one a sample is laid out."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(told_by(CHILD, "apart", str(SAMPLE)))
        ours.append(told_by(CHILD, "together", str(LETTERS)))
    speeds = [LETTERS / each["seconds"] for each in ours]
    naive = [SAMPLE / each["seconds"] for each in theirs]
    yield Line(
        f"letters, a document of {LETTERS}",
        median(speeds),
        "letters/s",
        ratio=paired([([quick], [slow]) for quick, slow in zip(speeds, naive, strict=True)]),
        than="times faster",
        against=f"{figure(median(naive))} letters/s, WeasyPrint, a document a letter ({SAMPLE} of them)",
    )
    for name, unit, ours_each, theirs_each in (
        ("letters, size", "bytes a letter", _middle(ours, "bytes") / LETTERS, _middle(theirs, "bytes") / SAMPLE),
        ("letters, peak memory", "MB", _middle(ours, "peak"), _middle(theirs, "peak")),
    ):
        against = f"{figure(theirs_each)} {unit}, a document a letter"
        yield Line(name, ours_each, unit, ratio=ours_each / theirs_each, than="of it", against=against)


def _middle(told: list[dict[str, Any]], what: str) -> float:
    return median(each[what] for each in told)
