"""Real PostgreSQL for every test, under the application's own role; sockets closed but to the loopback."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from xdist.scheduler import LoadScopeScheduling

from accounts.actions.groups import synchronise_groups
from tests.databases import drop, in_database, recreate

LONGEST_FIRST = ("tests/e2e/", "tests/access/test_matrix.py", "tests/letters/test_fast.py", "tests/operations/")
"""Where the longest tests stand: begun first, so that both processes end together."""


def place_of(nodeid: str) -> str:
    """The file of a test; of browser journeys the folder, for they share one running console."""
    file = nodeid.partition("::")[0]
    return file.rpartition("/")[0] if file.startswith("tests/e2e/") else file


class ByFile(LoadScopeScheduling):
    """A file's tests go to one process: what is made once a module is made once.

    pytest-xdist's own groups are told by the ids of tests, which pytest 9.2 no longer lets it write.
    """

    def _split_scope(self, nodeid: str) -> str:
        return place_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        starts = [number for number, place in enumerate(LONGEST_FIRST) if item.nodeid.startswith(place)]
        return starts[0] if starts else len(LONGEST_FIRST)

    items.sort(key=rank)


def database_name() -> str:
    return f"test_console_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


WARM = "WARM_TEMPLATE"
"""The variable that names a migrated base made before, to be copied only: the drill begins pytest many times."""


def template_name() -> str:
    return os.environ.get(WARM) or f"{database_name()}_template"


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Point Django's connections at another database until the block ends."""
    former = {alias: connections[alias].settings_dict["NAME"] for alias in ("default", "owner")}
    for alias in former:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
    try:
        yield
    finally:
        for alias, name_before in former.items():
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name_before


def make_template(name: str) -> None:
    """A base with every migration, and the roles' groups."""
    recreate(name)
    in_database(name, (settings.ROOT / "script/database.sql").read_text())
    with connected_to(name):
        call_command("migrate", database="owner", verbosity=0)
        synchronise_groups(using="owner")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """One migrated database a test process. Migrations run as the owner, tests as the application: the walls stand.

    It is a copy of a template that nobody is connected to, from which tests that commit make copies of their own.
    """
    with django_db_blocker.unblock():
        if WARM not in os.environ:
            make_template(template_name())
        recreate(database_name(), template=template_name())
        with connected_to(database_name()):
            yield


@pytest.fixture(scope="module")
def committed(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """A copy of the migrated base for what must be committed to be seen by other connections. Its name."""
    name = f"{database_name()}_committed"
    with django_db_blocker.unblock():
        connections["default"].close()
        recreate(name, template=template_name())
        with connected_to(name):
            yield name
        drop(name)
