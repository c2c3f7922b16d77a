"""The scene of each test: two schools, a head, a teacher; for races, a base whose rows are committed."""

from collections.abc import Iterator

import pytest
from django.db import connections

from accounts.enums import Role
from educonnect_admin.toolkit.scope import scope
from tests.actions.scene import Person, someone
from tests.conftest import connected_to, database_name, template_name
from tests.databases import drop, recreate
from tests.visitors import HERE, World, make_world


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """Two schools; the test runs in the scope of the first."""
    made = make_world()
    with scope(HERE):
        yield made


@pytest.fixture
def head(world: World) -> Person:
    return someone(Role.HEAD, world.here)


@pytest.fixture
def teacher(world: World) -> Person:
    """Of the 5EME A only."""
    return someone(Role.SIMPLIFIED, world.here, rooms=[world.room])


@pytest.fixture(scope="module")
def committed(django_db_setup: None, django_db_blocker) -> Iterator[str]:
    """A copy of the migrated base for what must be committed to be seen by other connections. Its name."""
    name = f"{database_name()}_committed"
    with django_db_blocker.unblock():
        connections["default"].close()
        recreate(name, template=template_name())
        with connected_to(name):
            yield name
        drop(name)
