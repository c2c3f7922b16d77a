"""Counting what came of the staged lines."""

from django.db import connection

from accounts.actions.feeds.result import FeedResult, Tally
from accounts.actions.feeds.staging import Staged

PUPILS = """
    SELECT uai, count(*) FROM feed_place p
     WHERE EXISTS (SELECT FROM feed_student s WHERE s.key = p.key AND s.is_removal IS NOT TRUE) GROUP BY uai
"""
SCHOOLS_AND_CLASSES = """
    SELECT count(DISTINCT uai), count(DISTINCT (uai, class_key)) FILTER (WHERE class_key <> '') FROM feed_place
"""
RELATIONS = "SELECT relation, count(*) FROM feed_relation GROUP BY relation"
STUDENTS = """
    SELECT count(*) FILTER (WHERE is_made),
           count(*) FILTER (WHERE is_back AND NOT is_made),
           count(*) FILTER (WHERE is_changed AND NOT is_back AND NOT is_made),
           count(*) FILTER (WHERE NOT is_changed AND NOT is_back AND NOT is_made)
      FROM (SELECT is_new AS is_made,
                   id IN (SELECT id FROM feed_change WHERE what = 'back') AS is_back,
                   id IN (SELECT id FROM feed_change WHERE what = 'changed') AS is_changed
              FROM feed_student WHERE is_removal IS NOT TRUE) account
"""
GUARDIANS = """
    SELECT count(*) FILTER (WHERE is_made),
           count(*) FILTER (WHERE is_back AND NOT is_made),
           count(*) FILTER (WHERE is_changed AND NOT is_back AND NOT is_made),
           count(*) FILTER (WHERE NOT is_changed AND NOT is_back AND NOT is_made)
      FROM (SELECT is_new OR id IN (SELECT id FROM feed_change WHERE what = 'named') AS is_made,
                   id IN (SELECT id FROM feed_change WHERE what = 'back') AS is_back,
                   id IN (SELECT id FROM feed_change WHERE what = 'changed') AS is_changed
              FROM feed_guardian WHERE has_account AND is_removal IS NOT TRUE) account
"""


def count_students() -> dict[str, int]:
    """The pupils of each school."""
    with connection.cursor() as cursor:
        cursor.execute(PUPILS)
        return dict(cursor.fetchall())


def count_up(result: FeedResult, staged: Staged, persons: int) -> None:
    """Fill in what the staged lines came to; `persons`: how many the delivery had, with or without account.

    Each account stands in one count only, the first of created, returned, updated and unchanged that fits.
    """
    _count_accounts(STUDENTS, result.students)
    _count_accounts(GUARDIANS, result.guardians)
    result.guardians.without_account = persons - result.guardians.seen
    result.guardians.seen = persons + staged.guardians_refused
    result.guardians.refused = staged.guardians_refused
    result.students.seen += staged.students_refused
    result.students.refused = staged.students_refused
    result.refused = staged.refused
    with connection.cursor() as cursor:
        cursor.execute(SCHOOLS_AND_CLASSES)
        result.schools, result.classes = cursor.fetchone()
        cursor.execute(RELATIONS)
        result.relations |= dict(cursor.fetchall())


def _count_accounts(statement: str, tally: Tally) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        tally.created, tally.returned, tally.updated, tally.unchanged = cursor.fetchone()
    tally.seen = tally.created + tally.returned + tally.updated + tally.unchanged
