"""Databases of the tests' own, made by the superuser of the throw-away cluster."""

import psycopg
from django.conf import settings
from psycopg import sql


def superuser(statement: sql.Composable) -> None:
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, autocommit=True) as connection:
        connection.execute(statement)


def in_database(name: str, script: str) -> None:
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, dbname=name, autocommit=True) as connection:
        connection.execute(script.encode())


def drop(name: str) -> None:
    superuser(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def recreate(name: str, template: str = "template0") -> None:
    drop(name)
    options = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER console_owner")
    superuser(options.format(sql.Identifier(name), sql.Identifier(template)))


def everything_in(name: str) -> str:
    """Every row of every table, as a superuser reads them, in one text."""
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, dbname=name, autocommit=True) as connection:
        tables = connection.execute("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables").fetchall()
        texts = []
        for (table,) in tables:
            if table.startswith("public."):
                copied = connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.SQL(table)))
                with copied as rows:
                    texts.append(b"".join(rows).decode())
    return "\n".join(texts)
