"""Databases of the benchmarks' own: migrated once, copied, filled, dropped at the end."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.core.management import call_command

from accounts.actions.groups import synchronise_groups
from tests.bench.seeding import Site, seed
from tests.conftest import connected_to
from tests.databases import drop, in_database, recreate

EMPTY = "bench_empty"


@contextmanager
def filled_bases(contents: Mapping[str, Sequence[Site]]) -> Iterator[None]:
    """A database by each of these names, with the pupils of its schools, until the block ends."""
    try:
        recreate(EMPTY)
        _prepare(EMPTY)
        with connected_to(EMPTY):
            call_command("migrate", database="owner", verbosity=0)
            synchronise_groups(using="owner")
        for name, sites in contents.items():
            recreate(name, template=EMPTY)
            _prepare(name)
            with psycopg.connect(settings.SUPERUSER_DATABASE_URL, dbname=name) as connection:
                seed(connection, sites)
            in_database(name, "VACUUM ANALYZE")
        yield
    finally:
        for name in (*contents, EMPTY):
            drop(name)


def _prepare(name: str) -> None:
    in_database(name, (settings.ROOT / "script/database.sql").read_text())
