"""One more way past the school's scope: an account is closed only when no other school still has it."""

from django.db import migrations

from educonnect_admin.toolkit.operations import DEFINER, definer_function, grant

HELD_ELSEWHERE = """
    SELECT s.student_id FROM schooling s
     WHERE s.student_id = ANY (p_accounts) AND s.uai <> p_uai AND s.left_on IS NULL
    UNION
    SELECT t.guardian_id FROM guardianship t JOIN schooling s ON s.uai = t.uai AND s.student_id = t.student_id
     WHERE t.guardian_id = ANY (p_accounts) AND t.uai <> p_uai AND t.relation = 'legal' AND s.left_on IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_walls")]

    operations = [
        grant("SELECT (student_id, relation)", "guardianship", DEFINER),
        definer_function(
            "held_elsewhere(p_uai varchar, p_accounts uuid[])",
            returns="TABLE (account_id uuid)",
            language="sql",
            body=HELD_ELSEWHERE,
        ),
    ]
