"""Whom the staged lines are about: accounts known by (académie, AAF identifier), or new ones. Never by names."""

from django.db import connection

# One line a person, one place a school: of repeated lines the last stays.
KEEP_THE_LAST = """
    CREATE INDEX ON feed_student (aaf_id);
    CREATE INDEX ON feed_guardian (aaf_id);
    CREATE INDEX ON feed_place (aaf_id);
    ANALYZE feed_student, feed_guardian, feed_place, feed_relation;
    DELETE FROM feed_student old USING feed_student new WHERE old.aaf_id = new.aaf_id AND old.entry < new.entry;
    DELETE FROM feed_guardian old USING feed_guardian new WHERE old.aaf_id = new.aaf_id AND old.entry < new.entry;
    DELETE FROM feed_place old USING feed_place new
     WHERE old.aaf_id = new.aaf_id AND old.uai = new.uai AND old.entry < new.entry;
    DELETE FROM feed_relation r WHERE NOT EXISTS (SELECT FROM feed_student s WHERE s.entry = r.entry);
"""

# A person who is no pupil's relation here, or a pupil's own guardian only, is not ours.
KEEP_THE_PERIMETER = """
    DELETE FROM feed_guardian g
     WHERE NOT EXISTS (SELECT FROM feed_relation r WHERE r.guardian = g.aaf_id AND r.relation <> 'self');
    UPDATE feed_guardian SET has_account = true
     WHERE aaf_id IN (SELECT guardian FROM feed_relation WHERE relation = 'legal');
"""

MATCH_STUDENTS = """
    UPDATE feed_student SET id = coalesce(known.student_id, gen_random_uuid()), is_new = known.student_id IS NULL
      FROM feed_student line
      LEFT JOIN match_accounts(%(academy)s, ARRAY(SELECT aaf_id FROM feed_student)) known
        ON known.aaf_id = line.aaf_id AND known.student_id IS NOT NULL
     WHERE feed_student.entry = line.entry
"""
MATCH_GUARDIANS = """
    UPDATE feed_guardian SET id = coalesce(known.guardian_id, gen_random_uuid()), is_new = known.guardian_id IS NULL
      FROM feed_guardian line
      LEFT JOIN match_accounts(%(academy)s, ARRAY(SELECT aaf_id FROM feed_guardian)) known
        ON known.aaf_id = line.aaf_id AND known.guardian_id IS NOT NULL
     WHERE feed_guardian.entry = line.entry
"""

# `home` is the school in whose scope a new account comes in. Without fresh statistics the joins would be nested loops.
TIE = """
    ANALYZE feed_student, feed_guardian, feed_relation;
    UPDATE feed_place p SET student_id = s.id FROM feed_student s WHERE s.aaf_id = p.aaf_id;
    INSERT INTO feed_tie (uai, student_id, guardian_id, relation, link, rank)
    SELECT p.uai, s.id, g.id, r.relation, r.link, r.rank
      FROM feed_relation r
      JOIN feed_student s ON s.entry = r.entry
      JOIN feed_place p ON p.aaf_id = s.aaf_id
      JOIN feed_guardian g ON g.aaf_id = r.guardian
     WHERE r.relation <> 'self';
    ANALYZE feed_place, feed_tie;
    UPDATE feed_student s SET home = first.uai
      FROM (SELECT student_id, min(uai) AS uai FROM feed_place GROUP BY student_id) first
     WHERE first.student_id = s.id AND s.is_new;
    UPDATE feed_guardian g SET home = first.uai
      FROM (SELECT guardian_id, min(uai) AS uai FROM feed_tie GROUP BY guardian_id) first
     WHERE first.guardian_id = g.id AND g.is_new;
    CREATE INDEX ON feed_student (id);
    CREATE INDEX ON feed_guardian (id);
    CREATE INDEX ON feed_place (uai);
    CREATE INDEX ON feed_tie (uai);
"""

TAKE = (
    "TRUNCATE here_student, here_guardian, here_tie",
    """
    INSERT INTO here_student SELECT s.*, p.local_id, p.class_code, p.mef
      FROM feed_place p JOIN feed_student s ON s.id = p.student_id WHERE p.uai = %(uai)s
    """,
    "INSERT INTO here_tie SELECT * FROM feed_tie WHERE uai = %(uai)s",
    "INSERT INTO here_guardian SELECT * FROM feed_guardian WHERE id IN (SELECT guardian_id FROM here_tie)",
    "ANALYZE here_student, here_guardian, here_tie",
)
"""What the delivery has for one school, in the small tables."""


def match_accounts(academy: int) -> int:
    """Settle who each staged line is, and drop what is not of the perimeter. How many persons there were before."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP_THE_LAST)
        cursor.execute("SELECT count(*) FROM feed_guardian")
        persons: int = cursor.fetchone()[0]
        cursor.execute(KEEP_THE_PERIMETER)
        cursor.execute(MATCH_STUDENTS, {"academy": academy})
        cursor.execute(MATCH_GUARDIANS, {"academy": academy})
        cursor.execute(TIE)
    return persons
