"""The access matrix: every address x method x visitor x ownership, against matrix.txt.

The short form leaves out what cannot differ by the way the walls are built; the long form asks everything.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.access.asking import Asker, answer, declared, patterns, question
from tests.access.table import Cell, read
from tests.access.world import Asked, undone

TABLE = read(Path(__file__).parent / "matrix.txt")

QUICK = frozenset({"anon", "none", "teachB", "otp", "out", "head", "else", "pupil"})
"""Visitors whom script/test sends; script/check sends all of them."""


def differences(asked: Asked, asker: Asker, cells: Iterable[Cell]) -> list[str]:
    """Where the console does not answer as the table says."""
    found = []
    for cell in cells:
        path, form = question(asked, cell)
        with undone():
            got = answer(asker.ask(asked.visitors[cell.visitor], cell.method, path, form))
        if got != cell.wanted:
            found.append(
                f"{cell.visitor}: {cell.method} {cell.url} {cell.school} {cell.thing}: {got}, not {cell.wanted}"
            )
    return found


def short(visitor: str) -> list[Cell]:
    """Behind the walls: every address and object, by its own methods and one other, in turn.

    Where a wall stops the visitor no object is looked at: every address of each school once, by the eight in turn.
    """
    start, stopped_at, chosen = TABLE.visitors.index(visitor), set(), []
    for number, page in enumerate(TABLE.pages):
        cells = list(page.cells(TABLE.walls, visitor))
        if page.is_open(TABLE.walls, visitor):
            rest = [cell for cell in cells if cell.method not in page.answers]
            chosen += [cell for cell in cells if cell.method in page.answers]
            chosen.append(rest[(start + number) % len(rest)])
        elif (page.url, page.school) not in stopped_at:
            stopped_at.add((page.url, page.school))
            chosen.append(cells[(start + number) % len(cells)])
    return chosen


@pytest.mark.parametrize(
    "visitor", [v if v in QUICK else pytest.param(v, marks=pytest.mark.proof) for v in TABLE.visitors]
)
def test_every_answer_is_the_tables(visitor: str, asked: Asked, asker: Asker) -> None:
    assert differences(asked, asker, short(visitor)) == []


@pytest.mark.slow
@pytest.mark.parametrize("visitor", TABLE.visitors)
def test_every_answer_to_every_method_is_the_tables(visitor: str, asked: Asked, asker: Asker) -> None:
    assert differences(asked, asker, TABLE.cells(visitor)) == []


def test_no_address_is_missing_from_the_table() -> None:
    assert {pattern.name for pattern in patterns()} == TABLE.urls


def test_the_table_names_the_methods_that_views_declare() -> None:
    named = {page.url.partition(":")[0]: set(page.answers) for page in TABLE.pages}
    for pattern in patterns():
        assert declared(pattern) - {"HEAD"} == named[pattern.name], pattern.name


def test_the_short_form_leaves_out_no_method_of_an_address() -> None:
    every = {(cell.url, cell.method) for visitor in TABLE.visitors for cell in TABLE.cells(visitor)}
    assert {(cell.url, cell.method) for visitor in TABLE.visitors for cell in short(visitor)} == every


def test_the_visitors_are_all_there(asked: Asked, capfd: pytest.CaptureFixture[str]) -> None:
    assert set(TABLE.visitors) == set(asked.visitors)
    asks = [sum(1 for visitor in TABLE.visitors for _ in cells(visitor)) for cells in (short, TABLE.cells)]
    with capfd.disabled():
        print(f"\naccess matrix: {asks[0]} cells, {asks[1]} in the long form", file=sys.stderr)  # noqa: T201  # wanted
