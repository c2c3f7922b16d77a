"""Whom the staged lines are about: accounts known already, or new ones.

The keys, in this order, and never less: the source's own identifier; the INE within the school; name in use or family
name, first name and birth date within the school; across schools, INE and birth date. A key counts only where it names
one line and one account; an INE that two lines carry links neither. A delivery for one school knows by identifier whom
this school knows, and nobody else.
"""

from typing import Any

from django.db import connection

from accounts.actions.feeds.merged import follow_known, follow_lines
from accounts.actions.feeds.staging import Staged
from educonnect_admin.toolkit.scope import scope

# A person who is no pupil's relation here, or a pupil's own guardian only, is not ours.
KEEP_THE_PERIMETER = """
    DELETE FROM feed_guardian g
     WHERE NOT EXISTS (SELECT FROM feed_relation r WHERE r.guardian = g.key AND r.relation <> 'self')
       AND NOT (%(is_delta)s AND (g.is_removal OR g.told IS NOT NULL
                                  OR g.key IN (SELECT key FROM feed_known WHERE guardian_id IS NOT NULL)));
    UPDATE feed_guardian SET has_account = true
     WHERE key IN (SELECT guardian FROM feed_relation WHERE relation = 'legal');
"""

KNOW_BY_AAF = """
    INSERT INTO feed_known (key, uai, student_id, guardian_id)
    SELECT k.aaf_id, k.uai, k.student_id, NULL
      FROM match_accounts(%(academy)s, ARRAY(SELECT key FROM feed_student)) k WHERE k.student_id IS NOT NULL
    UNION ALL
    SELECT k.aaf_id, k.uai, NULL, k.guardian_id
      FROM match_accounts(%(academy)s, ARRAY(SELECT key FROM feed_guardian UNION SELECT guardian FROM feed_relation)) k
     WHERE k.guardian_id IS NOT NULL
"""
# For one school its own sources alone: numbers can be guessed, and would take another school's accounts along.
KNOW_HERE = """
    INSERT INTO feed_known (key, uai, student_id, guardian_id)
    SELECT s.{key}, CASE WHEN s.gone_on IS NULL THEN s.uai END, s.student_id, s.guardian_id FROM source s
     WHERE s.uai = %(uai)s AND {base} AND s.{key} <> ''
       AND (s.student_id IS NOT NULL AND s.{key} IN (SELECT key FROM feed_student)
            OR s.guardian_id IS NOT NULL
               AND s.{key} IN (SELECT key FROM feed_guardian UNION SELECT guardian FROM feed_relation))
"""
KNOW_BY_AAF_HERE = KNOW_HERE.format(key="aaf_id", base="s.academy_code = %(academy)s")
KNOW_BY_LOCAL_ID = KNOW_HERE.format(key="local_id", base="s.system = %(system)s")
TAKE_KNOWN = """
    CREATE INDEX ON feed_known (key);
    CREATE INDEX ON feed_known (uai);
    ANALYZE feed_known;
    UPDATE feed_student s SET id = k.student_id
      FROM (SELECT key, min(student_id::text)::uuid AS student_id FROM feed_known WHERE student_id IS NOT NULL
             GROUP BY key HAVING count(DISTINCT student_id) = 1) k
     WHERE s.key = k.key;
    UPDATE feed_guardian g SET id = k.guardian_id
      FROM (SELECT key, min(guardian_id::text)::uuid AS guardian_id FROM feed_known WHERE guardian_id IS NOT NULL
             GROUP BY key HAVING count(DISTINCT guardian_id) = 1) k
     WHERE g.key = k.key;
    UPDATE feed_student s SET id = NULL
      FROM (SELECT id, min(entry) AS entry FROM feed_student WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1) once
     WHERE s.id = once.id AND s.entry <> once.entry;
"""

# Persons whom a change names and only the base knows.
CITE_KNOWN = """
    INSERT INTO feed_guardian (entry, file, line, key, told, is_removal, called, id)
    SELECT -1, '', 0, k.key, '{}', false, k.key, min(k.guardian_id::text)::uuid FROM feed_known k
     WHERE k.guardian_id IS NOT NULL AND k.key NOT IN (SELECT key FROM feed_guardian) GROUP BY k.key
"""

