"""An académie's delivery applied whole, beside reading its bytes and copying its rows: each way in a fresh process."""

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from accounts.feeds.invent import SchoolKind, SchoolPlan, write_delivery, write_delta
from accounts.feeds.keys import uai_key
from tests.bench.children import told_by
from tests.bench.measures import Line, figure
from tests.databases import in_database

BASE = "bench_feeds"
WHOLE = 300_000
"""Pupils of an académie, the size that is promised."""

PUPILS_A_SCHOOL = 500
DELTA_SHARE = 0.01
SEED = 2026
TABLES = ("student", "schooling", "guardian", "guardianship", "source", "classroom")
"""What a delivery fills."""


def plans(pupils: int) -> list[SchoolPlan]:
    """Schools of the académie of Reims, three collèges for a lycée."""
    kinds = (SchoolKind.COLLEGE, SchoolKind.COLLEGE, SchoolKind.COLLEGE, SchoolKind.LYCEE)
    return [
        SchoolPlan(f"051{n:04}{uai_key(f'051{n:04}')}", f"CLG N° {n}", kinds[n % 4], min(PUPILS_A_SCHOOL, pupils - at))
        for n, at in enumerate(range(0, pupils, PUPILS_A_SCHOOL), start=1)
    ]


def measured(pupils: int, name: str = BASE) -> Iterator[Line]:
    """Into the migrated base of that name. The reading is timed before and after the import."""
    with tempfile.TemporaryDirectory(prefix="bench-feeds-") as place:
        whole, delta, rows = Path(place, "whole"), Path(place, "delta"), Path(place, "rows")
        rows.mkdir()
        today = date.today()
        written = write_delivery(whole, plans(pupils), today - timedelta(days=1), SEED)
        read = [_seconds("lxml", whole)]
        ours = _told("import", whole, name)
        read.append(_seconds("lxml", whole))
        write_delta(delta, whole, today, SEED, DELTA_SHARE)
        copied = min(_copied(rows, name) for _ in range(2))
        # What autovacuum does within a minute of the import; tests' clusters have none.
        in_database(name, "VACUUM ANALYZE")
        after = _told("import", delta, name)
    size = ours["bytes"] / 1e6
    people = f"{written.students:,} pupils, {written.guardians:,} persons, {size:,.0f} MB"
    yield from _lines(people, ours, after, min(read), copied)


def _lines(people: str, ours: dict[str, Any], after: dict[str, Any], read: float, copied: float) -> Iterator[Line]:
    took, base, part = ours["seconds"][0], read + copied, after["seconds"][0]
    yield Line(
        f"feeds, {people}",
        took,
        "s",
        ratio=took / base,
        than="times longer",
        target="at most 3",
        against=f"{figure(base)} s: lxml reading it {figure(read)}, COPY of the rows {figure(copied)}",
        told={"feeds_ratio": took / base},
    )
    yield Line("feeds, peak memory", max(ours["peak"], after["peak"]), "MB", target="< 300")
    yield Line(
        "feeds, a delta of 1 %",
        part,
        "s",
        ratio=part / took * 100,
        than="% of the complete",
        target="< 3",
        against="the complete delivery",
        told={"feeds_delta_percent": part / took * 100},
    )


def _told(way: str, folder: Path, base: str) -> dict[str, Any]:
    url = make_conninfo("", **{**conninfo_to_dict(os.environ["DATABASE_URL"]), "dbname": base})
    return told_by("tests.bench.feeding", way, str(folder), DATABASE_URL=url)


def _seconds(way: str, folder: Path) -> float:
    return float(_told(way, folder, BASE)["seconds"][0])


def _copied(folder: Path, base: str, tables: Sequence[str] = TABLES) -> float:
    """Seconds to COPY the rows of these tables into tables without key, index or wall, in one transaction."""
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, dbname=base) as connection:
        for table in tables:
            with (folder / table).open("wb") as file:
                out = connection.cursor().copy(
                    sql.SQL("COPY (SELECT * FROM {}) TO STDOUT").format(sql.Identifier(table))
                )
                with out as pieces:
                    for piece in pieces:
                        file.write(piece)
    in_database(base, "".join(f"DROP TABLE IF EXISTS bare_{t}; CREATE TABLE bare_{t} (LIKE {t});" for t in tables))
    began = time.perf_counter()
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, dbname=base) as connection:
        for table in tables:
            into = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(f"bare_{table}"))
            with connection.cursor().copy(into) as copy, (folder / table).open("rb") as file:
                while piece := file.read(1 << 16):
                    copy.write(piece)
    took = time.perf_counter() - began
    in_database(base, "".join(f"DROP TABLE bare_{table};" for table in tables))
    return took
