"""The wall of disputes; and a holder's children with the schools that tie them, where a dispute is to be told."""

from typing import Any

from django.db import migrations

from educonnect_admin.toolkit.operations import (
    DEFINER,
    HOLDER,
    definer_function,
    grant,
    school_policy,
    withdrawn,
)

FORMER = """
    SELECT DISTINCT s.id, s.first_name, s.birth_date
      FROM guardianship g JOIN student s ON s.id = g.student_id
     WHERE g.guardian_id = nullif(current_setting('console.account', true), '')::uuid AND g.relation = 'legal' AND g.disputed_at IS NULL AND s.state <> 'closed'
     ORDER BY s.first_name, s.id
"""
HELD_CHILDREN = """
    SELECT s.id, s.first_name, s.birth_date, array_agg(DISTINCT g.uai::text)
      FROM guardianship g JOIN student s ON s.id = g.student_id
     WHERE g.guardian_id = nullif(current_setting('console.account', true), '')::uuid AND g.in_force AND s.state <> 'closed'
     GROUP BY s.id
     ORDER BY s.first_name, s.id
"""


def held_children(returns: str, body: str) -> Any:
    return definer_function("held_children()", returns=f"TABLE ({returns})", language="sql", body=body, callers=HOLDER)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0022_disputes")]

    operations = [
        *school_policy("dispute"),
        grant("SELECT, INSERT, UPDATE", "dispute"),
        grant("SELECT (in_force)", "guardianship", DEFINER),
        withdrawn(held_children("id uuid, first_name varchar, birth_date date", FORMER)),
        held_children("id uuid, first_name varchar, birth_date date, uais text[]", HELD_CHILDREN),
    ]
