"""Which way PostgreSQL takes to the rows of a list."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from accounts.enums import Assurance, Role
from accounts.forms.lists import ListQuery
from accounts.permissions import ROLE_PERMISSIONS, ActiveMandate, Permission
from accounts.querysets import SchoolingQuerySet
from accounts.views.students import chosen_schoolings, ordered

FIRST_COLUMN = """
    SELECT a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
      JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE c.relname = %s
"""


def head_of(uai: str) -> ActiveMandate:
    """A head's mandate on the whole school."""
    return ActiveMandate(
        mandate_id=0,
        staff_id=0,
        uai=uai,
        school_name="",
        academy_name="",
        role=Role.HEAD,
        permissions=ROLE_PERMISSIONS[Role.HEAD],
        assurance=Assurance.OTP,
        classrooms=None,
    )


def listed(uai: str, text: str = "") -> SchoolingQuerySet:
    """The rows of the list's first page, as its view asks for them."""
    chosen = chosen_schoolings(head_of(uai), Permission.LIST_STUDENTS, ListQuery(text=text))
    return ordered(chosen, "").select_related("student", "classroom").with_homonyms()[:25]


def ways_in(cursor: Any, rows: QuerySet[Any]) -> dict[str, str]:
    """The ways by which the plan of `rows` enters their own table, each with the first column of its index.

    A table read from end to end is a way too, "Seq Scan", without a column.
    """
    statement, values = rows.query.sql_with_params()
    cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", values)
    plan = cursor.fetchone()[0][0]["Plan"]
    entries = [node for node in _nodes(plan) if node.get("Alias") == rows.model._meta.db_table]
    ways = {way for node in entries for way in _ways(node)}
    return {way: _first_column(cursor, way) for way in ways}


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", []):
        yield from _nodes(child)


def _ways(node: dict[str, Any]) -> set[str]:
    """A bitmap's indexes stand below it."""
    indexes = {each["Index Name"] for each in _nodes(node) if "Index Name" in each and "Alias" not in each}
    return indexes or {node.get("Index Name", node["Node Type"])}


def _first_column(cursor: Any, index: str) -> str:
    cursor.execute(FIRST_COLUMN, [index])
    found = cursor.fetchone()
    return found[0] if found else ""
