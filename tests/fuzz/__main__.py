"""`script/fuzz`: deliveries mutated by what the readers do with them, until the time is over or one breaks them.

A delivery is read whole or refused with a `Refusal`; anything else (another exception, more than 10 seconds or 300 MB)
is a defect, and the bytes that did it are kept.
"""

import argparse
import sys
import tempfile
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["accounts.feeds"]):
    from accounts.feeds.delivery import read_delivery
    from accounts.feeds.invent import SchoolKind, SchoolPlan, write_delivery, write_onde, write_siecle
    from accounts.feeds.recognition import recognise  # noqa: F401  # loaded now, so that it is instrumented
    from accounts.feeds.report import Refusal, Report

UAI, DAY = "0510001Z", date(2026, 11, 16)
SUFFIXES = (".xml", ".csv", ".zip", ".tgz")
MEGABYTES, SECONDS_AN_INPUT = 300, 10
LONGEST = 64_000


def read(data: bytes) -> None:
    """The first byte chooses what the file is called; its content decides what it is."""
    if not data:
        return
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder) / f"file{SUFFIXES[data[0] % len(SUFFIXES)]}"
        path.write_bytes(data[1:])
        report = Report()
        try:
            delivery = read_delivery(path, UAI)
            for records in (delivery.schools, delivery.mefs, delivery.students, delivery.guardians):
                for _ in records(report):
                    pass
        except Refusal:
            return
        assert all(line.file for line in report.lines), "a line of the report says no file"


def write_seeds(folder: Path) -> None:
    """Small deliveries of each kind, file by file, and one packed."""
    college = SchoolPlan(UAI, "CLG DES ÉTOILES", SchoolKind.COLLEGE, 4)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as made:
        files = (
            *write_delivery(Path(made) / "aaf", [college], DAY, seed=1).files,
            *write_siecle(Path(made) / "siecle", college, DAY, seed=1),
            *write_onde(Path(made) / "onde", replace(college, kind=SchoolKind.ECOLE), DAY, seed=1),
        )
        for number, path in enumerate(files):
            kind = SUFFIXES.index(path.suffix)
            (folder / f"seed-{number}").write_bytes(bytes([kind]) + path.read_bytes())
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in files[:2]:
                archive.write(path, path.name)
        (folder / "seed-packed").write_bytes(bytes([SUFFIXES.index(".zip")]) + packed.getvalue())


def main() -> None:
    parser = argparse.ArgumentParser(prog="script/fuzz")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, required=True)
    options = parser.parse_args()
    options.corpus.mkdir(parents=True, exist_ok=True)
    write_seeds(options.corpus)
    arguments = {
        "max_total_time": options.seconds,
        "seed": options.seed,
        "max_len": LONGEST,
        "timeout": SECONDS_AN_INPUT,
        "rss_limit_mb": MEGABYTES,
        "artifact_prefix": f"{options.corpus.parent}/",
        "print_final_stats": 1,
    }
    atheris.Setup([sys.argv[0], *(f"-{name}={value}" for name, value in arguments.items()), str(options.corpus)], read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
