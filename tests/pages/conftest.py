"""Two small schools, and the people who come."""

import pytest
from django.test import Client

from accounts.enums import Role
from tests.visitors import World, make_world, mandated, sign_in


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def head(world: World) -> Client:
    return sign_in(mandated(Role.HEAD, world.here), otp=True)


@pytest.fixture
def agent(world: World) -> Client:
    """Full module, by the admin network."""
    return sign_in(mandated(Role.FULL, world.here), inside=True)


@pytest.fixture
def teacher(world: World) -> Client:
    """Simplified module, the whole school."""
    return sign_in(mandated(Role.SIMPLIFIED, world.here))


@pytest.fixture
def teacher_of_class(world: World) -> Client:
    """Simplified module, the 5EME A only."""
    return sign_in(mandated(Role.SIMPLIFIED, world.here, rooms=[world.room]))
