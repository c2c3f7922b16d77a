"""Invented schools by the hundred thousand pupils, written set by set under a role that row-level security lets pass.

A pupil is staged by COPY as one row; one INSERT a table makes of it an account, a place in a school, a legal guardian
with an account, the tie between them, a source and a line of the journal. The journal's hashes are not a chain:
nothing here verifies it.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import uuid4

import psycopg

from accounts.feeds.invent.words import BOYS, GIRLS, SURNAMES
from educonnect_admin.toolkit.text import fold, natural_key

SEED = 2026
ACADEMY = 19
PUPILS_A_CLASS = 25
PUPILS_ELSEWHERE = 500
"""Of a school that only fills the base."""

FRESH = ("not_notified", 0, False)
LIVES = (
    *(("activated", 0, False),) * 13,
    *(("notified", 60, False),) * 3,
    ("notified", -5, False),
    FRESH,
    ("blocked", 0, False),
    ("activated", 0, True),
)
"""State, days until the provisional password ends, whether the pupil leaves: the shares of a school in November."""


@dataclass(frozen=True, slots=True)
class Site:
    """A school to invent; a `fresh` one was never notified."""

    uai: str
    size: int
    fresh: bool = False

    def classes(self) -> list[str]:
        """6EME A, 5EME A, 4EME A, 3EME A, 6EME B..., 25 pupils each."""
        count = -(-self.size // PUPILS_A_CLASS)
        return [f"{6 - number % 4}EME {chr(ord('A') + number // 4)}" for number in range(count)]


def filled(sites: Sequence[Site], total: int) -> list[Site]:
    """`sites`, and beside them as many schools as make `total` pupils."""
    missing = total - sum(site.size for site in sites)
    others = range(0, missing, PUPILS_ELSEWHERE)
    return [
        *sites,
        *(Site(f"{n:07}E", min(PUPILS_ELSEWHERE, missing - start)) for n, start in enumerate(others, start=1)),
    ]


SCHOOL = (
    "uai, name, academy_code, academy_name, address, contact, time_zone, wants_otp_of_teachers, admin_networks,"
    " is_demo, created_at"
)
STAGE = """
CREATE TEMP TABLE pupil (
    number bigint, uai varchar, code varchar, first_name varchar, last_name varchar, folded varchar, username varchar,
    guardian_name varchar, guardian_folded varchar, state varchar, expires_in int, is_leaving boolean,
    id uuid DEFAULT gen_random_uuid(), guardian_id uuid DEFAULT gen_random_uuid(),
    second_id uuid DEFAULT gen_random_uuid()
) ON COMMIT DROP
"""
STAGED = (
    "number, uai, code, first_name, last_name, folded, username, guardian_name, guardian_folded, state, expires_in,"
    " is_leaving"
)

LIFE = {
    "family_name": "''",
    "email": "''",
    "state": "state",
    "origin": "CASE state WHEN 'activated' THEN 'notification' ELSE '' END",
    "provisional_hash": "CASE state WHEN 'notified' THEN decode(repeat('01', 33), 'hex') END",
    "provisional_expires_at": "CASE state WHEN 'notified' THEN now() + expires_in * interval '1 day' END",
    "password": "CASE state WHEN 'activated' THEN '!' ELSE '' END",
    "notified_at": "CASE WHEN state <> 'not_notified' THEN now() - interval '60 days' END",
    "notified_by": "CASE WHEN state <> 'not_notified' THEN uai ELSE '' END",
    "distributed_on": "CASE WHEN state <> 'not_notified' THEN current_date - 59 END",
    "last_login_at": "CASE state WHEN 'activated' THEN now() - number % 50 * interval '1 day' END",
    "blocked_reason": "CASE state WHEN 'blocked' THEN 'Compte utilisé par une autre personne' ELSE '' END",
    "closing_on": "CASE WHEN is_leaving THEN current_date + 80 END",
    "version": "0",
    "created_at": "now()",
}
GUARDIAN = LIFE | {
    "id": "guardian_id",
    "username": "'r.' || username",
    "first_name": "guardian_name",
    "last_name": "last_name",
    "title": "'MME'",
    "mobile": "''",
    "address": "''",
    "sort_key": "guardian_folded",
}
SECOND = {
    "id": "second_id",
    "username": "'s.' || username",
    "first_name": "guardian_name || ' Camille'",
    "title": "'M.'",
    "sort_key": "guardian_folded || ' camille'",
}
"""The other parent: of another first name, or all would be probable doubles."""

TIE = {
    "id": "gen_random_uuid()",
    "uai": "uai",
    "student_id": "id",
    "guardian_id": "guardian_id",
    "relation": "'legal'",
    "link": "'10'",
    "rank": "1",
    "created_at": "now()",
}
WITH_A_SECOND = "pupil WHERE number % 10 < 7"
"""Pupils with two legal guardians: 1,700,000 guardians to 1,000,000 pupils."""

IN_CLASS = "pupil JOIN classroom room USING (uai, code)"
TABLES: Sequence[tuple[str, str, Mapping[str, str]]] = (
    (
        "student",
        "pupil",
        LIFE
        | {
            "id": "id",
            "username": "username",
            "first_name": "first_name",
            "last_name": "last_name",
            "birth_date": "date '2012-01-01' + (number % 1400)::int",
            "ine": "lpad(number::text, 9, '0') || 'AA'",
        },
    ),
    (
        "schooling",
        IN_CLASS,
        {
            "id": "gen_random_uuid()",
            "uai": "uai",
            "student_id": "pupil.id",
            "classroom_id": "room.id",
            "sort_key": "folded",
            "left_on": "CASE WHEN is_leaving THEN current_date - 10 END",
            "search_key": "folded || ' ' || username || ' ' || lpad(number::text, 9, '0') || 'aa'",
            "created_at": "now()",
        },
    ),
    ("guardian", "pupil", GUARDIAN),
    ("guardianship", "pupil", TIE),
    ("guardian", WITH_A_SECOND, GUARDIAN | SECOND),
    ("guardianship", WITH_A_SECOND, TIE | {"guardian_id": "second_id", "link": "'20'", "rank": "2"}),
    (
        "source",
        "pupil",
        {
            "id": "gen_random_uuid()",
            "uai": "uai",
            "student_id": "id",
            "system": "'AAF'",
            "academy_code": str(ACADEMY),
            "academy_name": "'Reims'",
            "aaf_id": "number::text",
            "local_id": "(number + 4700000)::text",
            "read_on": "current_date",
        },
    ),
    (
        "journal_entry",
        "pupil WHERE state <> 'not_notified'",
        {
            "uai": "uai",
            "sequence": "row_number() OVER (PARTITION BY uai ORDER BY number)",
            "at": "now() - interval '60 days'",
            "event": "'account_notified'",
            "target": "id",
            "address": "''",
            "detail": "''",
            "previous_hash": "sha256(''::bytea)",
            "hash": "sha256(''::bytea)",
        },
    ),
    (
        "journal_head",
        "journal_entry GROUP BY uai",
        {"uai": "uai", "sequence": "max(sequence)", "hash": "sha256(''::bytea)"},
    ),
)


def seed(connection: psycopg.Connection, sites: Sequence[Site]) -> None:
    """Write the pupils of `sites` in the connection's transaction. The connection is a superuser's.

    Foreign keys are not looked up row by row: they are true by construction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(STAGE)
        _copy(cursor, "school", SCHOOL, (_school(site) for site in sites))
        _copy(cursor, "classroom", "id, uai, code, sort_key, has_readable_passwords", _classrooms(sites))
        _copy(cursor, "pupil", STAGED, _pupils(sites))
        for table, origin, columns in TABLES:
            values = ", ".join(columns.values())
            cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {origin}")
        cursor.execute("SET LOCAL session_replication_role = origin")


