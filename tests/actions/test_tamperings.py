"""Tamperings of the journal drawn by chance: whatever a superuser alters, adds or takes out is found, and where."""

import random
import re
from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from accounts.actions.journal import SYSTEM, Event, record
from accounts.actions.verification import first_fault
from educonnect_admin.toolkit.scope import school_transaction
from tests.factories import SchoolFactory
from tests.visitors import ELSEWHERE, HERE

ENTRIES = 12
CHANGES = {
    "uai": sql.SQL("'0511234P'"),
    "at": sql.SQL("at + interval '1 microsecond'"),
    "event": sql.SQL("event || 'x'"),
    "staff_id": sql.SQL("coalesce(staff_id, 0) + 1"),
    "mandate_id": sql.SQL("coalesce(mandate_id, 0) + 1"),
    "target": sql.SQL("gen_random_uuid()"),
    "count": sql.SQL("coalesce(count, 0) + 1"),
    "address": sql.SQL("address || '1'"),
    "request_id": sql.SQL("gen_random_uuid()"),
    "detail": sql.SQL("detail || ' '"),
    "previous_hash": sql.SQL("sha256(previous_hash)"),
    "hash": sql.SQL("sha256(hash)"),
}
OTHERS = ("delete", "cut", "swap", "insert", "shift")
INSERT = sql.SQL(
    "INSERT INTO journal_entry (uai, sequence, at, event, address, detail, previous_hash, hash)"
    " SELECT uai, sequence + {}, at, event, address, detail, previous_hash, hash FROM journal_entry WHERE sequence = {}"
)
SWAP = sql.SQL(
    "UPDATE journal_entry SET sequence = CASE sequence WHEN {first} THEN {second} ELSE {first} END"
    " WHERE sequence IN ({first}, {second})"
)


@pytest.fixture(scope="module")
def owner(committed: str) -> Iterator[psycopg.Connection]:
    """A superuser on a base with one school's journal, whose sequence no constraint holds any more."""
    with school_transaction(HERE):
        SchoolFactory(uai=HERE)
        SchoolFactory(uai=ELSEWHERE)
        for number in range(ENTRIES):
            record(actor=SYSTEM, event=Event.STUDENT_VIEWED, uai=HERE, count=number, detail="essai")
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, dbname=committed, autocommit=True) as connection:
        connection.execute("ALTER TABLE journal_entry DISABLE TRIGGER ALL")
        connection.execute("ALTER TABLE journal_entry DROP CONSTRAINT journal_entry_once")
        connection.execute("CREATE TABLE kept_entry AS TABLE journal_entry")
        yield connection


def drawn(kind: str, chance: random.Random) -> tuple[sql.Composable, int]:
    """A tampering of this kind, and the first entry that it leaves untrue."""
    first = chance.randint(1, ENTRIES - 1)
    second = chance.randint(first + 1, ENTRIES)
    if kind in CHANGES:
        text = sql.SQL("UPDATE journal_entry SET {} = {} WHERE sequence = {}")
        return text.format(sql.Identifier(kind), CHANGES[kind], first), first
    if kind == "delete":
        return sql.SQL("DELETE FROM journal_entry WHERE sequence = {}").format(first), first
    if kind == "cut":
        return sql.SQL("DELETE FROM journal_entry WHERE sequence > {}").format(first), ENTRIES
    if kind == "swap":
        return SWAP.format(first=first, second=second), first
    if kind == "insert":
        return INSERT.format(ENTRIES, first), ENTRIES + 1
    text = sql.SQL("UPDATE journal_entry SET at = at - interval '{} minutes' WHERE sequence BETWEEN {} AND {}")
    return text.format(chance.randint(1, 90), first, second), first


@pytest.mark.parametrize("rounds", [6, pytest.param(600, marks=pytest.mark.slow)], ids=["100", "10,000"])
def test_tamperings_drawn_by_chance_are_all_found_and_where(owner: psycopg.Connection, rounds: int) -> None:
    chance = random.Random(20261123)  # noqa: S311  # drawn alike each time, not secret
    for kind in (*CHANGES, *OTHERS) * rounds:
        statement, place = drawn(kind, chance)
        assert first_fault(HERE) == ""
        assert owner.execute(statement).rowcount, kind
        fault = first_fault(HERE)
        owner.execute("TRUNCATE journal_entry")
        owner.execute("INSERT INTO journal_entry TABLE kept_entry")
        assert str(place) in re.findall(r"\d+", fault.partition(":")[2]), (kind, place, fault)
