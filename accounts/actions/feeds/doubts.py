"""What is doubtful only when several lines are looked at together, found among the staged lines."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from accounts.actions.feeds.staging import Staged
from accounts.feeds.report import Issue, Place, Reason, Then
from accounts.feeds.terms import Terms

HOMONYM_STUDENTS = """
    SELECT (array_agg(s.file ORDER BY s.key COLLATE "C"))[1], (array_agg(s.line ORDER BY s.key COLLATE "C"))[1],
           min(s.key COLLATE "C"), string_agg(s.key, ' ' ORDER BY s.key COLLATE "C")
      FROM feed_place p JOIN feed_student s ON s.id = p.student_id
     WHERE s.homonym_key IS NOT NULL GROUP BY p.uai, s.homonym_key HAVING count(*) > 1 ORDER BY 4
"""
HOMONYM_GUARDIANS = """
    SELECT (array_agg(file ORDER BY key COLLATE "C"))[1], (array_agg(line ORDER BY key COLLATE "C"))[1],
           min(key COLLATE "C"), string_agg(key, ' ' ORDER BY key COLLATE "C")
      FROM feed_guardian WHERE has_account AND homonym_key IS NOT NULL
     GROUP BY homonym_key HAVING count(*) > 1 ORDER BY 4
"""
REPEATED_INES = """
    SELECT file, line, called, ine FROM feed_student
     WHERE ine IN (SELECT ine FROM feed_student WHERE ine <> '' GROUP BY ine HAVING count(*) > 1) ORDER BY ine, entry
"""
SHARED_CONTACTS = """
    SELECT DISTINCT ON (a.key, b.key, way.field)
           s.file, s.line, s.key, way.field, a.key || ' ' || b.key || ': ' || way.one
      FROM feed_relation r
      JOIN feed_relation other ON other.entry = r.entry AND r.guardian COLLATE "C" < other.guardian
      JOIN feed_guardian a ON a.key = r.guardian
      JOIN feed_guardian b ON b.key = other.guardian
      JOIN feed_student s ON s.ties = r.entry
     CROSS JOIN LATERAL (VALUES ('mobile', a.mobile, b.mobile), ('mail', lower(a.email), lower(b.email)))
           AS way (field, one, two)
     WHERE r.relation = 'legal' AND other.relation = 'legal' AND way.one <> '' AND way.one = way.two
     ORDER BY a.key, b.key, way.field, s.entry
"""
WITH_ACCOUNT = "SELECT key FROM feed_guardian WHERE has_account AND key = ANY (%s) ORDER BY entry"


@dataclass(frozen=True, slots=True)
class Line:
    """A staged line, located as the readers' records are."""

    id: str
    place: Place


def doubts(staged: Staged, terms: Terms) -> Iterator[Issue]:
    """Homonyms, INE carried twice, and what hinders or confuses reaching the guardians who have an account."""
    with connection.cursor() as cursor:
        cursor.execute(WITH_ACCOUNT, [list(staged.contact_issues)])
        for (guardian,) in cursor.fetchall():
            yield from staged.contact_issues[guardian]
        if terms.homonyms:
            yield from _homonyms(terms)
        cursor.execute(REPEATED_INES)
        for file, line, student, ine in cursor.fetchall():
            yield Issue.at(Line(student, Place(file, line)), terms.ine, ine, Reason.INE_REPEATED)
        if terms.shared:
            cursor.execute(SHARED_CONTACTS)
            for file, line, student, way, value in cursor.fetchall():
                name = terms.mobile if way == "mobile" else terms.mail
                yield Issue.at(Line(student, Place(file, line)), name, value, Reason.SHARED_CONTACT)


def _homonyms(terms: Terms) -> Iterator[Issue]:
    with connection.cursor() as cursor:
        cursor.execute(HOMONYM_STUDENTS)
        for file, line, first, ids in cursor.fetchall():
            yield Issue.at(Line(first, Place(file, line)), terms.names, ids, Reason.HOMONYM_STUDENTS)
        cursor.execute(HOMONYM_GUARDIANS)
        for file, line, first, ids in cursor.fetchall():
            yield Issue.at(
                Line(first, Place(file, line)), terms.names, ids, Reason.HOMONYM_GUARDIANS, Then.NEVER_MERGED
            )
