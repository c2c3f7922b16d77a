"""The guard: what makes a delivery look wrong, or partial, before anybody leaves by it."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection

from accounts.actions.feeds.result import Stop, StopReason
from accounts.feeds.delivery import Delivery
from accounts.feeds.keys import school_year

SMALLEST_CLASS = 5
"""Pupils from whom on a class that would lose all of them looks like a class that was left out."""

LEAVING = """
    SELECT count(*), count(*) FILTER (WHERE s.student_id IN (SELECT student_id FROM feed_leaving WHERE uai = %(uai)s))
      FROM schooling s WHERE s.uai = %(uai)s AND s.left_on IS NULL AND s.created_at < %(moment)s
"""
EMPTIED = """
    SELECT room.code, count(*) FROM schooling s JOIN classroom room ON room.id = s.classroom_id
     WHERE s.uai = %(uai)s AND s.left_on IS NULL
     GROUP BY room.code
    HAVING count(*) >= %(smallest)s
       AND bool_and(s.student_id IN (SELECT student_id FROM feed_leaving WHERE uai = %(uai)s))
     ORDER BY room.code
"""


def stops_of(uai: str, moment: datetime, is_complete: bool) -> list[Stop]:
    """What would leave the school in scope: too many at once, or a whole class."""
    stops: list[Stop] = []
    values: dict[str, Any] = {"uai": uai, "smallest": SMALLEST_CLASS, "moment": moment}
    with connection.cursor() as cursor:
        cursor.execute(LEAVING, values)
        present, leaving = cursor.fetchone()
        if leaving * 100 > present * settings.FEED_LEAVING_PERCENT:
            figures = {"present": present, "leaving": leaving, "percent": settings.FEED_LEAVING_PERCENT}
            stops.append(Stop(uai, StopReason.MANY_LEAVE, f"{leaving} of {present}", figures))
        if leaving and is_complete:
            cursor.execute(EMPTIED, values)
            for code, count in cursor.fetchall():
                figures = {"room": code, "count": count}
                stops.append(Stop(uai, StopReason.CLASS_EMPTIED, f"{code}, {count} pupils", figures))
    return stops


def year_stop(delivery: Delivery, as_of: date) -> list[Stop]:
    """A file of another school year than the day's, where nobody said which year is meant."""
    year = delivery.year or (school_year(delivery.day) if delivery.day else None)
    if year is None or year == school_year(as_of):
        return []
    figures = {"year": year, "now": school_year(as_of)}
    return [Stop("", StopReason.OTHER_YEAR, f"{year}-{year + 1}", figures)]
