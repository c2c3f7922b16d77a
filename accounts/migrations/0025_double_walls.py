"""The walls of doubles and merges, and two ways past the scope: whom a merge leads to, whom others know."""

from typing import Any

from django.db import migrations

from educonnect_admin.toolkit.operations import DEFINER, definer_function, grant, policy, school_policy, withdrawn

# A kept account may be merged itself later: the last one counts.
MERGED_ACCOUNTS = """
    WITH RECURSIVE way AS (
        SELECT m.ended_id, m.kept_id FROM guardian_merge m WHERE m.undone_at IS NULL AND m.ended_id = ANY (p_accounts)
         UNION
        SELECT way.ended_id, m.kept_id FROM way JOIN guardian_merge m ON m.ended_id = way.kept_id AND m.undone_at IS NULL)
    SELECT way.ended_id, way.kept_id FROM way
     WHERE NOT EXISTS (SELECT 1 FROM guardian_merge m WHERE m.ended_id = way.kept_id AND m.undone_at IS NULL)
"""
KNOWN_ELSEWHERE = """
    SELECT t.guardian_id FROM guardianship t WHERE t.guardian_id = ANY (p_accounts) AND t.uai <> current_setting('console.uai', true)
    UNION
    SELECT o.guardian_id FROM source o WHERE o.guardian_id = ANY (p_accounts) AND o.uai <> current_setting('console.uai', true)
"""
FORMER = """
    SELECT g.guardian_id, count(DISTINCT g.student_id)::int
      FROM guardianship g JOIN schooling s ON s.uai = g.uai AND s.student_id = g.student_id AND s.left_on IS NULL
     WHERE g.guardian_id = ANY (p_guardians) AND g.relation = 'legal' AND g.disputed_at IS NULL AND g.uai <> current_setting('console.uai', true)
       AND EXISTS (SELECT 1 FROM guardianship t WHERE t.guardian_id = g.guardian_id AND t.uai = current_setting('console.uai', true)
                                                  AND t.relation = 'legal')
       AND NOT EXISTS (SELECT 1 FROM schooling h WHERE h.student_id = g.student_id AND h.uai = current_setting('console.uai', true)
                                                   AND h.left_on IS NULL)
     GROUP BY g.guardian_id
"""
CHILDREN_ELSEWHERE = """
    SELECT g.guardian_id, count(DISTINCT g.student_id)::int
      FROM guardianship g JOIN schooling s ON s.uai = g.uai AND s.student_id = g.student_id AND s.left_on IS NULL
     WHERE g.guardian_id = ANY (p_guardians) AND g.in_force AND g.uai <> current_setting('console.uai', true)
       AND EXISTS (SELECT 1 FROM guardianship t WHERE t.guardian_id = g.guardian_id AND t.uai = current_setting('console.uai', true)
                                                  AND t.relation = 'legal')
       AND NOT EXISTS (SELECT 1 FROM schooling h WHERE h.student_id = g.student_id AND h.uai = current_setting('console.uai', true)
                                                   AND h.left_on IS NULL)
     GROUP BY g.guardian_id
"""


def children_elsewhere(body: str) -> Any:
    return definer_function(
        "children_elsewhere(p_guardians uuid[])",
        returns="TABLE (guardian_id uuid, number integer)",
        language="sql",
        body=body,
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0024_doubles")]

    operations = [
        *school_policy("guardian_double"),
        grant("SELECT, INSERT, UPDATE", "guardian_double"),
        *school_policy("guardian_merge"),
        grant("SELECT, INSERT, UPDATE", "guardian_merge"),
        policy("guardian_merge", "definer", using="true", command="SELECT", role=DEFINER),
        grant("SELECT (kept_id, ended_id, undone_at)", "guardian_merge", DEFINER),
        # The column is another one since the migration before.
        grant("SELECT (in_force)", "guardianship", DEFINER),
        withdrawn(children_elsewhere(FORMER)),
        children_elsewhere(CHILDREN_ELSEWHERE),
        definer_function(
            "merged_accounts(p_accounts uuid[])",
            returns="TABLE (ended_id uuid, kept_id uuid)",
            language="sql",
            body=MERGED_ACCOUNTS,
        ),
        definer_function(
            "known_elsewhere(p_accounts uuid[])",
            returns="TABLE (account_id uuid)",
            language="sql",
            body=KNOWN_ELSEWHERE,
        ),
    ]
