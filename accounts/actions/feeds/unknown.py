"""Staged lines about nobody known: nothing of them can be changed."""

from dataclasses import dataclass

from django.db import connection

from accounts.actions.feeds.staging import Staged

# Whoever is gone is as unknown as who never was: nothing of his can be changed, only told anew.
UNKNOWN_STUDENT = """
    (s.is_removal AND NOT EXISTS (SELECT FROM feed_known k WHERE k.key = s.key AND k.uai IS NOT NULL)
     OR s.told IS NOT NULL AND NOT EXISTS (SELECT FROM feed_place p WHERE p.key = s.key)
     OR s.id IS NULL AND s.told IS NOT NULL AND NOT (s.told @> ARRAY['first_name', 'name']))
"""
UNKNOWN_GUARDIAN = """
    (g.is_removal AND NOT EXISTS (SELECT FROM feed_known k WHERE k.key = g.key AND k.uai IS NOT NULL)
     OR g.id IS NULL AND g.told IS NOT NULL AND NOT (g.told @> ARRAY['first_name', 'name']))
"""
UNKNOWN_CHANGES = f"""
    SELECT 'students', file, line, called, is_removal IS TRUE, EXISTS (SELECT FROM feed_place p WHERE p.key = s.key)
      FROM feed_student s WHERE {UNKNOWN_STUDENT}
    UNION ALL
    SELECT 'guardians', file, line, called, is_removal IS TRUE, false FROM feed_guardian g WHERE {UNKNOWN_GUARDIAN}
     ORDER BY 2, 3
"""  # noqa: S608  # statements of this module
FORGET_UNKNOWN_CHANGES = f"""
    DELETE FROM feed_student s WHERE {UNKNOWN_STUDENT};
    DELETE FROM feed_guardian g WHERE {UNKNOWN_GUARDIAN};
    DELETE FROM feed_place p WHERE NOT EXISTS (SELECT FROM feed_student s WHERE s.key = p.key);
"""  # noqa: S608  # as above


@dataclass(frozen=True, slots=True)
class UnknownLine:
    """A change, or a removal, of nobody known; `is_here`: it says a school of the delivery."""

    population: str
    file: str
    line: int
    called: str
    is_removal: bool
    is_here: bool


def refuse_unknown(staged: Staged) -> list[UnknownLine]:
    """Changes and removals of nobody known, to be told: a change is refused, a removal is passed over.

    For one school, lines that do not say it are as another school's: counted and not told, lest whoever brings a file
    learn whom other schools have.
    """
    with connection.cursor() as cursor:
        cursor.execute(UNKNOWN_CHANGES)
        found = [UnknownLine(*row) for row in cursor.fetchall()]
        cursor.execute(FORGET_UNKNOWN_CHANGES)
    told = [line for line in found if line.is_here or not staged.only]
    staged.elsewhere += len(found) - len(told)
    for line in told:
        if not line.is_removal:
            staged.students_refused += line.population == "students"
            staged.guardians_refused += line.population == "guardians"
    return told
