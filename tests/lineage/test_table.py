"""docs/lineage.md and docs/requirements.md name tests that exist; every test of this package stands in the first."""

import ast
import re

from tests.consistency.sources import ROOT

PAGE = (ROOT / "docs/lineage.md").read_text()
TEST = re.compile(r"`(tests/[a-z0-9_/]+\.py)::(\w+)`")
NAMED = TEST.findall(PAGE)
PUBLISHED = re.compile(r"CVE-\d{4}-\d+|GHSA(?:-[0-9a-z]{4}){3}|#\d+")


def functions_of(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_test_named_there_exists() -> None:
    required = TEST.findall((ROOT / "docs/requirements.md").read_text())
    assert len(NAMED) > 40
    assert len(required) > 40
    assert [(path, name) for path, name in (*NAMED, *required) if name not in functions_of(path)] == []


def test_every_row_has_a_test_and_every_failure_stands_once() -> None:
    rows = [line for line in PAGE.partition("## What cannot")[0].splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 25
    assert [row for row in rows if "::test_" not in row] == []
    told = [name for row in rows for name in PUBLISHED.findall(row.split("|")[1])]
    assert len(told) > 35
    assert len(set(told)) == len(told)


def test_every_named_failure_of_this_package_is_told_there() -> None:
    here = [path for path in (ROOT / "tests/lineage").glob("test_*.py") if path.name != "test_table.py"]
    written = {name for path in here for name in functions_of(f"tests/lineage/{path.name}") if name.startswith("test_")}
    assert written <= {name for _, name in NAMED}
