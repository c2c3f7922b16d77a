"""The statements that bring one school's pupils up to date, in its scope; `here_student` holds their staged lines.

Rows are written only where they differ, and what they were is kept in `feed_trace`, so that the delivery can be taken
back. A link row comes before any update: it is what lets the school see the account. Rows are locked in the order of
their ids, as runs lock them.
"""

from accounts.actions.feeds.tracing import trace

BRING_IN = """
    INSERT INTO student (id, username, first_name, last_name, family_name, birth_date, ine, email,
                         state, origin, password, notified_by, blocked_reason, version, created_at)
    SELECT id, username, first_name, last_name, coalesce(family_name, last_name), birth_date, coalesce(ine, ''),
           coalesce(email, ''), 'not_notified', '', '', '', '', 0, %(moment)s
      FROM here_student WHERE is_new AND home = %(uai)s
"""

# Whoever had left is in again: until then a pupil of another school cannot be seen.
ENROL = f"""
    WITH wanted AS (
        SELECT s.* FROM schooling s JOIN here_student here ON here.id = s.student_id
         WHERE s.uai = %(uai)s AND s.left_on IS NOT NULL),
    {trace("schooling", "wanted")},
    done AS (
        INSERT INTO schooling (id, uai, student_id, classroom_id, mef_id, sort_key, search_key, created_at)
        SELECT gen_random_uuid(), %(uai)s, here.id, room.id, nullif(here.mef, ''), coalesce(here.sort_key, ''),
               concat_ws(' ', here.search_name, here.username), %(moment)s
          FROM here_student here
          LEFT JOIN classroom room
            ON room.uai = %(uai)s AND coalesce(nullif(room.source_id, ''), room.code) = here.class_key
            ON CONFLICT (uai, student_id) DO UPDATE SET left_on = NULL WHERE schooling.left_on IS NOT NULL
        RETURNING student_id)
    INSERT INTO feed_change (id, what) SELECT student_id, 'changed' FROM done
"""  # noqa: S608  # statements of this room

# What a change does not tell is as it was.
FILL = """
    UPDATE here_student here
       SET first_name = coalesce(here.first_name, a.first_name), last_name = coalesce(here.last_name, a.last_name),
           family_name = coalesce(here.family_name, a.family_name), ine = coalesce(here.ine, a.ine),
           birth_date = CASE WHEN 'birth_date' = ANY (here.told) THEN here.birth_date ELSE a.birth_date END,
           email = coalesce(here.email, a.email), local_id = coalesce(here.local_id, ''),
           mef = coalesce(here.mef, s.mef_id, ''),
           class_key = coalesce(here.class_key, nullif(room.source_id, ''), room.code, '')
      FROM student a
      JOIN schooling s ON s.student_id = a.id AND s.uai = %(uai)s
      LEFT JOIN classroom room ON room.id = s.classroom_id
     WHERE a.id = here.id AND here.told IS NOT NULL
"""

CITE_SOURCE = f"""
    WITH told AS (
        SELECT id, CASE WHEN %(system)s = 'AAF' THEN key ELSE '' END AS aaf_id, coalesce(local_id, '') AS local_id
          FROM here_student),
    wanted AS (
        SELECT o.* FROM source o JOIN told ON told.id = o.student_id
         WHERE o.uai = %(uai)s AND o.system = %(system)s
           AND (o.gone_on IS NOT NULL OR o.aaf_id <> told.aaf_id OR told.local_id NOT IN ('', o.local_id)
                OR o.read_on IS DISTINCT FROM %(last_day)s)),
    {trace("source", "wanted")}
    INSERT INTO source (id, uai, student_id, system, academy_code, academy_name, aaf_id, local_id, read_on, created_at)
    SELECT gen_random_uuid(), %(uai)s, id, %(system)s, %(academy)s, %(academy_name)s, aaf_id, local_id, %(day)s,
           %(moment)s
      FROM told
        ON CONFLICT (uai, system, student_id) WHERE student_id IS NOT NULL DO UPDATE
       SET academy_code = EXCLUDED.academy_code, academy_name = EXCLUDED.academy_name, aaf_id = EXCLUDED.aaf_id,
           local_id = coalesce(nullif(EXCLUDED.local_id, ''), source.local_id), read_on = EXCLUDED.read_on,
           gone_on = NULL
     WHERE (source.academy_code, source.academy_name, source.aaf_id, source.read_on, source.gone_on)
           IS DISTINCT FROM (EXCLUDED.academy_code, EXCLUDED.academy_name, EXCLUDED.aaf_id, EXCLUDED.read_on, NULL)
        OR EXCLUDED.local_id NOT IN ('', source.local_id)
"""  # noqa: S608  # as above

# What a whole line has not keeps what there is, a change clears it; what the holder confirmed is his own.
CORRECT = f"""
    WITH wanted AS (
        SELECT a.*, here.first_name AS new_first, here.last_name AS new_last, here.family_name AS new_family,
               merged.birth_date AS new_birth, merged.ine AS new_ine, merged.email AS new_email
          FROM here_student here
          JOIN student a ON a.id = here.id
         CROSS JOIN LATERAL (
               SELECT CASE WHEN here.told IS NULL OR NOT %(is_delta)s THEN coalesce(here.birth_date, a.birth_date)
                           ELSE here.birth_date END AS birth_date,
                      CASE WHEN here.ine = '' AND (here.told IS NULL OR NOT %(is_delta)s) THEN a.ine
                           ELSE coalesce(here.ine, a.ine) END AS ine,
                      CASE WHEN a.email_confirmed_at IS NOT NULL OR here.email IS NULL
                             OR here.email = '' AND (here.told IS NULL OR NOT %(is_delta)s)
                           THEN a.email ELSE here.email END AS email
               ) merged
         WHERE NOT here.is_new AND a.state <> 'closed'
           AND (a.first_name, a.last_name, a.family_name, a.birth_date, a.ine, a.email)
               IS DISTINCT FROM
               (here.first_name, here.last_name, here.family_name, merged.birth_date, merged.ine, merged.email)
         ORDER BY a.id FOR NO KEY UPDATE OF a),
    {trace("student", "wanted")},
    done AS (
        UPDATE student a
           SET first_name = wanted.new_first, last_name = wanted.new_last, family_name = wanted.new_family,
               birth_date = wanted.new_birth, ine = wanted.new_ine, email = wanted.new_email, version = a.version + 1
          FROM wanted WHERE wanted.id = a.id
        RETURNING a.id)
    INSERT INTO feed_change (id, what) SELECT id, 'changed' FROM done
"""  # noqa: S608  # as above

