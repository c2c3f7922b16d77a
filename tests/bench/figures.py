"""Statistiques as the base grows: the same school in three bases; and all schools of one head on one page."""

from collections import defaultdict
from collections.abc import Iterator

import psycopg
from django.conf import settings

from tests.bench.bases import filled_bases
from tests.bench.measures import ROUNDS, Line, figure, p95, seconds
from tests.bench.seeding import Site, filled
from tests.bench.visitor import Visitor
from tests.conftest import connected_to

SCHOOL = Site("0510001Z", 2000)
MIDDLE = 100_000
DAYS, SCHOOLS = 80, 20
SAMPLES, WARMING = 20, 5
MS = 1000
GROWTH, SUMMED = "at most 1.5", "at most 3"
KEPT = """
    INSERT INTO daily_figure (uai, day, population, not_notified, notified, activating, expired, activated, blocked,
                              notifications)
    SELECT uai, current_date - back, kind, 100, 200, 0, 20, 600, 5, 10
      FROM unnest(%s::varchar[]) uai, generate_series(1, %s) back, unnest('{students,guardians}'::varchar[]) kind
"""


def measured(largest: int) -> Iterator[Line]:
    """The page in bases of 2,000, 100,000 and `largest` accounts of pupils, taking turns; then the summed page."""
    sizes = sorted({SCHOOL.size, min(MIDDLE, largest), largest})
    names = {size: f"bench_figures_{size}" for size in sizes}
    with filled_bases({name: filled([SCHOOL], size) for size, name in names.items()}):
        yield from _growth(names)
        yield from _summed(names[largest])


def _growth(names: dict[int, str]) -> Iterator[Line]:
    samples: dict[int, list[float]] = defaultdict(list)
    visitors = {}
    for size, name in names.items():
        with connected_to(name):
            visitors[size] = Visitor.at(SCHOOL.uai)
    for _ in range(ROUNDS):
        for size, name in names.items():
            with connected_to(name):
                samples[size] += _sampled(visitors[size], "statistics")
    first = p95(samples[min(names)])
    for size, taken in samples.items():
        yield Line.of(
            f"statistics, the same school of {SCHOOL.size:,} in a base of {size:,}",
            taken,
            "ms",
            ratio=p95(taken) / first,
            than="times at p95",
            target=GROWTH if size == max(names) else "",
            against=f"{figure(first)} ms at p95, in a base of {min(names):,}",
        )


def _summed(base: str) -> Iterator[Line]:
    """One head of twenty schools, each with its kept days: their page beside that of one of them."""
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, dbname=base, autocommit=True) as connection:
        rows = connection.execute("SELECT uai FROM school WHERE uai <> %s ORDER BY uai LIMIT %s", [SCHOOL.uai, SCHOOLS])
        uais = [uai for (uai,) in rows]
        connection.execute(KEPT, [uais, DAYS])
    samples: dict[str, list[float]] = defaultdict(list)
    with connected_to(base):
        one, many = Visitor.at(uais[0]), Visitor.at(uais[0], also_at=uais[1:])
        for _ in range(ROUNDS):
            samples["one"] += _sampled(one, "statistics")
            samples["summed, one"] += _sampled(one, "statistics_schools")
            samples["summed"] += _sampled(many, "statistics_schools")
    for baseline, words in (("one", "one school's page"), ("summed, one", "the same page of one school")):
        yield Line.of(
            f"statistics of {len(uais)} schools, summed, beside {words}",
            samples["summed"],
            "ms",
            ratio=p95(samples["summed"]) / p95(samples[baseline]),
            than="times at p95",
            target=SUMMED if baseline == "one" else "",
            against=f"{figure(p95(samples[baseline]))} ms at p95, {words}",
        )


def _sampled(visitor: Visitor, route: str) -> list[float]:
    address = visitor.address(route)
    for _ in range(WARMING):
        visitor.get(address)
    return [seconds(lambda: visitor.get(address)) * MS for _ in range(SAMPLES)]
