"""No provisional password with FranceConnect; how many children a guardian has in other schools."""

from django.db import migrations, models

from educonnect_admin.toolkit.operations import definer_function

# Of the guardians whom the school in scope knows: children whom it does not have, and another one has.
CHILDREN_ELSEWHERE = """
    SELECT g.guardian_id, count(DISTINCT g.student_id)::int
      FROM guardianship g JOIN schooling s ON s.uai = g.uai AND s.student_id = g.student_id AND s.left_on IS NULL
     WHERE g.guardian_id = ANY (p_guardians) AND g.relation = 'legal' AND g.disputed_at IS NULL
       AND g.uai <> current_setting('console.uai', true)
       AND EXISTS (SELECT 1 FROM guardianship t WHERE t.guardian_id = g.guardian_id AND t.uai = current_setting('console.uai', true)
                                                  AND t.relation = 'legal')
       AND NOT EXISTS (SELECT 1 FROM schooling h WHERE h.student_id = g.student_id AND h.uai = current_setting('console.uai', true)
                                                   AND h.left_on IS NULL)
     GROUP BY g.guardian_id
"""


def without_provisional(model: str) -> migrations.AddConstraint:
    return migrations.AddConstraint(
        model,
        models.CheckConstraint(
            condition=~models.Q(origin="france_connect") | models.Q(provisional_hash__isnull=True),
            name=f"{model}_france_connect_has_no_provisional",
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0020_guardian_holders")]

    operations = [
        without_provisional("student"),
        without_provisional("guardian"),
        definer_function(
            "children_elsewhere(p_guardians uuid[])",
            returns="TABLE (guardian_id uuid, number integer)",
            language="sql",
            body=CHILDREN_ELSEWHERE,
        ),
    ]
