"""What roles.sql and database.sql grant, asked from the test's own server."""

import os
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

NOTHING = (False, False, False, False, False)


@pytest.fixture
def superuser() -> Iterator[psycopg.Connection]:
    with psycopg.connect(os.environ["SUPERUSER_DATABASE_URL"], autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize(
    ("role", "signs_in"),
    [
        ("console_owner", True),
        ("console_app", True),
        ("console_journal", False),
        ("console_definer", False),
        ("console_holder", False),
    ],
)
def test_no_role_passes_the_walls(superuser: psycopg.Connection, role: str, signs_in: bool) -> None:
    rights = "rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolinherit, rolcanlogin"
    query = sql.SQL("SELECT {} FROM pg_roles WHERE rolname = %s").format(sql.SQL(rights))
    assert superuser.execute(query, [role]).fetchone() == (*NOTHING, signs_in)


@pytest.mark.parametrize("role", ["console_owner", "console_journal", "console_definer"])
def test_the_application_becomes_nobody_else(role: str) -> None:
    with (
        psycopg.connect(os.environ["DATABASE_URL"]) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))


def test_the_application_becomes_a_holder_and_has_nothing_of_it_before() -> None:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute(
            "SELECT pg_has_role('console_holder', 'USAGE'), pg_has_role('console_holder', 'MEMBER')"
        )
        assert row.fetchone() == (False, True)
        connection.execute("SET ROLE console_holder")


def test_the_application_makes_no_table() -> None:
    with (
        psycopg.connect(os.environ["DATABASE_URL"]) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE TABLE mine (i int)")


def test_the_owner_hands_a_table_over_for_good() -> None:
    with psycopg.connect(os.environ["OWNER_DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE handed_over (i int)")
        connection.execute("ALTER TABLE handed_over OWNER TO console_journal")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("SELECT FROM handed_over")
        connection.execute("SET ROLE console_journal")
        connection.execute("ALTER TABLE handed_over ADD j int")
        connection.rollback()
