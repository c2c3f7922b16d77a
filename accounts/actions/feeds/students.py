"""The statements that bring one school's pupils up to date, in its scope; `here_student` holds their staged lines.

Rows are written only where they differ. A link row comes before any update: it is what lets the school see the
account. Rows are locked in the order of their ids, as runs lock them.
"""

BRING_IN = """
    INSERT INTO student (id, username, first_name, last_name, family_name, birth_date, ine, email,
                         state, origin, password, notified_by, blocked_reason, version, created_at)
    SELECT id, username, first_name, last_name, family_name, birth_date, ine, email,
           'not_notified', '', '', '', '', 0, now()
      FROM here_student WHERE is_new AND home = %(uai)s
"""

# Whoever had left is in again: until then a pupil of another school cannot be seen.
ENROL = """
    WITH done AS (
        INSERT INTO schooling (id, uai, student_id, classroom_id, mef_id, sort_key, search_key, created_at)
        SELECT gen_random_uuid(), %(uai)s, here.id, room.id, nullif(here.mef, ''), here.sort_key,
               concat_ws(' ', here.search_name, here.username), now()
          FROM here_student here
          LEFT JOIN classroom room ON room.uai = %(uai)s AND room.code = here.class_code
            ON CONFLICT (uai, student_id) DO UPDATE SET left_on = NULL WHERE schooling.left_on IS NOT NULL
        RETURNING student_id)
    INSERT INTO feed_change (id, what) SELECT student_id, 'changed' FROM done
"""

CITE_SOURCE = """
    INSERT INTO source (id, uai, student_id, system, academy_code, academy_name, aaf_id, local_id, read_on)
    SELECT gen_random_uuid(), %(uai)s, id, 'AAF', %(academy)s, %(academy_name)s, aaf_id, local_id, %(day)s
      FROM here_student
        ON CONFLICT (uai, system, student_id) WHERE student_id IS NOT NULL DO UPDATE
       SET academy_code = EXCLUDED.academy_code, academy_name = EXCLUDED.academy_name,
           aaf_id = EXCLUDED.aaf_id, local_id = EXCLUDED.local_id, read_on = EXCLUDED.read_on
     WHERE (source.academy_code, source.academy_name, source.aaf_id, source.local_id, source.read_on)
           IS DISTINCT FROM (EXCLUDED.academy_code, EXCLUDED.academy_name, EXCLUDED.aaf_id, EXCLUDED.local_id,
                             EXCLUDED.read_on)
"""

# What the feed has not keeps what there is; what the holder confirmed is his own.
CORRECT = """
    WITH wanted AS (
        SELECT a.id, here.first_name, here.last_name, here.family_name, merged.birth_date, merged.ine, merged.email
          FROM here_student here
          JOIN student a ON a.id = here.id
         CROSS JOIN LATERAL (
               SELECT coalesce(here.birth_date, a.birth_date) AS birth_date,
                      coalesce(nullif(here.ine, ''), a.ine) AS ine,
                      CASE WHEN here.email = '' OR a.email_confirmed_at IS NOT NULL
                           THEN a.email ELSE here.email END AS email
               ) merged
         WHERE NOT here.is_new AND a.state <> 'closed'
           AND (a.first_name, a.last_name, a.family_name, a.birth_date, a.ine, a.email)
               IS DISTINCT FROM
               (here.first_name, here.last_name, here.family_name, merged.birth_date, merged.ine, merged.email)
         ORDER BY a.id FOR NO KEY UPDATE OF a),
    done AS (
        UPDATE student a
           SET first_name = wanted.first_name, last_name = wanted.last_name, family_name = wanted.family_name,
               birth_date = wanted.birth_date, ine = wanted.ine, email = wanted.email, version = a.version + 1
          FROM wanted WHERE wanted.id = a.id
        RETURNING a.id)
    INSERT INTO feed_change (id, what) SELECT id, 'changed' FROM done
"""

PLACE = """
    WITH wanted AS (
        SELECT a.id, room.id AS classroom_id, nullif(here.mef, '') AS mef_id, here.sort_key,
               concat_ws(' ', here.search_name, a.username) AS search_key
          FROM here_student here
          JOIN student a ON a.id = here.id
          LEFT JOIN classroom room ON room.uai = %(uai)s AND room.code = here.class_code
         WHERE NOT here.is_new),
    done AS (
        UPDATE schooling s
           SET classroom_id = wanted.classroom_id, mef_id = wanted.mef_id, sort_key = wanted.sort_key,
               search_key = wanted.search_key
          FROM wanted
         WHERE s.uai = %(uai)s AND s.student_id = wanted.id
           AND (s.classroom_id, s.mef_id, s.sort_key, s.search_key)
               IS DISTINCT FROM (wanted.classroom_id, wanted.mef_id, wanted.sort_key, wanted.search_key)
        RETURNING s.student_id)
    INSERT INTO feed_change (id, what) SELECT student_id, 'changed' FROM done
"""

WELCOME_BACK = """
    WITH wanted AS (
        SELECT a.id FROM here_student here JOIN student a ON a.id = here.id
         WHERE a.closing_on IS NOT NULL AND a.state <> 'closed'
         ORDER BY a.id FOR NO KEY UPDATE OF a),
    done AS (
        UPDATE student a SET closing_on = NULL, version = a.version + 1 FROM wanted WHERE wanted.id = a.id
        RETURNING a.id)
    INSERT INTO feed_change (id, what) SELECT id, 'back' FROM done
"""

# The sources are read apart, by their index on the school: no statistics tell the planner how many an académie has.
FIND_LEAVING = """
    WITH known AS MATERIALIZED (
        SELECT student_id FROM source
         WHERE uai = %(uai)s AND system = 'AAF' AND student_id IS NOT NULL
           AND academy_code = %(academy)s AND aaf_id <> ALL (%(spared)s))
    INSERT INTO feed_leaving (uai, student_id)
    SELECT s.uai, s.student_id FROM schooling s
     WHERE s.uai = %(uai)s AND s.left_on IS NULL AND s.student_id IN (SELECT student_id FROM known)
       AND s.student_id NOT IN (SELECT id FROM here_student)
"""

# Before they leave: afterwards a pupil of another school cannot be seen.
CLOSE = """
    WITH leaving AS (SELECT student_id FROM feed_leaving WHERE uai = %(uai)s),
    wanted AS (
        SELECT a.id FROM student a
         WHERE a.id IN (SELECT student_id FROM leaving) AND a.closing_on IS NULL AND a.state <> 'closed'
           AND a.id NOT IN (SELECT account_id
                              FROM held_elsewhere(%(uai)s, ARRAY(SELECT student_id FROM leaving)))
         ORDER BY a.id FOR NO KEY UPDATE OF a)
    UPDATE student a SET closing_on = %(closing_on)s, version = a.version + 1 FROM wanted WHERE wanted.id = a.id
"""

LEAVE = """
    UPDATE schooling s SET left_on = %(as_of)s FROM feed_leaving leaving
     WHERE leaving.uai = %(uai)s AND s.uai = %(uai)s AND s.student_id = leaving.student_id
"""
