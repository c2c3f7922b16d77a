"""A session kept while the base goes away."""

import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError, connection

from accounts.models.session import SessionStore


@pytest.fixture
def changed(committed: str) -> SessionStore:
    """A session as a request has it, with something to be kept."""
    session = SessionStore()
    session.create()
    session["asked"] = "once"
    return session


def test_a_base_that_went_away_is_no_bad_request(changed: SessionStore) -> None:
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, autocommit=True) as administrator:
        administrator.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    with pytest.raises(OperationalError):
        changed.save()
    connection.close()


def test_a_session_that_was_closed_stays_closed(changed: SessionStore) -> None:
    SessionStore(changed.session_key).delete()
    with pytest.raises(UpdateError):
        changed.save()
