"""Small changes to the rules, one by one: how many do their tests notice? Those that they do not are findings."""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.drill.planting import copy_of_the_tree
from tests.judges.fetching import HOME, programs, run
from tests.judges.findings import Finding

RULES = {
    "accounts/permissions.py": "tests/pure/test_permissions.py",
    "accounts/lifecycle.py": "tests/pure/test_lifecycle.py",
    "accounts/feeds/keys.py": "tests/feeds/test_feed_keys.py",
}
SECONDS = 60
CONFIGURATION = """
[cosmic-ray]
module-path = "{rules}"
timeout = {seconds}
excluded-modules = []
test-command = "{python} -m pytest -x -q -n 0 -p no:cacheprovider -p no:randomly {tests}"
[cosmic-ray.distributor]
name = "local"
"""


def findings(_: bool) -> Iterator[Finding]:
    program = str(programs("mutants", "cosmic-ray==8.7.0") / "cosmic-ray")
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        tree = copy_of_the_tree(Path(folder))
        for rules, tests in RULES.items():
            yield from _survivors(program, tree, rules, tests)


def _survivors(program: str, tree: Path, rules: str, tests: str) -> Iterator[Finding]:
    session = HOME / f"{Path(rules).stem}.sqlite"
    session.unlink(missing_ok=True)
    told = tree / "cosmic-ray.toml"
    told.write_text(CONFIGURATION.format(rules=rules, tests=tests, seconds=SECONDS, python=sys.executable))
    run([program, "init", str(told), str(session)], cwd=tree)
    run([program, "exec", str(told), str(session)], cwd=tree)
    results = [json.loads(line) for line in run([program, "dump", str(session)], cwd=tree).splitlines()]
    lived = [(job, result) for job, result in results if result and result["test_outcome"] == "survived"]
    print(f"{rules}: {len(results) - len(lived)} of {len(results)} changes noticed")
    for job, result in lived:
        change = job["mutations"][0]
        yield Finding("cosmic-ray", change["operator_name"], f"{rules}:{change['start_pos'][0]}", result["diff"][-300:])
