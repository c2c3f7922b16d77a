"""Samples, what is told of them, and the lines of the table."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

ROUNDS = 5
"""Every figure is a median of at least so many; the thing measured and its baseline take turns."""


def seconds(work: Callable[[], object]) -> float:
    """How long it took, once."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def p95(samples: Sequence[float]) -> float:
    """The nearest rank: 95 of 100 samples are not above it. Of fewer than 20 samples it is the largest.

    >>> p95(range(1, 101)), p95([3, 1, 2])
    (95, 3)
    """
    return sorted(samples)[math.ceil(0.95 * len(samples)) - 1]


def paired(rounds: Sequence[tuple[Sequence[float], Sequence[float]]]) -> float:
    """The median of the rounds' ratios of medians: a slow minute of the machine falls on both sides.

    >>> paired([([2, 4, 6], [2]), ([10], [4]), ([9], [1])])
    2.5
    """
    return median(median(ours) / median(theirs) for ours, theirs in rounds)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table.

    `ratio` is how many times `than` the baseline: "longer", "faster"... `target` stands where quality is promised;
    `against` says what the baseline is and what it came to; `told` goes into the JSON under names of its own.
    """

    what: str
    p50: float
    unit: str
    p95: float | None = None
    ratio: float | None = None
    than: str = ""
    target: str = ""
    against: str = ""
    told: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, what: str, samples: Sequence[float], unit: str, **told: Any) -> "Line":
        return cls(what=what, p50=median(samples), p95=p95(samples), unit=unit, **told)

    def cells(self) -> tuple[str, ...]:
        ratio = "" if self.ratio is None else f"{figure(self.ratio)} {self.than}".strip()
        last = "" if self.p95 is None else figure(self.p95)
        return (self.what, ratio, self.target, figure(self.p50), last, self.unit, self.against)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def figure(value: float) -> str:
    """Three digits that say something.

    >>> figure(0.01234), figure(9.876), figure(123.4), figure(12345)
    ('0.0123', '9.88', '123', '12,345')
    """
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 1 else f"{value:.{2 - int(math.log10(abs(value)))}f}"