def _copy(cursor: psycopg.Cursor, table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _school(site: Site) -> tuple[Any, ...]:
    return (site.uai, f"Collège {site.uai}", ACADEMY, "Reims", "", "", "Europe/Paris", False, "{}", False, "now")


def _classrooms(sites: Iterable[Site]) -> Iterator[tuple[Any, ...]]:
    return ((uuid4(), site.uai, code, natural_key(code), False) for site in sites for code in site.classes())


def _pupils(sites: Iterable[Site]) -> Iterator[tuple[Any, ...]]:
    """The staged rows. Names are drawn, so that a school of 2,000 has its homonyms."""
    dice = random.Random(SEED)
    surnames = [(name, fold(name)) for name in SURNAMES]
    given = [(name, fold(name)) for name in (*GIRLS, *BOYS)]
    numbers = count(1)
    for site in sites:
        classes = site.classes()
        for place, number in zip(range(site.size), numbers, strict=False):
            last, folded_last = dice.choice(surnames)
            first, folded_first = dice.choice(given)
            guardian, folded_guardian = dice.choice(given)
            yield (
                number,
                site.uai,
                classes[place // PUPILS_A_CLASS],
                first,
                last,
                f"{folded_last} {folded_first}",
                f"{folded_first[0]}.{folded_last}{number}",
                guardian,
                f"{folded_last} {folded_guardian}",
                *(FRESH if site.fresh else dice.choice(LIVES)),
            )
