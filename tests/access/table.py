"""Reads matrix.txt: what each visitor is to get from each address, and from every method that no row names."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
SCHOOLS = ("here", "elsewhere", "unknown")
PUBLIC, SIGNED_IN, SCHOOL = "public", "signed in", "school"
THE_WALLS, OPEN, NO_RIGHT, UNDECLARED = ".", "open", "403", "405"


Walls = dict[str, dict[str, str]]
"""School -> visitor -> answer."""


@dataclass(frozen=True)
class Cell:
    """One question of the matrix, and the answer that is wanted."""

    url: str
    school: str
    thing: str
    method: str
    visitor: str
    wanted: str


@dataclass(frozen=True)
class Page:
    """An address on one object of one school, and its rows: declared method -> visitor -> answer."""

    section: str
    url: str
    school: str
    thing: str
    answers: dict[str, dict[str, str]]

    def is_open(self, walls: Walls, visitor: str) -> bool:
        """Whether the walls let this visitor through to the page."""
        return self.section != SCHOOL or walls[self.school][visitor] == OPEN

    def cells(self, walls: Walls, visitor: str) -> Iterator[Cell]:
        """What this visitor is to get from every method."""
        wall = OPEN if self.is_open(walls, visitor) else walls[self.school][visitor]
        for method in METHODS:
            yield Cell(self.url, self.school, self.thing, method, visitor, self._wanted(method, visitor, wall))

    def _wanted(self, method: str, visitor: str, wall: str) -> str:
        """A right that the address asks for comes before the method; one that a document's kind asks for, after."""
        row = self.answers.get("GET" if method == "HEAD" else method)
        if wall != OPEN:
            return wall
        if row is not None:
            return row[visitor]
        declared = {answers[visitor] for answers in self.answers.values()}
        if self.section == SCHOOL and NO_RIGHT in declared and ":" not in self.url:
            return NO_RIGHT
        return "in" if self.section == SIGNED_IN and declared == {"in"} else UNDECLARED


@dataclass(frozen=True)
class Table:
    visitors: tuple[str, ...]
    walls: Walls
    pages: tuple[Page, ...]

    @property
    def urls(self) -> set[str]:
        """The names of the addresses, without the document's kind that some of them carry."""
        return {page.url.partition(":")[0] for page in self.pages}

    def cells(self, visitor: str) -> Iterator[Cell]:
        for page in self.pages:
            yield from page.cells(self.walls, visitor)


def read(path: Path) -> Table:
    """The table; ValueError names a row that has not one answer a visitor, or says more or less than its wall."""
    section, visitors, walls = "", (), {}
    pages: dict[tuple[str, str, str], Page] = {}
    for line in path.read_text().splitlines():
        words = line.split()
        if line.startswith("["):
            section = line.strip("[]")
        elif words[:1] == ["url"]:
            visitors = tuple(words[3:])
        elif words[:1] == ["wall"]:
            walls[words[1]] = _answers(line, visitors, words[2:])
        elif words and not line.startswith("#"):
            url, method = words[:2]
            rest = words[2 : len(words) - len(visitors)]
            answers = _answers(line, visitors, words[-len(visitors) :])
            school, thing = (rest[0], " ".join(rest[1:])) if section == SCHOOL else ("", rest[0])
            if section == SCHOOL:
                _agree(line, answers, walls[school])
            page = Page(section, url, school, thing, {})
            pages.setdefault((url, school, thing), page).answers[method] = answers
    return Table(visitors, walls, (*pages.values(), *_unknown_school(pages.values())))


def _unknown_school(pages: object) -> list[Page]:
    """Every page of a school is asked in a school that does not exist, too: the wall alone answers."""
    asked = {page.url: page for page in pages if page.section == SCHOOL and page.school == "here"}
    return [Page(SCHOOL, page.url, "unknown", page.thing, page.answers) for page in asked.values()]


def _answers(line: str, visitors: tuple[str, ...], words: list[str]) -> dict[str, str]:
    if len(words) != len(visitors):
        raise ValueError(f"{len(words)} answers for {len(visitors)} visitors: {line}")
    return dict(zip(visitors, words, strict=True))


def _agree(line: str, answers: dict[str, str], wall: dict[str, str]) -> None:
    for visitor, answer in answers.items():
        if (answer == THE_WALLS) is (wall[visitor] == OPEN):
            raise ValueError(f"{visitor} meets {wall[visitor]} at the wall, and {answer} in: {line}")
