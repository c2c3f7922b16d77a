"""Pages that people wait for: whole requests, beside the same rows by hand, and beside themselves in a small base."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import psycopg
from django.conf import settings
from django.db import connection as django_connection

from educonnect_admin.toolkit.scope import reading
from educonnect_admin.toolkit.text import fold
from tests.bench import handwritten
from tests.bench.children import told_by
from tests.bench.measures import ROUNDS, Line, figure, p95, paired, seconds
from tests.bench.plans import listed, ways_in
from tests.bench.seeding import Site
from tests.bench.visitor import Visitor
from tests.conftest import connected_to

LARGE_SCHOOL, MIDDLING_SCHOOL = Site("0510001Z", 2000), Site("0510002Z", 600)
SMALL_SIZE = 1_000
"""Pupils of the base that growth is counted from: it holds the middling school."""

SAMPLES = 20
WARMING = 5
MS = 1000
ADMIN = "tests.bench.admin"

Samples = dict[tuple[str, str], list[list[float]]]
"""By page and by what is measured: a list for each round, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page, how a visitor asks for it, and how it is written by hand. `target` is the ratio that is promised."""

    name: str
    ask: Callable[[Visitor, int], str]
    by_hand: Callable[[psycopg.Connection, Visitor, int], str]
    target: str = ""


PAGES = (
    Page(
        "list",
        lambda visitor, _: visitor.get(visitor.address("students")),
        lambda connection, visitor, _: handwritten.pupils(connection, visitor.uai),
        target="at most 3",
    ),
    Page(
        "search",
        lambda visitor, turn: visitor.get(visitor.search(turn)),
        lambda connection, visitor, turn: handwritten.pupils(connection, visitor.uai, visitor.name(turn)),
        target="at most 3",
    ),
    Page(
        "search, name sent",
        lambda visitor, turn: visitor.get(visitor.send_search(visitor.name(turn))),
        lambda connection, visitor, turn: handwritten.pupils(connection, visitor.uai, visitor.name(turn)),
    ),
    Page(
        "student",
        lambda visitor, turn: visitor.get(visitor.address("student", visitor.pupil(turn))),
        lambda connection, visitor, turn: handwritten.pupil(connection, visitor.uai, visitor.pupil(turn)),
    ),
    Page(
        "statistics",
        lambda visitor, _: visitor.get(visitor.address("statistics")),
        lambda connection, visitor, _: handwritten.statistics(connection, visitor.uai),
    ),
)


def measured(pages: Sequence[Page], *, small: str, large: str) -> Iterator[Line]:
    """The lines of `pages`, from two bases by their names, which take turns.

    AssertionError where the list would be read from end to end, or a page does not show what is written by hand.
    """
    samples: Samples = defaultdict(list)
    with connected_to(small):
        before = Visitor.at(MIDDLING_SCHOOL.uai)
    with connected_to(large):
        after, visitor = Visitor.at(MIDDLING_SCHOOL.uai), Visitor.at(LARGE_SCHOOL.uai)
        _look_at_plan(visitor.uai)
    local = f"-c timezone={settings.TIME_ZONE}"  # days are the school's, late in the evening too
    with psycopg.connect(os.environ["DATABASE_URL"], dbname=large, autocommit=True, options=local) as connection:
        for _ in range(ROUNDS):
            with connected_to(small):
                _take(samples, "before", pages, before)
            with connected_to(large):
                _take(samples, "after", pages, after)
                _take_pairs(samples, pages, visitor, connection)
    for page in pages:
        yield from _lines(page, samples)
        if page.name == "search":
            yield from _beside_the_admin(samples, visitor, large)


def _look_at_plan(uai: str) -> None:
    """As the application's role, in the scope of the school: the list goes in by an index that begins with it."""
    with reading(uai), django_connection.cursor() as cursor:
        ways = ways_in(cursor, listed(uai))
    assert set(ways.values()) == {"uai"}, f"the list is entered by {ways}"


def _take(samples: Samples, where: str, pages: Sequence[Page], visitor: Visitor) -> None:
    visitor.search_anew()
    for page in pages:
        samples[page.name, where].append(_sampled(lambda turn, page=page: page.ask(visitor, turn)))


def _take_pairs(samples: Samples, pages: Sequence[Page], visitor: Visitor, connection: psycopg.Connection) -> None:
    """What the console answers beside what is written by hand, once both are seen to say the same."""
    visitor.search_anew()
    for page in pages:
        handwritten.compare(page.ask(visitor, 0), page.by_hand(connection, visitor, 0))
        samples[page.name, "asked"].append(_sampled(lambda turn, page=page: page.ask(visitor, turn)))
        samples[page.name, "by hand"].append(
            _sampled(lambda turn, page=page: page.by_hand(connection, visitor, turn)),
        )


def _sampled(ask: Callable[[int], object]) -> list[float]:
    """SAMPLES times in milliseconds, after some that are not counted: a fresh connection knows no table yet."""
    for turn in range(WARMING):
        ask(turn)
    return [seconds(lambda turn=turn: ask(turn)) * MS for turn in range(SAMPLES)]


def _lines(page: Page, samples: Samples) -> Iterator[Line]:
    asked, by_hand = samples[page.name, "asked"], samples[page.name, "by hand"]
    before, after = _all(samples[page.name, "before"]), _all(samples[page.name, "after"])
    yield Line.of(
        f"{page.name}, a school of {LARGE_SCHOOL.size:,}",
        _all(asked),
        "ms",
        ratio=paired(list(zip(asked, by_hand, strict=True))),
        than="times longer",
        target=page.target,
        against=f"{figure(median(_all(by_hand)))} ms, a query and joined strings",
    )
    yield Line.of(
        f"{page.name}, a school of {MIDDLING_SCHOOL.size}, growth of p95",
        after,
        "ms",
        ratio=p95(after) / p95(before),
        than="times",
        target="at most 1.5",
        against=f"{figure(p95(before))} ms at p95, in a base of {SMALL_SIZE:,}",
    )


def _beside_the_admin(samples: Samples, visitor: Visitor, database: str) -> Iterator[Line]:
    """The same searches in Django admin's changelist of the same table (tests/bench/admin.py)."""
    names = [fold(visitor.name(turn)) for turn in range(ROUNDS)]
    variables = {"DJANGO_SETTINGS_MODULE": "tests.bench.admin_settings", "BENCH_DATABASE": database}
    told, ours = told_by(ADMIN, visitor.uai, str(ROUNDS), *names, **variables), _all(samples["search", "asked"])
    ways = (("", "seconds", "at least 20"), (" filtered by school", "filtered", ""))
    for words, key, target in ways:
        theirs = median(told[key]) * MS
        yield Line.of(
            f"search, beside Django admin's changelist{words}",
            ours,
            "ms",
            ratio=theirs / median(ours),
            than="times faster",
            target=target,
            against=f"{figure(theirs)} ms, the changelist's",
        )


def _all(rounds: Sequence[Sequence[float]]) -> list[float]:
    return [sample for each in rounds for sample in each]
