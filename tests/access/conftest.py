"""One world a module, in one transaction; every cell in a savepoint of its own."""

import gc
import logging
from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.access.asking import Asker
from tests.access.world import Asked, make_asked, undone


@pytest.fixture(scope="module")
def asked(django_db_setup: None, django_db_blocker) -> Iterator[Asked]:
    """The schools, the visitors and their runs, gone when the module ends."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_asked()
        transaction.set_rollback(True)


@pytest.fixture
def anew(asked: Asked) -> Iterator[Asked]:
    """The same, as it was made: what the test changes in the base is undone."""
    with undone():
        yield asked


@pytest.fixture(scope="module")
def asker() -> Iterator[Asker]:
    """Refusals are wanted here: the log need not tell each. What is loaded by now is kept from the collector."""
    logging.disable(logging.WARNING)
    gc.freeze()
    yield Asker()
    gc.unfreeze()
    logging.disable(logging.NOTSET)
