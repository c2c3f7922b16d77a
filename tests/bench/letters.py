"""Letters: ours beside a document a letter by WeasyPrint and beside other tools, each in a process of its own.

All in one run, on the same letters. The slow ways make fewer and are scaled.
"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.children import told_by
from tests.bench.letter_ways import WAYS
from tests.bench.measures import Line, figure

MANY, SCHOOL, SAMPLE, FIRST = 12_000, 1_200, 8, 60
OURS, OTHERS = "tests.bench.layout", "tests.bench.letter_ways"
ROUNDS = 5


def measured() -> Iterator[Line]:
    """The ways take turns: naive, cold, and then each tool once, five times over."""
    rounds: list[dict[str, Any]] = []
    for number in range(ROUNDS):
        told = {"naive": _told(OURS, "naive", SAMPLE), "cold": _told(OURS, "ours", SCHOOL, 3)}
        told["many"] = _told(OURS, "ours", MANY)
        told |= {way: _told(OTHERS, way, count) for way, (_, count) in WAYS.items() if number < 3}
        rounds.append(told)
    naive = _speed(rounds, "naive")
    yield from _against_naive(rounds, naive)
    yield from _against_tools(rounds)
    many = [each["many"] for each in rounds]
    bytes_each, peak = many[0]["bytes"] / MANY, max(each["peak"] for each in many)
    yield Line("letters, size", bytes_each, "bytes a letter", target="< 3,000", told={"bytes_a_letter": bytes_each})
    yield Line(f"letters, peak memory of {MANY:,}", peak, "MB", target="< 200", told={"peak_mb": peak})
    linear = median(each["many"]["seconds"][0] / min(each["cold"]["seconds"][1:]) for each in rounds)
    yield Line(
        f"letters, {MANY:,}",
        median(each["seconds"][0] for each in many),
        "s",
        ratio=linear,
        than="longer",
        target="<= 11",
        against=f"{SCHOOL:,} in a warm process",
        told={"linearity": linear},
    )
    if shutil.which("gs"):
        yield _ghostscript()


def _told(module: str, way: str, count: int, rounds: int = 1) -> dict[str, Any]:
    return {"count": count} | told_by(module, way, str(count), str(rounds))


def _speed(rounds: list[dict[str, Any]], way: str) -> float:
    return median(each[way]["count"] / each[way]["seconds"][0] for each in rounds if way in each)


def _against_naive(rounds: list[dict[str, Any]], naive: float) -> Iterator[Line]:
    for way, what, target, key in (
        ("many", f"letters, {MANY:,} tagged", ">= 1,000", "ratio_naive"),
        ("cold", f"letters, {SCHOOL:,} tagged, cold process", ">= 300", "ratio_cold_1200"),
    ):
        ratios = [
            each[way]["count"] / each[way]["seconds"][0] / (SAMPLE / each["naive"]["seconds"][0]) for each in rounds
        ]
        yield Line(
            what,
            _speed(rounds, way),
            "letters/s",
            ratio=median(ratios),
            than="times faster",
            target=target,
            against=f"{figure(naive)} letters/s, WeasyPrint, a document a letter ({SAMPLE} of them)",
            told={key: median(ratios)},
        )


def _against_tools(rounds: list[dict[str, Any]]) -> Iterator[Line]:
    ours = _speed(rounds, "many")
    speeds = {way: _speed(rounds, way) for way in WAYS}
    best = max(speeds, key=speeds.__getitem__)
    for way, speed in sorted(speeds.items(), key=lambda item: -item[1]):
        yield Line(
            f"letters by {way}",
            speed,
            "letters/s",
            ratio=ours / speed,
            than="times slower than ours",
            target=">= 4" if way == best else "",
            against=f"ours: {figure(ours)} letters/s ({WAYS[way][1]:,} of theirs)",
            told={"ratio_best_peer": ours / speed, "best_peer": way} if way == best else {},
        )


def _ghostscript() -> Line:
    """The first pages of a school's file, as a printer's way reads them, beside WeasyPrint's own tagged file."""
    with tempfile.TemporaryDirectory() as folder:
        files = {way: Path(folder, f"{way}.pdf") for way in ("ours", "together")}
        for way, path in files.items():
            told_by(OURS, way, str(SCHOOL), "1", str(path))
        took = {way: _opened(path) for way, path in files.items()}
    ratio = took["together"] / took["ours"]
    return Line(
        f"letters, first {FIRST} of {SCHOOL:,} in Ghostscript",
        took["ours"],
        "s",
        ratio=ratio,
        than="times faster",
        target=">= 20",
        against=f"{figure(took['together'])} s, WeasyPrint's own tagged file",
        told={"ratio_ghostscript": ratio},
    )


def _opened(path: Path) -> float:
    command = ["gs", "-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-sDEVICE=nullpage", f"-dLastPage={FIRST}", str(path)]
    return min(_seconds(command) for _ in range(2))


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began
