"""The statements that bring one school's guardians and their ties up to date, in its scope, as `students` does."""

from accounts.actions.feeds.tracing import trace

BRING_IN = """
    INSERT INTO guardian (id, username, first_name, last_name, family_name, title, email, mobile, address, sort_key,
                          state, origin, password, notified_by, blocked_reason, version, created_at)
    SELECT id, username, first_name, last_name, coalesce(family_name, last_name), coalesce(title, ''),
           coalesce(email, ''), coalesce(mobile, ''), coalesce(address, ''), coalesce(sort_key, ''),
           'not_notified', '', '', '', '', 0, %(moment)s
      FROM here_guardian WHERE is_new AND home = %(uai)s
"""

# A tie that was in dispute when a source took it away comes back suspended: nothing but the school's word restores it.
TIE = f"""
    WITH wanted AS (
        SELECT t.* FROM guardianship t JOIN here_tie here USING (student_id, guardian_id)
         WHERE t.uai = %(uai)s
           AND (t.relation, t.link, t.rank) IS DISTINCT FROM (here.relation, here.link, here.rank)),
    {trace("guardianship", "wanted")},
    said AS (
        SELECT DISTINCT ON (student_id, guardian_id) student_id, guardian_id, raised_at, outcome
          FROM dispute WHERE uai = %(uai)s ORDER BY student_id, guardian_id, raised_at DESC),
    done AS (
        INSERT INTO guardianship (id, uai, student_id, guardian_id, relation, link, rank, disputed_at, created_at)
        SELECT gen_random_uuid(), uai, student_id, guardian_id, relation, link, rank,
               CASE WHEN outcome <> 'right' THEN raised_at END, %(moment)s
          FROM here_tie LEFT JOIN said USING (student_id, guardian_id)
            ON CONFLICT (uai, student_id, guardian_id) DO UPDATE
           SET relation = EXCLUDED.relation, link = EXCLUDED.link, rank = EXCLUDED.rank
         WHERE (guardianship.relation, guardianship.link, guardianship.rank)
               IS DISTINCT FROM (EXCLUDED.relation, EXCLUDED.link, EXCLUDED.rank)
        RETURNING student_id)
    INSERT INTO feed_change (id, what) SELECT student_id, 'changed' FROM done
"""  # noqa: S608  # statements of this room

FILL = """
    UPDATE here_guardian here
       SET first_name = coalesce(here.first_name, a.first_name), last_name = coalesce(here.last_name, a.last_name),
           family_name = coalesce(here.family_name, a.family_name), title = coalesce(here.title, a.title),
           email = coalesce(here.email, a.email), mobile = coalesce(here.mobile, a.mobile),
           address = coalesce(here.address, a.address)
      FROM guardian a WHERE a.id = here.id AND here.told IS NOT NULL
"""
KNOW_HOLDERS = """
    WITH nameless AS MATERIALIZED (
        SELECT id FROM here_guardian WHERE NOT has_account AND told IS DISTINCT FROM '{}'),
    legal AS MATERIALIZED (
        SELECT DISTINCT t.guardian_id AS id FROM guardianship t
         WHERE t.uai = %(uai)s AND t.relation = 'legal' AND t.guardian_id IN (SELECT id FROM nameless)),
    holders AS MATERIALIZED (
        SELECT a.id FROM guardian a WHERE a.id IN (SELECT id FROM legal) AND a.username IS NOT NULL)
    UPDATE feed_guardian SET has_account = true WHERE id IN (SELECT id FROM holders)
"""

CITE_SOURCE = f"""
    WITH told AS (
        SELECT id, CASE WHEN %(system)s = 'AAF' THEN key ELSE '' END AS aaf_id,
               CASE WHEN %(system)s = 'SIECLE' THEN key ELSE '' END AS local_id
          FROM here_guardian WHERE key NOT IN (SELECT key FROM feed_redirected)),
    wanted AS (
        SELECT o.* FROM source o JOIN told ON told.id = o.guardian_id
         WHERE o.uai = %(uai)s AND o.system = %(system)s
           AND (o.gone_on IS NOT NULL OR (o.aaf_id, o.local_id) <> (told.aaf_id, told.local_id)
                OR o.read_on IS DISTINCT FROM %(last_day)s)),
    {trace("source", "wanted")}
    INSERT INTO source (id, uai, guardian_id, system, academy_code, academy_name, aaf_id, local_id, read_on, created_at)
    SELECT gen_random_uuid(), %(uai)s, id, %(system)s, %(academy)s, %(academy_name)s, aaf_id, local_id, %(day)s,
           %(moment)s
      FROM told
        ON CONFLICT (uai, system, guardian_id) WHERE guardian_id IS NOT NULL DO UPDATE
       SET academy_code = EXCLUDED.academy_code, academy_name = EXCLUDED.academy_name, aaf_id = EXCLUDED.aaf_id,
           local_id = EXCLUDED.local_id, read_on = EXCLUDED.read_on, gone_on = NULL
     WHERE (source.academy_code, source.academy_name, source.aaf_id, source.local_id, source.read_on, source.gone_on)
           IS DISTINCT FROM (EXCLUDED.academy_code, EXCLUDED.academy_name, EXCLUDED.aaf_id, EXCLUDED.local_id,
                             EXCLUDED.read_on, NULL)
"""  # noqa: S608  # as above