# By what a line and a pupil of the school in scope are the same; INE that several lines carry are no key.
RULES = (
    "a.ine = s.ine AND s.ine <> '' AND s.ine NOT IN (SELECT ine FROM feed_repeated_ine)",
    """
    a.birth_date = s.birth_date AND (a.ine = '' OR coalesce(s.ine, '') IN ('', a.ine))
    AND (e.sort_key IN (s.sort_key, s.family_key)
         OR (upper(a.family_name), upper(a.first_name)) = (upper(s.last_name), upper(s.first_name)))
    """,
)
BY_LOCAL_ID = """
    EXISTS (SELECT FROM source o WHERE o.uai = %(uai)s AND o.student_id = a.id AND o.local_id <> ''
               AND o.local_id = s.local_id)
"""
MATCH_HERE = """
    WITH pairs AS (
        SELECT DISTINCT s.key, a.id
          FROM feed_place p
          JOIN feed_student s ON s.key = p.key AND s.id IS NULL AND s.is_removal IS NOT TRUE
          JOIN schooling e ON e.uai = %(uai)s
          JOIN student a ON a.id = e.student_id
         WHERE p.uai = %(uai)s AND {rule}
           AND NOT (%(is_delta)s AND EXISTS (SELECT FROM source o
                     WHERE o.uai = %(uai)s AND o.student_id = a.id AND o.system = %(system)s AND o.gone_on IS NULL))),
    sole AS (
        SELECT min(key) AS key, id FROM pairs GROUP BY id HAVING count(*) = 1)
    UPDATE feed_student s SET id = sole.id FROM sole
     WHERE s.key = sole.key AND (SELECT count(*) FROM pairs WHERE pairs.key = sole.key) = 1
       AND sole.id NOT IN (SELECT id FROM feed_student WHERE id IS NOT NULL)
"""
MATCH_ACROSS = """
    WITH wanted AS (
        SELECT key, ine, birth_date FROM feed_student
         WHERE id IS NULL AND ine <> '' AND birth_date IS NOT NULL AND is_removal IS NOT TRUE
           AND ine NOT IN (SELECT ine FROM feed_repeated_ine)),
    found AS (
        SELECT DISTINCT w.key, m.student_id
          FROM match_ines(ARRAY(SELECT ine FROM wanted), ARRAY(SELECT birth_date FROM wanted)) m
          JOIN wanted w ON w.ine = m.ine AND w.birth_date = m.birth_date)
    UPDATE feed_student s SET id = found.student_id FROM found
     WHERE s.key = found.key AND found.student_id NOT IN (SELECT id FROM feed_student WHERE id IS NOT NULL)
       AND (SELECT count(*) FROM found f WHERE f.key = found.key OR f.student_id = found.student_id) = 1
"""
REPEATED_INES = """
    CREATE TEMPORARY TABLE feed_repeated_ine ON COMMIT DROP AS
    SELECT ine FROM feed_student WHERE ine <> '' GROUP BY ine HAVING count(*) > 1
"""

# ONDE has no identifiers of guardians: names with the same address, mobile and mail, then with one of them.
GUARDIAN_RULES = (
    "(g.address, g.mobile, g.email) = (a.address, a.mobile, a.email)",
    "(g.address <> '' AND g.address = a.address OR g.mobile <> '' AND g.mobile = a.mobile"
    " OR g.email <> '' AND lower(g.email) = lower(a.email))",
)
MATCH_GUARDIANS_HERE = """
    WITH pairs AS (
        SELECT DISTINCT g.key, a.id
          FROM source o
          JOIN guardian a ON a.id = o.guardian_id
          JOIN feed_guardian g ON g.id IS NULL AND g.sort_key = a.sort_key
         WHERE o.uai = %(uai)s AND o.system = %(system)s AND {rule}),
    sole AS (
        SELECT min(key) AS key, id FROM pairs GROUP BY id HAVING count(*) = 1)
    UPDATE feed_guardian g SET id = sole.id FROM sole
     WHERE g.key = sole.key AND (SELECT count(*) FROM pairs WHERE pairs.key = sole.key) = 1
       AND sole.id NOT IN (SELECT id FROM feed_guardian WHERE id IS NOT NULL)
"""

DANGLING = """
    SELECT s.file, s.line, s.called, r.raw FROM feed_relation r JOIN feed_student s ON s.ties = r.entry
     WHERE r.guardian NOT IN (SELECT key FROM feed_guardian WHERE is_removal IS NOT TRUE)
     ORDER BY r.entry
"""
NEW_ONES = """
    UPDATE feed_student SET id = gen_random_uuid(), is_new = true WHERE id IS NULL;
    UPDATE feed_guardian SET id = gen_random_uuid(), is_new = true WHERE id IS NULL;
"""

# A change that tells neither school nor class stands where the pupil stands; one that tells the class only, too.
STAND_WHERE_KNOWN = """
    INSERT INTO feed_place (entry, key, uai, class_key)
    SELECT DISTINCT s.entry, s.key, k.uai, NULL
      FROM feed_student s JOIN feed_known k ON k.key = s.key AND k.student_id = s.id AND k.uai IS NOT NULL
     WHERE s.told IS NOT NULL AND NOT ('school' = ANY (s.told)) AND s.is_removal IS NOT TRUE
       AND NOT EXISTS (SELECT FROM feed_place p WHERE p.key = s.key AND p.uai = k.uai)
"""

