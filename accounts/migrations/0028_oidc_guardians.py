"""Services are told of guardians too: whose account it is, and the schools where the children are."""

from django.db import migrations, models

from educonnect_admin.toolkit.operations import HOLDER, definer_function

HELD_SCHOOLS = """
    SELECT DISTINCT g.uai::text
      FROM guardianship g
      JOIN student s ON s.id = g.student_id AND s.state <> 'closed'
      JOIN schooling p ON p.student_id = g.student_id AND p.uai = g.uai AND p.left_on IS NULL
     WHERE g.guardian_id = nullif(current_setting('console.account', true), '')::uuid AND g.in_force
     ORDER BY 1
"""
POPULATIONS = [("students", "élèves"), ("guardians", "responsables")]


def population() -> models.Field:
    return models.CharField(choices=POPULATIONS, db_default="students", max_length=10)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0027_guardian_leaving")]

    operations = [
        migrations.AddField("oidccode", "population", population()),
        migrations.AddField("oidctoken", "population", population()),
        definer_function(
            "held_schools()", returns="TABLE (uai text)", language="sql", body=HELD_SCHOOLS, callers=HOLDER
        ),
    ]
