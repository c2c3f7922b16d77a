"""docs/faults.md has the 25 faults of the design, and names tests and injections that exist."""

import ast
import re

from tests.consistency.sources import ROOT
from tests.lineage.test_table import TEST, functions_of

PAGE = (ROOT / "docs/faults.md").read_text()
ROWS = {int(number): row for number, row in re.findall(r"^\| F(\d+) (.*)$", PAGE, re.MULTILINE)}
INJECTION = re.compile(r"“([^”]+)”")


def injections() -> set[str]:
    """Their names, read from the file: to import it wants the campaign's servers."""
    tree = ast.parse((ROOT / "tests/faults/injections.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Injection"]
    return {name.value for name in named if isinstance(name, ast.Constant)}


def test_every_fault_has_a_test_an_injection_or_a_reason() -> None:
    assert sorted(ROWS) == list(range(1, 26))
    assert [n for n, row in ROWS.items() if not (TEST.search(row) or INJECTION.search(row) or "not here" in row)] == []


def test_what_it_names_exists() -> None:
    assert [(path, name) for path, name in TEST.findall(PAGE) if name not in functions_of(path)] == []
    named = {name for row in ROWS.values() for name in INJECTION.findall(row)}
    assert len(injections()) > 10
    assert named <= injections()
    assert injections() - named == {"network cut", "network slow"}