# Mobile, address and title are the source's alone: it may empty them.
CORRECT = f"""
    WITH wanted AS (
        SELECT a.*, here.first_name AS new_first, here.last_name AS new_last, here.family_name AS new_family,
               here.title AS new_title, here.mobile AS new_mobile, here.address AS new_address,
               here.sort_key AS new_sort, merged.email AS new_email
          FROM here_guardian here
          JOIN guardian a ON a.id = here.id
         CROSS JOIN LATERAL (
               SELECT CASE WHEN a.email_confirmed_at IS NOT NULL
                             OR here.email = '' AND (here.told IS NULL OR NOT %(is_delta)s)
                           THEN a.email ELSE here.email END AS email
               ) merged
         WHERE NOT here.is_new AND a.state <> 'closed'
           AND (a.first_name, a.last_name, a.family_name, a.title, a.mobile, a.address, a.sort_key, a.email)
               IS DISTINCT FROM
               (here.first_name, here.last_name, here.family_name, here.title, here.mobile, here.address,
                here.sort_key, merged.email)
         ORDER BY a.id FOR NO KEY UPDATE OF a),
    {trace("guardian", "wanted")},
    done AS (
        UPDATE guardian a
           SET first_name = wanted.new_first, last_name = wanted.new_last, family_name = wanted.new_family,
               title = wanted.new_title, mobile = wanted.new_mobile, address = wanted.new_address,
               sort_key = wanted.new_sort, email = wanted.new_email, version = a.version + 1
          FROM wanted WHERE wanted.id = a.id
        RETURNING a.id)
    INSERT INTO feed_change (id, what) SELECT id, 'changed' FROM done
"""  # noqa: S608  # as above

WELCOME_BACK = f"""
    WITH wanted AS (
        SELECT a.* FROM guardian a
         WHERE a.closing_on IS NOT NULL AND a.state <> 'closed'
           AND a.id IN (SELECT guardian_id FROM here_tie WHERE relation = 'legal'
                        UNION SELECT t.guardian_id FROM guardianship t JOIN here_student here ON here.id = t.student_id
                               WHERE t.uai = %(uai)s AND t.relation = 'legal'
                                 AND NOT (here.told IS NULL OR 'relations' = ANY (here.told)))
         ORDER BY a.id FOR NO KEY UPDATE OF a),
    {trace("guardian", "wanted")},
    done AS (
        UPDATE guardian a SET closing_on = NULL, version = a.version + 1 FROM wanted WHERE wanted.id = a.id
        RETURNING a.id)
    INSERT INTO feed_change (id, what) SELECT id, 'back' FROM done
"""  # noqa: S608  # as above

# One by one: joined, it would read everyone of the base who has no account.
NEWLY_LEGAL = """
    SELECT here.id, coalesce(here.root, ''), a.first_name, a.last_name
      FROM here_guardian here
     CROSS JOIN LATERAL (SELECT * FROM guardian a WHERE a.id = here.id OFFSET 0) a
     WHERE here.has_account AND NOT here.is_new AND a.username IS NULL AND a.state <> 'closed'
     ORDER BY length(here.key), here.key COLLATE "C"
"""
OPEN_ACCOUNT = f"""
    WITH given AS (SELECT * FROM unnest(%(ids)s::uuid[], %(usernames)s::text[]) AS given (id, username)),
    wanted AS (SELECT a.*, given.username AS new_username FROM guardian a JOIN given USING (id)),
    {trace("guardian", "wanted")},
    done AS (
        UPDATE guardian a SET username = wanted.new_username, version = a.version + 1
          FROM wanted WHERE a.id = wanted.id
        RETURNING a.id)
    INSERT INTO feed_change (id, what) SELECT id, 'named' FROM done
"""  # noqa: S608  # as above

