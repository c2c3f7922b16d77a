"""script/drill: plant each bug in a copy of the tree, and ask the tests that stand guard.

A bug is caught when one of its judges fails. Whatever is planted, KEEPERS must go on passing: a crawl with a valid
session, and PostgreSQL asked alone, see no row of another school.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from xml.etree import ElementTree

import django

django.setup()

from tests.access.test_canaries import MARKS  # noqa: E402  # wants Django set up
from tests.conftest import WARM, make_template  # noqa: E402
from tests.databases import drop  # noqa: E402
from tests.drill.planting import Bug, copy_of_the_tree, planted_in, written_down  # noqa: E402
from tests.visitors import ELSEWHERE  # noqa: E402

CRAWL = "tests/access/test_canaries.py::test_nobody_here_is_told_of_elsewhere"
KEEPERS = ("tests/accounts/test_walls.py", f"{CRAWL}[teachA]", f"{CRAWL}[head]")
SECONDS = 120
TEMPLATE = "drill_template"
PYTEST = ("-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "-n", "0", "-m", "not slow")


@dataclass(frozen=True)
class Verdict:
    """What came of one bug. `caught` names the judges that failed; `foreign` the keepers that did: there is none."""

    what: str
    file: str
    caught: tuple[str, ...]
    foreign: tuple[str, ...]
    seconds: float


def judged(tree: Path, bug: Bug) -> Verdict:
    began, report = time.monotonic(), tree / "report.xml"
    report.unlink(missing_ok=True)
    with planted_in(tree, bug):
        command = [sys.executable, *PYTEST, f"--junitxml={report}", *bug.judges, *KEEPERS]
        told = subprocess.run(  # noqa: S603  # our own command
            command, cwd=tree, env=os.environ | {WARM: TEMPLATE}, capture_output=True, timeout=SECONDS, check=False
        )
    if not report.exists() or told.returncode not in (0, 1):
        raise RuntimeError(f"“{bug.what}”: the tests did not run.\n{told.stdout.decode()[-2000:]}")
    failed = failures(report)
    foreign = tuple(name for name, words in failed.items() if _sees_foreign_rows(name, words))
    return Verdict(
        bug.what,
        bug.file,
        tuple(name for name in failed if not _is_keeper(name)),
        foreign,
        round(time.monotonic() - began, 1),
    )


def _is_keeper(name: str) -> bool:
    return name.startswith("tests.accounts.test_walls::") or "test_nobody_here_is_told_of_elsewhere" in name


def _sees_foreign_rows(name: str, words: str) -> bool:
    """A crawl that broke on the way has seen nothing; one that was told a token of the other school has."""
    return _is_keeper(name) and (f"'{MARKS[ELSEWHERE]}'" in words or "test_walls" in name)


def failures(report: Path) -> dict[str, str]:
    """The tests that failed, as module::name, with what pytest says of them."""
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314  # pytest's own file
        for fault in (*case.findall("failure"), *case.findall("error")):
            found[f"{case.get('classname')}::{case.get('name')}"] = f"{fault.get('message')}\n{fault.text}"
    return found


def chosen(bugs: list[Bug], only: str, count: int) -> list[Bug]:
    """Those whose words hold `only`; so many of them, spread over the list."""
    found = [bug for bug in bugs if only.lower() in f"{bug.what} {bug.file}".lower()]
    return found[:: max(1, len(found) // count)][:count] if count else found


def main() -> None:
    parser = argparse.ArgumentParser(prog="script/drill", description=__doc__)
    parser.add_argument("--count", type=int, default=0, help="so many bugs, spread over the list (all)")
    parser.add_argument("--only", default="", help="bugs whose words or file hold this")
    parser.add_argument("--json", action="store_true", help="one object instead of lines")
    asked = parser.parse_args()
    bugs = chosen(written_down(), asked.only, asked.count)
    verdicts = []
    make_template(TEMPLATE)
    try:
        with tempfile.TemporaryDirectory(prefix="drill-") as folder:
            tree = copy_of_the_tree(Path(folder))
            for bug in bugs:
                verdict = judged(tree, bug)
                verdicts.append(verdict)
                if not asked.json:
                    say(verdict)
    finally:
        drop(TEMPLATE)
    end(verdicts, as_json=asked.json)


def say(verdict: Verdict) -> None:
    outcome = "FOREIGN ROWS" if verdict.foreign else "caught" if verdict.caught else "NOT CAUGHT"
    by = f", by {len(verdict.caught)} tests" if len(verdict.caught) > 1 else ""
    sys.stdout.write(f"{verdict.seconds:5.1f} s  {outcome}{by}: {verdict.what} ({verdict.file})\n")
    sys.stdout.flush()


def end(verdicts: list[Verdict], *, as_json: bool) -> None:
    """The closing line; exit code 1 unless every bug was caught and no foreign row was seen."""
    caught, foreign = sum(bool(one.caught) for one in verdicts), sum(bool(one.foreign) for one in verdicts)
    if as_json:
        bugs = [asdict(verdict) for verdict in verdicts]
        sys.stdout.write(json.dumps({"planted": len(bugs), "caught": caught, "foreign": foreign, "bugs": bugs}) + "\n")
    else:
        sys.stdout.write(f"{caught} of {len(verdicts)} bugs caught; foreign rows seen with {foreign} of them.\n")
    sys.exit(0 if verdicts and caught == len(verdicts) and not foreign else 1)


if __name__ == "__main__":
    main()