PLACE = f"""
    WITH wanted AS (
        SELECT s.*, room.id AS new_room, nullif(here.mef, '') AS new_mef, here.sort_key AS new_sort,
               concat_ws(' ', here.search_name, a.username) AS new_search
          FROM here_student here
          JOIN student a ON a.id = here.id
          JOIN schooling s ON s.uai = %(uai)s AND s.student_id = here.id
          LEFT JOIN classroom room
            ON room.uai = %(uai)s AND coalesce(nullif(room.source_id, ''), room.code) = here.class_key
         WHERE NOT here.is_new
           AND (s.classroom_id, s.mef_id, s.sort_key, s.search_key) IS DISTINCT FROM
               (room.id, nullif(here.mef, ''), here.sort_key, concat_ws(' ', here.search_name, a.username))),
    {trace("schooling", "wanted")},
    done AS (
        UPDATE schooling s
           SET classroom_id = wanted.new_room, mef_id = wanted.new_mef, sort_key = wanted.new_sort,
               search_key = wanted.new_search
          FROM wanted WHERE s.id = wanted.id
        RETURNING s.student_id)
    INSERT INTO feed_change (id, what) SELECT student_id, 'changed' FROM done
"""  # noqa: S608  # as above

WELCOME_BACK = f"""
    WITH wanted AS (
        SELECT a.* FROM here_student here JOIN student a ON a.id = here.id
         WHERE a.closing_on IS NOT NULL AND a.state <> 'closed'
         ORDER BY a.id FOR NO KEY UPDATE OF a),
    {trace("student", "wanted")},
    done AS (
        UPDATE student a SET closing_on = NULL, version = a.version + 1 FROM wanted WHERE wanted.id = a.id
        RETURNING a.id)
    INSERT INTO feed_change (id, what) SELECT id, 'back' FROM done
"""  # noqa: S608  # as above

# A complete delivery: whom this base named here and no longer names. A change: whom it removes or moves.
FORSAKEN = """
    CASE WHEN %(is_delta)s
         THEN o.student_id IN (SELECT id FROM feed_student
                                WHERE is_removal OR told IS NULL OR 'school' = ANY (told))
         ELSE o.aaf_id <> ALL (%(spared)s) AND (o.local_id = '' OR o.local_id <> ALL (%(spared)s)
                                                OR %(system)s = 'AAF') END
"""
FORSAKE = f"""
    WITH wanted AS (
        SELECT o.* FROM source o
         WHERE o.uai = %(uai)s AND o.system = %(system)s AND o.student_id IS NOT NULL AND o.gone_on IS NULL
           AND (%(system)s <> 'AAF' OR o.academy_code = %(academy)s)
           AND o.student_id NOT IN (SELECT id FROM here_student) AND {FORSAKEN}),
    {trace("source", "wanted")}
    UPDATE source o SET gone_on = %(as_of)s FROM wanted WHERE o.id = wanted.id
"""  # noqa: S608  # as above

# Whom no base names here any more. The sources are read apart, by their index on the school.
FIND_LEAVING = """
    WITH gone AS MATERIALIZED (
        SELECT student_id FROM source WHERE uai = %(uai)s AND student_id IS NOT NULL
         GROUP BY student_id HAVING bool_and(gone_on IS NOT NULL))
    INSERT INTO feed_leaving (uai, student_id)
    SELECT s.uai, s.student_id FROM schooling s
     WHERE s.uai = %(uai)s AND s.left_on IS NULL AND s.student_id IN (SELECT student_id FROM gone)
"""

# Before they leave: afterwards a pupil of another school cannot be seen.
CLOSE = f"""
    WITH leaving AS (SELECT student_id FROM feed_leaving WHERE uai = %(uai)s),
    wanted AS (
        SELECT a.* FROM student a
         WHERE a.id IN (SELECT student_id FROM leaving) AND a.closing_on IS NULL AND a.state <> 'closed'
           AND a.id NOT IN (SELECT account_id
                              FROM held_elsewhere(%(uai)s, ARRAY(SELECT student_id FROM leaving)))
         ORDER BY a.id FOR NO KEY UPDATE OF a),
    {trace("student", "wanted")}
    UPDATE student a SET closing_on = %(closing_on)s, version = a.version + 1 FROM wanted WHERE wanted.id = a.id
"""  # noqa: S608  # as above

LEAVE = f"""
    WITH wanted AS (
        SELECT s.* FROM schooling s
          JOIN feed_leaving leaving ON leaving.uai = s.uai AND leaving.student_id = s.student_id
         WHERE s.uai = %(uai)s),
    {trace("schooling", "wanted")}
    UPDATE schooling s SET left_on = %(as_of)s FROM wanted WHERE s.id = wanted.id
"""  # noqa: S608  # as above