# `home` is the school in whose scope a new account comes in. Without fresh statistics the joins would be nested loops.
TIE = """
    ANALYZE feed_student, feed_guardian, feed_relation;
    UPDATE feed_place p SET student_id = s.id FROM feed_student s WHERE s.key = p.key;
    INSERT INTO feed_tie (uai, student_id, guardian_id, relation, link, rank)
    SELECT p.uai, s.id, g.id, r.relation, r.link, r.rank
      FROM feed_relation r
      JOIN feed_student s ON s.ties = r.entry
      JOIN feed_place p ON p.key = s.key
      JOIN feed_guardian g ON g.key = r.guardian AND g.is_removal IS NOT TRUE
     WHERE r.relation <> 'self' AND s.is_removal IS NOT TRUE;
    ANALYZE feed_place, feed_tie;
    UPDATE feed_student s SET home = first.uai
      FROM (SELECT student_id, min(uai) AS uai FROM feed_place GROUP BY student_id) first
     WHERE first.student_id = s.id AND s.is_new;
    UPDATE feed_guardian g SET home = first.uai
      FROM (SELECT guardian_id, min(uai) AS uai FROM feed_tie GROUP BY guardian_id) first
     WHERE first.guardian_id = g.id AND g.is_new;
    DELETE FROM feed_guardian WHERE is_new AND home IS NULL;
    CREATE INDEX ON feed_tie (uai);
"""

TAKE = (
    "TRUNCATE here_student, here_guardian, here_tie",
    """
    INSERT INTO here_student SELECT s.*, p.class_key FROM feed_place p
     CROSS JOIN LATERAL (SELECT * FROM feed_student s WHERE s.id = p.student_id OFFSET 0) s
     WHERE p.uai = %(uai)s AND s.is_removal IS NOT TRUE
    """,
    """
    INSERT INTO here_tie SELECT DISTINCT ON (student_id, guardian_id) * FROM feed_tie WHERE uai = %(uai)s
     ORDER BY student_id, guardian_id, relation = 'legal' DESC, relation = 'in_charge' DESC
    """,
    """
    INSERT INTO here_guardian SELECT g.*
      FROM (SELECT guardian_id AS id FROM here_tie
             UNION SELECT guardian_id FROM feed_known WHERE uai = %(uai)s AND guardian_id IS NOT NULL) here
     CROSS JOIN LATERAL (SELECT * FROM feed_guardian g WHERE g.id = here.id OFFSET 0) g
     WHERE g.is_removal IS NOT TRUE
    """,
    "ANALYZE here_student, here_guardian, here_tie",
)
"""What the delivery has for one school, in the small tables: by index, never the whole for each school."""


def match_accounts(staged: Staged, values: dict[str, Any], uais: list[str]) -> int:
    """Settle who each staged line is, and drop what is not of the perimeter. How many persons there were before.

    `values`: academy, system, is_delta. `uais`: the schools that lines name.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM feed_guardian")
        persons: int = cursor.fetchone()[0]
        cursor.execute(REPEATED_INES)
    _know_by_id(staged, values, uais)
    follow_known()
    with connection.cursor() as cursor:
        cursor.execute(TAKE_KNOWN)
        cursor.execute(KEEP_THE_PERIMETER, values)
        if values["is_delta"]:
            cursor.execute(CITE_KNOWN)
            cursor.execute(STAND_WHERE_KNOWN)
    for uai in uais:
        _match_here(uai, values)
    with connection.cursor() as cursor:
        cursor.execute(MATCH_ACROSS)
        cursor.execute("DROP TABLE feed_repeated_ine")
    follow_lines()
    return persons


def _know_by_id(staged: Staged, values: dict[str, Any], uais: list[str]) -> None:
    """By the source's own identifier: AAF's hold in an académie, the others' in a school."""
    if values["system"] == "AAF" and not staged.only:
        with connection.cursor() as cursor:
            cursor.execute(KNOW_BY_AAF, values)
        return
    statement = KNOW_BY_AAF_HERE if values["system"] == "AAF" else KNOW_BY_LOCAL_ID
    for uai in [staged.only] if staged.only else uais:
        with scope(uai), connection.cursor() as cursor:
            cursor.execute(statement, {**values, "uai": uai})


def _match_here(uai: str, values: dict[str, Any]) -> None:
    """By the keys that hold within one school, in its scope."""
    here = {**values, "uai": uai}
    with scope(uai), connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM schooling WHERE uai = %(uai)s)", here)
        if not cursor.fetchone()[0]:
            return
        for rule in (BY_LOCAL_ID, *RULES):
            cursor.execute(MATCH_HERE.format(rule=rule), here)
        if values["system"] == "ONDE":
            for rule in GUARDIAN_RULES:
                cursor.execute(MATCH_GUARDIANS_HERE.format(rule=rule), here)


def tie_lines() -> None:
    """Make accounts of the lines that are nobody's yet, and tie pupils to persons."""
    with connection.cursor() as cursor:
        cursor.execute(NEW_ONES)
        cursor.execute(TIE)


def dangling_lines() -> list[tuple[str, int, str, str]]:
    """Relations of changes to persons whom neither they nor the base know: file, line, pupil, relation."""
    with connection.cursor() as cursor:
        cursor.execute(DANGLING)
        found: list[tuple[str, int, str, str]] = cursor.fetchall()
        return found
