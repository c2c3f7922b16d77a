"""What is doubtful only when several lines are looked at together, found among the staged lines."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from accounts.actions.feeds.staging import Staged
from accounts.feeds.report import Issue, Place, Reason, Then

NAMES = "sn/givenName"

HOMONYM_STUDENTS = """
    SELECT (array_agg(s.file ORDER BY s.aaf_id COLLATE "C"))[1], (array_agg(s.line ORDER BY s.aaf_id COLLATE "C"))[1],
           min(s.aaf_id COLLATE "C"), string_agg(s.aaf_id, ' ' ORDER BY s.aaf_id COLLATE "C")
      FROM feed_place p JOIN feed_student s ON s.id = p.student_id
     GROUP BY p.uai, s.homonym_key HAVING count(*) > 1 ORDER BY 4
"""
HOMONYM_GUARDIANS = """
    SELECT (array_agg(file ORDER BY aaf_id COLLATE "C"))[1], (array_agg(line ORDER BY aaf_id COLLATE "C"))[1],
           min(aaf_id COLLATE "C"), string_agg(aaf_id, ' ' ORDER BY aaf_id COLLATE "C")
      FROM feed_guardian WHERE has_account GROUP BY homonym_key HAVING count(*) > 1 ORDER BY 4
"""
REPEATED_INES = """
    SELECT file, line, aaf_id, ine FROM feed_student
     WHERE ine IN (SELECT ine FROM feed_student WHERE ine <> '' GROUP BY ine HAVING count(*) > 1) ORDER BY ine, entry
"""
SHARED_CONTACTS = """
    SELECT DISTINCT ON (a.aaf_id, b.aaf_id, way.field)
           s.file, s.line, s.aaf_id, way.field, a.aaf_id || ' ' || b.aaf_id || ': ' || way.one
      FROM feed_relation r
      JOIN feed_relation other ON other.entry = r.entry AND r.guardian COLLATE "C" < other.guardian
      JOIN feed_guardian a ON a.aaf_id = r.guardian
      JOIN feed_guardian b ON b.aaf_id = other.guardian
      JOIN feed_student s ON s.entry = r.entry
     CROSS JOIN LATERAL (VALUES ('mobile', a.mobile, b.mobile), ('mail', lower(a.email), lower(b.email)))
           AS way (field, one, two)
     WHERE r.relation = 'legal' AND other.relation = 'legal' AND way.one <> '' AND way.one = way.two
     ORDER BY a.aaf_id, b.aaf_id, way.field, s.entry
"""
WITH_ACCOUNT = "SELECT aaf_id FROM feed_guardian WHERE has_account AND aaf_id = ANY (%s) ORDER BY entry"


@dataclass(frozen=True, slots=True)
class Line:
    """A staged line, located as the readers' records are."""

    id: str
    place: Place


def doubts(staged: Staged) -> Iterator[Issue]:
    """Homonyms, INE carried twice, and what hinders or confuses reaching the guardians who have an account."""
    with connection.cursor() as cursor:
        cursor.execute(WITH_ACCOUNT, [list(staged.contact_issues)])
        for (guardian,) in cursor.fetchall():
            yield from staged.contact_issues[guardian]
        cursor.execute(HOMONYM_STUDENTS)
        for file, line, first, ids in cursor.fetchall():
            yield Issue.at(Line(first, Place(file, line)), NAMES, ids, Reason.HOMONYM_STUDENTS)
        cursor.execute(HOMONYM_GUARDIANS)
        for file, line, first, ids in cursor.fetchall():
            yield Issue.at(Line(first, Place(file, line)), NAMES, ids, Reason.HOMONYM_GUARDIANS, Then.NEVER_MERGED)
        cursor.execute(REPEATED_INES)
        for file, line, student, ine in cursor.fetchall():
            yield Issue.at(Line(student, Place(file, line)), "ENTEleveINE", ine, Reason.INE_REPEATED)
        cursor.execute(SHARED_CONTACTS)
        for file, line, student, field, value in cursor.fetchall():
            yield Issue.at(Line(student, Place(file, line)), field, value, Reason.SHARED_CONTACT)
