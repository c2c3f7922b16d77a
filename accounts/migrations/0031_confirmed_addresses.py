"""Whose confirmed address this is: a forgotten identifiant is sent there."""

from django.db import migrations, models
from django.db.models.functions import Lower

from educonnect_admin.toolkit.operations import DEFINER, definer_function, grant

FIND_CONFIRMED = """
    SELECT 'students', s.id,
           (SELECT l.uai FROM schooling l WHERE l.student_id = s.id ORDER BY l.left_on NULLS FIRST, l.uai LIMIT 1)::text
      FROM student s
     WHERE lower(s.email) = lower(p_email) AND s.email_confirmed_at IS NOT NULL AND s.state = 'activated'
    UNION ALL
    SELECT 'guardians', g.id,
           (SELECT l.uai FROM guardianship l WHERE l.guardian_id = g.id ORDER BY l.uai LIMIT 1)::text
      FROM guardian g
     WHERE lower(g.email) = lower(p_email) AND g.email_confirmed_at IS NOT NULL AND g.state = 'activated'
     LIMIT 20
"""


def by_confirmed_email(model: str) -> migrations.AddIndex:
    confirmed = models.Q(email_confirmed_at__isnull=False)
    return migrations.AddIndex(
        model, models.Index(Lower("email"), condition=confirmed, name=f"{model}_by_confirmed_email")
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0030_france_connect")]

    operations = [
        by_confirmed_email("student"),
        by_confirmed_email("guardian"),
        grant("SELECT (email, email_confirmed_at, state)", "student", DEFINER),
        grant("SELECT (email, email_confirmed_at)", "guardian", DEFINER),
        definer_function(
            "find_confirmed(p_email text)",
            returns="TABLE (population text, account_id uuid, uai text)",
            language="sql",
            body=FIND_CONFIRMED,
        ),
    ]
