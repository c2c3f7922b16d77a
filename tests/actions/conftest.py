"""The scene of each test: two schools, a head, a teacher."""

from collections.abc import Iterator

import pytest

from accounts.enums import Role
from educonnect_admin.toolkit.scope import scope
from tests.actions.scene import Person, someone
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
