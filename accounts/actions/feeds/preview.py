"""What a delivery changes in one school, read off the rows it made and the traces of those it changed."""

import uuid
from datetime import datetime
from typing import Any

from django.db import connection

SHOWN = 300
"""Pupils of each kind that a preview lists; the counts are whole."""

NAMES = "a.last_name || ' ' || a.first_name"
ARRIVING = f"""
    SELECT coalesce(room.code, ''), {NAMES}
      FROM schooling s JOIN student a ON a.id = s.student_id LEFT JOIN classroom room ON room.id = s.classroom_id
     WHERE s.uai = %(uai)s AND s.left_on IS NULL
       AND (s.created_at = %(moment)s
            OR s.id IN (SELECT row_id FROM feed_trace WHERE feed_id = %(feed)s AND relation = 'schooling'
                                                        AND before ->> 'left_on' IS NOT NULL))
     ORDER BY room.sort_key NULLS LAST, s.sort_key
"""  # noqa: S608  # a name of this module
LEAVING = """
    SELECT coalesce(room.code, ''), s.sort_key, coalesce(a.last_name || ' ' || a.first_name, upper(s.sort_key))
      FROM feed_trace t
      JOIN schooling s ON s.id = t.row_id
      LEFT JOIN student a ON a.id = s.student_id
      LEFT JOIN classroom room ON room.id = s.classroom_id
     WHERE t.feed_id = %(feed)s AND t.relation = 'schooling' AND t.before ->> 'left_on' IS NULL
       AND s.left_on IS NOT NULL
     ORDER BY room.sort_key NULLS LAST, s.sort_key
"""
MOVING = f"""
    SELECT coalesce(old.code, ''), coalesce(room.code, ''), {NAMES}
      FROM feed_trace t
      JOIN schooling s ON s.id = t.row_id AND s.left_on IS NULL
      JOIN student a ON a.id = s.student_id
      LEFT JOIN classroom old ON old.id = (t.before ->> 'classroom_id')::uuid
      LEFT JOIN classroom room ON room.id = s.classroom_id
     WHERE t.feed_id = %(feed)s AND t.relation = 'schooling' AND t.before ->> 'left_on' IS NULL
       AND s.classroom_id IS DISTINCT FROM (t.before ->> 'classroom_id')::uuid
     ORDER BY old.sort_key NULLS FIRST, s.sort_key
"""  # noqa: S608  # as above
CHANGING = f"""
    SELECT coalesce(room.code, ''), {NAMES}, field.name, field.old, field.new
      FROM feed_trace t
      JOIN student a ON a.id = t.row_id
      JOIN schooling s ON s.uai = %(uai)s AND s.student_id = a.id
      LEFT JOIN classroom room ON room.id = s.classroom_id
     CROSS JOIN LATERAL (VALUES ('last_name', t.before ->> 'last_name', a.last_name),
                                ('first_name', t.before ->> 'first_name', a.first_name),
                                ('family_name', t.before ->> 'family_name', a.family_name),
                                ('birth_date', t.before ->> 'birth_date', a.birth_date::text),
                                ('ine', t.before ->> 'ine', a.ine),
                                ('email', t.before ->> 'email', a.email)) AS field (name, old, new)
     WHERE t.feed_id = %(feed)s AND t.relation = 'student' AND field.old IS DISTINCT FROM field.new
     ORDER BY room.sort_key NULLS LAST, s.sort_key, field.name
"""  # noqa: S608  # as above


def differences(uai: str, feed: uuid.UUID, moment: datetime) -> dict[str, Any]:
    """Who arrives, leaves, moves and changes in the school in scope, with before and after."""
    values = {"uai": uai, "feed": feed, "moment": moment}
    return {
        "arrive": _listed(ARRIVING, values, ("room", "name")),
        "leave": _listed(LEAVING, values, ("room", "key", "name")),
        "move": _listed(MOVING, values, ("before", "after", "name")),
        "change": _listed(CHANGING, values, ("room", "name", "field", "before", "after")),
    }


def _listed(statement: str, values: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchmany(SHOWN)]
        count = len(rows)
        while more := cursor.fetchmany(SHOWN * 10):
            count += len(more)
    return {"count": count, "rows": rows}
