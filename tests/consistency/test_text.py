"""What the files say: no trace of the machine they were written on, one English word for each French term."""

import ast
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from tests.consistency.sources import APPS, ROOT, files, python_files, tree

BINARY = {".ttf", ".woff2", ".png", ".ico", ".pdf", ".zip", ".gz", ".xlsx", ".mo"}
MACHINE = re.compile(r"(?<![\w.])/(?:work|farm|home|Users|tmp)/[\w.]")
TEMPORARY = re.compile(r"(?<![\w.])/tmp/")
"""A container's or a script's own folder for a moment."""

INDEX = re.compile(
    r"-{2}(?:(?:extra-)?index-url|trusted-host|find-links)|(?:pypi|artifactory|nexus|devpi)[.]\w|/simple[/]"
)
TERM = re.compile(r"[^\W\d_]{4,}")
ENGLISH_TOO = {
    "activation",
    "active",
    "agent",
    "date",
    "delegation",
    "distribution",
    "division",
    "legal",
    "module",
    "notification",
    "operation",
    "refuse",
    "suppression",
}
"""Words of French terms that are, without accents, English words as well."""


def texts() -> Iterator[tuple[Path, str]]:
    return ((path, (ROOT / path).read_text()) for path in files() if path.suffix not in BINARY)


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    is_short_lived = {"script", "Dockerfile", "docker-compose.yml"}
    told = {
        str(path): found.group()
        for path, text in texts()
        if (found := MACHINE.search(TEMPORARY.sub("", text) if path.parts[0] in is_short_lived else text))
    }
    assert not told


def test_no_file_knows_an_index_of_packages() -> None:
    assert not {str(path): found.group() for path, text in texts() if (found := INDEX.search(text))}


def glossary() -> list[tuple[str, str, str]]:
    """French, English and place of each row of its tables."""
    found = []
    for line in (ROOT / "docs" / "glossary.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and cells[0] != "French" and not cells[0].startswith("-"):
            found.append((cells[0], cells[1], cells[2]))
    return found


def plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words(text: str) -> set[str]:
    """Plain words, those inside an identifier too."""
    return set(TERM.findall(plain(re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", text))))


def test_french_terms_are_no_identifiers() -> None:
    french = {word for term, _, _ in glossary() for word in words(term)}
    english = {word for _, term, _ in glossary() for word in words(term)}
    refused = french - english - ENGLISH_TOO
    assert {"etablissement", "eleve", "identifiant", "rattachement"} <= refused
    named = {name for path in python_files(*APPS) for name in _identifiers(path)}
    assert not {name for name in named if words(name) & refused}


def _identifiers(path: Path) -> Iterator[str]:
    """Names that a file gives: modules, classes, functions, arguments, variables."""
    yield path.stem
    for node in ast.walk(tree(path)):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def test_places_of_the_glossary_exist() -> None:
    places = {place for _, _, cell in glossary() for place in re.findall(r"`([\w/.]+/[\w.]*)`", cell)}
    assert places
    assert not {place for place in places if not (ROOT / place).exists()}
