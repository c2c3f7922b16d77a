"""The files of the project, as these tests read them."""

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "notifications", "stats", "educonnect_admin")
GENERATED = ("accounts/migrations/0001_initial.py", "notifications/migrations/0001_initial.py")
"""Written by makemigrations, read by nobody from top to bottom."""


def _ignored() -> set[str]:
    """Names that git leaves out, and git’s own (a file, in a second work tree)."""
    lines = (ROOT / ".gitignore").read_text().splitlines()
    return {line.strip("/") for line in lines} | {".git"}


@cache
def files() -> tuple[Path, ...]:
    """Every file of the project, relative to its root."""
    ignored, found = _ignored(), []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in ignored]
        found += [(Path(folder) / name).relative_to(ROOT) for name in names if name not in ignored]
    return tuple(sorted(found))


def python_files(*tops: str) -> tuple[Path, ...]:
    """Python files written by hand, under the given top folders or anywhere."""
    return tuple(
        path
        for path in files()
        if path.suffix == ".py" and str(path) not in GENERATED and (not tops or path.parts[0] in tops)
    )


def lines(path: Path) -> list[str]:
    return (ROOT / path).read_text().splitlines()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(), str(path))


Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def imported(path: Path) -> set[str]:
    """What a file imports, anywhere in it: `django.db.models.TextChoices`, `json`."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found