FORSAKE = f"""
    WITH wanted AS (
        SELECT o.* FROM source o
         WHERE o.uai = %(uai)s AND o.system = %(system)s AND o.guardian_id IS NOT NULL AND o.gone_on IS NULL
           AND (%(system)s <> 'AAF' OR o.academy_code = %(academy)s)
           AND CASE WHEN %(is_delta)s OR NOT %(has_guardians)s
                    THEN o.guardian_id IN (SELECT id FROM feed_guardian WHERE is_removal)
                         OR o.aaf_id || o.local_id IN (SELECT key FROM feed_redirected WHERE is_removal)
                    ELSE o.aaf_id <> ALL (%(spared)s) AND o.guardian_id NOT IN (SELECT id FROM here_guardian)
                         AND o.aaf_id || o.local_id NOT IN (SELECT key FROM feed_redirected) END),
    {trace("source", "wanted")}
    UPDATE source o SET gone_on = %(as_of)s FROM wanted WHERE o.id = wanted.id
"""  # noqa: S608  # as above

# Ties of an account that was merged stay, without force: undoing gives them back.
FIND_ENDED = """
    WITH known AS MATERIALIZED (
        SELECT guardian_id FROM source
         WHERE uai = %(uai)s AND system = %(system)s AND guardian_id IS NOT NULL
           AND (%(system)s <> 'AAF' OR academy_code = %(academy)s) AND aaf_id <> ALL (%(spared)s))
    INSERT INTO feed_ended (tie_id)
    SELECT t.id FROM guardianship t
     WHERE t.uai = %(uai)s AND t.guardian_id IN (SELECT guardian_id FROM known)
       AND t.student_id IN (SELECT id FROM here_student WHERE told IS NULL OR 'relations' = ANY (told))
       AND (t.student_id, t.guardian_id) NOT IN (SELECT student_id, guardian_id FROM here_tie)
       AND t.merged_at IS NULL
    UNION
    SELECT t.id FROM guardianship t
     WHERE t.uai = %(uai)s AND t.guardian_id IN (SELECT id FROM feed_guardian WHERE is_removal)
       AND t.merged_at IS NULL
"""

# With a pupil who goes to another school go his guardians; those of one who goes nowhere stay until he is closed.
FIND_MOVED = """
    INSERT INTO feed_ended (tie_id)
    SELECT t.id FROM guardianship t
      JOIN feed_leaving leaving ON leaving.uai = t.uai AND leaving.student_id = t.student_id
      JOIN student a ON a.id = t.student_id
     WHERE t.uai = %(uai)s AND a.closing_on IS NULL
"""

# A tie in dispute holds its guardian's account open until it is settled, or no longer listed. Changes touch guardians
# of the pupils whom they name, and nobody else's.
CLOSE = f"""
    WITH touched AS MATERIALIZED (
        SELECT DISTINCT t.guardian_id AS id FROM guardianship t
         WHERE t.uai = %(uai)s
           AND (NOT %(is_delta)s
                OR t.id IN (SELECT tie_id FROM feed_ended)
                OR t.student_id IN (SELECT student_id FROM feed_place WHERE uai = %(uai)s)
                OR t.student_id IN (SELECT student_id FROM feed_leaving WHERE uai = %(uai)s))),
    gone AS (
        SELECT a.id FROM touched JOIN guardian a USING (id)
         WHERE NOT EXISTS (
                SELECT FROM guardianship t
                  JOIN schooling s ON s.uai = t.uai AND s.student_id = t.student_id AND s.left_on IS NULL
                 WHERE t.guardian_id = a.id AND t.uai = %(uai)s AND t.relation = 'legal'
                   AND t.id NOT IN (SELECT tie_id FROM feed_ended))
           AND a.username IS NOT NULL AND a.closing_on IS NULL AND a.state <> 'closed'),
    wanted AS (
        SELECT a.* FROM guardian a
         WHERE a.id IN (SELECT id FROM gone)
           AND a.id NOT IN (SELECT account_id FROM held_elsewhere(%(uai)s, ARRAY(SELECT id FROM gone)))
         ORDER BY a.id FOR NO KEY UPDATE OF a),
    {trace("guardian", "wanted")}
    UPDATE guardian a SET closing_on = %(closing_on)s, version = a.version + 1 FROM wanted WHERE wanted.id = a.id
"""  # noqa: S608  # as above

UNTIE = f"""
    WITH wanted AS (
        SELECT t.* FROM guardianship t JOIN feed_ended e ON e.tie_id = t.id WHERE t.uai = %(uai)s),
    {trace("guardianship", "wanted")},
    done AS (
        DELETE FROM guardianship t USING wanted WHERE t.id = wanted.id
        RETURNING t.student_id)
    INSERT INTO feed_change (id, what) SELECT student_id, 'changed' FROM done
"""  # noqa: S608  # as above
