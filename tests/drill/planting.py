"""Bugs as they are written down, and a copy of the tree to plant them in."""

import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUGS = Path(__file__).parent / "bugs.toml"
COPIED = ("accounts", "notifications", "stats", "educonnect_admin", "templates", "static", "tests", "script", "docs")
FILES = ("manage.py", "pyproject.toml", "README.md", ".gitignore")
MATRIX = "tests/access/test_matrix.py::test_every_answer_is_the_tables"


@dataclass(frozen=True)
class Bug:
    """One edit: `old` stands in `file` exactly once; with `new` in its place, one of `judges` must fail."""

    what: str
    file: str
    old: str
    new: str
    judges: tuple[str, ...]

    def planted(self, text: str) -> str:
        """The file's text with the bug in it; ValueError when the code has moved."""
        if text.count(self.old) != 1:
            raise ValueError(f"“{self.what}”: {self.file} has the old text {text.count(self.old)} times, not once")
        return text.replace(self.old, self.new)


def written_down() -> list[Bug]:
    """The bugs of bugs.toml; ValueError names one that does not fit the code any more."""
    found = []
    for entry in tomllib.loads(BUGS.read_text())["bug"]:
        bug = Bug(**{**entry, "judges": tuple(spelt_out(judge) for judge in entry["judges"])})
        bug.planted((ROOT / bug.file).read_text())
        found.append(bug)
    return found


def spelt_out(judge: str) -> str:
    """`matrix:VISITOR` is short for the matrix asked by one visitor."""
    kind, _, visitor = judge.partition(":")
    return f"{MATRIX}[{visitor}]" if kind == "matrix" else judge


def copy_of_the_tree(folder: Path) -> Path:
    """The project's own files, where an edit harms nobody."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "pictures"))
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    return folder


@contextmanager
def planted_in(tree: Path, bug: Bug) -> Iterator[None]:
    path = tree / bug.file
    sound = path.read_text()
    path.write_text(bug.planted(sound))
    try:
        yield
    finally:
        path.write_text(sound)
