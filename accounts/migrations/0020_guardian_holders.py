"""What a guardian sees on the activation site: the own account, and the birth dates to answer for."""

from django.db import migrations

from educonnect_admin.toolkit.operations import DEFINER, HELD, HOLDER, definer_function, grant, policy

OWN_LIFE = (
    "state, origin, provisional_hash, provisional_expires_at, password, activated_at, last_login_at, version,"
    " email, email_confirmed_at"
)

HELD_CHILDREN = """
    SELECT DISTINCT s.id, s.first_name, s.birth_date
      FROM guardianship g JOIN student s ON s.id = g.student_id
     WHERE g.guardian_id = nullif(current_setting('console.account', true), '')::uuid AND g.relation = 'legal' AND g.disputed_at IS NULL AND s.state <> 'closed'
     ORDER BY s.first_name, s.id
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0019_guardian_language")]

    operations = [
        grant(f"SELECT, UPDATE ({OWN_LIFE})", "guardian", HOLDER),
        policy("guardian", "holder_reads", using=f"id = {HELD}", command="SELECT", role=HOLDER),
        policy("guardian", "holder_updates", using=f"id = {HELD}", command="UPDATE", role=HOLDER),
        # The schools' own policy on accounts asks it; without a school in scope it holds no row.
        grant("SELECT (guardian_id, uai)", "guardianship", HOLDER),
        grant("SELECT (first_name)", "student", DEFINER),
        grant("SELECT (disputed_at)", "guardianship", DEFINER),
        definer_function(
            "held_children()",
            returns="TABLE (id uuid, first_name varchar, birth_date date)",
            language="sql",
            body=HELD_CHILDREN,
            callers=HOLDER,
        ),
    ]
