"""Nothing is longer than one can take in: budgets of lines."""

import ast
from pathlib import Path

import pytest

from tests.consistency.sources import Function, files, functions, lines, python_files

FILE, FUNCTION, TEST, TEMPLATE = 300, 40, 25, 120
SUFFIXES = {".html": TEMPLATE, ".txt": TEMPLATE, ".css": FILE, ".js": FILE, ".sql": FILE, "": FILE}


def length(function: Function) -> int:
    """Lines from `def` to the end, the docstring left out: decorators and a rule well told are no burden."""
    whole = (function.end_lineno or 0) - function.lineno + 1
    match function.body[0]:
        case ast.Expr(value=ast.Constant(value=str())) as docstring:
            return whole - ((docstring.end_lineno or 0) - docstring.lineno + 1)
    return whole


def budget(function: Function) -> int:
    return TEST if function.name.startswith("test_") else FUNCTION


def test_python_files() -> None:
    assert not {str(path): n for path in python_files() if (n := len(lines(path))) > FILE}


def test_functions() -> None:
    assert not {
        f"{path}:{function.lineno} {function.name}": length(function)
        for path in python_files()
        for function in functions(path)
        if length(function) > budget(function)
    }


@pytest.mark.parametrize(
    ("top", "suffix"),
    [
        ("templates", ".html"),
        ("templates", ".txt"),
        ("templates", ".css"),
        ("static", ".css"),
        ("static", ".js"),
        ("script", ".sql"),
        ("script", ""),
    ],
)
def test_other_files(top: str, suffix: str) -> None:
    found = [path for path in files() if path.parts[0] == top and path.suffix == suffix]
    assert found
    assert not {str(path): n for path in found if (n := len(lines(Path(path)))) > SUFFIXES[suffix]}
