"""The statements that bring one school's guardians and their ties up to date, in its scope, as `students` does."""

BRING_IN = """
    INSERT INTO guardian (id, username, first_name, last_name, family_name, title, email, mobile, address, sort_key,
                          state, origin, password, notified_by, blocked_reason, version, created_at)
    SELECT id, username, first_name, last_name, family_name, title, email, mobile, address, sort_key,
           'not_notified', '', '', '', '', 0, now()
      FROM here_guardian WHERE is_new AND home = %(uai)s
"""

TIE = """
    WITH done AS (
        INSERT INTO guardianship (id, uai, student_id, guardian_id, relation, link, rank, created_at)
        SELECT gen_random_uuid(), uai, student_id, guardian_id, relation, link, rank, now() FROM here_tie
            ON CONFLICT (uai, student_id, guardian_id) DO UPDATE
           SET relation = EXCLUDED.relation, link = EXCLUDED.link, rank = EXCLUDED.rank
         WHERE (guardianship.relation, guardianship.link, guardianship.rank)
               IS DISTINCT FROM (EXCLUDED.relation, EXCLUDED.link, EXCLUDED.rank)
        RETURNING student_id)
    INSERT INTO feed_change (id, what) SELECT student_id, 'changed' FROM done
"""

CITE_SOURCE = """
    INSERT INTO source (id, uai, guardian_id, system, academy_code, academy_name, aaf_id, local_id, read_on)
    SELECT gen_random_uuid(), %(uai)s, id, 'AAF', %(academy)s, %(academy_name)s, aaf_id, '', %(day)s
      FROM here_guardian
        ON CONFLICT (uai, system, guardian_id) WHERE guardian_id IS NOT NULL DO UPDATE
       SET academy_code = EXCLUDED.academy_code, academy_name = EXCLUDED.academy_name,
           aaf_id = EXCLUDED.aaf_id, read_on = EXCLUDED.read_on
     WHERE (source.academy_code, source.academy_name, source.aaf_id, source.read_on)
           IS DISTINCT FROM (EXCLUDED.academy_code, EXCLUDED.academy_name, EXCLUDED.aaf_id, EXCLUDED.read_on)
"""

# Mobile, address and title are the source's alone: it may empty them.
CORRECT = """
    WITH wanted AS (
        SELECT here.*, merged.email AS kept_email
          FROM here_guardian here
          JOIN guardian a ON a.id = here.id
         CROSS JOIN LATERAL (
               SELECT CASE WHEN here.email = '' OR a.email_confirmed_at IS NOT NULL
                           THEN a.email ELSE here.email END AS email
               ) merged
         WHERE NOT here.is_new AND a.state <> 'closed'
           AND (a.first_name, a.last_name, a.family_name, a.title, a.mobile, a.address, a.sort_key, a.email)
               IS DISTINCT FROM
               (here.first_name, here.last_name, here.family_name, here.title, here.mobile, here.address,
                here.sort_key, merged.email)
         ORDER BY a.id FOR NO KEY UPDATE OF a),
    done AS (
        UPDATE guardian a
           SET first_name = wanted.first_name, last_name = wanted.last_name, family_name = wanted.family_name,
               title = wanted.title, mobile = wanted.mobile, address = wanted.address, sort_key = wanted.sort_key,
               email = wanted.kept_email, version = a.version + 1
          FROM wanted WHERE wanted.id = a.id
        RETURNING a.id)
    INSERT INTO feed_change (id, what) SELECT id, 'changed' FROM done
"""

WELCOME_BACK = """
    WITH wanted AS (
        SELECT a.id FROM guardian a
         WHERE a.closing_on IS NOT NULL AND a.state <> 'closed'
           AND a.id IN (SELECT guardian_id FROM here_tie WHERE relation = 'legal')
         ORDER BY a.id FOR NO KEY UPDATE OF a),
    done AS (
        UPDATE guardian a SET closing_on = NULL, version = a.version + 1 FROM wanted WHERE wanted.id = a.id
        RETURNING a.id)
    INSERT INTO feed_change (id, what) SELECT id, 'back' FROM done
"""

NEWLY_LEGAL = """
    SELECT here.id, here.root FROM here_guardian here JOIN guardian a ON a.id = here.id
     WHERE here.has_account AND a.username IS NULL AND a.state <> 'closed'
     ORDER BY length(here.aaf_id), here.aaf_id COLLATE "C"
"""
OPEN_ACCOUNT = """
    WITH done AS (
        UPDATE guardian a SET username = given.username, version = a.version + 1
          FROM unnest(%s::uuid[], %s::text[]) AS given (id, username) WHERE a.id = given.id
        RETURNING a.id)
    INSERT INTO feed_change (id, what) SELECT id, 'named' FROM done
"""

FIND_ENDED = """
    WITH known AS MATERIALIZED (
        SELECT guardian_id FROM source
         WHERE uai = %(uai)s AND system = 'AAF' AND guardian_id IS NOT NULL
           AND academy_code = %(academy)s AND aaf_id <> ALL (%(spared)s))
    INSERT INTO feed_ended (tie_id)
    SELECT t.id FROM guardianship t
     WHERE t.uai = %(uai)s AND t.guardian_id IN (SELECT guardian_id FROM known)
       AND t.student_id IN (SELECT id FROM here_student)
       AND (t.student_id, t.guardian_id) NOT IN (SELECT student_id, guardian_id FROM here_tie)
"""

# With a pupil who goes to another school go his guardians; those of one who goes nowhere stay until he is closed.
FIND_MOVED = """
    INSERT INTO feed_ended (tie_id)
    SELECT t.id FROM guardianship t
      JOIN feed_leaving leaving ON leaving.uai = t.uai AND leaving.student_id = t.student_id
      JOIN student a ON a.id = t.student_id
     WHERE t.uai = %(uai)s AND a.closing_on IS NULL
"""

CLOSE = """
    WITH held AS (
        SELECT t.guardian_id FROM guardianship t
          JOIN schooling s ON s.uai = t.uai AND s.student_id = t.student_id AND s.left_on IS NULL
         WHERE t.uai = %(uai)s AND t.relation = 'legal' AND t.id NOT IN (SELECT tie_id FROM feed_ended)),
    gone AS (
        SELECT a.id FROM guardian a
         WHERE a.id IN (SELECT guardian_id FROM guardianship WHERE uai = %(uai)s)
           AND a.id NOT IN (SELECT guardian_id FROM held)
           AND a.username IS NOT NULL AND a.closing_on IS NULL AND a.state <> 'closed'),
    wanted AS (
        SELECT a.id FROM guardian a
         WHERE a.id IN (SELECT id FROM gone)
           AND a.id NOT IN (SELECT account_id FROM held_elsewhere(%(uai)s, ARRAY(SELECT id FROM gone)))
         ORDER BY a.id FOR NO KEY UPDATE OF a)
    UPDATE guardian a SET closing_on = %(closing_on)s, version = a.version + 1 FROM wanted WHERE wanted.id = a.id
"""

UNTIE = """
    WITH done AS (
        DELETE FROM guardianship t USING feed_ended e WHERE t.uai = %(uai)s AND t.id = e.tie_id
        RETURNING t.student_id)
    INSERT INTO feed_change (id, what) SELECT student_id, 'changed' FROM done
"""
