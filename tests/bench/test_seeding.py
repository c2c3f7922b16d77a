"""The benchmarks' base: as many pupils as asked, in the states of a school, found by their school's index."""

from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.bench.plans import listed, ways_in
from tests.bench.seeding import Site, filled, seed

HERE, FRESH = Site("0510001Z", 200), Site("0510002Z", 60, fresh=True)
PUPILS = 3000
WITH_TWO = PUPILS * 7 // 10
"""Pupils who have a second guardian."""

COUNTS = {
    "student": PUPILS,
    "schooling": PUPILS,
    "guardian": PUPILS + WITH_TWO,
    "guardianship": PUPILS + WITH_TWO,
    "source": PUPILS,
}


@pytest.fixture
def seeded(db: None) -> Iterator[psycopg.Connection]:
    """A superuser's transaction that nobody else sees, and that is rolled back."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, dbname=name) as superuser:
        seed(superuser, filled([HERE, FRESH], PUPILS))
        superuser.execute("ANALYZE")
        yield superuser
        superuser.rollback()


def test_so_many_of_each(seeded: psycopg.Connection) -> None:
    counted = {table: seeded.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTS}
    assert counted == COUNTS


def test_a_fresh_school_was_never_notified(seeded: psycopg.Connection) -> None:
    states = "SELECT DISTINCT state FROM student JOIN schooling ON student_id = student.id WHERE uai = %s"
    assert seeded.execute(states, [FRESH.uai]).fetchall() == [("not_notified",)]
    assert len(seeded.execute(states, [HERE.uai]).fetchall()) == 4


@pytest.mark.parametrize("text", ["", "erable", "erabel"])
def test_a_list_is_entered_by_its_school(seeded: psycopg.Connection, text: str) -> None:
    """As the application's role, under the wall. A small table is quicker read whole: that way is closed here."""
    with seeded.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE console_app")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SELECT set_config('console.uai', %s, true)", [HERE.uai])
        ways = ways_in(cursor, listed(HERE.uai, text))
    assert set(ways.values()) == {"uai"}, ways
