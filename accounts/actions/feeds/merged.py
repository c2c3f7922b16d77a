"""Guardians whose account was merged into another one: what sources say of them goes on to the kept account.

The sources still know two persons. Their lines become one: the kept account's own, else the other's. Each account keeps
its own identifiers there: what leads from one to the other is the merge, and ends with it.
"""

from django.db import connection

FOLLOW_KNOWN = """
    CREATE TEMPORARY TABLE feed_merged ON COMMIT DROP AS
    SELECT * FROM merged_accounts(ARRAY(SELECT DISTINCT guardian_id FROM feed_known WHERE guardian_id IS NOT NULL));
    INSERT INTO feed_redirected (key, is_removal)
    SELECT DISTINCT k.key, false FROM feed_known k JOIN feed_merged m ON m.ended_id = k.guardian_id;
    UPDATE feed_known k SET guardian_id = m.kept_id FROM feed_merged m WHERE m.ended_id = k.guardian_id;
    DROP TABLE feed_merged;
"""

# Who leaves as the other person only has not left: that is how a source ends a double.
FOLLOW_LINES = """
    CREATE TEMPORARY TABLE feed_merged ON COMMIT DROP AS
    SELECT * FROM merged_accounts(ARRAY(SELECT id FROM feed_guardian WHERE id IS NOT NULL));
    INSERT INTO feed_redirected (key, is_removal)
    SELECT g.key, false FROM feed_guardian g JOIN feed_merged m ON m.ended_id = g.id;
    UPDATE feed_guardian g SET id = m.kept_id FROM feed_merged m WHERE m.ended_id = g.id;
    UPDATE feed_redirected r SET is_removal = true FROM feed_guardian g WHERE g.key = r.key AND g.is_removal;
    DELETE FROM feed_guardian g USING feed_redirected r WHERE r.key = g.key AND g.is_removal;
    CREATE TEMPORARY TABLE feed_twin ON COMMIT DROP AS
    SELECT g.key, first_value(g.key) OVER (
               PARTITION BY g.id
               ORDER BY g.is_removal IS TRUE, g.key IN (SELECT key FROM feed_redirected), length(g.key),
                        g.key COLLATE "C") AS survivor
      FROM feed_guardian g
     WHERE g.id IN (SELECT id FROM feed_guardian WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1);
    DELETE FROM feed_twin WHERE key = survivor;
    UPDATE feed_relation r SET guardian = t.survivor FROM feed_twin t WHERE t.key = r.guardian;
    DELETE FROM feed_guardian g USING feed_twin t WHERE t.key = g.key;
    UPDATE feed_guardian SET has_account = true
     WHERE key IN (SELECT survivor FROM feed_twin)
       AND key IN (SELECT guardian FROM feed_relation WHERE relation = 'legal');
    DROP TABLE feed_merged, feed_twin;
"""


def follow_known() -> None:
    """Let what the base knows by the source's identifiers lead to the kept accounts."""
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW_KNOWN)


def follow_lines() -> None:
    """Let lines that were known otherwise lead there too; then make one line of each account's."""
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW_LINES)
